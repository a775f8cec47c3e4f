import { statSync } from 'node:fs';
import { err, ok, type Result } from '../../core/result.js';
import { LedgerError } from '../../core/ledger.js';
import type { LedgerHealth } from '../../core/records.js';
import { columns } from './columns.js';
import { firstUnsettled } from './by-hand.js';
import { Database } from './database.js';
import { doubtAbout } from './generation.js';
import { NAMESPACE } from './namespaces.js';
import { isHeld } from './lock.js';
import { newerSchema, versionOf } from './schema.js';

/** Looks at every page of the ledger at `path`, which exists. The message of an error is without the path. */
export function ledgerHealth(path: string): Result<LedgerHealth, string> {
  try {
    const db = Database.reader(path);
    try {
      const newer = newerSchema(versionOf(db));
      return newer === undefined ? ok(read(db)) : err(newer);
    } finally {
      db.close();
    }
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return err(error.message.replace(/^ledger .*?: /, ''));
  }
}

const WAITING_SHOWN = 5;

function read(db: Database): LedgerHealth {
  const { size, mode } = statSync(db.path);
  const [free] =
    db.one('select freelist_count * page_size from pragma_freelist_count, pragma_page_size') ?? [];
  const file = { bytes: size, free: Number(free), mode: mode & 0o777 };
  const found = db.all('pragma integrity_check(5)').map(([text]) => String(text));
  const damage = found.filter((text) => text !== 'ok');
  const doubt = damage.length > 0 ? undefined : doubtAbout(db, db.path, 'main');
  if (damage.length > 0 || versionOf(db) === 0)
    return {
      ...{ ...file, damage, doubt, runs: 0, keys: 0, blocked: 0 },
      ...{ waiting: [], newest: undefined, open: [] },
    };
  return { ...file, damage, doubt, ...standing(db), keys: count(db, 'select count(*) from entries') };
}

function count(db: Database, sql: string): number {
  return Number(db.one(sql)?.[0] ?? 0);
}

/** What is at work and what waits, as its tables have it. */
export function standing(
  db: Database,
): Pick<LedgerHealth, 'runs' | 'blocked' | 'waiting' | 'newest' | 'open'> {
  const newest = count(
    db,
    'select max((select max(max(started_at), max(coalesce(ended_at, 0))) from runs), 0)',
  );
  return {
    runs: count(db, 'select count(*) from runs'),
    blocked: count(db, `select count(*) from entries where doubt = 'blocked'`),
    waiting: firstUnsettled(db, WAITING_SHOWN),
    newest: newest === 0 ? undefined : newest,
    open: OPEN_RUN.select(
      db,
      `from runs join namespaces on namespaces.id = runs.namespace
       where state in ('staging', 'pushing') order by runs.id`,
    ).map(({ namespace, ...run }) => ({ ...run, alive: isHeld(db, namespace) })),
  };
}

const OPEN_RUN = columns<
  Omit<LedgerHealth['open'][number], 'alive' | 'who'> & { readonly namespace: number }
>({ run: Number, namespace: Number, ...NAMESPACE }, undefined, { run: 'runs.id' });
