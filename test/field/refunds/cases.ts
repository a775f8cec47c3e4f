import type { Case } from '../../files/case.js';
import type { FieldCase } from '../field.js';

const trackdrive = 'trackdrive';
const HEADER = 'Call ID,Revenue\n';
const REVERSAL = ['--reversal-column', 'Status', '--reversal-values', 'refunded'];
const NET = ['--negative-amounts', 'net'];
const REVERSE = ['--negative-amounts', 'reverse'];

/** A sale of 100.00 that was accepted before. */
function sold(args: readonly string[] = []): Case {
  const rows = [[2, '7001', 'accepted', '100.00']] as const;
  return { name: 'the sale', vendor: trackdrive, file: `${HEADER}7001,100.00\n`, args, exit: 0, rows };
}

function partial(amount: string): string {
  return `${amount} is taken back, and 100.00 is held; a reversal would take back all of it; --negative-amounts net sends what remains`;
}

const REMAINS = '70.00 remains of 100.00; taken back: 30.00 on line 2';

export const REFUNDS: readonly FieldCase[] = [
  {
    name: 'a part of what is held, below zero: both amounts, and the option that sends what remains',
    vendor: trackdrive,
    before: [sold()],
    file: `${HEADER}7001,-30.00\n`,
    args: [],
    exit: 1,
    rows: [
      [
        2,
        '7001',
        'invalid',
        '',
        'negative_amount',
        'amount: -30.00 is negative, which TrackDrive does not document; send the amount that remains, or 0.00, or let --negative-amounts net send it',
      ],
    ],
    remedy: { takes: '--negative-amounts net', rows: [[2, '7001', 'accepted', '70.00', '', '', REMAINS]] },
  },
  {
    name: 'a part of what is held is no reversal',
    vendor: trackdrive,
    before: [sold()],
    file: `${HEADER}7001,-30.00\n`,
    args: REVERSE,
    exit: 1,
    rows: [[2, '7001', 'invalid', '', 'partial_refund', partial('30.00')]],
  },
  {
    name: 'nor is it in a row that is marked',
    vendor: trackdrive,
    before: [sold()],
    file: 'Call ID,Revenue,Status\n7001,30.00,Refunded\n',
    args: REVERSAL,
    exit: 1,
    rows: [[2, '7001', 'invalid', '', 'partial_refund', partial('30.00')]],
    remedy: { takes: '--negative-amounts net', rows: [[2, '7001', 'accepted', '70.00', '', '', REMAINS]] },
  },
  ...['100.00', '-100.00', '0.00', ''].map((amount): FieldCase => ({
    name: `a marked row with ${JSON.stringify(amount)} takes 100.00 back as a whole`,
    vendor: trackdrive,
    before: [sold()],
    file: `Call ID,Revenue,Status\n7001,${amount},Refunded\n`,
    args: REVERSAL,
    exit: 0,
    rows: [[2, '7001', 'accepted', '']],
  })),
  {
    name: 'more than is held',
    vendor: trackdrive,
    before: [sold()],
    file: `${HEADER}7001,-130.00\n`,
    args: REVERSE,
    exit: 1,
    rows: [
      [
        2,
        '7001',
        'invalid',
        '',
        'partial_refund',
        '130.00 is taken back, and 100.00 is held; find out which is right',
      ],
    ],
  },
  {
    name: 'what was taken off is not taken off again',
    vendor: trackdrive,
    before: [
      sold(NET),
      {
        name: 'the refund',
        vendor: trackdrive,
        file: `${HEADER}7001,-30.00\n`,
        args: NET,
        exit: 0,
        rows: [[2, '7001', 'accepted', '70.00', '', '', REMAINS]],
      },
    ],
    file: `${HEADER}7001,-30.00\n`,
    args: NET,
    exit: 0,
    rows: [[2, '7001', 'unchanged', '', '', '', 'an earlier run took it off']],
  },
  {
    name: 'nothing is left: the sale is taken back',
    vendor: trackdrive,
    before: [sold(NET)],
    file: `${HEADER}7001,-60.00\n7001,-40.00\n`,
    args: NET,
    exit: 0,
    says: ['2 lines became 1 row'],
    rows: [
      [2, '7001', 'duplicate', '', '', '', 'taken together with line 3'],
      [
        3,
        '7001',
        'accepted',
        '',
        '',
        '',
        '0.00 remains of 100.00; taken back: 60.00 on line 2, 40.00 on line 3',
      ],
    ],
  },
  {
    name: 'a vendor that adds a record with every request has no amount that could be netted',
    vendor: 'tldcrm',
    file: 'DID,Caller ID,Call Date,Cost\n8005550100,5125550123,2026-11-19 09:02:11,-5.00\n',
    args: NET,
    exit: 2,
    says: [
      '--negative-amounts net: TLDCRM keeps no one amount per key that could be changed to what remains',
    ],
  },
];
