import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { stringify } from 'csv-stringify/sync';
import { formatAmount, type Amount } from '../core/amount.js';
import { defused } from '../core/spreadsheet.js';
import { err, ok, type Result } from '../core/result.js';
import type { RunId } from '../core/ports.js';
import type { Database } from './ledger/database.js';
import { resultRows, type ResultRow } from './ledger/records.js';

/** The columns after the source's own. A contract: never renamed, never reordered. */
export const RESULT_COLUMNS = [
  'revsync_line',
  'revsync_key',
  'revsync_action',
  'revsync_status',
  'revsync_amount',
  'revsync_previous_amount',
  'revsync_http_status',
  'revsync_error_code',
  'revsync_error',
  'revsync_vendor_ref',
  'revsync_corrects_ref',
  'revsync_warning',
  'revsync_attempts',
  'revsync_sent_at',
  'revsync_run',
] as const;

/** How people and results files name a run: never to be taken for a key. */
export function runName(run: RunId): string {
  return `run-${run}`;
}

/** `sales.csv`, `sales.csv.gz` and `sales.txt` become `sales.results.csv`, beside the input. */
export function defaultResultsPath(input: string): string {
  if (input === '-') return 'stdin.results.csv';
  return `${input.replace(/\.gz$/i, '').replace(/\.(csv|tsv|txt)$/i, '')}.results.csv`;
}

/**
 * A results file under way: written beside its place under a temporary name, synced and renamed, so that
 * there is never half a file. A device or pipe is written as it is.
 */
export class ResultsFile {
  readonly path: string;
  readonly #temporary: string;
  readonly #fd: number;

  private constructor(path: string, temporary: string, fd: number) {
    this.path = path;
    this.#temporary = temporary;
    this.#fd = fd;
  }

  /**
   * Opens the file and writes the header, so that a place that cannot be written is known before anything is
   * sent. It has the mode of the file it replaces, else it is at most as open as its source, whose cells it holds.
   */
  static open(path: string, header: readonly string[], source?: string): Result<ResultsFile, string> {
    const target = statSync(path, { throwIfNoEntry: false });
    if (target?.isDirectory() === true) return err(`results ${path}: is a folder; name a file with --out`);
    const temporary = target === undefined || target.isFile() ? `${path}.partial` : path;
    try {
      const fd = temporary === path ? openSync(path, 'w') : openFresh(temporary, path, source);
      try {
        writeAll(fd, headerLine(header));
      } catch (error) {
        closeSync(fd);
        if (temporary !== path) rmSync(temporary, { force: true });
        throw error;
      }
      return ok(new ResultsFile(path, temporary, fd));
    } catch (error) {
      return err(`results ${path}: ${unwritable(error)}`);
    }
  }

  /** Writes every row of the run's input and puts the file in its place. */
  finish(db: Database, run: RunId, input: number): Result<void, string> {
    try {
      for (const text of resultsText(db, run, input)) writeAll(this.#fd, text);
      if (this.#temporary !== this.path) fsyncSync(this.#fd);
      closeSync(this.#fd);
      if (this.#temporary !== this.path) renameSync(this.#temporary, this.path);
      return ok(undefined);
    } catch (error) {
      this.discard();
      return err(`results ${this.path}: ${unwritable(error)}`);
    }
  }

  discard(): void {
    try {
      closeSync(this.#fd);
    } catch {
      // Closed before; only the file is left to be removed.
    }
    if (this.#temporary !== this.path) rmSync(this.#temporary, { force: true });
  }
}

export function headerLine(header: readonly string[]): string {
  return csvText([[...header.map(defused), ...RESULT_COLUMNS]]);
}

/** The rows of one input as CSV text, a few hundred at a time. */
export function* resultsText(db: Database, run: RunId, input: number): Generator<string> {
  for (const rows of resultRows(db, run, input)) yield csvText(rows.map((row) => resultCells(row, run)));
}

function resultCells(row: ResultRow, run: RunId): string[] {
  return [
    ...row.cells.map(defused),
    String(row.line),
    defused(row.key ?? ''),
    row.action ?? '',
    row.status,
    amountText(row.amount),
    amountText(row.previousAmount),
    String(row.httpStatus ?? ''),
    defused(row.code ?? ''),
    defused(row.message ?? ''),
    defused(row.ref ?? ''),
    defused(row.correctsRef ?? ''),
    defused(row.warning ?? ''),
    String(row.attempts),
    row.sentAt === undefined ? '' : new Date(row.sentAt).toISOString(),
    runName(run),
  ];
}

function amountText(amount: Amount | undefined): string {
  return amount === undefined ? '' : formatAmount(amount);
}

function csvText(rows: string[][]): string {
  return stringify(rows, { record_delimiter: '\n', quoted_match: /\r/ });
}

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
}

/** A file that was not there before: writing never goes through a link that lies in its place. */
function openFresh(temporary: string, path: string, source: string | undefined): number {
  const replaced = modeOf(path);
  const open = replaced ?? (source === undefined ? undefined : modeOf(source)) ?? 0o666;
  rmSync(temporary, { force: true });
  const fd = openSync(temporary, 'wx', open | 0o600);
  if (replaced !== undefined) fchmodSync(fd, replaced);
  return fd;
}

function modeOf(path: string): number | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true ? stats.mode & 0o666 : undefined;
}

function unwritable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EFBIG':
    case 'EDQUOT':
      return 'no more may be written there; raise the limit or choose another place with --out';
    case 'ENOSPC':
      return 'the disk is full; make room or choose another place with --out';
    case 'ENOENT':
      return 'its folder does not exist; make it or choose another place with --out';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'may not be written; choose another place with --out';
    case 'EISDIR':
      return 'is a folder; name a file with --out';
    default:
      return message;
  }
}
