import type { RunId } from '../../../core/row.js';
import { jsonFor, type Database, type SqlValue } from '../database.js';
import { PLANNED_AFTER, rowRange } from '../run-rows.js';
import type { Settled } from './books.js';
import type { Cells } from './checksum.js';
import { COLUMNS, namesOf, type Shared } from './tables.js';

/*
 * Between the scratch file of a run and the books: rows of a table as JSON, there and back.
 */

/** Columns that are not in a file as they are in the books. */
const MADE: { readonly [T in Shared]?: Readonly<Record<string, string>> } = {
  attempts: {
    input: `iif(typeof(attempts.input) = 'blob', null, attempts.input)`,
    file: `iif(typeof(attempts.input) = 'blob', cast(cast(attempts.input as text) as integer), null)`,
  },
};

/** `'key', key, 'digest', digest, …` for `json_object`; `given` are columns that are made otherwise. */
function pairsOf(table: Shared, alias: string, given = MADE[table] ?? {}): string {
  return Object.keys(COLUMNS[table])
    .map((name) => `'${name}', ${given[name] ?? `${alias}.${name}`}`)
    .join(', ');
}

/** A text that jsonb takes: it has no U+0000. */
export function forJsonb(json: string): string {
  return json.includes('\\u0000')
    ? json.replace(/(?<!\\)((?:\\\\)*)\\u0000/g, (_, before: string) => `${before}\\ufffd`)
    : json;
}

function jsonOf(db: Database, sql: string, ...params: SqlValue[]): string {
  return forJsonb(String(db.one(sql, ...params)?.[0] ?? '[]'));
}

/** Rows of a table of the scratch file, as the books take them. */
export function rowsOf(db: Database, table: Shared, where: string, ...params: (string | number)[]): string {
  return jsonOf(
    db,
    `select json_group_array(json_object(${pairsOf(table, table)})) from ${table} where ${where}`,
    ...params,
  );
}

const FOUND: Readonly<Record<string, string>> = {
  input: `coalesce(cast(value ->> 'file' as blob), value ->> 'input')`,
};

/** Writes rows of the books, a JSON array, to a file; `same` are columns that all of them have. */
export function fill(
  db: Database,
  table: Shared,
  rows: string,
  same: Readonly<Record<string, number>> = {},
  which = 'true',
): void {
  const own = namesOf(table).filter((name) => name !== 'file' && !(name in same));
  const names = [...Object.keys(same), ...own];
  const values = [
    ...Object.values(same).map(String),
    ...own.map((name) => FOUND[name] ?? `value ->> '${name}'`),
  ];
  // Each is parsed once, as JSONB.
  db.run(
    `with found as materialized (select jsonb(value) as value from json_each(?))
     insert or replace into ${table} (${names.join(', ')}) select ${values.join(', ')} from found where ${which}`,
    [rows],
  );
}

const ROWS_PER_READ = 2000;

/** All rows of a table of a file, some thousand at a time. */
export function* tableOf(db: Database, table: Shared): Generator<readonly Cells[]> {
  const key = db
    .all(`select name from pragma_table_info('${table}') where pk > 0 order by pk`)
    .map(([name]) => String(name));
  const list = key.join(', ');
  const namespace = namesOf(table).includes('namespace') ? `'namespace', namespace, ` : '';
  const row = `json_object(${namespace}${pairsOf(table, table)}, '${LAST}', json_array(${list}))`;
  const after = `where (${list}) > (${key.map(() => '?').join(', ')})`;
  const page = (where: string): string =>
    `select json_group_array(${row}) from (select * from ${table} ${where} order by ${list} limit ${ROWS_PER_READ}) as ${table}`;
  let last: SqlValue[] = [];
  for (let where = ''; ; where = after) {
    const rows = JSON.parse(jsonOf(db, page(where), ...last)) as Cells[];
    const end = rows.at(-1);
    if (end === undefined) return;
    yield rows;
    last = end[LAST] as unknown as SqlValue[];
  }
}

/** In a row that was read: its key. */
const LAST = '!key';

/** The rows of a run to be claimed next as claims: which row has a key, and the last attempt that is known of it. */
export function claimsOf(db: Database, namespace: number, run: RunId, after: number, limit: number): string {
  return jsonOf(
    db,
    `select json_group_array(json_object('key', rows.key, 'seen', held.last_attempt,
       'claim', json_object('row', rows.id, 'action', rows.action)))
     from (select id, key, action from rows ${PLANNED_AFTER}) as rows
     left join entries as held on held.namespace = ? and held.key = rows.key`,
    ...[after, rowRange(run)[1], limit, namespace],
  );
}

/** Of a mirrored run that has not ended, or left claims, which rows were in flight: those claimed; what was settled of them has its attempt. */
export function markInFlight(db: Database, run: RunId, claimed: readonly number[]): void {
  db.run(`update runs set state = 'pushing' where id = ? and ?`, [run, Number(claimed.length > 0)]);
  db.run(
    `update rows set status = 'claimed' where id between ? and ? and status = 'planned'
       and (id in (select value from json_each(?)) or id in (select id from attempts))
       and (select state from runs where id = ?) = 'pushing'`,
    [...rowRange(run), JSON.stringify(claimed), run],
  );
}

/** What became of rows that are settled in the scratch file; `keys` are theirs. */
export function settledOf(
  db: Database,
  namespace: number,
  ids: readonly number[],
  keys: readonly string[],
): Settled {
  const rows = JSON.stringify(ids);
  return {
    attempts: jsonOf(
      db,
      `select json_group_array(json_object(${pairsOf('attempts', 'attempts')})) from attempts
       where id in (select value from json_each(?))`,
      rows,
    ),
    entries: jsonOf(
      db,
      `select json_group_array(json_object(${pairsOf('entries', 'held', { key: 'wanted.value' })}))
       from json_each(?) as wanted left join entries as held on held.namespace = ? and held.key = wanted.value`,
      jsonFor(keys),
      namespace,
    ),
    likenesses: jsonOf(
      db,
      `select json_group_array(json_object(${pairsOf('likenesses', 'likenesses')})) from likenesses
       where namespace = ? and key in (select value from json_each(?)) and attempt in (select value from json_each(?))`,
      namespace,
      jsonFor(keys),
      rows,
    ),
  };
}
