import type { Position } from '../core/row.js';
import type { Evidence, Findings, SeenRow } from './evidence.js';

/** Rows that can be named one by one; more make it a fault of the file. */
const MOST_NAMED = 10_000;

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

  see(cells: readonly string[], line: number, position: Position, row: SeenRow): void {
    const text = (cells[this.#index] ?? '').trim();
    if (text === '') return;
    // With +1 or without, a North American number is the same number.
    if (/^\+(?!1)/.test(text)) this.#plus += 1;
    else if (/^\(?0/.test(text)) this.#zero += 1;
    else if (!text.startsWith('+')) {
      this.#bare += 1;
      if (this.#named.length < MOST_NAMED) this.#named.push({ line, text, position, row });
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
      lostPrefixes: this.#named.map(({ text, position, row }) => ({
        position,
        row,
        message: say(text),
      })),
    };
  }
}
