import type { Case, Row } from './case.js';

const ONE: Case['rows'] = [[2, '7001', 'accepted', '5.00']];

/** What a header lacks that is not the header. */
function noColumns(line: number, headers: string): string[] {
  return ['call_id', 'amount'].map(
    (field) =>
      `sales.csv:${line}: ${field}: no column found; the headers are ${headers}; name it with --column ${field}="HEADER"`,
  );
}

const OR_DELIMITERS =
  'mend it, a cell with a comma needs quotes, and delimiters behind the last cell need as many in the header';

function columnCount(line: number, error: string): Row {
  return [line, '', 'invalid', '', 'column_count', error];
}

const TITLED = 'Sales report\nNovember 2026\n\ncall_log_id,revenue\n7001,5\n';
const HEADER_IS_LINE_4 =
  'sales.csv:4: the header seems to stand here, below lines that are no part of the table; read the file with --header-row 4';

export const DELIMITERS: readonly Case[] = [
  {
    name: 'a semicolon, a tab, a pipe and what sep= says: each file by itself',
    file: {
      'semicolon.csv': 'call_log_id;revenue\n7001;5.00\n',
      'tab.csv': 'call_log_id\trevenue\n7002\t5.00\n',
      'pipe.csv': 'call_log_id|revenue\n7003|5.00\n',
      'sep.csv': '\uFEFFsep=;\r\ncall_log_id;revenue\r\n7004;5.00\r\n',
    },
    exit: 0,
    rows: [
      [2, '7001', 'accepted', '5.00'],
      [2, '7002', 'accepted', '5.00'],
      [2, '7003', 'accepted', '5.00'],
      [3, '7004', 'accepted', '5.00'],
    ],
  },
  {
    name: 'commas inside quotes, which separate nothing',
    file: 'call_log_id;"revenue, net, USD"\n7001;5.00\n',
    args: ['--column', 'amount=revenue, net, USD'],
    exit: 0,
    rows: ONE,
  },
  {
    name: '--delimiter against what the header has most of, as many of both, and what sep= says',
    file: {
      'most.csv': 'call_log_id|revenue|a;b;c;d\n7001|5.00|x\n',
      'as-many.csv': 'call_log_id|revenue|a;b;c\n7002|5.00|x\n',
      'sep.csv': 'sep=;\ncall_log_id|revenue\n7003|5.00\n',
    },
    args: ['--delimiter', 'pipe'],
    exit: 0,
    rows: [
      [2, '7001', 'accepted', '5.00'],
      [2, '7002', 'accepted', '5.00'],
      [3, '7003', 'accepted', '5.00'],
    ],
  },
];

export const LINES: readonly Case[] = [
  {
    name: 'CR LF, CR and LF in one file, none after the last row; CR only in another',
    file: {
      'mixed.csv': 'call_log_id,revenue\r\n7001,1\r7002,2\n7003,3\r\n7004,4',
      'cr.csv': 'call_log_id,revenue\r7005,5\r7006,6\r',
    },
    exit: 0,
    says: [
      'mixed.csv:5: the last line has no end, so that its amount "4" may be cut off; see that the file is whole, or say what it comes to with --expect-total',
    ],
    rows: [
      [2, '7001', 'accepted', '1.00'],
      [3, '7002', 'accepted', '2.00'],
      [4, '7003', 'accepted', '3.00'],
      [5, '7004', 'accepted', '4.00'],
      [2, '7005', 'accepted', '5.00'],
      [3, '7006', 'accepted', '6.00'],
    ],
  },
  {
    name: 'line ends inside quotes, in the header too',
    file: 'call_log_id,revenue,"no\nte"\r\n7001,1,"a\r\nb\nc\rd"\r\n7002,x,\r\n7003,3,"\n"\r\n7004,4,\r\n',
    exit: 1,
    rows: [
      [3, '7001', 'accepted', '1.00'],
      [
        7,
        '7002',
        'invalid',
        '',
        'not_an_amount',
        'amount: "x" is not an amount like 1250.50; use digits and at most one point',
      ],
      [8, '7003', 'accepted', '3.00'],
      [10, '7004', 'accepted', '4.00'],
    ],
  },
  {
    name: 'empty lines, which are no rows, and rows of delimiters, which are blank ones',
    file: '\n\ncall_log_id,revenue\n\n7001,1\n,\n \n7002,2\n , \n\n',
    exit: 0,
    rows: [
      [5, '7001', 'accepted', '1.00'],
      [6, '', 'skipped', '', 'blank_row', 'every cell is blank'],
      [8, '7002', 'accepted', '2.00'],
      [9, '', 'skipped', '', 'blank_row', 'every cell is blank'],
    ],
  },
  {
    name: 'rows shorter and longer than the header, one of them by nothing but blank cells',
    file: 'call_log_id,revenue,note\n7001\n7002,5,6,7\n7003,7,,,\n7004,5,2,\n7005,8,\n',
    exit: 1,
    rows: [
      columnCount(2, 'the row has 1 cell and the header 3; mend it, a cell with a comma needs quotes'),
      columnCount(3, 'the row has 4 cells and the header 3; mend it, a cell with a comma needs quotes'),
      [4, '7003', 'accepted', '7.00'],
      columnCount(5, `the row has 4 cells and the header 3; ${OR_DELIMITERS}`),
      [6, '7005', 'accepted', '8.00'],
    ],
  },
];

export const HEADERS: readonly Case[] = [
  {
    name: 'titles above the header, and --header-row',
    file: TITLED,
    args: ['--header-row', '4'],
    exit: 0,
    rows: [[5, '7001', 'accepted', '5.00']],
  },
  {
    name: '--header-row with a line above the header',
    file: TITLED,
    args: ['--header-row', '2'],
    exit: 3,
    says: [...noColumns(2, '"November 2026"'), HEADER_IS_LINE_4],
  },
  {
    name: '--header-row with a line below the header',
    file: TITLED,
    args: ['--header-row', '5'],
    exit: 3,
    says: [
      'sales.csv:5: line 5 looks like data ("7001", "5") and not like a header; put a line above it that names its 2 columns, among them call_id, amount',
    ],
  },
  {
    name: '--header-row just past the end',
    file: TITLED,
    args: ['--header-row', '6'],
    exit: 3,
    says: [
      'sales.csv: has no line 6, where --header-row says the header is; name the line that holds the column names, as an editor counts them',
    ],
  },
  {
    name: 'headers that are empty, with cells below them, and headers in other words and cases',
    file: {
      'empty.csv': 'call_log_id,revenue,,\n7001,5,x,y\n',
      'cases.csv': ' Call Log ID ,SALE AMOUNT\n7002,6\n',
    },
    exit: 0,
    rows: [
      [2, '7001', 'accepted', '5.00'],
      [2, '7002', 'accepted', '6.00'],
    ],
  },
  {
    name: 'no id and two amounts: all of it at once',
    file: 'note,Revenue,note,Sale Amount\nx,5,y,5\n',
    exit: 3,
    says: [
      'sales.csv:1: call_id: no column found; the headers are "note", "Revenue", "note", "Sale Amount"; name it with --column call_id="HEADER"',
      'sales.csv:1: amount: 2 columns could be it, "Revenue", "Sale Amount"; choose one with --column amount="HEADER"',
    ],
  },
  {
    name: 'nothing but a mark and empty lines',
    file: '\uFEFF\n\n',
    exit: 3,
    says: ['sales.csv: is empty; a header line with the column names is needed'],
  },
  {
    name: 'a header and no rows',
    file: 'call_log_id,revenue\n',
    exit: 0,
    says: ['sales.csv: has a header and no rows'],
    rows: [],
  },
  {
    name: 'several files, one row of the second already in the first',
    file: { 'a.csv': 'call_log_id,revenue\n7001,5\n', 'b.csv': 'revenue;call_log_id\n5;7001\n6;7002\n' },
    exit: 0,
    rows: [
      [2, '7001', 'accepted', '5.00'],
      [2, '7001', 'duplicate', '5.00', '', '', 'same key and content as a.csv:2'],
      [3, '7002', 'accepted', '6.00'],
    ],
  },
  {
    name: 'several files, two of them bad: nothing of any is sent',
    file: {
      'a.csv': 'call_log_id,revenue\n7001,5\n',
      'b.csv': 'call_log_id,revenue\n7002,5\n7003,"6\n',
      'c.csv': '',
    },
    exit: 3,
    says: [
      'b.csv:3: a quote is opened in the record that starts here and never closed; close it, or double a quote that is part of the text',
      'c.csv: is empty; a header line with the column names is needed',
    ],
  },
];
