import type { FileProblem } from '../../core/ports.js';
import { err, ok, type Result } from '../../core/result.js';
import { LineEnds, Utf8Check } from './utf8.js';

/** The encodings a file may be in, as `--encoding` names them. */
export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;

export type Encoding = (typeof ENCODINGS)[number];

/** Turns a file into UTF-8, piece by piece; a byte that cannot be read is a problem with its line. */
export interface Decoder {
  decode(chunk: Buffer): Result<Buffer, FileProblem>;
  end(): FileProblem | undefined;
}

/** UTF-16 is known by its mark; everything else is what `named` says, or UTF-8. `start` holds the first bytes. */
export function decoderFor(start: Buffer, named: Encoding | undefined): Result<Decoder, FileProblem> {
  const marked = markOf(start);
  if (marked !== undefined && named !== undefined && named !== marked) {
    const message = `begins with the mark of ${marked}, and --encoding says ${named}; leave --encoding out`;
    return err({ line: 1, message });
  }
  switch (named ?? marked ?? 'utf-8') {
    case 'utf-16le':
      return ok(new Utf16('utf-16le'));
    case 'utf-16be':
      return ok(new Utf16('utf-16be'));
    case 'windows-1252':
      return ok(new Windows1252());
    case 'utf-8': {
      const unmarked = unmarkedUtf16(start);
      if (unmarked === undefined) return ok(new Utf8Check());
      const message = `looks like ${unmarked} without its mark; name it with --encoding ${unmarked}, or save the file as "CSV UTF-8"`;
      return err({ line: 1, message });
    }
  }
}

function markOf(start: Buffer): Encoding | undefined {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  return start.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 'utf-8' : undefined;
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

class Utf16 implements Decoder {
  readonly #lines = new LineEnds();
  readonly #name: Encoding;
  readonly #lenient: InstanceType<typeof TextDecoder>;

  constructor(name: 'utf-16le' | 'utf-16be') {
    this.#name = name;
    this.#lenient = new TextDecoder(name);
  }

  decode(chunk: Buffer): Result<Buffer, FileProblem> {
    return this.#checked(this.#lenient.decode(chunk, { stream: true }));
  }

  end(): FileProblem | undefined {
    const rest = this.#checked(this.#lenient.decode());
    return rest.ok ? undefined : rest.error;
  }

  #checked(text: string): Result<Buffer, FileProblem> {
    // What cannot be decoded comes out as U+FFFD; no export has a reason to hold one.
    const bad = text.indexOf('\uFFFD');
    this.#lines.count(Buffer.from(bad < 0 ? text : text.slice(0, bad)));
    if (bad < 0) return ok(Buffer.from(text));
    const message = `has a character that is not ${this.#name.toUpperCase()}; save the file as "CSV UTF-8"`;
    return err({ line: this.#lines.line, message });
  }
}

/** What Windows-1252 has at 0x80 to 0x9F; the five bytes it leaves open are undefined. */
const HIGH_CONTROLS: readonly (string | undefined)[] = [
  ...['€', undefined, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', undefined, 'Ž', undefined],
  ...[undefined, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', undefined, 'ž', 'Ÿ'],
];

/** Written out: the platform's own decoder takes the five open bytes for control characters. */
class Windows1252 implements Decoder {
  readonly #lines = new LineEnds();

  decode(chunk: Buffer): Result<Buffer, FileProblem> {
    const open = chunk.findIndex(
      (byte) => byte >= 0x80 && byte <= 0x9f && HIGH_CONTROLS[byte - 0x80] === undefined,
    );
    this.#lines.count(open < 0 ? chunk : chunk.subarray(0, open));
    if (open >= 0) {
      const byte = (chunk[open] ?? 0).toString(16).toUpperCase();
      const message = `has a byte that is not Windows-1252 (0x${byte}); save the file as "CSV UTF-8"`;
      return err({ line: this.#lines.line, message });
    }
    const text = chunk
      .toString('latin1')
      .replace(/[\u0080-\u009f]/g, (control) => HIGH_CONTROLS[control.charCodeAt(0) - 0x80] ?? '');
    return ok(Buffer.from(text));
  }

  end(): undefined {
    return undefined;
  }
}
