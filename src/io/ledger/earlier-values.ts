import type { EarlierValues } from '../../core/ledger.js';
import type { RunId } from '../../core/row.js';
import { columns } from './columns.js';
import { amountOf, type Database } from './database.js';
import { asked, attemptsIn } from './attempts.js';
import { rowRange } from './run-rows.js';

/**
 * Corrections that return to what was held before a later run changed it. A key's attempts are a chain, from the last
 * one back; what the row itself comes to is not among the changes.
 */
const findEarlier = (attempts: string): string => `
  with recursive trail (row, amount, changed_in, attempt) as (
    select rows.id, rows.amount, held.run, held.last_attempt
    from rows join entries as held on held.namespace = ?1 and held.key = rows.key
    where rows.id between ?2 and ?3 and rows.status = 'planned' and rows.action = 'correct'
      and (held.intent <> 'set' or rows.amount <> coalesce(held.amount, rows.amount - 1))
    union all
    select row, trail.amount, changed_in, before
    from trail join ${attempts} as told on told.id = attempt where before is not null
  )
  insert into earlier
  select row, max(told.run) from trail join ${attempts} as told on told.id = attempt
  where told.status = 'accepted' and ${asked('told', 'intent')} = 'set' and told.amount = trail.amount and told.run < changed_in
  group by row`;

const WARN = `
  update rows set warning = iif(warning is null, '', warning || '; ') || 'earlier_value'
  where id in (select row from earlier)`;

type Found = Omit<EarlierValues, 'rows'> & { readonly number: number };

const EARLIER = columns<Found>(
  {
    ...{ number: Number, input: String, earlier: Number, line: Number, key: String },
    ...{
      amount: (cell) => amountOf(cell) ?? (0 as never),
      held: amountOf,
      heldIn: Number,
      changedIn: Number,
    },
  },
  undefined,
  {
    ...{
      number: 'rows.input',
      input: 'inputs.name',
      earlier: 'count(*)',
      line: 'rows.line',
      key: 'rows.key',
    },
    ...{ amount: 'rows.amount', held: 'held.amount', heldIn: 'earlier.run', changedIn: 'held.run' },
  },
);

/** Marks the rows of a run with such a warning; of each file that has some, how many, and its first. */
export function markEarlierValues(db: Database, namespace: number, run: RunId): EarlierValues[] {
  const [first, last] = rowRange(run);
  db.exec('create temp table earlier (row integer primary key, run integer)');
  try {
    db.run(findEarlier(attemptsIn(db)), [namespace, first, last]);
    db.run(WARN, []);
    // Of a group, SQLite takes the other columns from the row that has its least.
    const found = EARLIER.select(
      db,
      `, min(rows.id) from earlier join rows on rows.id = earlier.row
       join inputs on inputs.run = ? and inputs.number = rows.input
       join entries as held on held.namespace = ? and held.key = rows.key group by rows.input`,
      run,
      namespace,
    );
    return found.map(({ number, ...values }) => {
      const counted = `select count(intent) from rows where id between ? and ? and input = ?`;
      return { ...values, rows: Number(db.one(counted, first, last, number)?.[0]) };
    });
  } finally {
    db.exec('drop table temp.earlier');
  }
}
