import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReportedRow } from '../../core/reported.js';
import { SETTLED_WELL } from '../../core/status.js';
import { Database, writeRows, type Cell } from './database.js';

/**
 * Which row of several results files has the last word on a key. Results of one month tell a sale that was corrected
 * twice over: money counts as the last run had it, and a row that a later run settled needs nobody any more. Rows that
 * a second copy of a file repeats are over too. Kept on disk, since the files may be longer than memory.
 */
export class LatestRows {
  readonly #db: Database;
  readonly #folder: string;
  #number = 0;

  constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), 'revsync-'));
    this.#db = Database.scratch(join(this.#folder, 'latest.db'));
    this.#db.exec(`
      create table latest (key text primary key, run integer) without rowid;
      create table held (key text primary key, run integer, number integer) without rowid;
      create table open (key text, run integer, line integer, number integer, primary key (key, run, line)) without rowid;
    `);
  }

  /** The first reading: every row of every file, in the order in which they will be read again. */
  see(rows: readonly ReportedRow[]): void {
    const [latest, held, open]: [Cell[][], Cell[][], Cell[][]] = [[], [], []];
    for (const row of rows) {
      this.#number += 1;
      if (row.key === undefined || !hasAWord(row)) continue;
      const run = row.run ?? 0;
      latest.push([row.key, run]);
      if (isHeld(row)) held.push([row.key, run, this.#number]);
      else open.push([row.key, run, row.line, this.#number]);
    }
    this.#db.transaction(() => {
      const db = this.#db;
      writeRows(
        db,
        (list) =>
          `insert into latest values ${list} on conflict (key) do update set run = max(run, excluded.run)`,
        latest,
      );
      writeRows(
        db,
        (list) => `insert into held values ${list} on conflict (key) do update
          set run = excluded.run, number = excluded.number where excluded.run > run`,
        held,
      );
      writeRows(db, (list) => `insert or ignore into open values ${list}`, open);
    });
  }

  /** Between the two readings. */
  rewind(): void {
    this.#number = 0;
  }

  /** The second reading: the rows, those marked on which another one has the last word. */
  judge(rows: readonly ReportedRow[]): ReportedRow[] {
    return rows.map((row) => {
      this.#number += 1;
      if (row.key === undefined || !hasAWord(row)) return row;
      const isLast = isHeld(row) ? this.#isLastHeld(row.key) : this.#isOpenStill(row.key, row);
      return isLast ? row : { ...row, superseded: true };
    });
  }

  #isLastHeld(key: string): boolean {
    return this.#db.one('select number from held where key = ?', key)?.[0] === this.#number;
  }

  #isOpenStill(key: string, { run = 0, line }: ReportedRow): boolean {
    if (this.#db.one('select run from latest where key = ?', key)?.[0] !== run) return false;
    const first = this.#db.one(
      'select number from open where key = ? and run = ? and line = ?',
      key,
      run,
      line,
    );
    return first?.[0] === this.#number;
  }

  close(): void {
    this.#db.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Duplicates and rows that were left out say nothing about their key. */
function hasAWord({ status }: ReportedRow): boolean {
  return status !== 'duplicate' && status !== 'skipped';
}

/** Whether the vendor holds what the row says, or would after a dry run. */
function isHeld({ status }: ReportedRow): boolean {
  return status === 'planned' || SETTLED_WELL.has(status);
}
