import { originOf } from '../core/origin.js';
import type { OpenLedger, Totals } from '../core/ledger.js';
import type { RunId } from '../core/row.js';
import type { Vendor } from '../core/vendor.js';
import { runPush, type PushJob, type PushOutcome } from '../push/run.js';
import type { StagedFile } from '../push/stage.js';
import { systemClock } from '../io/clock.js';
import { openForDryRun, openForPush } from '../io/open-ledger.js';
import { redactor } from '../io/redact.js';
import { secretOnly } from '../io/secrets.js';
import type { Target } from './connection.js';
import { type Console, UsageError } from './console.js';
import { credentialsText } from './credentials.js';
import { previewRequests } from './dry-run.js';
import { EXIT, exitCodeOfError, exitCodeOfPush } from './exit-codes.js';
import { billsAgain, checkNewFile, firstPush, type FirstPush } from './first-push.js';
import type { Host } from './host.js';
import { refuseDoubt } from './ledger-doubt.js';
import { ledgerToMake } from './ledger-path.js';
import { baseUrlOf, environment, SANDBOX_ORIGIN, SANDBOX_URL, vendorOf } from './options.js';
import type { PushOutput } from './outputs.js';
import { jsonSummary, textSummary, type PushReport } from './print/push.js';
import { checkPushFiles } from './places.js';
import { filesOf, nothingNew, notPushedYet, passedOverText } from './profile-files.js';
import { unusedProfile } from './profile.js';
import {
  commandOf,
  ledgerWords,
  resolveCommands,
  type AccountOptions,
  typedAgain,
  wasTyped,
} from './next-command.js';
import type { PushCommands } from './print/next-push.js';
import { progress } from './progress.js';
import { firstLine, recordFailure, whyNot, type WriteEnd, writeEnd } from './push-end.js';
import { openOutputs, type OutputPlace } from './push-outputs.js';
import { checkOptions, jobOf, secretsFor, type Credentials, type PushOptions } from './push-options.js';

/** How a push ended. */
export interface Pushed {
  readonly exitCode: number;
  /** Why it did not do all that it should, in its first words. */
  readonly says: string | undefined;
  readonly run: RunId | undefined;
  readonly totals: readonly Totals[];
  /** The path of the ledger. */
  readonly ledger: string;
  /** The closing words. */
  readonly text: string;
  /** For `--json`. */
  readonly data: PushOutput;
}

/**
 * Stages, validates and plans the files that were named, else those of the profile, sends what is new, writes the results.
 * Throws what a person can mend.
 */
export async function pushOne(
  host: Host,
  console: Console,
  named: readonly string[],
  options: PushOptions,
  given: ReadonlySet<string>,
): Promise<Pushed> {
  const started = systemClock.now();
  const files = named.length > 0 ? named : await filesOf(host, options);
  const vendor = vendorOf(vendorNamed(options));
  checkOptions(files, options, vendor, given);
  const whom = addressed(host, options, vendor);
  const { account, origin, path } = whom;
  const { dryRun, profile } = options;
  const begun = { profile, startedAt: started };
  let isWritten = dryRun === true;
  try {
    return await pushTo(
      whom,
      { host, console, files, isNamed: named.length > 0, options, vendor, started },
      async (ledger, ended) => {
        if (isWritten) return;
        isWritten = true;
        await writeEnd(ledger, console, begun, ended);
      },
    );
  } catch (error) {
    const exitCode = exitCodeOfError(error);
    // Of a job it is remembered how it ended before it came to its books.
    if (exitCode !== undefined && profile !== undefined && !isWritten)
      recordFailure(
        path,
        console,
        { ...begun, files: named, vendor: vendor.id, account, origin },
        exitCode,
        error as Error,
      );
    throw error;
  }
}

function vendorNamed({ vendor }: PushOptions): string {
  if (vendor !== undefined) return vendor;
  throw new UsageError(
    "required option '--vendor <id>' not specified; `revsync vendors` lists them, --profile names one too",
  );
}

async function pushTo(
  whom: Whom,
  call: Omit<PushCall, 'whom' | 'credentials' | 'passedOver'>,
  end: (ledger: OpenLedger, ...ended: Parameters<WriteEnd>) => Promise<void>,
): Promise<Pushed> {
  const { host, console, files, options, vendor } = call;
  const { env, account, origin, path } = whom;
  const credentials = secretsFor(vendor, options, { ...host, env });
  console.redact = redactor(secretOnly(vendor.secrets, credentials.secrets), 'left');
  checkPushFiles(host, files, options, { ledger: path, env });
  const books = { vendor, account, origin, path };
  checkNewFile(host, books, options);
  const open = options.dryRun === true ? openForDryRun : openForPush;
  const ledger = await open(path, { vendor: vendor.id, account, origin }, billsAgain(vendor, options));
  try {
    const doubt = refuseDoubt(host, books, ledger.doubt, options.dryRun === true);
    note(console, options, unusedProfile(host, options), doubt);
    const left = call.isNamed ? { files, passedOver: 0 } : await notPushedYet(host, ledger, files, options);
    const { passedOver } = left;
    note(
      console,
      options,
      passedOver === 0 || left.files.length === 0 ? undefined : passedOverText(passedOver),
    );
    return await pushInto(ledger, { ...call, ...left, whom, credentials }, (ended) => end(ledger, ended));
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
  return { env, account, baseUrl, origin, path: ledgerToMake(options.ledger, { ...host, env }) };
}

type Whom = ReturnType<typeof addressed>;

interface PushCall {
  readonly host: Host;
  readonly console: Console;
  readonly files: readonly string[];
  /** Whether somebody named them; else they are those of a profile. */
  readonly isNamed: boolean;
  /** How many of them were pushed whole before. */
  readonly passedOver: number;
  readonly options: PushOptions;
  readonly vendor: Vendor;
  readonly whom: Whom;
  readonly credentials: Credentials;
  /** Epoch milliseconds. */
  readonly started: number;
}

/** The push by an open ledger, and what is said of it; how it ended goes to `end`. */
async function pushInto(ledger: OpenLedger, call: PushCall, end: WriteEnd): Promise<Pushed> {
  const { host, console, files, passedOver, options, vendor, whom, credentials, started } = call;
  const { env, account, baseUrl, origin, path } = whom;
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
    const { outcome, says: nothing } =
      files.length > 0
        ? { outcome: await run(job, ledger, options, place), says: undefined }
        : await nothingNew(host, ledger, options, passedOver);
    note(console, options, nothing);
    const { unusable } = outcome;
    if (unusable !== undefined)
      throw new UsageError(unusable, unusable === job.missingSecrets ? 'credentials' : 'usage');
    const whose = { vendor: vendor.id, account, baseUrl: options.baseUrl, ledger: ledgerOption };
    const commands = commandsOf(host, whose, first);
    const limits = job.settings.rate;
    const about = {
      recovered: [],
      credentials: credentialsText(host, vendor.secrets, env, options),
      cwd: host.cwd,
      vendor,
      account,
      origin,
      files,
      passedOver,
      commands,
      started,
      limits,
    };
    const previews = previewRequests(outcome.first, vendor, baseUrl, credentials.secrets, options.confirm);
    const tookMs = systemClock.elapsed() - began;
    const report = { ...about, ...outcome, previews, tookMs, exitCode: exitCodeOfPush(outcome) };
    const { exitCode, totals = [] } = report;
    const says = whyNot(outcome);
    await end({ exitCode, run: report.run, says, files });
    const data = jsonSummary(report, systemClock.now());
    return {
      exitCode,
      says,
      run: report.run,
      totals,
      ledger: path,
      data,
      text: textSummary(report, console.paint, options),
    };
  } catch (error) {
    if (error instanceof UsageError)
      await end({ exitCode: EXIT.usage, run: undefined, says: firstLine(error), files });
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
    if (text !== undefined && options.quiet !== true) console.log(options, 'note', text, { message: text });
  }
}

function commandsOf(host: Host, books: AccountOptions, { needsNewLedger }: FirstPush): PushCommands {
  return {
    send: () => typedAgain(host, { without: ['dryRun'], adding: needsNewLedger ? ['--new-ledger'] : [] }),
    again: (change) => typedAgain(host, change),
    wasTyped: (option) => wasTyped(host, option),
    status: () => commandOf(host, ['status', ...books.ledger]),
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
    const [proved] = files.flatMap(({ dateOrder }) => dateOrder?.order ?? []);
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
