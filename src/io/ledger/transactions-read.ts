import type { PulledScope } from '../../core/breaks.js';
import type { BookedRow } from '../../core/transactions.js';
import { amountOf, numberOf, textOf, type SqlValue, type Database } from './database.js';
import type { Namespace } from '../../core/ledger.js';

const PAGE = 500;

/** The scopes of an account of which anything was ever pulled. */
export function pulledScopes(db: Database, { vendor, account, origin }: Namespace): PulledScope[] {
  return db
    .all(
      `select scopes.id, kind, scope_id, polled_at from scopes join namespaces on namespaces.id = scopes.namespace
       where vendor = ? and account = ? and origin = ? and exists (select 1 from ranges where scope = scopes.id)
       order by kind, scope_id`,
      vendor,
      account,
      origin,
    )
    .map(([scope, kind, id, polledAt]) => ({
      scope: Number(scope),
      kind: String(kind),
      id: String(id),
      polledAt: numberOf(polledAt),
      ranges: rangesOf(db, Number(scope)),
    }));
}

function rangesOf(db: Database, scope: number): PulledScope['ranges'] {
  return db
    .all('select from_date, to_date, complete from ranges where scope = ? order by 1, 2', scope)
    .map(([from, to, complete]) => ({ from: String(from), to: String(to), complete: complete === 1 }));
}

/** Calls that have a row of a reading, from a number on. */
export interface ReadCalls {
  readonly reading: number;
  readonly from: number;
}

const IN_READING = `exists (
  select 1 from transactions as other join told on reading = ? and told.id = other.id and number >= ?
  where other.scope = transactions.scope and other.call = transactions.call)`;

/** Every row of a scope, or of some calls of it, a few hundred at a time, all rows of one call together. */
export async function* transactionPages(
  db: Database,
  scope: number,
  calls?: ReadCalls,
): AsyncGenerator<readonly BookedRow[]> {
  let after: [call: string, id: string] | undefined;
  for (;;) {
    await Promise.resolve();
    const rows = db
      .all(
        `select id, call, corrects, corrected_at, type, started_at, caller, duration, outcome, order_id, value,
           amount
         from transactions where scope = ? ${after === undefined ? '' : 'and (call, id) > (?, ?)'}
           ${calls === undefined ? '' : `and ${IN_READING}`}
         order by call, id limit ${PAGE}`,
        ...[scope, ...(after ?? []), ...(calls === undefined ? [] : [calls.reading, calls.from])],
      )
      .map(bookedRow);
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = [last.call, last.id];
  }
}

function bookedRow(cells: readonly SqlValue[]): BookedRow {
  const [id, call, corrects, correctedAt, type, startedAt, caller, duration, outcome, orderId, value] = cells;
  return {
    id: String(id),
    call: String(call),
    corrects: textOf(corrects),
    correctedAt: numberOf(correctedAt),
    type: String(type),
    startedAt: numberOf(startedAt),
    caller: textOf(caller),
    duration: numberOf(duration),
    outcome: textOf(outcome),
    orderId: textOf(orderId),
    value: value == null ? undefined : value === 1,
    amount: amountOf(cells[11]),
  };
}
