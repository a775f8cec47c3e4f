import type { Row } from '../../files/case.js';
import type { FieldCase } from '../field.js';

const WAYS =
  'put such amounts in quotes or take the commas out of them, or export with another delimiter and say it with --delimiter';
const ALL_WAYS =
  'put the amounts in quotes or take the commas out of them, or export with another delimiter and say it with --delimiter';

const HEADER = 'Call Log ID,Revenue,Note\n';

function sold(line: number, key: string, amount: string): Row {
  return [line, key, 'accepted', amount];
}

/** A file that a comma shifts, and the same with that comma taken care of. */
function shifted(
  name: string,
  [file, fixed]: readonly [string, string],
  says: string,
  args: readonly string[],
  ...rows: readonly Row[]
): FieldCase {
  return { name, file, exit: 3, says: [`sales.csv:${says}`], remedy: { takes: '', file: fixed, args, rows } };
}

export const SHIFTED: readonly FieldCase[] = [
  shifted(
    'an amount without quotes makes its row one cell longer',
    ['Call Log ID,Revenue\n7001,89.95\n7002,1,250.00\n', 'Call Log ID,Revenue\n7001,89.95\n7002,1250.00\n'],
    `3: the row is longer than the header, since "1,250.00" seems to be one amount without quotes; ${WAYS}`,
    [],
    sold(2, '7001', '89.95'),
    sold(3, '7002', '1250.00'),
  ),
  shifted(
    'amounts without quotes, with a note behind them or none',
    [
      `${HEADER}7001,1,250.00,x\n7002,89.95,\n7003,2,400.00,\n`,
      `${HEADER}7001,"1,250.00",x\n7002,"89.95",\n7003,"2,400.00",\n`,
    ],
    `2: the row is longer than the header, since "1,250.00" seems to be one amount without quotes; so are 2 rows, on lines 2, 4; ${WAYS}`,
    ['--decimal', '.'],
    sold(2, '7001', '1250.00'),
    sold(3, '7002', '89.95'),
    sold(4, '7003', '2400.00'),
  ),
  shifted(
    'decimals behind a comma, exported with another delimiter',
    ['Call Log ID,Revenue\n7001,89,95\n', 'Call Log ID\tRevenue\n7001\t89,95\n'],
    `2: the row is longer than the header, since "89,95" seems to be one amount without quotes; ${WAYS}`,
    ['--delimiter', 'tab', '--decimal', ','],
    sold(2, '7001', '89.95'),
  ),
  shifted(
    'every note is two digits behind a whole amount',
    [`${HEADER}7001,89,95\n7002,12,50\n`, `${HEADER}7001,89.95,\n7002,12.50,\n`],
    `2: amount: every "Note" is two or three digits behind a whole amount, on lines 2, 3: "89,95" seems to be one amount without quotes; ${ALL_WAYS}; if they are numbers of their own, say --ignore-column "Note"`,
    [],
    sold(2, '7001', '89.95'),
    sold(3, '7002', '12.50'),
  ),
  {
    name: 'every note is a number of its own, which the user says',
    file: `${HEADER}7001,89,95\n7002,12,50\n`,
    exit: 3,
    says: [
      `sales.csv:2: amount: every "Note" is two or three digits behind a whole amount, on lines 2, 3: "89,95" seems to be one amount without quotes; ${ALL_WAYS}; if they are numbers of their own, say --ignore-column "Note"`,
    ],
    remedy: {
      takes: '--ignore-column "Note"',
      rows: [sold(2, '7001', '89.00'), sold(3, '7002', '12.00')],
    },
  },
  shifted(
    'groups of an amount in a column of any name',
    [
      'Call Log ID,Revenue,Agent\n7001,1,250.00\n7002,2,400.00\n',
      'Call Log ID,Revenue,Agent\n7001,1250.00,\n7002,2400.00,\n',
    ],
    `2: amount: every "Agent" is two or three digits behind a whole amount, on lines 2, 3: "1,250.00" seems to be one amount without quotes; ${ALL_WAYS}; if they are numbers of their own, say --ignore-column "Agent"`,
    [],
    sold(2, '7001', '1250.00'),
    sold(3, '7002', '2400.00'),
  ),
  {
    name: 'whole amounts before a duration',
    file: 'Call Log ID,Revenue,Duration\n7001,50,120\n7002,75,95\n',
    exit: 0,
    rows: [sold(2, '7001', '50.00'), sold(3, '7002', '75.00')],
  },
  {
    name: 'whole amounts before a payout with decimals',
    file: 'Call Log ID,Revenue,Publisher Payout\n7001,500,250.00\n7002,400,350.25\n',
    exit: 0,
    rows: [sold(2, '7001', '500.00'), sold(3, '7002', '400.00')],
  },
  {
    name: 'a note of digits among others',
    file: `${HEADER}7001,50,120\n7002,75,see 12\n`,
    exit: 0,
    rows: [sold(2, '7001', '50.00'), sold(3, '7002', '75.00')],
  },
];
