import type { FileProblem } from '../core/ports.js';
import { plural } from '../core/text.js';
import type { Column } from '../core/vendor.js';
import type { ColumnMap } from './columns.js';
import type { Evidence, Findings, SeenRow } from './evidence.js';

/** What may stand before a comma, and behind it: a group of three digits, or two decimals. */
const WHOLE = /^\D{0,4}\d+$/;
const GROUP = /^\d{3}(?:\.\d{1,4})?\D{0,4}$/;
const CENTS = /^\d{2}\D{0,4}$/;

const LINES_SHOWN = 5;

/** Where the amount is in a record of the source; undefined where the file has none. */
export function amountAt(map: ColumnMap, columns: readonly Column[]): number | undefined {
  const field = columns.find(({ kind }) => kind.is === 'amount')?.field ?? '';
  const index = map.cells.get(field);
  return index === undefined ? undefined : map.kept[index];
}

/** Whether two cells may be one amount that lacks its quotes, such as `1,250.00`. */
function isCut(left: string, right: string): boolean {
  const [whole, rest] = [left.trim(), right.trim()];
  return WHOLE.test(whole) && (CENTS.test(rest) || (GROUP.test(rest) && /^\D*\d{1,3}$/.test(whole)));
}

/** Whether the cell behind the amount could be the rest of it: blank cells at the end then excuse no row. */
export function mayBeCut(record: readonly string[], amount: number | undefined): boolean {
  if (amount === undefined) return false;
  return WHOLE.test((record[amount] ?? '').trim()) && /^\d/.test((record[amount + 1] ?? '').trim());
}

/** The rows of a file that are longer than its header because an amount lacks its quotes. */
export class ShiftedRows {
  readonly #amount: number | undefined;
  readonly #width: number;
  readonly #lines: number[] = [];
  #rows = 0;
  #example = '';

  constructor(map: ColumnMap, columns: readonly Column[]) {
    this.#amount = amountAt(map, columns);
    this.#width = map.width;
  }

  see(record: readonly string[], line: number): void {
    if (record.length <= this.#width || this.#amount === undefined) return;
    const [left = '', right = ''] = record.slice(this.#amount);
    if (!isCut(left, right)) return;
    if (this.#rows === 0) this.#example = `${left.trim()},${right.trim()}`;
    this.#rows += 1;
    if (this.#lines.length < LINES_SHOWN) this.#lines.push(line);
  }

  finish(): FileProblem[] {
    const [line] = this.#lines;
    if (line === undefined) return [];
    const more = this.#rows > this.#lines.length ? ', …' : '';
    const where =
      this.#rows === 1
        ? ''
        : `; so are ${plural(this.#rows, 'row')}, on lines ${this.#lines.join(', ')}${more}`;
    const message = `the row is longer than the header, since ${JSON.stringify(this.#example)} seems to be one amount without quotes${where}; put such amounts in quotes or take the commas out of them, or export with another delimiter and say it with --delimiter`;
    return [{ line, message }];
  }
}

/** Headers under which people write words. */
const WORDED = /note|comment|remark|memo|desc|reason|text|message|feedback|bemerkung|notiz|kommentar|nota/i;

/** Headers of numbers that may well stand behind whole amounts. */
const NUMBERED =
  /payout|cost|fee|price|commission|amount|revenue|total|tax|net|margin|profit|duration|second|minute|length|qty|quantity|unit|count|score|percent|rate|%/i;

/** Whether the column behind the amount holds what a comma cut off every amount, in rows as long as the header. */
export class CutAmountEvidence implements Evidence {
  readonly #field: string;
  readonly #index: number;
  readonly #header: string;
  readonly #lines: number[] = [];
  #rows = 0;
  #proofs = 0;
  #isCut = true;
  #example = '';

  /** `index` is that of the amount among the kept cells, `header` that of the column behind it. */
  constructor(field: string, index: number, header: string) {
    this.#field = field;
    this.#index = index;
    this.#header = header;
  }

  see(cells: readonly string[], line: number, _position: number, { status }: SeenRow): void {
    if (!this.#isCut || status === 'skipped') return;
    const [left = '', right = ''] = [cells[this.#index], cells[this.#index + 1]];
    if (left.trim() === '' && right.trim() === '') return;
    this.#isCut = isCut(left, right);
    if (!this.#isCut) return;
    if (this.#rows === 0) this.#example = `${left.trim()},${right.trim()}`;
    this.#rows += 1;
    if (/^0+$|\./.test(right.trim())) this.#proofs += 1;
    if (this.#lines.length < LINES_SHOWN) this.#lines.push(line);
  }

  finish(): Findings {
    const [line] = this.#lines;
    // A number such as a duration is not 00 nor has three digits before its point in every row.
    const isNumberHere = !WORDED.test(this.#header) && (this.#proofs === 0 || NUMBERED.test(this.#header));
    if (!this.#isCut || line === undefined || isNumberHere) return { problems: [] };
    const more = this.#rows > this.#lines.length ? ', …' : '';
    const message =
      `${this.#field}: every ${JSON.stringify(this.#header)} is two or three digits behind a whole amount, on ${this.#rows === 1 ? 'line' : 'lines'} ${this.#lines.join(', ')}${more}: ${JSON.stringify(this.#example)} seems to be one amount without quotes; ` +
      `put the amounts in quotes or take the commas out of them, or export with another delimiter and say it with --delimiter; if they are numbers of their own, say --ignore-column ${JSON.stringify(this.#header)}`;
    return { problems: [{ line, message }] };
  }
}
