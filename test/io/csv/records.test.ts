import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileProblem, SourceItem } from '../../../src/core/ports.js';
import { Faults } from '../../../src/io/csv/faults.js';
import { QuoteRules } from '../../../src/io/csv/quotes.js';
import { RecordScanner } from '../../../src/io/csv/record-scanner.js';
import { RecordReader } from '../../../src/io/csv/records.js';
import { QUOTES, type Quotes } from '../../../src/io/setting.js';
import { readPlainly } from './plain-reader.js';

/** Where quotes are, blanks, backslashes and delimiters are near. */
const anything = fc.string({
  unit: fc.oneof(
    { arbitrary: fc.constantFrom('"', '"', '""', ',', '\n'), weight: 3 },
    {
      arbitrary: fc.constantFrom('\r', '\r\n', ' ', '\t', '\\', '\\"', ', "', '",', 'a', 'é', '\0'),
      weight: 2,
    },
  ),
  maxLength: 30,
});
/** A cell as somebody types it: quotes where they come, and sometimes around it. */
const cell = fc.oneof(
  { arbitrary: fc.constantFrom('a', '', '55" TV', 'Bob "the" Smith', '5\\" x', 'é'), weight: 8 },
  {
    arbitrary: fc.constantFrom('"a,b"', '"two\nlines"', '"say ""x"""', '""', '"\\"x\\", y"', '"lone'),
    weight: 2,
  },
  { arbitrary: fc.constantFrom(' "a"', ' "a, b" ', '"x" y', '"C:\\"', '"'), weight: 1 },
);
const record = fc.array(cell, { minLength: 1, maxLength: 4 }).map((cells) => cells.join(','));
const table = fc
  .tuple(fc.array(record, { maxLength: 12 }), fc.constantFrom('\n', '\r\n', '\r'), fc.boolean())
  .map(([records, end, ended]) => records.join(end) + (ended ? end : ''));
const cuts = fc.array(fc.nat(), { maxLength: 12 });

function cut(text: string, places: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text);
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b)];
  return at.map((from, index) => bytes.subarray(from, at[index + 1]));
}

interface Found {
  readonly records: readonly { readonly line: number; readonly cells: readonly string[] }[];
  readonly broken: readonly number[];
}

/** What the scanner and the parser make of a text, without the dialect and the header. */
function found(text: string, places: readonly number[], quotes: Quotes | undefined): Found {
  const records: { line: number; cells: readonly string[] }[] = [];
  const broken: number[] = [];
  const faults = new Faults();
  const reader = new RecordReader({ delimiter: ',', skip: 0, opening: [] }, quotes, faults);
  const scanner = new RecordScanner(new QuoteRules(',', quotes), 1);
  const sink = {
    plain: (text: string, line: number) => reader.plain(text, line),
    quoted: (text: Buffer, line: number) => reader.quoted(text, line),
    broken: (_: string, line: number) => broken.push(line),
  };
  const chunks = cut(text, places);
  for (const [index, chunk] of chunks.entries()) scanner.add(chunk, index === chunks.length - 1, sink);
  records.push(...reader.taken());
  return { records, broken };
}

function plainly(text: string, quotes: Quotes | undefined): Found {
  const all = readPlainly(text, ',', quotes);
  return {
    records: all.filter(({ cells }) => cells !== 'broken') as Found['records'],
    broken: all.filter(({ cells }) => cells === 'broken').map(({ line }) => line),
  };
}

describe('text that comes in chunks', () => {
  it.each([undefined, ...QUOTES])('is what a plain reader reads, wherever the chunks end: %s', (quotes) => {
    fc.assert(
      fc.property(fc.oneof(table, anything), cuts, (text, places) => {
        expect(found(text, places, quotes)).toEqual(plainly(text, quotes));
      }),
      { numRuns: 1000 },
    );
  });
});

function reader(faults = new Faults()): RecordReader {
  return new RecordReader({ delimiter: ',', skip: 0, opening: [] }, undefined, faults);
}

function cellsOf(items: Iterable<SourceItem>): (readonly string[])[] {
  return [...items].flatMap((item) => {
    if (item.kind === 'header') return [item.cells];
    return item.kind === 'records' ? item.records.map(({ cells }) => cells) : [];
  });
}

describe('a record', () => {
  it('is waited for until it has ended, and so is the LF of a CR', () => {
    const records = reader();
    expect(cellsOf(records.read(Buffer.from('a,"b\nc')))).toEqual([]);
    expect(cellsOf(records.read(Buffer.from('"\r')))).toEqual([]);
    expect(cellsOf(records.read(Buffer.from('\nd,e')))).toEqual([['a', 'b\nc']]);
    expect(cellsOf(records.read(Buffer.alloc(0), true))).toEqual([['d', 'e']]);
  });

  it('is refused where it goes on for more than a mebibyte without a line end', () => {
    const faults = new Faults();
    const records = reader(faults);
    const long = Buffer.from('x,'.repeat(300_000));
    expect(cellsOf(records.read(Buffer.from('a,b\n1,2\n')))).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
    expect(cellsOf(records.read(long))).toEqual([]);
    expect(cellsOf(records.read(long))).toEqual([]);
    expect(records.isEndless).toBe(true);
    expect(faults.problems()).toEqual([
      { line: 3, message: 'the line is longer than 1 MiB; most likely this is no CSV file' },
    ]);
  });
});

/** What is said of a whole text. */
function problemsOf(text: string): readonly FileProblem[] {
  const faults = new Faults();
  const records = reader(faults);
  for (const character of text) cellsOf(records.read(Buffer.from(character)));
  cellsOf(records.read(Buffer.alloc(0), true));
  return faults.problems();
}

const MIDDLE = 'a quote stands in the middle of a cell in the record that starts here; ';
const AS_BACKSLASH = 'read the file with --quotes backslash, which takes \\" for a quote';

describe('quotes out of place', () => {
  it.each([
    [
      'nothing reads',
      '1,"5" x\n2,"6\n3\n4,"7" x\n',
      [
        {
          line: 1,
          message: `${MIDDLE}put the cell in quotes and double the ones inside; the same on lines 2 and 4`,
        },
      ],
    ],
    ['a backslash reads', '1,"a \\"b\\" c"\n2,3\n', [{ line: 1, message: MIDDLE + AS_BACKSLASH }]],
    [
      'a backslash reads some of',
      '1,"a \\"b\\" c"\n2,"3" x\n',
      [
        {
          line: 1,
          message: `${MIDDLE}put the cell in quotes and double the ones inside; the same on line 2`,
        },
      ],
    ],
    [
      'both read',
      '0,1\n1,"a\\", b"\n2,3\n',
      [
        {
          line: 2,
          message: `a backslash stands before a quote, which can be read in two ways; ${AS_BACKSLASH}, or with --quotes doubled, which takes the backslash for text`,
        },
      ],
    ],
    ['are none, since a backslash before the last quote is text', '1,"C:\\"\n2,"D:\\"\n', []],
    [
      'spaced reads',
      '1, "a, b"\n2, "c" \n',
      [
        {
          line: 1,
          message:
            'a cell begins with a blank and a quote in the record that starts here; read the file with --quotes spaced, which leaves out the blanks around quotes; the same on line 2',
        },
      ],
    ],
    [
      'doubled reads',
      '1, "a" b\n2,c\n',
      [
        {
          line: 1,
          message:
            'a cell begins with a blank and a quote in the record that starts here; read the file with --quotes doubled, which takes blanks and quotes in such a cell as they are',
        },
      ],
    ],
  ])('are said with what reads the whole file: %s', (_, text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });
});
