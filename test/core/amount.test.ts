import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addAmounts,
  formatAmount,
  parseAmount,
  type Amount,
  type AmountStyle,
} from '../../src/core/amount.js';

const amount = (units: number): Amount => units as Amount;
const exactly = (units: number): unknown => ({ ok: true, value: { amount: units, rounded: false } });
const rounded = (units: number): unknown => ({ ok: true, value: { amount: units, rounded: true } });

/** What the vendor of two decimals gets, in 1/10000. */
const READ: readonly (readonly [text: string, units: number])[] = [
  ['0', 0],
  ['0.00', 0],
  ['-0', 0],
  ['-0.00', 0],
  ['5', 50_000],
  ['.5', 5_000],
  ['-.5', -5_000],
  ['0.01', 100],
  ['-1', -10_000],
  ['-12.50', -125_000],
  [' 12.50 ', 125_000],
  ['\t12.50\r\n', 125_000],
  ['\u00a012.50', 125_000],
  ['007.50', 75_000],
  ['12.500', 125_000],
  ['12.5000000000', 125_000],
  ['1250.50', 12_505_000],
  ['123456789', 1_234_567_890_000],
  ['999999999.99', 9_999_999_999_900],
  ['-999999999.99', -9_999_999_999_900],
  ['000000123456789.00', 1_234_567_890_000],
];

const THOUSANDS = 'take the thousands separators out, or say with --decimal which mark the decimals have';
const COMMA = 'write the decimals after a point, or read the file with --decimal ,';
const currency = (options: string): string => `take the currency out, or push the file with ${options}`;
const SHORTENED = 'a spreadsheet shortened it; format the column as a number';
const NEGATIVE =
  'it is not read as negative, since a refund is not a negative sale; --negative-amounts decides';
const OTHER_CHARACTERS = 'use the digits 0 to 9 and a point, without other characters';
const PLAIN = 'use digits and at most one point';

const NOT_AMOUNTS: readonly (readonly [text: string, remedy: string])[] = [
  ['', PLAIN],
  ['   ', PLAIN],
  ['.', PLAIN],
  ['-', PLAIN],
  ['-.', PLAIN],
  ['5.', PLAIN],
  ['+5', PLAIN],
  ['--5', PLAIN],
  ['5-', NEGATIVE],
  ['- 5', PLAIN],
  ['1.2.3', PLAIN],
  ['1 200', PLAIN],
  ['constructor', PLAIN],
  ['__proto__', PLAIN],
  ['12.50 USD', currency('--currency USD')],
  ['USD 1,250.50', currency('--currency USD and --decimal .')],
  ['1,250 $', currency('--currency USD and --decimal . or ,')],
  ['0x10', PLAIN],
  ['1_000', PLAIN],
  ['NaN', PLAIN],
  ['Infinity', PLAIN],
  ['12\n13', PLAIN],
  ['1,200.00', THOUSANDS],
  ['1,200', THOUSANDS],
  ['-1,234,567.89', THOUSANDS],
  ['12,50', COMMA],
  ['1.200,00', COMMA],
  ['$12', currency('--currency USD')],
  ['12 €', currency('--currency EUR')],
  ['1e3', SHORTENED],
  ['1.2E+05', SHORTENED],
  ['(75.50)', NEGATIVE],
  ['１２', OTHER_CHARACTERS],
  ['1\u00a0200', OTHER_CHARACTERS],
  ['−5', OTHER_CHARACTERS],
  ['٣', OTHER_CHARACTERS],
  ['12\u200b', OTHER_CHARACTERS],
];

/** Texts, how the file writes amounts, and what they are in cents; undefined where they are refused. */
const STYLED: readonly (readonly [text: string, style: AmountStyle, cents: number | undefined])[] = [
  ['1.234,56', { decimal: ',' }, 123456],
  ['1234,5', { decimal: ',' }, 123450],
  ['1.234', { decimal: ',' }, 123400],
  ['1 234 567,89', { decimal: ',' }, 123456789],
  ['1\u00a0234,56', { decimal: ',' }, 123456],
  ['1\u202f234,56', { decimal: ',' }, 123456],
  ["1'234,56", { decimal: ',' }, 123456],
  ['-1.234,56', { decimal: ',' }, -123456],
  ['12.50', { decimal: ',' }, undefined],
  ['1.23,45', { decimal: ',' }, undefined],
  ['1.234 567,89', { decimal: ',' }, undefined],
  ['12,34,56', { decimal: ',' }, undefined],
  ['1,234.56', { decimal: ',' }, undefined],
  ['1,234.56', { decimal: '.' }, 123456],
  ['1,234', { decimal: '.' }, 123400],
  ['12,50', { decimal: '.' }, undefined],
  ['1,2345', { decimal: '.' }, undefined],
  [',234', { decimal: '.' }, undefined],
  ['$12.50', { currency: ['$', 'USD'] }, 1250],
  ['USD 12.50', { currency: ['$', 'USD'] }, 1250],
  ['12.50USD', { currency: ['$', 'USD'] }, 1250],
  ['-$12.50', { currency: ['$', 'USD'] }, -1250],
  ['$-12.50', { currency: ['$', 'USD'] }, -1250],
  ['$$12.50', { currency: ['$', 'USD'] }, undefined],
  ['$12.50 USD', { currency: ['$', 'USD'] }, undefined],
  ['1.234,56 €', { currency: ['€', 'EUR'], decimal: ',' }, 123456],
  ['(12.50)', { accounting: true }, -1250],
  ['12.50-', { accounting: true }, -1250],
  ['($1,200.00)', { accounting: true, currency: ['$'], decimal: '.' }, -120000],
  ['(-12.50)', { accounting: true }, undefined],
  ['-12.50-', { accounting: true }, undefined],
  ['()', { accounting: true }, undefined],
  ['(12.50', { accounting: true }, undefined],
  ['$', { currency: ['$'] }, undefined],
  ['$-', { currency: ['$'] }, 0],
  ['$ -', { currency: ['$'] }, 0],
  ['- €', { currency: ['€'] }, 0],
  ['-$', { currency: ['$'] }, 0],
  ['--$', { currency: ['$'] }, undefined],
  ['$(45.00)', { currency: ['$'], accounting: true }, -4500],
  ['$(45.00)', { currency: ['$'] }, undefined],
  ['-$(45.00)', { currency: ['$'], accounting: true }, undefined],
  ['0.125', { decimal: ',' }, undefined],
  ['0,125', { decimal: '.' }, undefined],
];

/** What is in another currency than the one of the file. */
const OTHER_CURRENCIES = [
  ['12.50 EUR', 'EUR'],
  ['€12.50', 'EUR'],
  ['(CA$ 12.50)', 'CAD'],
] as const;

describe('an amount in the style of a file', () => {
  it.each(STYLED)('%j with %j is %s cents', (text, style, cents) => {
    const read = parseAmount(text, { decimals: 2, ...style });
    expect(read.ok ? read.value.amount / 100 : undefined).toBe(cents);
    if (!read.ok) expect(read.error.code).toBe('not_an_amount');
  });

  it.each(OTHER_CURRENCIES)('%j is not in the currency of the file', (text, currency) => {
    const message = `"${text}" is in ${currency} and not in USD; push it by itself, with --currency ${currency}`;
    const read = parseAmount(text, { decimals: 2, currency: ['USD', 'US$', '$'] });
    expect(read).toStrictEqual({ ok: false, error: { code: 'other_currency', message } });
  });

  it('reads back what a spreadsheet of any country wrote', () => {
    const style = fc.record({
      decimal: fc.constantFrom('.' as const, ',' as const),
      group: fc.constantFrom('other', ' ', '\u00a0', '\u202f', "'"),
      units: fc.integer({ min: -99_999_999_999, max: 99_999_999_999 }),
    });
    fc.assert(
      fc.property(style, ({ decimal, group, units }) => {
        const mark = group === 'other' ? (decimal === '.' ? ',' : '.') : group;
        const digits = String(Math.abs(units)).padStart(3, '0');
        const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, mark);
        const text = `${units < 0 ? '-' : ''}${whole}${decimal}${digits.slice(-2)}`;
        expect(parseAmount(text, { decimals: 2, decimal })).toStrictEqual(exactly(units * 100));
      }),
    );
  });
});

describe('an amount read from text', () => {
  it.each(READ)('%j is read to the last digit', (text, units) => {
    expect(parseAmount(text, { decimals: 2 })).toStrictEqual(exactly(units));
  });

  it.each(NOT_AMOUNTS)('%j is refused with the remedy that fits', (text, remedy) => {
    const message = `${JSON.stringify(text)} is not an amount like 1250.50; ${remedy}`;
    expect(parseAmount(text, { decimals: 2, round: 'half-up' })).toStrictEqual({
      ok: false,
      error: { code: 'not_an_amount', message },
    });
  });

  it.each(['12.345', '0.001', '-12.999', '.0000001'])('%j is not cut to two decimals in silence', (text) => {
    const message =
      `"${text}" has more than the 2 decimals this vendor keeps; ` +
      'correct it, or let --round half-up or --round half-even decide';
    expect(parseAmount(text, { decimals: 2 })).toStrictEqual({
      ok: false,
      error: { code: 'too_many_decimals', message },
    });
  });

  it.each(['1000000000', '-1000000000.00', '0001234567890', '99999999999999999999999'])(
    '%j is taken for a mistake',
    (text) => {
      const message = `"${text}" is too large; amounts have at most 9 digits before the point`;
      expect(parseAmount(text, { decimals: 2, round: 'half-even' })).toStrictEqual({
        ok: false,
        error: { code: 'amount_too_large', message },
      });
    },
  );

  it.each(['999999999.995', '-999999999.999'])('%j is too large once it is rounded', (text) => {
    const message = `"${text}" is too large; amounts have at most 9 digits before the point`;
    expect(parseAmount(text, { decimals: 2, round: 'half-up' })).toStrictEqual({
      ok: false,
      error: { code: 'amount_too_large', message },
    });
  });

  it('quotes no more than the start of a long cell', () => {
    const message = `"${'x'.repeat(40)}…" is not an amount like 1250.50; ${PLAIN}`;
    expect(parseAmount('x'.repeat(500), { decimals: 2 })).toStrictEqual({
      ok: false,
      error: { code: 'not_an_amount', message },
    });
  });

  it('keeps the four decimals of a vendor that keeps four', () => {
    expect(parseAmount('0.1234', { decimals: 4 })).toStrictEqual(exactly(1_234));
  });
});

describe('an amount that is rounded because the user said how', () => {
  it.each([
    // text, decimals, half-up, half-even
    ['0.125', 2, 1_300, 1_200],
    ['0.135', 2, 1_400, 1_400],
    ['0.12500', 2, 1_300, 1_200],
    ['0.125001', 2, 1_300, 1_300],
    ['0.1249999999999999999999', 2, 1_200, 1_200],
    ['1.005', 2, 10_100, 10_000],
    ['2.675', 2, 26_800, 26_800],
    ['0.005', 2, 100, 0],
    ['.995', 2, 10_000, 10_000],
    ['9.985', 2, 99_900, 99_800],
    ['99.999', 2, 1_000_000, 1_000_000],
    ['-0.125', 2, -1_300, -1_200],
    ['-0.135', 2, -1_400, -1_400],
    ['-0.005', 2, -100, 0],
    ['-0.004', 2, 0, 0],
    ['-0.126', 2, -1_300, -1_300],
    ['0.5', 0, 10_000, 0],
    ['1.5', 0, 20_000, 20_000],
    ['2.5', 0, 30_000, 20_000],
    ['-2.5', 0, -30_000, -20_000],
    ['0.00005', 4, 1, 0],
    ['0.00015', 4, 2, 2],
  ] as const)('%s to %i decimals is %i half-up and %i half-even', (text, decimals, up, even) => {
    expect(parseAmount(text, { decimals, round: 'half-up' })).toStrictEqual(rounded(up));
    expect(parseAmount(text, { decimals, round: 'half-even' })).toStrictEqual(rounded(even));
  });

  it('is not said to be rounded where only zeros went', () => {
    expect(parseAmount('12.5000', { decimals: 2, round: 'half-up' })).toStrictEqual(exactly(125_000));
  });
});

describe('an amount written as text', () => {
  it.each([
    [0, '0.00'],
    [1, '0.0001'],
    [10, '0.001'],
    [100, '0.01'],
    [1_000, '0.10'],
    [1_234, '0.1234'],
    [10_000, '1.00'],
    [10_100, '1.01'],
    [12_300, '1.23'],
    [12_345, '1.2345'],
    [125_000, '12.50'],
    [125_050, '12.505'],
    [-1, '-0.0001'],
    [-30_000, '-3.00'],
    [-125_000, '-12.50'],
    [9_999_999_999_999, '999999999.9999'],
  ])('%i is %j', (units, text) => {
    expect(formatAmount(amount(units))).toBe(text);
  });
});

describe('a sum of amounts', () => {
  it('is exact to the end of the range and nothing past it', () => {
    expect(addAmounts(amount(100), amount(200))).toBe(300);
    expect(addAmounts(amount(9_999_999_999_998), amount(1))).toBe(9_999_999_999_999);
    expect(addAmounts(amount(9_999_999_999_999), amount(1))).toBeUndefined();
    expect(addAmounts(amount(-9_999_999_999_999), amount(-1))).toBeUndefined();
  });
});

const digits = (least: number, most: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789')), minLength: least, maxLength: most });

const decimalText = fc
  .record({
    minus: fc.constantFrom('', '-'),
    zeros: fc.constantFrom('', '0', '000'),
    whole: digits(1, 9),
    fraction: digits(0, 4),
    tail: fc.constantFrom('', '0', '0000000'),
  })
  .map((parts) => ({ ...parts, decimals: Math.max(2, parts.fraction.length) }));

describe('any amount at all', () => {
  it('arrives exactly if it has no more decimals than the vendor keeps', () => {
    fc.assert(
      fc.property(decimalText, ({ minus, zeros, whole, fraction, tail, decimals }) => {
        const point = fraction + tail === '' ? '' : '.';
        const text = minus + zeros + whole + point + fraction + tail;
        const magnitude = BigInt(whole) * 10_000n + BigInt(fraction.padEnd(4, '0'));
        const units = Number(minus === '-' ? -magnitude : magnitude);
        expect(parseAmount(text, { decimals })).toEqual(exactly(units === 0 ? 0 : units));
      }),
    );
  });

  it('is read exactly or refused, whatever characters it is made of', () => {
    const near = fc.string({ unit: fc.constantFrom(...Array.from('0123456789..--+,eE$() ')), maxLength: 14 });
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (text) => {
        const bare = text.trim().replace(/^-/, '');
        const [whole = '', fraction = '0', ...more] = bare.split('.');
        const onlyDigits = Array.from(whole + fraction).every((one) => '0123456789'.includes(one));
        const shape = onlyDigits && fraction !== '' && whole + fraction !== '' && more.length === 0;
        const isAmount =
          shape && bare !== '' && BigInt(whole) < 1_000_000_000n && /^\d{0,2}0*$/.test(fraction);
        const parsed = parseAmount(text, { decimals: 2 });
        expect(parsed.ok).toBe(isAmount);
        if (!parsed.ok) return;
        const magnitude = BigInt(whole) * 10_000n + BigInt(fraction.slice(0, 2).padEnd(4, '0'));
        expect(BigInt(parsed.value.amount)).toBe(text.trim().startsWith('-') ? -magnitude : magnitude);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads back as what it was written from', () => {
    const any = fc.integer({ min: -9_999_999_999_999, max: 9_999_999_999_999 });
    fc.assert(
      fc.property(any, (units) => {
        expect(parseAmount(formatAmount(amount(units)), { decimals: 4 })).toStrictEqual(exactly(units));
      }),
    );
  });
});
