import { defused } from '../core/text.js';
import type { PulledTransactions, TransactionReport } from '../core/transactions.js';
import { pull as pullPages, type PullJob } from '../reconcile/pull.js';
import { systemClock } from '../io/clock.js';
import { HttpTransport } from '../io/http/transport.js';
import { LedgerError } from '../core/ledger.js';
import { openForPull } from '../io/open-ledger.js';
import { AtomicFile } from '../io/atomic-file.js';
import { csvText } from '../io/csv/csv-text.js';
import { readSecrets, redactor, secretOnly } from '../io/secrets.js';
import { transactionsText, type TransactionsStyle } from '../io/transactions-file.js';
import type { FoldedCall } from '../reconcile/fold-call.js';
import { FOLDED_COLUMNS, foldedCalls, foldedCells } from '../reconcile/calls-file.js';
import { invocaTransactions } from '../vendors/invoca-transactions.js';
import { Console, UsageError } from './console.js';
import { EXIT } from './exit-codes.js';
import { pathOf, type Host } from './host.js';
import { baseUrlOf, dayProblems, ledgerPath, scopesNamed, vendorOf } from './options.js';
import { unusedProfile, withProfile, type ProfileUser } from './profile.js';
import { environment } from './push-options.js';
import { exitCodeOfPull, jsonPull, pullProgress, textPull, type PullReport } from './print/pull.js';
import type { OptionsOf } from './settings.js';

/** Options of `pull`, with what a profile adds to them. */
export type PullOptions = OptionsOf<'pull'> & ProfileUser;

/** Vendors whose books can be read, written out. */
const REPORTS: readonly TransactionReport[] = [invocaTransactions];

/** Without the zone of the token's user, times are written in none of anybody's. */
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
  const console = new Console(host, written.color);
  const options = await withProfile(host, { ...written, vendor: vendorId }, given);
  const report = reportOf(vendorId);
  const { scope, period } = checkOptions(options, report);
  const started = systemClock.now();
  const env = environment(host, options);
  const baseUrl = baseUrlOf(vendorOf(report.vendor), options.baseUrl, env);
  const secrets = readSecrets(report.secrets, { ...host, env });
  if (!secrets.ok) throw new UsageError(secrets.error.join('\n'));
  const redact = redactor(secretOnly(report.secrets, secrets.value));
  console.redact = redact;

  const { account } = options;
  const namespace = { vendor: report.vendor, account, origin: baseUrl.origin };
  const path = ledgerPath(options.ledger, { ...host, env });
  const books = openForPull(path, namespace, scope, period);
  const output = await openOutput(host, books, options, path);
  const unused = unusedProfile(host, options);
  if (unused !== undefined && options.quiet !== true) console.say(unused);
  const transport = new HttpTransport({
    baseUrl,
    connections: 1,
    timeoutMs: (options.timeout ?? report.timeoutSeconds) * 1000,
    freshConnections: false,
    redact,
    env,
    replyCapBytes: PAGE_CAP_BYTES,
  });
  const interrupt = host.signal;
  const progress = pullProgress(console, options);
  try {
    const job: PullJob = {
      report,
      scope,
      period,
      columns: options.columns ?? [],
      pageRows: options.pageRows ?? report.pageRows,
      sinceLast: options.sinceLast === true,
      wait: options.wait === true,
      writesOut: output.kind !== 'none',
      budget: { retries: options.retries, deadlineMs: options.deadline * 1000 },
    };
    const pulled = await pullPages(job, {
      books,
      transport,
      clock: systemClock,
      secrets: secrets.value,
      tell: progress.tell,
      interrupt,
    });
    console.status('');
    const out = pulled.stop === undefined ? await writeOut(books, output, options, console) : {};
    const { progress: reached } = await books.reading();
    const { timezone = DEFAULT_ZONE } = options;
    const { cwd } = host;
    const about = { cwd, ...namespace, scope, period, timezone, sinceLast: job.sinceLast, started };
    const inRange = reached?.rows ?? 0;
    const result: PullReport = { ...about, ...pulled, ...out, inRange, warnings: progress.warnings };
    const exitCode = exitCodeOfPull(result);
    if (options.quiet !== true || exitCode !== EXIT.done) console.say(textPull(result));
    if (options.json === true)
      await console.print(`${JSON.stringify(jsonPull(result, exitCode, systemClock.now()))}\n`);
    return exitCode;
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    console.say(`${error.message}; what was read before is kept, and the same command goes on`);
    return EXIT.stopped;
  } finally {
    // Nothing is left of a file that is not in its place by now.
    if (output.kind === 'file') output.file.discard();
    await transport.close();
    await books.close();
  }
}

function reportOf(id: string): TransactionReport {
  const report = REPORTS.find(({ vendor }) => vendor === id);
  if (report !== undefined) return report;
  const known = REPORTS.map(({ vendor }) => vendor).join(', ');
  throw new UsageError(`${JSON.stringify(id)} has no report that revsync reads; use one of ${known}`);
}

/** Options that contradict each other, all of them at once. */
function checkOptions(options: PullOptions, report: TransactionReport): Pick<PullJob, 'scope' | 'period'> {
  const { from = '', to = '' } = options;
  const scopes = scopesNamed(options);
  const [scope] = scopes;
  const problems: string[] = [];
  if (scopes.length !== 1) problems.push('name one of --network ID, --advertiser ID and --affiliate ID');
  problems.push(...dayProblems(options));
  if ((options.pageRows ?? 0) > report.pageRows)
    problems.push(`--page-rows: ${report.title} has pages of ${report.pageRows} rows at most`);
  if (options.out === '-' && options.json === true)
    problems.push('--out - and --json both want standard output');
  for (const option of ['format', 'folded'] as const) {
    if (options[option] !== undefined && options.out === undefined)
      problems.push(`--${option} goes with --out; without it nothing is written`);
  }
  if (scope === undefined || problems.length > 0) throw new UsageError(problems.join('\n'));
  return { scope, period: { from, to } };
}

type Output =
  | { readonly kind: 'none' }
  | { readonly kind: 'stdout' }
  | { readonly kind: 'file'; readonly file: AtomicFile };

/** Opened before anything is asked, so that a place that cannot be written costs no poll. */
async function openOutput(
  host: Host,
  books: PulledTransactions,
  { out }: PullOptions,
  source: string,
): Promise<Output> {
  if (out === undefined) return { kind: 'none' };
  if (out === '-') return { kind: 'stdout' };
  const file = AtomicFile.open({ path: pathOf(host, out), what: 'transactions', beginning: '', source });
  if (file.ok) return { kind: 'file', file: file.value };
  await books.close();
  throw new UsageError(`${file.error}; nothing was asked`);
}

/** Once the last page has come: a file of half the rows would pass for all of them. */
async function writeOut(
  books: PulledTransactions,
  output: Output,
  { out, format, folded, sinceLast, timezone = DEFAULT_ZONE }: PullOptions,
  console: Console,
): Promise<Pick<PullReport, 'out' | 'failure' | 'folded'>> {
  if (output.kind === 'none') return {};
  const byName = /\.(jsonl|ndjson)$/i.test(out ?? '') ? 'jsonl' : 'csv';
  const style = { format: format ?? byName, zone: timezone };
  const which = sinceLast === true ? 'new' : 'all';
  const tally = { calls: 0, pending: 0 };
  const texts =
    folded === true
      ? foldedText(withTally(foldedCalls(books.callPages(which)), tally), style)
      : transactionsText(books, which, style);
  const about = folded === true ? { folded: tally } : {};
  if (output.kind === 'stdout') {
    for await (const text of texts) if (!(await console.print(text))) return {};
    await books.writtenOut();
    return about;
  }
  const { file } = output;
  for await (const text of texts) {
    const written = file.write(text);
    if (!written.ok) return { failure: keptInLedger(written.error) };
  }
  const done = file.finish();
  if (!done.ok) return { failure: keptInLedger(done.error) };
  await books.writtenOut();
  return { ...about, out: file.path };
}

function keptInLedger(error: string): string {
  return `${error}; the ledger has the rows, and the same command writes them`;
}

async function* withTally(
  calls: AsyncIterable<FoldedCall>,
  tally: { calls: number; pending: number },
): AsyncGenerator<FoldedCall> {
  for await (const call of calls) {
    tally.calls += 1;
    if (call.pending.length + call.circular.length > 0) tally.pending += 1;
    yield call;
  }
}

const CALLS_PER_TEXT = 200;

/** Folded calls as CSV or JSON lines. In JSON every value is text. */
async function* foldedText(
  calls: AsyncIterable<FoldedCall>,
  { format, zone }: TransactionsStyle,
): AsyncGenerator<string> {
  if (format === 'csv') yield csvText([[...FOLDED_COLUMNS]]);
  const textOf = (rows: string[][]): string =>
    format === 'csv'
      ? csvText(rows.map((cells) => cells.map(defused)))
      : rows.map((cells) => `${JSON.stringify(namedCells(cells))}\n`).join('');
  let rows: string[][] = [];
  for await (const call of calls) {
    rows.push(foldedCells(call, zone));
    if (rows.length < CALLS_PER_TEXT) continue;
    yield textOf(rows);
    rows = [];
  }
  if (rows.length > 0) yield textOf(rows);
}

function namedCells(cells: readonly string[]): Record<string, string> {
  return Object.fromEntries(FOLDED_COLUMNS.map((name, index) => [name, cells[index] ?? '']));
}
