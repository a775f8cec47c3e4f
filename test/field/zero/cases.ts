import type { Case } from '../../files/case.js';
import type { FieldCase } from '../field.js';

const trackdrive = 'trackdrive';
const ZERO = 'Call ID,Revenue\n7001,0.00\n';
const NO_SALE = '0.00 is no sale, and nothing is held for it; --zero amount sends it';
const TAKES_BACK =
  '0.00 is no sale, and something is held for it; a reversal takes the sale back, --zero amount sends 0.00';

const OUTCOME = 'Transaction ID,Outcome,Order ID,Sale Amount\nT-1,Sale,SO-1,0.00\n';

function sold(vendor: 'trackdrive' | 'convoso'): Case {
  const rows = [[2, '7001', 'accepted', '100.00']] as const;
  return { name: 'the sale', vendor, file: 'Call ID,Revenue\n7001,100.00\n', exit: 0, rows };
}

export const ZEROS: readonly FieldCase[] = [
  {
    name: 'of which an amount would make a conversion is no sale',
    vendor: trackdrive,
    file: ZERO,
    exit: 0,
    rows: [[2, '7001', 'skipped', '0.00', 'no_sale', NO_SALE]],
  },
  {
    name: 'does not take back in silence what is held, and is sent with the option that is named',
    vendor: trackdrive,
    before: [sold(trackdrive)],
    file: ZERO,
    exit: 1,
    rows: [[2, '7001', 'invalid', '0.00', 'zero_takes_back', TAKES_BACK]],
    remedy: { takes: '--zero amount', rows: [[2, '7001', 'accepted', '0.00']] },
  },
  {
    name: 'with a flag of its own is a sale of nothing',
    vendor: trackdrive,
    file: 'Call ID,Revenue,Buyer Converted\n7001,0.00,yes\n7002,0.00,\n',
    exit: 0,
    rows: [
      [2, '7001', 'accepted', '0.00'],
      [3, '7002', 'skipped', '0.00', 'no_sale', NO_SALE],
    ],
  },
  {
    name: 'is an amount like others where the vendor says so',
    file: ZERO,
    exit: 0,
    rows: [[2, '7001', 'accepted', '0.00']],
  },
  {
    name: 'and corrects one there',
    before: [sold('convoso')],
    file: ZERO,
    exit: 0,
    rows: [[2, '7001', 'accepted', '0.00']],
  },
  {
    name: 'is no sale for any vendor where that is said',
    file: ZERO,
    args: ['--zero', 'no_sale'],
    exit: 0,
    rows: [[2, '7001', 'skipped', '0.00', 'no_sale', NO_SALE]],
  },
  {
    name: 'is refused where that is said, and the message names both ways',
    file: ZERO,
    config: 'profiles:\n  p: { vendor: convoso, zero: refuse }\n',
    args: ['--profile', 'p'],
    exit: 1,
    rows: [
      [
        2,
        '7001',
        'invalid',
        '',
        'zero_amount',
        'amount: is 0.00, which --zero refuse does not send; --zero amount does, --zero no_sale leaves the row out',
      ],
    ],
    remedy: { takes: '--zero amount', rows: [[2, '7001', 'accepted', '0.00']] },
  },
  {
    name: 'that is no sale takes no outcome back in silence either',
    vendor: 'invoca',
    before: [
      {
        name: 'the sale',
        vendor: 'invoca',
        file: OUTCOME.replace('0.00', '100.00'),
        exit: 0,
        rows: [[2, 'T-1|sale|SO-1', 'accepted', '100.00']],
      },
    ],
    file: OUTCOME,
    args: ['--zero', 'no_sale'],
    exit: 1,
    rows: [[2, 'T-1|sale|SO-1', 'invalid', '0.00', 'zero_takes_back', TAKES_BACK]],
    remedy: { takes: '--zero amount', rows: [[2, 'T-1|sale|SO-1', 'accepted', '0.00']] },
  },
  {
    name: 'of a cost is left out where that is said',
    vendor: 'tldcrm',
    file: 'DID,Caller ID,Call Date,Cost\n8005550100,5125550123,2026-11-19 09:02:11,0.00\n',
    args: ['--zero', 'no_sale'],
    exit: 0,
    rows: [[2, '8005550100|5125550123|2026-11-19 09:02:11', 'skipped', '0.00', 'no_sale', NO_SALE]],
  },
];
