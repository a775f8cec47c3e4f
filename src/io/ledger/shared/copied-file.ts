import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { LedgerError } from '../../../core/ledger.js';
import type { RunId } from '../../../core/row.js';
import type { LikenessesOf } from '../../../core/vendor.js';
import { lockAll } from '../compact.js';
import { Database, jsonFor, keepPrivate, syncFile } from '../database.js';
import { beginBeside, generationPath, movedTo, seal } from '../generation.js';
import { fileEntries } from '../likenesses.js';
import { namespacesOf } from '../namespaces.js';
import { rowRange, runOf } from '../run-rows.js';
import { fill, tableOf } from './batches.js';
import { migrate } from '../schema.js';
import type { Page } from './book-reader.js';
import type { Cells } from './checksum.js';
import type { Readable, Source, Target } from './copied.js';
import { fillPages, pagesOf } from './pages.js';
import type { Shared } from './tables.js';

/** The tables of a file. */
class FileTables implements Readable {
  readonly place: string;
  readonly db: Database;

  constructor(place: string, db: Database) {
    this.place = place;
    this.db = db;
  }

  get id(): string {
    return String(this.db.one('select id from generation')?.[0]);
  }

  table(table: Shared): Iterable<readonly Cells[]> {
    return tableOf(this.db, table);
  }

  *pages(): Generator<Page> {
    for (let last = 0; ;) {
      const [next] = this.db.one('select id from rows where id > ? order by id limit 1', last) ?? [];
      if (next === undefined) return;
      const run = runOf(Number(next));
      yield* pagesOf(this.db, run, new Map());
      [, last] = rowRange(run);
    }
  }
}

/** Where a file has moved to. */
export function fileMovedTo(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  const db = Database.reader(path);
  try {
    return movedTo(db);
  } finally {
    db.close();
  }
}

/** A file to copy from, with the locks of all its accounts. `likenesses` are by vendor. */
export class FileSource extends FileTables implements Source {
  #release: () => void = () => undefined;

  static open(path: string, likenesses: (vendor: string) => LikenessesOf | undefined): FileSource {
    const source = new FileSource(path, migrate(Database.open(path)));
    source.#release = lockAll(source.db);
    try {
      for (const [id, { vendor }] of namespacesOf(source.db)) {
        const of = likenesses(vendor);
        if (of !== undefined) fileEntries(source.db, id, of);
      }
      const locked = source.#accounts();
      // Nobody writes until it is committed, a person who settles a row neither.
      source.db.exec('begin immediate');
      if (source.#accounts() !== locked)
        throw new LedgerError(`ledger ${path}: somebody has begun to use it; try again`);
      return source;
    } catch (error) {
      void source.close();
      throw error;
    }
  }

  /** Whose locks were taken. */
  #accounts(): string {
    return JSON.stringify(
      this.db.one('select (select count(*) from namespaces), (select count(*) from scopes)'),
    );
  }

  async openRuns(): Promise<readonly RunId[]> {
    return this.db
      .all(`select id from runs where state in ('staging', 'pushing') order by id`)
      .map(([run]) => Number(run));
  }

  check(): void {
    // The transaction has been open all the time.
  }

  async move(place: string): Promise<void> {
    this.db.run('update generation set moved_to = ?', [place]);
    this.db.exec('commit');
  }

  async close(): Promise<void> {
    try {
      if (this.db.isWriting) this.db.exec('rollback');
    } finally {
      this.#release();
      this.db.close();
    }
  }
}

/** A new file, which has another name until it is kept. */
export class FileTarget extends FileTables implements Target {
  static make(path: string): FileTarget {
    const there = [path, generationPath(path)].find((name) => existsSync(name));
    if (there !== undefined)
      throw new LedgerError(`ledger ${path}: ${there} is there already; a ledger is copied to a new file`);
    const made = `${path}.copying`;
    for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${made}${end}`, { force: true });
    keepPrivate(made);
    return new FileTarget(path, migrate(Database.scratch(made)));
  }

  async write(table: Shared, rows: readonly Cells[]): Promise<void> {
    fill(this.db, table, jsonFor(rows));
  }

  async writePage(page: Page): Promise<void> {
    fillPages(this.db, [page]);
  }

  async keep({ id, place }: Readable): Promise<void> {
    this.db.exec('update namespaces set filed = 1');
    this.db.run('update generation set id = ?, number = 0, moved_to = ?', [id, place]);
    this.db.close();
    syncFile(this.db.path);
    renameSync(this.db.path, this.place);
    syncFile(dirname(this.place));
  }

  async open(): Promise<void> {
    openFile(this.place);
  }

  async close(): Promise<void> {
    this.db.close();
    rmSync(this.db.path, { force: true });
  }
}

/** Has pushes go by a file to which everything was copied. */
export function openFile(path: string): void {
  const db = Database.open(path);
  try {
    db.transaction(() => db.run('update generation set moved_to = null', []));
    beginBeside(db);
    seal(db);
  } finally {
    db.close();
  }
}
