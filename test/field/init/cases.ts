import type { Row } from '../../files/case.js';
import type { InitCase } from './init.js';

/** All of them accepted, from line 2 on; ids count from 1. */
function sold(...amounts: readonly string[]): readonly Row[] {
  return amounts.map((amount, index): Row => [index + 2, String(index + 1), 'accepted', amount]);
}

export const INIT: readonly InitCase[] = [
  {
    name: 'a file without a header line',
    file: '100125,12.50,Alma\n100126,0.00,Ben\n',
    exit: 3,
    says: [
      'sales.csv:1: the first line looks like data ("100125", "12.50") and not like a header; put a line above it that names its 3 columns, among them call_id, amount',
    ],
  },
  {
    name: 'a currency and groups of digits are written into the profile together',
    file: 'Call Log ID,Revenue\n1," $1,234.50 "\n2,$- \n3,$89.95\n',
    exit: 0,
    says: [
      '  call_id  "Call Log ID"  certain   a name it is known by; 3 of 3 cells fit',
      '  amount   "Revenue"      certain   a name it is known by; 3 of 3 cells fit',
      '  decimal: "." (3 of 3 amounts, the first "$1,234.50" on line 2, can be read only so)',
      '  currency: "USD" (3 of 3 amounts, the first "$1,234.50" on line 2, can be read only so)',
    ],
    profile: { columns: { call_id: 'Call Log ID', amount: 'Revenue' }, decimal: '.', currency: 'USD' },
    rows: sold('1234.50', '0.00', '89.95'),
  },
  {
    name: 'amounts that can be read in two ways are for a person to decide',
    file: 'Call Log ID;Revenue\n1;1.250\n2;2.400\n',
    exit: 3,
    says: [
      '  call_id  "Call Log ID"  certain   a name it is known by; 2 of 2 cells fit',
      '  amount   "Revenue"      certain   a name it is known by; 2 of 2 cells fit',
      'sales.csv:2: amount: "1.250" is 1.25 with --decimal . and 1250.00 with --decimal ,, and "2.400" on line 3 is as open; no amount proves which, so say --decimal . or --decimal ,',
    ],
    takes: '--decimal ,',
    profile: { columns: { call_id: 'Call Log ID', amount: 'Revenue' }, decimal: ',' },
    rows: sold('1250.00', '2400.00'),
  },
  {
    name: 'a column that proves the comma',
    file: 'Call Log ID;Revenue\n1;1.250\n2;89,95\n3;2.400\n',
    exit: 0,
    says: [
      '  call_id  "Call Log ID"  certain   a name it is known by; 3 of 3 cells fit',
      '  amount   "Revenue"      certain   a name it is known by; 3 of 3 cells fit',
      '  decimal: "," (3 of 3 amounts, the first "1.250" on line 2, can be read only so)',
    ],
    profile: { columns: { call_id: 'Call Log ID', amount: 'Revenue' }, decimal: ',' },
    rows: sold('1250.00', '89.95', '2400.00'),
  },
  {
    name: 'a column that proves both marks',
    file: 'Call Log ID;Revenue\n1;1.250,50\n2;89.95\n',
    exit: 3,
    says: [
      '  call_id  "Call Log ID"  certain   a name it is known by; 2 of 2 cells fit',
      '  amount   "Revenue"      certain   a name it is known by; 2 of 2 cells fit',
      'sales.csv:2: amount: "1.250,50" proves a comma before the decimals and "89.95" on line 3 a point; one file has one decimal mark, so fix the one or the other',
    ],
  },
  {
    name: 'two currencies',
    file: 'Call Log ID,Revenue\n1,$12.50\n2,€13.00\n',
    exit: 3,
    says: [
      '  call_id  "Call Log ID"  certain   a name it is known by; 2 of 2 cells fit',
      '  amount   "Revenue"      certain   a name it is known by; 2 of 2 cells fit',
      'sales.csv:2: amount: "$12.50" is in USD, and others are in EUR on line 3; push each currency by itself, the first with --currency USD',
    ],
  },
  {
    name: 'a known name with a word behind it goes before a weak guess',
    file: 'id,Number,call_log_id (metadata),Amount (refunded),Revenue (USD)\nch_1,7,1,0.00,12.50\nch_2,8,2,0.00,7.25\n',
    exit: 0,
    says: [
      '  call_id  "call_log_id (metadata)"  certain   a name it is known by; 2 of 2 cells fit',
      '  amount   "Revenue (USD)"           certain   a name it is known by; 2 of 2 cells fit',
    ],
    profile: { columns: { call_id: 'call_log_id (metadata)', amount: 'Revenue (USD)' } },
    rows: sold('12.50', '7.25'),
  },
  {
    name: 'a name that is near goes before the word id alone, and has to be confirmed',
    file: 'Number,Inbound Call ID,Revenue\n5550123,1,12.50\n5550124,2,7.25\n',
    exit: 1,
    says: [
      '  call_id  "Inbound Call ID"  possible  near "call_id"; 2 of 2 cells fit',
      '  amount   "Revenue"          certain   a name it is known by; 2 of 2 cells fit',
      "guessed: call_id; where that is right, say so: --column 'call_id=Inbound Call ID'",
    ],
    takes: "--column 'call_id=Inbound Call ID'",
    profile: { columns: { call_id: 'Inbound Call ID', amount: 'Revenue' } },
    rows: sold('12.50', '7.25'),
  },
  {
    name: 'columns that only their cells speak for have to be confirmed',
    file: 'Ref,a,b\n1,Alma,12.50\n2,Ben,7.25\n',
    exit: 1,
    says: [
      '  call_id  "Ref"  possible  only the cells tell; 2 of 2 cells fit',
      '  amount   "b"    possible  only the cells tell; 2 of 2 cells fit',
      'guessed: call_id, amount; where that is right, say so: --column call_id=Ref --column amount=b',
    ],
    takes: '--column call_id=Ref --column amount=b',
    profile: { columns: { call_id: 'Ref', amount: 'b' } },
    rows: sold('12.50', '7.25'),
  },
  {
    name: 'the id of a lead is no call log id',
    file: 'Lead ID,Agent,Revenue\n7001,Alma,12.50\n',
    exit: 3,
    says: [
      '  call_id  -          none      no column found',
      '  amount   "Revenue"  certain   a name it is known by; 1 of 1 cells fit',
      'look: call_id: the name of "Lead ID" says something else; Convoso\'s call log id is needed',
      'sales.csv:1: call_id: no column found; the headers are "Lead ID", "Agent", "Revenue"; name it with --column call_id="HEADER"',
    ],
  },
  {
    name: 'a column whose cells are nothing of what its name says',
    file: 'Call Log ID,Revenue,Sale Total (USD)\n1,Alma,12.50\n2,Ben,7.25\n',
    exit: 3,
    says: [
      '  call_id  "Call Log ID"  certain   a name it is known by; 2 of 2 cells fit',
      '  amount   "Revenue"      none      a name it is known by; 0 of 2 cells fit',
      'sales.csv:1: amount: none of the 2 cells of "Revenue" can be read, the first on line 2: "Alma" is not an amount like 1250.50; use digits and at most one point; fix them, or name another column with --column amount="HEADER"',
    ],
  },
  {
    name: 'no outcome for every row where a column may say it',
    vendor: 'invoca',
    file: 'Transaction ID,Status,Revenue\nA-1,sold,12.50\nA-2,lost,0.00\n',
    exit: 3,
    says: [
      '  transaction_id  "Transaction ID"  certain   a name it is known by; 2 of 2 cells fit',
      '  outcome_name    -                 none      no column found',
      '  amount          "Revenue"         certain   a name it is known by; 2 of 2 cells fit',
      'look: "Status" says "sold" (1), "lost" (1): if not all rows are to be sent, add this line with the texts that are',
      '    only: {column: "Status", values: ["sold", "lost"]}',
      'sales.csv:1: outcome_name: "Status" could be it, or another field; say so with --column outcome_name="HEADER", or --constant outcome_name=Sale if every row is a sale',
    ],
  },
  {
    name: 'an outcome for every row has to be confirmed',
    vendor: 'invoca',
    file: 'Transaction ID,Revenue\nA-1,12.50\nA-2,7.25\n',
    exit: 1,
    says: [
      '  transaction_id  "Transaction ID"  certain   a name it is known by; 2 of 2 cells fit',
      '  outcome_name    always Sale       possible  no column holds it, so every row gets this',
      '  amount          "Revenue"         certain   a name it is known by; 2 of 2 cells fit',
      'guessed: outcome_name; where that is right, say so: --constant outcome_name=Sale',
    ],
    takes: '--constant outcome_name=Sale',
    profile: {
      columns: { transaction_id: 'Transaction ID', amount: 'Revenue' },
      constants: { outcome_name: 'Sale' },
    },
    rows: [
      [2, 'A-1|sale|', 'accepted', '12.50'],
      [3, 'A-2|sale|', 'accepted', '7.25'],
    ],
  },
  {
    name: 'amounts in parentheses, which someone has to decide',
    vendor: 'trackdrive',
    file: 'Call ID,Revenue\n1,12.50\n2,(45.00)\n3,7.25\n',
    exit: 0,
    says: [
      '  call_id  "Call ID"  certain   a name it is known by; 3 of 3 cells fit',
      '  amount   "Revenue"  certain   a name it is known by; 3 of 3 cells fit',
      'look: 1 of 3 amounts are negative, the first on line 3, and are refused until the profile says what they mean: negative_amounts: reverse takes those sales back, negative_amounts: send sends them as they are',
      '  sales.csv:3: invalid not_an_amount: amount: "(45.00)" is not an amount like 1250.50; it is not read as negative, since a refund is not a negative sale; negative_amounts in the profile decides',
    ],
    profile: { columns: { call_id: 'Call ID', amount: 'Revenue' } },
    pushExit: 1,
    rows: [
      [2, '1', 'accepted', '12.50'],
      [
        ...([3, '', 'invalid', '', 'not_an_amount'] as const),
        'amount: "(45.00)" is not an amount like 1250.50; it is not read as negative, since a refund is not a negative sale; negative_amounts in the profile decides',
      ],
      [4, '3', 'accepted', '7.25'],
    ],
  },
  {
    name: 'what is said on the command line is written into the profile',
    file: 'Call Log ID;Revenue;State of sale;Amount\n1;12,50;sold;1,00\n2;9,00;open;2,00\n',
    exit: 0,
    args: ['--ignore-column', 'Amount', '--only', 'State of sale=sold', '--decimal', ',', '--zero', 'refuse'],
    says: [
      '  call_id  "Call Log ID"  certain   a name it is known by; 1 of 1 cells fit',
      '  amount   "Revenue"      certain   a name it is known by; 1 of 1 cells fit',
      '  ignore: ["Amount"] (as given)',
      '  only: {"column":"State of sale","values":["sold"]} (as given)',
      '  decimal: "," (as given)',
      '  zero: "refuse" (as given)',
    ],
    profile: {
      columns: { call_id: 'Call Log ID', amount: 'Revenue' },
      ignore: ['Amount'],
      only: { column: 'State of sale', values: ['sold'] },
      decimal: ',',
      zero: 'refuse',
    },
    rows: [
      [2, '1', 'accepted', '12.50'],
      [3, '', 'skipped', '', 'only', 'State of sale is "open", and only sold is sent'],
    ],
  },
  {
    name: 'an order that the dates prove is written for the files that do not',
    vendor: 'tldcrm',
    file: 'DID,CID,Call Date,Cost\n8005550100,5125550123,11/12/2026 09:02,12.50\n8005550100,5125550124,11/19/2026 09:02,7.25\n',
    exit: 0,
    says: [
      '  did        "DID"        certain   a name it is known by; 2 of 2 cells fit',
      '  cid        "CID"        certain   a name it is known by; 2 of 2 cells fit',
      '  call_date  "Call Date"  certain   a name it is known by; 2 of 2 cells fit',
      '  amount     "Cost"       certain   a name it is known by; 2 of 2 cells fit',
      '  date_format: "mdy" ("11/19/2026 09:02" on line 3 can be read only so)',
    ],
    profile: {
      columns: { did: 'DID', cid: 'CID', call_date: 'Call Date', amount: 'Cost' },
      date_format: 'mdy',
    },
    rows: [
      [2, '8005550100|5125550123|2026-11-12 09:02:00', 'accepted', '12.50'],
      [3, '8005550100|5125550124|2026-11-19 09:02:00', 'accepted', '7.25'],
    ],
  },
  {
    name: 'dates that are two days are for a person to decide',
    vendor: 'tldcrm',
    file: 'DID,CID,Call Date,Cost\n8005550100,5125550123,11/10/2026 09:02,12.50\n',
    exit: 3,
    says: [
      '  did        "DID"        certain   a name it is known by; 1 of 1 cells fit',
      '  cid        "CID"        certain   a name it is known by; 1 of 1 cells fit',
      '  call_date  "Call Date"  certain   a name it is known by; 1 of 1 cells fit',
      '  amount     "Cost"       certain   a name it is known by; 1 of 1 cells fit',
      'sales.csv:2: call_date: "11/10/2026 09:02" is 2026-11-10 with --date-format mdy and 2026-10-11 with --date-format dmy; no date proves which, so say --date-format mdy or --date-format dmy',
    ],
    takes: '--date-format mdy',
    profile: {
      columns: { did: 'DID', cid: 'CID', call_date: 'Call Date', amount: 'Cost' },
      date_format: 'mdy',
    },
    rows: [[2, '8005550100|5125550123|2026-11-10 09:02:00', 'accepted', '12.50']],
  },
  {
    name: 'a day and its time of day in two columns are one time, and a talk time is none',
    vendor: 'tldcrm',
    file: 'Date,Start Time,Talk Time,DID,CID,Cost\n11/19/2026,2:05 PM,00:05:12,8005550100,5125550123,12.50\n',
    exit: 0,
    says: [
      '  did        "DID"                certain   a name it is known by; 1 of 1 cells fit',
      '  cid        "CID"                certain   a name it is known by; 1 of 1 cells fit',
      '  call_date  "Date + Start Time"  likely    means "start time"; 1 of 1 cells fit',
      '  amount     "Cost"               certain   a name it is known by; 1 of 1 cells fit',
      '  date_format: "mdy" ("11/19/2026 2:05 PM" on line 2 can be read only so)',
    ],
    profile: {
      columns: { did: 'DID', cid: 'CID', call_date: 'Date + Start Time', amount: 'Cost' },
      date_format: 'mdy',
    },
    rows: [[2, '8005550100|5125550123|2026-11-19 14:05:00', 'accepted', '12.50']],
  },
  {
    name: 'a caller is no call, however it is spelled, and of the guesses only what is confirmed is written',
    vendor: 'trackdrive',
    file: 'Caller ID,Number,Inbound Call ID,Revenue\n+15125550123,+18005550100,RGBA1,$45.00\n+15125550124,+18005550100,RGBA2,$0.00\n',
    exit: 1,
    says: [
      '  call_id  "Inbound Call ID"  possible  only the cells tell; 2 of 2 cells fit',
      '  amount   "Revenue"          certain   a name it is known by; 2 of 2 cells fit',
      '  currency: "USD" (2 of 2 amounts, the first "$45.00" on line 2, can be read only so)',
      "guessed: call_id; where that is right, say so: --column 'call_id=Inbound Call ID'",
    ],
    takes: "--column 'call_id=Inbound Call ID'",
    profile: { columns: { call_id: 'Inbound Call ID', amount: 'Revenue' }, currency: 'USD' },
    rows: [
      [2, 'RGBA1', 'accepted', '45.00'],
      [3, 'RGBA2', 'skipped', '0.00', 'no_sale', '0.00 is no sale, and nothing is held for it; --zero amount sends it'],
    ],
  },
  {
    name: 'a profile by which no row can be sent',
    vendor: 'trackdrive',
    file: 'Call ID,Revenue\n+1 512,45.00\n+1 513,7.00\n',
    exit: 1,
    says: [
      '  call_id  "Call ID"  certain   a name it is known by; 2 of 2 cells fit',
      '  amount   "Revenue"  certain   a name it is known by; 2 of 2 cells fit',
      '  sales.csv:2: invalid bad_value: call_id: "+1 512" is not a call id; it has letters, digits, - and _ only',
      '  sales.csv:3: invalid bad_value: call_id: "+1 513" is not a call id; it has letters, digits, - and _ only',
      'none of these rows could be sent by it',
    ],
  },
  {
    name: 'a few amounts that group their digits',
    file: 'Call_Log_ID__c,Amount,Stage\n1,"1,250.00",Closed Won\n2,89.95,Closed Won\n',
    exit: 0,
    says: [
      '  call_id  "Call_Log_ID__c"  certain   a name it is known by; 2 of 2 cells fit',
      '  amount   "Amount"          certain   a name it is known by; 2 of 2 cells fit',
      '  decimal: "." ("1,250.00" on line 2 can be read only so)',
    ],
    profile: { columns: { call_id: 'Call_Log_ID__c', amount: 'Amount' }, decimal: '.' },
    rows: sold('1250.00', '89.95'),
  },
];
