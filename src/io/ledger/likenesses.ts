import type { LookAlike, RunId } from '../../core/row.js';
import type { Likeness, LikenessesOf } from '../../core/vendor.js';
import { attemptsIn, inputOf, keptIn } from './attempts.js';
import { jsonTextOf } from './columns.js';
import { jsonFor, numberOf, type Database } from './database.js';
import { rowRange } from './run-rows.js';
import { FILED, QUARTER_HOUR } from './schema.js';

const PAGE = 500;
const MINUTE = 60;
/** The farthest that two time zones are from each other in what people mix up, in seconds. */
const ZONES = 14 * 3600;
/** In the place of a time, where there is none. */
export const NO_TIME = -1;
/** There of what one record shares with itself. */
const RECORD = -2;
/** More than any gap: what is read otherwise is told by how far its time is off, where it is. */
const FARTHEST = 2 ** 40;

/** A likeness as `rows.likenesses` has it. */
export const SAME = 'likeness.value ->> 0';
export const AT = `coalesce(likeness.value ->> 1, ${NO_TIME})`;
export const CALL = 'likeness.value ->> 2';

/** Adds those of what was accepted, or may have been, to what is filed. ?1 is the namespace; within `settled`'s transaction. */
export const FILE_SETTLED = `
  insert into likenesses (namespace, same, at, key, call, attempt)
  select ?1, ${SAME}, ${AT}, rows.key, ${CALL}, rows.id
  from settled cross join rows on rows.id = settled.row, json_each(rows.likenesses) as likeness
  where settled.tries is not null and (settled.status = 'accepted' or settled.doubt is not null)
  on conflict (namespace, same, at, key) do update set attempt = excluded.attempt`;

/** A page of entries for each likeness that their keys tell. ?1 is the namespace, ?2 `[key, attempt, likenesses]`. */
const FILE_ENTRIES = `
  insert or ignore into likenesses (namespace, same, at, key, call, attempt)
  select ?1, ${SAME}, ${AT}, entry.value ->> 0, ${CALL}, entry.value ->> 1
  from json_each(?2) as entry, json_each(entry.value -> 2) as likeness`;

/** What an older revsync had accepted is filed by its keys, once; for a dry run beside the books, which stay as they are. */
export function fileEntries(db: Database, namespace: number, of: LikenessesOf): void {
  const isKept = db.one(`select 1 from pragma_table_info('namespaces') where name = 'filed'`) !== undefined;
  if (isKept && db.one('select filed from namespaces where id = ?', namespace)?.[0] === 1) return;
  if (db.isScratch) {
    // The books of an older ledger have none.
    if (db.one(`select 1 from main.sqlite_master where name = 'likenesses'`) === undefined) db.exec(FILED);
    return fileAll(db, namespace, of);
  }
  db.transaction(() => {
    fileAll(db, namespace, of);
    db.run('update namespaces set filed = 1 where id = ?', [namespace]);
  });
}

function fileAll(db: Database, namespace: number, of: LikenessesOf): void {
  for (let after = ''; ;) {
    const page = db.all(
      `select entries.key, last_attempt, ${jsonTextOf('sent.cells')} from entries left join ${keptIn(db, 'rows')} as sent on sent.id = last_attempt
       where namespace = ? and entries.key > ? order by entries.key limit ${PAGE}`,
      namespace,
      after,
    );
    if (page.length === 0) return;
    after = String(page.at(-1)?.[0]);
    const entries = page.map(([key, attempt, text]) => {
      const cells = typeof text === 'string' ? (JSON.parse(text) as string[]) : undefined;
      return [key, attempt, of(String(key), {}, cells).map(likenessCells)];
    });
    db.run(FILE_ENTRIES, [namespace, jsonFor(entries)]);
  }
}

/** A likeness as rows keep it. */
export function likenessCells({ same, at, call, isRecord }: Likeness): unknown[] {
  return [same, isRecord === true ? RECORD : at, call];
}

/** Likenesses of planned rows, and whether nothing is held for the key. */
const WANTED = `
  insert into wanted
  select rows.id, rows.key, rows.amount, ${SAME}, ${AT}, ${CALL}, own.digest is null
  from rows, json_each(rows.likenesses) as likeness
    left join entries as own on own.namespace = ?1 and own.key = rows.key
  where rows.id between ?2 and ?3 and rows.status = 'planned'`;

const FOUND = `
  select wanted.row, iif(min(wanted.at, found.at) < 0, null, wanted.at - found.at),
    found.key = wanted.key or found.at = ${RECORD}, found.same, found.at, found.key, found.attempt
  from wanted cross join likenesses as found cross join entries
    on entries.namespace = ?1 and entries.key = found.key and (entries.digest is not null or entries.doubt is not null)
  where found.namespace = ?1 and found.same = wanted.same and coalesce(found.call = wanted.call, 1)
    and iif(found.key <> wanted.key, wanted.is_new, not exists (select 1 from likenesses as told
      where told.namespace = ?1 and told.same = wanted.same and told.at = wanted.at and told.key = wanted.key))`;

/**
 * Of many calls in the hours around one, few are apart by quarter hours: they are found by an index of their own.
 * A row takes a sale back whatever its amount was.
 */
const FIND = `
  insert into alike
  ${FOUND} and found.at between wanted.at - ${MINUTE} and wanted.at + ${MINUTE}
  union all
  ${FOUND} and found.at % ${QUARTER_HOUR} = wanted.at % ${QUARTER_HOUR} and abs(found.at - wanted.at) > ${MINUTE}
    and found.at between wanted.at - ${ZONES} and wanted.at + ${ZONES}
    and coalesce(wanted.amount = entries.amount, 1)
  union all
  ${FOUND} and found.at = ${NO_TIME} and wanted.at <> ${NO_TIME}
  union all
  ${FOUND} and found.at <> ${NO_TIME} and wanted.at = ${NO_TIME}`;

/**
 * What looks like a row is another sale where the run has it too; unless it stands there for one that is as far from
 * it again, as in a file of which every time was shifted.
 */
const HELD = `
  with recursive chain (row, gap, is_own, same, at, key, first) as (
    select row, gap, is_own, same, at, key, attempt from alike
    union all
    select chain.row, chain.gap, 0, next.same, next.at, next.key, chain.first
    from chain join run_keys on run_keys.key = chain.key
      join likenesses as next on next.namespace = ?1 and next.same = chain.same and next.at = chain.at - chain.gap
    where chain.gap <> 0 and not is_own
  )
  insert into held_alike
  select row, gap, first, at = ${RECORD}, min(coalesce(abs(gap), iif(at = ${RECORD}, ${FARTHEST}, 0))) from chain
  where is_own or key not in (select key from run_keys) group by row`;

const TABLES = {
  wanted: 'row integer, key text, amount integer, same text, at integer, call text, is_new integer',
  alike: 'row integer, gap integer, is_own integer, same text, at integer, key text, attempt integer',
  run_keys: 'key text primary key',
  held_alike: 'row integer primary key, gap integer, attempt integer, is_record integer, distance integer',
};

/** Planned rows of a run that look like a sale of another key, as `Ledger.lookAlikes` says. */
export async function* lookAlikes(
  db: Database,
  namespace: number,
  run: RunId,
  of: LikenessesOf,
): AsyncGenerator<readonly LookAlike[]> {
  fileEntries(db, namespace, of);
  if (db.one('select 1 from likenesses where namespace = ? limit 1', namespace) === undefined) return;
  const [base, last] = rowRange(run);
  for (const [table, columns] of Object.entries(TABLES)) db.exec(`create temp table ${table} (${columns})`);
  try {
    db.run(WANTED, [namespace, base, last]);
    db.run(FIND, [namespace]);
    if (db.one('select 1 from alike limit 1') === undefined) return;
    db.run(
      `insert or ignore into run_keys
       select key from rows where id between ? and ? and key is not null order by key`,
      [base, last],
    );
    db.run(HELD, [namespace]);
    yield* heldPages(db, base);
  } finally {
    for (const table of Object.keys(TABLES)) db.exec(`drop table temp.${table}`);
  }
}

async function* heldPages(db: Database, base: number): AsyncGenerator<readonly LookAlike[]> {
  for (let after = base; ;) {
    await Promise.resolve();
    const page = db.all(
      `select row, gap, sent.run, ${inputOf('sent', keptIn(db, 'inputs'))}, sent.line, sent.key, is_record from held_alike
       join ${attemptsIn(db)} as sent on sent.id = held_alike.attempt where row > ? order by row limit ${PAGE}`,
      after,
    );
    if (page.length === 0) return;
    after = Number(page.at(-1)?.[0]);
    yield page.map(([row, gap, sentIn, input, line, key, isRecord]) => ({
      position: Number(row) - base,
      run: Number(sentIn),
      input: String(input),
      line: Number(line),
      key: String(key),
      gap: numberOf(gap),
      isRecord: isRecord === 1,
    }));
  }
}
