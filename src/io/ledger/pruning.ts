import type { Pruned, Pruning } from '../../core/pruning.js';
import type { RunId } from '../../core/row.js';
import type { Database } from './database.js';
import { hasRows, rowRange } from './run-rows.js';

/** See `Pruning`; of one account or all. */
export function pruneRuns(db: Database, { before, lookBack, isTrial }: Pruning, namespace?: number): Pruned {
  const runs: RunId[] = [];
  let kept = 0;
  const ended = db.all(
    `select runs.id, namespace, filed is null and vendor in (select value from json_each(?))
     from runs join namespaces on namespaces.id = namespace
     where ended_at < ? and namespace = coalesce(?, namespace)`,
    JSON.stringify(lookBack),
    before,
    namespace ?? null,
  );
  for (const [run, owner = null, isLookedBackAt] of ended) {
    const range = rowRange(Number(run));
    if (!hasRows(db, Number(run))) continue;
    // A push may put a key in doubt between a look and what is done by it.
    const isKept = db.transaction(() => {
      if (isLookedBackAt === 1 || db.one(IN_DOUBT, ...range, owner) !== undefined) return true;
      if (isTrial !== true) deleteRows(db, Number(run));
      return false;
    });
    if (isKept) kept += 1;
    else runs.push(Number(run));
  }
  return { forgotten: runs.length, kept, runs };
}

/** A row that was sent, and of which nobody knows yet what became of it. */
const IN_DOUBT = `
  select 1 from run_rows as sent cross join entries on entries.namespace = ?3 and entries.key = sent.key
  where sent.id between ?1 and ?2 and sent.status in ('unknown', 'failed') and sent.error_code is not 'key_unsettled'
    and entries.doubt is not null limit 1`;

/** Forgets everything about the accounts of one origin. Only for the sandbox, whose books can be emptied. */
export function forgetOrigin(db: Database, origin: string): void {
  db.transaction(() => {
    for (const [id] of db.all('select id from namespaces where origin = ?', origin)) {
      const namespace = Number(id);
      for (const [run] of db.all('select id from runs where namespace = ?', namespace))
        forgetRows(db, Number(run));
      db.run('delete from plans where run in (select id from runs where namespace = ?)', [namespace]);
      for (const table of ['runs', 'entries', 'attempts', 'likenesses', 'ends'])
        db.run(`delete from ${table} where namespace = ?`, [namespace]);
      db.run('update namespaces set borne = null where id = ?', [namespace]);
    }
  });
}

/** Forgets the rows and inputs of a run. */
export function forgetRows(db: Database, run: RunId): void {
  deleteRows(db, run);
  db.run('delete from inputs where run = ?', [run]);
}

function deleteRows(db: Database, run: RunId): void {
  for (const table of ['rows', 'plan_rows'])
    db.run(`delete from ${table} where id between ? and ?`, rowRange(run));
}

/** Forgets a run that never came to send anything. */
export function dropRun(db: Database, run: RunId): void {
  db.transaction(() => {
    forgetRows(db, run);
    db.run('delete from plans where run = ?', [run]);
    db.run('delete from runs where id = ?', [run]);
  });
}
