import type { LastPush } from '../../core/earlier-pushes.js';
import { SETTLED_WELL, type RowStatus } from '../../core/status.js';
import { RESOLUTION } from './schema.js';
import { numberOf, textOf, type Database } from './database.js';
import { attemptsIn } from './attempts.js';
import { rowRange } from './run-rows.js';

/** How far the pushes to an account have come. `runs` are those of the ledger, which a dry run reads beside its own. */
export function lastPush(db: Database, namespace: number, runs: 'runs' | 'books.runs'): LastPush {
  const pushed = db.all(
    `select id, state from ${runs} where namespace = ? and state not in ('staging', 'planned') order by id desc`,
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

/** Of these digests those of inputs of a run of the account that left nothing open. */
export function pushedWhole(
  db: Database,
  namespace: number,
  digests: readonly string[],
  runs: 'runs' | 'books.runs',
): ReadonlySet<string> {
  const found = db.all(
    `select bytes_digest, totals from ${runs} cross join ${runs.replace('runs', 'inputs')} as inputs on inputs.run = runs.id
     where namespace = ? and state = 'finished' and bytes_digest in (select value from json_each(?))`,
    namespace,
    JSON.stringify(digests),
  );
  const whole = found.filter(([, totals]) => {
    const rows = JSON.parse(String(totals ?? '[]')) as { status: RowStatus }[];
    return rows.every(({ status }) => SETTLED_WELL.has(status));
  });
  return new Set(whole.map(([digest]) => String(digest)));
}
