import type { FieldCase } from '../field.js';

/** What a push makes of the names of columns. */
export const NAMES: readonly FieldCase[] = [
  {
    name: 'a currency behind a name changes nothing',
    file: 'Call Log ID (required),Sale Amount (USD)\n1,12.50\n',
    exit: 0,
    rows: [[2, '1', 'accepted', '12.50']],
  },
  {
    name: 'where a field was kept changes nothing either',
    file: 'id,call_log_id (metadata),Revenue__c,Amount (refunded)\nch_1,1,12.50,0.00\n',
    exit: 0,
    rows: [[2, '1', 'accepted', '12.50']],
  },
  {
    name: 'the name as it is goes before one with a word behind it',
    file: 'Call Log ID,Sale Amount (USD),Revenue\n1,3.00,12.50\n',
    exit: 0,
    rows: [[2, '1', 'accepted', '12.50']],
  },
  {
    name: 'of two with a word behind them someone has to choose',
    file: 'Call Log ID,Sale Amount (USD),Sale Amount (EUR)\n1,12.50,11.00\n',
    exit: 3,
    says: [
      'sales.csv:1: amount: 2 columns could be it, "Sale Amount (USD)", "Sale Amount (EUR)"; choose one with --column amount="HEADER"',
    ],
  },
  {
    name: 'another word behind a name is another thing',
    file: 'Call Log ID,Amount (refunded)\n1,12.50\n',
    exit: 3,
    says: [
      'sales.csv:1: amount: no column found; the headers are "Call Log ID", "Amount (refunded)"; name it with --column amount="HEADER"',
    ],
  },
  {
    name: 'a file without a header line',
    file: '100125,12.50,Alma\n100126,0.00,Ben\n',
    exit: 3,
    says: [
      'sales.csv:1: the first line looks like data ("100125", "12.50") and not like a header; put a line above it that names its 3 columns, among them call_id, amount',
    ],
  },
];
