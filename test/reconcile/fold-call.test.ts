import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAmount, type Amount } from '../../src/core/amount.js';
import type { Transaction } from '../../src/core/transactions.js';
import { CALL_COLUMNS, callCells } from '../../src/reconcile/calls-file.js';
import { foldCall, foldCalls, type FoldedCall } from '../../src/reconcile/fold-call.js';
import { isWithin } from '../../src/reconcile/pulled-days.js';
import { callRow, START } from '../support/pulled.js';

function money(text: string): Amount {
  const parsed = parseAmount(text, { decimals: 4 });
  if (!parsed.ok) throw new Error(text);
  return parsed.value.amount;
}

function sale(id: string, amount: string | undefined, fields: Partial<Transaction> = {}): Transaction {
  const held = amount === undefined ? undefined : money(amount);
  const told = { type: 'Post Call Event', outcome: 'Sale', value: true };
  return { id, call: 'C', ...told, amount: held, columns: {}, ...fields };
}

function correction(of: string, minute: number): Partial<Transaction> {
  return { corrects: of, correctedAt: START + minute * 60_000 };
}

function outcomesOf({ outcomes }: FoldedCall): unknown[] {
  return outcomes.map(({ id, name, orderId, value, amount, corrections }) => ({
    id,
    name,
    orderId,
    value,
    amount,
    corrections,
  }));
}

/** Every order of the items. */
function orders<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) => orders(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

describe('a folded call', () => {
  it('is a chain of three corrections as the last one says, whichever row each names and in every order of arrival', () => {
    const chains = [
      [
        sale('1', '10'),
        sale('2', '20', correction('1', 1)),
        sale('3', '30', correction('2', 2)),
        sale('4', '40', correction('3', 3)),
      ],
      [
        sale('1', '10'),
        sale('2', '20', correction('1', 1)),
        sale('3', '30', correction('1', 2)),
        sale('4', '40', correction('2', 3)),
      ],
    ];
    for (const chain of chains) {
      for (const rows of orders([callRow('C'), ...chain])) {
        const folded = foldCall(rows);
        expect(outcomesOf(folded)).toEqual([
          { id: '4', name: 'Sale', orderId: undefined, value: true, amount: money('40'), corrections: 3 },
        ]);
        expect(folded).toMatchObject({
          startedAt: START,
          caller: '+15125550123',
          corrections: 3,
          correctedAt: START + 3 * 60_000,
          pending: [],
        });
      }
    }
  });

  it('keeps two sales of one call apart, and one that was taken back as taken back', () => {
    const rows = [
      callRow('C'),
      sale('1', '10', { orderId: 'A' }),
      sale('2', '20', { orderId: 'B' }),
      sale('3', undefined, { orderId: 'B', value: false, ...correction('2', 1) }),
    ];
    expect(outcomesOf(foldCall(rows))).toEqual([
      { id: '1', name: 'Sale', orderId: 'A', value: true, amount: money('10'), corrections: 0 },
      { id: '3', name: 'Sale', orderId: 'B', value: false, amount: undefined, corrections: 1 },
    ]);
  });

  it('lets a correction of the call change when it began, and not what was sold', () => {
    const later = callRow('D', { call: 'C', corrects: 'C', correctedAt: START, startedAt: START + 1000 });
    for (const rows of orders([callRow('C'), sale('1', '10'), later])) {
      const folded = foldCall(rows);
      expect(folded.startedAt).toBe(START + 1000);
      expect(folded.corrections).toBe(1);
      expect(folded.outcomes.map(({ amount }) => amount)).toEqual([money('10')]);
    }
  });

  it('counts a chain whose beginning was not seen, and reports the row that it points at', () => {
    const rows = [sale('3', '30', correction('2', 2)), sale('2', '20', correction('1', 1))];
    const folded = foldCall(rows);
    expect(folded.pending).toEqual([{ id: '2', corrects: '1' }]);
    expect(folded.outcomes).toMatchObject([{ id: '3', amount: money('30'), pending: ['2', '3'] }]);
    expect(foldCall([...rows, sale('1', '10')])).toMatchObject({
      pending: [],
      outcomes: [{ id: '3', pending: [] }],
    });
  });

  it('ends on rows that correct each other, and reports them', () => {
    const rows = [sale('1', '10', correction('2', 2)), sale('2', '20', correction('1', 1))];
    for (const shuffled of orders(rows)) {
      const folded = foldCall(shuffled);
      expect(folded.circular).toEqual(['2', '1']);
      expect(folded.outcomes).toMatchObject([{ id: '1', amount: money('10') }]);
    }
  });

  it("joins an older account's sale and signal rows to one outcome", () => {
    const signal = sale('1-S', undefined, { type: 'Signal', orderId: 'A' });
    const quote = sale('2-S', undefined, { type: 'Signal', outcome: 'Quote' });
    const sold = sale('1', '10', { type: 'Sale', outcome: undefined });
    const wanted = {
      id: '1-S',
      name: 'Sale',
      orderId: 'A',
      value: true,
      amount: money('10'),
      corrections: 0,
    };
    for (const rows of orders([callRow('C'), signal, sold]))
      expect(outcomesOf(foldCall(rows))).toEqual([wanted]);
    for (const rows of orders([quote, signal, sold])) {
      const outcomes = outcomesOf(foldCall(rows));
      expect(outcomes).toHaveLength(2);
      expect(outcomes).toContainEqual(wanted);
    }
    // With a sale of its own and no signal row, it stands for itself.
    expect(outcomesOf(foldCall([callRow('C'), sold]))).toEqual([
      { id: '1', name: 'Sale', orderId: undefined, value: true, amount: money('10'), corrections: 0 },
    ]);
  });

  it("says where it is not told which of an older account's rows belong together", () => {
    const rows = ['A', 'B'].flatMap((orderId, index) => [
      sale(`${index}-S`, undefined, { type: 'Signal', orderId }),
      sale(String(index), '10', { type: 'Sale', outcome: undefined }),
    ]);
    expect(foldCall(rows).outcomes.map(({ unpaired }) => unpaired)).toEqual([true, true, true, true]);
  });
});

interface Chain {
  readonly orderId: string;
  /** In 1/10000, from the first row to the last. */
  readonly amounts: readonly number[];
  /** Which earlier row each correction names. */
  readonly names: readonly number[];
}

const chains = fc.uniqueArray(
  fc.record({
    orderId: fc.stringMatching(/^[a-z]{1,3}$/),
    amounts: fc.array(fc.integer({ min: 0, max: 10 ** 12 }), { minLength: 1, maxLength: 5 }),
    names: fc.array(fc.nat(), { minLength: 5, maxLength: 5 }),
  }),
  { selector: ({ orderId }) => orderId, maxLength: 4 },
);

function rowsOf(callId: string, all: readonly Chain[]): Transaction[] {
  return all.flatMap(({ orderId, amounts, names }, number) =>
    amounts.map((amount, index) => ({
      id: `${callId}-${number}-${index}`,
      call: callId,
      type: 'Reported Conversion',
      outcome: 'Sale',
      orderId,
      amount: amount as Amount,
      columns: {},
      ...(index === 0
        ? {}
        : {
            corrects: `${callId}-${number}-${(names[index] ?? 0) % index}`,
            correctedAt: START + index * 1000,
          }),
    })),
  );
}

describe('folding', () => {
  it('gives what each chain says last, whatever the order of rows and wherever a page ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(chains, { minLength: 1, maxLength: 4 }),
        fc.integer(),
        fc.integer({ min: 1, max: 7 }),
        async (calls, seed, pageRows) => {
          const rows = calls.flatMap((all, index) => {
            const own = [callRow(`C${index}`), ...rowsOf(`C${index}`, all)];
            return (
              fc.sample(fc.shuffledSubarray(own, { minLength: own.length }), { seed, numRuns: 1 })[0] ?? []
            );
          });
          const folded: FoldedCall[] = [];
          for await (const ended of foldCalls(pages(rows, pageRows))) folded.push(...ended);
          expect(folded.map((one) => one.call)).toEqual(calls.map((_, index) => `C${index}`));
          for (const [index, all] of calls.entries()) {
            const found = Object.fromEntries(
              (folded[index]?.outcomes ?? []).map(
                ({ orderId, amount }) => [String(orderId), amount] as const,
              ),
            );
            const wanted = all.map(({ orderId, amounts }) => [orderId, amounts.at(-1)] as const);
            expect(found).toEqual(Object.fromEntries(wanted));
            const corrections = all.reduce((sum, { amounts }) => sum + amounts.length - 1, 0);
            expect(folded[index]?.corrections).toBe(corrections);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('tells calls of other days, but takes one of which no one knows when it began for one of these', () => {
    const span = { from: START, until: START + 1000 };
    const began = [START - 1, START, undefined, START + 1000];
    expect(began.map((at) => isWithin(at, span))).toEqual([false, true, true, false]);
    expect(began.every((at) => isWithin(at, {}))).toBe(true);
  });
});

async function* pages(rows: readonly Transaction[], size: number): AsyncGenerator<readonly Transaction[]> {
  for (let from = 0; from < rows.length; from += size) {
    await Promise.resolve();
    yield rows.slice(from, from + size);
  }
}

it('writes a folded call with every time in its zone and with its offset', () => {
  const folded = foldCall([
    callRow('C', { duration: 61 }),
    sale('1', '10.5', { orderId: 'A' }),
    sale('2', '20', { orderId: 'B', value: false }),
    sale('4', '12.25', { orderId: 'A', ...correction('1', 5) }),
    sale('9', '1', { orderId: 'Z', ...correction('8', 6) }),
  ]);
  const cells = (zone?: string): object =>
    Object.fromEntries(CALL_COLUMNS.map((name, index) => [name, callCells(folded, zone)[index]]));
  expect(cells()).toEqual({
    call: 'C',
    started_at: '2026-11-20T15:00:00+00:00',
    caller: '+15125550123',
    duration: '61',
    outcomes: 'Sale (A); -Sale (B); Sale (Z)',
    sales: '2',
    amount: '13.25',
    corrections: '2',
    corrected_at: '2026-11-20T15:06:00+00:00',
    pending: '9 corrects 8',
  });
  expect(cells('America/New_York')).toMatchObject({
    started_at: '2026-11-20T10:00:00-05:00',
    corrected_at: '2026-11-20T10:06:00-05:00',
  });
});
