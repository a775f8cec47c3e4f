import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceItem } from '../../../src/core/ports.js';
import { RecordReader } from '../../../src/io/csv/records.js';

/** A cell as a spreadsheet writes it: in quotes where it has to be, and sometimes where not. */
const cell = fc.oneof(
  { arbitrary: fc.stringMatching(/^[a-zé ]{0,12}$/), weight: 8 },
  {
    arbitrary: fc.constantFrom('"a,b"', '"two\nlines"', '"two\r\nlines"', '"say ""x"""', '""', '"\r"'),
    weight: 1,
  },
);
const record = fc.array(cell, { minLength: 2, maxLength: 4 }).map((cells) => cells.join(','));
const table = fc
  .tuple(fc.array(record, { maxLength: 300 }), fc.constantFrom('\n', '\r\n', '\r'), fc.boolean())
  .map(([records, end, ended]) => records.join(end) + (ended ? end : ''));

const OPTIONS = { relax_column_count: true, record_delimiter: ['\r\n', '\n', '\r'] };

function reader(): RecordReader {
  return new RecordReader({ delimiter: ',', skip: 0, opening: [] });
}

function cellsOf(items: Iterable<SourceItem>): (readonly string[])[] {
  return [...items].flatMap((item) => {
    if (item.kind === 'header') return [item.cells];
    return item.kind === 'records' ? item.records.map(({ cells }) => cells) : [];
  });
}

function readInChunks(text: string, cuts: readonly number[]): (readonly string[])[] {
  const bytes = Buffer.from(text);
  const records = reader();
  const found: (readonly string[])[] = [];
  let from = 0;
  for (const cut of [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)) {
    found.push(...cellsOf(records.read(bytes.subarray(from, cut))));
    from = cut;
  }
  return [...found, ...cellsOf(records.read(Buffer.alloc(0), true))];
}

describe('text that comes in chunks', () => {
  it('is the records that a parser finds in all of it, wherever the chunks end', () => {
    fc.assert(
      fc.property(table, fc.array(fc.nat(), { maxLength: 20 }), (text, cuts) => {
        const all = parse(text, OPTIONS);
        const header = all.findIndex((cells) => cells.some((cell) => cell.trim() !== ''));
        const wanted = header < 0 ? [] : all.slice(header);
        expect(readInChunks(text, cuts)).toEqual(wanted);
      }),
    );
  });

  it('waits for a record that has not ended, and for the LF of a CR', () => {
    const records = reader();
    expect(cellsOf(records.read(Buffer.from('a,"b\nc')))).toEqual([]);
    expect(cellsOf(records.read(Buffer.from('"\r')))).toEqual([]);
    expect(cellsOf(records.read(Buffer.from('\nd,e')))).toEqual([['a', 'b\nc']]);
    expect(cellsOf(records.read(Buffer.alloc(0), true))).toEqual([['d', 'e']]);
  });

  it('is refused where a record without quotes goes on for more than a mebibyte', () => {
    const records = reader();
    const long = Buffer.from('x,'.repeat(300_000));
    expect(cellsOf(records.read(Buffer.from('a,b\n1,2\n')))).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
    expect(cellsOf(records.read(long))).toEqual([]);
    expect(() => [...records.read(long)]).toThrow(
      'the record that starts here is longer than 1 MiB; most likely a quote in it is never closed',
    );
  });
});
