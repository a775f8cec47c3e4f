import type { Code } from '../core/codes.js';
import type { FileProblem } from '../core/ports.js';
import type { Position, StagedRow } from '../core/row.js';
import type { DateOrder } from './time.js';

/** What is known of a row when its columns are looked at. */
export type SeenRow = Pick<StagedRow, 'status' | 'message' | 'sale'>;

/** A row with a cell that the rest of its column shows to be wrong. */
export interface OddRow {
  readonly position: Position;
  readonly code: Code;
  readonly message: string;
  /** What was said of the row before. */
  readonly row: SeenRow;
}

/** The order of the dates of a file, and a cell that is read in no other, where one is needed. */
export interface ProvedOrder {
  readonly order: DateOrder;
  readonly proof: Example | undefined;
}

/** What the columns of a file show only when they are seen as a whole. */
export interface Findings {
  /** Reasons to refuse the file. */
  readonly problems: readonly FileProblem[];
  readonly oddRows?: readonly OddRow[];
  /** The order of its dates, where the file proves it and nothing else says it. */
  readonly dateOrder?: ProvedOrder | undefined;
}

/** Looks at some columns of one file, row by row, and says at its end what they are. Keeps no more than it needs for that. */
export interface Evidence {
  /** `cells` are the kept ones, `line` is where the record starts. */
  see(cells: readonly string[], line: number, position: Position, row: SeenRow): void;
  finish(): Findings;
}

/** A field, and how its text is taken out of a row; blank where there is none. */
export interface FieldColumn {
  readonly field: string;
  readonly textOf: (cells: readonly string[]) => string;
}

/** A cell that stands for all of which the same is known. */
export interface Example {
  readonly field: string;
  readonly line: number;
  readonly text: string;
}

/** Refuses a file by the cell that shows why. */
export function refusedBy({ field, line }: Example, message: string): FileProblem {
  return { line, message: `${field}: ${message}` };
}

/** Rows that can be named one by one; more make it a fault of the file. */
export const MOST_NAMED = 10_000;
