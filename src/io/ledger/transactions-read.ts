import type { PulledScope } from '../../core/breaks.js';
import type { BookedRow, Signals, Transaction } from '../../core/transactions.js';
import { columns, jsonOf } from './columns.js';
import { amountOf, numberOf, textOf, type Database, type SqlValue } from './database.js';
import type { Namespace } from '../../core/ledger.js';
import { findAddressed } from './namespaces.js';

const PAGE = 500;

const BOOKED = {
  call: String,
  id: String,
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

const BOOKED_ROW = columns<BookedRow>(BOOKED, 'transactions');

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

/** `rows` is how many the reading of a range has; with it, and `new_from`, no one looks at each of them. */
export const READ_SO_FAR = `
  alter table ranges add column rows integer not null default 0;
  update ranges set rows = (select count(*) from told where told.reading = ranges.reading),
    new_from = iif(written_out = 1, 1 + (select coalesce(max(number), 0) from told where told.reading = ranges.reading), 1);
  create index ranges_by_reading on ranges (reading);
`;

/** Rows of a reading, from a number on. */
export interface ReadRows {
  readonly reading: number;
  readonly from: number;
  /** Only those that no file has had. */
  readonly new: boolean;
}

/** Calls of such rows. Each is found once, whatever else the scope holds. ?1 is the scope, ?2 the reading, ?3 the number. */
const FIND_CALLS = `
  insert or ignore into read_calls
  select transactions.call from told cross join transactions on transactions.scope = ?1 and transactions.id = told.id
  where told.reading = ?2 and told.number >= ?3`;

/** Every row of a scope, or of the calls of some of its rows, a few hundred at a time, all rows of one call together. */
export async function* transactionPages(
  db: Database,
  scope: number,
  rows?: ReadRows,
): AsyncGenerator<readonly BookedRow[]> {
  // Books that an older revsync wrote have no such column.
  const hasSignals = db.one(`select 1 from pragma_table_info('transactions') where name = 'signals'`);
  const list =
    hasSignals === undefined ? BOOKED_ROW.list.replace('transactions.signals', 'null') : BOOKED_ROW.list;
  if (rows !== undefined) {
    db.exec('drop table if exists temp.read_calls');
    db.exec('create temp table read_calls (call text primary key) without rowid');
    db.run(`${FIND_CALLS} ${rows.new ? 'and had = 0' : ''}`, [scope, rows.reading, rows.from]);
  }
  // By its calls, each of them in the order of its rows, so that nothing is sorted.
  const [from, order] =
    rows === undefined
      ? ['transactions', 'call']
      : [
          'read_calls cross join transactions on transactions.call = read_calls.call and read_calls.call >= ?1',
          'read_calls.call',
        ];
  const pages = db.pages(
    `select ${list} from ${from}
     where scope = ?3 and (transactions.call, id) > (?1, ?2) order by ${order}, id limit ${PAGE}`,
    ['', ''],
    scope,
  );
  for await (const page of pages) yield page.map((cells) => BOOKED_ROW.read(cells));
}
