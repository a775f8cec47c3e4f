import type { Books, Settled } from './books.js';

/** Groups of settled rows on their way to the books, in their order. */
export class Shipping {
  readonly #books: Books;
  /** What the books do not have yet, oldest first. */
  readonly #waiting: Settled[] = [];
  #last: Promise<void> = Promise.resolve();
  /** Once everything that was asked for is in the books. */
  settled: Promise<void> = Promise.resolve();

  constructor(books: Books) {
    this.#books = books;
  }

  /** `write` says what is to be shipped. Everything is in the books on return; what failed before is asked for again first. */
  settle(write: () => Promise<Settled | undefined>): Promise<void> {
    this.settled = this.#settle(write);
    // Whoever asks for it is told that it failed.
    this.settled.catch(() => undefined);
    return this.settled;
  }

  async #settle(write: () => Promise<Settled | undefined>): Promise<void> {
    const written = await write();
    if (written !== undefined) this.#waiting.push(written);
    const shipped = this.#last.then(() => this.#ship());
    this.#last = shipped.catch(() => undefined);
    return shipped;
  }

  async #ship(): Promise<void> {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      await this.#books.commit(next);
      this.#waiting.shift();
    }
  }
}
