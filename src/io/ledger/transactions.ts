import {
  scopeName,
  type NextPage,
  type BookedRow,
  type Period,
  type Reading,
  type Scope,
  type Transaction,
  type PulledTransactions,
} from '../../core/transactions.js';
import { columns, flagOf, insertRows, jsonOf } from './columns.js';
import { Database, numberOf, textOf, type SqlValue } from './database.js';
import type { Namespace } from '../../core/ledger.js';
import { lockPath, takeNamespace } from './namespaces.js';
import { refuseMoved } from './generation.js';
import { lockFor } from './lock.js';
import { TRANSACTION, transactionPages } from './transactions-read.js';
import { migrate } from './schema.js';

/** How far a period of a scope has been read. */
export interface Range {
  readonly cursor: string | undefined;
  readonly complete: boolean;
  readonly writtenOut: boolean;
  readonly asked: readonly string[] | undefined;
  readonly reading: number;
  readonly before: number | undefined;
  readonly zone: string | undefined;
  readonly rows: number;
  /** The number of the first row that a file may not have had. */
  readonly newFrom: number;
  /** Every column that a row of the reading had, in the order first seen. */
  readonly names: readonly string[];
}

const ROWS_PER_READ = 500;

const RANGE = columns<Range>({
  cursor: textOf,
  complete: flagOf,
  writtenOut: flagOf,
  asked: jsonOf,
  reading: Number,
  before: numberOf,
  zone: textOf,
  rows: Number,
  newFrom: Number,
  names: jsonOf,
});

/** The transactions of one scope and period in the SQLite ledger, locked for one pull of the scope at a time. */
export class SqliteTransactions implements PulledTransactions {
  protected readonly db: Database;
  readonly #unlock: () => void;
  protected readonly scope: number;
  protected readonly period: readonly [scope: number, from: string, to: string];

  protected constructor(db: Database, unlock: () => void, scope: number, { from, to }: Period) {
    this.db = db;
    this.#unlock = unlock;
    this.scope = scope;
    this.period = [scope, from, to];
  }

  /** A push to the same account has a lock of its own, so that neither hinders the other. */
  static open(path: string, namespace: Namespace, named: Scope, period: Period): SqliteTransactions {
    const { kind, id } = named;
    const db = migrate(Database.open(path));
    const owner = takeNamespace(db, namespace);
    db.run('insert or ignore into scopes (namespace, kind, scope_id) values (?, ?, ?)', [owner, kind, id]);
    const found = db.one(
      'select id from scopes where namespace = ? and kind = ? and scope_id = ?',
      owner,
      kind,
      id,
    );
    const scope = Number(found?.[0]);
    const what = `pull of ${scopeName(named)}, account ${namespace.account}`;
    const unlock = lockFor(db, `${lockPath(db.path, owner)}-pull-${scope}`, what);
    try {
      refuseMoved(db);
    } catch (error) {
      db.close();
      unlock();
      throw error;
    }
    return new SqliteTransactions(db, unlock, scope, period);
  }

  async close(): Promise<void> {
    this.db.close();
    this.#unlock();
  }

  async reading(): Promise<Reading> {
    const polledAt = numberOf(this.db.one('select polled_at from scopes where id = ?', this.scope)?.[0]);
    const range = this.range();
    if (range === undefined) return { polledAt };
    const { cursor, complete, writtenOut, asked: columns, rows, zone } = range;
    return { polledAt, progress: { cursor, complete, rows, writtenOut, columns, zone } };
  }

  async begin(from: 'first_row' | 'after_last', zone: string, at: number): Promise<void> {
    this.db.transaction(() => {
      const range = this.range();
      if (from === 'after_last' && range !== undefined)
        this.#setRange('complete = 0, written_out = 0, asked = null');
      else this.#startAnew(range);
      this.#setRange('zone = ?, control = null', zone);
      this.#polled(at);
    });
  }

  async addPage(rows: readonly Transaction[], { cursor, columns }: NextPage, at: number): Promise<number> {
    const added = this.db.transaction(() => {
      const range = this.begun();
      const first = this.#lastNumber(range.reading) + 1;
      const scope = this.scope;
      insertRows(this.db, 'insert or replace into transactions', TRANSACTION.names, rows, { scope });
      const numbered = rows.map(({ id }, index) => ({ id, number: first + index }));
      insertRows(this.db, 'insert or ignore into told', ['id', 'number'], numbered, {
        reading: range.reading,
      });
      if (range.before !== undefined)
        this.db.run(
          `update told set had = 1 where reading = ? and number >= ?
             and exists (select 1 from told as old where old.reading = ? and old.id = told.id and old.had = 1)`,
          [range.reading, first, range.before],
        );
      const names = new Set(range.names);
      for (const row of rows) for (const name in row.columns) names.add(name);
      const count = 'select count(*) from told where reading = ? and number >= ?';
      const added = Number(this.db.one(count, range.reading, first)?.[0]);
      this.#setRange(
        'cursor = ?, asked = ?, names = ?, rows = ?',
        cursor,
        JSON.stringify(columns),
        JSON.stringify([...names]),
        range.rows + added,
      );
      this.#polled(at);
      return added;
    });
    return added;
  }

  async finish(at: number, control?: string): Promise<readonly string[]> {
    const gone = this.db.transaction(() => {
      const { reading, before } = this.begun();
      const gone = 'select id from told where reading = ? except select id from told where reading = ?';
      const ids = before === undefined ? [] : this.db.all(gone, before, reading).map(([id]) => String(id));
      for (const id of ids)
        this.db.run('delete from transactions where scope = ? and id = ?', [this.scope, id]);
      if (before !== undefined) this.db.run('delete from told where reading = ?', [before]);
      this.#setRange('complete = 1, before = null, control = ?', control ?? null);
      this.#polled(at);
      return ids;
    });
    return gone;
  }

  async forget(): Promise<void> {
    this.db.transaction(() => this.#startAnew(this.begun()));
  }

  async writtenOut(): Promise<void> {
    this.db.transaction(() => {
      const { reading, newFrom } = this.begun();
      const isNew = 'reading = ? and number >= ? and had = 0';
      this.db.run(`update told set had = 1 where ${isNew}`, [reading, newFrom]);
      this.#setRange('written_out = 1, new_from = ?', this.#lastNumber(reading) + 1);
    });
  }

  async names(): Promise<readonly string[]> {
    return this.begun().names;
  }

  async *rows(which: 'all' | 'new'): AsyncGenerator<readonly Transaction[]> {
    const { reading, newFrom } = this.begun();
    const isNew = which === 'new';
    const pages = this.db.pages(
      `select number, ${TRANSACTION.list} from told cross join transactions using (id)
        where number > ? and reading = ? and scope = ? ${isNew ? 'and had = 0' : ''}
        order by number limit ${ROWS_PER_READ}`,
      [isNew ? newFrom - 1 : 0],
      reading,
      this.scope,
    );
    for await (const page of pages) yield page.map((cells) => TRANSACTION.read(cells, 1));
  }

  callPages(which: 'all' | 'new'): AsyncGenerator<readonly BookedRow[]> {
    const { reading, newFrom } = this.begun();
    const isNew = which === 'new';
    return transactionPages(this.db, this.scope, { reading, from: isNew ? newFrom : 1, new: isNew });
  }

  /** Which no other way through a range has. */
  protected nextReading(): number {
    return Number(this.db.one('select max(reading) from ranges')?.[0] ?? 0) + 1;
  }

  protected range(): Range | undefined {
    const from = 'from ranges where scope = ? and from_date = ? and to_date = ?';
    return RANGE.select(this.db, from, ...this.period)[0];
  }

  /** What was read before stays known until the new reading is complete, to tell which rows have gone. */
  #startAnew(range: Range | undefined): void {
    const reading = this.nextReading();
    const insert = 'insert or ignore into ranges (scope, from_date, to_date) values (?, ?, ?)';
    this.db.run(insert, this.period);
    if (range?.before !== undefined) this.db.run('delete from told where reading = ?', [range.reading]);
    this.#setRange(
      `cursor = null, complete = 0, written_out = 0, asked = null, reading = ?, before = ?, names = '[]',
         rows = 0, new_from = 1`,
      reading,
      range?.before ?? range?.reading ?? null,
    );
  }

  protected begun(): Range {
    const range = this.range();
    if (range === undefined) throw new Error('a period is begun before its rows are added or read');
    return range;
  }

  #setRange(what: string, ...values: SqlValue[]): void {
    const where = 'where scope = ? and from_date = ? and to_date = ?';
    this.db.run(`update ranges set ${what} ${where}`, [...values, ...this.period]);
  }

  #polled(at: number): void {
    this.db.run('update scopes set polled_at = ? where id = ?', [at, this.scope]);
  }

  #lastNumber(reading: number): number {
    return Number(this.db.one('select max(number) from told where reading = ?', reading)?.[0] ?? 0);
  }
}
