import { describe, expect, it } from 'vitest';
import type { Amount } from '../../src/core/amount.js';
import type { Told } from '../../src/core/undo.js';
import { heldAfter, standingOf } from '../../src/push/undo-trail.js';

const ROW = { amount: undefined, fields: {}, net: undefined, found: undefined };

/** What was told of a key, oldest first: the run, and what is otherwise than of a sale that was accepted. */
function trail(...told: readonly (Partial<Told> & Pick<Told, 'run'>)[]): Told[] {
  const usual = { undoes: undefined, code: undefined, ref: undefined, amount: undefined, digest: '' };
  const all = told.map((one): Told => ({
    ...usual,
    status: 'accepted',
    action: 'create',
    intent: 'set',
    row: ROW,
    ...one,
  }));
  return all.reverse();
}

const word = (run: number, code: string): Partial<Told> & Pick<Told, 'run'> => ({
  ...{ run, code, row: undefined },
  status: { resolved_accepted: 'accepted', resolved_not_applied: 'failed' }[code] ?? 'unknown',
});

describe('whether a run still stands', () => {
  it.each([
    ['it is the last', trail({ run: 1 }), 1, undefined, 'standing'],
    ['a later run sent something', trail({ run: 1 }, { run: 2 }), 1, undefined, 'touched by 2'],
    ['which was rejected', trail({ run: 1 }, { run: 2, status: 'rejected' }), 1, undefined, 'standing'],
    [
      'which may have been applied',
      trail({ run: 1 }, { run: 2, status: 'failed' }),
      1,
      'resend',
      'touched by 2',
    ],
    ['which was undone', trail({ run: 1 }, { run: 2 }, { run: 3, undoes: 2 }), 1, undefined, 'standing'],
    ['it was undone', trail({ run: 1 }, { run: 3, undoes: 1 }), 1, undefined, 'undone by 3'],
    [
      'it was undone, and a later run sent something',
      trail({ run: 1 }, { run: 3, undoes: 1 }, { run: 4 }),
      1,
      undefined,
      'undone by 3',
    ],
    [
      'the undo was undone',
      trail({ run: 1 }, { run: 3, undoes: 1 }, { run: 4, undoes: 3 }),
      1,
      undefined,
      'standing',
    ],
    [
      'an undo of it came to nothing',
      trail({ run: 1 }, { run: 3, undoes: 1, status: 'failed' }),
      1,
      'resend',
      'standing',
    ],
    [
      'an undo of an older one went past it',
      trail({ run: 1 }, { run: 2 }, { run: 3, undoes: 1 }),
      2,
      undefined,
      'touched by 3',
    ],
    ['it changed nothing', trail({ run: 1 }, { run: 2, status: 'rejected' }), 2, undefined, 'void'],
    [
      'it may have changed something',
      trail({ run: 1 }, { run: 2, status: 'failed' }),
      2,
      'resend',
      'standing',
    ],
    [
      'a person said that it is there',
      trail({ run: 1, status: 'unknown' }, word(1, 'resolved_accepted')),
      1,
      undefined,
      'standing',
    ],
    [
      'a person said that it is not',
      trail({ run: 1, status: 'unknown' }, word(1, 'resolved_not_applied')),
      1,
      undefined,
      'void',
    ],
    [
      'and took that back',
      trail({ run: 1, status: 'unknown' }, word(1, 'resolved_not_applied'), word(1, 'resolution_undone')),
      1,
      'blocked',
      'standing',
    ],
  ] as const)('%s', (_, told, run, doubt, wanted) => {
    const standing = standingOf({ input: 1, line: 2, cells: [], key: 'k', trail: told, doubt }, run);
    expect('by' in standing ? `${standing.is} by ${standing.by}` : standing.is).toBe(wanted);
  });

  it('of what was accepted before it, what a person took back is none', () => {
    const told = trail(
      { run: 1, amount: 100 as Amount },
      { run: 2, status: 'unknown', amount: 200 as Amount },
      { ...word(2, 'resolved_accepted'), amount: 200 as Amount },
      word(2, 'resolution_undone'),
      { run: 3, amount: 300 as Amount },
    );
    const standing = standingOf({ input: 1, line: 2, cells: [], key: 'k', trail: told, doubt: undefined }, 3);
    expect(standing.is === 'standing' && standing.earlier.map(({ run }) => run)).toEqual([1]);
  });
});

describe('what was held', () => {
  const accepted = (fields: Record<string, string>, more: Partial<Told> = {}) => ({
    ...({ run: 1, digest: '', ref: undefined, action: 'create', intent: 'set', amount: undefined } as const),
    ...more,
    row: { ...ROW, amount: more.amount, fields },
  });

  it('is each thing over what was before it, and nothing but its own after a reversal', () => {
    const first = accepted({ id: '1', payout: '3.00' }, { amount: 100 as Amount });
    const second = accepted({ id: '1', note: 'x' });
    const back = accepted({ id: '1' }, { intent: 'reverse', action: 'reverse' });
    const sale = (...all: Parameters<typeof heldAfter>[0]) => heldAfter(all)?.sale;
    expect(sale(first, second)).toEqual({
      ...{ intent: 'set', amount: 100 },
      fields: { id: '1', payout: '3.00', note: 'x' },
    });
    expect(sale(first, back)).toMatchObject({ intent: 'reverse' });
    expect(sale(first, back, second)).toEqual({
      intent: 'set',
      amount: undefined,
      fields: { id: '1', note: 'x' },
    });
    expect(heldAfter([])).toBeUndefined();
  });
});
