import type { Position } from '../core/row.js';
import { MOST_NAMED, type Evidence, type Findings, type OddRow, type SeenRow } from './evidence.js';

/** Digits that a spreadsheet keeps of a number. */
const SPREADSHEET_DIGITS = 15;
/** So many zeros behind those, and none but zeros, are no accident: one file in a thousand. */
const ZEROS_OF_PROOF = 3;

interface OddCell {
  readonly line: number;
  readonly text: string;
  readonly position: Position;
  readonly row: SeenRow;
}

/** Whether a spreadsheet rounded the ids of a column, and which of its cells are words among numbers. */
export class IdEvidence implements Evidence {
  readonly #field: string;
  readonly #index: number;
  readonly #own: boolean;
  #zeros = 0;
  #long = 0;
  #whole = false;
  #first: { line: number; text: string } | undefined;
  #numbers = 0;
  #words = 0;
  #hashes = 0;
  readonly #odd: OddCell[] = [];

  /** `own`: the user gives them. */
  constructor(field: string, index: number, own: boolean) {
    this.#field = field;
    this.#index = index;
    this.#own = own;
  }

  see(cells: readonly string[], line: number, position: Position, row: SeenRow): void {
    const text = (cells[this.#index] ?? '').trim();
    if (/^\d+$/.test(text)) {
      this.#numbers += 1;
      if (text.length > SPREADSHEET_DIGITS) this.#seeLong(text, line);
      return;
    }
    const isWord = /^[^\d#]+$/.test(text);
    if (isWord) this.#words += 1;
    else if (this.#own && /^#\d+$/.test(text)) this.#hashes += 1;
    else return;
    if (this.#odd.length < MOST_NAMED) this.#odd.push({ line, text, position, row });
  }

  #seeLong(text: string, line: number): void {
    if (this.#whole) return;
    const rest = text.slice(SPREADSHEET_DIGITS);
    if (/[^0]/.test(rest)) this.#whole = true;
    this.#zeros += rest.length;
    this.#long += 1;
    this.#first ??= { line, text };
  }

  finish(): Findings {
    const rounded = this.#rounded();
    if (rounded !== undefined) return { problems: [rounded] };
    return this.#amongNumbers();
  }

  #rounded(): Findings['problems'][number] | undefined {
    if (this.#whole || this.#zeros < ZEROS_OF_PROOF || this.#first === undefined) return undefined;
    const { line, text } = this.#first;
    const what = this.#long === 1 ? `${text} ends` : `${text} and every other long id end`;
    const message = `${this.#field}: ${what} in zeros after ${SPREADSHEET_DIGITS} digits: a spreadsheet rounded it; format the column as text and export again`;
    return { line, message };
  }

  /** A word such as Average stands in a row that is no sale; a `#` that others lack makes two ids of one. */
  #amongNumbers(): Findings {
    const odd = [
      ...(this.#words <= this.#numbers ? this.#odd.filter(({ text }) => !text.startsWith('#')) : []),
      ...(this.#numbers > 0 ? this.#odd.filter(({ text }) => text.startsWith('#')) : []),
    ];
    const [first] = odd;
    if (first === undefined) return { problems: [] };
    if (this.#words + this.#hashes > MOST_NAMED)
      return { problems: [{ line: first.line, message: this.#said(first).message }] };
    return {
      problems: [],
      oddRows: odd.map((cell) => ({ ...this.#said(cell), position: cell.position, row: cell.row })),
    };
  }

  #said({ text }: OddCell): Pick<OddRow, 'code' | 'message'> {
    const about = `${this.#field}: ${JSON.stringify(text)}`;
    if (!text.startsWith('#')) {
      const message = `${about} is a word in a column of numbers, and no id; fix the cell, or take the row out`;
      return { code: 'bad_value', message };
    }
    const message = `${about} begins with #, and ${this.#numbers} others of the column do not; write all of them alike`;
    return { code: 'damaged_id', message };
  }
}
