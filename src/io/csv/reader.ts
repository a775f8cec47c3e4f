import { createHash, randomUUID, type Hash } from 'node:crypto';
import { closeSync, constants, createReadStream, openSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable, pipeline } from 'node:stream';
import type { FileProblem, Source, SourceItem } from '../../core/ports.js';
import { isFedBack } from '../../core/text.js';
import { dialectOf, type Dialect, type DialectOptions } from './dialect.js';
import type { Quotes } from '../setting.js';
import { Decoder, encodingOf, markedEncoding } from './decode.js';
import { Faults } from './faults.js';
import { addressIn, notAFile, otherKindOf } from './not-a-csv.js';
import { CR, LF } from './quotes.js';
import { RecordReader } from './records.js';

const READ_BYTES = 64 * 1024;
/** What is looked at before the first record is read. */
const START_BYTES = 64 * 1024;
const GZIP_MARK = Buffer.from([0x1f, 0x8b]);

/** What a file cannot say of itself. */
export interface CsvFormat extends DialectOptions {
  /** One of `ENCODINGS`. */
  readonly encoding?: string | undefined;
  /** Without it, quotes that can be read in two ways refuse the file. */
  readonly quotes?: Quotes | undefined;
  /** How the options that messages name begin, where it is not `--`. */
  readonly prefix?: string | undefined;
}

/** Where a source is looked for: standard input, and the folder that paths are relative to. */
export interface SourcePlace {
  readonly stdin: Readable;
  readonly cwd: string;
}

/** A CSV file, or standard input as `-`; gzip is recognised by its first bytes. */
export function csvSource(name: string, { stdin, cwd }: SourcePlace, format: CsvFormat = {}): Source {
  const address = addressIn(name);
  if (address !== undefined) return { name: address, path: address, read: () => refusing(notAFile(address)) };
  const path = name === '-' ? name : resolve(cwd, name);
  const copy = new PrivateCopy();
  return {
    name,
    path,
    read: (signal, again = false) => {
      const kept = copy.stream();
      const keep = again && kept === undefined && !isFile(path) ? copy : undefined;
      const written = (): Readable => (path === '-' ? stdin : opened(path));
      return readCsv(kept ?? written(), signal, format, keep);
    },
    close: () => copy.close(),
  };
}

// eslint-disable-next-line @typescript-eslint/require-await -- as every source is read
async function* refusing(problem: FileProblem): AsyncGenerator<SourceItem> {
  yield { kind: 'refused', problems: [problem] };
}

/** The file cannot be read with certainty. */
class Refused extends Error {
  readonly problem: FileProblem;

  constructor(problem: FileProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** A pipe is not waited for by opening it, which nothing could end: who writes may come later, or never. */
function opened(path: string): Readable {
  if (statSync(path, { throwIfNoEntry: false })?.isFIFO() !== true)
    return createReadStream(path, { highWaterMark: READ_BYTES });
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}

/** Whether it can be read as often as one likes; what is not there is found out by reading. */
function isFile(path: string): boolean {
  return path !== '-' && statSync(path, { throwIfNoEntry: false })?.isFile() !== false;
}

/** Of what comes only once, standard input or a pipe: a file that has no name any more and that no one else may read. */
class PrivateCopy {
  #file: number | undefined;

  add(chunk: Buffer): void {
    try {
      const file = (this.#file ??= this.#open());
      for (let at = 0; at < chunk.length;) at += writeSync(file, chunk, at);
    } catch (error) {
      const why = `cannot be kept to be read twice, as dates may need: ${(error as Error).message}`;
      const message = `${why}; make room in ${tmpdir()}, or say with --date-format how its dates are written`;
      throw new Refused({ message });
    }
  }

  #open(): number {
    const path = join(tmpdir(), `revsync-${randomUUID()}`);
    const file = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    return file;
  }

  /** What was added, from its start, once; undefined where nothing was. The copy is gone with the stream. */
  stream(): Readable | undefined {
    const fd = this.#file;
    this.#file = undefined;
    return fd === undefined ? undefined : createReadStream('', { fd, start: 0, highWaterMark: READ_BYTES });
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

async function* readCsv(
  stream: Readable,
  signal: AbortSignal,
  format: CsvFormat,
  copy: PrivateCopy | undefined,
): AsyncGenerator<SourceItem> {
  // A pipe that says nothing more must not outlast the interrupt.
  const giveUp = (): void => void stream.destroy();
  if (signal.aborted) giveUp();
  else signal.addEventListener('abort', giveUp, { once: true });
  const faults = new Faults();
  try {
    const hash = createHash('sha256');
    const chunks = copy === undefined ? (stream as AsyncIterable<Buffer>) : copied(stream, copy);
    const mark: { isMarked?: true } = {};
    const texts = decoded(inflated(chunks), format.encoding, hash, faults, mark);
    const { start, all } = await peeked(texts, START_BYTES);
    const dialect = dialectOf(start.toString(), format);
    if (!dialect.ok) throw new Refused(dialect.error);
    const reader = new RecordReader(dialect.value, format.quotes ?? ownQuotes(dialect.value), faults);
    for await (const item of parsed(tableIn(all, dialect.value, format), reader, signal))
      yield item.kind === 'header' ? { ...item, ...mark } : item;
    if (faults.any) yield refused(faults.problems(), format);
    else yield { kind: 'end', digest: hash.digest('base64url'), unended: reader.unended };
  } catch (error) {
    const problem =
      error instanceof Refused ? error.problem : { message: unreadable(error as NodeJS.ErrnoException) };
    yield refused([...faults.problems(), problem], format);
  } finally {
    signal.removeEventListener('abort', giveUp);
    stream.destroy();
  }
}

/** In a results file a backslash before a quote is text: of a message that quotes a cell. */
function ownQuotes({ opening }: Dialect): Quotes | undefined {
  return opening.some(({ cells }) => isFedBack(cells)) ? 'doubled' : undefined;
}

/** Names options as those of this file are called. */
function refused(problems: readonly FileProblem[], { prefix = '--' }: CsvFormat): SourceItem {
  return {
    kind: 'refused',
    problems: problems.map((one) => ({ ...one, message: one.message.replaceAll('--', prefix) })),
  };
}

/** The start of what comes in chunks, at least `size` bytes where there are so many, and all of it. */
async function peeked(
  chunks: AsyncIterable<Buffer>,
  size: number,
): Promise<{ start: Buffer; all: AsyncGenerator<Buffer> }> {
  const rest = chunks[Symbol.asyncIterator]();
  let start: Buffer = Buffer.alloc(0);
  let next: IteratorResult<Buffer> | undefined;
  while (start.length < size && next?.done !== true) {
    next = await rest.next();
    if (next.done !== true) start = start.length === 0 ? next.value : Buffer.concat([start, next.value]);
  }
  const all = async function* (): AsyncGenerator<Buffer> {
    yield start;
    if (next?.done !== true) yield* { [Symbol.asyncIterator]: () => rest };
  };
  return { start, all: all() };
}

/** What tells the bytes of a file from those of others, as reading it to its end does; undefined where it cannot be read. */
export async function digestOfFile(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of inflated(createReadStream(path, { highWaterMark: READ_BYTES })))
      hash.update(chunk);
  } catch {
    return undefined;
  }
  return hash.digest('base64url');
}

async function* copied(stream: Readable, copy: PrivateCopy): AsyncGenerator<Buffer> {
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    copy.add(chunk);
    yield chunk;
  }
}

async function* inflated(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { start, all } = await peeked(chunks, GZIP_MARK.length);
  if (!start.subarray(0, GZIP_MARK.length).equals(GZIP_MARK)) {
    yield* all;
    return;
  }
  const { createGunzip } = await import('node:zlib');
  const gunzip = createGunzip({ chunkSize: READ_BYTES });
  // A fault of either end reaches the loop below through `gunzip`.
  pipeline(Readable.from(all), gunzip, () => undefined);
  yield* gunzip as AsyncIterable<Buffer>;
}

/** The file as UTF-8 in pieces, without a mark; all its bytes go into `hash`. */
async function* decoded(
  chunks: AsyncIterable<Buffer>,
  named: string | undefined,
  hash: Hash,
  faults: Faults,
  mark: { isMarked?: true },
): AsyncGenerator<Buffer> {
  const { start, all } = await peeked(chunks, START_BYTES);
  const other = otherKindOf(start);
  if (other !== undefined) throw new Refused(other);
  if (markedEncoding(start) !== undefined) mark.isMarked = true;
  const encoding = encodingOf(start, named);
  if (!encoding.ok) throw new Refused(encoding.error);
  const decoder = await Decoder.of(encoding.value, faults);
  for await (const chunk of all) {
    hash.update(chunk);
    yield decoder.decode(chunk);
  }
  yield decoder.decode(Buffer.alloc(0), true);
}

/** The text without the lines before the header. */
async function* tableIn(
  texts: AsyncIterable<Buffer>,
  { skip }: Dialect,
  { headerRow }: CsvFormat,
): AsyncGenerator<Buffer> {
  let left = skip;
  let before = 0;
  let isBlank = headerRow !== undefined;
  for await (const text of texts) {
    let at = 0;
    for (; at < text.length; at += 1) {
      const byte = text[at] ?? 0;
      const isPair = before === CR && byte === LF;
      if (left === 0 && !isPair) break;
      if (!isPair && (byte === CR || byte === LF)) left -= 1;
      before = byte;
    }
    if (at === text.length) continue;
    before = 0;
    const table = text.subarray(at);
    isBlank &&= table.toString().trim() === '';
    yield table;
  }
  if (left === 0 && !isBlank) return;
  const message = `has no line ${skip + 1}, where --header-row says the header is; name the line that holds the column names, as an editor counts them`;
  throw new Refused({ message });
}

async function* parsed(
  texts: AsyncIterable<Buffer>,
  reader: RecordReader,
  signal: AbortSignal,
): AsyncGenerator<SourceItem> {
  for await (const text of texts) {
    if (signal.aborted) return;
    yield* reader.read(text);
    if (reader.isEndless) return;
  }
  yield* reader.read(Buffer.alloc(0), true);
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
