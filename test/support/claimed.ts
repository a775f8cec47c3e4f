import type { Amount } from '../../src/core/amount.js';
import type { ClaimedRow, SettledRow } from '../../src/core/row.js';

/** What is still known of `ROW` once it is settled. */
export const SETTLED: SettledRow = {
  position: 1,
  input: 'sales.csv',
  line: 2,
  key: '100125',
  action: 'create',
  amount: 500_000 as Amount,
};

/** A sale of 50.00 that is to be sent. */
export const ROW: ClaimedRow = {
  ...SETTLED,
  sale: { intent: 'set', amount: 500_000 as Amount, fields: { call_id: '100125' } },
  digest: 'of 50.00',
};
