import type { Row } from '../../files/case.js';
import type { FieldCase } from '../field.js';

/** Rows from line 2 on with one line each; ids count from 7001. */
function sold(...amounts: readonly string[]): readonly Row[] {
  return amounts.map((amount, index): Row => [index + 2, String(7001 + index), 'accepted', amount]);
}

const MIDDLE = 'a quote stands in the middle of a cell in the record that starts here';
const BLANK = 'a cell begins with a blank and a quote in the record that starts here';
const AS_BACKSLASH = 'read the file with --quotes backslash, which takes \\" for a quote';
const AS_SPACED = 'read the file with --quotes spaced, which leaves out the blanks around quotes';
const AS_DOUBLED =
  'read the file with --quotes doubled, which takes blanks and quotes in such a cell as they are';

export const QUOTES: readonly FieldCase[] = [
  {
    name: 'quotes in cells without quotes are text, and swallow no line',
    file: 'call_log_id,revenue,note\n7001,5.00,55" TV\n7002,6.00,Bob "the" Smith\n7003,7.00,6\'2"\n7004,8.00,"ok, then"\n',
    exit: 0,
    rows: sold('5.00', '6.00', '7.00', '8.00'),
  },
  {
    name: 'a quote in a header without quotes',
    file: 'call_log_id;Size 55";revenue\n7001;x;5.00\n',
    exit: 0,
    rows: sold('5.00'),
  },
  {
    name: 'backslashes before quotes, as MySQL and PHP write them',
    file: 'call_log_id,revenue,note\n7001,5.00,"Bob \\"the\\" Smith"\n7002,6.00,"C:\\\\dir\\\\"\n7003,7.00,"a\\", b"\n',
    exit: 3,
    says: [`sales.csv:2: ${MIDDLE}; ${AS_BACKSLASH}`],
    remedy: { takes: '--quotes backslash', rows: sold('5.00', '6.00', '7.00') },
  },
  {
    name: 'a backslash before a quote, where either reading is left: the amount would move',
    file: 'call_log_id,note,revenue,fee\n7001,x,5.00,1\n7002,"Smith\\",250,Bob",6.00,2\n',
    exit: 3,
    says: [
      `sales.csv:3: a backslash stands before a quote, which can be read in two ways; ${AS_BACKSLASH}, or with --quotes doubled, which takes the backslash for text`,
    ],
    remedy: { takes: '--quotes backslash', rows: sold('5.00', '6.00') },
  },
  {
    name: 'a path that ends in a backslash, which no other reading is left for',
    file: 'call_log_id,revenue,note\n7001,5.00,"C:\\calls\\"\n7002,6.00,"D:\\"\n',
    exit: 0,
    rows: sold('5.00', '6.00'),
  },
  {
    name: 'blanks before quotes',
    file: 'call_log_id, revenue, note\n7001, "5.00", "a, b"\n7002, "6.00", "c" \n7003, 7.00, d\n',
    exit: 3,
    says: [`sales.csv:2: ${BLANK}; ${AS_SPACED}; the same on line 3`],
    remedy: { takes: '--quotes spaced', rows: sold('5.00', '6.00', '7.00') },
  },
  {
    name: 'a blank behind a closing quote',
    file: 'call_log_id,revenue,note\n7001,5.00,"a, b" \n7002,"6.00" ,c\n',
    exit: 3,
    says: [`sales.csv:2: ${MIDDLE}; ${AS_SPACED}; the same on line 3`],
    remedy: { takes: '--quotes spaced', rows: sold('5.00', '6.00') },
  },
  {
    name: 'a nickname behind a blank, which is text',
    file: 'call_log_id,revenue,note\n7001,5.00, "Bob" Smith\n7002,6.00,x\n',
    exit: 3,
    says: [`sales.csv:2: ${BLANK}; ${AS_DOUBLED}`],
    remedy: { takes: '--quotes doubled', rows: sold('5.00', '6.00') },
  },
  {
    name: 'all broken lines at once, and no option where none reads them all',
    file: `call_log_id,revenue,note\n7001,5.00,"5" tape\n7002,6.00,"a\nb"\n7003,7.00,"6" tape\n7004,8.00,"say \\"x\\""\n7005,9.00,"open\n7006,1.00,x\n`,
    exit: 3,
    says: [
      `sales.csv:2: ${MIDDLE}; put the cell in quotes and double the ones inside; the same on lines 5 and 6`,
      'sales.csv:7: a quote is opened in the record that starts here and never closed; close it, or double a quote that is part of the text',
    ],
  },
  {
    name: 'more broken lines than are worth naming',
    file: `call_log_id,revenue,note\n${Array.from({ length: 30 }, (_, row) => `${7001 + row},5.00,"5" tape\n`).join('')}`,
    exit: 3,
    says: [
      `sales.csv:2: ${MIDDLE}; put the cell in quotes and double the ones inside; the same on lines 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21 and 10 more`,
    ],
  },
  {
    name: 'bytes and quotes that are broken in one file',
    file: Buffer.from(
      'call_log_id,revenue,note\n7001,5.00,M\xfcller\n7002,6.00,"5" tape\n7003,7.00,Zo\xeb\n',
      'latin1',
    ),
    exit: 3,
    says: [
      'sales.csv:2: has a byte that is not UTF-8 (0xFC); save the file as "CSV UTF-8", or name its encoding, such as --encoding windows-1252; the same on line 4',
      `sales.csv:3: ${MIDDLE}; put the cell in quotes and double the ones inside`,
    ],
  },
  {
    name: 'a profile says how quotes are written',
    file: 'call_log_id,revenue,note\n7001, "5.00", "say \\"x\\", twice"\n',
    config: 'profiles: { nightly: { vendor: convoso, quotes: backslash } }\n',
    args: ['--profile', 'nightly'],
    exit: 0,
    rows: sold('5.00'),
  },
];
