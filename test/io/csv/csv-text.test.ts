import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvText } from '../../../src/io/csv/csv-text.js';

const cell = fc.oneof(
  fc.string(),
  fc.constantFrom('', ',', '"', '\r', '\n', 'a,b', 'plain', ' spaced ', '\u2028', "'=1", '\ufeff'),
);

describe('rows as CSV', () => {
  it('are what the library makes of them', () => {
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 6 }), { maxLength: 8 }), (rows) => {
        expect(csvText(rows)).toBe(stringify(rows, { record_delimiter: '\n', quoted_match: /\r/ }));
      }),
      { numRuns: 1000 },
    );
  });
});
