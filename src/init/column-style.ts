import type { AmountStyle } from '../core/amount.js';
import type { ColumnKind } from '../core/vendor.js';
import { PLAIN_STYLE, type FieldStyle } from '../sales/fields.js';
import type { DateOrder } from '../sales/time.js';
import { fitOf, misfit, type Cell } from './sample.js';

/** What the cells of a column say of the way they are written, and what has to be said to a person. */
export interface Detected<T> {
  readonly value?: T;
  /** Why `value` is so. */
  readonly reason?: string;
  /** Why there is none, or what it leaves open. */
  readonly open?: string;
}

interface DetectedAmounts {
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
  const readBy = (decimal?: '.' | ','): ReadonlySet<Cell> => {
    const style = { ...PLAIN_STYLE, amounts: { ...marks, decimal } };
    return new Set(cells.filter(({ text }) => misfit({ is: 'amount' }, text, style) === undefined));
  };
  const [byNone, byComma, byPoint] = [readBy(), readBy(','), readBy('.')];
  const needing = cells.filter((cell) => !byNone.has(cell) && (byComma.has(cell) || byPoint.has(cell)));
  const [first] = needing;
  if (first === undefined) return {};
  const comma = cells.find((cell) => byComma.has(cell) && !byPoint.has(cell));
  const point = cells.find((cell) => byPoint.has(cell) && !byComma.has(cell));
  const few = `${needing.length} of ${cells.length} amounts`;
  if (comma !== undefined && point !== undefined) {
    const open = `the decimals of amounts stand behind a comma on line ${comma.line} and behind a point on line ${point.line}; one file has one decimal mark`;
    return { open };
  }
  if (comma !== undefined) {
    const reason = `${byComma.size} of ${cells.length} amounts read with it, ${needing.length} only so`;
    return { value: ',', reason };
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

/** The order of day, month and year in times that are not ISO 8601. */
export function detectDates(cells: readonly Cell[]): Detected<DateOrder> {
  const reads = ({ text }: Cell, dateOrder?: DateOrder): boolean =>
    misfit({ is: 'local_time' }, text, { ...PLAIN_STYLE, dateOrder }) === undefined;
  const read = cells
    .filter((cell) => !reads(cell))
    .map((cell) => ({ ...cell, orders: ORDERS.filter((order) => reads(cell, order)) }))
    .filter(({ orders }) => orders.length > 0);
  if (read.length === 0) return {};
  const [order, another] = ORDERS.filter((order) => read.every(({ orders }) => orders.includes(order)));
  const proofOf = (order: DateOrder): Cell | undefined => read.find(({ orders }) => orders.join() === order);
  if (order === undefined) {
    const [mdy, dmy] = [proofOf('mdy'), proofOf('dmy')];
    const where =
      mdy === undefined || dmy === undefined
        ? 'no one order reads all of them'
        : `line ${mdy.line} has the month first and line ${dmy.line} the day`;
    return { open: `the dates are written in more than one order: ${where}; mend the file` };
  }
  if (another !== undefined) {
    const found = 'no day above 12 proves whether the month or the day comes first';
    return { open: `${found}; say it with --date-format mdy or dmy` };
  }
  const proof = `line ${proofOf(order)?.line ?? 0} has a day above 12`;
  return { value: order, reason: order === 'ymd' ? 'the year comes first' : proof };
}

/** How most cells of a kind can be read, whether or not it is proved. */
export function readingStyle(kind: ColumnKind, cells: readonly Cell[]): FieldStyle {
  switch (kind.is) {
    case 'amount':
    case 'money':
      return { ...PLAIN_STYLE, amounts: detectAmounts(cells).style };
    case 'instant':
    case 'local_time': {
      const styles = ORDERS.map((dateOrder) => ({ ...PLAIN_STYLE, dateOrder }));
      const fits = styles.map((style) => fitOf(kind, cells, style).fits);
      return styles[fits.indexOf(Math.max(...fits))] ?? PLAIN_STYLE;
    }
    default:
      return PLAIN_STYLE;
  }
}

/** Whether every cell is of the kind and hardly of another: what may be concluded without a name. */
export function looksLike(kind: ColumnKind, cells: readonly Cell[]): boolean {
  const all = (pattern: RegExp): boolean => cells.every(({ text }) => pattern.test(text));
  const some = (pattern: RegExp): boolean => cells.some(({ text }) => pattern.test(text));
  if (cells.length === 0 || fitOf(kind, cells, readingStyle(kind, cells)).fits < cells.length) return false;
  switch (kind.is) {
    case 'phone':
    case 'flag':
      return true;
    case 'instant':
    case 'local_time':
      return some(/\D/);
    case 'amount':
    case 'money':
      return some(/[.,]\d{1,2}\D*$/);
    case 'id':
      return (
        new Set(cells.map(({ text }) => text)).size >= 0.9 * cells.length &&
        all(/\d/) &&
        all(/^[^\s\p{C}]{1,100}$/u) &&
        !all(/^\+|^\(\d/) &&
        !looksLike({ is: 'amount' }, cells) &&
        !looksLike({ is: 'instant' }, cells)
      );
    case 'text':
    case 'named_texts':
    case 'secret':
      return false;
  }
}
