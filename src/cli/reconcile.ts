import { originOf } from '../core/origin.js';
import type { Comparison } from '../core/breaks.js';
import { interruptedBy, type RunEvent } from '../core/events.js';
import { appends, type Vendor } from '../core/vendor.js';
import { systemClock } from '../io/clock.js';
import { openForReconcile } from '../io/open-ledger.js';
import type { Environment, EnvironmentIn } from '../io/secrets.js';
import { breakRows, seenCells, Tally, type BreakStyle } from '../reconcile/breaks-csv.js';
import { matchSales, type MatchOutcome } from '../reconcile/match.js';
import { Console, plain, UsageError } from './console.js';
import { exitCodeOfReconcile } from './exit-codes.js';
import { noLedger } from './existing-ledger.js';
import type { Host } from './host.js';
import { booksIn, ledgerPath, mayBeThere } from './ledger-path.js';
import { baseUrlOf, environment, SANDBOX_ORIGIN, vendorOf } from './options.js';
import { commandOf, fileWord, typedFor } from './next-command.js';
import { unusedProfile, withProfile } from './profile.js';
import { stageJobOf } from './push-options.js';
import { againstOf, checkReconcileOptions, seenAt, type ReconcileOptions } from './reconcile-options.js';
import { openBreaksOutput, writeBreaks, type BreaksOutput } from './reconcile-output.js';
import { jsonReconcile, textReconcile, type ReconcileReport } from './print/reconcile.js';

/** `revsync reconcile`: a sales file beside what the vendor holds, every break named. */
export async function reconcile(
  host: Host,
  file: string,
  written: ReconcileOptions,
  given: ReadonlySet<string>,
): Promise<number> {
  const console = await Console.open(host, written.color);
  const options = await withProfile(host, written, given);
  if (options.vendor === undefined)
    throw new UsageError(
      'name the vendor with --vendor; `revsync vendors` lists them, --profile names one too',
    );
  const vendor = vendorOf(options.vendor);
  checkReconcileOptions(host, file, options, vendor);
  const [started, began] = [systemClock.now(), systemClock.elapsed()];
  const env = environment(host, options);
  const path = ledgerToRead(options, { ...host, env });
  const namespace = {
    vendor: vendor.id,
    account: options.account,
    origin: namespaceOrigin(vendor, options, env),
  };
  const say = (text: string): void => {
    if (options.quiet !== true) console.say(plain(text));
  };
  const unused = unusedProfile(host, options);
  if (unused !== undefined) say(unused);

  const { ledger, comparison, close } = await openForReconcile(path, namespace);
  const { cwd, signal: interrupt } = host;
  let output: BreaksOutput;
  try {
    output = openBreaksOutput(host, file, options);
    const pulled = vendor.report === undefined ? [] : await comparison.pulled(vendor.report.source);
    const against = againstOf(host, options, vendor.report, pulled, started);
    const asOf = seenAt(against, vendor, started);
    const { run: asOfRun } = await ledger.lastPush();
    const emit = (event: RunEvent): void => {
      if (event.kind === 'file_warning') say(`${event.input}: ${event.problem.message}`);
    };
    const matched = await matchSales(
      { ...stageJobOf(host, [file], options, vendor, false), onConflict: options.onConflict, against },
      { ledger, comparison, now: started, emit, interrupt },
    );
    const { timezone: zone } = options;
    const pushOf = (breaks: string): string => pushBreaks(host, breaks, options);
    const about = { cwd, file, vendor, namespace, pushOf, zone, against, started };
    const style = { asOf, asOfRun, whose: namespace, zone, isAppended: appends(vendor) };
    const end = await writeMatched(matched, comparison, style, output, { console, interrupt });
    const tookMs = systemClock.elapsed() - began;
    const report = { ...about, ...end, tookMs };
    const exitCode = exitCodeOfReconcile(report);
    const data = jsonReconcile(report, exitCode, systemClock.now());
    return await console.conclude(exitCode, options, textReconcile(report, console.paint), data);
  } finally {
    // Nothing is left of a file that is not in its place by now.
    output?.discard();
    await close();
  }
}

/**
 * What sends the breaks, as the sales were read. The file is as revsync writes one, whatever the sales file was; what is
 * typed goes before the profile, which may say how that is.
 */
function pushBreaks(
  host: Host,
  breaks: string,
  { delimiter, encoding, headerRow }: ReconcileOptions,
): string {
  const ofFile: readonly string[] = ['delimiter', 'encoding', 'headerRow', 'out', 'json', 'quiet'];
  return commandOf(host, [
    ...['push', fileWord(breaks), ...typedFor(host, 'push', (name) => !ofFile.includes(name))],
    ...(delimiter === undefined ? [] : ['--delimiter', 'comma']),
    ...(encoding === undefined ? [] : ['--encoding', 'utf-8']),
    ...(headerRow === undefined ? [] : ['--header-row', '1']),
  ]);
}

/** Books that are not there would pass for empty ones. */
function ledgerToRead({ ledger, sandbox, against }: ReconcileOptions, place: EnvironmentIn): string {
  const path = booksIn(ledgerPath(ledger, place), sandbox, place);
  if (against === undefined && !mayBeThere(path)) throw noLedger(path);
  return path;
}

/** The address at which the vendor holds what is compared. */
function namespaceOrigin(vendor: Vendor, options: ReconcileOptions, env: Environment): string {
  return options.sandbox === true ? SANDBOX_ORIGIN : originOf(baseUrlOf(vendor, options.baseUrl, env));
}

/** Writes the breaks of what was matched; where it did not come to that, why. */
async function writeMatched(
  matched: MatchOutcome,
  comparison: Comparison,
  style: Omit<BreakStyle, 'width'>,
  output: BreaksOutput,
  to: { readonly console: Console; readonly interrupt: AbortSignal },
): Promise<Pick<ReconcileReport, 'tally' | 'out' | 'failure' | 'refused' | 'interrupted'>> {
  const refused = matched.kind === 'refused' ? { refused: matched.files } : {};
  let counted = {};
  if (matched.kind === 'matched') {
    const { run, header } = matched;
    const tally = new Tally();
    const breakStyle = { width: header.length, ...style };
    const pages = breakRows(comparison, run, breakStyle, tally);
    counted = { tally, ...(await writeBreaks(output, header, pages, seenCells(breakStyle), to)) };
  }
  if (!to.interrupt.aborted) return { ...refused, ...counted };
  return { ...refused, interrupted: interruptedBy(to.interrupt).signal };
}
