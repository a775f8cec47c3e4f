import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SingleItem, ReportedRow } from '../core/reported.js';
import { SETTLED_WELL } from '../core/status.js';
import { Database, jsonFor } from './ledger/database.js';

const ROWS_PER_READ = 500;

/** Rows in the order in which they came; `key` is null where a row says nothing about its key. */
const ROWS = `
  create table rows (number integer primary key, key text, run integer, line integer, held integer, row text);
  create table superseded (number integer primary key);
`;

/** What is held is as the first row of the last run says; who needs a person is said once, by the last run of all. */
const SUPERSEDED = `
  insert into superseded select number from (
    select number, held, run, max(run) over (partition by key) as last_run,
      row_number() over (partition by key, held order by run desc, number) as place,
      row_number() over (partition by key, held, run, line order by number) as copy
    from rows where key is not null
  ) where not iif(held, place = 1, run = last_run and copy = 1)
`;

/**
 * The items of several results files, with those rows marked on whose key another one has the last word. Results of
 * one month tell a sale that was corrected twice over: money counts as the last run had it, and a row that a later run
 * settled needs nobody any more. Rows that a second copy of a file repeats are over too. Rows wait on disk until all
 * have been read, since the files may be longer than memory.
 */
export async function* markSuperseded(items: AsyncIterable<SingleItem>): AsyncGenerator<SingleItem> {
  const folder = mkdtempSync(join(tmpdir(), 'revsync-'));
  const db = Database.scratch(join(folder, 'rows.db'));
  try {
    db.exec(ROWS);
    const tables: { readonly item: SingleItem; readonly after: number }[] = [];
    let count = 0;
    for await (const item of items) {
      if (item.kind === 'refused') {
        yield item;
        return;
      }
      if (item.kind === 'table') tables.push({ item, after: count });
      else {
        keep(db, count, item.rows);
        count += item.rows.length;
      }
    }
    db.exec(SUPERSEDED);
    for (const [index, { item, after }] of tables.entries()) {
      yield item;
      yield* keptRows(db, after, tables[index + 1]?.after ?? count);
    }
  } finally {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function keep(db: Database, before: number, rows: readonly ReportedRow[]): void {
  const values = rows.map((row) => [
    hasAWord(row) ? row.key : null,
    row.run ?? 0,
    row.line,
    isHeld(row) ? 1 : 0,
    JSON.stringify(row),
  ]);
  db.run(
    `insert into rows select ? + key + 1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 from json_each(?)`,
    [before, jsonFor(values)],
  );
}

function* keptRows(db: Database, after: number, last: number): Generator<SingleItem> {
  for (let from = after; from < last; from += ROWS_PER_READ) {
    const page = db.all(
      `select row, superseded.number from rows left join superseded on superseded.number = rows.number
       where rows.number > ? and rows.number <= ? order by rows.number`,
      from,
      Math.min(last, from + ROWS_PER_READ),
    );
    const rows = page.map(([json, isOver]): ReportedRow => {
      const row = JSON.parse(String(json)) as ReportedRow;
      return isOver === null ? row : { ...row, superseded: true };
    });
    yield { kind: 'rows', rows };
  }
}

/** Duplicates and rows that were left out say nothing about their key. */
function hasAWord({ status }: ReportedRow): boolean {
  return status !== 'duplicate' && status !== 'skipped';
}

/** Whether the vendor holds what the row says, or would after a dry run. */
function isHeld({ status }: ReportedRow): boolean {
  return status === 'planned' || SETTLED_WELL.has(status);
}
