import type { Column } from '../core/vendor.js';
import { isKnownAs, isKnownBefore } from './columns.js';

/** Numbers, times and phone numbers are no names of columns. */
export function isData(cell: string): boolean {
  return /^[^\p{L}]*\d[^\p{L}]*$/u.test(cell) || /^\s*\d{4}-\d\d-\d\dT/.test(cell);
}

const CELLS_SHOWN = 3;

/** What is said of a line that was taken for the header and names no column, but has cells as rows have them; undefined of any other. */
export function dataForHeader(
  { line, cells }: { readonly line: number; readonly cells: readonly string[] },
  columns: readonly Column[],
): string | undefined {
  const filled = cells.filter((cell) => cell.trim() !== '');
  const data = filled.filter(isData);
  const isName = (cell: string): boolean =>
    columns.some((column) => isKnownAs(cell, column) || isKnownBefore(cell, column));
  if (data.length === 0 || data.length * 3 < filled.length || filled.some(isName)) return undefined;
  const shown = data.slice(0, CELLS_SHOWN).map((cell) => JSON.stringify(cell.trim()));
  const needed = columns.filter(({ kind, required }) => required || kind.is === 'amount');
  const names = needed.map(({ field }) => field).join(', ');
  const which = line === 1 ? 'the first line' : `line ${line}`;
  return `${which} looks like data (${shown.join(', ')}) and not like a header; put a line above it that names its ${cells.length} columns, among them ${names}`;
}
