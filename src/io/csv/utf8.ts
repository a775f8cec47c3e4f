import { isUtf8 } from 'node:buffer';
import type { FileProblem } from '../../core/ports.js';
import { err, ok, type Result } from '../../core/result.js';

/** Finds the first bytes of a file that are not UTF-8, so that none is read as U+FFFD in silence. */
export class Utf8Check {
  #carry: Buffer = Buffer.alloc(0);
  readonly #lines = new LineEnds();

  /** The whole characters so far; what a chunk cuts off comes with the next one. */
  decode(chunk: Buffer): Result<Buffer, FileProblem> {
    const bytes = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk]);
    const whole = bytes.subarray(0, bytes.length - incompleteTail(bytes));
    if (!isUtf8(whole)) return err(this.#problem(whole));
    this.#carry = bytes.subarray(whole.length);
    this.#lines.count(whole);
    return ok(whole);
  }

  end(): FileProblem | undefined {
    return this.#carry.length === 0 ? undefined : this.#problem(this.#carry);
  }

  #problem(bytes: Buffer): FileProblem {
    const good = longestGoodStart(bytes);
    this.#lines.count(bytes.subarray(0, good));
    const byte = (bytes[good] ?? 0).toString(16).toUpperCase().padStart(2, '0');
    return {
      line: this.#lines.line,
      message: `has a byte that is not UTF-8 (0x${byte}); save the file as "CSV UTF-8", or name its encoding, such as --encoding windows-1252`,
    };
  }
}

const CR = 0x0d;
const LF = 0x0a;

/** Counts LF, CR and CR LF as one line end each, also across chunks. */
export class LineEnds {
  #ends = 0;
  #last = 0;

  /** The line that is being read, from 1. */
  get line(): number {
    return this.#ends + 1;
  }

  count(bytes: Buffer): void {
    for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
      if ((at === 0 ? this.#last : bytes[at - 1]) !== CR) this.#ends += 1;
    }
    for (let at = bytes.indexOf(CR); at >= 0; at = bytes.indexOf(CR, at + 1)) this.#ends += 1;
    this.#last = bytes.at(-1) ?? this.#last;
  }
}

/** Bytes at the end that begin a character which the next chunk completes: 0 to 3. */
function incompleteTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xf0) return back < 4 ? back : 0;
    if (byte >= 0xe0) return back < 3 ? back : 0;
    if (byte >= 0xc0) return back < 2 ? back : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
}

/** By halves: the largest start of `bytes` that is UTF-8 but for a character cut at its end. */
function longestGoodStart(bytes: Buffer): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const part = bytes.subarray(0, middle);
    if (isUtf8(part.subarray(0, middle - incompleteTail(part)))) good = middle;
    else bad = middle;
  }
  return good - incompleteTail(bytes.subarray(0, good));
}
