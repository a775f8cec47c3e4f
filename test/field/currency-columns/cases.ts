import type { Row } from '../../files/case.js';
import type { FieldCase } from '../field.js';

function file(header: string, ...rows: readonly string[]): string {
  return `Call Log ID,Revenue,${header}\n${rows.map((row, index) => `${index + 1},${row}\n`).join('')}`;
}

function sold(line: number, amount: string): Row {
  return [line, String(line - 1), 'accepted', amount];
}

function other(line: number, named: string, header: string, own = 'USD'): Row {
  const message = `amount: is in ${named} by "${header}" and not in ${own}; push it by itself, with --currency ${named}`;
  return [line, String(line - 1), 'invalid', '', 'other_currency', message];
}

export const CURRENCY_COLUMNS: readonly FieldCase[] = [
  {
    name: 'two currencies beside amounts that name none',
    file: file('Currency', '50.00,USD', '70.00,EUR', '80.00,usd'),
    exit: 3,
    says: [
      'sales.csv:2: Currency says "USD" here and "EUR" on line 3; push each currency by itself, the first with --currency USD',
    ],
    remedy: {
      takes: '--currency USD',
      exit: 1,
      rows: [sold(2, '50.00'), other(3, 'EUR', 'Currency'), sold(4, '80.00')],
    },
  },
  {
    name: 'rows that name no currency are in the one that was given',
    file: file('CurrencyIsoCode', '50.00,USD', '70.00,', '80.00,CAD'),
    args: ['--currency', 'USD'],
    exit: 1,
    rows: [sold(2, '50.00'), sold(3, '70.00'), other(4, 'CAD', 'CurrencyIsoCode')],
  },
  {
    name: 'rows that name none and rows that name one are in one currency',
    file: file('Currency Code', '50.00,', '70.00,GBP', '80.00,'),
    exit: 0,
    rows: [sold(2, '50.00'), sold(3, '70.00'), sold(4, '80.00')],
  },
  {
    name: 'signs, codes and names of one currency',
    file: file('Amount Currency', '50.00,$', '70.00,US$', '80.00,USD - U.S. Dollar', '90.00,US dollars'),
    exit: 0,
    rows: [sold(2, '50.00'), sold(3, '70.00'), sold(4, '80.00'), sold(5, '90.00')],
  },
  {
    name: 'three currencies are named with their lines',
    file: file('Ccy', '50.00,EUR', '70.00,GBP', '80.00,EUR', '90.00,PLN'),
    exit: 3,
    says: [
      'sales.csv:2: Ccy says "EUR" here and "GBP" on line 3, "PLN" on line 5; push each currency by itself, the first with --currency EUR',
    ],
    remedy: {
      takes: '--currency EUR',
      exit: 1,
      rows: [
        sold(2, '50.00'),
        other(3, 'GBP', 'Ccy', 'EUR'),
        sold(4, '80.00'),
        other(5, 'PLN', 'Ccy', 'EUR'),
      ],
    },
  },
  {
    name: 'a sign beside an amount that the column contradicts',
    file: file('ISO Currency', '50.00,USD', '€70.00,USD', '80.00,USD'),
    exit: 3,
    says: [
      'sales.csv:3: amount: "€70.00" is in EUR and ISO Currency says "USD"; fix the one or the other, or leave the column out with --ignore-column "ISO Currency"',
    ],
    remedy: {
      takes: '--ignore-column "ISO Currency"',
      exit: 1,
      rows: [
        sold(2, '50.00'),
        [
          ...([3, '2', 'invalid', '', 'not_an_amount'] as const),
          'amount: "€70.00" is not an amount like 1250.50; take the currency out, or push the file with --currency EUR',
        ],
        sold(4, '80.00'),
      ],
    },
  },
  {
    name: 'the same with the currency given is a fault of its row, once',
    file: file('Currency', '50.00,USD', '€70.00,EUR'),
    args: ['--currency', 'USD'],
    exit: 1,
    rows: [
      sold(2, '50.00'),
      [
        ...([3, '2', 'invalid', '', 'other_currency'] as const),
        'amount: "€70.00" is in EUR and not in USD; push it by itself, with --currency EUR',
      ],
    ],
  },
  {
    name: 'a dollar sign is the dollar that the column names',
    file: file('Currency', '$50.00,CAD', '$70.00,CAD'),
    exit: 3,
    says: [
      'sales.csv:2: amount: push the file with --currency CAD: 2 of 2 amounts, the first "$50.00", can be read only so',
    ],
    remedy: { takes: '--currency CAD', rows: [sold(2, '50.00'), sold(3, '70.00')] },
  },
  {
    name: 'of rows that are left out it does not matter',
    file: file('Currency,Status', '50.00,USD,Sold', '70.00,EUR,Open'),
    args: ['--only', 'Status=sold'],
    exit: 0,
    rows: [sold(2, '50.00'), [3, '', 'skipped', '', 'only', 'Status is "Open", and only sold is sent']],
  },
  {
    name: 'one currency of several is picked by the column itself',
    file: file('Currency', '50.00,USD', '70.00,EUR'),
    args: ['--only', 'Currency=usd'],
    exit: 0,
    rows: [sold(2, '50.00'), [3, '', 'skipped', '', 'only', 'Currency is "EUR", and only usd is sent']],
  },
  {
    name: 'a column that is left out says nothing',
    file: file('Currency', '50.00,USD', '70.00,EUR'),
    args: ['--ignore-column', 'Currency', '--currency', 'USD'],
    exit: 0,
    rows: [sold(2, '50.00'), sold(3, '70.00')],
  },
  {
    name: 'the column named after the amount goes before another',
    file: 'Call Log ID,Sale Amount,Currency,Sale Amount Currency\n1,50.00,EUR,USD\n2,70.00,USD,USD\n',
    exit: 0,
    rows: [sold(2, '50.00'), sold(3, '70.00')],
  },
];
