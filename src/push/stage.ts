import type { Staging } from '../core/ledger.js';
import type { FileProblem, Source, SourceRecord } from '../core/ports.js';
import type { RunId } from '../core/row.js';
import type { EventSink } from '../core/events.js';
import { isTime, matchColumns, type ColumnChoice } from '../sales/columns.js';
import { dataForHeader } from '../sales/no-header.js';
import type { ProvedOrder } from '../sales/evidence.js';
import { Table, type TableJob, type TableSeen } from './table.js';

export interface StageJob extends TableJob {
  readonly sources: readonly Source[];
  readonly columns: ColumnChoice;
}

export interface RefusedFile {
  readonly input: string;
  readonly problems: readonly FileProblem[];
}

/** A whole file, as it is written and before anything is validated. */
export interface StagedFile extends TableSeen {
  readonly input: string;
  readonly path: string;
  readonly digest: string;
  /** The order of its dates that it proves. */
  readonly dateOrder?: ProvedOrder;
}

/**
 * Reads every file to its end into the ledger, each record validated. Nothing is sent. Every file with a fault
 * is reported, so that one run shows them all.
 */
export async function stageFiles(
  ledger: Staging,
  run: RunId,
  job: StageJob,
  emit: EventSink,
  signal: AbortSignal,
): Promise<{ files: readonly StagedFile[]; refused: readonly RefusedFile[] }> {
  const refused: RefusedFile[] = [];
  const files: StagedFile[] = [];
  let position = 0;
  for (const source of job.sources) {
    const result = await stageFile(ledger, run, source, job, position, signal);
    if (signal.aborted) break;
    if ('problems' in result) {
      refused.push({ input: source.name, problems: result.problems });
      continue;
    }
    const { file, records } = result;
    files.push(file);
    position += records;
    emit({ kind: 'staged', input: source.name, rows: file.rows });
    const warning = file.rows === 0 ? { message: 'has a header and no rows' } : result.warning;
    if (warning !== undefined) emit({ kind: 'file_warning', input: source.name, problem: warning });
  }
  return { files, refused };
}

/** Of a file with nothing in it. */
export const NO_HEADER: FileProblem = {
  message: 'is empty; a header line with the column names is needed',
};

type StageResult =
  | { readonly file: StagedFile; readonly records: number; readonly warning: FileProblem | undefined }
  | { readonly problems: readonly FileProblem[] };

/** Reads a file, and once more where only its end shows how its dates are to be read. */
async function stageFile(
  ledger: Staging,
  run: RunId,
  source: Source,
  job: StageJob,
  before: number,
  signal: AbortSignal,
): Promise<StageResult> {
  const again = job.map.style.dateOrder === undefined && job.vendor.columns.some(isTime);
  try {
    const first = await readFile(ledger, run, source, job, before, signal, again);
    if ('problems' in first || signal.aborted) return first;
    const { digest, dateOrder } = first.file;
    if (dateOrder === undefined) return first;
    await ledger.dropInput(run);
    const style = { ...job.map.style, dateOrder: dateOrder.order };
    const proved = { ...job, map: { ...job.map, style } };
    const second = await readFile(ledger, run, source, proved, before, signal);
    if ('problems' in second || signal.aborted) return second;
    if (second.file.digest === digest) return { ...second, file: { ...second.file, dateOrder } };
    return { problems: [{ message: 'was changed while it was read; push it again' }] };
  } finally {
    source.close?.();
  }
}

/** Of a file that proves the order of its dates, rows from the first that has such a date were not staged. */
async function readFile(
  ledger: Staging,
  run: RunId,
  source: Source,
  job: StageJob,
  before: number,
  signal: AbortSignal,
  again = false,
): Promise<StageResult> {
  let table: Table | undefined;
  let digest = '';
  let unended: number | undefined;
  // One batch is written while the next is read.
  let writing: Promise<void> = Promise.resolve();
  for await (const item of source.read(signal, again)) {
    switch (item.kind) {
      case 'refused':
        await writing;
        return { problems: item.problems };
      case 'header': {
        const matched = matchColumns(item.cells, job.vendor.columns, job.columns);
        if (!matched.ok) return { problems: noHeader(item, matched.error, job) };
        table = new Table(matched.value, job, before);
        const { header } = matched.value;
        const { isMarked } = item;
        await ledger.addInput(run, { name: source.name, path: source.path, header, isMarked });
        break;
      }
      case 'records': {
        if (table === undefined) throw new Error('records before a header');
        await table.before?.learn(item.records, (run) => ledger.vendorOfRun(run));
        const rows = table.readRecords(item.records);
        await writing;
        if (table.isOpen) break;
        writing = ledger.stage(run, rows);
        // It is waited for above or below, where a failure is met.
        writing.catch(() => undefined);
        break;
      }
      case 'end':
        ({ digest, unended } = item);
        await writing;
        await ledger.endInput(run, digest);
        break;
    }
    if (signal.aborted) break;
  }
  await writing;
  if (table === undefined) {
    return { problems: [NO_HEADER] };
  }
  const { problems, updates, dateOrder } = table.end();
  if (problems.length > 0) return { problems };
  const file = { input: source.name, path: source.path, digest, ...table.seen };
  const { records } = table;
  const warning = unended === undefined ? undefined : table.cutOff(unended);
  if (dateOrder !== undefined) return { records, warning, file: { ...file, dateOrder } };
  if (updates.length > 0) await ledger.update(run, updates);
  return { records, warning, file };
}

/** Where another of the first lines would do as a header, titles stand above it. */
function noHeader(
  { line, cells, opening }: SourceRecord & { readonly opening: readonly SourceRecord[] },
  problems: readonly string[],
  { vendor, columns }: StageJob,
): FileProblem[] {
  const faults = (cells: readonly string[]): number => {
    const matched = matchColumns(cells, vendor.columns, columns);
    return matched.ok ? 0 : matched.error.length;
  };
  const found = opening.find((record) => record.line > line && faults(record.cells) < problems.length);
  const data = found === undefined ? dataForHeader({ line, cells }, vendor.columns) : undefined;
  const told = (data === undefined ? problems : [data]).map((message) => ({ line, message }));
  if (found === undefined) return told;
  const message = `the header seems to stand here, below lines that are no part of the table; read the file with --header-row ${found.line}`;
  return [...told, { line: found.line, message }];
}
