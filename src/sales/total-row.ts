import type { Column } from '../core/vendor.js';
import type { ColumnMap } from './columns.js';

const TOTAL =
  /^(?:grand |sub)?\s?(?:total|totals|sum|summe|gesamt|gesamtsumme|totaal|totale|suma|somme)\s*[:=]?$/i;

/**
 * Whether a record is a total below the sales: its first cell with anything in it says so, and it could not be
 * a sale, because that cell is a required one or another required one is blank.
 */
export function isTotalRow(
  cells: readonly string[],
  mapping: ColumnMap,
  columns: readonly Column[],
): boolean {
  const first = cells.findIndex((cell) => cell.trim() !== '');
  if (!TOTAL.test(cells[first]?.trim() ?? '')) return false;
  const required = columns
    .filter(({ required, kind }) => required && kind.is !== 'amount')
    .flatMap(({ field }) => mapping.cells.get(field) ?? []);
  return (
    required.length === 0 || required.some((index) => index === first || (cells[index] ?? '').trim() === '')
  );
}
