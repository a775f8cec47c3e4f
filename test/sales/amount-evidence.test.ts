import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAmount, type AmountStyle } from '../../src/core/amount.js';
import { currencySpellings } from '../../src/core/currency.js';
import { amountSettings } from '../../src/init/column-style.js';
import { AmountEvidence, type AmountDecision } from '../../src/sales/amount-evidence.js';

function decide(texts: readonly string[], given: AmountStyle = {}): AmountDecision {
  const evidence = new AmountEvidence([], given);
  texts.forEach((text, index) => evidence.add({ field: 'amount', line: index + 2, text }));
  return evidence.decide();
}

/** In cents; undefined where the row is refused. */
function read(text: string, style: AmountStyle): number | undefined {
  const parsed = parseAmount(text, { ...style, decimals: 2 });
  return parsed.ok ? parsed.value.amount / 100 : undefined;
}

interface Locale {
  readonly decimal: '.' | ',';
  readonly group: string;
  readonly currency: string;
  readonly behind: boolean;
  readonly places: 'two' | 'as few as there are';
}

/** Cents as people of one country write them. */
function written(cents: number, { decimal, group, currency, behind, places }: Locale): string {
  const digits = String(Math.abs(cents)).padStart(3, '0');
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, group);
  const fraction = places === 'two' ? digits.slice(-2) : digits.slice(-2).replace(/0+$/, '');
  const number = `${cents < 0 ? '-' : ''}${whole}${fraction === '' ? '' : decimal}${fraction}`;
  return behind ? `${number}${currency}` : `${currency}${number}`;
}

const locale: fc.Arbitrary<Locale> = fc
  .record({
    decimal: fc.constantFrom('.' as const, ',' as const),
    group: fc.constantFrom('', 'other', ' ', '\u00a0', '\u202f', "'"),
    currency: fc.constantFrom('', '', '$', 'USD ', '€'),
    behind: fc.boolean(),
    places: fc.constantFrom('two' as const, 'as few as there are' as const),
  })
  .map((made) => ({
    ...made,
    group: made.group === 'other' ? (made.decimal === '.' ? ',' : '.') : made.group,
  }));

const column = fc.tuple(
  locale,
  fc.array(fc.integer({ min: -9_999_999_999, max: 9_999_999_999 }), { minLength: 1, maxLength: 12 }),
);

/** The style that a decision comes to; undefined where it leaves the file refused. */
function styleOf(decision: AmountDecision): AmountStyle | undefined {
  if (decision.kind === 'certain') return {};
  if (decision.kind !== 'needs') return undefined;
  const { decimal, currency } = decision;
  return { decimal, currency: currency === undefined ? undefined : currencySpellings(currency) };
}

describe('a column of amounts written in one country', () => {
  it('is sent as it was meant, or refused', () => {
    fc.assert(
      fc.property(column, ([made, cents]) => {
        const texts = cents.map((amount) => written(amount, made));
        const decision = decide(texts);
        const sent = decision.kind === 'certain' ? texts.map((text) => read(text, {})) : [];
        sent.forEach((amount, index) => {
          if (amount !== undefined) expect([texts[index], amount]).toEqual([texts[index], cents[index]]);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('is read as it was meant by what init writes into a profile, of which a push asks nothing more', () => {
    fc.assert(
      fc.property(column, ([made, cents]) => {
        const texts = cents.map((amount) => written(amount, made));
        const { style } = amountSettings(
          texts.map((text, index) => ({ text, line: index + 2 })),
          {},
        );
        if (style === undefined) return;
        expect(decide(texts, style)).toEqual({ kind: 'certain' });
        texts.forEach((text, index) => {
          const amount = read(text, style);
          if (amount !== undefined) expect([text, amount]).toEqual([text, cents[index]]);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('is read whole, and right, with the options that its refusal names', () => {
    fc.assert(
      fc.property(column, ([made, cents]) => {
        const texts = cents.map((amount) => written(amount, made));
        const decision = decide(texts);
        const style = styleOf(decision);
        if (style === undefined || decision.kind === 'certain') return;
        expect(texts.map((text) => read(text, style))).toEqual(
          cents.map((amount) => (amount === 0 ? 0 : amount)),
        );
        expect(decide(texts, style)).toEqual({ kind: 'certain' });
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the value of every row that was sent, when a row is added that proves a mark', () => {
    const anything = fc.array(
      fc.string({ unit: fc.constantFrom(...Array.from('0123456789.,-$')), maxLength: 9 }),
      { maxLength: 8 },
    );
    const proof = fc.constantFrom('89.95', '89,95', '1.250.000', '1,250,000', '$1,250.00');
    fc.assert(
      fc.property(anything, proof, (texts, added) => {
        if (decide(texts).kind !== 'certain') return;
        const style = styleOf(decide([...texts, added]));
        if (style === undefined) return;
        for (const text of texts) {
          const sent = read(text, {});
          if (sent !== undefined) expect([text, read(text, style)]).toEqual([text, sent]);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('what amounts prove', () => {
  it.each([
    [['0.125', '3'], 'certain'],
    [['1250.125'], 'certain'],
    [['.125'], 'certain'],
    [['1.250', '0.5'], 'certain'],
    [['1250', '0', '7'], 'certain'],
    [['1.250'], 'open'],
    [['-1.250', '3'], 'open'],
    [['1.000'], 'open'],
    [['89.95', '0,5'], 'contradicted'],
    [['1.250.000', '1,250,000'], 'contradicted'],
    [['$5', '€5'], 'currencies'],
    [['abc', 'n/a'], 'certain'],
  ] as const)('%j: %s', (texts, kind) => {
    expect(decide(texts).kind).toBe(kind);
  });
});
