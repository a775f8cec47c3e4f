import type { Row } from '../../files/case.js';
import type { FieldCase } from '../field.js';

const FILE = 'Agent,Call Log ID,Revenue\nAda,7001,5.00\nBob,7002,6.50\n';
const SALES: readonly Row[] = [
  [2, '7001', 'accepted', '5.00'],
  [3, '7002', 'accepted', '6.50'],
];

const COMES_TO = 'the rows above come to this total';
const IS_NOTE = 'is a note and no row of the table';

function skipped(line: number, code: string, message: string): Row {
  return [line, '', 'skipped', '', code, message];
}

/** Two sales, and lines below them that are none. */
function below(name: string, lines: string, ...rows: readonly Row[]): FieldCase {
  return { name, file: `${FILE}${lines}`, exit: 0, rows: [...SALES, ...rows] };
}

/** The two sales of a file whose last lines are refused, and what settles them. */
function refused(name: string, lines: string, says: string, remedy: FieldCase['remedy']): FieldCase {
  return { name, file: `${FILE}${lines}`, exit: 3, says: [`sales.csv:${says}`], remedy };
}

export const NO_SALES: readonly FieldCase[] = [
  below('a total of the rows', 'Total,,11.50\n', skipped(4, 'total_row', COMES_TO)),
  below(
    'a total with the number of its records',
    'Grand Totals (2 records),,11.50\n',
    skipped(4, 'total_row', COMES_TO),
  ),
  below('a total in Polish', 'Razem:,,11.50\n', skipped(4, 'total_row', COMES_TO)),
  below('a total without a word', ',,11.50\n', skipped(4, 'total_row', COMES_TO)),
  below('a total under a word of its own', 'November,,11.50\n', skipped(4, 'total_row', COMES_TO)),
  {
    name: 'a total of each group and of all, in the words of a spreadsheet',
    file: 'Agent,Call Log ID,Revenue\nAda,7001,5\nAda,7002,6\nAda Total,,11\nBob,7003,7\nTotal for Bob,,7\nGrand Total,,18\n',
    exit: 0,
    rows: [
      [2, '7001', 'accepted', '5.00'],
      [3, '7002', 'accepted', '6.00'],
      skipped(4, 'total_row', COMES_TO),
      [5, '7003', 'accepted', '7.00'],
      skipped(6, 'total_row', COMES_TO),
      skipped(7, 'total_row', COMES_TO),
    ],
  },
  refused(
    'a total that is not that of the rows',
    'Total,,12.50\n',
    '4: the total row says 12.50 and the rows come to 11.50, a difference of -1.00; find out which is right, fix it or take the row out',
    { takes: '', file: FILE, rows: SALES },
  ),
  refused(
    'a last row that is the sum of the others and counts them',
    'Ann,2,11.50\n',
    '4: the last row has 11.50, which is what the others come to, and "Call Log ID" is 2, the number of the others: if it is a total, say --skip-total-row; if it is a sale, say --expect-total 23.00',
    { takes: '--skip-total-row', rows: [...SALES, [4, '2', 'skipped', '11.50', 'total_row', COMES_TO]] },
  ),
  refused(
    'a last row that is the sum of the others and lacks what they have, and is a sale',
    ',7003,11.50\n',
    '4: the last row has 11.50, which is what the others come to, and "Agent" is blank: if it is a total, say --skip-total-row; if it is a sale, say --expect-total 23.00',
    { takes: '--expect-total 23.00', rows: [...SALES, [4, '7003', 'accepted', '11.50']] },
  ),
  below('a last sale that happens to be the sum of the others', 'Ann,7003,11.50\n', [
    4,
    '7003',
    'accepted',
    '11.50',
  ]),
  {
    name: 'a sale of someone named Total',
    file: `${FILE}Total,7003,11.50\n`,
    exit: 0,
    rows: [...SALES, [4, '7003', 'accepted', '11.50']],
  },
  {
    name: 'a sale without an id is not taken for a total',
    file: `${FILE}Ann Total Smith,,11.25\n`,
    exit: 1,
    rows: [
      ...SALES,
      [4, '', 'invalid', '', 'missing_value', "call_id: is blank; it is Convoso's call log id"],
    ],
  },
  {
    name: 'a delimiter at the end of every row, and blank cells behind some',
    file: 'Call Log ID,Revenue\n7001,5.00,\n7002,6.50,\n7003,7,,,\n',
    exit: 0,
    rows: [
      [2, '7001', 'accepted', '5.00'],
      [3, '7002', 'accepted', '6.50'],
      [4, '7003', 'accepted', '7.00'],
    ],
  },
  below('the header again', 'Agent,Call Log ID,Revenue\n', skipped(4, 'not_a_row', 'is the header again')),
  {
    name: 'units below the header',
    file: 'Agent,Call Log ID,Revenue\n(name),(id),(USD)\nAda,7001,5.00\n',
    exit: 0,
    rows: [skipped(2, 'not_a_row', 'says in which units the columns are'), [3, '7001', 'accepted', '5.00']],
  },
  below(
    'notes below the table',
    '-- End of report --\nGenerated on 2026-11-21 by nobody,,\n(2 records)\n\u001a',
    skipped(4, 'not_a_row', IS_NOTE),
    skipped(5, 'not_a_row', IS_NOTE),
    skipped(6, 'not_a_row', IS_NOTE),
  ),
  {
    name: 'words where ids are, and nothing else',
    file: 'Call Log ID,Revenue\n7001,900.00\n7002,111.50\nThank you for your business,\nTotal,"1,011.50"\n',
    exit: 0,
    rows: [
      [2, '7001', 'accepted', '900.00'],
      [3, '7002', 'accepted', '111.50'],
      skipped(4, 'not_a_row', IS_NOTE),
      skipped(5, 'total_row', COMES_TO),
    ],
  },
  {
    name: 'only leaves a total out, and --skip-total-row checks it all the same',
    file: 'Call Log ID,Revenue,Status\n7001,5.00,sold\nTotal,9.00,\n',
    args: ['--only', 'Status=sold', '--skip-total-row'],
    exit: 3,
    says: [
      'sales.csv:3: the total row says 9.00 and the rows come to 5.00, a difference of -4.00; find out which is right',
    ],
    remedy: {
      takes: '',
      file: 'Call Log ID,Revenue,Status\n7001,5.00,sold\nTotal,5.00,\n',
      rows: [[2, '7001', 'accepted', '5.00'], skipped(3, 'total_row', COMES_TO)],
    },
  },
  {
    name: 'one cell that may be a sale that was cut off',
    file: `${FILE}Ann\n`,
    exit: 1,
    rows: [
      ...SALES,
      [
        4,
        '',
        'invalid',
        '',
        'column_count',
        'the row has 1 cell and the header 3; mend it, a cell with a comma needs quotes',
      ],
    ],
  },
  {
    name: 'only comes before the length of a row, and before a total',
    file: 'Call Log ID,Revenue,Status\n7001,5.00,sold\n7002\nTotal,9.00\n7003,6.50,sold,x\n',
    config: 'profiles:\n  nightly:\n    vendor: convoso\n    only: { column: Status, values: [sold] }\n',
    args: ['--profile', 'nightly'],
    exit: 1,
    rows: [
      [2, '7001', 'accepted', '5.00'],
      skipped(3, 'only', 'Status is "", and only sold is sent'),
      skipped(4, 'only', 'Status is "", and only sold is sent'),
      [
        5,
        '',
        'invalid',
        '',
        'column_count',
        'the row has 4 cells and the header 3; mend it, a cell with a comma needs quotes',
      ],
    ],
  },
];
