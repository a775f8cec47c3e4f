import { originOf } from '../core/origin.js';
import { ACCOUNT, type TransactionReport } from '../core/transactions.js';
import { pull as pullPages } from '../reconcile/pull.js';
import type { PullJob } from '../reconcile/pull-job.js';
import { systemClock } from '../io/clock.js';
import { LedgerError } from '../core/ledger.js';
import { openForPull } from '../io/open-ledger.js';
import { Console, problemsOf, UsageError } from './console.js';
import { credentialsText } from './credentials.js';
import { EXIT, exitCodeOfPull } from './exit-codes.js';
import type { Host } from './host.js';
import { ledgerToMake } from './ledger-path.js';
import { dayProblems, environment, optionsText, reportOf, scopeProblems, scopesNamed } from './options.js';
import { typedAgain } from './next-command.js';
import { failureData, problem } from './problems.js';
import { unusedProfile, withProfile } from './profile.js';
import { pullCall } from './pull-call.js';
import { openPullOutput, writePulled, type PullOptions, type PullOutput } from './pull-output.js';
import { jsonPull, pullProgress, textPull } from './print/pull.js';
import { reachReport } from './report-connection.js';

/** Without the zone of the token's user, times are written in no one's. */
const DEFAULT_ZONE = 'UTC';

/** `revsync pull`: every page of a vendor's report into the ledger, then the rows into a file. */
export async function pull(
  host: Host,
  vendorId: string,
  written: PullOptions,
  given: ReadonlySet<string>,
): Promise<number> {
  const console = await Console.open(host, written.color);
  const options = await withProfile(host, { ...written, vendor: vendorId }, given);
  const job = jobOf(reportOf(vendorId), options);
  if (options.call !== undefined) return pullCall(host, console, options.call, job, options);
  const { report, scope, period, zone } = job;
  const started = systemClock.now();
  const env = environment(host, options);
  const connection = reachReport(host, console, report, env, options);
  const namespace = { vendor: report.vendor, account: options.account, origin: originOf(connection.baseUrl) };
  const path = ledgerToMake(options.ledger, { ...host, env });
  const again = typedAgain(host);
  const credentials = credentialsText(host, report.secrets, env, options);
  const store = await openForPull(path, namespace, scope, period);
  let output: PullOutput;
  try {
    output = openPullOutput(host, options, path);
    const unused = unusedProfile(host, options);
    if (unused !== undefined && options.quiet !== true) console.say(unused);
    const { emit, warnings } = pullProgress(console, options);
    const outcome = await pullPages(job, { ...connection, store, emit, interrupt: host.signal });
    console.status('');
    const file = outcome.stop === undefined ? await writePulled(store, output, options, zone, console) : {};
    const inRange = (await store.reading()).progress?.rows ?? 0;
    const about = { cwd: host.cwd, again, credentials, ...namespace, ...job, started };
    const pulled = { ...about, ...outcome, ...file, inRange, warnings };
    const exitCode = exitCodeOfPull(pulled);
    const data = jsonPull(pulled, exitCode, systemClock.now());
    return await console.conclude(exitCode, options, textPull(pulled), data);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const says = `${error.message}; what was read before is kept, and the same command goes on: ${again}`;
    const problems = [problem('ledger_failed', says)];
    return await console.conclude(EXIT.stopped, options, says, failureData('pull', EXIT.stopped, problems));
  } finally {
    // Nothing is left of a file that is not in its place by now.
    if (typeof output === 'object') output.discard();
    await connection.close();
    await store.close();
  }
}

/** What is asked for. Options that contradict each other are told of all at once. */
function jobOf(report: TransactionReport, options: PullOptions): PullJob {
  const { from = '', to = '', out, timezone } = options;
  const scopes = report.scopes.length === 0 ? [ACCOUNT] : scopesNamed(options, report);
  const [scope] = scopes;
  const problems = [
    ...problemsOf({ [`name one of ${optionsText(report.scopes, ' ID')}`]: scopes.length !== 1 }),
    ...scopeProblems(options, report),
    ...dayProblems(options),
    ...reportProblems(report, options),
    ...problemsOf({
      '--out - and --json both want standard output': out === '-' && options.json === true,
      '--format goes with --out; without it nothing is written':
        options.format !== undefined && out === undefined && options.call === undefined,
      '--folded goes with --out; without it nothing is written':
        options.folded !== undefined && out === undefined && options.call === undefined,
      '--call with --json needs --out, where its rows go':
        options.call !== undefined && options.json === true && out === undefined,
      '--call is about one call, whatever its day is: --from, --to, --since-last and --wait do not go with it':
        options.call !== undefined &&
        ([options.from, options.to, options.sinceLast].some((one) => one !== undefined) ||
          options.wait === true),
    }),
  ];
  if (scope === undefined || problems.length > 0) throw new UsageError(problems);
  return {
    report,
    scope,
    period: { from, to },
    zone: timezone ?? DEFAULT_ZONE,
    columns: options.columns ?? [],
    pageRows: options.pageRows ?? report.pageRows,
    sinceLast: options.sinceLast === true,
    wait: options.wait === true,
    writesOut: out !== undefined,
    budget: { retries: options.retries, deadlineMs: options.deadline * 1000 },
  };
}

/** What this report cannot be asked for. */
function reportProblems(
  { title, windows, corrections, looksUp, moreColumns, pageRows }: TransactionReport,
  options: PullOptions,
): readonly string[] {
  const hasDays = options.from !== undefined && options.to !== undefined;
  const isInPlace = corrections === 'in_place';
  return problemsOf({
    [`${title} is read by days; name them with --from and --to`]:
      windows.required === true && options.from === undefined && options.to === undefined,
    [`--call: ${title} cannot be asked for one call`]: looksUp !== true && options.call !== undefined,
    '--from and --to need --timezone, which says where the days begin':
      windows.of === 'moments' && hasDays && options.timezone === undefined,
    [`--page-rows: ${title} has pages of ${pageRows} rows at most`]: (options.pageRows ?? 0) > pageRows,
    [`--columns: ${title} has no columns that could be asked for besides`]:
      !moreColumns && options.columns !== undefined,
    [`--folded: ${title} has no corrections to fold; each of its rows is a call as it stands now`]:
      isInPlace && options.folded !== undefined,
    [`--since-last: ${title} changes its rows in place, so that a pull reads all of them anew`]:
      isInPlace && options.sinceLast !== undefined,
  });
}
