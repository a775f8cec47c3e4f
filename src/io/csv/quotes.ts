import type { Quotes } from '../setting.js';

export const QUOTE = 0x22;
export const CR = 0x0d;
export const LF = 0x0a;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const TAB = 0x09;

/** What a quote is that stands outside of quotes. */
export type Outside = 'opens' | 'text' | 'behind_a_blank';

/** What a quote is that stands inside of quotes. */
export type Inside = 'closes' | 'pair' | 'escaped' | 'broken';

/**
 * What the quotes of a file mean. A cell is in quotes where it begins with one, and the quote that ends it is followed
 * by a delimiter or a line end; a quote in a cell without is text, as spreadsheets have it. Where nobody has said how
 * quotes are written, a cell that begins with a blank and a quote is neither.
 */
export class QuoteRules {
  readonly #delimiter: Buffer;
  readonly #quotes: Quotes | undefined;
  readonly #spaced: boolean;
  /** Whether a backslash before a quote makes it a part of the text. */
  readonly escapes: boolean;

  constructor(delimiter: string, quotes: Quotes | undefined) {
    this.#delimiter = Buffer.from(delimiter);
    this.#quotes = quotes;
    this.escapes = quotes === 'backslash';
    this.#spaced = quotes === 'spaced' || this.escapes;
  }

  /** `text` begins with a record, and `at` is outside of quotes. */
  outside(text: Buffer, at: number): Outside {
    if (this.#isCellStart(text, at)) return 'opens';
    if (this.#quotes === 'doubled' || !this.#isBlank(text[at - 1])) return 'text';
    if (!this.#isCellStart(text, this.blanksBefore(text, at))) return 'text';
    return this.#spaced ? 'opens' : 'behind_a_blank';
  }

  /** The line of the quote is there to its end. */
  inside(text: Buffer, at: number): Inside {
    if (this.escapes && isEscaped(text, at)) return 'escaped';
    if (text[at + 1] === QUOTE) return 'pair';
    const next = this.#spaced ? this.blanksBehind(text, at + 1) : at + 1;
    if (next === text.length || text[next] === LF || text[next] === CR) return 'closes';
    return this.#isDelimiter(text, next) ? 'closes' : 'broken';
  }

  /** Where the blanks begin that end at `at`. */
  blanksBefore(text: Buffer, at: number): number {
    let first = at;
    while (first > 0 && this.#isBlank(text[first - 1])) first -= 1;
    return first;
  }

  /** Where the blanks end that begin at `at`. */
  blanksBehind(text: Buffer, at: number): number {
    let end = at;
    while (this.#isBlank(text[end])) end += 1;
    return end;
  }

  #isCellStart(text: Buffer, at: number): boolean {
    if (at === 0 || text[at - 1] === LF || text[at - 1] === CR) return true;
    return this.#isDelimiter(text, at - this.#delimiter.length);
  }

  #isDelimiter(text: Buffer, at: number): boolean {
    for (let index = 0; index < this.#delimiter.length; index += 1) {
      if (text[at + index] !== this.#delimiter[index]) return false;
    }
    return true;
  }

  #isBlank(byte: number | undefined): boolean {
    return byte === SPACE || (byte === TAB && this.#delimiter[0] !== TAB);
  }
}

/** Whether a backslash that is none itself stands before the quote. */
export function isEscaped(text: Buffer, at: number): boolean {
  let first = at;
  while (text[first - 1] === BACKSLASH) first -= 1;
  return (at - first) % 2 === 1;
}

/** Whole records with their quotes written as most programs do: doubled inside of quotes, and no blank around them. */
export function withDoubledQuotes(text: Buffer, rules: QuoteRules): Buffer {
  const parts: Buffer[] = [];
  let kept = 0;
  let opened = -1;
  let at = text.indexOf(QUOTE);
  while (at >= 0) {
    let next = at + 1;
    if (opened < 0) {
      if (rules.outside(text, at) === 'opens') {
        parts.push(text.subarray(kept, rules.blanksBefore(text, at)));
        opened = at;
      }
    } else {
      const quote = rules.inside(text, at);
      if (quote === 'pair') next = at + 2;
      if (quote === 'closes') {
        const cell = text.toString('latin1', opened + 1, at);
        parts.push(Buffer.from(`"${rules.escapes ? withoutBackslashes(cell) : cell}"`, 'latin1'));
        kept = rules.blanksBehind(text, at + 1);
        opened = -1;
      }
    }
    at = text.indexOf(QUOTE, next);
  }
  return Buffer.concat([...parts, text.subarray(kept)]);
}

function withoutBackslashes(cell: string): string {
  return cell.replace(/\\(["\\])/g, (_, escaped) => (escaped === '"' ? '""' : '\\'));
}
