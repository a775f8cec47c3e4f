import { LedgerError, type Namespace } from '../../../core/ledger.js';
import type { RunId } from '../../../core/row.js';
import type { Scope } from '../../../core/transactions.js';
import { jsonFor } from '../database.js';
import { forJsonb } from './batches.js';
import type { Page } from './book-reader.js';
import type { Cells } from './checksum.js';
import { Connection } from './connection.js';
import { TABLES_COPIED, type Readable, type Source, type Target } from './copied.js';
import { Lease, letGo, moment, takeAccount, takeScope, type Held, type Terms } from './lease.js';
import { thisProcess } from './this-process.js';
import { batchOf, listOf, OF_ACCOUNTS, SCHEMA, typedListOf, type Shared } from './tables.js';

const ROWS_PER_READ = 2000;
const PAGES_PER_READ = 20;

/** In which what is copied stands. */
const ALL = [...TABLES_COPIED, 'pages'].join(', ');

/** The tables of a database, within one transaction. */
class BookTables implements Readable {
  readonly place: string;
  readonly db: Connection;
  id = '';
  protected isOpen = false;

  constructor(place: string) {
    this.place = place;
    this.db = new Connection(place);
  }

  table(table: Shared): AsyncIterable<readonly Cells[]> {
    return this.#fetched<Cells>(table, columnsOf(table), ROWS_PER_READ);
  }

  pages(): AsyncIterable<Page> {
    return this.#eachPage();
  }

  async *#eachPage(): AsyncGenerator<Page> {
    for await (const pages of this.#fetched<Page>('pages', 'run, first, rows', PAGES_PER_READ)) yield* pages;
  }

  /** In the order of its key. */
  async *#fetched<T extends object>(
    table: string,
    list: string,
    count: number,
  ): AsyncGenerator<readonly T[]> {
    const key = await this.db.one<{ names: string }>(
      `select string_agg(quote_ident(attname), ', ' order by array_position(indkey, attnum)) as names
       from pg_index join pg_attribute on attrelid = indrelid and attnum = any (indkey)
       where indrelid = $1::regclass and indisprimary`,
      [`${SCHEMA}.${table}`],
    );
    await this.db.all(
      `declare copied no scroll cursor for select ${list} from ${table} order by ${key?.names ?? '1'}`,
    );
    for (;;) {
      const rows = await this.db.all<T>(`fetch ${count} from copied`);
      if (rows.length === 0) break;
      yield rows;
    }
    await this.db.all('close copied');
  }

  protected async begin(sql: string): Promise<void> {
    await this.db.all('begin');
    this.isOpen = true;
    await this.db.all(sql);
  }

  protected async commit(): Promise<void> {
    await this.db.all('commit');
    this.isOpen = false;
  }

  /** What was not committed is as if it had never been. */
  protected async giveUp(): Promise<void> {
    if (this.isOpen) await this.db.all('rollback').catch(() => undefined);
    this.isOpen = false;
  }

  async close(): Promise<void> {
    await this.giveUp();
    await this.db.close();
  }
}

function columnsOf(table: Shared): string {
  return `${OF_ACCOUNTS.has(table) ? 'namespace, ' : ''}${listOf(table)}`;
}

/** Books to copy from, with the leases of all their accounts. */
export class BookSource extends BookTables implements Source {
  readonly #leases: Connection;
  readonly #held: { readonly held: Held; readonly lease: Lease }[] = [];

  private constructor(place: string) {
    super(place);
    this.#leases = new Connection(place);
  }

  static async open(place: string): Promise<BookSource> {
    const source = new BookSource(place);
    try {
      await source.#takeAll();
      // Nobody writes until it is committed, a person who settles a row neither. What is read is of the moment after that.
      await source.begin('set transaction isolation level repeatable read');
      await source.db.all(`lock table ${ALL}, meta in share mode`);
      const meta = await source.db.one<{ id: string; accounts: number }>(
        'select id, (select count(*) from namespaces) + (select count(*) from scopes) as accounts from meta',
      );
      if (meta?.accounts !== source.#held.length)
        throw new LedgerError(`ledger ${place}: somebody has begun to use it; try again`);
      source.id = meta.id;
      return source;
    } catch (error) {
      await source.close();
      throw error;
    }
  }

  async #takeAll(): Promise<void> {
    const terms = await this.db.one<Terms>('select lease_ms, late_ms from meta');
    if (terms === undefined) return;
    const who = thisProcess();
    const hold = async (take: () => Promise<Held>): Promise<void> => {
      const since = moment();
      const held = await take();
      this.#held.push({ held, lease: new Lease(this.#leases, held.number, since, terms) });
    };
    for (const account of await this.db.all<Namespace>('select vendor, account, origin from namespaces'))
      await hold(() => takeAccount(this.db, account, who, 0, terms));
    const scopes = await this.db.all<Namespace & Scope>(
      `select vendor, account, origin, kind, scope_id as id from scopes join namespaces on namespaces.id = namespace`,
    );
    for (const scope of scopes) await hold(() => takeScope(this.db, scope, scope, who, terms));
  }

  async openRuns(): Promise<readonly RunId[]> {
    const open = await this.db.all<{ run: number }>(
      `select id as run from runs where state in ('staging', 'pushing')
       union select (claim ->> 'row')::bigint >> 32 from entries where holder is not null order by 1`,
    );
    return open.map(({ run }) => run);
  }

  check(): void {
    if (!this.#held.every(({ lease }) => lease.holds))
      throw new LedgerError(
        `ledger ${this.place}: its accounts could not be held for long enough; try again`,
      );
  }

  async move(place: string): Promise<void> {
    this.check();
    await this.db.all('update meta set moved_to = $1', [place]);
    await this.commit();
  }

  override async close(): Promise<void> {
    await this.giveUp();
    for (const { held, lease } of this.#held) {
      lease.end();
      // What is not let go of runs out.
      await letGo(this.db, held).catch(() => undefined);
    }
    await Promise.all([super.close(), this.#leases.close()]);
  }
}

/** Empty books, filled in one transaction. */
export class BookTarget extends BookTables implements Target {
  static async make(place: string): Promise<BookTarget> {
    const target = new BookTarget(place);
    try {
      await target.begin(`lock table ${ALL}, meta in exclusive mode`);
      const filled = TABLES_COPIED.map((table) => `exists (select 1 from ${table})`).join(' or ');
      const found = await target.db.one<{ filled: boolean }>(`select ${filled} as filled`);
      if (found?.filled === true)
        throw new LedgerError(
          `ledger ${place}: is not empty; a ledger is copied to one by which nobody has pushed`,
        );
      return target;
    } catch (error) {
      await target.close();
      throw error;
    }
  }

  async write(table: Shared, rows: readonly Cells[]): Promise<void> {
    const list = columnsOf(table);
    const batch = OF_ACCOUNTS.has(table)
      ? `jsonb_to_recordset($1::jsonb) as batch (namespace bigint, ${typedListOf(table)})`
      : batchOf(table, '$1');
    await this.db.all(`insert into ${table} (${list}) overriding system value select ${list} from ${batch}`, [
      forJsonb(jsonFor(rows)),
    ]);
  }

  async writePage({ run, first, rows }: Page): Promise<void> {
    await this.db.all('insert into pages (run, first, rows) values ($1, $2, $3)', [run, first, rows]);
  }

  async keep({ id, place }: Readable): Promise<void> {
    const counted = await this.db.all<{ table_name: string; column_name: string }>(
      `select table_name, column_name from information_schema.columns where table_schema = $1 and is_identity = 'YES'`,
      [SCHEMA],
    );
    for (const { table_name: table, column_name: column } of counted) {
      // Runs are numbered by the processes that push.
      const [from, name] = table === 'holders' ? ['runs', 'id'] : [table, column];
      await this.db.all(`select setval(pg_get_serial_sequence($1, $2), (select max(${name}) from ${from}))`, [
        `${SCHEMA}.${table}`,
        column,
      ]);
    }
    const last = 'select nullif(max(greatest(reading, before)), 0) from ranges';
    await this.db.all(`select setval('readings', (${last}))`);
    await this.db.all('update meta set id = $1, moved_to = $2', [id, place]);
    await this.commit();
  }

  async open(): Promise<void> {
    await this.db.all('update meta set moved_to = null');
  }
}

/** Where books have moved to. */
export async function booksMovedTo(place: string): Promise<string | undefined> {
  const db = new Connection(place);
  try {
    const meta = await db.one<{ moved_to: string | null }>('select moved_to from meta');
    return meta?.moved_to ?? undefined;
  } finally {
    await db.close();
  }
}

/** Has pushes go by books to which everything was copied. */
export async function openBooks(place: string): Promise<void> {
  const target = new BookTarget(place);
  try {
    await target.open();
  } finally {
    await target.close();
  }
}
