import { isFedBack, isOwnColumn, undefused } from '../core/text.js';
import { currencyIn } from '../core/currency.js';
import { type Result, err, ok } from '../core/result.js';
import type { Column } from '../core/vendor.js';
import { currencyColumn } from './currency-column.js';
import { type BreakColumns, breakColumns, isRead } from './breaks-file.js';

/** Where a file keeps each field of a vendor, and which of its columns the results repeat. */
export interface ColumnMap {
  /** By field, the cell's index among the kept columns. */
  readonly cells: ReadonlyMap<string, number>;
  /** By field, further cells whose texts follow the first one's: a time of day behind its day. */
  readonly joined?: ReadonlyMap<string, readonly number[]>;
  /** By field, the header that says its times are in UTC. */
  readonly utc?: ReadonlyMap<string, string>;
  /** Indexes of the source's own columns: `revsync_*` columns of an earlier results file are left out, but for what makes it a breaks CSV. */
  readonly kept: readonly number[];
  /** The header of those columns. */
  readonly header: readonly string[];
  /** Whether the file is a results file that is fed back. */
  readonly fedBack: boolean;
  /** Of a results file, where a record says what its row was before: indexes of the record's own cells, -1 where it does not. */
  readonly before?: { readonly key: number; readonly code: number; readonly run: number };
  /** The kept column whose values mark reversals. */
  readonly reversal: number | undefined;
  /** The kept column whose values say which rows are sent. */
  readonly only: number | undefined;
  /** Kept columns that nothing names, which may still say something of the rows. */
  readonly others: readonly number[];
  /** The one of those that says which currency the amount is in. */
  readonly currency: number | undefined;
  /** Undefined where the file is no breaks CSV. */
  readonly breaks: BreakColumns | undefined;
  /** Kept columns that are taken for nothing, where the user wants it of some. */
  readonly ignored?: ReadonlySet<number> | undefined;
  /** Cells a record of this file must have. */
  readonly width: number;
}

/** What the user has said of the columns. */
export interface ColumnChoice {
  /** Field to header, or to several with ` + ` between, whose cells are read as one. */
  readonly columns: ReadonlyMap<string, string>;
  /** Field to the text that every row has; no column is looked for. */
  readonly constants: ReadonlyMap<string, string>;
  /** The header of the column that marks reversals. */
  readonly reversal?: string | undefined;
  /** The header of the column that says which rows are sent. */
  readonly only?: string | undefined;
  /** Headers of columns that are taken for nothing. */
  readonly ignored?: readonly string[];
  /** Columns that nothing names are taken for nothing. */
  readonly onlyNamed?: true;
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
  const fedBack = isFedBack(header);
  const source = fedBack ? header.map(undefused) : header;
  const all = source.map((name) => name.trim());
  const breaks = breakColumns(all);
  const isKept = (name: string): boolean => !isOwnColumn(name) || (breaks !== undefined && isRead(name));
  const kept = all.flatMap((name, index) => (isKept(name) ? [index] : []));
  const written = kept.map((index) => (isOwnColumn(all[index] ?? '') ? '' : (all[index] ?? '')));
  const ignored = new Set((choice.ignored ?? []).map((name) => name.trim()));
  const problems = absent(ignored, written);
  const names = written.map((name) => (ignored.has(name) ? '' : name));
  const cells = new Map<string, number>();
  const joined = new Map<string, readonly number[]>();
  const utc = new Map<string, string>();
  for (const column of columns) {
    const { field, kind } = column;
    if (choice.constants.has(field)) continue;
    if (kind.is === 'named_texts') {
      for (const [name, index] of namedTexts(names, column)) cells.set(name, index);
      continue;
    }
    const found = findColumn(names, column, choice.columns.get(field));
    if (!found.ok) problems.push(found.error);
    const [index, ...more] = found.ok ? found.value : [];
    if (index === undefined) continue;
    cells.set(field, index);
    if (more.length > 0) joined.set(field, more);
    const saying = [index, ...more].map((at) => names[at] ?? '').find((name) => UTC.test(name));
    if (isTime(column) && saying !== undefined) utc.set(field, saying);
  }
  const marking = (option: string, wanted: string | undefined): number | undefined => {
    if (wanted === undefined) return undefined;
    const [index, another] = indexesOf(names, (name) => name === wanted.trim());
    if (index === undefined) problems.push(`${option}: ${noColumn(wanted, names)}`);
    if (another !== undefined) problems.push(`${option}: ${twice(wanted.trim())}`);
    return index;
  };
  const reversal = marking('the reversal column', choice.reversal);
  const only = marking('the column of only', choice.only);
  if (problems.length > 0) return err(problems);
  return ok({
    cells,
    ...(joined.size > 0 && { joined }),
    ...(utc.size > 0 && { utc }),
    ...unnamed(names, cells, [...[...joined.values()].flat(), reversal, only], columns, choice),
    kept,
    header: kept.map((index) => source[index] ?? ''),
    fedBack,
    ...(fedBack && { before: resultsBefore(all) }),
    reversal,
    only,
    breaks,
    ignored: ignored.size === 0 ? undefined : new Set(indexesOf(written, (name) => ignored.has(name))),
    width: header.length,
  });
}

function resultsBefore(header: readonly string[]): NonNullable<ColumnMap['before']> {
  const [key = -1, code = -1, run = -1] = ['revsync_key', 'revsync_error_code', 'revsync_run'].map((name) =>
    header.indexOf(name),
  );
  return { key, code, run };
}

/** `Start Time (UTC)`, `start_time_utc`, `StartTimeUTC`; but `GMT-5` is another zone. */
const UTC =
  /(?:(?<![A-Za-z])(?:UTC|GMT|[Uu]tc|[Gg]mt)|(?<=[a-z])(?:UTC|GMT|Utc|Gmt))(?![A-Za-z]|\s*[-+]\s*\d)/;

export function isTime({ kind }: Pick<Column, 'kind'>): boolean {
  return kind.is === 'instant' || kind.is === 'local_time';
}

function absent(ignored: ReadonlySet<string>, names: readonly string[]): string[] {
  const missing = [...ignored].filter((name) => !names.includes(name));
  return missing.map((name) => `--ignore-column: ${noColumn(name, names)}`);
}

/** Columns that no field and no rule is in; one named as a field of which there is a constant is its. */
function unnamed(
  names: readonly string[],
  cells: ColumnMap['cells'],
  alsoUsed: readonly (number | undefined)[],
  columns: readonly Column[],
  { constants, onlyNamed }: ColumnChoice,
): Pick<ColumnMap, 'others' | 'currency'> {
  if (onlyNamed === true) return { others: [], currency: undefined };
  const constant = columns.filter(({ field }) => constants.has(field));
  const used = new Set([...cells.values(), ...alsoUsed]);
  const isNamed = (name: string): boolean =>
    name === '' || constant.some((column) => isKnownAs(name, column));
  const others = indexesOf(names, (name) => !isNamed(name)).filter((index) => !used.has(index));
  const amount = columns.find(({ kind }) => kind.is === 'amount');
  const amounts = names[cells.get(amount?.field ?? '') ?? -1];
  const currency = currencyColumn(
    names.map((name, index) => (others.includes(index) ? normalized(name) : '')),
    amounts === undefined ? undefined : normalized(amounts),
  );
  return { others: others.filter((index) => index !== currency), currency };
}

/** Where a column stands among `names`: that of the header `wanted`, or each of those with ` + ` between, else of a name it is known as. */
function findColumn(
  names: readonly string[],
  column: Column,
  wanted: string | undefined,
): Result<readonly number[], string> {
  const parts = wanted?.split(/\s+\+\s+/) ?? [];
  if (wanted === undefined || parts.length === 1 || names.includes(wanted.trim()))
    return findOne(names, column, wanted);
  const found = parts.map((part) => findOne(names, column, part));
  const problem = found.find((one) => !one.ok);
  return problem ?? ok(found.flatMap((one) => (one.ok ? one.value : [])));
}

function findOne(
  names: readonly string[],
  column: Column,
  wanted: string | undefined,
): Result<readonly number[], string> {
  const { field, required } = column;
  const exact = indexesOf(names, (name) =>
    wanted === undefined ? isKnownAs(name, column) : name === wanted.trim(),
  );
  const found = exact.length > 0 ? exact : indexesOf(names, (name) => isNearly(name, column, wanted));
  const [index] = found;
  const option = `--column ${field}="HEADER"`;
  if (found.length > 1) {
    const [name = '', ...others] = found.map((candidate) => names[candidate] ?? '');
    if (others.includes(name)) return err(`${field}: ${twice(name)}`);
    const candidates = quoted([name, ...others]);
    const both = isTime(column) ? dayAndTime(found.map((candidate) => names[candidate] ?? '')) : undefined;
    const joined = both === undefined ? '' : `, or read both as one with --column ${field}="${both}"`;
    return err(
      `${field}: ${found.length} columns could be it, ${candidates}; choose one with ${option}${joined}`,
    );
  }
  if (index !== undefined) return ok([index]);
  if (wanted !== undefined) return err(`${field}: ${noColumn(wanted, names)}`);
  if (!required) return ok([]);
  return err(`${field}: no column found; the headers are ${quoted(names)}; name it with ${option}`);
}

/** `Call Date + Call Time` of two columns that are called so. */
function dayAndTime(names: readonly string[]): string | undefined {
  const [day, time] = [/date|day/i, /time|clock/i].map((word) => names.find((name) => word.test(name)));
  return names.length === 2 && day !== undefined && time !== undefined && day !== time
    ? `${day} + ${time}`
    : undefined;
}

/** The header in another spelling, or a name that it is known by with a word behind it. */
function isNearly(name: string, column: Column, wanted: string | undefined): boolean {
  return wanted === undefined ? isKnownBefore(name, column) : normalized(name) === normalized(wanted);
}

/** `custom.Region` of the field `custom`: each with what the source calls it, and where it stands. */
function namedTexts(names: readonly string[], column: Column): [name: string, index: number][] {
  return names.flatMap((name, index): [string, number][] => {
    const [prefix = '', ...rest] = name.split('.');
    const called = rest.join('.').trim();
    return isKnownAs(prefix, column) && called !== '' ? [[`${column.field}.${called}`, index]] : [];
  });
}

function noColumn(wanted: string, names: readonly string[]): string {
  return `there is no column ${JSON.stringify(wanted)}; the headers are ${quoted(names)}`;
}

function indexesOf(names: readonly string[], isMeant: (name: string) => boolean): number[] {
  return names.flatMap((name, index) => (isMeant(name) ? [index] : []));
}

function twice(name: string): string {
  return `two columns are called ${JSON.stringify(name)}; rename or remove one`;
}

/** Whether a header is one of the names of a column. */
export function isKnownAs(name: string, column: Column): boolean {
  const wanted = normalized(name);
  return wanted !== '' && [column.field, ...column.names].some((known) => normalized(known) === wanted);
}

/** What may stand behind a name and says of the column only how it is written or where it was kept; `Amount (refunded)` is another one. */
const BEHIND = /^(.*?)(?:\s*[([]\s*([^()[\]]*?)\s*[)\]]|__c)$/i;
const KEPT_WHERE = /^(?:metadata|custom(?: field)?|required|optional|text|)$/i;

/** `Revenue (USD)`, `call_log_id (metadata)`, `Call_Log_ID__c` or, of a time, `Sale Date (UTC)`: one of its names with a word behind it that changes nothing. */
export function isKnownBefore(name: string, column: Column): boolean {
  if (isTime(column) && UTC.test(name) && isKnownAs(name.replace(UTC, ''), column)) return true;
  const [, plain = '', behind = ''] = BEHIND.exec(name.trim()) ?? [];
  const isMoney = column.kind.is === 'amount' || column.kind.is === 'money';
  const fits = KEPT_WHERE.test(behind) || (isMoney && currencyIn(behind.toUpperCase()) !== undefined);
  return fits && isKnownAs(plain, column);
}

/** `Call Log ID`, `call_log_id` and `CallLogID` are one name. */
export function normalized(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

function quoted(names: readonly string[]): string {
  return names
    .filter((name) => name !== '')
    .map((name) => JSON.stringify(name))
    .join(', ');
}
