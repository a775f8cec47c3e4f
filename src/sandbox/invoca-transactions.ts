import { json, type FakeAnswer, type FakeRequest } from './fake.js';
import { methodNotAllowed, refused, tokenIsGood, unauthorized, type InvocaCall } from './invoca-request.js';

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
/** The name for all columns but those of signals. */
const DEFAULT_COLUMNS = '$invoca_default_columns';
const MAX_LIMIT = 4000;
const DEFAULT_LIMIT = '1000';

export function servesTransactions(path: string): boolean {
  return ROUTE.test(path);
}

/** Whether the request is for the rows of an older account. */
export function isOldAccount(path: string): boolean {
  return ROUTE.exec(path)?.[2]?.startsWith(OLD_ACCOUNT_MARK) === true;
}

/** What is reported in a row about a call that began at `start`; its amount is as it was sent. */
export interface Reported {
  readonly transaction_id: string;
  readonly call: InvocaCall;
  readonly start: number;
  readonly name: string;
  readonly partner_unique_id: string;
  readonly value: boolean;
  /** The latest row about the same, which this one corrects, and when it does. */
  readonly replaced: { readonly transaction_id: string } | undefined;
  readonly at: number;
}

/** The row of a report; which kind it is and which amount it has is the report's to say. */
export function reportRow(
  { transaction_id, call, start, name, partner_unique_id, value, replaced, at }: Reported,
  transaction_type: InvocaTransaction['transaction_type'],
  amount: { readonly revenue?: string | null; readonly sale_amount?: string | null },
): InvocaTransaction {
  return {
    transaction_id,
    corrects_transaction_id: replaced?.transaction_id ?? null,
    corrected_at: replaced === undefined ? null : localTime(at),
    complete_call_id: call.id,
    transaction_type,
    start_time_local: localTime(start),
    start_time_utc: start,
    calling_phone_number: reportedPhone(call.calling_phone_number),
    destination_phone_number: null,
    duration: call.duration,
    revenue: moneyBack(amount.revenue),
    sale_amount: moneyBack(amount.sale_amount),
    signal_name: name,
    signal_partner_unique_id: partner_unique_id,
    signal_value: value,
  };
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
        ...(resold ? {} : NO_CORRECTION),
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
export const NO_CORRECTION = { corrects_transaction_id: null, corrected_at: null } as const;

function callRow(report: InvocaTransaction): InvocaTransaction {
  return {
    ...report,
    ...NO_SIGNAL,
    ...NO_CORRECTION,
    transaction_id: report.complete_call_id,
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
  if (method !== 'GET') return methodNotAllowed();
  if (!tokenIsGood(headers['authorization'])) return unauthorized();
  const limit = query.get('limit') ?? DEFAULT_LIMIT;
  if (!/^\d+$/.test(limit) || Number(limit) < 1 || Number(limit) > MAX_LIMIT)
    return refused(403, 'InvalidInput', `limit must be 1 to ${MAX_LIMIT}`);
  const from = query.get('from') ?? '';
  const to = query.get('to') ?? '';
  for (const day of [from, to])
    if (day !== '' && !/^\d{4}-\d\d-\d\d$/.test(day))
      return refused(403, 'InvalidInput', 'from and to must be YYYY-MM-DD');
  const within = rows.filter(({ start_time_utc: start }) => {
    if (from === '' || to === '') return true;
    const day = new Date(start).toISOString().slice(0, 10);
    return from <= day && day <= to;
  });
  const after = query.get('start_after_transaction_id') ?? '';
  const last = within.findIndex(({ transaction_id: id }) => id === after);
  if (after !== '' && last === -1)
    return refused(403, 'InvalidInput', 'start_after_transaction_id is not in this list');
  const asked = (query.get('include_columns') ?? DEFAULT_COLUMNS).split(',').map((name) => name.trim());
  const isShown = (name: string): boolean =>
    asked.includes(name) || (asked.includes(DEFAULT_COLUMNS) && !(name in NO_SIGNAL));
  const page = within.slice(last + 1, last + 1 + Number(limit));
  return json(
    200,
    page.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => isShown(name)))),
  );
}

/** `2026-11-20 10:00:00 +00:00`: a time in the user's zone, with its offset. */
export function localTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} +00:00`;
}

/** A caller as reports show one: `404-555-0100` in North America, as it was sent elsewhere. */
function reportedPhone(phone: string | null): string | null {
  return phone?.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '$1-$2-$3') ?? null;
}

/** Money as it comes back: `100` and `100.00` are `100.0`. */
function moneyBack(text: string | null = null): string | null {
  if (text === null) return null;
  const [whole = '', fraction = ''] = text.split('.');
  return `${whole.replace(/^0+(?=\d)/, '')}.${fraction.replace(/0+$/, '') || '0'}`;
}
