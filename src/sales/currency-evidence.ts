import { currencyIn, currencyMark, currencySpellings } from '../core/currency.js';
import type { FileProblem } from '../core/ports.js';
import type { Position } from '../core/row.js';
import { shellText } from '../core/text.js';
import { currencyNamed } from './currency-column.js';
import type { Evidence, Example, FieldColumn, Findings, SeenRow } from './evidence.js';

/** So many currencies are remembered; two are enough to refuse a file. */
const MOST_CURRENCIES = 12;

/**
 * What a column of currencies beside the amounts shows where no option says the currency: whether all are in one, and
 * whether a sign beside an amount says the same.
 */
export class CurrencyEvidence implements Evidence {
  readonly #index: number;
  readonly #header: string;
  readonly #amount: FieldColumn;
  readonly #currencies = new Map<string, Pick<Example, 'line' | 'text'>>();
  #contradiction: { line: number; amount: string; text: string } | undefined;

  constructor({ index, header }: { readonly index: number; readonly header: string }, amount: FieldColumn) {
    this.#index = index;
    this.#header = header;
    this.#amount = amount;
  }

  see(cells: readonly string[], line: number, _position: Position, { status }: SeenRow): void {
    const text = cells[this.#index] ?? '';
    if (status === 'skipped' || text === '') return;
    const named = currencyNamed(text);
    if (named === '') return;
    if (!this.#currencies.has(named) && this.#currencies.size < MOST_CURRENCIES)
      this.#currencies.set(named, { line, text: text.trim() });
    if (this.#contradiction !== undefined) return;
    const amount = this.#amount.textOf(cells);
    if (!/[^\d.,\s-]/.test(amount) || !isOther(amount, named)) return;
    this.#contradiction = { line, amount, text: text.trim() };
  }

  /** The one currency that every row is in which names one. */
  get one(): string | undefined {
    const [only, ...others] = this.#currencies.keys();
    return others.length === 0 ? only : undefined;
  }

  finish(): Findings {
    const problems: FileProblem[] = [];
    const header = this.#header;
    const [first, ...others] = [...this.#currencies];
    if (first !== undefined && others.length > 0) {
      const [currency, { line, text }] = first;
      const more = others
        .map(([, other]) => `${JSON.stringify(other.text)} on line ${other.line}`)
        .join(', ');
      const known = [...this.#currencies.keys()].find((name) => currencySpellings(name) !== undefined);
      const option =
        known === currency
          ? `the first with --currency ${currency}`
          : `such as with --currency ${known ?? 'USD'}`;
      const message = `${header} says ${JSON.stringify(text)} here and ${more}; push each currency by itself, ${option}`;
      problems.push({ line, message });
    }
    if (this.#contradiction !== undefined) {
      const { line, amount, text } = this.#contradiction;
      const message = `${this.#amount.field}: ${JSON.stringify(amount)} is in ${currencyIn(amount) ?? ''} and ${header} says ${JSON.stringify(text)}; fix the one or the other, or leave the column out with --ignore-column ${shellText(header)}`;
      problems.push({ line, message });
    }
    return { problems };
  }
}

/** Whether a currency stands beside an amount that is not the one that is named. `$` may be one of many. */
function isOther(amount: string, named: string): boolean {
  const own = currencyIn(amount);
  if (own === undefined || own === named) return false;
  return currencySpellings(named)?.includes(currencyMark(amount)) !== true;
}
