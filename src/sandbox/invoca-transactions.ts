import { json, type FakeAnswer, type FakeRequest } from './fake.js';
import { refusal, tokenIsGood, unauthorized } from './invoca-call.js';

/** A row of the Transactions API. */
export interface InvocaTransaction {
  readonly transaction_id: string;
  /** The row that this one replaces: always the latest before it, so corrections make a chain. */
  readonly corrects_transaction_id: string | null;
  readonly corrected_at: string | null;
  readonly complete_call_id: string;
  readonly transaction_type: 'Call' | 'Reported Conversion' | 'Signal' | 'Sale';
  readonly start_time_local: string;
  /** Epoch milliseconds. */
  readonly start_time_utc: number;
  readonly calling_phone_number: string | null;
  readonly destination_phone_number: string | null;
  readonly duration: number | null;
  readonly revenue: string | null;
  readonly sale_amount: string | null;
  /** Null in a row that is about the call only, and in a `Sale`. */
  readonly signal_name: string | null;
  readonly signal_partner_unique_id: string | null;
  readonly signal_value: boolean | null;
}

/** A scope whose id begins so is an older account: it reports the sale and the signal of an outcome as rows of their own. */
export const OLD_ACCOUNT_MARK = 'old';

const ROUTE = /^\/api\/2020-10-01\/(networks|advertisers|affiliates)\/transactions\/([^/]+)\.json$/;
const DEFAULT_COLUMNS = [
  'transaction_id',
  'corrects_transaction_id',
  'corrected_at',
  'complete_call_id',
  'transaction_type',
  'start_time_local',
  'start_time_utc',
  'calling_phone_number',
  'destination_phone_number',
  'duration',
  'revenue',
  'sale_amount',
] as const satisfies readonly (keyof InvocaTransaction)[];
const MAX_LIMIT = 4000;
const DEFAULT_LIMIT = '1000';

export function servesTransactions(path: string): boolean {
  return ROUTE.test(path);
}

/** Whether the request is for the rows of an older account. */
export function isOldAccount(path: string): boolean {
  return ROUTE.exec(path)?.[2]?.startsWith(OLD_ACCOUNT_MARK) === true;
}

/**
 * What was reported, as the account shows it: each call's own row, whose id is the call's, before the first
 * report about it; in an older account, a `Sale` and a `Signal` for each report.
 */
export function reportedRows(reports: readonly InvocaTransaction[], old: boolean): InvocaTransaction[] {
  const rows: InvocaTransaction[] = [];
  const calls = new Set<string>();
  const sold = new Set<string>();
  for (const report of reports) {
    const { complete_call_id: call, transaction_id: id, corrects_transaction_id: corrects } = report;
    if (!calls.has(call)) rows.push(callRow(report));
    calls.add(call);
    if (!old) {
      rows.push(report);
      continue;
    }
    const resold = corrects !== null && sold.has(corrects);
    if (report.sale_amount !== null || resold) {
      rows.push({
        ...report,
        ...NO_SIGNAL,
        transaction_type: 'Sale',
        corrects_transaction_id: resold ? corrects : null,
        corrected_at: resold ? report.corrected_at : null,
      });
      sold.add(id);
    }
    rows.push({
      ...report,
      transaction_id: `${id}-SIGNAL`,
      corrects_transaction_id: corrects === null ? null : `${corrects}-SIGNAL`,
      transaction_type: 'Signal',
      sale_amount: null,
    });
  }
  return rows;
}

const NO_SIGNAL = { signal_name: null, signal_partner_unique_id: null, signal_value: null } as const;

function callRow(report: InvocaTransaction): InvocaTransaction {
  return {
    ...report,
    ...NO_SIGNAL,
    transaction_id: report.complete_call_id,
    corrects_transaction_id: null,
    corrected_at: null,
    transaction_type: 'Call',
    revenue: null,
    sale_amount: null,
  };
}

/** One page, oldest first. `from` and `to` name days of UTC, the zone of the fake's user; one alone filters nothing. */
export function transactionsPage(
  { method, headers, query }: FakeRequest,
  rows: readonly InvocaTransaction[],
): FakeAnswer {
  if (method !== 'GET') return json(405, { errors: { class: 'MethodNotAllowed' } });
  if (!tokenIsGood(headers['authorization'])) return unauthorized();
  const limit = query.get('limit') ?? DEFAULT_LIMIT;
  if (!/^\d+$/.test(limit) || Number(limit) < 1 || Number(limit) > MAX_LIMIT)
    return refusal('InvalidInput', `limit must be 1 to ${MAX_LIMIT}`);
  const from = query.get('from') ?? '';
  const to = query.get('to') ?? '';
  for (const day of [from, to])
    if (day !== '' && !/^\d{4}-\d\d-\d\d$/.test(day))
      return refusal('InvalidInput', 'from and to must be YYYY-MM-DD');
  const within = rows.filter(({ start_time_utc: start }) => {
    if (from === '' || to === '') return true;
    const day = new Date(start).toISOString().slice(0, 10);
    return from <= day && day <= to;
  });
  const after = query.get('start_after_transaction_id') ?? '';
  const last = within.findIndex(({ transaction_id: id }) => id === after);
  if (after !== '' && last === -1)
    return refusal('InvalidInput', 'start_after_transaction_id is not in this list');
  const columns = columnsOf(query.get('include_columns') ?? '$invoca_default_columns');
  const page = within.slice(last + 1, last + 1 + Number(limit));
  return json(
    200,
    page.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => columns.has(name)))),
  );
}

/** `2026-11-20 10:00:00 +00:00`: a time in the user's zone, with its offset. */
export function localTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} +00:00`;
}

/** A caller as reports show one: `404-555-0100` in North America, as it was sent elsewhere. */
export function reportedPhone(phone: string | null): string | null {
  return phone?.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '$1-$2-$3') ?? null;
}

function columnsOf(list: string): ReadonlySet<string> {
  const names = list.split(',').map((name) => name.trim());
  return new Set(names.flatMap((name) => (name === '$invoca_default_columns' ? DEFAULT_COLUMNS : [name])));
}
