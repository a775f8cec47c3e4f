import { json, type FakeAnswer, type FakeRequest } from './fake.js';
import { refusal, tokenIsGood, unauthorized } from './invoca-call.js';

/** A row of the Transactions API. A call's own row is not kept, only what was reported about it. */
export interface InvocaTransaction {
  readonly transaction_id: string;
  /** The row that this one replaces: always the latest before it, so corrections make a chain. */
  readonly corrects_transaction_id: string | null;
  readonly corrected_at: string | null;
  readonly complete_call_id: string;
  readonly transaction_type: 'Reported Conversion' | 'Signal';
  readonly start_time_local: string;
  /** Epoch milliseconds. */
  readonly start_time_utc: number;
  readonly calling_phone_number: string | null;
  readonly destination_phone_number: string | null;
  readonly duration: number | null;
  readonly revenue: string | null;
  readonly sale_amount: string | null;
  readonly signal_name: string;
  readonly signal_partner_unique_id: string;
  readonly signal_value: boolean;
}

const ROUTE = /^\/api\/2020-10-01\/(networks|advertisers|affiliates)\/transactions\/[^/]+\.json$/;
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
    const day = new Date(start).toISOString().slice(0, 10);
    return from === '' || to === '' || (from <= day && day <= to);
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
