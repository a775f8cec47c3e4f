import type { Database } from './database.js';

interface Waiting {
  readonly write: () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Settlements of one turn: they share a commit, with that of a claim where one comes in the same turn. */
export class GroupCommit {
  readonly #db: Database;
  readonly #check: () => void;
  readonly #waiting: Waiting[] = [];

  /** `check` throws where nothing may be committed any more. */
  constructor(db: Database, check: () => void) {
    this.#db = db;
    this.#check = check;
  }

  /** Ends when what `write` writes has been committed. */
  async add(write: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ write, resolve, reject });
      queueMicrotask(() => this.#commitWaiting());
    });
  }

  /** Commits `work` and what waits. */
  commit<T>(work: () => T): T {
    const waiting = this.#waiting.splice(0);
    try {
      const value = this.#db.transaction(() => {
        this.#check();
        for (const { write } of waiting) write();
        return work();
      });
      for (const { resolve } of waiting) resolve();
      return value;
    } catch (error) {
      for (const { reject } of waiting) reject(error);
      throw error;
    }
  }

  /** What no claim took along in the turn in which it came. */
  #commitWaiting(): void {
    if (this.#waiting.length === 0) return;
    try {
      this.commit(() => undefined);
    } catch {
      // Who waits for them has been told.
    }
  }
}
