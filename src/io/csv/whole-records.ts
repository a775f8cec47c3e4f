const QUOTE = 0x22;
const CR = 0x0d;
const LF = 0x0a;

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

/** Part of a piece: whole records, and whether there is a quote among them. */
export interface Span {
  readonly bytes: Buffer;
  readonly quoted: boolean;
}

/** Less text without quotes than this is not worth a span of its own. */
const SHORTEST_PLAIN_BYTES = 1024;

/** Cuts whole records into those with quotes and those that can be split at every line end and delimiter. */
export function* spansOf(piece: Buffer): Generator<Span> {
  let done = 0;
  while (done < piece.length) {
    const quote = piece.indexOf(QUOTE, done);
    const start = quote < 0 ? piece.length : lineStart(piece, done, quote);
    const isWorth = start === piece.length || start - done >= SHORTEST_PLAIN_BYTES;
    if (start > done && isWorth) yield { bytes: piece.subarray(done, start), quoted: false };
    if (start === piece.length) return;
    const end = endOfQuotes(piece, quote);
    yield { bytes: piece.subarray(isWorth ? start : done, end), quoted: true };
    done = end;
  }
}

function lineStart(piece: Buffer, from: number, at: number): number {
  const before = piece.subarray(from, at);
  return from + Math.max(before.lastIndexOf(LF), before.lastIndexOf(CR)) + 1;
}

/** Where the record ends that begins before `quote`, or one after it that no other with quotes follows soon. */
function endOfQuotes(piece: Buffer, quote: number): number {
  let inside = false;
  for (let at = quote; at >= 0;) {
    inside = !inside;
    const next = piece.indexOf(QUOTE, at + 1);
    if (!inside && (next < 0 || next - at >= SHORTEST_PLAIN_BYTES)) {
      const end = lineEnd(piece, at);
      if (next < 0 || next - end >= SHORTEST_PLAIN_BYTES) return end;
    }
    at = next;
  }
  return piece.length;
}

/** Behind the line end that follows, or the end of the piece. */
function lineEnd(piece: Buffer, from: number): number {
  const lf = piece.indexOf(LF, from);
  const rest = lf < 0 ? piece : piece.subarray(0, lf);
  const cr = rest.indexOf(CR, from);
  if (cr < 0) return lf < 0 ? piece.length : lf + 1;
  return cr + 1 === lf ? lf + 1 : cr + 1;
}
