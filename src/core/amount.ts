import { err, ok, type Result } from './result.js';

/** Money: a whole number of 1/10000 of the currency's main unit, so 12.50 is 125000. Never a float. */
export type Amount = number & { readonly unit: 'one ten-thousandth' };

/** How many decimals an `Amount` carries. No vendor documents more. */
export const AMOUNT_DECIMALS = 4;

/** Amounts of a thousand million and more are taken for a mistake. Keeps every amount a safe integer. */
const MAX_INTEGER_DIGITS = 9;

const DECIMAL = /^(-?)(\d*)(?:\.(\d+))?$/;

export type Rounding = 'half-up' | 'half-even';

export type AmountProblem = {
  readonly code: 'not_an_amount' | 'too_many_decimals' | 'amount_too_large';
  readonly message: string;
};

/**
 * Reads decimal text such as `1250.50`, `.5`, `-3` or `007.10`, white space around it allowed.
 *
 * Digits past `decimals` that are not zero are an error unless `round` says how to round; rounding looks at
 * the text itself, once. `half-up` rounds a half away from zero.
 */
export function parseAmount(
  text: string,
  { decimals, round }: { decimals: number; round?: Rounding | undefined },
): Result<{ amount: Amount; rounded: boolean }, AmountProblem> {
  const match = DECIMAL.exec(text.trim());
  const [, sign, whole = '', fraction = ''] = match ?? [];
  if (match === null || whole + fraction === '') return err(notAnAmount(text));
  const integer = whole.replace(/^0+/, '');
  const kept = fraction.slice(0, decimals).padEnd(decimals, '0');
  const rest = fraction.slice(decimals).replace(/0+$/, '');
  const units = Number(integer + kept) + (roundsUp(kept, integer, rest, round) ? 1 : 0);
  if (units >= 10 ** (MAX_INTEGER_DIGITS + decimals)) {
    return err({
      code: 'amount_too_large',
      message: `${quote(text)} is too large; amounts have at most ${MAX_INTEGER_DIGITS} digits before the point`,
    });
  }
  if (rest !== '' && round === undefined) {
    return err({
      code: 'too_many_decimals',
      message:
        `${quote(text)} has more than the ${decimals} decimals this vendor keeps; ` +
        `correct it, or let --round half-up or --round half-even decide`,
    });
  }
  const magnitude = units * 10 ** (AMOUNT_DECIMALS - decimals);
  // `0 - x` rather than `-x`: there is no negative zero in the books.
  return ok({ amount: (sign === '-' ? 0 - magnitude : magnitude) as Amount, rounded: rest !== '' });
}

/** Writes an amount with at least two decimals and as many more as it needs: `12.50`, `0.1234`, `-3.00`. */
export function formatAmount(amount: Amount): string {
  const digits = String(Math.abs(amount)).padStart(AMOUNT_DECIMALS + 1, '0');
  const whole = digits.slice(0, -AMOUNT_DECIMALS);
  const fraction = digits.slice(-AMOUNT_DECIMALS).replace(/0{1,2}$/, '');
  return `${amount < 0 ? '-' : ''}${whole}.${fraction}`;
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

function notAnAmount(text: string): AmountProblem {
  return {
    code: 'not_an_amount',
    message: `${quote(text)} is not an amount like 1250.50; ${remedy(text.trim())}`,
  };
}

function remedy(text: string): string {
  if (/^[-\d.]+(,\d{3})+(\.\d+)?$/.test(text)) return 'take the thousands separators out';
  if (/^-?[\d.]*,\d+$/.test(text)) return 'write the decimals after a point';
  if (/^\(.*\)$/.test(text))
    return 'parentheses are not read as a minus sign, since a refund is not a negative sale';
  if (/\p{Sc}/u.test(text)) return 'take the currency sign out';
  if (/^-?\d*\.?\d+[eE][-+]?\d+$/.test(text))
    return 'a spreadsheet shortened it; format the column as a number';
  if (/[^\p{ASCII}]/u.test(text)) return 'use the digits 0 to 9 and a point, without other characters';
  return 'use digits and at most one point';
}

function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
