import { expect, it } from 'vitest';
import type { Amount } from '../../src/core/amount.js';
import type { ReportFields } from '../../src/core/vendor.js';
import { foldCall } from '../../src/reconcile/fold-call.js';
import { findSale, type SentSale } from '../../src/reconcile/sale-at-vendor.js';
import { callRow, outcomeRow } from '../support/pulled.js';

const REPORT: ReportFields = { source: 'invoca', outcome: 'outcome_name', orderId: 'partner_unique_id' };

function sent(fields: SentSale['fields'], more: Partial<SentSale> = {}): SentSale {
  return { action: 'create', amount: 100_000 as Amount, previousAmount: undefined, fields, ...more };
}

const SALE = { outcome_name: 'Sale', partner_unique_id: 'SO-1' };
const held = (cents: number | undefined, more = {}) =>
  foldCall([callRow('C'), outcomeRow('C', 'T-1', cents, { orderId: 'SO-1', ...more })]);

it.each([
  ['holds what was sent', sent(SALE), held(1000), 'accepted', 'holds 10.00 (T-1)'],
  ['holds other money', sent(SALE), held(1100), 'not_applied', 'holds 11.00 (T-1)'],
  ['holds nothing of it', sent(SALE), foldCall([callRow('C')]), 'not_applied', 'holds nothing of it'],
  [
    'does not say',
    sent(SALE),
    held(1000, { type: 'Signal', value: undefined }),
    'cannot_tell',
    'has 10.00 of it',
  ],
  [
    'has it taken back',
    sent(SALE, { action: 'reverse' }),
    held(undefined, { value: false }),
    'accepted',
    'taken back',
  ],
  [
    'holds what is to be taken back',
    sent(SALE, { action: 'reverse' }),
    held(1000),
    'not_applied',
    'holds 10.00',
  ],
  [
    'has nothing to take back',
    sent(SALE, { action: 'reverse' }),
    foldCall([callRow('C')]),
    'cannot_tell',
    'nothing',
  ],
  [
    'is cleared',
    sent(SALE, { action: 'clear', amount: undefined }),
    held(undefined),
    'accepted',
    'holds no amount',
  ],
  [
    'held the same before',
    sent(SALE, { action: 'correct', previousAmount: 100_000 as Amount }),
    held(1000),
    'cannot_tell',
    'holds 10.00',
  ],
] as const)('a vendor that %s', (_what, sale, call, found, shows) => {
  const finding = findSale(sale, REPORT, [call]);
  expect(finding.found).toBe(found);
  expect(finding.shows).toContain(shows);
});

it('cannot tell of several outcomes, of a call that is not shown, and of more than the report shows', () => {
  const twice = foldCall([
    outcomeRow('C', 'T-1', 1000, { orderId: 'A' }),
    outcomeRow('C', 'T-2', 1000, { orderId: 'B' }),
  ]);
  expect(findSale(sent({ outcome_name: 'Sale' }), REPORT, [twice])).toEqual({
    found: 'cannot_tell',
    shows: 'holds 2 outcomes that could be it',
  });
  expect(findSale(sent(SALE), REPORT, []).found).toBe('cannot_tell');
  const hiding = { ...REPORT, hides: () => true };
  expect(findSale(sent(SALE), hiding, [held(1000)]).found).toBe('cannot_tell');
  expect(findSale(sent(SALE), hiding, [held(1100)]).found).toBe('not_applied');
});
