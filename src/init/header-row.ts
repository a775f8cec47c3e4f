import type { SourceRecord } from '../core/ports.js';
import type { Column } from '../core/vendor.js';
import { assign } from './assign.js';
import { isKnownAs } from '../sales/columns.js';
import { KnownNames } from './header-words.js';

/**
 * The line of the header where titles stand above the table: one of the first lines whose cells are names of
 * more of the vendor's fields than those of the line that was taken for it. Undefined where none is.
 */
export function lineOfHeader(
  header: {
    readonly line: number;
    readonly cells: readonly string[];
    readonly opening: readonly SourceRecord[];
  },
  columns: readonly Column[],
): number | undefined {
  const known = new KnownNames(columns);
  const named = (cells: readonly string[]): number => {
    const scores = columns.map((column) =>
      cells.map((cell) => (isKnownAs(cell, column) || known.nearness(cell, column).score > 0.5 ? 1 : 0)),
    );
    return assign(scores).total;
  };
  const before = named(header.cells);
  const alone = filled(header.cells).length < 2;
  const below = header.opening
    .filter(
      ({ line, cells }) => line > header.line && filled(cells).length > 1 && !filled(cells).some(isData),
    )
    .map(({ line, cells }) => ({ line, fields: named(cells) }))
    .filter(({ fields }) => fields > before && (fields > 1 || alone));
  const [first] = below.sort((left, right) => right.fields - left.fields || left.line - right.line);
  if (first !== undefined) return first.line;
  if (!alone) return undefined;
  // A title has one cell; where no name helps, the first line of names below it is the header.
  return header.opening.find(
    ({ line, cells }) => line > header.line && filled(cells).length > 1 && !filled(cells).some(isData),
  )?.line;
}

function filled(cells: readonly string[]): string[] {
  return cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
}

/** Numbers, times and phone numbers are no names of columns. */
function isData(cell: string): boolean {
  return /^[^\p{L}]*\d[^\p{L}]*$/u.test(cell) || /^\d{4}-\d\d-\d\dT/.test(cell);
}
