import { AMOUNT_DECIMALS, parseAmount, type Amount } from '../core/amount.js';
import { plainWord } from '../core/flag.js';
import { quoted } from '../core/text.js';
import type { Page, RowWarning } from '../core/transactions.js';

/*
 * How cells of the JSON in which vendors tell what they hold are read. What cannot be read for certain is not there.
 */

export function unreadable(why: string): Page {
  return { kind: 'in_doubt', code: 'unclear_answer', message: `the page cannot be read: ${why}` };
}

/** Every cell of a row as the vendor wrote it. */
export function textsOf(row: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const texts = { ...row };
  for (const name in texts) texts[name] = cellOf(texts[name]);
  return texts as Readonly<Record<string, string>>;
}

/** The first of these cells that is not blank, as money. */
export function amountOf(
  id: string,
  names: readonly string[],
  row: Readonly<Record<string, unknown>>,
  warnings: RowWarning[],
): Amount | undefined {
  const name = names.find((name) => cellOf(row[name]).trim() !== '');
  if (name === undefined) return undefined;
  const text = cellOf(row[name]);
  const parsed = parseAmount(text, { decimals: AMOUNT_DECIMALS });
  if (parsed.ok && isExact(row[name])) return parsed.value.amount;
  const shown = quoted(text);
  warnings.push({ id, message: `${name} ${shown} cannot be read as an exact amount` });
  return undefined;
}

/** A JSON number with more digits than these may not be the one that was written. */
const EXACT_DIGITS = 15;

function isExact(value: unknown): boolean {
  return typeof value !== 'number' || String(value).replace(/\D/g, '').length <= EXACT_DIGITS;
}

/** A blank text is none; neither is a number that JSON may have rounded. */
export function jsonText(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

export function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  return JSON.stringify(value);
}

const LATEST_INSTANT = 8.64e15;
const WITH_OFFSET = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?) ?(Z|[+-]\d\d:?\d\d)$/;

/** Epoch milliseconds as a number or its digits, or a time that has its offset. One without is not guessed at. */
export function instantOf(value: unknown): number | undefined {
  const text = jsonText(value)?.trim() ?? '';
  if (/^\d{1,16}$/.test(text)) return Number(text) <= LATEST_INSTANT ? Number(text) : undefined;
  const [, day, time, offset] = WITH_OFFSET.exec(text) ?? [];
  if (day === undefined || time === undefined || offset === undefined) return undefined;
  const at = Date.parse(`${day}T${time}${offset.replace(/^(.\d\d)(\d\d)$/, '$1:$2')}`);
  return Number.isNaN(at) ? undefined : at;
}

/** Such as a number of seconds. */
export function wholeNumberOf(value: unknown): number | undefined {
  const text = jsonText(value)?.trim() ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

export function flagOf(value: unknown): boolean | undefined {
  const text = cellOf(value).trim().toLowerCase();
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : undefined;
}

/** What vendors write for whether there was a sale. */
const CONVERTED: ReadonlyMap<string, boolean> = new Map([
  ...['converted', '1', 'true', 'yes', 'on'].map((word) => [word, true] as const),
  ...['not converted', '0', 'false', 'no', 'off'].map((word) => [word, false] as const),
]);

/** Whether there was a sale of so much. Undefined for what cannot be told: any other text, or none beside money. */
export function convertedOf(cell: unknown, amount: Amount | undefined): boolean | undefined {
  const text = plainWord(cellOf(cell));
  return text === '' && (amount ?? 0) === 0 ? false : CONVERTED.get(text);
}
