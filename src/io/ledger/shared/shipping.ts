import type { Books, Settled } from './books.js';

/** Groups of settled rows on their way to the books, in their order. */
export class Shipping {
  readonly #books: Books;
  /** What the books do not have yet, oldest first. */
  readonly #waiting: Settled[] = [];
  #last: Promise<void> = Promise.resolve();

  constructor(books: Books) {
    this.#books = books;
  }

  add(settled: Settled): void {
    this.#waiting.push(settled);
  }

  /** Everything that was added is in the books on return; what failed before is asked for again first. */
  async ship(): Promise<void> {
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
