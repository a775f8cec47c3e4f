const QUOTE = 0x22;
export const CR = 0x0d;
export const LF = 0x0a;

/**
 * Cuts CSV text that comes in chunks behind the last record that is whole, so that each piece can be parsed by
 * itself. A line end ends a record where the quotes before it are even in number; where they are not what CSV
 * allows, the parser refuses the piece in which the first wrong one stands.
 */
export class WholeRecords {
  #rest: Buffer = Buffer.alloc(0);
  /** Whether `#rest` ends inside quotes. */
  #quoted = false;

  /** The whole records so far; what a chunk cuts off comes with the next one. */
  add(chunk: Buffer): Buffer {
    const quoted = this.#quoted !== hasOddQuotes(chunk);
    const cut = lastRecordEnd(chunk, quoted);
    this.#quoted = quoted;
    if (cut === 0) {
      this.#rest = joined(this.#rest, chunk);
      return Buffer.alloc(0);
    }
    const piece = joined(this.#rest, chunk.subarray(0, cut));
    this.#rest = chunk.subarray(cut);
    return piece;
  }

  /** How long the record is that has not ended yet, in bytes. */
  get open(): number {
    return this.#rest.length;
  }

  /** What is left: the last record, where nothing ends it. */
  end(): Buffer {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    return rest;
  }
}

function joined(left: Buffer, right: Buffer): Buffer {
  return left.length === 0 ? right : Buffer.concat([left, right]);
}

function hasOddQuotes(bytes: Buffer): boolean {
  let odd = false;
  for (let at = bytes.indexOf(QUOTE); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) odd = !odd;
  return odd;
}

/** Where the last whole record of a chunk ends, 0 where none does; `quoted` says whether its end is inside quotes. */
function lastRecordEnd(chunk: Buffer, quoted: boolean): number {
  for (let [end, inside] = [chunk.length, quoted]; ; inside = !inside) {
    const quote = chunk.subarray(0, end).lastIndexOf(QUOTE);
    if (!inside) {
      const part = chunk.subarray(quote + 1, end);
      // The LF of a CR LF may come with the next chunk.
      const cr = part.lastIndexOf(CR, end === chunk.length ? -2 : undefined);
      const last = Math.max(part.lastIndexOf(LF), cr);
      if (last >= 0) return quote + 1 + last + 1;
    }
    if (quote < 0) return 0;
    end = quote;
  }
}
