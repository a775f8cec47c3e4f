import type { PulledScope } from '../../core/breaks.js';
import type { BookedRow, Signals, Transaction } from '../../core/transactions.js';
import { columns, jsonOf } from './columns.js';
import { amountOf, numberOf, textOf, type Database, type SqlValue } from './database.js';
import type { Namespace } from '../../core/ledger.js';
import { findAddressed } from './namespaces.js';

const PAGE = 500;

const BOOKED = {
  id: String,
  call: String,
  corrects: textOf,
  correctedAt: numberOf,
  type: String,
  startedAt: numberOf,
  caller: textOf,
  duration: numberOf,
  outcome: textOf,
  orderId: textOf,
  value: (cell: SqlValue | undefined) => (cell == null ? undefined : cell === 1),
  signals: jsonOf<Signals | undefined>,
  amount: amountOf,
};

const BOOKED_ROW = columns<BookedRow>(BOOKED);

/** A row of `transactions`, but for its scope. */
export const TRANSACTION = columns<Transaction>({ ...BOOKED, columns: jsonOf });

/** The scopes of an account of which anything was ever pulled. */
export function pulledScopes(db: Database, namespace: Namespace): PulledScope[] {
  return db
    .all(
      `select scopes.id, kind, scope_id, polled_at from scopes join namespaces on namespaces.id = scopes.namespace
       where namespaces.id = ? and exists (select 1 from ranges where scope = scopes.id)
       order by kind, scope_id`,
      findAddressed(db, namespace),
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
  // A ledger that an older revsync wrote says neither.
  const isOlder = db.one(`select 1 from pragma_table_info('ranges') where name = 'zone'`) === undefined;
  return db
    .all(
      `select from_date, to_date, complete, ${isOlder ? 'null, null' : 'zone, control'}
       from ranges where scope = ? order by 1, 2`,
      scope,
    )
    .map(([from, to, complete, zone, control]) => ({
      from: String(from),
      to: String(to),
      complete: complete === 1,
      zone: textOf(zone),
      control: textOf(control),
    }));
}

/** Calls that have a row of a reading, or one that no file has had. */
export interface ReadCalls {
  readonly reading: number;
  readonly which: 'all' | 'new';
}

const IN_READING = `exists (
  select 1 from transactions as other join told on reading = ? and told.id = other.id and had <= ?
  where other.scope = transactions.scope and other.call = transactions.call)`;

/** Every row of a scope, or of some calls of it, a few hundred at a time, all rows of one call together. */
export async function* transactionPages(
  db: Database,
  scope: number,
  calls?: ReadCalls,
): AsyncGenerator<readonly BookedRow[]> {
  // Books that an older revsync wrote have no such column.
  const hasSignals = db.one(`select 1 from pragma_table_info('transactions') where name = 'signals'`);
  const list = hasSignals === undefined ? BOOKED_ROW.list.replace(/\bsignals\b/, 'null') : BOOKED_ROW.list;
  const pages = db.pages(
    `select call, id, ${list} from transactions
     where (call, id) > (?, ?) and scope = ? ${calls === undefined ? '' : `and ${IN_READING}`}
     order by call, id limit ${PAGE}`,
    ['', ''],
    ...[scope, ...(calls === undefined ? [] : [calls.reading, calls.which === 'new' ? 0 : 1])],
  );
  for await (const page of pages) yield page.map((cells) => BOOKED_ROW.read(cells, 2));
}
