import { err, ok, type Result } from '../core/result.js';
import { localTime, NO_CORRECTION, reportRow, type InvocaTransaction } from './invoca-transactions.js';
import { asObject, jsonIn } from './request-parts.js';

type Fields = Partial<Omit<InvocaTransaction, 'transaction_id'>>;

/** A change to the books that no request made. Ids are transaction ids. */
export type Alteration =
  | { readonly remove: string }
  /** Other values in a row, without a correction. */
  | { readonly set: string; readonly fields: Fields }
  /** One more row with an id of its own, otherwise like another one that corrects nothing. */
  | { readonly add: Fields; readonly like?: string | undefined };

const BLANK = reportRow({
  transaction_id: '',
  transaction_type: 'Reported Conversion',
  call: { id: 'CALL-1', record: 'CALL-1', start: 0, calling_phone_number: null, duration: null },
  start: 0,
  name: 'Sale',
  partner_unique_id: '',
  value: true,
  custom_data: [],
  corrects: null,
  at: 0,
});

const HOW = 'use {"remove": ID}, {"set": ID, "fields": {…}} or {"add": {…}, "like": ID}, or a list of these';

/** Reads one change or a list of them; every row that they name is in `rows`. */
export function readAlterations(
  body: string,
  rows: readonly InvocaTransaction[],
): Result<readonly Alteration[], string> {
  const ids = new Set(rows.map(({ transaction_id: id }) => id));
  const value = jsonIn(body);
  const changes: readonly unknown[] = Array.isArray(value) ? value : [value];
  for (const change of changes) {
    const problem = problemOf(change, ids);
    if (problem !== undefined) return err(problem);
  }
  return ok(changes as readonly Alteration[]);
}

function problemOf(change: unknown, ids: ReadonlySet<string>): string | undefined {
  const { remove, set, fields, add, like, ...strange } = asObject(change) ?? { '': change };
  const [first] = Object.keys(strange);
  if (first !== undefined) return HOW;
  const [wanted, named] =
    remove !== undefined ? [{}, remove] : set !== undefined ? [fields, set] : [add, like];
  const values = asObject(wanted);
  if (values === undefined) return HOW;
  if (named !== undefined && !(typeof named === 'string' && ids.has(named)))
    return `there is no row ${JSON.stringify(named)}`;
  const unknown = Object.keys(values).find(
    (name) => name === 'transaction_id' || !Object.hasOwn(BLANK, name),
  );
  return unknown === undefined ? undefined : `${unknown} is not a column of the books`;
}

/** The rows after the change; an added one is the last, as `id`. */
export function alteredRows(
  rows: readonly InvocaTransaction[],
  change: Alteration,
  id: string,
): InvocaTransaction[] {
  if ('remove' in change) return rows.filter((row) => row.transaction_id !== change.remove);
  if ('set' in change) {
    return rows.map((row) => (row.transaction_id === change.set ? { ...row, ...timed(change.fields) } : row));
  }
  const like = rows.find((row) => row.transaction_id === change.like) ?? BLANK;
  return [...rows, { ...like, ...NO_CORRECTION, ...timed(change.add), transaction_id: id }];
}

/** A start has its local time with it. */
function timed(fields: Fields): Fields {
  const start = fields.start_time_utc;
  return start === undefined ? fields : { start_time_local: localTime(start), ...fields };
}
