import type { Case, Row } from '../../files/case.js';
import type { FieldCase } from '../field.js';

function sales(...amounts: readonly string[]): string {
  const rows = amounts.map((amount, index) => `${index + 1},${amount}\n`);
  return `call_log_id,revenue\n${rows.join('')}`;
}

function rows(...of: readonly (readonly [status: string, amount: string, warning?: string])[]): Row[] {
  return of.map(([status, amount, warning = ''], index) => {
    return [index + 2, String(index + 1), status, amount, '', '', warning];
  });
}

const first: Case = {
  ...{ name: 'the first', file: sales('100.00', '50.00', '30.00'), exit: 0 },
  rows: rows(['accepted', '100.00'], ['accepted', '50.00'], ['accepted', '30.00']),
};
const both: Case = {
  ...{ name: 'two corrected', file: sales('120.00', '55.00', '30.00'), exit: 0 },
  rows: rows(['accepted', '120.00'], ['accepted', '55.00'], ['unchanged', '30.00']),
};
const one: Case = {
  ...{ name: 'one corrected', file: sales('120.00', '50.00', '30.00'), exit: 0 },
  rows: rows(['accepted', '120.00'], ['unchanged', '50.00'], ['unchanged', '30.00']),
};
const EXAMPLE = 'such as 1 to 100.00, as run-1 had it before run-2 made it 120.00';

export const GOING_BACK: readonly FieldCase[] = [
  {
    ...{ name: 'one row of a file', file: sales('100.00', '50.00', '30.00'), before: [first, one], exit: 0 },
    says: [
      `sales.csv:2: 1 row goes back to an amount that a later run has changed (earlier_value), ${EXAMPLE}`,
    ],
    rows: rows(['accepted', '100.00', 'earlier_value'], ['unchanged', '50.00'], ['unchanged', '30.00']),
  },
  {
    ...{
      name: 'an old file',
      file: { 'old.csv': sales('100.00', '50.00', '30.00') },
      before: [first, both],
      exit: 3,
    },
    says: [
      `old.csv:2: 2 of 3 rows would go back to an amount that a later run has changed, ${EXAMPLE}; ` +
        'the file looks like an old one: push the newest, or this one with --older',
    ],
    remedy: {
      takes: '--older',
      says: [
        `old.csv:2: 2 rows go back to an amount that a later run has changed (earlier_value), ${EXAMPLE}`,
      ],
      rows: rows(
        ['accepted', '100.00', 'earlier_value'],
        ['accepted', '50.00', 'earlier_value'],
        ['unchanged', '30.00'],
      ),
    },
  },
  {
    ...{
      name: 'on to a third amount',
      file: sales('130.00', '55.00', '30.00'),
      before: [first, both],
      exit: 0,
    },
    rows: rows(['accepted', '130.00'], ['unchanged', '55.00'], ['unchanged', '30.00']),
  },
];
