import type { RunId } from '../../core/row.js';
import type { SentRow, Told, ToldRow } from '../../core/undo.js';
import { asked, keptIn } from './attempts.js';
import { columns, jsonOf, jsonTextOf, wordOf } from './columns.js';
import { amountOf, numberOf, textOf, type Database } from './database.js';
import { rowRange } from './run-rows.js';
import { RESOLUTION } from './schema.js';

const PAGE = 250;

const SENT = columns<Omit<SentRow, 'trail'> & { readonly id: number }>(
  { id: Number, input: Number, line: Number, key: String, doubt: wordOf },
  'sent',
  {
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

/** Rows of a run that were sent, in input order, each with everything that was told of its key. */
export async function* sentRows(
  db: Database,
  namespace: number,
  run: RunId,
): AsyncGenerator<readonly SentRow[]> {
  const [first] = rowRange(run);
  const [attempts, rows, runs] = [keptIn(db, 'attempts'), keptIn(db, 'rows'), keptIn(db, 'runs')];
  const page = `select ${SENT.list}, held.last_attempt from ${attempts} as sent
    cross join entries as held on held.namespace = ? and held.key = sent.key
    where sent.id > ? and sent.id < ? and sent.namespace = ? order by sent.id limit ${PAGE}`;
  const trails = trailsIn(attempts, rows, runs);
  for (let after = first; ;) {
    await Promise.resolve();
    const found = db.all(page, namespace, after, first + RESOLUTION, namespace);
    if (found.length === 0) return;
    const sent = found.map((cells) => SENT.read(cells));
    const told = new Map<number, Told[]>(sent.map(({ id }) => [id, []]));
    const last = found.map((cells, index) => [sent[index]?.id, cells.at(-1)]);
    for (const [id, hasRow, ...cells] of db.all(trails, JSON.stringify(last))) {
      const row = hasRow === 1 ? ROW.read(cells, TOLD.names.length) : undefined;
      told.get(Number(id))?.push({ ...TOLD.read(cells), row });
    }
    yield sent.map(({ id, ...row }) => ({ ...row, trail: told.get(id) ?? [] }));
    after = sent.at(-1)?.id ?? after;
  }
}
