import { setImmediate } from 'node:timers/promises';
import type { RunId } from '../../../core/row.js';
import type { Page } from './book-reader.js';
import type { Cells, Tally } from './checksum.js';
import { Checksums } from './checksum.js';
import { unpacked } from './pages.js';
import { COLUMNS, namesOf, type Shared } from './tables.js';

/** A ledger whose tables can be read from the first row to the last, of one moment. */
export interface Readable {
  /** How it is called. */
  readonly place: string;
  /** Of the ledger, wherever it is copied. */
  readonly id: string;
  table(table: Shared): AsyncIterable<readonly Cells[]> | Iterable<readonly Cells[]>;
  pages(): AsyncIterable<Page> | Iterable<Page>;
}

/** What is copied from; nobody writes to it until it is closed. */
export interface Source extends Readable {
  /** Runs that go on, or died, and what they were to send is not settled. */
  openRuns(): Promise<readonly RunId[]>;
  /** Throws where somebody else could have begun to push meanwhile. */
  check(): void;
  /** Has pushes go by `place` from now on. */
  move(place: string): Promise<void>;
  close(): Promise<void>;
}

/** An empty ledger. Nobody can go by it before it is `opened`. */
export interface Target extends Readable {
  write(table: Shared, rows: readonly Cells[]): Promise<void>;
  writePage(page: Page): Promise<void>;
  /** Everything is in it. */
  keep(source: Readable): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
}

export const TABLES_COPIED = Object.keys(COLUMNS) as readonly Shared[];

/** Copies every table, and says what was read. */
export async function copyTables(from: Readable, to: Target): Promise<readonly Tally[]> {
  return eachRow(
    from,
    (table, rows) => to.write(table, rows),
    (page) => to.writePage(page),
  );
}

/** What is there. */
export async function talliesOf(ledger: Readable): Promise<readonly Tally[]> {
  return eachRow(ledger);
}

async function eachRow(
  ledger: Readable,
  withRows?: (table: Shared, rows: readonly Cells[]) => Promise<void>,
  withPage?: (page: Page) => Promise<void>,
): Promise<readonly Tally[]> {
  const sums = new Checksums();
  for (const table of TABLES_COPIED) {
    sums.add(table, [], []);
    for await (const rows of ledger.table(table)) {
      sums.add(table, namesOf(table), rows);
      await withRows?.(table, rows);
      // What is read of a file comes at once, and leases have to be renewed meanwhile.
      await setImmediate();
    }
  }
  sums.add('rows', [], []);
  for await (const page of ledger.pages()) {
    const { names, rows } = unpacked(page);
    // Columns that are empty may not be there in pages of an older revsync.
    const sorted = [...names].sort();
    const cells = rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])));
    for (const one of cells) {
      const full = sorted.filter((name) => one[name] != null);
      sums.add('rows', ['full', ...full], [{ ...one, full: full.join() }]);
    }
    await withPage?.(page);
    await setImmediate();
  }
  return sums.tallies;
}
