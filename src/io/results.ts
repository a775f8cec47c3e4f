import { formatAmount, type Amount } from '../core/amount.js';
import type { Namespace, ResultRow, RunReader } from '../core/ledger.js';
import { defused } from '../core/text.js';
import type { Result } from '../core/result.js';
import { RESULT_COLUMNS, runName, type RunId } from '../core/row.js';
import { AtomicFile, type NewFile } from './atomic-file.js';
import { csvText } from './csv/csv-text.js';

/** `sales.csv`, `sales.csv.gz` and `sales.txt` with `results` become `sales.results.csv`, beside the input. */
export function besideInput(input: string, what: string): string {
  if (input === '-') return `stdin.${what}.csv`;
  return `${input.replace(/\.gz$/i, '').replace(/\.(csv|tsv|txt)$/i, '')}.${what}.csv`;
}

export function defaultResultsPath(input: string): string {
  return besideInput(input, 'results');
}

/** The same for one of several files, vendors or accounts whose results would have one name. */
export function ownResultsPath(input: string, whose: Omit<Namespace, 'origin'>, trial: boolean): string {
  const name = `${whose.vendor}-${encodeURIComponent(whose.account)}${trial ? '-sandbox' : ''}`;
  return `${input === '-' ? 'stdin' : input}.${name}.results.csv`;
}

/**
 * Opens a results file and writes the header, so that a place that cannot be written is known before anything is
 * sent. A new one is at most as open as its source, whose cells it holds. `resultsText` is what finishes it.
 */
export function openResults(
  path: string,
  header: readonly string[],
  more: { readonly isMarked?: boolean | undefined } & Pick<
    NewFile,
    'source' | 'kept' | 'isNamed' | 'interrupt'
  > = {},
): Result<AtomicFile, string> {
  const { isMarked, ...file } = more;
  return AtomicFile.open({ path, what: 'results', beginning: headerLine(header, isMarked), ...file });
}

/** `isMarked`: the input began with a byte order mark, by which spreadsheets know what they read. */
export function headerLine(header: readonly string[], isMarked = false): string {
  return `${isMarked ? '\ufeff' : ''}${csvText([[...header.map(defused), ...RESULT_COLUMNS]])}`;
}

/** The rows of one input as CSV text, a few hundred at a time. */
export async function* resultsText(
  ledger: Pick<RunReader, 'rows'>,
  run: RunId,
  input: number,
): AsyncGenerator<string> {
  const name = runName(run);
  for await (const rows of ledger.rows(run, input)) yield csvText(rows.map((row) => cellsOf(row, name)));
}

/** The source's own cells, and ours in the order of `RESULT_COLUMNS`. */
function cellsOf(row: ResultRow, run: string): string[] {
  return [
    ...row.cells.map(defused),
    String(row.line),
    textCell(row.key),
    row.action ?? '',
    row.status,
    amountCell(row.amount),
    amountCell(row.previousAmount),
    String(row.httpStatus ?? ''),
    textCell(row.code),
    textCell(row.message),
    textCell(row.ref),
    textCell(row.correctsRef),
    textCell(row.warning),
    String(row.attempts),
    row.sentAt === undefined ? '' : new Date(row.sentAt).toISOString(),
    run,
  ];
}

function textCell(text: string | undefined): string {
  return text === undefined ? '' : defused(text);
}

function amountCell(amount: Amount | undefined): string {
  return amount === undefined ? '' : formatAmount(amount);
}
