import type { Unsettled } from '../core/records.js';
import { ACCOUNT, type Period, type Scope, type TransactionReport } from '../core/transactions.js';
import { unreachable } from '../core/result.js';
import type { ReportFields } from '../core/vendor.js';
import { openForPull, openForReconcile } from '../io/open-ledger.js';
import type { AskPorts } from '../reconcile/ask.js';
import { askedBy, callsOfSale, daysOfCall, lookUpCall, type Shown } from '../reconcile/ask-about-sale.js';
import { pull, type PullPorts, type PullStop } from '../reconcile/pull.js';
import { daysText } from '../reconcile/pulled-days.js';
import { findSale, type Finding } from '../reconcile/sale-at-vendor.js';
import { UsageError, type Console } from './console.js';
import type { Host } from './host.js';
import { ledgerPath } from './ledger-path.js';
import {
  dayProblems,
  environment,
  optionsText,
  reportOf,
  SANDBOX_ORIGIN,
  scopeProblems,
  scopesNamed,
  vendorOf,
} from './options.js';
import { pullProgress } from './print/pull.js';
import { reachReport } from './report-connection.js';
import type { OptionsOf } from './settings.js';

type AskOptions = OptionsOf<'resolve'>;

/** A key in doubt, and what its vendor shows of it. */
export interface Asked extends Finding {
  readonly key: Unsettled;
  /** The vendor's name. */
  readonly title: string;
}

const BUDGET = { retries: 3, deadlineMs: 120_000 };

/** The zone of the days that are read; they are wide enough for every other. */
const ZONE = 'UTC';

/** What one report is asked with. */
interface Desk {
  readonly report: TransactionReport;
  readonly fields: ReportFields;
  readonly scope: Scope;
  readonly ports: Omit<PullPorts, 'store'> & AskPorts;
  /** Of the ledger, which keeps the days that are read. */
  readonly path: string;
  readonly account: string;
  readonly origin: string;
}

/** What the vendor shows of each of these keys, which are all of one account. Nothing is settled by it. */
export async function askVendor(
  host: Host,
  console: Console,
  keys: readonly Unsettled[],
  options: AskOptions,
): Promise<readonly Asked[]> {
  const [one] = keys;
  if (one === undefined) return [];
  const { vendor: id, account, origin } = one;
  const { title, report: fields } = vendorOf(id);
  if (fields === undefined) throw new UsageError(`${title} cannot be asked what it holds; ${BY_HAND}`);
  if (origin === SANDBOX_ORIGIN)
    throw new UsageError(`the books of \`push --sandbox\` cannot be asked; ${BY_HAND}`);
  const report = reportOf(fields.source);
  const days = [...dayProblems(options), ...scopeProblems(options, report)];
  if (days.length > 0) throw new UsageError(days);
  const env = environment(host, options);
  const path = ledgerPath(options.ledger, { ...host, env });
  const scope = await scopeOf(path, { vendor: report.vendor, account, origin }, report, options);
  const connection = reachReport(host, console, report, env, { baseUrl: options.baseUrl ?? origin });
  try {
    const { emit } = pullProgress(console, {});
    const ports = { ...connection, emit, interrupt: host.signal };
    const asked = await ask({ report, fields, scope, ports, path, account, origin }, keys, options);
    return asked.map((finding) => ({ ...finding, title }));
  } finally {
    await connection.close();
  }
}

export const BY_HAND = 'look there, then say --accepted or --not-applied, with --why';

/** The part of the account that was named, or the one that was pulled before. */
async function scopeOf(
  path: string,
  namespace: { readonly vendor: string; readonly account: string; readonly origin: string },
  report: TransactionReport,
  options: AskOptions,
): Promise<Scope> {
  if (report.scopes.length === 0) return ACCOUNT;
  const named = scopesNamed(options, report);
  const [scope] = named.length > 0 ? named : await pulledBefore(path, namespace);
  if (scope !== undefined && named.length < 2) return scope;
  throw new UsageError(`--ask: name one of ${optionsText(report.scopes, ' ID')}, whose books are read`);
}

async function pulledBefore(
  path: string,
  namespace: { readonly vendor: string; readonly account: string; readonly origin: string },
): Promise<readonly Scope[]> {
  const { comparison, close } = await openForReconcile(path, namespace);
  try {
    const pulled = await comparison.pulled(namespace.vendor);
    return pulled.length === 1 ? pulled : [];
  } finally {
    await close();
  }
}

type Looked = Finding & { readonly key: Unsettled };

/** Calls that can be looked up are; for the others their days are read, once for all of them. */
async function ask(desk: Desk, keys: readonly Unsettled[], options: AskOptions): Promise<readonly Looked[]> {
  const { report, fields, scope, ports } = desk;
  const asking = { scope, zone: ZONE, columns: [], limit: report.pageRows };
  const found: Looked[] = [];
  const others: Unsettled[] = [];
  let ended: Shown | undefined;
  for (const key of keys) {
    if (key.fields === undefined) {
      found.push({
        found: 'cannot_tell',
        shows: 'was not asked: the row was pruned, and its call with it',
        key,
      });
      continue;
    }
    const shown =
      ended ?? (await lookUpCall(key.fields, askedBy(fields), { report, budget: BUDGET, asking }, ports));
    // A refused account is refused for every key.
    if (shown?.kind === 'account_refused' || shown?.kind === 'interrupted') ended = shown;
    if (shown === undefined) others.push(key);
    else found.push(judge(desk, key, shown, ''));
  }
  if (others.length > 0) found.push(...(await askByDays(desk, others, options)));
  return found;
}

/** Reads days as `revsync pull` does, by the vendor's rules and into the ledger. */
async function askByDays(
  desk: Desk,
  keys: readonly Unsettled[],
  { from, to }: AskOptions,
): Promise<readonly Looked[]> {
  const { report, fields, scope, ports, path, account, origin } = desk;
  const by = askedBy(fields);
  const each = keys.map((key) => daysOfCall(key.fields ?? {}, by, key.at));
  const period: Period = {
    from: from ?? each.map((days) => days.from).reduce((left, right) => (left < right ? left : right)),
    to: to ?? each.map((days) => days.to).reduce((left, right) => (left > right ? left : right)),
  };
  const store = await openForPull(path, { vendor: report.vendor, account, origin }, scope, period);
  try {
    const job = { report, scope, period, zone: ZONE, columns: [], pageRows: report.pageRows, budget: BUDGET };
    const { stop } = await pull(
      { ...job, sinceLast: false, wait: false, writesOut: false },
      { ...ports, store },
    );
    const looked: Looked[] = [];
    for (const key of keys) {
      const shown =
        stop === undefined
          ? await callsOfSale(key.fields ?? {}, fields, store.callPages('all'))
          : stoppedAt(stop);
      const where = ` among the calls of ${daysText(period)}; --from and --to name others`;
      looked.push(judge(desk, key, shown, where));
    }
    return looked;
  } finally {
    await store.close();
  }
}

function stoppedAt(stop: PullStop): Shown {
  return stop.kind === 'interrupted' ? stop : { kind: 'gave_up', message: stop.message };
}

/** `where` says where the call was looked for, if it is not shown. */
function judge({ fields }: Desk, key: Unsettled, shown: Shown, where: string): Looked {
  switch (shown.kind) {
    case 'calls': {
      const { action, amount, previousAmount } = key;
      const finding = findSale(
        { action, amount, previousAmount, fields: key.fields ?? {} },
        fields,
        shown.calls,
      );
      return { ...finding, shows: `${finding.shows}${shown.calls.length === 0 ? where : ''}`, key };
    }
    case 'interrupted':
      return { found: 'cannot_tell', shows: `was not asked: interrupted (${shown.signal})`, key };
    case 'rejected':
      return { found: 'cannot_tell', shows: `does not answer: ${shown.message} (${shown.code})`, key };
    case 'account_refused':
    case 'gave_up':
      return { found: 'cannot_tell', shows: `does not answer: ${shown.message}`, key };
    default:
      return unreachable(shown);
  }
}
