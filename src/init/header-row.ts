import type { SourceRecord } from '../core/ports.js';
import type { Column } from '../core/vendor.js';
import { isKnownAs } from '../sales/columns.js';
import { isData } from '../sales/no-header.js';
import { KnownNames } from './header-words.js';

/** The line that was taken for the header, and the first lines of its file. */
interface HeaderInQuestion {
  readonly line: number;
  readonly cells: readonly string[];
  readonly opening: readonly SourceRecord[];
}

/**
 * The line of the header where titles stand above the table: one of the first lines whose cells are names of
 * more of the vendor's fields than those of the line that was taken for it. Undefined where none is.
 */
export function lineOfHeader(header: HeaderInQuestion, columns: readonly Column[]): number | undefined {
  const names = new KnownNames(columns);
  const isNamed = (cell: string, column: Column): boolean =>
    isKnownAs(cell, column) || names.nearness(cell, column).score > 0.5;
  const fieldsNamed = (cells: readonly string[]): number => {
    const fields = columns.filter((column) => cells.some((cell) => isNamed(cell, column)));
    const naming = cells.filter((cell) => columns.some((column) => isNamed(cell, column)));
    return Math.min(fields.length, naming.length);
  };
  const before = fieldsNamed(header.cells);
  // A title has one cell.
  const isTitle = filled(header.cells).length < 2;
  const below = header.opening
    .filter(({ line, cells }) => line > header.line && filled(cells).length > 1 && !cells.some(isData))
    .map(({ line, cells }) => ({ line, fields: fieldsNamed(cells) }));
  const [most] = below
    .filter(({ fields }) => fields > before && (fields > 1 || isTitle))
    .sort((left, right) => right.fields - left.fields || left.line - right.line);
  // Where no name helps, the first line of names below a title is the header.
  return (most ?? (isTitle ? below[0] : undefined))?.line;
}

function filled(cells: readonly string[]): string[] {
  return cells.filter((cell) => cell.trim() !== '');
}
