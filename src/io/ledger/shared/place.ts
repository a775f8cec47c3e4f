import type { Connection } from './connection.js';

/*
 * Which database of which server a ledger is in: what a backup of it becomes elsewhere, or a standby that takes over, may
 * not know the last that was sent.
 */

/** Whether it is the one that was last gone by. Where the server does not say which it is, it is taken for the same. */
export async function isInPlace(db: Connection): Promise<boolean> {
  const now = await placeOf(db);
  const before = await db.one<{ place: string | null }>(
    'update meta set place = coalesce(place, $1) returning place',
    [now],
  );
  return now === null || before?.place === now;
}

/** The same of one that is looked at alone. */
export async function looksInPlace(db: Connection): Promise<boolean> {
  const now = await placeOf(db);
  const before = await db.one<{ place: string | null }>('select place from meta');
  return now === null || (before?.place ?? now) === now;
}

/** From now on it is the one to go by. */
export async function acceptPlace(db: Connection): Promise<void> {
  await db.all('update meta set place = $1', [await placeOf(db)]);
}

/** A server that was promoted, or that was copied with its files and recovered, has another timeline; a database that was restored has another number. */
async function placeOf(db: Connection): Promise<string | null> {
  const may = await db.one<{ told: boolean }>(
    `select has_function_privilege('pg_control_system()', 'execute')
       and has_function_privilege('pg_control_checkpoint()', 'execute') as told`,
  );
  if (may?.told !== true) return null;
  const found = await db.one<{ place: string }>(
    `select concat_ws('/', system_identifier, timeline_id, oid) as place
     from pg_control_system(), pg_control_checkpoint(), pg_database where datname = current_database()`,
  );
  return found?.place ?? null;
}
