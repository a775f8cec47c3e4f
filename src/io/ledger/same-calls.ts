import type { KeyedRow, RunId, SameCall } from '../../core/row.js';
import type { Database, SqlValue } from './database.js';
import { AT, CALL, NO_TIME, SAME } from './likenesses.js';
import { INPUT_OF_ROW, rowRange } from './run-rows.js';

const PAGE = 500;

const LIKE = `
  insert into like_rows
  select rows.id, rows.key, ${SAME}, ${AT}, ${CALL}
  from rows, json_each(rows.likenesses) as likeness
  where rows.id between ? and ? and rows.status = 'planned'`;

/** The first other row where ?'s part of `there` holds; each part is one look into an index. */
function firstOther(there: string): string {
  return `(select there.id from like_rows as there
    where there.same = here.same and there.key <> here.key and ${there} limit 1)`;
}

/** Of a row whose call is known only rows whose call is not can be another name. */
const FOUND = `
  insert or ignore into same_calls
  select id, other from (
    select here.id, coalesce(
      iif(here.call is null, ${firstOther('there.at = here.at')}, ${firstOther('there.call is null and there.at = here.at')}),
      iif(here.call is null, ${firstOther(`there.at = ${NO_TIME}`)}, null),
      iif(here.at = ${NO_TIME}, ${firstOther('there.call is null')}, null)) as other
    from like_rows as here)
  where other is not null`;

const TABLES = {
  like_rows: 'id integer, key text, same text, at integer, call text',
  same_calls: 'id integer primary key, other integer',
};

/** Planned rows of a run that may be of one call, as `Ledger.sameCalls` says. */
export async function* sameCalls(db: Database, run: RunId): AsyncGenerator<readonly SameCall[]> {
  const [base, last] = rowRange(run);
  for (const [table, columns] of Object.entries(TABLES)) db.exec(`create temp table ${table} (${columns})`);
  try {
    db.run(LIKE, [base, last]);
    db.exec('create index temp.like_rows_at on like_rows (same, at, call)');
    db.exec('create index temp.like_rows_call on like_rows (same, call, at)');
    db.exec(FOUND);
    for (let after = base; ;) {
      await Promise.resolve();
      const page = db.all(
        `select rows.id, inputs.name, rows.line, rows.key, other.name, there.line, there.key
         from same_calls cross join rows on rows.id = same_calls.id ${INPUT_OF_ROW}
         cross join rows as there on there.id = same_calls.other
         join inputs as other on other.run = inputs.run and other.number = there.input
         where same_calls.id > ? order by same_calls.id limit ${PAGE}`,
        after,
      );
      if (page.length === 0) return;
      after = Number(page.at(-1)?.[0]);
      yield page.map(([id, ...cells]) => ({
        position: Number(id) - base,
        ...keyedRow(cells.slice(0, 3)),
        other: keyedRow(cells.slice(3)),
      }));
    }
  } finally {
    for (const table of Object.keys(TABLES)) db.exec(`drop table temp.${table}`);
  }
}

function keyedRow([input, line, key]: readonly SqlValue[]): KeyedRow {
  return { input: String(input), line: Number(line), key: String(key) };
}
