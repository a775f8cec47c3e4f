import { OWN_PREFIX, isOwnColumn, undefused } from '../core/text.js';
import { type Result, err, ok } from '../core/result.js';
import type { Column } from '../core/vendor.js';
import { type BreakColumns, breakColumns } from './breaks-file.js';

/** Where a file keeps each field of a vendor, and which of its columns the results repeat. */
export interface ColumnMap {
  /** By field, the cell's index among the kept columns. */
  readonly cells: ReadonlyMap<string, number>;
  /** Indexes of the source's own columns: `revsync_*` columns of an earlier results file are left out. */
  readonly kept: readonly number[];
  /** The header of those columns. */
  readonly header: readonly string[];
  /** Whether the file is a results file that is fed back. */
  readonly fedBack: boolean;
  /** The kept column whose values mark reversals. */
  readonly reversal: number | undefined;
  /** The kept column whose values say which rows are sent. */
  readonly only: number | undefined;
  /** Undefined where the file is no breaks CSV. */
  readonly breaks: BreakColumns | undefined;
  /** Cells a record of this file must have. */
  readonly width: number;
}

/** What the user has said of the columns. */
export interface ColumnChoice {
  /** Field to header. */
  readonly columns: ReadonlyMap<string, string>;
  /** Field to the text that every row has; no column is looked for. */
  readonly constants: ReadonlyMap<string, string>;
  /** The header of the column that marks reversals. */
  readonly reversal?: string | undefined;
  /** The header of the column that says which rows are sent. */
  readonly only?: string | undefined;
}

/**
 * Finds the vendor's columns in a header by their written-out names, or as the user chose. Every missing,
 * ambiguous or duplicate column is a message.
 */
export function matchColumns(
  header: readonly string[],
  columns: readonly Column[],
  choice: ColumnChoice,
): Result<ColumnMap, readonly string[]> {
  const fedBack = header.some((name) => name.trim() === `${OWN_PREFIX}line`);
  const source = fedBack ? header.map(undefused) : header;
  const names = source.map((name) => name.trim());
  const kept = names.flatMap((name, index) => (isOwnColumn(name) ? [] : [index]));
  const problems = duplicates(kept.map((index) => names[index] ?? ''));
  const cells = new Map<string, number>();
  const headers = quoted(kept.map((index) => names[index] ?? ''));

  for (const column of columns) {
    if (choice.constants.has(column.field)) continue;
    if (column.kind.is === 'named_texts') {
      for (const [index, name] of kept.map((index) => names[index] ?? '').entries()) {
        const [prefix = '', ...rest] = name.split('.');
        const called = rest.join('.').trim();
        if (isKnownAs(prefix, column) && called !== '') cells.set(`${column.field}.${called}`, index);
      }
      continue;
    }
    const wanted = choice.columns.get(column.field);
    const found = kept.filter((index) =>
      wanted === undefined ? isKnownAs(names[index] ?? '', column) : names[index] === wanted.trim(),
    );
    const loose =
      wanted !== undefined && found.length === 0
        ? kept.filter((index) => normalized(names[index] ?? '') === normalized(wanted))
        : found;
    const [index] = loose;
    const option = `--column ${column.field}="HEADER"`;
    if (index === undefined) {
      if (wanted !== undefined) {
        problems.push(
          `${column.field}: there is no column ${JSON.stringify(wanted)}; the headers are ${headers}`,
        );
      } else if (column.required) {
        problems.push(`${column.field}: no column found; the headers are ${headers}; name it with ${option}`);
      }
    } else if (loose.length > 1) {
      const candidates = quoted(loose.map((candidate) => names[candidate] ?? ''));
      problems.push(
        `${column.field}: ${loose.length} columns could be it, ${candidates}; choose one with ${option}`,
      );
    } else {
      cells.set(column.field, kept.indexOf(index));
    }
  }
  const marking = (option: string, wanted: string | undefined): number | undefined => {
    if (wanted === undefined) return undefined;
    const index = kept.findIndex((index) => names[index] === wanted.trim());
    if (index < 0)
      problems.push(`${option}: there is no column ${JSON.stringify(wanted)}; the headers are ${headers}`);
    return index;
  };
  const reversal = marking('the reversal column', choice.reversal);
  const only = marking('the column of only', choice.only);
  if (problems.length > 0) return err(problems);
  return ok({
    cells,
    kept,
    header: kept.map((index) => source[index] ?? ''),
    fedBack,
    reversal,
    only,
    breaks: breakColumns(names),
    width: header.length,
  });
}

function duplicates(names: readonly string[]): string[] {
  const repeated = new Set(names.filter((name, index) => name !== '' && names.indexOf(name) !== index));
  return [...repeated].map((name) => `two columns are called ${JSON.stringify(name)}; rename or remove one`);
}

/** Whether a header is one of the names of a column. */
export function isKnownAs(name: string, column: Column): boolean {
  const wanted = normalized(name);
  return wanted !== '' && [column.field, ...column.names].some((known) => normalized(known) === wanted);
}

/** `Call Log ID`, `call_log_id` and `CallLogID` are one name. */
export function normalized(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

function quoted(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(', ');
}
