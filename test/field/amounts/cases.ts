import type { Row } from '../../files/case.js';
import type { FieldCase } from '../field.js';

/** A file with one amount a row; ids count from 1. */
function amounts(...cells: readonly string[]): string {
  const rows = cells.map((cell, index) => `${index + 1};"${cell}"\n`);
  return `Call Log ID;Revenue\n${rows.join('')}`;
}

/** All of them sold, in their order. */
function sold(...values: readonly string[]): readonly Row[] {
  return values.map((amount, index): Row => [index + 2, String(index + 1), 'accepted', amount]);
}

const UNPROVED = 'no amount proves which, so say --decimal . or --decimal ,';

/** A file that is refused by one line, and what it comes to with the options that the line names. */
function refused(
  name: string,
  cells: readonly string[],
  says: string,
  takes: string,
  values: readonly string[],
): FieldCase {
  return {
    ...{ name, file: amounts(...cells), exit: 3, says: [`sales.csv:${says}`] },
    remedy: {
      takes,
      rows: sold(...values),
      ...(takes === '--decimal ,' && says.includes('--currency EUR and') && { args: ['--currency', 'EUR'] }),
    },
  };
}

export const AMOUNTS: readonly FieldCase[] = [
  refused(
    'one mark with three digits behind it is as open with a point as with a comma',
    ['1.250', '12', '2.400'],
    `2: amount: "1.250" is 1.25 with --decimal . and 1250.00 with --decimal ,, and "2.400" on line 4 is as open; ${UNPROVED}`,
    '--decimal ,',
    ['1250.00', '12.00', '2400.00'],
  ),
  refused(
    'a comma with three digits behind it',
    ['1,250'],
    `2: amount: "1,250" is 1250.00 with --decimal . and 1.25 with --decimal ,; ${UNPROVED}`,
    '--decimal .',
    ['1250.00'],
  ),
  refused(
    'a column that proves the comma is not read by the point',
    ['1.250', '89,95', '2.400'],
    '2: amount: push the file with --decimal ,: 3 of 3 amounts, the first "1.250", can be read only so',
    '--decimal ,',
    ['1250.00', '89.95', '2400.00'],
  ),
  refused(
    'groups of points alone prove the comma',
    ['1.250.000', '12'],
    '2: amount: push the file with --decimal ,: "1.250.000" can be read only so',
    '--decimal ,',
    ['1250000.00', '12.00'],
  ),
  refused(
    'finer than the vendor keeps, or a thousand times as much: nothing is said of rounding',
    ['1.255', '7'],
    `2: amount: "1.255" is 1.255 with --decimal . and 1255.00 with --decimal ,; ${UNPROVED}`,
    '--decimal ,',
    ['1255.00', '7.00'],
  ),
  {
    name: 'a column that proves the point needs no option',
    file: amounts('1.250', '89.95', '0.5', '12.50'),
    exit: 0,
    rows: sold('1.25', '89.95', '0.50', '12.50'),
  },
  {
    name: 'a column that proves both marks is refused with both lines',
    file: amounts('5', '89.95', '89,95'),
    exit: 3,
    says: [
      'sales.csv:3: amount: "89.95" proves a point before the decimals and "89,95" on line 4 a comma; one file has one decimal mark, so fix the one or the other',
    ],
  },
  {
    name: 'an option that the column disproves',
    file: amounts('1.250', '89.95'),
    args: ['--decimal', ','],
    exit: 3,
    says: [
      'sales.csv:3: amount: "89.95" is read with --decimal . and not with --decimal ,, which was given; find out which mark the file has',
    ],
    remedy: { takes: '--decimal .', rows: sold('1.25', '89.95') },
  },
  refused(
    'a dollar sign, groups, a zero of a spreadsheet and an apostrophe take one attempt',
    [' $1,234.50 ', '$-', 'USD 1,234.50', "1'234.50", '$ 12'],
    '2: amount: push the file with --currency USD --decimal .: 5 of 5 amounts, the first "$1,234.50", can be read only so',
    '--currency USD --decimal .',
    ['1234.50', '0.00', '1234.50', '1234.50', '12.00'],
  ),
  {
    name: 'parentheses around what a currency stands before are named with the rest',
    file: amounts('$1,234.50', '$(45.00)'),
    exit: 3,
    says: [
      'sales.csv:2: amount: push the file with --currency USD --decimal ., and say with --negative-amounts what those in parentheses or with a minus behind them mean: 2 of 2 amounts, the first "$1,234.50", can be read only so',
    ],
  },
  refused(
    'a euro sign behind the amounts',
    ['110.7 €', '5 €'],
    '2: amount: push the file with --currency EUR: 2 of 2 amounts, the first "110.7 €", can be read only so',
    '--currency EUR',
    ['110.70', '5.00'],
  ),
  refused(
    'a euro sign, commas, points and an empty account',
    ['1.110,70\u00a0€', '-\u00a0€', '12,00 €'],
    '2: amount: push the file with --currency EUR --decimal ,: 3 of 3 amounts, the first "1.110,70\u00a0€", can be read only so',
    '--currency EUR --decimal ,',
    ['1110.70', '0.00', '12.00'],
  ),
  refused(
    'an open mark beside a currency',
    ['€ 1.250'],
    '2: amount: "€ 1.250" is 1.25 with --decimal . and 1250.00 with --decimal ,; no amount proves which, so say --currency EUR and --decimal . or --decimal ,',
    '--decimal ,',
    ['1250.00'],
  ),
  {
    name: 'two currencies in one column',
    file: amounts('$5.00', '6.00 EUR'),
    exit: 3,
    says: [
      'sales.csv:2: amount: "$5.00" is in USD, and others are in EUR on line 3; push each currency by itself, the first with --currency USD',
    ],
    remedy: {
      takes: '--currency USD',
      exit: 1,
      rows: [
        [2, '1', 'accepted', '5.00'],
        [
          3,
          '2',
          'invalid',
          '',
          'other_currency',
          'amount: "6.00 EUR" is in EUR and not in USD; push it by itself, with --currency EUR',
        ],
      ],
    },
  },
  {
    name: 'one amount of many that names its currency is a fault of its row',
    file: amounts('12.50', '$1,250.00', '7.25'),
    exit: 1,
    rows: [
      [2, '1', 'accepted', '12.50'],
      [
        3,
        '2',
        'invalid',
        '',
        'not_an_amount',
        'amount: "$1,250.00" is not an amount like 1250.50; take the currency out, or push the file with --currency USD and --decimal .',
      ],
      [4, '3', 'accepted', '7.25'],
    ],
  },
];
