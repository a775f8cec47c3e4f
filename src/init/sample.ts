import { AMOUNT_DECIMALS, parseAmount, type AmountStyle } from '../core/amount.js';
import type { SourceRecord } from '../core/ports.js';
import type { ColumnKind } from '../core/vendor.js';
import type { DateOrder } from '../sales/time.js';
import { damageOf } from '../sales/spreadsheet-damage.js';
import { PLAIN_STYLE, readField, type FieldStyle } from '../sales/fields.js';
import type { FieldProblem } from '../sales/spreadsheet-damage.js';

/** The first records of a file. */
export interface Sample {
  readonly header: readonly string[];
  readonly records: readonly SourceRecord[];
}

/** A cell that is not blank. */
export interface Cell {
  readonly line: number;
  readonly text: string;
}

/** The cells of a column that are not blank; those of records that are cut or overlong say nothing. */
export function cellsOf({ header, records }: Sample, column: number): readonly Cell[] {
  return records
    .filter(({ cells }) => cells.length >= header.length)
    .map(({ line, cells }) => ({ line, text: (cells[column] ?? '').trim() }))
    .filter(({ text }) => text !== '');
}

/** A column of which fewer cells can be read is hardly of the kind. */
export const FITTING_SHARE = 0.75;

/** How many cells of a column can be read as its kind, and what is wrong with the first that cannot. */
export interface Fit {
  readonly fits: number;
  readonly of: number;
  readonly firstMisfit: (Cell & { readonly problem: FieldProblem }) | undefined;
}

/** Amounts are read whatever their sign and decimals, and times of any zone: neither is a matter of the column. */
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

function misfit(kind: ColumnKind, text: string, style: FieldStyle): FieldProblem | undefined {
  if (kind.is === 'amount' || kind.is === 'money') {
    const damage = damageOf(kind, text);
    if (damage !== undefined) return damage;
    const parsed = readAmount(text, style.amounts);
    return parsed.ok ? undefined : parsed.error;
  }
  const read = readField(kind, text, AMOUNT_DECIMALS, { ...style, timezone: style.timezone ?? 'UTC' });
  return read.ok ? undefined : read.error;
}

function readAmount(text: string, style: AmountStyle): ReturnType<typeof parseAmount> {
  return parseAmount(text, { ...style, accounting: true, decimals: AMOUNT_DECIMALS, round: 'half-up' });
}

/** What a file says of itself by its cells, and what has to be said to a person. */
export interface Detected<T> {
  readonly value?: T;
  /** Why `value` is so. */
  readonly reason?: string;
  /** Why there is none, or what it leaves open. */
  readonly open?: string;
}

export interface DetectedAmounts {
  readonly decimal: Detected<'.' | ','>;
  readonly currency: Detected<string>;
  /** How the amounts are read best. */
  readonly style: AmountStyle;
}

/** What USD is written as too. */
const DOLLAR = 'US$';

/** The marks of the amounts in the cells, as far as most of them show them. */
export function detectAmounts(cells: readonly Cell[]): DetectedAmounts {
  const currency = detectCurrency(cells);
  const spellings = currency.value === 'USD' ? [DOLLAR, 'USD'] : [currency.value ?? ''];
  const marks = currency.value === undefined ? {} : { currency: spellings };
  const decimal = detectDecimal(cells, marks);
  return { currency, decimal, style: { ...marks, decimal: decimal.value } };
}

function isCurrency(mark: string): boolean {
  return /^\p{Sc}$/u.test(mark) || Intl.supportedValuesOf('currency').includes(mark);
}

function detectCurrency(cells: readonly Cell[]): Detected<string> {
  const marks = cells
    .filter(({ text }) => /\d/.test(text))
    .map(({ text }) => text.replace(/[\d\s.,'’()\-\u00a0\u202f]/gu, ''))
    .map((mark) => (mark === DOLLAR ? 'USD' : mark))
    .filter((mark) => mark !== '' && isCurrency(mark));
  const distinct = [...new Set(marks)];
  const [mark] = distinct;
  if (mark === undefined) return {};
  const count = `${marks.length} of ${cells.length} amounts`;
  if (distinct.length > 1) {
    const open = `${count} carry ${distinct.join(' or ')}; amounts of one file are in one currency: push them apart, or name the one currency with currency:`;
    return { open };
  }
  if (marks.length * 2 > cells.length) return { value: mark, reason: `${count} carry it` };
  const open = `${count} carry ${mark} and are refused; if all amounts are in it, add currency: ${JSON.stringify(mark)}`;
  return { open };
}

function detectDecimal(cells: readonly Cell[], marks: AmountStyle): Detected<'.' | ','> {
  const reads = (text: string, decimal: '.' | ',' | undefined): boolean =>
    readAmount(text, { ...marks, decimal }).ok;
  const unread = cells.filter(({ text }) => !reads(text, undefined));
  const needing = unread.filter(({ text }) => reads(text, ',') || reads(text, '.'));
  const [first] = needing;
  if (first === undefined) return {};
  const onlyComma = cells.filter(({ text }) => reads(text, ',') && !reads(text, '.'));
  const onlyPoint = cells.filter(({ text }) => reads(text, '.') && !reads(text, ','));
  const [comma, point] = [onlyComma[0], onlyPoint[0]];
  const few = `${needing.length} of ${cells.length} amounts`;
  if (comma !== undefined && point !== undefined) {
    const open = `the decimals of amounts stand behind a comma on line ${comma.line} and behind a point on line ${point.line}; one file has one decimal mark`;
    return { open };
  }
  if (comma !== undefined) {
    const all = cells.filter(({ text }) => reads(text, ','));
    return {
      value: ',',
      reason: `${all.length} of ${cells.length} amounts read with it, ${needing.length} only so`,
    };
  }
  if (point === undefined) {
    const open = `${few}, the first on line ${first.line}, could have a comma before their decimals or between groups of digits; add decimal: "," or decimal: "."`;
    return { open };
  }
  if (needing.length * 2 > cells.length)
    return { value: '.', reason: `${few} group their digits with commas` };
  const open = `${few}, the first on line ${first.line}, group their digits with commas and are refused; decimal: "." reads them`;
  return { open };
}

const ORDERS: readonly DateOrder[] = ['mdy', 'dmy', 'ymd'];

/** The order of day, month and year in times that are not ISO 8601. `kind` is one of the times. */
export function detectDates(kind: ColumnKind, cells: readonly Cell[]): Detected<DateOrder> {
  const reads = (cell: Cell, dateOrder: DateOrder | undefined): boolean =>
    misfit(kind, cell.text, { ...PLAIN_STYLE, dateOrder }) === undefined;
  const open = cells.filter((cell) => !reads(cell, undefined));
  const read = new Map(ORDERS.map((order) => [order, open.filter((cell) => reads(cell, order))]));
  const most = Math.max(...[...read.values()].map((some) => some.length));
  if (most === 0) return {};
  const [best = 'mdy', ...others] = ORDERS.filter((order) => read.get(order)?.length === most);
  const all = [...read.values()].reduce((union, some) => new Set([...union, ...some]), new Set<Cell>());
  if (all.size > most) {
    const first = (order: DateOrder): Cell | undefined =>
      read.get(order)?.find((cell) => !ORDERS.some((other) => other !== order && reads(cell, other)));
    const [mdy, dmy] = [first('mdy'), first('dmy')];
    const where =
      mdy === undefined || dmy === undefined
        ? 'no one order reads all of them'
        : `line ${mdy.line} has the month first and line ${dmy.line} the day`;
    return { open: `the dates are written in more than one order: ${where}; mend the file` };
  }
  if (others.length > 0) {
    const found = 'no day above 12 proves whether the month or the day comes first';
    return { open: `${found}; say it with --date-format mdy or dmy` };
  }
  const proof = read.get(best)?.find((cell) => !ORDERS.some((other) => other !== best && reads(cell, other)));
  const reason = best === 'ymd' ? 'the year comes first' : `line ${proof?.line ?? 0} has a day above 12`;
  return { value: best, reason };
}

/** Whether every cell is of the kind and hardly of another: what may be concluded without a name. */
export function looksLike(kind: ColumnKind, cells: readonly Cell[]): boolean {
  if (cells.length === 0) return false;
  const all = (test: (text: string) => boolean): boolean => cells.every(({ text }) => test(text));
  switch (kind.is) {
    case 'phone':
    case 'flag': {
      const { fits, of } = fitOf(kind, cells, PLAIN_STYLE);
      return fits === of;
    }
    case 'instant':
    case 'local_time':
      return isTime(kind, cells);
    case 'amount':
    case 'money': {
      const { style } = detectAmounts(cells);
      const { fits, of } = fitOf(kind, cells, { ...PLAIN_STYLE, amounts: style });
      return fits === of && cells.some(({ text }) => /[.,]\d{1,2}\D*$/.test(text));
    }
    case 'id': {
      const distinct = new Set(cells.map(({ text }) => text)).size;
      const written = all((text) => /^\+|^\(\d/.test(text));
      return (
        distinct >= 0.9 * cells.length &&
        all((text) => /\d/.test(text) && /^[^\s\p{C}]{1,100}$/u.test(text)) &&
        !written &&
        fitOf(kind, cells, PLAIN_STYLE).fits === cells.length &&
        !looksLike({ is: 'amount' }, cells) &&
        !isTime({ is: 'instant' }, cells)
      );
    }
    case 'text':
    case 'named_texts':
    case 'secret':
      return false;
  }
}

function isTime(kind: ColumnKind, cells: readonly Cell[]): boolean {
  const dated = ([undefined, ...ORDERS] as const).some(
    (dateOrder) => fitOf(kind, cells, { ...PLAIN_STYLE, dateOrder }).fits === cells.length,
  );
  return dated && cells.some(({ text }) => /\D/.test(text));
}
