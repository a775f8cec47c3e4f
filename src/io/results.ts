import { formatAmount, type Amount } from '../core/amount.js';
import { defused } from '../core/spreadsheet.js';
import { ok, type Result } from '../core/result.js';
import type { RunId } from '../core/ports.js';
import type { Database } from './ledger/database.js';
import { resultRows, type ResultRow } from './ledger/records.js';
import { csvText, OutputFile } from './output-file.js';

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

/** `sales.csv`, `sales.csv.gz` and `sales.txt` with `results` become `sales.results.csv`, beside the input. */
export function besideInput(input: string, what: string): string {
  if (input === '-') return `stdin.${what}.csv`;
  return `${input.replace(/\.gz$/i, '').replace(/\.(csv|tsv|txt)$/i, '')}.${what}.csv`;
}

export function defaultResultsPath(input: string): string {
  return besideInput(input, 'results');
}

/** A results file under way, as `OutputFile` has it. */
export class ResultsFile {
  readonly #file: OutputFile;

  private constructor(file: OutputFile) {
    this.#file = file;
  }

  /**
   * Opens the file and writes the header, so that a place that cannot be written is known before anything is
   * sent. A new one is at most as open as its source, whose cells it holds.
   */
  static open(path: string, header: readonly string[], source?: string): Result<ResultsFile, string> {
    const file = OutputFile.open({ path, what: 'results', beginning: headerLine(header), source });
    return file.ok ? ok(new ResultsFile(file.value)) : file;
  }

  get path(): string {
    return this.#file.path;
  }

  /** Writes every row of the run's input and puts the file in its place. */
  finish(db: Database, run: RunId, input: number): Result<void, string> {
    return this.#file.finish(resultsText(db, run, input));
  }

  discard(): void {
    this.#file.discard();
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
