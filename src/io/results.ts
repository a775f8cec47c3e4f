import { defused } from '../core/text.js';
import { ok, type Result } from '../core/result.js';
import type { RunId } from '../core/ports.js';
import { RESULT_COLUMNS } from '../core/row.js';
import type { Database } from './ledger/database.js';
import { isPageSettled, resultCells, type ResultCell } from './ledger/result-cells.js';
import { csvText, OutputFile } from './atomic-file.js';

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
  /** What has not been written yet. */
  #rest: Generator<string> | undefined;
  #pagesWritten = 0;
  #failure: Result<void, string> | undefined;

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

  /**
   * Writes the next few hundred rows of a run's first input if none of them will change any more. Where it cannot,
   * `finish` says so.
   */
  writeAhead(db: Database, run: RunId, input: number): void {
    if (this.#failure !== undefined || !this.#file.isPartial) return;
    const written = this.#file.write(() => {
      if (!isPageSettled(db, run, input, this.#pagesWritten)) return '';
      this.#pagesWritten += 1;
      this.#rest ??= resultsText(db, run, input);
      return String(this.#rest.next().value);
    });
    if (!written.ok) this.#failure = written;
  }

  /** Writes every row of the run's input that has not been written yet, and puts the file in its place. */
  finish(db: Database, run: RunId, input: number): Result<void, string> {
    return this.#failure ?? this.#file.finish(this.#rest ?? resultsText(db, run, input));
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
  const csvOf = pageWriter();
  for (const page of resultCells(db, run, input, runName(run))) yield csvOf(page);
}

function cellText(cell: ResultCell): string {
  return defused(String(cell ?? ''));
}

const [QUOTE, COMMA, ZERO, NINE, OPENING, BACKSLASH, CLOSING] = [
  0x22, 0x2c, 0x30, 0x39, 0x5b, 0x5c, 0x5d,
] as const;
const LINE_END = 0x0a;
/** With what a cell begins that may need an apostrophe; the last one also begins the wide signs. */
const SUSPECT = new Set(Buffer.from("'=+-@\uff1d"));

/**
 * What makes CSV of a page of rows, JSON of `ResultCell[][]`. A walk over its bytes takes a third of the time of parsing
 * it; only a row with a cell that may need quotes or an apostrophe is parsed.
 */
function pageWriter(): (page: string) => string {
  // For all pages. Plain rows are never longer than what they are made of.
  let [read, written] = [Buffer.alloc(0), Buffer.alloc(0)];
  return (page) => {
    const size = Buffer.byteLength(page);
    if (read.length < size) [read, written] = [Buffer.alloc(size), Buffer.alloc(size)];
    read.write(page);
    let text = '';
    let length = 0;
    let row = { at: 0, length: 0, isPlain: true };
    let inside = false;
    let before = 0;
    // Without the brackets of the page itself.
    for (let at = 1; at < size - 1; at += 1) {
      const byte = read[at] ?? 0;
      if (byte === QUOTE) inside = !inside;
      else if (inside) {
        if (byte === BACKSLASH) at += 1;
        if (byte === COMMA || byte === BACKSLASH || (before === QUOTE && SUSPECT.has(byte)))
          row.isPlain = false;
        written[length++] = byte;
      } else if (byte === OPENING) row = { at, length, isPlain: true };
      else if (byte === CLOSING) {
        written[length++] = LINE_END;
        if (!row.isPlain) {
          const cells = JSON.parse(read.toString('utf8', row.at, at + 1)) as ResultCell[];
          text += written.toString('utf8', 0, row.length) + csvText([cells.map(cellText)]);
          length = 0;
        }
      } else if (byte === COMMA) {
        if (before !== CLOSING) written[length++] = COMMA;
        // What has no quotes is a count, or null for a blank cell.
      } else if (byte >= ZERO && byte <= NINE) written[length++] = byte;
      before = byte;
    }
    return text + written.toString('utf8', 0, length);
  };
}
