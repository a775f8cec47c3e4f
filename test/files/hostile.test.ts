import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { RESULT_COLUMNS } from '../../src/core/row.js';
import { FIXTURES, Workspace } from '../support/cli.js';
import { check, QUEUED_MS, entriesOf, type Case, type Entry, type Row } from './case.js';

const FOLDER = `${FIXTURES}hostile/`;

interface Hostile extends Omit<Case, 'name' | 'file'> {
  /** What the vendor was told of each accepted row: the id that it looks up, and what else the file could have forged. */
  readonly books?: readonly unknown[];
  /** The source's own cells as the results repeat them, where that is worth a look. */
  readonly repeats?: readonly (readonly string[])[];
}

function sold(line: number, key: string, amount: string): Row {
  return [line, key, 'accepted', amount];
}

function invalid(line: number, code: string, error: string, key = ''): Row {
  return [line, key, 'invalid', '', code, error];
}

function hidden(line: number, cell: string, what: string, key = ''): Row {
  return invalid(line, 'hidden_character', `${cell} holds ${what}; type the cell anew`, key);
}

function notAnAmount(
  line: number,
  key: string,
  text: string,
  remedy = 'use digits and at most one point',
): Row {
  return invalid(line, 'not_an_amount', `amount: ${text} is not an amount like 1250.50; ${remedy}`, key);
}

function noCallId(line: number, text: string): Row {
  const message = `call_id: ${JSON.stringify(text)} is not a call id; it has letters, digits, - and _ only`;
  return invalid(line, 'bad_value', message);
}

/** A header in which nothing is found, as the message shows it. */
function noColumns(headers: string): string[] {
  return ['call_id', 'amount'].map(
    (field) =>
      `sales.csv:1: ${field}: no column found; the headers are ${headers}; name it with --column ${field}="HEADER"`,
  );
}

const idOf = ({ call_log_id: id }: Entry): unknown => id;

/** By file. Every one of the folder is here. */
const EXPECTED: Readonly<Record<string, Hostile>> = {
  'apostrophes.csv': {
    exit: 0,
    rows: [sold(2, "'=7001", '5.00')],
    books: ['=7001'],
    repeats: [["'=7001", '5.00', "'=1+1"]],
  },
  'control-characters.csv': {
    exit: 1,
    rows: [
      hidden(2, 'call_id: "7001\\r\\nHost: evil"', 'a line end (U+000D)'),
      hidden(4, 'call_id: "7002\\u0000"', 'a zero byte (U+0000)'),
      hidden(5, 'call_id: "7003\\u0007"', 'a character that nobody sees (U+0007)'),
      hidden(6, 'call_id: "7004\u0085"', 'a character that nobody sees (U+0085)'),
      sold(7, '7005', '9.00'),
    ],
    books: ['7005'],
  },
  'forged-results.csv': {
    exit: 1,
    rows: [
      invalid(
        2,
        'key_changed',
        'its key is "7001", and revsync_key beside it is "9999": an id or a time was changed, or is read otherwise now; ' +
          'read it with the options of then (--timezone, --date-format, --column), or, if the change is meant, empty its revsync_key',
        '7001',
      ),
      notAnAmount(3, '7002', '"x"'),
    ],
    repeats: [
      ['7001', '5.00'],
      ['7002', 'x'],
    ],
  },
  'form-injection.csv': {
    exit: 0,
    rows: [
      sold(2, '../../x?y=1&revenue=9', '5.00'),
      sold(3, '7002&revenue=99999', '6.00'),
      sold(4, '7003&auth_token=x', '7.00'),
      sold(5, '7004%26revenue%3D9', '8.00'),
      sold(6, '7005+1', '9.00'),
    ],
    books: [
      '../../x?y=1&revenue=9',
      '7002&revenue=99999',
      '7003&auth_token=x',
      '7004%26revenue%3D9',
      '7005+1',
    ],
  },
  'formulas.csv': {
    exit: 1,
    rows: [
      sold(2, '7001', '5.00'),
      sold(3, '7002', '6.00'),
      sold(4, '7003', '7.00'),
      sold(5, '7004', '8.00'),
      sold(6, "'=7005", '9.00'),
      notAnAmount(7, '7006', '"=1+1"'),
    ],
    books: ['7001', '7002', '7003', '7004', '=7005'],
    repeats: [
      ['7001', '5.00', "'=cmd|' /C calc'!A0"],
      ['7002', '6.00', "'@SUM(1+1)*cmd|' /C calc'!A0"],
      ['7003', '7.00', "'+1+cmd|' /C calc'!A0"],
      ['7004', '8.00', "'\tx"],
      ["'=7005", '9.00', "'-2+3"],
      ['7006', "'=1+1", 'plain'],
    ],
  },
  'lookalikes.csv': {
    exit: 1,
    rows: [
      sold(2, '7001', '5.00'),
      sold(3, '\u0430bc-1', '6.00'),
      sold(4, 'abc-1', '7.00'),
      hidden(5, 'call_id: "\u202e1007"', 'a character that nobody sees (U+202E)'),
      notAnAmount(6, '7002', '"５.00"', 'use the digits 0 to 9 and a point, without other characters'),
      hidden(7, 'amount: "5.00\u202e"', 'a character that nobody sees (U+202E)', '7003'),
      sold(8, '７004', '9.00'),
    ],
    books: ['7001', '\u0430bc-1', 'abc-1', '７004'],
  },
  'path-injection.csv': {
    vendor: 'trackdrive',
    exit: 1,
    rows: [
      noCallId(2, '../../x?y=1&revenue=9'),
      noCallId(3, '7001/../7002'),
      noCallId(4, '7003%2F..%2F7004'),
      noCallId(5, '7005#'),
      sold(6, '7006', '9.00'),
    ],
    books: [['7006', { buyer_converted: 'true', revenue: '9.00' }]],
  },
  'prototype-headers.csv': {
    exit: 0,
    rows: [sold(2, '7001', '5.00'), sold(3, 'constructor', '6.00'), sold(4, '__proto__', '7.00')],
    books: ['7001', 'constructor', '__proto__'],
    repeats: [
      ['polluted', 'x', '7001', 'y', '5.00', 'z'],
      ['__proto__', 'x', 'constructor', 'y', '6.00', 'z'],
      ['a', 'b', '__proto__', 'c', '7.00', 'd'],
    ],
  },
  'prototype-named-texts.csv': {
    vendor: 'invoca-signals',
    exit: 0,
    rows: [sold(2, 'O-1', '5.00'), sold(3, '__proto__', '6.00')],
    books: [
      ['C-1', 'Sale', 'O-1'],
      [
        'C-1',
        [
          { name: '__proto__', data_type: 'Text', value: 'polluted' },
          { name: 'constructor', data_type: 'Text', value: 'x' },
        ],
      ],
      ['C-2', '__proto__', '__proto__'],
    ],
  },
  'quotes-only.csv': { exit: 3, says: noColumns(JSON.stringify('"'.repeat(2047))) },
  'quotes-only-uneven.csv': {
    exit: 3,
    says: [
      'sales.csv:1: a quote is opened in the record that starts here and never closed; close it, or double a quote that is part of the text',
    ],
  },
  'terminal-escapes.csv': {
    vendor: 'invoca',
    exit: 1,
    rows: [
      sold(2, 'C-1|\u001b[2jsale\u009b2j|', '5.00'),
      hidden(3, 'transaction_id: "C-\\u001b[2J2"', 'a character that nobody sees (U+001B)'),
      notAnAmount(4, 'C-3|sale\u202egpj|', '"\\u001b[1A7.00"'),
    ],
    books: [['C-1', '\u001b[2JSale\u009b2J']],
  },
  'terminal-escapes-in-the-header.csv': {
    exit: 3,
    says: noColumns('"\\u001b[2Jcall\ufffd31m id", "\ufffdeunever"'),
  },
};

/** What the file could have forged of an entry. */
function told(vendor: Hostile['vendor'], entry: Entry): unknown {
  const { parameters, written, described } = entry;
  const held = written?.held;
  switch (vendor) {
    case 'trackdrive':
      return [entry.call, parameters];
    case 'invoca':
      return [held?.call, held?.name];
    case 'invoca-signals':
      if (described !== undefined) return [described.call, described.data];
      return [held?.call, held?.name, held?.['partner_unique_id']];
    default:
      return idOf(entry);
  }
}

/** What a spreadsheet would run. */
const FORMULA = /^[=+\-@\t\r\n]/;

describe('fixtures/hostile', () => {
  it('has every file below, and no other', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(Object.keys(EXPECTED).sort());
  });
});

describe.concurrent('a hostile file', () => {
  it.for(Object.entries(EXPECTED))(
    '%s forges nothing',
    { timeout: QUEUED_MS },
    async ([name, hostile], context) => {
      const { books = [], repeats, ...wanted } = hostile;
      const file = readFileSync(FOLDER + name);
      const space = new Workspace(context.onTestFinished);
      const { stderr } = await check({ name, file, ...wanted }, space);

      // Neither an escape nor a line end that is not revsync's own.
      context.expect(stderr).not.toMatch(/[^\n\P{Cc}]|[\u202a-\u202e]/u);
      const entries = entriesOf(space, wanted.vendor ?? 'convoso');
      context.expect(entries.map((entry) => told(wanted.vendor, entry))).toEqual(books);
      if (wanted.rows === undefined) return;

      const [header = [], ...rows] = parse(space.read('sales.results.csv'));
      const source = header.length - RESULT_COLUMNS.length;
      context.expect(header.slice(source)).toEqual(RESULT_COLUMNS);
      context.expect(header.slice(0, source).filter((column) => /^revsync_/i.test(column))).toEqual([]);
      context.expect([header, ...rows].flat().filter((cell) => FORMULA.test(cell))).toEqual([]);
      context.expect([...new Set(rows.map((row) => row.at(-1)))]).toEqual(['run-1']);
      if (repeats !== undefined) context.expect(rows.map((row) => row.slice(0, source))).toEqual(repeats);
    },
  );
});
