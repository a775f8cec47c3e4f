import type { FieldCase } from '../field.js';

/** Columns that are no part of what is sent, and settings that a profile is not needed for. */
export const LEFT_OUT: readonly FieldCase[] = [
  {
    name: 'two columns of one name that nothing needs do not matter',
    file: 'call_log_id,revenue,Note,Note\n7001,5,a,b\n',
    exit: 0,
    rows: [[2, '7001', 'accepted', '5.00']],
  },
  {
    name: 'two columns of the name that a field needs',
    file: 'call_log_id,revenue,revenue\n7001,5,6\n',
    exit: 3,
    says: ['sales.csv:1: amount: two columns are called "revenue"; rename or remove one'],
  },
  {
    name: 'an optional field whose column holds something else is refused once, with the way to leave it out',
    vendor: 'tldcrm',
    file:
      'DID,CID,Call Date,Cost,Date Billed\n' +
      '3055550101,3055550111,2026-11-19 10:00:00,12.50,net 30\n' +
      '3055550101,3055550112,2026-11-19 10:05:00,7.25,net 30\n',
    exit: 3,
    says: [
      'sales.csv:2: date_billed: none of the 2 cells in "Date Billed" can be read; the first: "net 30" is not a time like 2026-11-20 14:05:00; where that is not the field, leave the column out with --ignore-column "Date Billed"',
    ],
    remedy: {
      takes: '--ignore-column "Date Billed"',
      rows: [
        [2, '3055550101|3055550111|2026-11-19 10:00:00', 'accepted', '12.50'],
        [3, '3055550101|3055550112|2026-11-19 10:05:00', 'accepted', '7.25'],
      ],
    },
  },
  {
    name: 'one cell of an optional field that cannot be read is a fault of its row',
    vendor: 'tldcrm',
    file:
      'DID,CID,Call Date,Cost,Date Billed\n' +
      '3055550101,3055550111,2026-11-19 10:00:00,12.50,net 30\n' +
      '3055550101,3055550112,2026-11-19 10:05:00,7.25,2026-11-20 00:00:00\n',
    exit: 1,
    rows: [
      [
        ...([2, '3055550101|3055550111|2026-11-19 10:00:00', 'invalid', '', 'not_a_time'] as const),
        'date_billed: "net 30" is not a time like 2026-11-20 14:05:00',
      ],
      [3, '3055550101|3055550112|2026-11-19 10:05:00', 'accepted', '7.25'],
    ],
  },
  {
    name: 'a column to leave out that is not there',
    file: 'call_log_id,revenue\n7001,5\n',
    args: ['--ignore-column', 'Status'],
    exit: 3,
    says: [
      'sales.csv:1: --ignore-column: there is no column "Status"; the headers are "call_log_id", "revenue"',
    ],
  },
  {
    name: 'a column that could be the amount is left out by the profile',
    file: 'call_log_id,Revenue,Sale Amount\n7001,5,6\n',
    args: ['--profile', 'p'],
    config: 'profiles:\n  p: { vendor: convoso, ignore: [Sale Amount] }\n',
    exit: 0,
    rows: [[2, '7001', 'accepted', '5.00']],
  },
  {
    name: 'which rows are sent, what they all are and what their words stand for, without a profile',
    vendor: 'invoca',
    file: 'Transaction ID,Amount,Outcome,Status\n00A-1,5,won,Sold\n00A-2,6,lost,Open\n00A-3,7,verkauft,sold\n',
    args: [
      ...['--column', 'outcome_name=Outcome', '--only', 'Status=sold'],
      ...['--value', 'outcome_name:won=Sale', '--value', 'outcome_name:Verkauft=Sale'],
    ],
    exit: 0,
    rows: [
      [2, '00A-1|sale|', 'accepted', '5.00'],
      [3, '', 'skipped', '', 'only', 'Status is "Open", and only sold is sent'],
      [4, '00A-3|sale|', 'accepted', '7.00'],
    ],
  },
  {
    name: 'a field that is the same in every row',
    vendor: 'invoca',
    file: 'Transaction ID,Amount\n00A-1,5\n',
    args: ['--constant', 'outcome_name=Sale'],
    exit: 0,
    rows: [[2, '00A-1|sale|', 'accepted', '5.00']],
  },
  {
    name: 'a refund that empties the amount',
    file: 'call_log_id,revenue,Status\n7001,5,sold\n7002,6,refunded\n',
    args: ['--reversal-column', 'Status', '--reversal-values', 'refunded', '--refund', 'clear'],
    exit: 0,
    rows: [
      [2, '7001', 'accepted', '5.00'],
      [3, '7002', 'accepted', ''],
    ],
  },
];
