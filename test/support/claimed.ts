import type { Amount } from '../../src/core/amount.js';
import type { ClaimedRow } from '../../src/core/ports.js';

/** A sale of 50.00 that is to be sent. */
export const ROW: ClaimedRow = {
  position: 1,
  input: 'sales.csv',
  line: 2,
  cells: ['100125', '50.00'],
  key: '100125',
  intent: 'set',
  action: 'create',
  amount: 500_000 as Amount,
  digest: 'of 50.00',
};
