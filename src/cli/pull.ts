import { originOf } from '../core/origin.js';
import type { TransactionReport } from '../core/transactions.js';
import { pull as pullPages, type PullJob } from '../reconcile/pull.js';
import { systemClock } from '../io/clock.js';
import { HttpTransport } from '../io/http/transport.js';
import { LedgerError } from '../core/ledger.js';
import { openForPull } from '../io/open-ledger.js';
import { readSecrets, redactor, secretOnly } from '../io/secrets.js';
import { invocaTransactions } from '../vendors/invoca-transactions.js';
import { Console, UsageError } from './console.js';
import { EXIT, exitCodeOfPull } from './exit-codes.js';
import type { Host } from './host.js';
import { baseUrlOf, dayProblems, environment, ledgerToMake, scopesNamed, vendorOf } from './options.js';
import { typedAgain } from './next-command.js';
import { unusedProfile, withProfile, type ProfileUser } from './profile.js';
import { openPullOutput, writePulled, type PullOutput } from './pull-output.js';
import { jsonPull, pullProgress, textPull } from './print/pull.js';
import type { OptionsOf } from './settings.js';

/** Options of `pull`, with what a profile adds to them. */
export type PullOptions = OptionsOf<'pull'> & ProfileUser;

/** Vendors whose books can be read, written out. */
const REPORTS: readonly TransactionReport[] = [invocaTransactions];

/** Without the zone of the token's user, times are written in no one's. */
const DEFAULT_ZONE = 'UTC';

/** A page is some megabytes. */
const PAGE_CAP_BYTES = 64 * 1024 * 1024;

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
  const { report, scope, period, sinceLast } = job;
  const started = systemClock.now();
  const env = environment(host, options);
  const baseUrl = baseUrlOf(vendorOf(report.vendor), options.baseUrl, env);
  const secrets = readSecrets(report.secrets, { ...host, env });
  if (!secrets.ok) throw new UsageError(secrets.error.join('\n'));
  const redact = redactor(secretOnly(report.secrets, secrets.value));
  console.redact = redact;
  const namespace = { vendor: report.vendor, account: options.account, origin: originOf(baseUrl) };
  const path = ledgerToMake(options.ledger, { ...host, env });
  const { timezone = DEFAULT_ZONE } = options;
  const again = typedAgain(host);
  const store = openForPull(path, namespace, scope, period);
  const timeoutMs = (options.timeout ?? report.timeoutSeconds) * 1000;
  const reach = { baseUrl, connections: 1, timeoutMs, freshConnections: false, redact, env };
  const transport = new HttpTransport({ ...reach, replyCapBytes: PAGE_CAP_BYTES });
  let output: PullOutput;
  try {
    output = openPullOutput(host, options, path);
    const unused = unusedProfile(host, options);
    if (unused !== undefined && options.quiet !== true) console.say(unused);
    const { emit, warnings } = pullProgress(console, options);
    const ports = { store, transport, clock: systemClock, secrets: secrets.value, emit };
    const outcome = await pullPages(job, { ...ports, interrupt: host.signal });
    console.status('');
    const file =
      outcome.stop === undefined ? await writePulled(store, output, options, timezone, console) : {};
    const inRange = (await store.reading()).progress?.rows ?? 0;
    const about = { cwd: host.cwd, again, ...namespace, scope, period, timezone, sinceLast, started };
    const pulled = { ...about, ...outcome, ...file, inRange, warnings };
    const exitCode = exitCodeOfPull(pulled);
    const data = jsonPull(pulled, exitCode, systemClock.now());
    return await console.conclude(exitCode, options, textPull(pulled), data);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    console.say(`${error.message}; what was read before is kept, and the same command goes on: ${again}`);
    return EXIT.stopped;
  } finally {
    // Nothing is left of a file that is not in its place by now.
    if (typeof output === 'object') output.discard();
    await transport.close();
    await store.close();
  }
}

function reportOf(id: string): TransactionReport {
  const report = REPORTS.find(({ vendor }) => vendor === id);
  if (report !== undefined) return report;
  const known = REPORTS.map(({ vendor }) => vendor).join(', ');
  throw new UsageError(`${JSON.stringify(id)} has no report that revsync reads; use one of ${known}`);
}

/** What is asked for. Options that contradict each other are told of all at once. */
function jobOf(report: TransactionReport, options: PullOptions): PullJob {
  const { from = '', to = '', out } = options;
  const scopes = scopesNamed(options);
  const [scope] = scopes;
  const problems: string[] = [];
  if (scopes.length !== 1) problems.push('name one of --network ID, --advertiser ID and --affiliate ID');
  problems.push(...dayProblems(options));
  if ((options.pageRows ?? 0) > report.pageRows)
    problems.push(`--page-rows: ${report.title} has pages of ${report.pageRows} rows at most`);
  if (out === '-' && options.json === true) problems.push('--out - and --json both want standard output');
  for (const option of ['format', 'folded'] as const) {
    if (options[option] !== undefined && out === undefined)
      problems.push(`--${option} goes with --out; without it nothing is written`);
  }
  if (scope === undefined || problems.length > 0) throw new UsageError(problems.join('\n'));
  return {
    report,
    scope,
    period: { from, to },
    columns: options.columns ?? [],
    pageRows: options.pageRows ?? report.pageRows,
    sinceLast: options.sinceLast === true,
    wait: options.wait === true,
    writesOut: out !== undefined,
    budget: { retries: options.retries, deadlineMs: options.deadline * 1000 },
  };
}
