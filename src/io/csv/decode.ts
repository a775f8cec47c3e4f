import { isUtf8 } from 'node:buffer';
import type { FileProblem } from '../../core/ports.js';
import { err, ok, type Result } from '../../core/result.js';
import type { Fault, Faults } from './faults.js';
import { CR, LF } from './quotes.js';
import { lineEnds } from './record-scanner.js';

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const MARKS: readonly (readonly [string, Buffer])[] = [
  ['utf-8', UTF8_MARK],
  ['utf-16le', Buffer.from([0xff, 0xfe])],
  ['utf-16be', Buffer.from([0xfe, 0xff])],
];

/** The encoding that the first bytes of a file say: its byte order mark. */
export function markedEncoding(start: Buffer): string | undefined {
  return MARKS.find(([, mark]) => beginsWith(start, mark))?.[0];
}

/** What a file is in: its byte order mark says so, else `named` or UTF-8. `start` holds the first bytes. */
export function encodingOf(start: Buffer, named: string | undefined): Result<string, FileProblem> {
  const marked = markedEncoding(start);
  if (named === 'utf-16' && marked !== 'utf-8') return ok(marked ?? unmarkedUtf16(start) ?? 'utf-16le');
  if (marked !== undefined && named !== undefined && named !== marked) {
    const message = `begins with the mark of ${marked}, and --encoding says ${named}; leave --encoding out`;
    return err({ line: 1, message });
  }
  const encoding = named ?? marked ?? 'utf-8';
  const unmarked = encoding === 'utf-8' ? unmarkedUtf16(start) : undefined;
  if (unmarked === undefined) return ok(encoding);
  const message = `looks like ${unmarked} without its mark; name it with --encoding ${unmarked}, or save the file as "CSV UTF-8"`;
  return err({ line: 1, message });
}

function beginsWith(bytes: Buffer, mark: Buffer): boolean {
  return bytes.subarray(0, mark.length).equals(mark);
}

/** A header is mostly ASCII, of which UTF-16 leaves every second byte zero. */
function unmarkedUtf16(start: Buffer): string | undefined {
  const head = start.subarray(0, 64);
  if (head.length < 4) return undefined;
  const zerosAt = (odd: number): number =>
    head.filter((byte, index) => byte === 0 && index % 2 === odd).length / (head.length / 2);
  if (zerosAt(1) > 0.8 && zerosAt(0) === 0) return 'utf-16le';
  return zerosAt(0) > 0.8 && zerosAt(1) === 0 ? 'utf-16be' : undefined;
}

/** A line, counted from 0, with what cannot be read, and the byte where it is one. */
interface BadLine {
  readonly index: number;
  readonly byte?: number | undefined;
}

/** Some bytes as UTF-8. What cannot be read stands in it as U+FFFD, and its lines in `bad`. */
interface Decoded {
  readonly text: Buffer;
  readonly bad?: readonly BadLine[];
}

interface Decoding {
  /** What a chunk cuts off comes with the next one, and is bad in the last one. */
  readonly decode: (chunk: Buffer, isLast: boolean) => Decoded;
  /** What is said of a file with such a byte; asked at its end. */
  readonly remedy: () => string;
}

const SAVE = 'save the file as "CSV UTF-8"';

/** Turns a file into UTF-8 without a mark, piece by piece; lines that cannot be read become faults. */
export class Decoder {
  readonly #encoding: string;
  readonly #decoding: Decoding;
  readonly #faults: Faults;
  #lineEnds = 0;
  #before = 0;
  #firstByte: number | undefined;

  private constructor(encoding: string, decoding: Decoding, faults: Faults) {
    this.#encoding = encoding;
    this.#decoding = decoding;
    this.#faults = faults;
  }

  static async of(encoding: string, faults: Faults): Promise<Decoder> {
    if (encoding === 'utf-8') return new Decoder(encoding, utf8(), faults);
    const decoding = encoding.startsWith('utf-16') ? utf16(encoding) : await legacy(encoding);
    return new Decoder(encoding, decoding, faults);
  }

  decode(chunk: Buffer, isLast = false): Buffer {
    const { text, bad } = this.#decoding.decode(chunk, isLast);
    // An LF that belongs to the CR before it ends no line more.
    const paired = this.#before === CR && text[0] === LF ? 1 : 0;
    for (const { index, byte } of bad ?? []) {
      this.#firstByte ??= byte;
      this.#faults.add('encoding', this.#lineEnds - paired + index + 1, () => this.#fault());
    }
    this.#lineEnds += lineEnds(text) - paired;
    this.#before = text.at(-1) ?? this.#before;
    return text;
  }

  #fault(): Fault {
    const byte = this.#firstByte?.toString(16).toUpperCase();
    const found =
      byte === undefined
        ? `has a character that is not ${titleOf(this.#encoding)}`
        : `has a byte that is not ${titleOf(this.#encoding)} (0x${byte})`;
    return { found, remedy: this.#decoding.remedy() };
  }
}

function titleOf(encoding: string): string {
  if (!/^[mw]/.test(encoding)) return encoding.toUpperCase();
  return `${encoding.charAt(0).toUpperCase()}${encoding.slice(1)}`;
}

/** Nothing is read as U+FFFD in silence. */
function utf8(): Decoding {
  let held: Buffer = Buffer.alloc(0);
  let isStart = true;
  let isWindows = true;
  const decode = (chunk: Buffer, isLast: boolean): Decoded => {
    const all = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const whole = all.subarray(0, all.length - (isLast ? 0 : incompleteTail(all)));
    held = all.subarray(whole.length);
    const mark = isStart && beginsWith(whole, UTF8_MARK) ? UTF8_MARK.length : 0;
    isStart &&= whole.length === 0;
    const text = whole.subarray(mark);
    if (isUtf8(text)) return { text };
    isWindows &&= !text.some((byte) => OPEN_IN_WINDOWS_1252.includes(byte));
    const bad = linesOf(text).flatMap((line, index) =>
      isUtf8(line) ? [] : [{ index, byte: line[firstBadByte(line)] }],
    );
    return { text: Buffer.from(text.toString()), bad };
  };
  const remedy = (): string =>
    `${SAVE}, or name its encoding, such as --encoding ${isWindows ? 'windows-1252' : 'cp850 or macintosh'}`;
  return { decode, remedy };
}

/** Bytes that no character has there. */
const OPEN_IN_WINDOWS_1252: readonly number[] = [0x81, 0x8d, 0x8f, 0x90, 0x9d];

/** The first line that is not UTF-8. */
export function notUtf8(text: Buffer): number | undefined {
  return isUtf8(text) ? undefined : linesOf(text).findIndex((line) => !isUtf8(line)) + 1;
}

/** The lines of a text, of which LF, CR and CR LF are the ends. */
function linesOf(text: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] !== LF && text[at] !== CR) continue;
    lines.push(text.subarray(from, at));
    if (text[at] === CR && text[at + 1] === LF) at += 1;
    from = at + 1;
  }
  return [...lines, text.subarray(from)];
}

/** Bytes at the end that begin a character which the next chunk may complete: 0 to 3. */
function incompleteTail(bytes: Buffer): number {
  const last = bytes.subarray(-3);
  const at = last.findLastIndex((byte) => byte >= 0xc0);
  const first = last[at] ?? 0;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  return at >= 0 && last.length - at < length ? last.length - at : 0;
}

const REPLACEMENT = '\ufffd';

/** Where the platform puts the sign for what it cannot read, and the bytes are not those of the sign itself. */
function firstBadByte(bytes: Buffer): number {
  let at = 0;
  for (const part of bytes.toString().split(REPLACEMENT)) {
    at += Buffer.byteLength(part);
    if (!bytes.subarray(at, at + 3).equals(Buffer.from(REPLACEMENT))) return at;
    at += 3;
  }
  return at;
}

function utf16(name: string): Decoding {
  const decoder = new TextDecoder(name);
  const decode = (chunk: Buffer, isLast: boolean): Decoded =>
    checked(decoder.decode(chunk, { stream: !isLast }));
  return { decode, remedy: () => SAVE };
}

/**
 * Not `TextDecoder`: it takes bytes that an encoding leaves open for control characters, in some versions of Node all
 * of 0x80 to 0x9F (https://github.com/nodejs/node/issues/56542), and it knows none of the code pages of DOS.
 */
async function legacy(name: string): Promise<Decoding> {
  const { default: iconv } = await import('iconv-lite');
  const decoder = iconv.getDecoder(name, { stripBOM: false });
  const decode = (chunk: Buffer, isLast: boolean): Decoded =>
    checked(decoder.write(chunk) + (isLast ? (decoder.end() ?? '') : ''), chunk);
  return { decode, remedy: () => SAVE };
}

/** `bytes` are what the text was read from; each of them is one character where there are as many. */
function checked(text: string, bytes?: Buffer): Decoded {
  const encoded = Buffer.from(text);
  // No export has a reason to hold the sign that stands for what cannot be read.
  if (!text.includes(REPLACEMENT)) return { text: encoded };
  let from = 0;
  const bad = linesOf(encoded).flatMap((line, index): BadLine[] => {
    if (!line.includes(REPLACEMENT)) return [];
    from = text.indexOf(REPLACEMENT, from) + 1;
    return [{ index, byte: bytes?.length === text.length ? bytes[from - 1] : undefined }];
  });
  return { text: encoded, bad };
}
