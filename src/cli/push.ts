import { originOf } from '../core/origin.js';
import type { OpenLedger } from '../core/ledger.js';
import type { Vendor } from '../core/vendor.js';
import { runPush, type PushJob, type PushOutcome } from '../push/run.js';
import type { StagedFile } from '../push/stage.js';
import { systemClock } from '../io/clock.js';
import { openForDryRun, openForPush } from '../io/open-ledger.js';
import { redactor } from '../io/redact.js';
import { secretOnly } from '../io/secrets.js';
import type { Target } from './connection.js';
import { Console, plain, UsageError } from './console.js';
import { previewRequests } from './dry-run.js';
import { EXIT, exitCodeOfPush } from './exit-codes.js';
import { billsAgain, checkNewFile, firstPush, type FirstPush } from './first-push.js';
import type { Host } from './host.js';
import { refuseDoubt } from './ledger-doubt.js';
import { ledgerToMake } from './ledger-path.js';
import { baseUrlOf, environment, SANDBOX_ORIGIN, SANDBOX_URL, vendorOf } from './options.js';
import { jsonSummary, textSummary, type PushReport } from './print/push.js';
import { checkPushFiles } from './places.js';
import { unusedProfile, withProfile } from './profile.js';
import { ledgerWords, resolveCommands, type AccountOptions, typedAgain, wasTyped } from './next-command.js';
import type { PushCommands } from './print/next-push.js';
import { progress } from './progress.js';
import { whyNot, type WriteEnd, writeEnd } from './push-end.js';
import { openOutputs, type OutputPlace } from './push-outputs.js';
import { checkOptions, jobOf, secretsFor, type PushOptions } from './push-options.js';

/** `revsync push`: stage, validate and plan the files, send what is new, write the results. */
export async function push(
  host: Host,
  files: readonly string[],
  written: PushOptions,
  given: ReadonlySet<string>,
): Promise<number> {
  const console = await Console.open(host, written.color);
  const options = await withProfile(host, written, given);
  if (options.vendor === undefined) {
    throw new UsageError(
      "required option '--vendor <id>' not specified; `revsync vendors` lists them, --profile names one too",
    );
  }
  const started = systemClock.now();
  const vendor = vendorOf(options.vendor);
  checkOptions(files, options, vendor, given);
  const whom = addressed(host, options, vendor);
  const { env, account, origin, path } = whom;
  console.redact = redactor(secretOnly(vendor.secrets, whom.credentials.secrets), 'left');

  checkPushFiles(host, files, options, { ledger: path, env });
  const books = { vendor, account, origin, path };
  checkNewFile(host, books, options);
  const open = options.dryRun === true ? openForDryRun : openForPush;
  const ledger = await open(path, { vendor: vendor.id, account, origin }, billsAgain(vendor, options));
  try {
    const doubt = refuseDoubt(host, books, ledger.doubt, options.dryRun === true);
    note(console, options, unusedProfile(host, options), doubt);
    const begun = { profile: options.profile, files, startedAt: started };
    const end: WriteEnd = async (ended) =>
      options.dryRun === true ? undefined : writeEnd(ledger, console, begun, ended);
    return await pushInto(ledger, { host, console, files, options, vendor, whom, started }, end);
  } finally {
    await ledger.close();
  }
}

/** Whom a push is to, and the books of that, by what the options and the environment say. */
function addressed(host: Host, options: PushOptions, vendor: Vendor) {
  const env = environment(host, options);
  const { account, sandbox } = options;
  const baseUrl = sandbox === true ? SANDBOX_URL : baseUrlOf(vendor, options.baseUrl, env);
  const origin = sandbox === true ? SANDBOX_ORIGIN : originOf(baseUrl);
  const credentials = secretsFor(vendor, options, { ...host, env });
  return { env, account, baseUrl, origin, credentials, path: ledgerToMake(options.ledger, { ...host, env }) };
}

interface PushCall {
  readonly host: Host;
  readonly console: Console;
  readonly files: readonly string[];
  readonly options: PushOptions;
  readonly vendor: Vendor;
  readonly whom: ReturnType<typeof addressed>;
  /** Epoch milliseconds. */
  readonly started: number;
}

/** The push by an open ledger, and what is said of it; how it ended goes to `end`. */
async function pushInto(ledger: OpenLedger, call: PushCall, end: WriteEnd): Promise<number> {
  const { host, console, files, options, vendor, whom, started } = call;
  const { env, account, baseUrl, origin, credentials, path } = whom;
  const began = systemClock.elapsed();
  const books = { vendor, account, origin, path };
  try {
    const first = firstPush(host, books, await ledger.pushedAccounts(), options);
    note(console, options, first.says);
    const job = {
      ...jobOf(host, files, options, vendor, credentials),
      whose: { ...books, vendor: vendor.id },
    };
    const ledgerOption = ledgerWords(options.ledger, env, host);
    const place = { host, console, target: { baseUrl, env, path }, origin, ledgerOption };
    const outcome = await run(job, ledger, options, place);
    const { unusable } = outcome;
    if (unusable !== undefined)
      throw new UsageError(unusable, unusable === job.missingSecrets ? 'credentials' : 'usage');
    const whose = { vendor: vendor.id, account, baseUrl: options.baseUrl, ledger: ledgerOption };
    const commands = commandsOf(host, whose, first);
    const limits = job.settings.rate;
    const about = { cwd: host.cwd, vendor, account, origin, files, commands, started, limits };
    const previews = previewRequests(outcome.first, vendor, baseUrl, credentials.secrets, options.confirm);
    const tookMs = systemClock.elapsed() - began;
    const report = { ...about, ...outcome, previews, tookMs, exitCode: exitCodeOfPush(outcome) };
    await end({ exitCode: report.exitCode, run: report.run, says: whyNot(outcome) });
    const data = jsonSummary(report, systemClock.now());
    const text =
      options.logFormat === 'json'
        ? JSON.stringify({ event: 'summary', ...data })
        : textSummary(report, console.paint, options);
    return await console.conclude(report.exitCode, options, text, data);
  } catch (error) {
    if (error instanceof UsageError)
      await end({ exitCode: EXIT.usage, run: undefined, says: error.message.split('\n')[0] });
    throw error;
  }
}

interface PushPlace {
  readonly host: Host;
  readonly console: Console;
  readonly target: Target;
  readonly origin: string;
  /** Of `ledgerWords`. */
  readonly ledgerOption: readonly string[];
}

/** Lines about how it was called; none is said as nothing. */
function note(console: Console, options: PushOptions, ...says: readonly (string | undefined)[]): void {
  for (const text of says) {
    if (text === undefined || options.quiet === true) continue;
    const record = { at: new Date().toISOString(), event: 'note', message: text };
    console.say(options.logFormat === 'json' ? JSON.stringify(record) : plain(text));
  }
}

function commandsOf(host: Host, books: AccountOptions, { needsNewLedger }: FirstPush): PushCommands {
  return {
    send: () => typedAgain(host, { without: ['dryRun'], adding: needsNewLedger ? ['--new-ledger'] : [] }),
    again: (change) => typedAgain(host, change),
    wasTyped: (option) => wasTyped(host, option),
    resolve: (key) => resolveCommands(host, key, books),
  };
}

/** With what the run says of itself on the way. */
async function run(
  job: PushJob,
  ledger: OpenLedger,
  options: PushOptions,
  { host, console, target, origin, ledgerOption }: PushPlace,
): Promise<PushOutcome & Pick<PushReport, 'recovered'>> {
  const { emit, recovered, stop: stopProgress } = progress(console, options);
  const place = (files: readonly StagedFile[]): OutputPlace => {
    const [proved] = files.flatMap(({ dateOrder = [] }) => dateOrder);
    const { dateFormat = proved } = options;
    const { vendor } = job;
    return { host, console, ledger, ledgerOption, vendor, origin, options: { ...options, dateFormat } };
  };
  try {
    const outcome = await runPush(job, {
      ledger,
      clock: systemClock,
      emit,
      interrupt: host.signal,
      openOutputs: (run, files) => openOutputs(run, place(files)),
      connect: async (fresh) => (await import('./connection.js')).connect(job, options, target, fresh),
    });
    return { ...outcome, recovered };
  } finally {
    stopProgress();
  }
}
