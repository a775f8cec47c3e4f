import type { RunId } from '../../core/row.js';
import type { SentRow, Told, ToldRow } from '../../core/undo.js';
import { asked, keptIn } from './attempts.js';
import { columns, jsonOf, jsonTextOf, wordOf } from './columns.js';
import { amountOf, numberOf, textOf, type Database, type SqlValue } from './database.js';
import { RUN_STRIDE, rowRange } from './run-rows.js';
import { RESOLUTION } from './schema.js';

const PAGE = 250;

const SENT = columns<Omit<SentRow, 'trail'> & { readonly id: number }>(
  { id: Number, input: Number, line: Number, cells: jsonOf, key: String, doubt: wordOf },
  'sent',
  {
    cells: jsonTextOf('own.cells'),
    input: `iif(typeof(sent.input) = 'blob', cast(cast(sent.input as text) as integer), 1)`,
    doubt: 'held.doubt',
  },
);

const TOLD = columns<Omit<Told, 'row'>>(
  {
    run: Number,
    undoes: numberOf,
    status: String,
    code: textOf,
    action: wordOf,
    intent: wordOf,
    amount: amountOf,
    digest: String,
    ref: textOf,
  },
  'told',
  { undoes: 'runs.undoes', action: asked('told', 'action'), intent: asked('told', 'intent') },
);

const ROW = columns<ToldRow>(
  { amount: amountOf, fields: (cell) => jsonOf(cell ?? '{}'), net: textOf, found: wordOf },
  'kept',
  { fields: jsonTextOf('kept.sale'), found: 'kept.dispute' },
);

/** The trail of the key of each row that a page has. An attempt is named by its row. */
const trailsIn = (attempts: string, rows: string, runs: string): string => `
  with recursive page (sent, attempt) as (select value ->> 0, value ->> 1 from json_each(?)),
  trail (sent, attempt, back) as (
    select sent, attempt, 0 from page
    union all
    select trail.sent, told.before, back + 1 from trail cross join ${attempts} as told on told.id = trail.attempt
    where told.before is not null
  )
  select trail.sent, kept.sale is not null, ${TOLD.list}, ${ROW.list}
  from trail cross join ${attempts} as told on told.id = trail.attempt
  left join ${rows} as kept on kept.id = told.id and kept.key = told.key
  left join ${runs} as runs on runs.id = told.run
  order by trail.sent, back`;

/**
 * Rows of a run that were sent, in input order, each with everything that was told of its key. What an older revsync sent
 * is named by its run alone, and nothing is kept of its rows.
 */
export async function* sentRows(
  db: Database,
  namespace: number,
  run: RunId,
): AsyncGenerator<readonly SentRow[]> {
  const [first] = rowRange(run);
  const attempts = keptIn(db, 'attempts');
  const trails = trailsIn(attempts, keptIn(db, 'rows'), keptIn(db, 'runs'));
  const page = `select ${SENT.list}, held.last_attempt from ${attempts} as sent
    cross join entries as held on held.namespace = ? and held.key = sent.key
    left join ${keptIn(db, 'rows')} as own on own.id = sent.id and own.key = sent.key
    where sent.id > ? and sent.id < ? and sent.run = ? and sent.namespace = ? and coalesce(sent.code, '') not like 'resol%'
    order by sent.id limit ${PAGE}`;
  for (const [from, end] of [
    [0, RUN_STRIDE],
    [first, first + RESOLUTION],
  ] as const) {
    for (let after = from; ;) {
      await Promise.resolve();
      const found = db.all(page, namespace, after, end, run, namespace);
      const sent = found.map((cells) => SENT.read(cells));
      const last = sent.at(-1);
      if (last === undefined) break;
      after = last.id;
      const told = toldOf(
        db,
        trails,
        sent.map(({ id }, index) => [id, found[index]?.at(-1)]),
      );
      yield sent.map(({ id, ...row }) => ({ ...row, trail: told.get(id) ?? [] }));
    }
  }
}

/** Everything that was told of the keys of rows, newest first, by the ids of the rows; of each its last attempt is given. */
function toldOf(
  db: Database,
  trails: string,
  last: readonly (readonly [id: number, attempt: SqlValue | undefined])[],
): ReadonlyMap<number, readonly Told[]> {
  const told = new Map<number, Told[]>(last.map(([id]) => [id, []]));
  for (const [id, hasRow, ...cells] of db.all(trails, JSON.stringify(last))) {
    const row = hasRow === 1 ? ROW.read(cells, TOLD.names.length) : undefined;
    told.get(Number(id))?.push({ ...TOLD.read(cells), row });
  }
  return told;
}
