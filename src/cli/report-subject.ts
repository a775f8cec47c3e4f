import { spellingsOf, typedOrigin } from '../core/origin.js';
import { relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { LedgerRecords } from '../core/records.js';
import type { ReportedItem, SingleItem } from '../core/reported.js';
import { markSuperseded } from '../io/latest-rows.js';
import { readResults } from '../io/results-reader.js';
import { runName } from '../core/row.js';
import type { Environment } from '../io/secrets.js';
import { doubtInFlight } from '../push/recover.js';
import { toldApart, type ReportJob } from '../report/report.js';
import { runItems } from '../report/run-items.js';
import { UsageError } from './console.js';
import { findRun, lookUp, openExisting } from './existing-ledger.js';
import { pathOf, type Host } from './host.js';
import { baseUrlOf, SANDBOX_ORIGIN, vendorOf } from './options.js';
import type { ReportOptions } from './report-options.js';

/** What the report is about, and how it is called. */
export interface Subject {
  readonly items: AsyncIterable<ReportedItem>;
  readonly title: string;
  readonly close: () => Promise<void>;
}

/** Results files, a run, or all that is held: what was named, to be read once. */
export async function subjectOf(
  host: Host,
  files: readonly string[],
  options: ReportOptions,
  job: ReportJob,
): Promise<Subject> {
  if (files.length > 0) return filesSubject(host, files, options);
  const { run, ledger } = options;
  const records = await openExisting(host, typeof ledger === 'string' ? ledger : undefined);
  try {
    await records.holdStill();
    const { title, items } =
      run === undefined
        ? { title: 'All that is held', items: heldItems(host.env, records, options, job) }
        : await runSubject(
            records,
            run,
            lookUp(host, typeof ledger === 'string' ? ledger : undefined, 'runs'),
          );
    return { items: inTurns(items, host.signal), title, close: async () => records.close() };
  } catch (error) {
    await records.close();
    throw error;
  }
}

/** Of several files the last run has the last word on every key. */
function filesSubject(
  host: Host,
  files: readonly string[],
  { vendor, account }: Pick<ReportOptions, 'vendor' | 'account'>,
): Subject {
  if (vendor !== undefined) vendorOf(vendor);
  const title = files
    .map((file) => (file === '-' ? 'standard input' : relative(host.cwd, pathOf(host, file))))
    .join(', ');
  const read = async function* (): AsyncGenerator<SingleItem> {
    for (const file of files) yield* readResults(file, host, host.signal, { vendor, account });
  };
  return {
    items: files.length === 1 ? read() : markSuperseded(read()),
    title,
    close: async () => Promise.resolve(),
  };
}

async function runSubject(
  records: LedgerRecords,
  name: string,
  list: string,
): Promise<Omit<Subject, 'close'>> {
  const record = await findRun(records, name, list);
  const title = runName(record.run);
  if (record.hasRows || record.inputs.length === 0) return { title, items: runItems(records, record) };
  throw new UsageError(`the rows of ${title} were pruned or never planned; --ledger reports on what is held`);
}

/** Everything that the accounts hold that are meant; books of several addresses are not added up unasked. */
async function* heldItems(
  env: Environment,
  records: LedgerRecords,
  options: ReportOptions,
  job: ReportJob,
): AsyncGenerator<ReportedItem> {
  const { vendor, account, sandbox } = options;
  const { baseUrl } = options;
  // With a vendor it is what a push would take, or refused.
  const url =
    baseUrl === undefined || vendor === undefined ? baseUrl : baseUrlOf(vendorOf(vendor), baseUrl, env).href;
  const origin = url === undefined ? undefined : typedOrigin(url);
  const all = await records.accounts();
  const accounts = all.filter(
    (one) =>
      (vendor === undefined || one.vendor === vendor) &&
      (account === undefined || one.account === account) &&
      (sandbox === true) === (one.origin === SANDBOX_ORIGIN) &&
      (origin === undefined || spellingsOf(origin).includes(one.origin)),
  );
  for (const { vendor, account } of accounts) {
    const origins = accounts.filter((one) => one.vendor === vendor && one.account === account);
    if (origins.length > 1)
      throw new UsageError(
        `the ledger has books of ${vendor}/${account} at several addresses, ${origins.map(({ origin }) => origin).join(', ')}; choose one with --base-url`,
      );
  }
  if (accounts.length === 0) {
    const other = all.map((one) => `${one.vendor}/${one.account} at ${one.origin}`);
    const known = other.length === 0 ? 'it has none yet' : `it has those of ${other.join(', ')}`;
    throw new UsageError(
      `the ledger has no such books; ${known}${sandbox === true ? '' : '; --sandbox takes those of the sandbox'}`,
    );
  }
  for (const one of accounts)
    yield* records.entries(one, doubtInFlight(vendorOf(one.vendor)), toldApart(job));
}

/** Lets signals in between two pages, and ends when one came. */
async function* inTurns(
  items: AsyncIterable<ReportedItem>,
  signal: AbortSignal,
): AsyncGenerator<ReportedItem> {
  let turns = 0;
  for await (const item of items) {
    turns += 1;
    if (turns % 100 === 0) await setImmediate();
    if (signal.aborted) return;
    yield item;
  }
}
