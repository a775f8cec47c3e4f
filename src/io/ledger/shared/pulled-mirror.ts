import { jsonFor, type Database } from '../database.js';
import { fill } from './batches.js';
import type { BookReader } from './book-reader.js';
import { isAmong } from './tables.js';

/** Rows that are asked for at once. */
const PAGE = 5_000;

/** What the books have of what was pulled, in the scratch file of this process, as far as it was asked for. */
export class PulledMirror {
  readonly db: Database;
  readonly #books: BookReader;

  constructor(db: Database, books: BookReader) {
    this.db = db;
    this.#books = books;
  }

  /** Every part of every account, and how far its periods have been read. */
  async scopes(): Promise<void> {
    fill(this.db, 'scopes', await this.#books.rows('scopes', 'true', []));
    fill(this.db, 'ranges', await this.#books.rows('ranges', 'true', []));
  }

  /** Every row of a scope. */
  async all(scope: number): Promise<void> {
    const page = `scope = $1 and id > $2 order by id limit ${PAGE}`;
    for (let after: string | undefined = ''; after !== undefined;) {
      const found = await this.#books.rows('transactions', page, [scope, after]);
      fill(this.db, 'transactions', found);
      after = (JSON.parse(found) as { id: string }[]).at(-1)?.id;
    }
  }

  /** One part of an account, and how far its periods have been read. */
  async scope(scope: number): Promise<void> {
    fill(this.db, 'scopes', await this.#books.rows('scopes', 'id = $1', [scope]));
    fill(this.db, 'ranges', await this.#books.rows('ranges', 'scope = $1', [scope]));
  }

  /** Some ids of a reading, which is the first of `params`. */
  async told(where: string, ...params: (string | number)[]): Promise<void> {
    fill(this.db, 'told', await this.#books.rows('told', where, params));
  }

  /** The ids of a reading from one number on up to another, and what else is wanted of each page of them. */
  async reading(
    reading: number,
    { from = 1, until = Number.MAX_SAFE_INTEGER }: { readonly from?: number; readonly until?: number },
    more?: (ids: string) => Promise<void>,
  ): Promise<void> {
    const page = `reading = $1 and number > $2 and number < $3 order by number limit ${PAGE}`;
    for (let after = from - 1; ;) {
      const found = await this.#books.rows('told', page, [reading, after, until]);
      const told = JSON.parse(found) as { id: string; number: number }[];
      if (told.length === 0) return;
      fill(this.db, 'told', found);
      await more?.(jsonFor(told.map(({ id }) => id)));
      after = Math.max(...told.map(({ number }) => number));
    }
  }

  /** Rows of a scope, or all rows of the calls that those are of; `ids` is a JSON array. */
  async transactions(scope: number, ids: string, which: 'alone' | 'calls'): Promise<void> {
    const own = `scope = $1 and ${isAmong('id', '$2')}`;
    const where =
      which === 'alone'
        ? own
        : `scope = $1 and "call" = any(array(select "call" from transactions where ${own}))`;
    fill(this.db, 'transactions', await this.#books.rows('transactions', where, [scope, ids]));
  }
}
