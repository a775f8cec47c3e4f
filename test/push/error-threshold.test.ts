import { describe, expect, it } from 'vitest';
import type { RowLimit } from '../../src/core/row.js';
import { DEFAULT_MAX_ERRORS, ErrorThreshold } from '../../src/push/error-threshold.js';

/** Settles a row for each letter, `x` for an error; what was said, with the number of the row it was said at. */
function settle(most: RowLimit, rows: string): { row: number; message: string }[] {
  const storm = new ErrorThreshold(most);
  return Array.from(rows).flatMap((letter, index) => {
    const message = storm.count(letter === 'x');
    return message === undefined ? [] : [{ row: index + 1, message }];
  });
}

const PERCENT = (percent: number): RowLimit => ({ kind: 'percent', percent });

describe('the storm breaker that takes a share', () => {
  it('is at half of the rows unless the user says otherwise', () => {
    expect(DEFAULT_MAX_ERRORS).toEqual({ kind: 'percent', percent: 50 });
  });

  it('says nothing before the twentieth row', () => {
    expect(settle(PERCENT(50), 'x'.repeat(19))).toEqual([]);
    expect(settle(PERCENT(50), 'x'.repeat(20))).toEqual([
      { row: 20, message: '20 of the last 20 rows failed' },
    ]);
  });

  it('trips at the share itself, and not one row below it', () => {
    expect(settle(PERCENT(50), `${'.'.repeat(10)}${'x'.repeat(10)}`)).toEqual([
      { row: 20, message: '10 of the last 20 rows failed' },
    ]);
    expect(settle(PERCENT(50), `${'.'.repeat(11)}${'x'.repeat(10)}`)).toEqual([]);
  });

  it('never trips on a row that went well', () => {
    expect(settle(PERCENT(50), `${'x'.repeat(19)}.`)).toEqual([]);
  });

  it('looks at the last 200 rows only, so that a good start does not hide a storm', () => {
    expect(settle(PERCENT(50), `${'.'.repeat(5000)}${'x'.repeat(100)}`)).toEqual([
      { row: 5100, message: '100 of the last 200 rows failed' },
    ]);
  });

  it('forgets a bad start', () => {
    expect(settle(PERCENT(50), `${'x'.repeat(19)}${'.'.repeat(200)}${'x'.repeat(99)}`)).toEqual([]);
  });
});

describe('the storm breaker that counts rows', () => {
  it('trips at that many errors of the whole run, however many rows went well', () => {
    const rows = `x${'.'.repeat(1000)}x${'.'.repeat(1000)}x`;
    expect(settle({ kind: 'rows', rows: 3 }, rows)).toEqual([{ row: 2003, message: '3 rows failed' }]);
  });

  it('trips at the first error where one is the most', () => {
    expect(settle({ kind: 'rows', rows: 1 }, '...x')).toEqual([{ row: 4, message: 'a row failed' }]);
  });

  it('says nothing below that', () => {
    expect(settle({ kind: 'rows', rows: 3 }, 'xx.........')).toEqual([]);
  });
});
