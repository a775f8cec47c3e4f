import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Libsql from 'libsql';
import type { Amount } from '../../core/amount.js';
import { LedgerError } from '../../core/ledger.js';
import { ledgerFile } from './file.js';
import { DAMAGED, explain } from './remedies.js';

export type SqlValue = string | number | null;

export function textOf(cell: SqlValue | undefined): string | undefined {
  return cell == null ? undefined : String(cell);
}

export function numberOf(cell: SqlValue | undefined): number | undefined {
  return cell == null ? undefined : Number(cell);
}

export function amountOf(cell: SqlValue | undefined): Amount | undefined {
  return numberOf(cell) as Amount | undefined;
}

/** How long a statement waits for another process that is writing to the same file. */
const BUSY_TIMEOUT_MS = 10_000;
/** Keys come in no order: of a smaller cache nearly every row would read a page again. */
const CACHE_KB = 8_000;
/** How far the log grows before it is worked into the file, in pages of 4 KB. */
const CHECKPOINT_PAGES = 8_192;
/** Of every connection. This build of SQLite would otherwise sort and keep temporary tables in memory. */
const SETTINGS = `pragma busy_timeout = ${BUSY_TIMEOUT_MS}; pragma temp_store = file`;

/** A thin face of the driver: rows as arrays, every failure a `LedgerError` that names the file. */
export class Database {
  readonly path: string;
  readonly #db: Libsql.Database;
  readonly #prepared = new Map<string, Libsql.Statement>();
  /** Statements of pages by what they select. */
  readonly #pages = new Map<string, string>();
  readonly #file: string | undefined;
  /** Nothing in it outlives the process. */
  isScratch = false;

  private constructor(path: string, db: Libsql.Database) {
    this.path = path;
    this.#db = db;
    this.#file = fileAt(path);
  }

  /** Opens or makes the file, for its owner alone, with its folder. */
  static open(named: string): Database {
    return guarded(named, () => {
      makeFolder(dirname(named));
      const path = ledgerFile(named);
      keepPrivate(path);
      const db = new Database(path, new Libsql(path));
      db.exec(SETTINGS);
      db.all('pragma journal_mode = wal');
      db.exec(`pragma cache_size = -${CACHE_KB}; pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
      db.syncs(true);
      return db;
    });
  }

  /** An existing file, as it is: nothing about it is changed. */
  static reader(named: string): Database {
    return guarded(named, () => {
      const path = ledgerFile(named);
      const db = new Database(path, new Libsql(path));
      db.exec(`${SETTINGS}; pragma query_only = on`);
      return db;
    });
  }

  /** A scratch file: nothing in it outlives the process. */
  static scratch(path: string): Database {
    return guarded(path, () => {
      const db = new Database(path, new Libsql(path));
      db.all('pragma journal_mode = off');
      db.exec(`${SETTINGS}; pragma synchronous = off`);
      db.isScratch = true;
      return db;
    });
  }

  /** What fails in `work` is a failure of this ledger. */
  guarded<T>(work: () => T): T {
    return guarded(this.path, work);
  }

  exec(sql: string): void {
    guarded(this.path, () => this.#db.exec(sql));
  }

  all(sql: string, ...params: SqlValue[]): SqlValue[][] {
    return guarded(this.path, () => this.#statement(sql).raw().all(params) as SqlValue[][]);
  }

  /** The first row, or undefined. */
  one(sql: string, ...params: SqlValue[]): SqlValue[] | undefined {
    return this.all(sql, ...params)[0];
  }

  /**
   * A page of rows, as `all` has them, for a third of the time: SQLite hands it over as one text. A last column named
   * `json` is JSON already and comes as what it says.
   */
  page(sql: string, ...params: SqlValue[]): SqlValue[][] {
    const asText = this.#pages.get(sql) ?? this.#asText(sql);
    this.#pages.set(sql, asText);
    return JSON.parse(String(this.one(asText, ...params)?.[0])) as SqlValue[][];
  }

  /** Pages of rows, the first of them after the cells `after`, each other one after the first cells of the last row. */
  async *pages(sql: string, after: readonly SqlValue[], ...params: SqlValue[]): AsyncGenerator<SqlValue[][]> {
    for (let last = after; ;) {
      const rows = this.page(sql, ...last, ...params);
      if (rows.length === 0) return;
      yield rows;
      last = rows.at(-1)?.slice(0, after.length) ?? [];
    }
  }

  run(sql: string, params: readonly SqlValue[]): void {
    guarded(this.path, () => this.#statement(sql).run(params as SqlValue[]));
  }

  /**
   * Whether what a transaction wrote survives a loss of power. What did not wait for the disk is on it with the next
   * transaction that does, and nothing is ever half there.
   */
  syncs(each: boolean): void {
    if (!this.isScratch) this.exec(`pragma synchronous = ${each ? 'full' : 'normal'}`);
  }

  /** Looks at every page. Throws where something is wrong with one. */
  check(): void {
    const [found] = this.one('pragma quick_check(1)') ?? [];
    if (found !== 'ok') throw new LedgerError(`ledger ${this.path}: ${DAMAGED}`);
  }

  /** Commits what `work` wrote, or nothing of it. */
  transaction<T>(work: () => T): T {
    this.exec('begin immediate');
    try {
      const value = work();
      this.exec('commit');
      return value;
    } catch (error) {
      if (this.#db.inTransaction) this.exec('rollback');
      throw error;
    }
  }

  /** Whether a transaction has begun. */
  get isWriting(): boolean {
    return this.#db.inTransaction;
  }

  /** `gone` or `replaced`: what is written goes to a file that nobody will find again. */
  get place(): 'kept' | 'gone' | 'replaced' {
    const now = fileAt(this.path);
    if (now === this.#file) return 'kept';
    return now === undefined ? 'gone' : 'replaced';
  }

  /** Writes everything to a new file, for its owner alone. Throws where there is one already. */
  copyTo(path: string): void {
    guarded(path, () => {
      makeFolder(dirname(path));
      closeSync(openSync(path, 'wx', 0o600));
      try {
        this.run('vacuum into ?', [path]);
        syncFile(path);
      } catch (error) {
        rmSync(path);
        throw error;
      }
    });
  }

  close(): void {
    this.#prepared.clear();
    this.#db.close();
  }

  #asText(sql: string): string {
    const columns = guarded(this.path, () => this.#db.prepare(sql).columns());
    const names = columns.map((_, index) => `c${index}`);
    const page = `with page (${names.join(',')}) as (${sql})`;
    if (columns.at(-1)?.name !== 'json')
      return `${page} select json_group_array(json_array(${names.join(',')})) from page`;
    const row = `rtrim(json_array(${names.slice(0, -1).join(',')}), ']') || ',' || ${names.at(-1)} || ']'`;
    return `${page} select '[' || coalesce(group_concat(${row}), '') || ']' from page`;
  }

  #statement(sql: string): Libsql.Statement {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}

/** With the folders above it. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    // Of a disk that is read-only Node says that something is missing, unless one folder alone is asked for.
    let first = folder;
    while (!existsSync(dirname(first))) first = dirname(first);
    mkdirSync(first, { mode: 0o700 });
    throw error;
  }
}

/** Waits until a file or folder is on the disk. */
export function syncFile(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Which file a path leads to: it stays the same when the file is written, not when another takes its place. */
export function fileAt(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`;
}

/**
 * Makes the file if need be, and takes it and what SQLite keeps beside it away from everybody but its owner. A file
 * that is there is not opened: closing it would let go of every lock that this process has on it.
 */
export function keepPrivate(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, statSync(path).mode & 0o600);
  for (const name of [`${path}-wal`, `${path}-shm`]) {
    try {
      chmodSync(name, 0o600);
    } catch (error) {
      // Another process that closes the ledger removes them at any time.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

/**
 * Values as JSON for a statement to read. Half of a surrogate pair, which a vendor's answer may hold, is no text
 * that SQLite could give back; it becomes U+FFFD, as it does in a parameter.
 */
export function jsonFor(values: unknown): string {
  const json = JSON.stringify(values);
  if (!json.includes('\\ud')) return json;
  return JSON.stringify(values, (_, value: unknown) =>
    typeof value === 'string' ? Buffer.from(value).toString() : value,
  );
}

/** Sizes in which rows are written by one statement; measured, larger ones gain nothing. */
const CHUNKS = [64, 8, 1] as const;

/** Runs a statement whose `values` list takes many rows: `sql('(?,?),(?,?)')`. */
export function writeRows(
  db: Database,
  sql: (values: string) => string,
  rows: readonly (readonly SqlValue[])[],
): void {
  let done = 0;
  for (const size of CHUNKS) {
    while (rows.length - done >= size) {
      const params: SqlValue[] = [];
      for (let at = done; at < done + size; at += 1) params.push(...(rows[at] ?? []));
      const row = `(${rows[done]?.map(() => '?').join(',') ?? ''})`;
      db.run(sql(new Array(size).fill(row).join(',')), params);
      done += size;
    }
  }
}

function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof LedgerError) throw error;
    throw new LedgerError(`ledger ${path}: ${explain(error)}`, { cause: error });
  }
}
