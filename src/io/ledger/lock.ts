import Libsql from 'libsql';
import { keepPrivate } from './database.js';

/** An exclusive lock on a file. The operating system lets go of it when the process ends, however it ends. */
export interface Lock {
  release(): void;
}

/** How long a push waits for the lock: longer than it takes to look whether it is held. */
const WAIT_MS = 200;

/** Takes the lock, or returns undefined where another process keeps it. */
export function takeLock(path: string): Lock | undefined {
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
  return { release: () => db.close() };
}
