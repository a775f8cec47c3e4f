import { CR, isEscaped, LF, QUOTE, type QuoteRules } from './quotes.js';

/** A record longer than this is a quote that was never closed. */
const LONGEST_RECORD_BYTES = 1024 * 1024;
/** Ends a file of CP/M and DOS. */
const CTRL_Z = 0x1a;

/** Why a record cannot be told from the next one. */
export type QuoteFault =
  | 'in_the_middle'
  | 'never_closed'
  | 'too_long'
  | 'behind_a_blank'
  /** A line of a mebibyte that goes on: what comes behind it is not read any more. */
  | 'endless';

/** Takes what is found, in the order of the file, with the line on which it starts. */
export interface RecordSink {
  /** A record without quotes. */
  plain(text: string, line: number): void;
  /** Whole records with quotes. */
  quoted(text: Buffer, line: number): void;
  /** The first line of a record that is broken. It is left out; the next one is taken for a record again. */
  broken(fault: QuoteFault, line: number): void;
}

/** What came of a text: the record at `start` has not ended yet, or has a fault. Its second line begins at `second`. */
interface Scanned {
  readonly start: number;
  readonly second: number;
  readonly fault?: QuoteFault | undefined;
}

/** Finds where each record ends in CSV text that comes in chunks. */
export class RecordScanner {
  readonly #rules: QuoteRules;
  #line: number;
  /** Of what is scanned, the next quote that has not been looked at. */
  #quote = -1;
  /** What has come of the record that has not ended yet. */
  rest: Buffer = Buffer.alloc(0);
  /** The line of the first quote in quotes that has a backslash before it. */
  doubt: number | undefined;
  /** The line of the last record where nothing shows that it has come to its end. */
  unended: number | undefined;
  isEndless = false;

  constructor(rules: QuoteRules, line: number) {
    this.#rules = rules;
    this.#line = line;
  }

  /** What a chunk cuts off comes with the next one, and ends with the last one. */
  add(chunk: Buffer, isLast: boolean, sink: RecordSink): void {
    let text = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let length = text.length;
    while (isLast && text[length - 1] === CTRL_Z) length -= 1;
    const isMarked = length < text.length;
    text = text.subarray(0, length);
    for (;;) {
      this.#quote = -1;
      const { start, second, fault } = this.#scan(text, isLast, sink);
      this.rest = isLast ? Buffer.alloc(0) : text.subarray(start);
      if (fault === undefined) break;
      sink.broken(fault, this.#line);
      this.#line += 1;
      this.isEndless = fault === 'endless';
      if (this.isEndless) break;
      text = text.subarray(second);
    }
    if (isMarked) this.unended = undefined;
  }

  #scan(text: Buffer, isLast: boolean, sink: RecordSink): Scanned {
    let [lf, cr, line, isQuoted] = [-1, -1, this.#line, false];
    // Records with quotes from `quotedFrom` on wait to be taken together; `second` is of the record at `start`.
    let [start, second, quotedFrom, quotedLine] = [0, 0, -1, 0];
    let fault: QuoteFault | undefined;
    for (let at = 0; at < text.length; line += 1) {
      if (lf < at) lf = placeOf(LF, text, at);
      if (cr < at) cr = placeOf(CR, text, at);
      const end = Math.min(lf, cr);
      // An LF after a CR may come with the next chunk.
      if (!isLast && end >= text.length - (end === cr ? 1 : 0)) break;
      const next = end === cr && lf === cr + 1 ? end + 2 : end + 1;
      if (second <= start) second = next;
      if (end - start > LONGEST_RECORD_BYTES) fault = 'too_long';
      if (this.#quote < at) this.#quote = placeOf(QUOTE, text, at);
      const isPlain = !isQuoted && this.#quote >= end;
      if (!isPlain && fault === undefined) {
        const read = this.#readQuotes(text, end, isQuoted, line);
        if (typeof read === 'boolean') isQuoted = read;
        else fault = read;
      }
      if (fault !== undefined) break;
      at = next;
      if (isQuoted) continue;
      if (end === text.length && text[end - 1] !== QUOTE) this.unended = this.#line;
      if (!isPlain && quotedFrom < 0) [quotedFrom, quotedLine] = [start, this.#line];
      if (isPlain) {
        if (quotedFrom >= 0) sink.quoted(text.subarray(quotedFrom, start), quotedLine);
        quotedFrom = -1;
        // By itself, so that a cell that is kept does not keep the chunk.
        sink.plain(text.toString('utf8', start, end), line);
      }
      start = next;
      this.#line = line + 1;
    }
    if (quotedFrom >= 0) sink.quoted(text.subarray(quotedFrom, start), quotedLine);
    if (fault === undefined && isLast && isQuoted) fault = 'never_closed';
    if (!isLast && text.length - start > LONGEST_RECORD_BYTES)
      fault ??= second > start ? 'too_long' : 'endless';
    return { start, second, fault };
  }

  /** Whether the line is in quotes at its end, or why it is broken. */
  #readQuotes(text: Buffer, end: number, isQuotedBefore: boolean, line: number): boolean | QuoteFault {
    let isQuoted = isQuotedBefore;
    while (this.#quote < end) {
      const quote = this.#quote;
      let next = quote + 1;
      if (isQuoted) {
        const what = this.#rules.inside(text, quote);
        if (isEscaped(text, quote)) this.doubt ??= line;
        if (what === 'broken') return 'in_the_middle';
        if (what === 'pair') next += 1;
        isQuoted = what !== 'closes';
      } else {
        const what = this.#rules.outside(text, quote);
        if (what === 'behind_a_blank') return what;
        isQuoted = what === 'opens';
      }
      this.#quote = placeOf(QUOTE, text, next);
    }
    return isQuoted;
  }
}

/** The length of the text where there is none. */
function placeOf(byte: number, text: Buffer, from: number): number {
  const at = text.indexOf(byte, from);
  return at < 0 ? text.length : at;
}

/** LF, CR and CR LF are one line end each. */
export function lineEnds(text: Buffer): number {
  let count = 0;
  for (let at = text.indexOf(LF); at >= 0; at = text.indexOf(LF, at + 1)) count += 1;
  for (let at = text.indexOf(CR); at >= 0; at = text.indexOf(CR, at + 1)) {
    if (text[at + 1] !== LF) count += 1;
  }
  return count;
}
