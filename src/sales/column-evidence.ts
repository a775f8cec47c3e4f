import type { Position, StagedRow } from '../core/row.js';
import type { Column } from '../core/vendor.js';
import type { ColumnMap } from './columns.js';

/** What is known of a row when its columns are looked at. */
type Found = Pick<StagedRow, 'status' | 'message'>;

/** A row whose phone number lacks what the rest of its column has. */
export interface LostPrefix {
  readonly position: Position;
  readonly message: string;
  /** What was said of the row before. */
  readonly row: Found;
}

/** What the columns of a file show only when they are seen as a whole. */
export interface Findings {
  /** Reasons to refuse the file. */
  readonly problems: readonly { readonly line: number; readonly message: string }[];
  readonly lostPrefixes: readonly LostPrefix[];
}

/** Digits that a spreadsheet keeps of a number. */
const SPREADSHEET_DIGITS = 15;
/** So many zeros behind those, and none but zeros, are no accident: one file in a thousand. */
const ZEROS_OF_PROOF = 3;
/** Rows that can be named one by one; more make it a fault of the file. */
const MOST_NAMED = 10_000;

/** Looks at the id and phone columns of one file, row by row, and keeps what it needs to say at the end what they are. */
export class ColumnEvidence {
  readonly #ids: IdColumn[] = [];
  readonly #phones: PhoneColumn[] = [];

  constructor(columns: readonly Column[], mapping: ColumnMap) {
    for (const { field, kind } of columns) {
      const index = mapping.cells.get(field);
      if (index === undefined) continue;
      if (kind.is === 'id') this.#ids.push(new IdColumn(field, index));
      if (kind.is === 'phone') this.#phones.push(new PhoneColumn(field, index));
    }
  }

  see(cells: readonly string[], line: number, position: Position, row: Found): void {
    for (const column of this.#ids) column.see(cells, line);
    for (const column of this.#phones) column.see(cells, line, position, row);
  }

  finish(): Findings {
    const phones = this.#phones.map((column) => column.finish());
    return {
      problems: [
        ...this.#ids.flatMap((column) => column.finish()),
        ...phones.flatMap(({ problems }) => problems),
      ],
      lostPrefixes: phones.flatMap(({ lostPrefixes }) => lostPrefixes),
    };
  }
}

class IdColumn {
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

  finish(): Findings['problems'] {
    if (this.#whole || this.#zeros < ZEROS_OF_PROOF || this.#first === undefined) return [];
    const { line, text } = this.#first;
    const what = this.#rows === 1 ? `${text} ends` : `${text} and every other long id end`;
    const message = `${this.#field}: ${what} in zeros after ${SPREADSHEET_DIGITS} digits: a spreadsheet rounded it; format the column as text and export again`;
    return [{ line, message }];
  }
}

class PhoneColumn {
  readonly #field: string;
  readonly #index: number;
  #plus = 0;
  #zero = 0;
  #bare = 0;
  #named: { line: number; text: string; position: Position; row: Found }[] = [];

  constructor(field: string, index: number) {
    this.#field = field;
    this.#index = index;
  }

  see(cells: readonly string[], line: number, position: Position, row: Found): void {
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
    if (count < 2 || count <= this.#bare || first === undefined) return { problems: [], lostPrefixes: [] };
    const say = (text: string): string =>
      `${this.#field}: ${JSON.stringify(text)} lacks the ${prefix} with which ${count} others of the column begin; format the column as text and export again`;
    if (this.#bare > MOST_NAMED) {
      return { problems: [{ line: first.line, message: say(first.text) }], lostPrefixes: [] };
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
