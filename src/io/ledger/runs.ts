import type { RunInput, RunRecord } from '../../core/ledger.js';
import type { RunId } from '../../core/row.js';
import type { RowStatus } from '../../core/status.js';
import type { Database } from './database.js';
import { rowRange } from './run-rows.js';

export function inputsOf(db: Database, run: RunId): RunInput[] {
  return db
    .all('select number, name, path, header from inputs where run = ? order by number', run)
    .map(([number, name, path, header]) => ({
      number: Number(number),
      name: String(name),
      path: String(path),
      header: JSON.parse(String(header)) as string[],
    }));
}

export function listRuns(db: Database): RunRecord[] {
  return db
    .all(
      `select runs.id, vendor, account, origin, state, started_at, ended_at, totals
       from runs join namespaces on namespaces.id = runs.namespace order by runs.id`,
    )
    .map(([id, vendor, account, origin, state, startedAt, endedAt, totals]) => {
      const run = Number(id);
      const [first, last] = rowRange(run);
      const row = db.one('select 1 from rows where id between ? and ? limit 1', first, last);
      const kept = JSON.parse(String(totals ?? '[]')) as {
        status: RowStatus;
        rows: number;
        amount: string;
      }[];
      return {
        run,
        vendor: String(vendor),
        account: String(account),
        origin: String(origin),
        state: String(state),
        startedAt: Number(startedAt),
        endedAt: endedAt === null ? undefined : Number(endedAt),
        inputs: inputsOf(db, run).map(({ name }) => name),
        hasRows: row !== undefined,
        totals: kept.map(({ status, rows, amount }) => ({ status, rows, amount: BigInt(amount) })),
      };
    });
}

/** Forgets source rows of runs that ended before `before`, never entries or the audit trail. */
export function pruneRuns(db: Database, before: number): number {
  let pruned = 0;
  for (const [run] of db.all('select id from runs where ended_at < ?', before)) {
    const range = rowRange(Number(run));
    if (db.one('select 1 from rows where id between ? and ? limit 1', ...range) === undefined) continue;
    db.transaction(() => db.run('delete from rows where id between ? and ?', range));
    pruned += 1;
  }
  return pruned;
}

/** Forgets everything about the accounts of one origin. Only for the sandbox, whose books can be emptied. */
export function forgetOrigin(db: Database, origin: string): void {
  db.transaction(() => {
    for (const [id] of db.all('select id from namespaces where origin = ?', origin)) {
      const namespace = Number(id);
      for (const [run] of db.all('select id from runs where namespace = ?', namespace)) {
        const [first, last] = rowRange(Number(run));
        db.run('delete from rows where id between ? and ?', [first, last]);
        db.run('delete from inputs where run = ?', [Number(run)]);
      }
      for (const table of ['runs', 'entries', 'attempts'])
        db.run(`delete from ${table} where namespace = ?`, [namespace]);
    }
  });
}
