import type { Namespace, OpenLedger, Totals } from '../core/ledger.js';
import { originOf } from '../core/origin.js';
import { personText } from '../core/plans.js';
import type { Sealer } from '../core/ports.js';
import type { RunId } from '../core/row.js';
import type { Vendor } from '../core/vendor.js';
import type { Planner } from '../push/plan-run.js';
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
import { billsAgain, checkNewFile, firstPush, type Books, type FirstPush } from './first-push.js';
import type { Host } from './host.js';
import { refuseDoubt } from './ledger-doubt.js';
import { booksIn, ledgerToMake } from './ledger-path.js';
import { ledgerWords } from './next-command.js';
import { baseUrlOf, environment, SANDBOX_ORIGIN, SANDBOX_URL } from './options.js';
import type { PushOutput } from './outputs.js';
import { checkPushFiles } from './places.js';
import { jsonSummary, textSummary, type PushReport } from './print/push.js';
import { unusedProfile } from './profile.js';
import { progress } from './progress.js';
import { commandsOf, diffOfPlan } from './push-commands.js';
import { firstLine, recordFailure, whyNot, type WriteEnd, writeEnd } from './push-end.js';
import { openOutputs, type OutputPlace } from './push-outputs.js';
import {
  secretsFor,
  sendJobOf,
  sendsNothing,
  termsOf,
  type Credentials,
  type PushOptions,
} from './push-options.js';
import { whenFree } from './wait-for-account.js';

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

/** Its closing words; `data` is what `--json` has of it. */
export function sayPushed(
  console: Console,
  { logFormat, quiet }: Pick<PushOptions, 'logFormat' | 'quiet'>,
  { exitCode, text, data }: Pick<Pushed, 'exitCode' | 'text'> & { readonly data: object },
): void {
  if (text !== '' && (quiet !== true || exitCode !== EXIT.done))
    console.say(logFormat === 'json' ? JSON.stringify({ event: 'summary', ...data }) : text);
}

/** What is pushed. */
export interface Rows {
  /** Files, or what else the rows come from, as the closing words have it. */
  readonly names: readonly string[];
  readonly from: 'files' | 'ledger';
  /** Files of the profile that were pushed whole before. */
  readonly passedOver: number;
  /** How they are planned, and what opens the credentials that they bring along; of no rows, what comes of that. */
  readonly plan:
    | { readonly planner: Planner; readonly sealer: Pick<Sealer, 'open'> }
    | (() => Promise<{ readonly outcome: PushOutcome; readonly says?: string }>);
}

/** Finds the rows, by the open ledger. */
type FindRows = (ledger: OpenLedger, whose: Namespace, credentials: Credentials) => Promise<Rows>;

/** Who pushes what to whom. */
export interface PushCall {
  readonly host: Host;
  readonly console: Console;
  /** Files, as they were named. */
  readonly files: readonly string[];
  readonly options: PushOptions;
  readonly vendor: Vendor;
  readonly find: FindRows;
  /** As whose job it is remembered, and with which files that came not so far as to open its books. */
  readonly job: { readonly profile: string | undefined; readonly named: readonly string[] };
}

/**
 * Pushes what `find` finds to the account that the options say: the same for rows of files and of the ledger. Throws what
 * a person can mend.
 */
export async function pushByLedger(call: PushCall): Promise<Pushed> {
  const started = systemClock.now();
  const { host, console, options, vendor, job } = call;
  const whom = addressed(host, options, vendor);
  const { account, origin, path } = whom;
  const begun = { profile: job.profile, startedAt: started };
  let isWritten = sendsNothing(options);
  try {
    return await pushTo(whom, { ...call, started }, async (ledger, ended) => {
      if (isWritten) return;
      isWritten = true;
      await writeEnd(ledger, console, begun, ended);
    });
  } catch (error) {
    const exitCode = exitCodeOfError(error);
    // Of a job it is remembered how it ended before it came to its books.
    if (exitCode !== undefined && job.profile !== undefined && !isWritten)
      await recordFailure(
        path,
        console,
        { ...begun, files: job.named, vendor: vendor.id, account, origin },
        exitCode,
        error as Error,
      );
    throw error;
  }
}

type Begun = PushCall & {
  /** Epoch milliseconds. */
  readonly started: number;
};

/** With its rows. */
type Found = Begun & { readonly whom: Whom; readonly rows: Rows; readonly credentials: Credentials };

async function pushTo(
  whom: Whom,
  call: Begun,
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
  const timeoutMs = (options.timeout ?? vendor.limits.timeoutSeconds) * 1000;
  const whose = { vendor: vendor.id, account, origin };
  const ledger = await whenFree(() => open(path, whose, billsAgain(vendor, options), timeoutMs), call);
  try {
    const doubt = refuseDoubt(host, books, ledger.doubt, options.dryRun === true);
    note(console, options, unusedProfile(host, options), doubt);
    const rows = await call.find(ledger, whose, credentials);
    return await pushInto(ledger, { ...call, whom, rows, credentials }, (ended) => end(ledger, ended));
  } finally {
    await ledger.close();
  }
}

/** Whom a push is to, and the books of that, by what the options and the environment say. */
export function addressed(host: Host, options: PushOptions, vendor: Vendor) {
  const env = environment(host, options);
  const { account, sandbox } = options;
  const baseUrl = sandbox === true ? SANDBOX_URL : baseUrlOf(vendor, options.baseUrl, env);
  const origin = sandbox === true ? SANDBOX_ORIGIN : originOf(baseUrl);
  const place = { ...host, env };
  const path = booksIn(ledgerToMake(options.ledger, place), sandbox, place);
  return { env, account, baseUrl, origin, path };
}

export type Whom = ReturnType<typeof addressed>;

/** What is new about the account; what comes from the ledger shows that it knows it. */
async function newsOf(ledger: OpenLedger, { host, options, rows }: Found, books: Books): Promise<FirstPush> {
  if (rows.from === 'ledger') return { needsNewLedger: false };
  return firstPush(host, books, await ledger.pushedAccounts(), options);
}

/** The push by an open ledger, and what is said of it; how it ended goes to `end`. */
async function pushInto(ledger: OpenLedger, call: Found, end: WriteEnd): Promise<Pushed> {
  const { host, console, options, vendor, started, whom, credentials } = call;
  const { names: files, passedOver, from, plan } = call.rows;
  const { env, account, baseUrl, origin, path } = whom;
  const began = systemClock.elapsed();
  const books = { vendor, account, origin, path };
  try {
    const first = await newsOf(ledger, call, books);
    note(console, options, first.says);
    const job = { ...sendJobOf(options, vendor, credentials), hold: termsOf(host, options) };
    const ledgerOption = ledgerWords(options.ledger, env, host);
    const place = { host, console, target: { baseUrl, env, path }, origin, ledgerOption, from };
    const { outcome, says: nothing } =
      typeof plan === 'function'
        ? await plan()
        : { outcome: await run({ ...job, ...plan }, ledger, options, place), says: undefined };
    note(console, options, nothing);
    const { unusable } = outcome;
    if (unusable !== undefined)
      throw new UsageError(unusable, unusable === job.missingSecrets ? 'credentials' : 'usage');
    const whose = { vendor: vendor.id, account, baseUrl: options.baseUrl, ledger: ledgerOption };
    const commands = commandsOf(host, whose, first, options);
    const limits = job.settings.rate;
    const about = {
      recovered: [],
      credentials: credentialsText(host, vendor.secrets, env, options),
      cwd: host.cwd,
      vendor,
      account,
      origin,
      files,
      from,
      passedOver,
      commands,
      started,
      limits,
    };
    const previews = previewRequests(outcome.first, vendor, baseUrl, credentials.secrets, options.confirm);
    const tookMs = systemClock.elapsed() - began;
    const diff = await diffOfPlan(ledger, outcome);
    const report = { ...about, ...outcome, diff, previews, tookMs, exitCode: exitCodeOfPush(outcome) };
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
  readonly from: Rows['from'];
}

/** Lines about how it was called; none is said as nothing. */
export function note(console: Console, options: PushOptions, ...says: readonly (string | undefined)[]): void {
  for (const text of says) {
    if (text !== undefined && options.quiet !== true) console.log(options, 'note', text, { message: text });
  }
}

/** With what the run says of itself on the way. */
async function run(
  job: PushJob,
  ledger: OpenLedger,
  options: PushOptions,
  { host, console, target, origin, ledgerOption, from }: PushPlace,
): Promise<PushOutcome & Pick<PushReport, 'recovered'>> {
  const { emit, recovered, stop: stopProgress } = progress(console, options, from);
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
      who: personText(await host.person()),
      openOutputs: (run, files) => openOutputs(run, place(files)),
      connect: async (fresh) => (await import('./connection.js')).connect(job, options, target, fresh),
    });
    return { ...outcome, recovered };
  } finally {
    stopProgress();
  }
}
