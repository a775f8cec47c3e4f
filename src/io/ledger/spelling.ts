import { withPlainUuids } from '../../core/uuid.js';
import type { Database, SqlValue } from './database.js';

/** Before the digest of an entry whose key was spelled otherwise when it was sent: what it digests was, too. */
export const RESPELLED = '~';

/** Keys that may hold a UUID with capital letters. */
const CAPITALS = `key glob '*[A-F]*' and key like '%________-____-____-____-____________%'`;

/**
 * Spells the UUIDs of every key in small letters, as keys are written now. Of two entries that become one the later is
 * kept, and what is in doubt of either; the attempts of both are.
 */
export function spellKeys(db: Database): void {
  for (const table of ['attempts', 'rows']) {
    for (const [id = null, key] of db.all(`select id, key from ${table} where ${CAPITALS}`))
      db.run(`update ${table} set key = ? where id = ?`, [withPlainUuids(String(key)), id]);
  }
  const found = db.all(
    `select namespace, key, at, doubt from entries where ${CAPITALS} order by coalesce(at, 0)`,
  );
  for (const [namespace = null, key, at, doubt = null] of found) {
    const spelled = withPlainUuids(String(key));
    if (spelled === key) continue;
    const other = db.one('select at, doubt from entries where namespace = ? and key = ?', namespace, spelled);
    const isOlder = other !== undefined && Number(other[0] ?? 0) > Number(at ?? 0);
    const [gone, kept] = isOlder ? [String(key), spelled] : [spelled, String(key)];
    const open: SqlValue = doubt ?? other?.[1] ?? null;
    db.run('delete from entries where namespace = ? and key = ?', [namespace, gone]);
    const digest = isOlder ? 'digest' : `'${RESPELLED}' || digest`;
    db.run(`update entries set key = ?, digest = ${digest}, doubt = ? where namespace = ? and key = ?`, [
      spelled,
      open,
      namespace,
      kept,
    ]);
  }
}
