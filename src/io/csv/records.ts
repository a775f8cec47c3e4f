import { parse, type CsvError, type Options as ParseOptions } from 'csv-parse/sync';
import type { FileProblem, SourceItem, SourceRecord } from '../../core/ports.js';
import type { Dialect } from './dialect.js';

export const CR = 0x0d;
export const LF = 0x0a;

/** A record longer than this is a quote that was never closed. */
const LONGEST_RECORD_BYTES = 1024 * 1024;
const RECORDS_PER_BATCH = 512;

/** The file cannot be read with certainty. */
export class Refused extends Error {
  readonly problem: FileProblem;

  constructor(problem: FileProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** Some records, and why the one after them cannot be read. */
interface Parsed {
  readonly records: readonly string[][];
  readonly fault?: string | undefined;
}

/**
 * Takes UTF-8 text that comes in chunks apart into records, and knows the line on which each one starts. A line end
 * ends a record where the quotes before it are even in number; where they are not what CSV allows, the parser says so.
 */
export class RecordReader {
  readonly #delimiter: string;
  readonly #options: ParseOptions;
  readonly #opening: Dialect['opening'];
  #line: number;
  #header: readonly string[] | undefined;
  /** The record that has not ended yet. */
  #rest: Buffer = Buffer.alloc(0);

  constructor({ delimiter, skip, opening }: Dialect) {
    this.#delimiter = delimiter;
    this.#options = {
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      max_record_size: LONGEST_RECORD_BYTES,
    };
    this.#opening = opening;
    this.#line = skip + 1;
  }

  /** The header and the records that end in a chunk. Throws `Refused` at the first that cannot be read. */
  *read(chunk: Buffer, isLast = false): Generator<SourceItem> {
    const text = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const hasQuotes = text.includes('"');
    const { records, fault } = this.#recordsIn(text, isLast);
    let batch: SourceRecord[] = [];
    for (const cells of records) {
      const line = this.#line;
      this.#line += hasQuotes ? linesOf(cells) : 1;
      if (isBlank(cells, this.#header)) continue;
      if (this.#header === undefined) {
        this.#header = cells;
        yield { kind: 'header', line, cells, opening: this.#opening };
        continue;
      }
      batch.push({ line, cells });
      if (batch.length < RECORDS_PER_BATCH) continue;
      yield { kind: 'records', records: batch };
      batch = [];
    }
    if (batch.length > 0) yield { kind: 'records', records: batch };
    if (fault !== undefined) throw new Refused({ line: this.#line, message: fault });
  }

  /** A line without quotes is a record whose cells end at each delimiter; the parser takes four times as long to see it. */
  #recordsIn(text: Buffer, isLast: boolean): Parsed {
    const records: string[][] = [];
    const placeOf = (mark: number, known: number, at: number): number => {
      const place = known >= at ? known : text.indexOf(mark, at);
      return place < 0 ? text.length : place;
    };
    let [lf, cr, isQuoted] = [-1, -1, false];
    // Lines from `unread` on wait for the parser; up to `whole` they are whole records.
    let [unread, whole] = [0, 0];
    for (let at = 0; at < text.length;) {
      lf = placeOf(LF, lf, at);
      cr = placeOf(CR, cr, at);
      const end = Math.min(lf, cr);
      // An LF after a CR may come with the next chunk.
      if (!isLast && end >= text.length - (end === cr ? 1 : 0)) break;
      // By itself, so that a cell that is kept does not keep the chunk.
      const line = text.toString('utf8', at, end);
      const next = end === cr && lf === cr + 1 ? end + 2 : end + 1;
      if (isQuoted || line.includes('"') || line.length > LONGEST_RECORD_BYTES) {
        isQuoted = isQuoted === (line.split('"').length % 2 === 1);
      } else {
        const { records: before, fault } = this.#parse(text.subarray(unread, at));
        records.push(...before);
        if (fault !== undefined) return { records, fault };
        records.push(line.split(this.#delimiter));
        unread = next;
      }
      if (!isQuoted) whole = next;
      at = next;
    }
    this.#rest = isLast ? Buffer.alloc(0) : text.subarray(whole);
    const { records: last, fault } = this.#parse(text.subarray(unread, isLast ? undefined : whole));
    records.push(...last);
    if (fault !== undefined || this.#rest.length <= LONGEST_RECORD_BYTES) return { records, fault };
    return { records, fault: this.#parse(this.#rest).fault ?? TOO_LONG };
  }

  /** The records before the first that cannot be parsed, and why it cannot. */
  #parse(text: Buffer): Parsed {
    if (text.length === 0) return { records: [] };
    try {
      return { records: parse(text, this.#options) };
    } catch (fault) {
      const records: string[][] = [];
      const keep = (cells: string[]): null => {
        records.push(cells);
        return null;
      };
      try {
        parse(text, { ...this.#options, on_record: keep });
      } catch {
        // The fault that is known already.
      }
      return { records, fault: malformed(fault as CsvError) };
    }
  }
}

/** Not a record: a blank line or one of spaces, and above the header also one of delimiters. */
function isBlank(cells: readonly string[], header: readonly string[] | undefined): boolean {
  if (header !== undefined && cells.length > 1) return false;
  if (header?.length === 1) return cells[0] === '';
  return cells.every((cell) => cell.trim() === '');
}

/** Lines that a record takes; a CR LF in a cell is one line end. */
function linesOf(cells: readonly string[]): number {
  let lines = 1;
  for (const cell of cells) {
    if (cell.includes('\n') || cell.includes('\r')) lines += cell.match(/\r\n|\r|\n/g)?.length ?? 0;
  }
  return lines;
}

const TOO_LONG =
  'the record that starts here is longer than 1 MiB; most likely a quote in it is never closed';

function malformed(error: CsvError): string {
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quote is opened in the record that starts here and never closed; close it, or double a quote that is part of the text';
    case 'CSV_MAX_RECORD_SIZE':
      return TOO_LONG;
    case 'INVALID_OPENING_QUOTE':
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'a quote stands in the middle of a cell in the record that starts here; put the cell in quotes and double the ones inside';
    default:
      return `is not a CSV file that can be read: ${error.message}`;
  }
}
