import type { Case, Row } from './case.js';

const FILE = 'call_log_id,revenue\n7001,5\n7002,6.5\n,\n';
const ROWS: readonly Row[] = [
  [2, '7001', 'accepted', '5.00'],
  [3, '7002', 'accepted', '6.50'],
  [4, '', 'skipped', '', 'blank_row', 'every cell is blank'],
];
const ONE_BAD = 'call_log_id,revenue\n7001,5\n7002,six\n7003,7\n,\n';
const ONE_BAD_ROWS: readonly Row[] = [
  [2, '7001', 'accepted', '5.00'],
  [
    3,
    '7002',
    'invalid',
    '',
    'not_an_amount',
    'amount: "six" is not an amount like 1250.50; use digits and at most one point',
  ],
  [4, '7003', 'accepted', '7.00'],
  [5, '', 'skipped', '', 'blank_row', 'every cell is blank'],
];

export const GUARDS: readonly Case[] = [
  {
    name: 'every guard that holds',
    file: FILE,
    args: [
      '--expect-rows',
      '2',
      '--expect-total',
      '11.50',
      '--max-total',
      '11.50',
      '--max-invalid',
      '0',
      '--once',
    ],
    exit: 0,
    rows: ROWS,
  },
  {
    name: '--expect-rows and --expect-total that fail, both at once',
    file: FILE,
    args: ['--expect-rows', '3', '--expect-total', '12'],
    exit: 3,
    says: [
      'sales.csv: --expect-rows: the files have 2 rows, and 3 were expected; find out which is right',
      'sales.csv: --expect-total: the amounts come to 11.50 and 12.00 was expected, a difference of -0.50; find out which is right',
    ],
  },
  {
    name: '--expect-rows and --expect-total over several files',
    file: { 'a.csv': 'call_log_id,revenue\n7001,5\n', 'b.csv': 'call_log_id,revenue\n7002,6\n' },
    args: ['--expect-rows', '2', '--expect-total', '11'],
    exit: 0,
    rows: [
      [2, '7001', 'accepted', '5.00'],
      [2, '7002', 'accepted', '6.00'],
    ],
  },
  {
    name: '--max-invalid in rows that holds',
    file: ONE_BAD,
    args: ['--max-invalid', '1'],
    exit: 1,
    rows: ONE_BAD_ROWS,
  },
  {
    name: '--max-invalid in rows that fails',
    file: ONE_BAD,
    args: ['--max-invalid', '0'],
    exit: 3,
    says: [
      'sales.csv: --max-invalid: 1 of 3 rows is invalid and 0 is the most; --dry-run without --max-invalid shows them',
    ],
  },
  {
    name: '--max-invalid as a share that holds',
    file: ONE_BAD,
    args: ['--max-invalid', '34%'],
    exit: 1,
    rows: ONE_BAD_ROWS,
  },
];
