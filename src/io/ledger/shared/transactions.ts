import type { Namespace } from '../../../core/ledger.js';
import type { BookedRow, NextPage, Period, Scope, Transaction } from '../../../core/transactions.js';
import { jsonFor } from '../database.js';
import { SqliteTransactions } from '../transactions.js';
import { rowsOf } from './batches.js';
import { Mirror } from './mirror.js';
import { PulledMirror } from './pulled-mirror.js';
import { isAmong } from './tables.js';
import { thisProcess } from './this-process.js';
import { PulledBooks, type PulledStep } from './pulled-books.js';

/**
 * The transactions of one scope and period in a database that several machines share, for one pull of the scope at a time. What
 * a step of a pull comes to is worked out in a scratch file of this machine, beside what the books have of it, and is in the
 * books when the call returns.
 */
export class SharedTransactions extends SqliteTransactions {
  readonly #books: PulledBooks;
  readonly #mirror: PulledMirror;
  #reading = 0;
  /** From this number on the rows of the reading are in the scratch file. */
  #here = 0;

  private constructor(scratch: Mirror, books: PulledBooks, scope: number, period: Period) {
    super(scratch.db, () => scratch.remove(), scope, period);
    this.#mirror = new PulledMirror(scratch.db, books);
    this.#books = books;
  }

  /** Throws where another process, on whatever machine, pulls the scope. */
  static async pull(
    url: string,
    namespace: Namespace,
    scope: Scope,
    period: Period,
  ): Promise<SharedTransactions> {
    const books = await PulledBooks.open(url);
    try {
      const held = await books.enterScope(namespace, scope, thisProcess());
      const store = new SharedTransactions(new Mirror(books), books, held.scope ?? 0, period);
      await store.#readOn();
      return store;
    } catch (error) {
      await books.close();
      throw error;
    }
  }

  protected override nextReading(): number {
    return this.#reading;
  }

  /** The last row of the reading, which says what the next one's number is. */
  async #readOn(): Promise<void> {
    await this.#mirror.scope(this.scope);
    const reading = this.range()?.reading;
    if (reading === undefined) return;
    await this.#mirror.told(
      'reading = $1 and number = (select max(number) from told where reading = $1)',
      reading,
    );
    const last = this.db.one('select max(number) from told where reading = ?', reading)?.[0];
    this.#here = Number(last ?? 0) + 1;
  }

  override async begin(from: 'first_row' | 'after_last', zone: string, at: number): Promise<void> {
    await this.#startAnew(() => super.begin(from, zone, at));
  }

  override async forget(): Promise<void> {
    await this.#startAnew(() => super.forget());
  }

  /** A reading that was given up before its end is forgotten. */
  async #startAnew(start: () => Promise<void>): Promise<void> {
    const old = this.range()?.reading;
    this.#reading = await this.#books.nextReading();
    await start();
    const { reading, before } = this.begun();
    if (old !== reading) this.#here = 1;
    const isForgotten = old !== undefined && old !== reading && old !== before;
    await this.#keep({ forgotten: jsonFor(isForgotten ? [old] : []) });
  }

  override async addPage(rows: readonly Transaction[], next: NextPage, at: number): Promise<number> {
    const { reading, before } = this.begun();
    const ids = jsonFor(rows.map(({ id }) => id));
    for (const one of [reading, before])
      if (one !== undefined) await this.#mirror.told(`reading = $1 and ${IS_OF_IDS}`, one, ids);
    const added = await super.addPage(rows, next, at);
    const found = 'id in (select value from json_each(?))';
    await this.#keep({
      told: rowsOf(this.db, 'told', `reading = ? and ${found}`, reading, ids),
      transactions: rowsOf(this.db, 'transactions', `scope = ? and ${found}`, this.scope, ids),
    });
    return added;
  }

  override async finish(at: number, control?: string): Promise<readonly string[]> {
    const { before, reading } = this.begun();
    if (before !== undefined) {
      await this.#mirror.reading(before, {});
      await this.#mirror.reading(reading, { until: this.#here });
    }
    const gone = await super.finish(at, control);
    await this.#keep({
      gone: jsonFor(gone),
      forgotten: jsonFor(before === undefined ? [] : [before]),
    });
    return gone;
  }

  override async writtenOut(): Promise<void> {
    const { reading, newFrom } = this.begun();
    await super.writtenOut();
    await this.#keep({ had: { reading, from: newFrom } });
  }

  override async *rows(which: 'all' | 'new'): AsyncGenerator<readonly Transaction[]> {
    await this.#readFrom(which, 'alone', { until: this.#here });
    yield* super.rows(which);
  }

  override async *callPages(which: 'all' | 'new'): AsyncGenerator<readonly BookedRow[]> {
    await this.#readFrom(which, 'calls', {});
    yield* super.callPages(which);
  }

  async #readFrom(
    which: 'all' | 'new',
    rows: 'alone' | 'calls',
    part: { readonly until?: number },
  ): Promise<void> {
    const { reading, newFrom } = this.begun();
    const from = which === 'new' ? newFrom : 1;
    await this.#mirror.reading(reading, { from, ...part }, (ids) =>
      this.#mirror.transactions(this.scope, ids, rows),
    );
  }

  async #keep(step: Partial<PulledStep>): Promise<void> {
    const polledAt = this.db.one('select polled_at from scopes where id = ?', this.scope)?.[0];
    await this.#books.keep({
      polledAt: polledAt == null ? null : Number(polledAt),
      ranges: rowsOf(this.db, 'ranges', 'scope = ? and from_date = ? and to_date = ?', ...this.period),
      ...{ told: '[]', transactions: '[]', gone: '[]', forgotten: '[]', ...step },
    });
  }

  override async close(): Promise<void> {
    await this.#books.close();
    await super.close();
  }
}

const IS_OF_IDS = isAmong('id', '$2');
