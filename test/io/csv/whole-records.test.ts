import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WholeRecords } from '../../../src/io/csv/whole-records.js';

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

function pieces(text: string, cuts: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text);
  const whole = new WholeRecords();
  const found: Buffer[] = [];
  let from = 0;
  for (const cut of [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)) {
    found.push(whole.add(bytes.subarray(from, cut)));
    from = cut;
  }
  return [...found, whole.end()];
}

describe('text that is cut into whole records', () => {
  it('is the same records, piece by piece, wherever the chunks end', () => {
    fc.assert(
      fc.property(table, fc.array(fc.nat(), { maxLength: 20 }), (text, cuts) => {
        const found = pieces(text, cuts);
        expect(Buffer.concat(found).toString()).toBe(text);
        expect(found.flatMap((piece) => parse(piece, OPTIONS))).toEqual(parse(text, OPTIONS));
      }),
    );
  });

  it('waits for a record that has not ended, and for the LF of a CR', () => {
    const whole = new WholeRecords();
    expect(whole.add(Buffer.from('a,"b\nc')).toString()).toBe('');
    expect(whole.open).toBe(6);
    expect(whole.add(Buffer.from('"\r')).toString()).toBe('');
    expect(whole.add(Buffer.from('\nd,e')).toString()).toBe('a,"b\nc"\r\n');
    expect(whole.end().toString()).toBe('d,e');
  });
});
