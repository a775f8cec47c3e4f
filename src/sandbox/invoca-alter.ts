import type { Result } from '../core/result.js';
import { readAlterations, type Alteration } from './alterations.js';
import {
  blankRow,
  COLUMNS,
  localTime,
  NO_CORRECTION,
  type InvocaTransaction,
} from './invoca-transactions.js';

type Fields = Partial<Omit<InvocaTransaction, 'transaction_id'>>;

/** Ids are transaction ids; an added row has one of its own, and corrects nothing. */
export type InvocaAlteration = Alteration<Fields>;

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
      field === 'transaction_id' || !COLUMNS.some((column) => column === field)
        ? `${field} is not a column of the books`
        : undefined,
  });
}

/** The rows after the change; an added one is the last, with the id. */
export function alteredRows(
  rows: readonly InvocaTransaction[],
  change: InvocaAlteration,
  { id, rolledUp }: { readonly id: string; readonly rolledUp: boolean },
): InvocaTransaction[] {
  if ('remove' in change) return rows.filter((row) => row.transaction_id !== change.remove);
  if ('set' in change) {
    return rows.map((row) => (row.transaction_id === change.set ? { ...row, ...timed(change.fields) } : row));
  }
  const { add, like } = change;
  const model = like === undefined ? undefined : rows.find((row) => row.transaction_id === like);
  return [...rows, { ...(model ?? blankRow(rolledUp)), ...NO_CORRECTION, ...timed(add), transaction_id: id }];
}

/** A start has its local time with it. */
function timed(fields: Fields): Fields {
  const start = fields.start_time_utc;
  return start === undefined ? fields : { start_time_local: localTime(start), ...fields };
}
