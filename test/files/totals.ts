import type { Case, Row } from './case.js';

const SALES: readonly Row[] = [
  [2, '7001', 'accepted', '5.00'],
  [3, '7002', 'accepted', '6.00'],
];
const FILE = 'call_log_id,revenue\n7001,5\n7002,6\n';
const SKIP = ['--skip-total-row'];

export const TOTALS: readonly Case[] = [
  {
    name: 'a total row is no sale',
    file: `${FILE}Total,11.00\n`,
    exit: 0,
    rows: [...SALES, [4, '', 'skipped', '', 'total_row', 'the rows above come to this total']],
  },
  {
    name: 'a total row that is right, with blank rows below it, and a file without one',
    file: { 'total.csv': `${FILE}Grand Total:,11.00\n,\n`, 'none.csv': 'call_log_id,revenue\n7003,7\n' },
    args: SKIP,
    exit: 0,
    rows: [
      ...SALES,
      [4, '', 'skipped', '', 'total_row', 'the rows above come to this total'],
      [5, '', 'skipped', '', 'blank_row', 'every cell is blank'],
      [2, '7003', 'accepted', '7.00'],
    ],
  },
  {
    name: 'a total row in another language, its word in a column of its own',
    file: 'Vertreter;call_log_id;revenue\nAda;7001;1.005,00\nTotal;7002;6,00\nSumme;;1.011,00\n',
    args: [...SKIP, '--decimal', ','],
    exit: 0,
    rows: [
      [2, '7001', 'accepted', '1005.00'],
      [3, '7002', 'accepted', '6.00'],
      [4, '', 'skipped', '', 'total_row', 'the rows above come to this total'],
    ],
  },
  {
    name: 'a total row in the middle',
    file: 'call_log_id,revenue\n7001,5\nTotal,5\n7002,6\n',
    args: SKIP,
    exit: 0,
    rows: [
      [2, '7001', 'accepted', '5.00'],
      [3, '', 'skipped', '', 'total_row', 'the rows above come to this total'],
      [4, '7002', 'accepted', '6.00'],
    ],
  },
  {
    name: 'a total row over amounts that cannot be read',
    file: 'call_log_id,revenue\n7001,5\n7002,six\n7003,1,1\nTotal,11.00\n',
    args: SKIP,
    exit: 3,
    says: [
      'sales.csv:5: the total row cannot be checked: the amount on line 3 and 1 more cannot be read; mend it, or take the total row out',
    ],
  },
  {
    name: 'a total row that counts a negative amount which is not sent',
    file: 'call_log_id,revenue\n7001,5\n7002,(2.00)\nTotal,3.00\n',
    args: SKIP,
    exit: 1,
    rows: [
      [2, '7001', 'accepted', '5.00'],
      [
        3,
        '7002',
        'invalid',
        '',
        'not_an_amount',
        'amount: "(2.00)" is not an amount like 1250.50; it is not read as negative, since a refund is not a negative sale; --negative-amounts decides',
      ],
      [4, '', 'skipped', '', 'total_row', 'the rows above come to this total'],
    ],
  },
];
