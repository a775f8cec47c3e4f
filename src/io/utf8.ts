import { isUtf8 } from 'node:buffer';
import type { FileProblem } from '../core/ports.js';

/** Finds the first bytes of a file that are not UTF-8, so that none is read as U+FFFD in silence. */
export class Utf8Check {
  #carry: Buffer = Buffer.alloc(0);
  #lines = 0;
  #last = 0;
  #started = false;

  check(chunk: Buffer): FileProblem | undefined {
    const bytes = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk]);
    if (!this.#started && isUtf16(bytes)) {
      return { line: 1, message: 'is UTF-16, not UTF-8; save it as "CSV UTF-8"' };
    }
    this.#started = true;
    const whole = bytes.subarray(0, bytes.length - incompleteTail(bytes));
    if (!isUtf8(whole)) return this.#problem(whole);
    this.#carry = bytes.subarray(whole.length);
    this.#countLines(whole);
    return undefined;
  }

  end(): FileProblem | undefined {
    return this.#carry.length === 0 ? undefined : this.#problem(this.#carry);
  }

  #problem(bytes: Buffer): FileProblem {
    const good = longestGoodStart(bytes);
    this.#countLines(bytes.subarray(0, good));
    const byte = (bytes[good] ?? 0).toString(16).toUpperCase().padStart(2, '0');
    return {
      line: this.#lines + 1,
      message: `has a byte that is not UTF-8 (0x${byte}); save the file as "CSV UTF-8"`,
    };
  }

  /** Counts LF, CR and CR LF as one line end each, also across chunks. */
  #countLines(bytes: Buffer): void {
    for (const byte of bytes) {
      if (byte === 0x0d || (byte === 0x0a && this.#last !== 0x0d)) this.#lines += 1;
      this.#last = byte;
    }
  }
}

function isUtf16(bytes: Buffer): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
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
