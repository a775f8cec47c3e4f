import { resolve } from 'node:path';
import type { RunId } from '../core/ports.js';
import { err, ok, type Result } from '../core/result.js';
import type { Database } from '../io/ledger/database.js';
import { inputsOf } from '../io/ledger/history.js';
import { OutputFile } from '../io/atomic-file.js';
import { defaultResultsPath, ResultsFile } from '../io/results.js';

/** Where the results of a run go: a file per input, or standard output. */
export interface Outputs {
  readonly files: readonly { readonly file: ResultsFile; readonly input: number }[];
  readonly toStdout?: { readonly header: readonly string[]; readonly input: number };
  /** Where the page of `--report` goes. */
  readonly page?: OutputFile;
}

export function discardOutputs({ files, page }: Outputs): void {
  for (const { file } of files) file.discard();
  page?.discard();
}

const AHEAD_EVERY_MS = 50;
/** Of the time since it was last looked at: above it there is something else to do. */
const BUSY = 0.5;

/**
 * While rows are sent, writes those that will not change any more, when there is little else to do; of several files
 * the first one's. Call what it returns to end it.
 */
export function writeAhead({ files: [first] }: Outputs, db: Database, run: RunId): () => void {
  let before = performance.eventLoopUtilization();
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    if (utilization < BUSY) first?.file.writeAhead(db, run, first.input);
  }, AHEAD_EVERY_MS);
  return () => clearInterval(timer);
}

/** Opens them before anything is sent, so that a place that cannot be written costs nothing. */
export function openOutputs(
  db: Database,
  run: RunId,
  { out, dryRun, report }: { out?: string; dryRun?: true; report?: string },
): Result<Outputs, string> {
  const results = openResults(db, run, { out, dryRun });
  if (!results.ok || report === undefined) return results;
  const [first] = inputsOf(db, run);
  const source = first === undefined || first.path === '-' ? undefined : first.path;
  const path = resolve(report);
  const page = OutputFile.open({ path, what: 'report', beginning: '', source, option: '--report' });
  if (page.ok) return ok({ ...results.value, page: page.value });
  discardOutputs(results.value);
  return err(page.error);
}

function openResults(
  db: Database,
  run: RunId,
  { out, dryRun }: { out: string | undefined; dryRun: true | undefined },
): Result<Outputs, string> {
  const inputs = inputsOf(db, run);
  const [first] = inputs;
  if (out === '-' && first !== undefined)
    return ok({ files: [], toStdout: { header: first.header, input: first.number } });
  if (dryRun === true && out === undefined) return ok({ files: [] });
  const files: { file: ResultsFile; input: number }[] = [];
  for (const { number, path, header } of inputs) {
    const opened = ResultsFile.open(resolve(out ?? defaultResultsPath(path)), header, path);
    if (!opened.ok) {
      for (const { file } of files) file.discard();
      return err(opened.error);
    }
    files.push({ file: opened.value, input: number });
  }
  return ok({ files });
}
