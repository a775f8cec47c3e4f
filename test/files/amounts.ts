import type { Case, Row } from './case.js';

function invalid(line: number, code: string, error: string): Row {
  return [line, String(line - 1), 'invalid', '', code, `amount: ${error}`];
}

function sold(line: number, id: string, amount: string, warning?: string): Row {
  return [line, id, 'accepted', amount, '', '', warning];
}

/** A file with one amount a row; ids count from 1. */
function amounts(...cells: readonly string[]): string {
  const rows = cells.map((cell, index) => `${index + 1};"${cell}"\n`);
  return `call_log_id;revenue\n${rows.join('')}`;
}

const GROUPS = 'take the thousands separators out, or say with --decimal which mark the decimals have';
const NOT_NEGATIVE =
  'it is not read as negative, since a refund is not a negative sale; --negative-amounts decides';
const ROUND = 'correct it, or let --round half-up or --round half-even decide';

export const AMOUNTS: readonly Case[] = [
  {
    name: 'groups that are not announced, among others',
    file: amounts('1,250.50', '1250.50', '1,250', '12.5', '3'),
    exit: 1,
    rows: [
      invalid(2, 'not_an_amount', `"1,250.50" is not an amount like 1250.50; ${GROUPS}`),
      sold(3, '2', '1250.50'),
      invalid(4, 'not_an_amount', `"1,250" is not an amount like 1250.50; ${GROUPS}`),
      sold(5, '4', '12.50'),
      sold(6, '5', '3.00'),
    ],
  },
  {
    name: '--decimal , with groups',
    file: amounts('1.250,50', '1 250,5', '1\u00A0250\u00A0000', "1'250,00", '12,5', '1250'),
    args: ['--decimal', ','],
    exit: 0,
    rows: [
      sold(2, '1', '1250.50'),
      sold(3, '2', '1250.50'),
      sold(4, '3', '1250000.00'),
      sold(5, '4', '1250.00'),
      sold(6, '5', '12.50'),
      sold(7, '6', '1250.00'),
    ],
  },
  {
    name: '--decimal , with groups that are none',
    file: amounts('1.25,50', '1.250.5,0', '1.250 000,00'),
    args: ['--decimal', ','],
    exit: 1,
    rows: [
      invalid(
        2,
        'not_an_amount',
        '"1.25,50" is not an amount like 1250,50; with --decimal , a point stands between groups of three digits',
      ),
      invalid(
        3,
        'not_an_amount',
        '"1.250.5,0" is not an amount like 1250,50; with --decimal , a point stands between groups of three digits',
      ),
      invalid(
        4,
        'not_an_amount',
        '"1.250 000,00" is not an amount like 1250,50; use digits and at most one comma',
      ),
    ],
  },
  {
    name: '--decimal . with groups, good and bad',
    file: amounts('1,250.50', '1,250,000', '1,25.50'),
    args: ['--decimal', '.'],
    exit: 1,
    rows: [
      sold(2, '1', '1250.50'),
      sold(3, '2', '1250000.00'),
      invalid(
        4,
        'not_an_amount',
        '"1,25.50" is not an amount like 1250.50; with --decimal . a comma stands between groups of three digits',
      ),
    ],
  },
  {
    name: 'the currency that is named, in its spellings',
    file: amounts('$5.00', '6.00 USD', 'USD 7', 'US$8', '9'),
    args: ['--currency', 'USD'],
    exit: 0,
    rows: [
      sold(2, '1', '5.00'),
      sold(3, '2', '6.00'),
      sold(4, '3', '7.00'),
      sold(5, '4', '8.00'),
      sold(6, '5', '9.00'),
    ],
  },
  {
    name: 'another currency than the one that is named',
    file: amounts('1.250,00 €', '$5,00', '5,00 CHF'),
    args: ['--currency', 'EUR', '--decimal', ','],
    exit: 1,
    rows: [
      sold(2, '1', '1250.00'),
      invalid(
        3,
        'other_currency',
        '"$5,00" is in USD and not in EUR; push it by itself, with --currency USD',
      ),
      invalid(
        4,
        'other_currency',
        '"5,00 CHF" is in CHF and not in EUR; push it by itself, with --currency CHF',
      ),
    ],
  },
  {
    name: 'negative amounts, which nothing allows',
    file: amounts('(50.00)', '50.00-', '-50.00', '0.00-'),
    exit: 1,
    rows: [
      invalid(2, 'not_an_amount', `"(50.00)" is not an amount like 1250.50; ${NOT_NEGATIVE}`),
      invalid(3, 'not_an_amount', `"50.00-" is not an amount like 1250.50; ${NOT_NEGATIVE}`),
      invalid(
        4,
        'negative_amount',
        '-50.00 is negative, which Convoso does not document; send the amount that remains, or 0.00, or let --negative-amounts net send it',
      ),
      invalid(5, 'not_an_amount', `"0.00-" is not an amount like 1250.50; ${NOT_NEGATIVE}`),
    ],
  },
  {
    name: 'negative amounts that the profile sends',
    file: amounts('(50.00)', '50.00-', '-50.00', '($1,250.00)', '-(5.00)'),
    args: ['--profile', 'p', '--decimal', '.', '--currency', '$'],
    config: 'profiles:\n  p: { vendor: convoso, negative_amounts: send }\n',
    exit: 1,
    rows: [
      sold(2, '1', '-50.00'),
      sold(3, '2', '-50.00'),
      sold(4, '3', '-50.00'),
      sold(5, '4', '-1250.00'),
      invalid(
        6,
        'not_an_amount',
        '"-(5.00)" is not an amount like 1250.50; use digits and at most one point',
      ),
    ],
  },
  {
    name: 'negative amounts that the profile takes for reversals',
    vendor: 'trackdrive',
    file: 'call_id,revenue\nT-1,(50.00)\nT-2,5.00\nT-3,-0.01\n',
    args: ['--profile', 'p'],
    config: 'profiles:\n  p: { vendor: trackdrive, negative_amounts: reverse }\n',
    exit: 0,
    rows: [
      [2, 'T-1', 'accepted', ''],
      [3, 'T-2', 'accepted', '5.00'],
      [4, 'T-3', 'accepted', ''],
    ],
  },
  {
    name: 'reversals by negative amounts where the vendor has none',
    file: amounts('-5.00'),
    args: ['--profile', 'p'],
    config: 'profiles:\n  p: { vendor: convoso, negative_amounts: reverse }\n',
    exit: 2,
    says: ['--negative-amounts reverse: Convoso documents no way to take a sale back'],
  },
  {
    name: 'plain decimals, and more of them than the vendor keeps',
    file: amounts('5.005', '5.1000', '0.0049', '1.2E3', '1250.50', '0', '.5', '007.10', ' 3 '),
    exit: 1,
    rows: [
      invalid(2, 'too_many_decimals', `"5.005" has more than the 2 decimals this vendor keeps; ${ROUND}`),
      sold(3, '2', '5.10'),
      invalid(4, 'too_many_decimals', `"0.0049" has more than the 2 decimals this vendor keeps; ${ROUND}`),
      invalid(
        5,
        'not_an_amount',
        '"1.2E3" is not an amount like 1250.50; a spreadsheet shortened it; format the column as a number',
      ),
      sold(6, '5', '1250.50'),
      sold(7, '6', '0.00'),
      sold(8, '7', '0.50'),
      sold(9, '8', '7.10'),
      sold(10, '9', '3.00'),
    ],
  },
  {
    name: '--round half-up',
    file: amounts('5.005', '5.015', '5.0049', '5.00'),
    args: ['--round', 'half-up'],
    exit: 0,
    rows: [
      sold(2, '1', '5.01', 'rounded from "5.005"'),
      sold(3, '2', '5.02', 'rounded from "5.015"'),
      sold(4, '3', '5.00', 'rounded from "5.0049"'),
      sold(5, '4', '5.00'),
    ],
  },
  {
    name: '--round half-even',
    file: amounts('5.005', '5.015', '5.0051', '9.995'),
    args: ['--round', 'half-even'],
    exit: 0,
    rows: [
      sold(2, '1', '5.00', 'rounded from "5.005"'),
      sold(3, '2', '5.02', 'rounded from "5.015"'),
      sold(4, '3', '5.01', 'rounded from "5.0051"'),
      sold(5, '4', '10.00', 'rounded from "9.995"'),
    ],
  },
  {
    name: 'blank, too large and of other digits',
    file: amounts('', '1000000000', '١٢٣', '999999999.99'),
    exit: 1,
    rows: [
      invalid(2, 'blank_amount', 'is blank, which is not 0.00; write 0.00, --blank-amount clear empties it'),
      invalid(
        3,
        'amount_too_large',
        '"1000000000" is too large; amounts have at most 9 digits before the point',
      ),
      invalid(
        4,
        'not_an_amount',
        '"١٢٣" is not an amount like 1250.50; use the digits 0 to 9 and a point, without other characters',
      ),
      sold(5, '4', '999999999.99'),
    ],
  },
];
