import { AMOUNT_DECIMALS } from '../core/amount.js';
import type { SourceRecord } from '../core/ports.js';
import { isOwnColumn } from '../core/text.js';
import type { ColumnKind } from '../core/vendor.js';
import { readField, type FieldStyle } from '../sales/fields.js';
import type { FieldProblem } from '../sales/spreadsheet-damage.js';

/** The first records of a file. */
export interface Sample {
  readonly header: readonly string[];
  readonly records: readonly SourceRecord[];
}

/** A cell that is not blank, without the white space around it. */
export interface Cell {
  readonly line: number;
  readonly text: string;
}

/** A column of the file with a name of its own, and those of its cells that are not blank. */
export interface SampleColumn {
  readonly name: string;
  readonly cells: readonly Cell[];
}

/** Columns that a field may be in. Records that are cut or overlong say nothing of them. */
export function columnsOf({ header, records }: Sample): readonly SampleColumn[] {
  const whole = records.filter(({ cells }) => cells.length >= header.length);
  return header.flatMap((written, index): SampleColumn[] => {
    const name = written.trim();
    if (name === '' || isOwnColumn(name)) return [];
    const cells = whole.map(({ line, cells }) => ({ line, text: (cells[index] ?? '').trim() }));
    return [{ name, cells: cells.filter(({ text }) => text !== '') }];
  });
}

/** A column of which fewer cells can be read is hardly of the kind. */
export const FITTING_SHARE = 0.75;

/** How many cells of a column can be read as its kind, and what is wrong with the first that cannot. */
interface Fit {
  readonly fits: number;
  readonly of: number;
  readonly firstMisfit: (Cell & { readonly problem: FieldProblem }) | undefined;
}

export function fitOf(kind: ColumnKind, cells: readonly Cell[], style: FieldStyle): Fit {
  let firstMisfit: Fit['firstMisfit'];
  let fits = 0;
  for (const cell of cells) {
    const problem = misfit(kind, cell.text, style);
    if (problem === undefined) fits += 1;
    else firstMisfit ??= { ...cell, problem };
  }
  return { fits, of: cells.length, firstMisfit };
}

/**
 * Why a cell cannot be read as its kind; undefined where it can. Amounts are read whatever their sign and decimals,
 * and times of any zone: neither is a matter of the column.
 */
export function misfit(kind: ColumnKind, text: string, style: FieldStyle): FieldProblem | undefined {
  const read = readField(kind.is === 'amount' ? { is: 'money' } : kind, text, AMOUNT_DECIMALS, {
    ...style,
    timezone: style.timezone ?? 'UTC',
    amounts: { ...style.amounts, accounting: true },
  });
  return read.ok || read.error.code === 'too_many_decimals' ? undefined : read.error;
}
