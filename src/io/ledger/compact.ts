import type { Database } from './database.js';
import { generationPath, seal } from './generation.js';
import { AccountLock, lockFor } from './lock.js';
import { lockPath, namespacesOf } from './namespaces.js';
import { existsSync } from 'node:fs';

/**
 * Gives back the room that a ledger does not use; closes it. SQLite writes a new copy into its log and takes it over in
 * one commit, so that the ledger is as before or as after, whatever ends the process. Throws where a push or a pull is at
 * work, and keeps others out meanwhile.
 */
export function compact(db: Database): void {
  const release = lockAll(db);
  try {
    db.exec('vacuum');
    db.all('pragma wal_checkpoint(truncate)');
  } finally {
    release();
    if (existsSync(generationPath(db.path))) seal(db);
    db.close();
  }
}

/** Keeps pushes and pulls out until what it returns is called; closes the ledger and throws where one is at work. */
export function lockAll(db: Database): () => void {
  const locks: (() => void)[] = [];
  const release = (): void => {
    for (const one of locks) one();
  };
  try {
    for (const [id, namespace] of namespacesOf(db)) {
      const lock = AccountLock.take(db, id, namespace);
      locks.push(() => {
        lock.leave();
        lock.release();
      });
      for (const [scope] of db.all('select id from scopes where namespace = ?', id)) {
        const what = `pull to account ${namespace.account} of ${namespace.vendor}`;
        locks.push(lockFor(db, `${lockPath(db.path, id)}-pull-${scope}`, what));
      }
    }
    return release;
  } catch (error) {
    release();
    throw error;
  }
}
