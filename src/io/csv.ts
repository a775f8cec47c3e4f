import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { Readable, pipeline } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import type { Source, SourceItem, SourceRecord } from '../core/ports.js';
import { Utf8Check } from './utf8.js';

/** A record longer than this is a quote that was never closed. */
const LONGEST_RECORD_BYTES = 1024 * 1024;
const READ_BYTES = 256 * 1024;
const RECORDS_PER_BATCH = 512;
const GZIP_MARK = Buffer.from([0x1f, 0x8b]);

/** A CSV file, or standard input as `-`; gzip is recognised by its first bytes. */
export function csvSource(name: string, stdin: Readable): Source {
  return {
    name,
    path: name === '-' ? name : resolve(name),
    read: (signal) =>
      readCsv(name === '-' ? stdin : createReadStream(name, { highWaterMark: READ_BYTES }), signal),
  };
}

async function* readCsv(stream: Readable, signal: AbortSignal): AsyncGenerator<SourceItem> {
  const parser = parse({
    bom: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_RECORD_BYTES,
    info: true,
  });
  let failure: { code?: string; message: string; empty_lines?: number } | undefined;
  parser.on('error', (error) => {
    failure = error;
  });
  const failed = (): boolean => failure !== undefined;
  const utf8 = new Utf8Check();
  const lines = new LineCounter();
  let header: readonly string[] | undefined;
  let batch: SourceRecord[] = [];

  function* drain(): Generator<SourceItem> {
    for (;;) {
      const parsed = parser.read() as { record: string[]; info: Counted } | null;
      if (parsed === null) return;
      const { record: cells, info } = parsed;
      const line = lines.startOf(cells, info);
      if (cells.length === 1 && cells[0]?.trim() === '' && header?.length !== 1) continue;
      if (header === undefined) {
        header = cells;
        yield { kind: 'header', line, cells };
        continue;
      }
      batch.push({ line, cells });
      if (batch.length >= RECORDS_PER_BATCH) {
        yield { kind: 'records', records: batch };
        batch = [];
      }
    }
  }

  // A pipe that says nothing more must not outlast the interrupt.
  const giveUp = (): void => void stream.destroy();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    for await (const chunk of inflated(stream)) {
      if (signal.aborted) return;
      const bad = utf8.check(chunk);
      if (bad !== undefined) {
        yield { kind: 'refused', problem: bad };
        return;
      }
      // The parser works through a chunk at once and takes the next when its records have been read.
      parser.write(chunk);
      yield* drain();
      if (failed()) break;
    }
    if (!failed()) {
      const bad = utf8.end();
      if (bad !== undefined) {
        yield { kind: 'refused', problem: bad };
        return;
      }
      let open = true;
      const closed = finished(parser, { writable: false }).then(
        () => (open = false),
        () => (open = false),
      );
      parser.end();
      while (open) {
        yield* drain();
        await Promise.race([closed, new Promise((resolve) => parser.once('readable', resolve))]);
      }
    }
  } catch (error) {
    yield { kind: 'refused', problem: { message: unreadable(error as NodeJS.ErrnoException) } };
    return;
  } finally {
    signal.removeEventListener('abort', giveUp);
    parser.destroy();
    stream.destroy();
  }
  if (failure !== undefined) {
    yield {
      kind: 'refused',
      problem: { line: lines.nextAfter(failure.empty_lines), message: malformed(failure) },
    };
    return;
  }
  if (batch.length > 0) yield { kind: 'records', records: batch };
}

/** How far the parser says it is: lines and, of those, blank ones. */
interface Counted {
  readonly lines: number;
  readonly empty_lines: number;
}

/**
 * The line on which each record starts. The parser counts a CR LF inside quotes as two lines, so its count
 * is used for what lies between records only.
 */
class LineCounter {
  #end = 0;
  #last: Counted = { lines: 0, empty_lines: 0 };

  /** The line after the last record and the blank lines that follow it, where a record that cannot be read starts. */
  nextAfter(blank = this.#last.empty_lines): number {
    return this.#end + 1 + blank - this.#last.empty_lines;
  }

  startOf(cells: readonly string[], at: Counted): number {
    const counted = at.lines - this.#last.lines;
    this.#last = at;
    if (counted === 1) {
      this.#end += 1;
      return this.#end;
    }
    // With a comma between them, a CR and an LF of two cells are not taken for one line end.
    const text = cells.join(',');
    const inside = text.match(/\r\n|\r|\n/g)?.length ?? 0;
    const insideByParser = text.match(/[\r\n]/g)?.length ?? 0;
    const start = this.#end + counted - insideByParser;
    this.#end = start + inside;
    return start;
  }
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
