import type { Evidence, Findings } from './evidence.js';

/** Digits that a spreadsheet keeps of a number. */
const SPREADSHEET_DIGITS = 15;
/** So many zeros behind those, and none but zeros, are no accident: one file in a thousand. */
const ZEROS_OF_PROOF = 3;

/** Whether a spreadsheet rounded the ids of a column. */
export class IdEvidence implements Evidence {
  readonly #field: string;
  readonly #index: number;
  #zeros = 0;
  #rows = 0;
  #whole = false;
  #first: { line: number; text: string } | undefined;

  constructor(field: string, index: number) {
    this.#field = field;
    this.#index = index;
  }

  see(cells: readonly string[], line: number): void {
    const text = (cells[this.#index] ?? '').trim();
    if (this.#whole || text.length <= SPREADSHEET_DIGITS || !/^\d+$/.test(text)) return;
    const rest = text.slice(SPREADSHEET_DIGITS);
    if (/[^0]/.test(rest)) this.#whole = true;
    this.#zeros += rest.length;
    this.#rows += 1;
    this.#first ??= { line, text };
  }

  finish(): Findings {
    if (this.#whole || this.#zeros < ZEROS_OF_PROOF || this.#first === undefined) return { problems: [] };
    const { line, text } = this.#first;
    const what = this.#rows === 1 ? `${text} ends` : `${text} and every other long id end`;
    const message = `${this.#field}: ${what} in zeros after ${SPREADSHEET_DIGITS} digits: a spreadsheet rounded it; format the column as text and export again`;
    return { problems: [{ line, message }] };
  }
}
