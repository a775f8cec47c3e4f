import type { Result } from '../core/result.js';
import { readAlterations, type Alteration } from './alterations.js';
import { localTime, NO_CORRECTION, reportRow, type InvocaTransaction } from './invoca-transactions.js';

type Fields = Partial<Omit<InvocaTransaction, 'transaction_id'>>;

/** Ids are transaction ids; an added row has one of its own, and corrects nothing. */
export type InvocaAlteration = Alteration<Fields>;

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

/** Reads one change or a list of them; every row that they name is in `rows`. */
export function readInvocaAlterations(
  body: string,
  rows: readonly InvocaTransaction[],
): Result<readonly InvocaAlteration[], string> {
  const ids = new Set(rows.map(({ transaction_id: id }) => id));
  return readAlterations(body, {
    what: 'row',
    has: (id) => ids.has(id),
    ids: [],
    problem: (field) =>
      field === 'transaction_id' || !Object.hasOwn(BLANK, field)
        ? `${field} is not a column of the books`
        : undefined,
  });
}

/** The rows after the change; an added one is the last, as `id`. */
export function alteredRows(
  rows: readonly InvocaTransaction[],
  change: InvocaAlteration,
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
