import type { RunInput, RunReader } from '../core/ledger.js';
import type { RunId } from '../core/ports.js';
import { err, ok, type Result } from '../core/result.js';
import { AtomicFile } from '../io/atomic-file.js';
import { defaultResultsPath, openResults } from '../io/results.js';
import { pathOf, type Host } from './host.js';

/** Where the results of a run go: a file per input, or standard output. */
export interface Outputs {
  readonly files: readonly { readonly file: AtomicFile; readonly input: number }[];
  readonly toStdout?: { readonly header: readonly string[]; readonly input: number };
  /** Where the page of `--report` goes. */
  readonly page?: AtomicFile;
}

export function discardOutputs({ files, page }: Outputs): void {
  for (const { file } of files) file.discard();
  page?.discard();
}

/** Opens them before anything is sent, so that a place that cannot be written costs nothing. */
export async function openOutputs(
  host: Host,
  ledger: RunReader,
  run: RunId,
  { out, dryRun, report }: { out?: string; dryRun?: true; report?: string },
): Promise<Result<Outputs, string>> {
  const inputs = await ledger.inputs(run);
  const results = openResultsFiles(host, inputs, { out, dryRun });
  if (!results.ok || report === undefined) return results;
  const [first] = inputs;
  const source = first === undefined || first.path === '-' ? undefined : first.path;
  const path = pathOf(host, report);
  const page = AtomicFile.open({ path, what: 'report', beginning: '', source, option: '--report' });
  if (page.ok) return ok({ ...results.value, page: page.value });
  discardOutputs(results.value);
  return err(page.error);
}

function openResultsFiles(
  host: Host,
  inputs: readonly RunInput[],
  { out, dryRun }: { out: string | undefined; dryRun: true | undefined },
): Result<Outputs, string> {
  const [first] = inputs;
  if (out === '-' && first !== undefined)
    return ok({ files: [], toStdout: { header: first.header, input: first.number } });
  if (dryRun === true && out === undefined) return ok({ files: [] });
  const files: { file: AtomicFile; input: number }[] = [];
  for (const { number, path, header } of inputs) {
    const opened = openResults(pathOf(host, out ?? defaultResultsPath(path)), header, path);
    if (!opened.ok) {
      for (const { file } of files) file.discard();
      return err(opened.error);
    }
    files.push({ file: opened.value, input: number });
  }
  return ok({ files });
}
