import type { OpenLedger, RunInput } from '../core/ledger.js';
import type { RunId } from '../core/row.js';
import { err, ok, type Result } from '../core/result.js';
import type { Vendor } from '../core/vendor.js';
import { AtomicFile } from '../io/atomic-file.js';
import { headerLine, openResults, resultsText } from '../io/results.js';
import type { Outputs, Written } from '../push/run.js';
import { unendedRows, type Unended } from '../push/unended.js';
import type { Console } from './console.js';
import { pathOf, type Host } from './host.js';
import { commandOf, typedFor } from './next-command.js';
import { resultsPlace } from './places.js';
import { sendsNothing, type PushOptions } from './push-options.js';

/** Whose rows are written, and where to. */
export interface OutputPlace {
  readonly host: Host;
  readonly console: Console;
  readonly ledger: OpenLedger;
  readonly vendor: Vendor;
  readonly origin: string;
  readonly options: PushOptions;
  /** Of `ledgerWords`. */
  readonly ledgerOption: readonly string[];
}

/** Where the results of a run go: a file per input, or standard output. */
interface Opened {
  readonly files: readonly { readonly file: AtomicFile; readonly input: number }[];
  readonly toStdout?: RunInput;
  /** Where the page of `--report` goes. */
  readonly page?: AtomicFile;
  readonly plan?: AtomicFile;
}

/** Opens the results files of a run, and the page of `--report`. */
export async function openOutputs(run: RunId, place: OutputPlace): Promise<Result<Outputs, string>> {
  const inputs = await place.ledger.inputs(run);
  const opened = await openFiles(run, inputs, place);
  if (!opened.ok) return opened;
  return ok({
    write: (unended) => writeAll(opened.value, run, place, unended),
    discard: () => discard(opened.value),
  });
}

function discard({ files, page, plan }: Opened): void {
  for (const { file } of files) file.discard();
  page?.discard();
  plan?.discard();
}

async function openFiles(
  run: RunId,
  inputs: readonly RunInput[],
  place: OutputPlace,
): Promise<Result<Opened, string>> {
  const { host, options } = place;
  const { report, plan } = options;
  const { signal: interrupt } = host;
  const kept = inputs.flatMap(({ path }) => (path === '-' ? [] : [path]));
  const results = await openResultsFiles(run, inputs, place, kept);
  if (!results.ok) return results;
  const held = openPlan(host, plan, kept);
  if (held?.ok === false) discard(results.value);
  if (held?.ok === false) return held;
  const opened = held === undefined ? results.value : { ...results.value, plan: held.value };
  if (report === undefined) return ok(opened);
  const [first] = inputs;
  const source = first === undefined || first.path === '-' ? undefined : first.path;
  const path = pathOf(host, report);
  const page = AtomicFile.open({ path, what: 'report', source, kept, option: '--report', interrupt });
  if (page.ok) return ok({ ...opened, page: page.value });
  discard(opened);
  return err(page.error);
}

/** Of a plan: it tells whom and how much, so that nobody else may read it. */
function openPlan(
  host: Host,
  plan: string | undefined,
  kept: readonly string[],
): Result<AtomicFile, string> | undefined {
  if (plan === undefined) return undefined;
  const { signal: interrupt } = host;
  const path = pathOf(host, plan);
  return AtomicFile.open({ path, what: 'plan', kept, option: '--plan', interrupt, isPrivate: true });
}

async function openResultsFiles(
  run: RunId,
  inputs: readonly RunInput[],
  { host, ledger, options, vendor, origin }: OutputPlace,
  kept: readonly string[],
): Promise<Result<Opened, string>> {
  const { out, account } = options;
  const whose = { run, vendor: vendor.id, account, origin };
  const [first] = inputs;
  if (out === '-' && first !== undefined) return ok({ files: [], toStdout: first });
  if (sendsNothing(options) && out === undefined) return ok({ files: [] });
  const files: { file: AtomicFile; input: number }[] = [];
  for (const input of inputs) {
    const { number, path, header, isMarked } = input;
    const target = out === undefined ? await resultsPlace(host, ledger, whose, input) : pathOf(host, out);
    const opened = openResults(target, header, {
      ...{ isMarked, source: path, kept, isNamed: out !== undefined, interrupt: host.signal },
    });
    if (!opened.ok) {
      for (const { file } of files) file.discard();
      return err(opened.error);
    }
    files.push({ file: opened.value, input: number });
  }
  return ok({ files });
}

/** Options that say how a report reads a run, by their names in code. */
const READING_THE_PAGE = ['profile', 'config', 'timezone', 'dateFormat'];

async function writeAll(
  opened: Opened,
  run: RunId,
  { host, console, ledger, ledgerOption, vendor, options }: OutputPlace,
  unended: Unended | undefined,
): Promise<Written> {
  const { files, toStdout, page, plan } = opened;
  const rows = unended === undefined ? ledger : unendedRows(ledger, vendor, unended);
  const results: string[] = [];
  // A run of several files writes each beside its own.
  const again = ['results', `run-${run}`, ...(files.length > 1 ? [] : ['--out', 'FILE'])];
  const failures: string[] = [];
  if (toStdout !== undefined) {
    let open = await console.print(headerLine(toStdout.header, toStdout.isMarked));
    for await (const text of resultsText(rows, run, toStdout.number))
      open = open && (await console.print(text));
  }
  for (const { file, input } of files) {
    const written = await file.finish(resultsText(rows, run, input));
    if (written.ok) results.push(file.path);
    else
      failures.push(
        `${written.error}; the ledger has every row, write them with: ${commandOf(host, [...again, ...ledgerOption])}`,
      );
  }
  const held = plan === undefined ? {} : await writePlan(plan, run, { host, ledger, ledgerOption });
  if (held.failure !== undefined) failures.push(held.failure);
  const kept = { results, failures, ...(held.plan !== undefined && { plan: held.plan }) };
  if (page === undefined) return kept;
  const { writeRunPage } = await import('./run-page.js');
  const { account } = options;
  const dryRun = options.dryRun === true;
  const written = await writeRunPage(page, ledger, { run, vendor: vendor.id, account, dryRun }, options);
  if (written.ok) return { ...kept, page: page.path };
  const reading = typedFor(host, 'report', (name) => READING_THE_PAGE.includes(name));
  const words = [
    'report',
    '--run',
    `${run}`,
    '--format',
    'html',
    '--out',
    'FILE',
    ...reading,
    ...ledgerOption,
  ];
  const command = dryRun ? '' : `; write it with: ${commandOf(host, words)}`;
  return { ...kept, failures: [...failures, `${written.error}${command}`] };
}

async function writePlan(
  file: AtomicFile,
  run: RunId,
  { host, ledger, ledgerOption }: Pick<OutputPlace, 'host' | 'ledger' | 'ledgerOption'>,
): Promise<{ readonly plan?: string; readonly failure?: string }> {
  const { planLines } = await import('../io/plan-file.js');
  const plan = await ledger.plan(run);
  if (plan === undefined) throw new Error(`run ${run} is no plan`);
  const written = await file.finish(ended(planLines({ plan, rows: () => ledger.planRows(run) })));
  if (written.ok) return { plan: file.path };
  const show = commandOf(host, ['plan', `run-${run}`, ...ledgerOption]);
  return { failure: `${written.error}; the ledger holds the plan: ${show}` };
}

async function* ended(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}
