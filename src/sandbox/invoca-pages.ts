import { json, type FakeAnswer, type FakeRequest } from './fake.js';
import { methodNotAllowed, refused, tokenRefusal } from './invoca-request.js';
import type { InvocaTransaction } from './invoca-transactions.js';

/** A scope whose id begins so is an older account: it reports the sale and the signal of an outcome as rows of their own. */
export const OLD_ACCOUNT_MARK = 'old';

const ROUTE = /^\/api\/2020-10-01\/(networks|advertisers|affiliates)\/transactions\/([^/]+)\.json$/;
/** The name for all columns but those of signals and custom data. */
const DEFAULT_COLUMNS = '$invoca_default_columns';
const SIGNAL_COLUMNS: ReadonlySet<string> = new Set([
  'signal_name',
  'signal_partner_unique_id',
  'signal_value',
  'custom_data',
]);
const MAX_LIMIT = 4000;
const DEFAULT_LIMIT = '1000';

export function servesTransactions(path: string): boolean {
  return ROUTE.test(path);
}

/** Whether the request is for the rows of an older account. */
export function isOldAccount(path: string): boolean {
  return ROUTE.exec(path)?.[2]?.startsWith(OLD_ACCOUNT_MARK) === true;
}

/** One page, oldest first. `from` and `to` name days of UTC, the zone of the fake's user; one alone filters nothing. */
export function transactionsPage(
  { method, headers, query }: FakeRequest,
  rows: readonly InvocaTransaction[],
): FakeAnswer {
  if (method !== 'GET') return methodNotAllowed();
  const refusal = tokenRefusal(headers['authorization']);
  if (refusal !== undefined) return refusal;
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
    asked.includes(name) || (asked.includes(DEFAULT_COLUMNS) && !SIGNAL_COLUMNS.has(name));
  const page = within.slice(last + 1, last + 1 + Number(limit));
  return json(
    200,
    page.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => isShown(name)))),
  );
}
