import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import Libsql from 'libsql';
import { LedgerError, LedgerLockedError, type Namespace } from '../../core/ledger.js';
import { workText } from '../../core/records.js';
import { fileAt, keepPrivate, type Database } from './database.js';
import { BEAT_MS, hold, holderOf, holderText, isAlive, letGo, SILENCE_MS, type Holder } from './holder.js';
import { refuseMoved } from './generation.js';
import { lockPath } from './namespaces.js';
import { workOf } from './work.js';

/** How long a push waits for the lock: longer than it takes to look whether it is held. */
const WAIT_MS = 200;

/**
 * Takes an exclusive lock on a file, which the operating system lets go of when the process ends, however it ends.
 * Returns what releases it, or undefined where another process keeps it.
 */
function takeLock(path: string): (() => void) | undefined {
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

/** As `takeLock`, for work on a ledger; closes it and throws where another process is at `what`, `who` with what. */
export function lockFor(db: Database, path: string, what: string, who = (): string => ''): () => void {
  const release = db.guarded(() => takeLock(path));
  if (release !== undefined) return release;
  const says = lockedText(db, what, who());
  db.close();
  throw new LedgerLockedError(says);
}

function lockedText(db: Database, what: string, who: string): string {
  return `another ${what}, is running with ledger ${db.path}${who}`;
}

/** What the one is at who has an account, as far as it wrote that down. */
function atWork(db: Database, namespace: number): string {
  const work = workOf(db, namespace);
  return work === undefined ? '' : ` (${workText(work)})`;
}

/**
 * What lets one process at a time push to an account: a lock that ends with the process, and the process written down
 * in the ledger itself, which is seen whatever becomes of the lock's file.
 */
export class AccountLock {
  readonly #db: Database;
  readonly #namespace: number;
  readonly #release: () => void;
  readonly #token = randomBytes(12).toString('hex');
  readonly #beating: NodeJS.Timeout;

  private constructor(db: Database, namespace: number, release: () => void) {
    this.#db = db;
    this.#namespace = namespace;
    this.#release = release;
    this.#beating = setInterval(() => this.#beat(), BEAT_MS).unref();
  }

  /** Closes the ledger and throws where another process has the account. */
  static take(db: Database, namespace: number, { vendor, account }: Omit<Namespace, 'origin'>): AccountLock {
    const path = lockPath(db.path, namespace);
    const what = `push to ${vendor}, account ${account}`;
    const lock = new AccountLock(
      db,
      namespace,
      lockFor(db, path, what, () => atWork(db, namespace)),
    );
    try {
      refuseMoved(db);
      const other = lock.#write(fileAt(path) ?? '');
      if (other === undefined) return lock;
      const now = Date.now();
      const who = `${atWork(db, namespace)} (${holderText(other, now)}; if it has died, ${SILENCE_MS / 1000} s after that it counts as ended)`;
      throw new LedgerLockedError(lockedText(db, what, who));
    } catch (error) {
      lock.release();
      db.close();
      throw error;
    }
  }

  /** Returns who else has the account. Nothing of it has to survive a loss of power. */
  #write(lock: string): Holder | undefined {
    this.#db.syncs(false);
    const other = this.#db.transaction(() => {
      const found = holderOf(this.#db, this.#namespace);
      if (found !== undefined && isAlive(found, lock, Date.now())) return found;
      hold(this.#db, this.#namespace, this.#token, lock, Date.now());
      return undefined;
    });
    this.#db.syncs(true);
    return other;
  }

  /** Throws where another process has taken the account over; within a transaction. */
  check(): void {
    const found = holderOf(this.#db, this.#namespace);
    if (found?.token === this.#token) return;
    const who = found === undefined ? 'somebody' : holderText(found, Date.now());
    throw new LedgerError(
      `ledger ${this.#db.path}: ${who} has taken this account over, since this push was silent for too long`,
    );
  }

  #beat(): void {
    try {
      this.#db.run('update holders set beat = ? where token = ?', [Date.now(), this.#token]);
    } catch {
      // The next claim meets the same failure, and says so.
    }
  }

  /** While the ledger is still open. */
  leave(): void {
    try {
      this.#db.syncs(false);
      letGo(this.#db, this.#token);
      this.#db.syncs(true);
    } catch {
      // Who comes next finds that the process has ended.
    }
  }

  release(): void {
    clearInterval(this.#beating);
    this.#release();
  }
}

/** Whether a process is at work on an account; for one who only looks. */
export function isHeld(db: Database, namespace: number): boolean {
  const path = lockPath(db.path, namespace);
  const release = existsSync(path) ? takeLock(path) : () => undefined;
  release?.();
  if (release === undefined) return true;
  if (db.one(`select 1 from sqlite_master where name = 'holders'`) === undefined) return false;
  const holder = holderOf(db, namespace);
  return holder !== undefined && isAlive(holder, fileAt(path) ?? '', Date.now());
}
