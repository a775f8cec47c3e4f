import { interruptedBy, type RunEvent } from '../core/events.js';
import { defused } from '../core/text.js';
import type { Vendor } from '../core/vendor.js';
import { systemClock } from '../io/clock.js';
import { openForReconcile } from '../io/open-ledger.js';
import { AtomicFile } from '../io/atomic-file.js';
import { csvText } from '../io/csv/csv-text.js';
import { besideInput } from '../io/results.js';
import type { Environment } from '../io/secrets.js';
import { BREAK_COLUMNS, breakRows, Tally } from '../reconcile/breaks-csv.js';
import { reconcile as compare, type ReconcileJob } from '../reconcile/reconcile.js';
import { Console, UsageError } from './console.js';
import { plain } from './plain-text.js';
import { EXIT } from './exit-codes.js';
import { pathOf, type Host } from './host.js';
import { baseUrlOf, ledgerPath, vendorOf } from './options.js';
import { unusedProfile, withProfile } from './profile.js';
import { environment } from './push-options.js';
import { stageJobOf } from './reading-options.js';
import {
  againstOf,
  checkReconcileOptions,
  requireLedger,
  seenAt,
  type ReconcileOptions,
} from './reconcile-options.js';
import {
  exitCodeOfReconcile,
  jsonReconcile,
  textReconcile,
  type ReconcileReport,
} from './print/reconcile.js';
import { targetWords } from './print/push.js';
import { SANDBOX_ORIGIN } from './sandbox-books.js';

/** `revsync reconcile`: a sales file beside what the vendor holds, every break named. */
export async function reconcile(
  host: Host,
  file: string,
  written: ReconcileOptions,
  given: ReadonlySet<string>,
): Promise<number> {
  const console = new Console(host, written.color);
  const options = await withProfile(host, written, given);
  if (options.vendor === undefined)
    throw new UsageError("required option '--vendor <id>' not specified; --profile names one too");
  const vendor = vendorOf(options.vendor);
  checkReconcileOptions(host, file, options, vendor);
  const [started, began] = [systemClock.now(), systemClock.elapsed()];
  const env = environment(host, options);
  const path = ledgerPath(options.ledger, { ...host, env });
  requireLedger(path, options);
  const namespace = { vendor: vendor.id, account: options.account, origin: originOf(vendor, options, env) };
  const unused = unusedProfile(host, options);
  const say = (text: string): void => {
    if (options.quiet !== true) console.say(plain(text));
  };
  if (unused !== undefined) say(unused);

  const { ledger, books, close } = openForReconcile(path, namespace);
  const interrupt = host.signal;
  let output: AtomicFile | undefined;
  try {
    output = openOutput(host, file, options);
    const pulled = vendor.report === undefined ? [] : await books.pulled(vendor.report.source);
    const against = againstOf(host, options, vendor.report, pulled);
    const job: ReconcileJob = {
      ...stageJobOf(host, [file], options, vendor, false),
      onConflict: options.onConflict,
      against,
    };
    const zone = options.timezone;
    const asOf = seenAt(against, vendor, started);
    const done = await compare(job, {
      ledger,
      books,
      now: started,
      emit: (event) => warn(event, say),
      interrupt,
    });
    const tally = new Tally();
    const writing =
      done.kind === 'linked'
        ? await writeBreaks(breakRows(books, done.run, { width: done.header.length, asOf, zone }, tally), {
            header: done.header,
            output,
            console,
            signal: interrupt,
          })
        : {};
    const report: ReconcileReport = {
      cwd: host.cwd,
      file,
      vendor,
      namespace,
      target: targetWords(options, given, env),
      zone,
      against,
      started,
      tookMs: systemClock.elapsed() - began,
      ...(interrupt.aborted ? { interrupted: interruptedBy(interrupt).signal } : {}),
      ...(done.kind === 'refused' ? { refused: done.files } : {}),
      ...(done.kind === 'linked' && !interrupt.aborted ? { tally, ...writing } : {}),
    };
    const exitCode = exitCodeOfReconcile(report);
    if (options.quiet !== true || exitCode !== EXIT.done) console.say(textReconcile(report, console.paint));
    if (options.json === true)
      await console.print(`${JSON.stringify(jsonReconcile(report, exitCode, systemClock.now()))}\n`);
    return exitCode;
  } finally {
    // Nothing is left of a file that is not in its place by now.
    output?.discard();
    await close();
  }
}

/** Where the books are whose word is taken; an export speaks for itself. */
function originOf(vendor: Vendor, options: ReconcileOptions, env: Environment): string {
  if (options.against !== undefined) return '';
  return options.sandbox === true ? SANDBOX_ORIGIN : baseUrlOf(vendor, options.baseUrl, env).origin;
}

function warn(event: RunEvent, say: (text: string) => void): void {
  if (event.kind === 'file_warning') say(`${event.input}: ${event.problem.message}`);
}

/** Opened before anything is read, so that a place that cannot be written costs no time; absent for standard output. */
function openOutput(host: Host, file: string, { out }: ReconcileOptions): AtomicFile | undefined {
  if (out === '-') return undefined;
  const path = pathOf(host, out ?? besideInput(file, 'breaks'));
  const source = file === '-' ? undefined : pathOf(host, file);
  const opened = AtomicFile.open({ path, what: 'breaks', beginning: '', source });
  if (opened.ok) return opened.value;
  throw new UsageError(`${opened.error}; nothing was compared`);
}

interface Destination {
  readonly header: readonly string[];
  readonly output: AtomicFile | undefined;
  readonly console: Console;
  readonly signal: AbortSignal;
}

/** Every row, also those that no reader wants any more: the counts are of all of them. */
async function writeBreaks(
  pages: AsyncIterable<readonly (readonly string[])[]>,
  { header, output, console, signal }: Destination,
): Promise<{ out?: string; failure?: string }> {
  let failure: string | undefined;
  const write = async (rows: readonly (readonly string[])[]): Promise<void> => {
    const text = csvText(rows.map((cells) => cells.map(defused)));
    if (output === undefined) await console.print(text);
    else if (failure === undefined) {
      const written = output.write(text);
      if (!written.ok) failure = written.error;
    }
  };
  await write([[...header, ...BREAK_COLUMNS]]);
  for await (const page of pages) {
    if (signal.aborted) return {};
    await write(page);
  }
  if (output === undefined) return {};
  if (failure !== undefined) return { failure };
  const finished = output.finish();
  return finished.ok ? { out: output.path } : { failure: finished.error };
}
