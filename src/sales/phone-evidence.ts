import type { Position } from '../core/row.js';
import { MOST_NAMED, type Evidence, type Findings, type SeenRow } from './evidence.js';
import { dialled } from './phone.js';

/** Which phone numbers of a column lack the `+` or `0` with which most of them begin. */
export class PhoneEvidence implements Evidence {
  readonly #field: string;
  readonly #index: number;
  #plus = 0;
  #zero = 0;
  #bare = 0;
  #named: { line: number; text: string; position: Position; row: SeenRow }[] = [];

  constructor(field: string, index: number) {
    this.#field = field;
    this.#index = index;
  }

  see(cells: readonly string[], line: number, position: Position, { status, message }: SeenRow): void {
    const text = (cells[this.#index] ?? '').trim();
    if (text === '') return;
    const number = dialled(text);
    // With +1 or without, a North American number is the same number.
    if (/^\+(?!1)/.test(number)) this.#plus += 1;
    else if (/^\(?0(?!11)/.test(number)) this.#zero += 1;
    else if (!number.startsWith('+') && !number.startsWith('011')) {
      this.#bare += 1;
      // Not the row, of which a file without any prefix would keep so many.
      if (this.#named.length < MOST_NAMED)
        this.#named.push({ line, text, position, row: { status, message } });
    }
  }

  finish(): Findings {
    const [count, prefix] = this.#plus >= this.#zero ? [this.#plus, '+'] : [this.#zero, '0'];
    const [first] = this.#named;
    if (count < 2 || count <= this.#bare || first === undefined) return { problems: [] };
    const say = (text: string): string =>
      `${this.#field}: ${JSON.stringify(text)} lacks the ${prefix} with which ${count} others of the column begin; format the column as text and export again`;
    if (this.#bare > MOST_NAMED) {
      return { problems: [{ line: first.line, message: say(first.text) }] };
    }
    return {
      problems: [],
      oddRows: this.#named.map(({ text, position, row }) => ({
        position,
        code: 'lost_prefix',
        row,
        message: say(text),
      })),
    };
  }
}
