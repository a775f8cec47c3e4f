import type { LastPush } from '../../core/ledger.js';
import { RESOLUTION } from './schema.js';
import { numberOf, textOf, type Database } from './database.js';
import { attemptsIn } from './attempts.js';
import { rowRange } from './run-rows.js';

/** How far the pushes to an account have come. `runs` are those of the ledger, which a dry run reads beside its own. */
export function lastPush(db: Database, namespace: number, runs: 'runs' | 'books.runs'): LastPush {
  const pushed = db.all(
    `select id, state from ${runs} where namespace = ? and state <> 'staging' order by id desc`,
    namespace,
  );
  const run = Number(pushed[0]?.[0] ?? 0);
  const open = pushed.find(([, state]) => state === 'pushing');
  return {
    run,
    ...(open !== undefined && { open: Number(open[0]) }),
    at: lastSent(
      db,
      namespace,
      pushed.map(([id]) => Number(id)),
    ),
  };
}

/** When an answer to what was sent last was known. An attempt is named by its row, but for those of an older revsync. */
function lastSent(db: Database, namespace: number, newestFirst: readonly number[]): number | undefined {
  const attempts = attemptsIn(db);
  for (const run of newestFirst) {
    const [first] = rowRange(run);
    const [at] =
      db.one(`select max(at) from ${attempts} where id >= ? and id < ?`, first, first + RESOLUTION) ?? [];
    if (at != null) return Number(at);
  }
  const older = `select max(at) from ${attempts} where namespace = ? and id < ?`;
  const [at] = db.one(older, namespace, rowRange(1)[0]) ?? [];
  return numberOf(at);
}

/** The vendor to which a run pushed; a run of which nothing was planned yet is none. */
export function vendorOfRun(db: Database, run: number, runs: 'runs' | 'books.runs'): string | undefined {
  const found = db.one(
    `select vendor from ${runs} as pushed join namespaces on namespaces.id = pushed.namespace
     where pushed.id = ? and state <> 'staging'`,
    run,
  );
  return textOf(found?.[0]);
}
