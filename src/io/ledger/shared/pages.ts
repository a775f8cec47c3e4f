import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { RunId } from '../../../core/row.js';
import { jsonTextOf } from '../columns.js';
import { jsonFor, type Database, type SqlValue } from '../database.js';
import { rowRange } from '../run-rows.js';
import type { Page } from './book-reader.js';

/*
 * The rows of a run that has ended, some hundred in a page: packed, so that what people's files say stands in no column
 * that can be looked for.
 */

const ROWS_PER_PAGE = 500;

/** Kept as JSON. */
const JSONB = new Set(['cells', 'sale']);

function columnsOf(db: Database): string[] {
  return db.all(`select name from pragma_table_info('rows')`).map(([name]) => String(name));
}

/** Pages that were written, by the id of their first row: a digest of each. */
export type Written = Map<number, string>;

/** The rows of a run as pages, but for those that stand there already. */
export function* pagesOf(db: Database, run: RunId, written: Written): Generator<Page> {
  const names = columnsOf(db);
  const list = names.map((name) => (JSONB.has(name) ? jsonTextOf(name) : name));
  const sql = `select min(id), max(id), json_group_array(json_array(${list.join(', ')}))
    from (select * from rows where id > ? and id <= ? order by id limit ${ROWS_PER_PAGE})`;
  const [first, last] = rowRange(run);
  for (let after = first; ;) {
    const [from, to, rows] = db.one(sql, after, last) ?? [];
    if (from == null) return;
    after = Number(to);
    const page = `{"names":${jsonFor(names)},"rows":${String(rows)}}`;
    const digest = createHash('sha1').update(page).digest('base64');
    if (written.get(Number(from)) === digest) continue;
    yield { run, first: Number(from), rows: deflateRawSync(page) };
    written.set(Number(from), digest);
  }
}

/** In how many a commit is shared: each waits for the disk. */
const TOGETHER = 16;

/** Column by column. */
export function* together(
  pages: Iterable<Page>,
): Generator<{ readonly [K in keyof Page]: readonly Page[K][] }> {
  let some: Page[] = [];
  const columns = (): { readonly [K in keyof Page]: readonly Page[K][] } => ({
    run: some.map(({ run }) => run),
    first: some.map(({ first }) => first),
    rows: some.map(({ rows }) => rows),
  });
  for (const page of pages) {
    some.push(page);
    if (some.length < TOGETHER) continue;
    yield columns();
    some = [];
  }
  if (some.length > 0) yield columns();
}

/** Writes rows of pages to the scratch file, in place of those that are there. */
export function fillPages(db: Database, pages: readonly Pick<Page, 'rows'>[]): void {
  for (const page of pages) {
    const { names, rows } = unpacked(page);
    const values = names.map((name, index) =>
      JSONB.has(name) ? `jsonb(value ->> ${index})` : `value ->> ${index}`,
    );
    db.run(
      `insert or replace into rows (${names.join(', ')}) select ${values.join(', ')} from json_each(?)`,
      [jsonFor(rows)],
    );
  }
}

/** The rows of a page, and the names of their columns. */
export function unpacked({ rows }: Pick<Page, 'rows'>): {
  readonly names: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
} {
  return JSON.parse(inflateRawSync(rows).toString()) as ReturnType<typeof unpacked>;
}
