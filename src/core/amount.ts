import { currencyIn, currencyMark, currencySpellings } from './currency.js';
import { err, ok, type Result } from './result.js';
import { quoted } from './text.js';

/** Money: a whole number of 1/10000 of the currency's main unit, so 12.50 is 125000. Never a float. */
export type Amount = number & { readonly unit: 'one ten-thousandth' };

/** How many decimals an `Amount` carries. No vendor documents more. */
export const AMOUNT_DECIMALS = 4;

/** Amounts of a thousand million and more are taken for a mistake. Keeps every amount a safe integer. */
const MAX_INTEGER_DIGITS = 9;

const DECIMAL = /^(-?)(\d*)(?:\.(\d+))?$/;

export type Rounding = 'half-up' | 'half-even';

type AmountProblem = {
  readonly code: 'not_an_amount' | 'other_currency' | 'too_many_decimals' | 'amount_too_large';
  readonly message: string;
};

/** How amounts are written in a file, where that is not digits with at most one point. */
export interface AmountStyle {
  /** Once the decimal mark is named, the other one and spaces may stand between groups of three digits. */
  readonly decimal?: '.' | ',' | undefined;
  /** Signs and codes that may stand before or behind, such as `$` and `USD`. */
  readonly currency?: readonly string[] | undefined;
  /** Whether `(50.00)` and `50.00-` are negative amounts. */
  readonly accounting?: boolean | undefined;
}

/**
 * Reads decimal text such as `1250.50`, `.5`, `-3` or `007.10`, or what `style` allows; white space around it is
 * taken off.
 *
 * Digits past `decimals` that are not zero are an error unless `round` says how to round; rounding looks at
 * the text itself, once. `half-up` rounds a half away from zero.
 */
export function parseAmount(
  text: string,
  style: AmountStyle & { readonly decimals: number; readonly round?: Rounding | undefined },
): Result<{ amount: Amount; rounded: boolean }, AmountProblem> {
  const { decimals, round } = style;
  const plain = plainAmount(text, decimals, style);
  if (plain !== undefined) return ok({ amount: plain, rounded: false });
  const match = DECIMAL.exec(plainText(text.trim(), style));
  const [, sign, whole = '', fraction = ''] = match ?? [];
  if (match === null || whole + fraction === '') return err(notAnAmount(text, style));
  const integer = whole.replace(/^0+/, '');
  const kept = fraction.slice(0, decimals).padEnd(decimals, '0');
  const rest = fraction.slice(decimals).replace(/0+$/, '');
  const units = Number(integer + kept) + (roundsUp(kept, integer, rest, round) ? 1 : 0);
  if (units >= 10 ** (MAX_INTEGER_DIGITS + decimals)) {
    return err({
      code: 'amount_too_large',
      message: `${quoted(text)} is too large; amounts have at most ${MAX_INTEGER_DIGITS} digits before the point`,
    });
  }
  if (rest !== '' && round === undefined) {
    return err({
      code: 'too_many_decimals',
      message:
        `${quoted(text)} has more than the ${decimals} decimals this vendor keeps; ` +
        `correct it, or let --round half-up or --round half-even decide`,
    });
  }
  const magnitude = units * 10 ** (AMOUNT_DECIMALS - decimals);
  // `0 - x` rather than `-x`: there is no negative zero in the books.
  return ok({ amount: (sign === '-' ? 0 - magnitude : magnitude) as Amount, rounded: rest !== '' });
}

/**
 * What most cells are, `1250.50` or `1250`, without the way through every other spelling; undefined where the
 * text is anything else, a number of more than `decimals` decimals too.
 */
function plainAmount(text: string, decimals: number, { decimal }: AmountStyle): Amount | undefined {
  let units = 0;
  let seen = 0;
  let point = -1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) {
      units = units * 10 + code - ZERO;
      seen += 1;
    } else if (code === POINT && point < 0 && at > 0 && decimal !== ',') point = at;
    else return undefined;
  }
  const fraction = point < 0 ? 0 : text.length - point - 1;
  if (seen === 0 || seen - fraction > MAX_INTEGER_DIGITS || fraction > decimals || point === text.length - 1)
    return undefined;
  return (units * 10 ** (AMOUNT_DECIMALS - fraction)) as Amount;
}

const ZERO = 0x30;
const NINE = 0x39;
const POINT = 0x2e;

const GROUPED = {
  '.': /^[1-9]\d{0,2}(?:([,'’\u0020\u00a0\u202f])\d{3})(?:\1\d{3})*(\.\d*)?$/u,
  ',': /^[1-9]\d{0,2}(?:([.'’\u0020\u00a0\u202f])\d{3})(?:\1\d{3})*(,\d*)?$/u,
} as const;

/** The text with a point for its decimals, a minus in front and nothing else; empty where the style rules it out. */
function plainText(text: string, { decimal, currency = [], accounting = false }: AmountStyle): string {
  let rest = text;
  let minus = '';
  const takeMinus = (pattern: RegExp): void => {
    const inner = minus === '' ? pattern.exec(rest)?.[1] : undefined;
    if (inner === undefined) return;
    minus = '-';
    rest = inner;
  };
  const takeSign = (): void => {
    if (accounting) takeMinus(/^\(\s*(.*?)\s*\)$/);
    takeMinus(/^-(.*)$/);
    if (accounting) takeMinus(/^(.*\d)-$/);
  };
  takeSign();
  const before = currency.find((mark) => rest.startsWith(mark)) ?? '';
  const after = before === '' ? (currency.find((mark) => rest.endsWith(mark)) ?? '') : '';
  if (before !== after) {
    rest = rest.slice(before.length, rest.length - after.length).trim();
    // How spreadsheets write a zero in their format for accounts: `$ -`, `- €`.
    if (/^[-–]$/.test(minus + rest)) return '0';
    takeSign();
  }
  if (decimal !== undefined && GROUPED[decimal].test(rest)) {
    rest = rest.replace(decimal === '.' ? /[^\d.]/g : /[^\d,]/g, '');
  } else if (decimal === ',' && rest.includes('.')) return '';
  if (decimal === ',') rest = rest.replace(',', '.');
  return minus + rest;
}

/** Writes an amount with at least two decimals and as many more as it needs: `12.50`, `0.1234`, `-3.00`. */
export function formatAmount(amount: Amount): string {
  const magnitude = Math.abs(amount);
  const fraction = magnitude % 10_000;
  const decimals =
    fraction % 100 === 0
      ? String(fraction / 100).padStart(2, '0')
      : String(fraction).padStart(AMOUNT_DECIMALS, '0').replace(/0$/, '');
  return `${amount < 0 ? '-' : ''}${(magnitude - fraction) / 10_000}.${decimals}`;
}

/** A total in 1/10000, which may leave the range of one amount; undefined where the text is none. `accounting` as in `AmountStyle`. */
export function parseTotal(
  text: string,
  style: AmountStyle,
  accounting = style.accounting,
): bigint | undefined {
  const plain = plainAmount(text, AMOUNT_DECIMALS, style);
  if (plain !== undefined) return BigInt(plain);
  const [, sign, whole = '', fraction = ''] =
    DECIMAL.exec(plainText(text.trim(), { ...style, accounting })) ?? [];
  if (whole + fraction === '' || fraction.slice(AMOUNT_DECIMALS).replace(/0/g, '') !== '') return undefined;
  const units = BigInt(whole + fraction.slice(0, AMOUNT_DECIMALS).padEnd(AMOUNT_DECIMALS, '0'));
  return sign === '-' ? -units : units;
}

/** Writes a total as `formatAmount` writes an amount. */
export function formatTotal(total: bigint): string {
  const small = Number(total);
  if (Number.isSafeInteger(small)) return formatAmount(small as Amount);
  const magnitude = total < 0n ? -total : total;
  const rest = formatAmount(Number(magnitude % 10_000n) as Amount).slice(1);
  return `${total < 0n ? '-' : ''}${magnitude / 10_000n}${rest}`;
}

/** A formatted amount or number with commas between its thousands: `1,250.50`. For people, not for files. */
export function grouped(amount: string): string {
  const [whole = '', ...fraction] = amount.split('.');
  return [whole.replace(/\B(?=(\d{3})+$)/g, ','), ...fraction].join('.');
}

/** What is added or taken away, for people: `+1,250.50`. */
export function formatChange(change: bigint): string {
  return `${change < 0n ? '' : '+'}${grouped(formatTotal(change))}`;
}

/** The sum, or undefined where it leaves the range of amounts. */
export function addAmounts(left: Amount, right: Amount): Amount | undefined {
  const sum = left + right;
  return Math.abs(sum) < 10 ** (MAX_INTEGER_DIGITS + AMOUNT_DECIMALS) ? (sum as Amount) : undefined;
}

function roundsUp(kept: string, integer: string, rest: string, round: Rounding | undefined): boolean {
  if (rest === '' || round === undefined) return false;
  if (rest !== '5') return rest >= '5';
  const last = (integer + kept).at(-1) ?? '0';
  return round === 'half-up' || Number(last) % 2 === 1;
}

function notAnAmount(text: string, style: AmountStyle): AmountProblem {
  const { decimal, currency = [] } = style;
  const [own] = currency;
  const other = currencyIn(text);
  if (own !== undefined && other !== undefined && !currency.includes(currencyMark(text))) {
    const message = `${quoted(text)} is in ${other} and not in ${own}; push it by itself, with --currency ${other}`;
    return { code: 'other_currency', message };
  }
  const like = decimal === ',' ? '1250,50' : '1250.50';
  return {
    code: 'not_an_amount',
    message: `${quoted(text)} is not an amount like ${like}; ${remedy(text.trim(), style)}`,
  };
}

function remedy(text: string, style: AmountStyle): string {
  const { decimal, currency = [], accounting = false } = style;
  if (!accounting && /^\D*\([^()]*\d[^()]*\)\D*$|\d-$/.test(text))
    return 'it is not read as negative, since a refund is not a negative sale; --negative-amounts decides';
  if (currency.length === 0 && /\p{Sc}|[A-Z]{3}/u.test(text))
    return `take the currency out, or ${optionsFor(text, style)}`;
  if (decimal === undefined && /^[-\d.]+(,\d{3})+(\.\d+)?$/.test(text))
    return 'take the thousands separators out, or say with --decimal which mark the decimals have';
  if (decimal === undefined && /^-?[\d.]*,\d+$/.test(text))
    return 'write the decimals after a point, or read the file with --decimal ,';
  if (/^-?\d*\.?\d+[eE][-+]?\d+$/.test(text))
    return 'a spreadsheet shortened it; format the column as a number';
  if (decimal === ',' && /^-?\d[\d.]*\.[\d.]*(,\d*)?$/.test(text))
    return 'with --decimal , a point stands between groups of three digits';
  if (decimal === '.' && /^-?\d[\d,]*,[\d,]*(\.\d*)?$/.test(text))
    return 'with --decimal . a comma stands between groups of three digits';
  if (/[^\p{ASCII}]/u.test(text)) return 'use the digits 0 to 9 and a point, without other characters';
  return `use digits and at most one ${decimal === ',' ? 'comma' : 'point'}`;
}

/** With which options a text is read that names a currency. */
function optionsFor(text: string, style: AmountStyle): string {
  const named = currencyIn(text);
  if (named === undefined) return 'name it with --currency';
  const isRead = (decimal: AmountStyle['decimal']): boolean => {
    const plain = plainText(text, { ...style, decimal, currency: currencySpellings(named) });
    return /\d/.test(plain) && DECIMAL.test(plain);
  };
  const option = `push the file with --currency ${named}`;
  const marks = isRead(style.decimal) ? [] : (['.', ','] as const).filter(isRead);
  return marks.length === 0 ? option : `${option} and --decimal ${marks.join(' or ')}`;
}
