import type { FileProblem, Ledger, RunId, Source } from '../core/ports.js';
import type { Report } from '../core/events.js';
import type { Vendor } from '../core/vendor.js';
import { matchColumns, type Mapping } from './columns.js';
import { stageRecord, type MapOptions } from './map.js';

export interface StageJob {
  readonly vendor: Vendor;
  readonly sources: readonly Source[];
  readonly chosenColumns: ReadonlyMap<string, string>;
  /** The header of the column that marks reversals. */
  readonly reversalColumn: string | undefined;
  readonly map: MapOptions;
}

export interface RefusedFile {
  readonly input: string;
  readonly problems: readonly FileProblem[];
}

export interface StagedFiles {
  /** By input name. */
  readonly mappings: ReadonlyMap<string, Mapping>;
  readonly map: MapOptions;
  readonly rows: number;
}

/**
 * Reads every file to its end into the ledger, each record judged. Nothing is sent. Every file with a fault
 * is reported, so that one run shows them all.
 */
export async function stageFiles(
  ledger: Ledger,
  run: RunId,
  job: StageJob,
  report: Report,
  signal: AbortSignal,
): Promise<{ staged: StagedFiles; refused: readonly RefusedFile[] }> {
  const mappings = new Map<string, Mapping>();
  const refused: RefusedFile[] = [];
  let rows = 0;
  for (const source of job.sources) {
    const result = await stageFile(ledger, run, source, job, signal);
    if (signal.aborted) break;
    if ('problems' in result) {
      refused.push({ input: source.name, problems: result.problems });
      continue;
    }
    mappings.set(source.name, result.mapping);
    rows += result.rows;
    report({ kind: 'staged', input: source.name, rows: result.rows });
    if (result.rows === 0) {
      const problem = { message: 'has a header and no rows' };
      report({ kind: 'file_warning', input: source.name, problem });
    }
  }
  return { staged: { mappings, map: job.map, rows }, refused };
}

async function stageFile(
  ledger: Ledger,
  run: RunId,
  source: Source,
  job: StageJob,
  signal: AbortSignal,
): Promise<{ mapping: Mapping; rows: number } | { problems: readonly FileProblem[] }> {
  let mapping: Mapping | undefined;
  let rows = 0;
  for await (const item of source.read(signal)) {
    switch (item.kind) {
      case 'refused':
        return { problems: [item.problem] };
      case 'header': {
        const matched = matchColumns(item.cells, job.vendor.columns, job.chosenColumns, job.reversalColumn);
        if (!matched.ok) return { problems: matched.error.map((message) => ({ line: item.line, message })) };
        mapping = matched.value;
        await ledger.addInput(run, { name: source.name, path: source.path, header: mapping.header });
        break;
      }
      case 'records': {
        const { vendor, map } = job;
        const known = mapping;
        if (known === undefined) throw new Error('records before a header');
        await ledger.stage(
          run,
          item.records.map((record) => stageRecord(record, known, vendor, map)),
        );
        rows += item.records.length;
        break;
      }
    }
    if (signal.aborted) break;
  }
  if (mapping === undefined) {
    return { problems: [{ message: 'is empty; a header line with the column names is needed' }] };
  }
  return { mapping, rows };
}
