import { writeRows, type Database, type SqlValue } from './database.js';

/** What `T` is made of in a statement, in one order for what selects it and what reads it. */
export interface Columns<T> {
  readonly names: readonly (keyof T & string)[];
  /** What to select, with commas between. */
  readonly list: string;
  /** From the cells of `list`, the first of them at `from`. */
  read(cells: readonly SqlValue[], from?: number): T;
  /** Everything that `select` with `list`, and on from there `sql`, finds. */
  select(db: Database, sql: string, ...params: SqlValue[]): T[];
}

/** How each column is read. That of `startedAt` is `started_at` of the table, where `named` does not say what it is. */
export function columns<T extends object>(
  readers: { readonly [K in keyof T]-?: (cell: SqlValue | undefined) => T[K] },
  table?: string,
  named: { readonly [K in keyof T]?: string } = {},
): Columns<T> {
  const names = Object.keys(readers) as (keyof T & string)[];
  const prefix = table === undefined ? '' : `${table}.`;
  const list = names.map((name) => named[name] ?? `${prefix}${snakeCase(name)}`).join(', ');
  const read = (cells: readonly SqlValue[], from = 0): T => {
    const value: Partial<T> = {};
    names.forEach((name, index) => {
      value[name] = readers[name](cells[from + index]);
    });
    return value as T;
  };
  const select = (db: Database, sql: string, ...params: SqlValue[]): T[] =>
    db.all(`select ${list} ${sql}`, ...params).map((cells) => read(cells));
  return { names, list, read, select };
}

/**
 * Runs `insert into …` for the columns of these names: what is not there is null, a truth value 1 or 0, a list or map
 * JSON. `same` are columns that are alike in all rows.
 */
export function insertRows<N extends string>(
  db: Database,
  into: string,
  names: readonly N[],
  rows: readonly { readonly [K in N]?: unknown }[],
  same: Readonly<Record<string, SqlValue>> = {},
): void {
  const list = [...Object.keys(same), ...names].map(snakeCase).join(', ');
  const given = Object.values(same);
  const cells = rows.map((row) => [...given, ...names.map((name) => cellOf(row[name]))]);
  writeRows(db, (values) => `${into} (${list}) values ${values}`, cells);
}

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function cellOf(value: unknown): SqlValue {
  if (value == null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'object' ? JSON.stringify(value) : (value as SqlValue);
}

/** One of the words that were written. */
export function wordOf<W extends string | undefined>(cell: SqlValue | undefined): W {
  return (cell ?? undefined) as W;
}

export function flagOf(cell: SqlValue | undefined): boolean {
  return cell === 1;
}

/**
 * JSON that a column holds as JSONB, or as text of an older revsync, to be selected: as text alone, which does not become
 * a list where rows are handed over as JSON.
 */
export function jsonTextOf(column: string): string {
  return `json(${column}) || ''`;
}

/** Undefined where there is none. */
export function jsonOf<T>(cell: SqlValue | undefined): T {
  return (cell == null ? undefined : JSON.parse(String(cell))) as T;
}
