import { resolve } from 'node:path';
import type { RunId } from '../core/ports.js';
import { err, ok, type Result } from '../core/result.js';
import type { Database } from '../io/ledger/database.js';
import { inputsOf } from '../io/ledger/records.js';
import { defaultResultsPath, ResultsFile } from '../io/results.js';

/** Where the results of a run go: a file per input, or standard output. */
export interface Outputs {
  readonly files: readonly { readonly file: ResultsFile; readonly input: number }[];
  readonly toStdout?: { readonly header: readonly string[]; readonly input: number };
}

/** Opens them before anything is sent, so that a place that cannot be written costs nothing. */
export function openOutputs(
  db: Database,
  run: RunId,
  { out, dryRun }: { out?: string; dryRun?: true },
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
