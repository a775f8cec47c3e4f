import { json, type FakeAnswer, type FakeRequest } from './fake.js';
import type { InvocaAccount } from './invoca-account.js';
import { methodNotAllowed, refused, tokenRefusal } from './invoca-request.js';
import { COLUMNS, type InvocaTransaction } from './invoca-transactions.js';

/** A scope whose id begins so is an older account: it reports the sale and the signal of an outcome as rows of their own. */
export const OLD_ACCOUNT_MARK = 'old';

const ROUTE = /^\/api\/([^/]+)\/(networks|advertisers|affiliates)\/transactions\/([^/]+)\.json$/;
/** Before this one, every account is an older one. */
const VERSION = '2020-10-01';
/** The name for all columns but those of signals and custom data. */
const DEFAULT_COLUMNS = '$invoca_default_columns';
/** The name for a column for each signal and each field of custom data. */
const CUSTOM_COLUMNS = '$invoca_custom_columns';
const NOT_DEFAULT: ReadonlySet<string> = new Set([
  'signal_name',
  'signal_partner_unique_id',
  'signal_value',
  'custom_data',
]);
/** There is no such column where signals are rolled up. */
const NOT_ROLLED_UP = 'signal_value';
const MAX_LIMIT = 4000;
const DEFAULT_LIMIT = '1000';

export function servesTransactions(path: string): boolean {
  return ROUTE.test(path);
}

/**
 * One page: with `from` and `to` by the start of the call, then as without them, in the order in which rows were
 * written, which is that of their ids. Days are of UTC, the zone of the fake's user; one alone filters nothing.
 */
export function transactionsPage(
  { method, path, headers, query }: FakeRequest,
  account: InvocaAccount,
): FakeAnswer {
  if (method !== 'GET') return methodNotAllowed();
  const [, version = '', , scope = ''] = ROUTE.exec(path) ?? [];
  if (!/^\d{4}-\d\d-\d\d$/.test(version))
    return refused(400, 'InvalidInput', 'Invalid API version for route');
  const refusal = tokenRefusal(headers['authorization']);
  if (refusal !== undefined) return refusal;
  const limit = query.get('limit') ?? DEFAULT_LIMIT;
  if (!/^\d+$/.test(limit) || Number(limit) < 1 || Number(limit) > MAX_LIMIT)
    return refused(403, 'InvalidInput', `limit must be 1 to ${MAX_LIMIT}`);
  for (const day of [query.get('from'), query.get('to')])
    if (day !== null && day !== '' && !/^\d{4}-\d\d-\d\d$/.test(day))
      return refused(403, 'InvalidInput', 'from and to must be YYYY-MM-DD');
  const rows = account.books.shown(version < VERSION || scope.startsWith(OLD_ACCOUNT_MARK));
  const within = rowsWithin(rows, query);
  const after = query.get('start_after_transaction_id') ?? '';
  const last = within.findIndex(({ transaction_id: id }) => id === after);
  if (after !== '' && last === -1)
    return refused(403, 'InvalidInput', 'start_after_transaction_id is not in this list');
  const page = within.slice(last + 1, last + 1 + Number(limit));
  const columns = columnsOf(query, rows, account.rolledUp);
  return json(
    200,
    page.map((row) => Object.fromEntries(columns.map((name) => [name, cellOf(row, name)]))),
  );
}

function rowsWithin(
  rows: readonly InvocaTransaction[],
  query: URLSearchParams,
): readonly InvocaTransaction[] {
  const types = namesIn(query, 'transaction_type');
  const call = query.get('call_record_id') ?? '';
  const from = query.get('from') ?? '';
  const to = query.get('to') ?? '';
  const isDated = from !== '' && to !== '';
  const within = rows.filter((row) => {
    if (types.length > 0 && !types.includes(row.transaction_type)) return false;
    if (call !== '' && row.complete_call_id !== call) return false;
    const day = new Date(row.start_time_utc).toISOString().slice(0, 10);
    return !isDated || (from <= day && day <= to);
  });
  return isDated ? within.toSorted((a, b) => a.start_time_utc - b.start_time_utc) : within;
}

function namesIn(query: URLSearchParams, parameter: string): readonly string[] {
  const names = (query.get(parameter) ?? '').split(',').map((name) => name.trim());
  return names.filter((name) => name !== '');
}

function columnsOf(
  query: URLSearchParams,
  rows: readonly InvocaTransaction[],
  rolledUp: boolean,
): readonly string[] {
  const wanted = namesIn(query, 'include_columns');
  const included = new Set(wanted.length > 0 ? wanted : [DEFAULT_COLUMNS]);
  const excluded = new Set(namesIn(query, 'exclude_columns'));
  const own = COLUMNS.filter(
    (name) => included.has(name) || (included.has(DEFAULT_COLUMNS) && !NOT_DEFAULT.has(name)),
  );
  const custom = [...new Set(rows.flatMap((row) => row.custom_data.map(({ name }) => name)))].filter(
    (name) => included.has(name) || included.has(CUSTOM_COLUMNS),
  );
  return [...own, ...custom].filter((name) => !excluded.has(name) && !(rolledUp && name === NOT_ROLLED_UP));
}

/** A column of custom data says 1, 0 or null of a signal. */
function cellOf(row: InvocaTransaction, column: string): unknown {
  const own = COLUMNS.find((name) => name === column);
  if (own !== undefined) return row[own];
  const value = row.custom_data.find(({ name }) => name === column)?.value ?? null;
  return typeof value === 'boolean' ? Number(value) : value;
}
