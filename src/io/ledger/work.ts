import type { Work } from '../../core/records.js';
import type { RunId } from '../../core/row.js';
import { numberOf, type Database } from './database.js';
import { holderOf } from './holder.js';
import { rowRange } from './run-rows.js';

/** The files of a run, as they were named. */
export function filesOf(db: Database, run: RunId): string[] {
  return db.all('select name from inputs where run = ? order by number', run).map(([name]) => String(name));
}

/** What the push to an account is at that has not ended; undefined where none was begun. */
export function workOf(db: Database, namespace: number): Work | undefined {
  const found = db.one(
    `select id, started_at from runs where namespace = ? and state in ('staging', 'pushing') order by id desc limit 1`,
    namespace,
  );
  if (found === undefined) return undefined;
  const run = Number(found[0]);
  const holder = holderOf(db, namespace);
  const [first, last] = rowRange(run);
  const [newest] = db.one('select max(id) from rows where id between ? and ?', first, last) ?? [];
  const [settled] = db.one('select count(*) from attempts where id between ? and ?', first, last) ?? [];
  return {
    ...{ run, files: filesOf(db, run), since: Number(found[1]) },
    process: holder === undefined ? undefined : { pid: holder.pid, host: holder.host },
    rows: (numberOf(newest) ?? first) - first,
    done: Number(settled),
  };
}
