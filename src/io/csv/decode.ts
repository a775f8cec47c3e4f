import { isUtf8 } from 'node:buffer';
import type { FileProblem } from '../../core/ports.js';
import { err, ok, type Result } from '../../core/result.js';
import type { Encoding } from '../setting.js';
import { CR, LF } from './records.js';

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const MARKS: readonly (readonly [Encoding, Buffer])[] = [
  ['utf-8', UTF8_MARK],
  ['utf-16le', Buffer.from([0xff, 0xfe])],
  ['utf-16be', Buffer.from([0xfe, 0xff])],
];

/** What a file is in: its byte order mark says so, else `named` or UTF-8. `start` holds the first bytes. */
export function encodingOf(start: Buffer, named: Encoding | undefined): Result<Encoding, FileProblem> {
  const [marked] = MARKS.find(([, mark]) => beginsWith(start, mark)) ?? [];
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
function unmarkedUtf16(start: Buffer): Encoding | undefined {
  const head = start.subarray(0, 64);
  if (head.length < 4) return undefined;
  const zerosAt = (odd: number): number =>
    head.filter((byte, index) => byte === 0 && index % 2 === odd).length / (head.length / 2);
  if (zerosAt(1) > 0.8 && zerosAt(0) === 0) return 'utf-16le';
  return zerosAt(0) > 0.8 && zerosAt(1) === 0 ? 'utf-16be' : undefined;
}

/** What can be read of some bytes, as UTF-8, and why the next ones cannot. */
interface Decoded {
  readonly text: Buffer;
  readonly fault?: string;
}

/** Turns a file into UTF-8 without a mark, piece by piece; a byte that cannot be read is a problem with its line. */
export class Decoder {
  readonly #decoded: (chunk: Buffer, isLast: boolean) => Decoded;
  #lineEnds = 0;
  #before = 0;

  constructor(encoding: Encoding) {
    if (encoding === 'utf-8') this.#decoded = utf8();
    else this.#decoded = encoding === 'windows-1252' ? windows1252 : utf16(encoding);
  }

  /** What a chunk cuts off comes with the next one, and is a problem in the last one. */
  decode(chunk: Buffer, isLast = false): Result<Buffer, FileProblem> {
    const { text, fault } = this.#decoded(chunk, isLast);
    this.#count(text);
    return fault === undefined ? ok(text) : err({ line: this.#lineEnds + 1, message: fault });
  }

  /** LF, CR and CR LF are one line end each, also across chunks. */
  #count(text: Buffer): void {
    for (let at = text.indexOf(LF); at >= 0; at = text.indexOf(LF, at + 1)) {
      if ((at === 0 ? this.#before : text[at - 1]) !== CR) this.#lineEnds += 1;
    }
    for (let at = text.indexOf(CR); at >= 0; at = text.indexOf(CR, at + 1)) this.#lineEnds += 1;
    this.#before = text.at(-1) ?? this.#before;
  }
}

/** Nothing is read as U+FFFD in silence. */
function utf8(): (chunk: Buffer, isLast: boolean) => Decoded {
  let held: Buffer = Buffer.alloc(0);
  let isStart = true;
  return (chunk, isLast) => {
    const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const text = bytes.subarray(0, bytes.length - (isLast ? 0 : incompleteTail(bytes)));
    held = bytes.subarray(text.length);
    const mark = isStart && beginsWith(text, UTF8_MARK) ? UTF8_MARK.length : 0;
    isStart &&= text.length === 0;
    if (isUtf8(text)) return { text: text.subarray(mark) };
    const at = firstBadByte(text);
    const byte = (text[at] ?? 0).toString(16).toUpperCase();
    const fault = `has a byte that is not UTF-8 (0x${byte}); save the file as "CSV UTF-8", or name its encoding, such as --encoding windows-1252`;
    return { text: text.subarray(mark, at), fault };
  };
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

function utf16(name: Encoding): (chunk: Buffer, isLast: boolean) => Decoded {
  const decoder = new TextDecoder(name);
  return (chunk, isLast) => {
    // No export has a reason to hold the sign that stands for what cannot be read.
    const [text = '', ...more] = decoder.decode(chunk, { stream: !isLast }).split(REPLACEMENT);
    if (more.length === 0) return { text: Buffer.from(text) };
    const fault = `has a character that is not ${name.toUpperCase()}; save the file as "CSV UTF-8"`;
    return { text: Buffer.from(text), fault };
  };
}

/** What Windows-1252 has at 0x80 to 0x9F; the five bytes it leaves open are undefined. */
const HIGH_CONTROLS: readonly (string | undefined)[] = [
  ...['€', undefined, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', undefined, 'Ž', undefined],
  ...[undefined, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', undefined, 'ž', 'Ÿ'],
];

/**
 * Written out: `TextDecoder` takes the five open bytes for control characters, and in some versions of Node all 32
 * (https://github.com/nodejs/node/issues/56542).
 */
function windows1252(chunk: Buffer): Decoded {
  const open = chunk.findIndex((byte) => byte >= 0x80 && byte <= 0x9f && !HIGH_CONTROLS[byte - 0x80]);
  const good = (open < 0 ? chunk : chunk.subarray(0, open)).toString('latin1');
  const text = Buffer.from(
    good.replace(/[\u0080-\u009f]/g, (control) => HIGH_CONTROLS[control.charCodeAt(0) - 0x80] ?? ''),
  );
  if (open < 0) return { text };
  const byte = (chunk[open] ?? 0).toString(16).toUpperCase();
  return { text, fault: `has a byte that is not Windows-1252 (0x${byte}); save the file as "CSV UTF-8"` };
}
