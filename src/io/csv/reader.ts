import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse, type CsvError, type Options as ParseOptions } from 'csv-parse/sync';
import type { FileProblem, Source, SourceItem, SourceRecord } from '../../core/ports.js';
import { dialectOf, type Dialect, type DialectOptions } from './dialect.js';
import { decoderFor, type Encoding } from './decode.js';
import { spansOf, WholeRecords } from './whole-records.js';

/** A record longer than this is a quote that was never closed. */
const LONGEST_RECORD_BYTES = 1024 * 1024;
const READ_BYTES = 64 * 1024;
/** What is looked at before the first record is read. */
const START_BYTES = 64 * 1024;
const RECORDS_PER_BATCH = 512;
const GZIP_MARK = Buffer.from([0x1f, 0x8b]);
const BYTE_ORDER_MARK = /^\uFEFF/;

/** What a file cannot say of itself. */
export interface CsvFormat extends DialectOptions {
  readonly encoding?: Encoding | undefined;
}

/** A CSV file, or standard input as `-`; gzip is recognised by its first bytes. */
export function csvSource(name: string, stdin: Readable, format: CsvFormat = {}): Source {
  return {
    name,
    path: name === '-' ? name : resolve(name),
    read: (signal) =>
      readCsv(name === '-' ? stdin : createReadStream(name, { highWaterMark: READ_BYTES }), signal, format),
  };
}

/** The file cannot be read with certainty. */
class Refused extends Error {
  readonly problem: FileProblem;

  constructor(problem: FileProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

async function* readCsv(
  stream: Readable,
  signal: AbortSignal,
  format: CsvFormat,
): AsyncGenerator<SourceItem> {
  // A pipe that says nothing more must not outlast the interrupt.
  const giveUp = (): void => void stream.destroy();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    const hash = createHash('sha256');
    const texts = decoded(inflated(stream), format.encoding, hash);
    const { dialect, rest } = await opened(texts, format);
    yield* parsed(rest, dialect, signal);
    yield { kind: 'end', digest: hash.digest('base64url') };
  } catch (error) {
    const problem =
      error instanceof Refused ? error.problem : { message: unreadable(error as NodeJS.ErrnoException) };
    yield { kind: 'refused', problem };
  } finally {
    signal.removeEventListener('abort', giveUp);
    stream.destroy();
  }
}

/** The file as UTF-8 in pieces; all its bytes go into `hash`. */
async function* decoded(
  chunks: AsyncIterable<Buffer>,
  encoding: Encoding | undefined,
  hash: Hash,
): AsyncGenerator<Buffer> {
  let decode: ((chunk: Buffer) => Buffer) | undefined;
  let end = (): FileProblem | undefined => undefined;
  for await (const chunk of chunks) {
    hash.update(chunk);
    if (decode === undefined) {
      const decoder = decoderFor(chunk, encoding);
      if (!decoder.ok) throw new Refused(decoder.error);
      end = () => decoder.value.end();
      decode = (bytes) => {
        const text = decoder.value.decode(bytes);
        if (!text.ok) throw new Refused(text.error);
        return text.value;
      };
    }
    yield decode(chunk);
  }
  const cut = end();
  if (cut !== undefined) throw new Refused(cut);
}

/** Looks at the start of the file, and leaves the table: without a mark, titles or `sep=`. */
async function opened(
  texts: AsyncGenerator<Buffer>,
  format: CsvFormat,
): Promise<{ dialect: Dialect; rest: AsyncIterable<Buffer> }> {
  let start = Buffer.alloc(0);
  let ended = false;
  const more = async (): Promise<Buffer> => {
    const next = await texts.next();
    if (next.done !== true) return next.value;
    ended = true;
    return Buffer.alloc(0);
  };
  while (!ended && start.length < START_BYTES) start = Buffer.concat([start, await more()]);
  const text = start.toString('utf8').replace(BYTE_ORDER_MARK, '');
  const dialect = dialectOf(text, format);
  if (!dialect.ok) throw new Refused(dialect.error);
  const { skip } = dialect.value;
  const skipped = new SkippedLines(skip);
  let table = skipped.after(text, ended);
  while (table === undefined && !ended) {
    const piece = await more();
    table = skipped.after(piece.toString('utf8'), ended);
  }
  if (table === undefined || (format.headerRow !== undefined && ended && table.trim() === '')) {
    const message = `has no line ${skip + 1}, where --header-row says the header is; name the line that holds the column names, as an editor counts them`;
    throw new Refused({ message });
  }
  const first = Buffer.from(table);
  const rest = (async function* () {
    yield first;
    if (!ended) yield* texts;
  })();
  return { dialect: dialect.value, rest };
}

/** Takes the first lines off a text that comes in pieces, and keeps none of them. */
class SkippedLines {
  #left: number;
  /** A CR at the end of the last piece, which an LF may follow. */
  #held = '';

  constructor(count: number) {
    this.#left = count;
  }

  /** What comes after the lines; undefined while they go on. */
  after(piece: string, isLast: boolean): string | undefined {
    const text = this.#held + piece;
    const ends = /\r\n|\r|\n/g;
    this.#held = '';
    for (; this.#left > 0; this.#left -= 1) {
      const [end] = ends.exec(text) ?? [];
      if (end === undefined) return undefined;
      if (end === '\r' && ends.lastIndex === text.length && !isLast) {
        this.#held = end;
        return undefined;
      }
    }
    return text.slice(ends.lastIndex);
  }
}

async function* parsed(
  texts: AsyncIterable<Buffer>,
  dialect: Dialect,
  signal: AbortSignal,
): AsyncGenerator<SourceItem> {
  const table = new TableReader(dialect);
  const whole = new WholeRecords();
  for await (const text of texts) {
    if (signal.aborted) return;
    yield* table.read(whole.add(text));
    // The parser says what is wrong with it.
    if (whole.open > LONGEST_RECORD_BYTES) yield* table.read(whole.end());
  }
  yield* table.read(whole.end());
}

/** Parses whole records, piece by piece, and knows the line on which each one starts. */
class TableReader {
  readonly #delimiter: string;
  readonly #options: ParseOptions;
  readonly #opening: Dialect['opening'];
  #line: number;
  #header: readonly string[] | undefined;

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

  *read(piece: Buffer): Generator<SourceItem> {
    for (const span of spansOf(piece))
      yield* span.quoted ? this.#parsed(span.bytes) : this.#split(span.bytes);
  }

  /** Without quotes every line is a record and every delimiter ends a cell: no parser is needed to see it. */
  *#split(bytes: Buffer): Generator<SourceItem> {
    if (bytes.length > LONGEST_RECORD_BYTES) {
      yield* this.#parsed(bytes);
      return;
    }
    const text = bytes.toString('utf8');
    const lines = text.split(bytes.includes('\r') ? /\r\n|\r|\n/ : '\n');
    // What follows the last line end is no record.
    if (lines.at(-1) === '') lines.pop();
    const records = lines.map((line) => line.split(this.#delimiter));
    yield* this.#items(records, () => 1);
  }

  *#parsed(bytes: Buffer): Generator<SourceItem> {
    const { records, fault } = this.#parse(bytes);
    yield* this.#items(records, linesOf);
    if (fault !== undefined) throw new Refused({ line: this.#line, message: malformed(fault) });
  }

  *#items(records: readonly string[][], lines: (cells: string[]) => number): Generator<SourceItem> {
    let batch: SourceRecord[] = [];
    for (const cells of records) {
      const line = this.#line;
      this.#line += lines(cells);
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
  }

  /** The records before the first that cannot be parsed, and why it cannot. */
  #parse(bytes: Buffer): { records: string[][]; fault?: CsvError } {
    try {
      return { records: parse(bytes, this.#options) };
    } catch (error) {
      return { records: this.#recordsBefore(bytes), fault: error as CsvError };
    }
  }

  #recordsBefore(bytes: Buffer): string[][] {
    const records: string[][] = [];
    const keep = (cells: string[]): null => {
      records.push(cells);
      return null;
    };
    try {
      parse(bytes, { ...this.#options, on_record: keep });
    } catch {
      // The fault that is known already.
    }
    return records;
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

async function* inflated(stream: Readable): AsyncGenerator<Buffer> {
  const chunks = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let first: Buffer = Buffer.alloc(0);
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
    first = first.length === 0 ? next.value : Buffer.concat([first, next.value]);
    if (first.length >= GZIP_MARK.length) break;
  }
  const all = (async function* () {
    yield first;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  })();
  if (!first.subarray(0, GZIP_MARK.length).equals(GZIP_MARK)) {
    yield* all;
    return;
  }
  const gunzip = createGunzip({ chunkSize: READ_BYTES });
  // A fault of either end reaches the loop below through `gunzip`.
  pipeline(Readable.from(all), gunzip, () => undefined);
  yield* gunzip as AsyncIterable<Buffer>;
}

function malformed(error: { code?: string; message: string }): string {
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quote is opened in the record that starts here and never closed; close it, or double a quote that is part of the text';
    case 'CSV_MAX_RECORD_SIZE':
      return 'the record that starts here is longer than 1 MiB; most likely a quote in it is never closed';
    case 'INVALID_OPENING_QUOTE':
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'a quote stands in the middle of a cell in the record that starts here; put the cell in quotes and double the ones inside';
    default:
      return `is not a CSV file that can be read: ${error.message}`;
  }
}

function unreadable({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such file; check the path';
    case 'EISDIR':
      return 'is a folder; name a CSV file';
    case 'EACCES':
      return 'may not be read; check its permissions';
    case 'Z_BUF_ERROR':
      return 'the gzip data ends too early; the file was cut off, fetch it again';
    case 'Z_DATA_ERROR':
      return 'the gzip data is damaged; fetch the file again';
    default:
      return `cannot be read: ${message}`;
  }
}
