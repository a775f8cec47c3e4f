import Libsql from 'libsql';
import { LedgerLockedError } from '../../core/ledger.js';
import { keepPrivate, type Database } from './database.js';

/** How long a push waits for the lock: longer than it takes to look whether it is held. */
const WAIT_MS = 200;

/**
 * Takes an exclusive lock on a file, which the operating system lets go of when the process ends, however it ends.
 * Returns what releases it, or undefined where another process keeps it.
 */
export function takeLock(path: string): (() => void) | undefined {
  keepPrivate(path);
  const db = new Libsql(path);
  try {
    db.exec(`pragma busy_timeout = ${WAIT_MS}`);
    db.exec('begin exclusive');
  } catch (error) {
    db.close();
    if ((error as { code?: string }).code === 'SQLITE_BUSY') return undefined;
    throw error;
  }
  return () => db.close();
}

/** As `takeLock`, for work on a ledger; closes it and throws where another process is at `what`. */
export function lockFor(db: Database, path: string, what: string): () => void {
  const release = db.guarded(() => takeLock(path));
  if (release !== undefined) return release;
  db.close();
  throw new LedgerLockedError(`another ${what}, is running with ledger ${db.path}; wait for it to end`);
}
