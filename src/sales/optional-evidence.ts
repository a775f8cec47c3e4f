import type { Position } from '../core/row.js';
import type { ColumnKind } from '../core/vendor.js';
import { isTime } from './columns.js';
import type { Evidence, FieldColumn, Findings, SeenRow } from './evidence.js';
import { readField, type FieldStyle } from './fields.js';
import type { FieldProblem } from './spreadsheet-damage.js';
import { orderNeeded } from './time.js';

/** A field that rows may lack, and the column of the file that it was found in. */
interface OptionalColumn extends FieldColumn {
  readonly kind: ColumnKind;
  readonly header: string;
}

/** One cell that cannot be read is a fault of its row; with two or more and none that can, the column holds something else. */
const CELLS_OF_PROOF = 2;

/** Whether a column that a row may lack can be read in no row: then it is most likely none of the vendor's. */
export class OptionalEvidence implements Evidence {
  readonly #column: OptionalColumn;
  readonly #decimals: number;
  readonly #style: FieldStyle;
  #isRead = false;
  #unread = 0;
  #first: { line: number; text: string; problem: FieldProblem } | undefined;

  constructor(column: OptionalColumn, decimals: number, style: FieldStyle) {
    this.#column = column;
    this.#decimals = decimals;
    this.#style = style;
  }

  see(cells: readonly string[], line: number, _position: Position, { status }: SeenRow): void {
    if (this.#isRead || status === 'skipped') return;
    const { kind, textOf } = this.#column;
    const text = textOf(cells);
    if (text === '') return;
    // How it is read is known when the whole file has been seen.
    const isOpen = isTime({ kind }) && this.#style.dateOrder === undefined && orderNeeded(text) !== undefined;
    if (isOpen) this.#isRead = true;
    const read = readField(kind, text, this.#decimals, this.#style);
    if (read.ok) this.#isRead = true;
    else {
      this.#unread += 1;
      this.#first ??= { line, text, problem: read.error };
    }
  }

  finish(): Findings {
    if (this.#isRead || this.#unread < CELLS_OF_PROOF || this.#first === undefined) return { problems: [] };
    const { field, header } = this.#column;
    const { line, problem } = this.#first;
    const message = `${field}: none of the ${this.#unread} cells in ${JSON.stringify(header)} can be read; the first: ${problem.message}; where that is not the field, leave the column out with --ignore-column ${JSON.stringify(header)}`;
    return { problems: [{ line, message }] };
  }
}
