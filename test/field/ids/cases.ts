import type { Row } from '../../files/case.js';
import type { FieldCase } from '../field.js';

const AS_TEXT = 'format the column as text and export again';

function calls(...ids: readonly string[]): string {
  return `Call Log ID;Revenue\n${ids.map((id) => `${id};5.00\n`).join('')}`;
}

function invalid(line: number, code: string, error: string): Row {
  return [line, '', 'invalid', '', code, error];
}

/** It could be read by itself, so it has a key and an amount. */
function odd(line: number, key: string, code: string, error: string): Row {
  return [line, key, 'invalid', '5.00', code, error];
}

function sold(line: number, key: string): Row {
  return [line, key, 'accepted', '5.00'];
}

/** An order id of the user's own for each row, one call. */
function orders(...ids: readonly string[]): string {
  return `transaction_id;outcome;order_id;amount\n${ids.map((id) => `0A;Sale;${id};5.00\n`).join('')}`;
}

/** One id that is no id as it is written, and what it comes to once the cell says what the message says. */
function damaged(name: string, id: string, what: string, fixed: string): FieldCase {
  return {
    ...{ name, file: calls('7001', id), exit: 1 },
    rows: [sold(2, '7001'), invalid(3, 'damaged_id', `call_id: ${JSON.stringify(id)} ${what}`)],
    remedy: {
      ...{ takes: '', file: calls('7001', fixed) },
      rows: [[2, '7001', 'unchanged', '5.00'], sold(3, fixed)],
    },
  };
}

const GROUPED = `is an id whose digits were grouped like those of an amount; write 1001250, ${AS_TEXT}`;
const IS_WORD = 'is a word in a column of numbers, and no id; fix the cell, or take the row out';

const CALL = '0b8f7a2e-3c4d-4e5f-8a9b-0c1d2e3f4a5b';

function sameKey(line: number, [here, there]: readonly [string, string]): string {
  return `same key "${CALL}" as line ${line}, which differs in call_id ("${there}", here "${here}"); keep one of them, or use --on-conflict last or sum`;
}

export const IDS: readonly FieldCase[] = [
  damaged(
    'an apostrophe in front',
    "'7002",
    'begins with an apostrophe, with which a spreadsheet keeps text; take it out',
    '7002',
  ),
  damaged('a # in front', '#7002', 'begins with #, which is no part of the id; take it out', '7002'),
  damaged('digits in groups by commas', '1,001,250', GROUPED, '1001250'),
  damaged('digits in groups by spaces', '1 001 250', GROUPED, '1001250'),
  damaged('digits in groups by narrow spaces', '1\u202f001\u202f250', GROUPED, '1001250'),
  damaged('digits in groups by points', '1.001.250', GROUPED, '1001250'),
  damaged(
    'a number in the short form of a program',
    '1.00125E6',
    `is an id that a spreadsheet shortened, and its digits are lost; ${AS_TEXT}`,
    '1001250',
  ),
  {
    name: 'words of a summary among numbers',
    file: calls('7001', '7002', '7003', '7004', 'Average', 'Count', 'Max'),
    exit: 1,
    rows: [
      ...['7001', '7002', '7003', '7004'].map((id, index) => sold(index + 2, id)),
      odd(6, 'Average', 'bad_value', `call_id: "Average" ${IS_WORD}`),
      odd(7, 'Count', 'bad_value', `call_id: "Count" ${IS_WORD}`),
      odd(8, 'Max', 'bad_value', `call_id: "Max" ${IS_WORD}`),
    ],
  },
  {
    name: 'ids of letters are ids where others are too',
    file: calls('alpha', 'beta', '7003'),
    exit: 0,
    rows: [sold(2, 'alpha'), sold(3, 'beta'), sold(4, '7003')],
  },
  {
    name: "the user's own ids have a # in every cell, or groups of their own",
    vendor: 'invoca',
    file: orders('#1001', '#1002', '123 456 789'),
    exit: 0,
    rows: [sold(2, '0A|sale|#1001'), sold(3, '0A|sale|#1002'), sold(4, '0A|sale|123 456 789')],
  },
  {
    name: "one of the user's own ids has a # that the others lack",
    vendor: 'invoca',
    file: orders('1001', '1002', '#1003'),
    exit: 1,
    rows: [
      sold(2, '0A|sale|1001'),
      sold(3, '0A|sale|1002'),
      odd(
        4,
        '0A|sale|#1003',
        'damaged_id',
        'partner_unique_id: "#1003" begins with #, and 2 others of the column do not; write all of them alike',
      ),
    ],
    remedy: {
      takes: '',
      file: orders('1001', '1002', '1003'),
      rows: [
        [2, '0A|sale|1001', 'unchanged', '5.00'],
        [3, '0A|sale|1002', 'unchanged', '5.00'],
        sold(4, '0A|sale|1003'),
      ],
    },
  },
  {
    name: 'one UUID in two cases is one key: what was sent in one is not sent again in the other',
    vendor: 'trackdrive',
    before: [
      {
        ...{ name: 'capitals', vendor: 'trackdrive', file: `call_id,revenue\n${CALL.toUpperCase()},5.00\n` },
        ...{ exit: 0, rows: [[2, CALL, 'accepted', '5.00']] },
      },
    ],
    file: `call_id,revenue\n${CALL},5.00\n`,
    exit: 0,
    rows: [[2, CALL, 'unchanged', '5.00']],
  },
  {
    name: 'one UUID in two cases in one file',
    vendor: 'trackdrive',
    file: `call_id,revenue\n${CALL},5.00\n${CALL.toUpperCase()},5.00\n`,
    exit: 1,
    rows: [
      [2, CALL, 'invalid', '5.00', 'conflict', sameKey(3, [CALL, CALL.toUpperCase()])],
      [3, CALL, 'invalid', '5.00', 'conflict', sameKey(2, [CALL.toUpperCase(), CALL])],
    ],
    remedy: {
      takes: '--on-conflict last',
      rows: [
        [2, CALL, 'duplicate', '5.00', '', '', 'replaced by line 3, --on-conflict last'],
        [3, CALL, 'accepted', '5.00'],
      ],
    },
  },
];
