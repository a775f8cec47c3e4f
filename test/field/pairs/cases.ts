import type { FieldCase } from '../field.js';

const HEADER = 'Call Log ID,Revenue,Policy No,Agent\n';
const TWO = `${HEADER}7001,50.00,P-1,Ann\n7001,50.00,P-2,Ann\n`;
const KEEP = 'keep one of them, or use --on-conflict last or sum';

function policies(other: string, there: string, here: string): string {
  return `same key "7001" as ${other}, which differs in Policy No ("${there}", here "${here}"); ${KEEP}`;
}

const REFUNDED =
  'one of them takes the sale back; keep the one that holds, or send what remains with --negative-amounts net';
const PAIR = 'Call Log ID,Revenue\n7001,100.00\n7001,-30.00\n';

function revenue(other: number, there: string, here: string): string {
  return `same key "7001" as line ${other}, which differs in Revenue ("${there}", here "${here}"); ${REFUNDED}`;
}

export const PAIRS: readonly FieldCase[] = [
  {
    name: 'a line that was exported twice counts once',
    file: `${HEADER}7001,50.00,P-1,Ann\n7001,50.00,P-1,Ann\n`,
    exit: 0,
    rows: [
      [2, '7001', 'accepted', '50.00'],
      [3, '7001', 'duplicate', '50.00', '', '', 'same key and content as line 2'],
    ],
  },
  {
    name: 'two policies of one call are two sales or one: neither is sent until one option says it',
    file: TWO,
    exit: 1,
    rows: [
      [2, '7001', 'invalid', '50.00', 'conflict', policies('line 3', 'P-2', 'P-1')],
      [3, '7001', 'invalid', '50.00', 'conflict', policies('line 2', 'P-1', 'P-2')],
    ],
    remedy: {
      takes: '--on-conflict last',
      rows: [
        [2, '7001', 'duplicate', '50.00', '', '', 'replaced by line 3, --on-conflict last'],
        [3, '7001', 'accepted', '50.00'],
      ],
    },
  },
  {
    name: 'their sum is of every line: 50 + 50 + 20 is 120',
    file: `${TWO}7001,20.00,P-3,Bob\n7002,5.00,P-4,Bob\n`,
    args: ['--on-conflict', 'sum'],
    exit: 0,
    says: ['3 lines became 1 row'],
    rows: [
      [2, '7001', 'accepted', '120.00', '', '', 'sum of line 2, line 3, line 4'],
      [3, '7001', 'duplicate', '50.00', '', '', 'summed into line 2'],
      [4, '7001', 'duplicate', '20.00', '', '', 'summed into line 2'],
      [5, '7002', 'accepted', '5.00'],
    ],
  },
  {
    name: 'a sum counts a line that repeats another to the letter once',
    file: `${TWO}7001,50.00,P-2,Ann\n`,
    args: ['--on-conflict', 'sum'],
    exit: 0,
    says: ['2 lines became 1 row'],
    rows: [
      [
        2,
        '7001',
        'accepted',
        '100.00',
        '',
        '',
        'sum of line 2, line 3; lines that repeat another to the letter are counted once',
      ],
      [3, '7001', 'duplicate', '50.00', '', '', 'summed into line 2'],
      [4, '7001', 'duplicate', '50.00', '', '', 'same key and content as an earlier line, not summed again'],
    ],
  },
  {
    name: 'the same amount in two spellings is no line to the letter',
    file: 'Call Log ID,Revenue\n7001,5\n7001,5.00\n',
    exit: 1,
    rows: [
      [
        2,
        '7001',
        'invalid',
        '5.00',
        'conflict',
        `same key "7001" as line 3, which differs in Revenue ("5.00", here "5"); ${KEEP}`,
      ],
      [
        3,
        '7001',
        'invalid',
        '5.00',
        'conflict',
        `same key "7001" as line 2, which differs in Revenue ("5", here "5.00"); ${KEEP}`,
      ],
    ],
  },
  {
    name: 'the file of yesterday in that of today is a duplicate, with its columns in another order too',
    file: {
      'a.csv': 'Call Log ID,Revenue\n7001,50.00\n',
      'b.csv': 'Revenue,Call Log ID\n50.00,7001\n60.00,7002\n',
    },
    exit: 0,
    rows: [
      [2, '7001', 'accepted', '50.00'],
      [2, '7001', 'duplicate', '50.00', '', '', 'same key and content as a.csv:2'],
      [3, '7002', 'accepted', '60.00'],
    ],
  },
  {
    name: 'a line in another file that says something else is a conflict, told with its file',
    file: {
      'a.csv': `${HEADER}7001,50.00,P-1,Ann\n`,
      'b.csv': `${HEADER}7001,50.00,P-2,Ann\n`,
    },
    exit: 1,
    rows: [
      [2, '7001', 'invalid', '50.00', 'conflict', policies('b.csv:2', 'P-2', 'P-1')],
      [2, '7001', 'invalid', '50.00', 'conflict', policies('a.csv:2', 'P-1', 'P-2')],
    ],
  },
  {
    name: 'a sale and a refund of it in one file are both held, and netted with the option that is named',
    file: PAIR,
    exit: 1,
    rows: [
      [2, '7001', 'invalid', '100.00', 'conflict', revenue(3, '-30.00', '100.00')],
      [3, '7001', 'invalid', '', 'conflict', revenue(2, '100.00', '-30.00')],
    ],
    remedy: {
      takes: '--negative-amounts net',
      says: ['2 lines became 1 row'],
      rows: [
        [2, '7001', 'accepted', '70.00', '', '', '70.00 remains of 100.00; taken back: 30.00 on line 3'],
        [3, '7001', 'duplicate', '', '', '', 'taken together with line 2'],
      ],
    },
  },
  {
    name: 'the last of a sale and its refund is not what is left',
    file: PAIR,
    args: ['--on-conflict', 'last'],
    exit: 1,
    rows: [
      [2, '7001', 'invalid', '100.00', 'conflict', revenue(3, '-30.00', '100.00')],
      [3, '7001', 'invalid', '', 'conflict', revenue(2, '100.00', '-30.00')],
    ],
  },
];
