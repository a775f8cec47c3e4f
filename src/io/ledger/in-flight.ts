import type { Doubt } from '../../core/ledger.js';
import type { Action } from '../../core/status.js';
import type { ReportedRow } from '../../core/reported.js';
import { columns, wordOf } from './columns.js';
import { amountOf, type Database } from './database.js';
import { rowRange, runOf } from './run-rows.js';

/** A row that was claimed and not settled: it may be on its way, or may have been when its run died. */
export interface RowInFlight extends Pick<ReportedRow, 'line' | 'run' | 'amount'> {
  readonly key: string;
  readonly action: Action;
}

const IN_FLIGHT = columns<RowInFlight>(
  {
    key: String,
    line: Number,
    run: (id) => runOf(Number(id)),
    amount: amountOf,
    action: wordOf,
  },
  'rows',
  { run: 'rows.id' },
);

/** Rows of an account that runs have in flight. `books` is what the name of the ledger's tables begins with. */
export function rowsInFlight(db: Database, namespace: number, books: '' | 'books.' = ''): RowInFlight[] {
  const pushing = db.all(`select id from ${books}runs where namespace = ? and state = 'pushing'`, namespace);
  if (pushing.length === 0) return [];
  // A ledger of an older revsync has the status in the row itself.
  const view =
    db.one(`select 1 from ${books}sqlite_master where name = 'run_rows'`) === undefined ? 'rows' : 'run_rows';
  return pushing.flatMap(([run]) =>
    IN_FLIGHT.select(
      db,
      `from ${books}${view} as rows where rows.id between ? and ? and rows.status = 'claimed' order by rows.id`,
      ...rowRange(Number(run)),
    ),
  );
}

/**
 * Keys of rows in flight count as in doubt in what a dry run plans against: they are what the next push finds. The
 * account's entries are copied for it, since the books are not written.
 */
export function countInFlight(db: Database, namespace: number, doubtOf: (action: Action) => Doubt): void {
  if (db.one(`select 1 from pragma_database_list where name = 'books'`) === undefined) return;
  const rows = rowsInFlight(db, namespace, 'books.');
  if (rows.length === 0) return;
  db.exec(`create temp table entries as select * from books.entries where namespace = ${namespace}`);
  db.exec('create unique index temp.entries_by_key on entries (namespace, key)');
  db.run(
    `insert into entries (namespace, key, doubt) select ?, value ->> 0, value ->> 1 from json_each(?) where true
     on conflict (namespace, key) do update set doubt = excluded.doubt`,
    [namespace, JSON.stringify(rows.map(({ key, action }) => [key, doubtOf(action)]))],
  );
}
