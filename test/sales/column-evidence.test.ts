import { describe, expect, it } from 'vitest';
import type { Column } from '../../src/core/vendor.js';
import { matchColumns } from '../../src/sales/columns.js';
import { ColumnEvidence } from '../../src/sales/column-evidence.js';
import type { Findings } from '../../src/sales/evidence.js';
import { convoso } from '../../src/vendors/convoso.js';
import { MAP, NO_CHOICE } from '../support/push.js';

const COLUMNS: readonly Column[] = (['id', 'phone'] as const).map((is) => ({
  field: is,
  kind: { is },
  required: true,
  about: '',
  names: [],
}));

/** What a column of these cells shows; the first is on line 2 and has position 1. */
function judge(field: 'id' | 'phone', cells: readonly string[]): Findings {
  const mapping = matchColumns(['id', 'phone'], COLUMNS, NO_CHOICE);
  if (!mapping.ok) throw new Error('no mapping');
  const evidence = new ColumnEvidence({ ...convoso, columns: COLUMNS }, mapping.value, MAP);
  cells.forEach((cell, index) => {
    const row = field === 'id' ? [cell, ''] : ['', cell];
    evidence.see(row, index + 2, index + 1, {});
  });
  return evidence.finish();
}

describe('a column of ids', () => {
  it.each([
    ['one id of 18 digits', ['123456789012345000']],
    ['three of 16', ['1234567890123450', '2234567890123450', '7', '3234567890123450']],
  ])('was rounded: %s', (_, cells) => {
    const { problems } = judge('id', cells);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.line).toBe(2);
    expect(problems[0]?.message).toContain('in zeros after 15 digits: a spreadsheet rounded it');
  });

  it.each([
    ['two of 16 digits that end in 0 are an accident', ['1234567890123450', '2234567890123450']],
    ['one that ends otherwise clears all', ['123456789012345000', '123456789012345001']],
    ['short ones may end in zeros', ['100000000000000', '5000']],
    ['letters are no number', ['A23456789012345000']],
  ])('was not: %s', (_, cells) => {
    expect(judge('id', cells)).toEqual({ problems: [], oddRows: [] });
  });
});

describe('a column of phone numbers', () => {
  it('names the ones that lack the + of the others', () => {
    expect(judge('phone', ['+442071838750', '+442071838751', '2071838752', '+442071838753'])).toEqual({
      problems: [],
      oddRows: [
        {
          position: 3,
          code: 'lost_prefix',
          row: {},
          message:
            'phone: "2071838752" lacks the + with which 3 others of the column begin; format the column as text and export again',
        },
      ],
    });
  });

  it('names the ones that lack the 0 of the others', () => {
    const { oddRows } = judge('phone', ['02071838750', '2071838751', '02071838752']);
    expect((oddRows ?? []).map(({ position }) => position)).toEqual([2]);
  });

  it.each([
    [
      'North American numbers are the same with +1 and without',
      ['+15125550123', '+15125550124', '5125550125'],
    ],
    ['no number has a prefix', ['5125550123', '5125550124']],
    ['as many have it as lack it', ['+442071838750', '+442071838751', '2071838752', '2071838753']],
  ])('has lost nothing: %s', (_, cells) => {
    expect(judge('phone', cells)).toEqual({ problems: [], oddRows: [] });
  });

  it('refuses the file where too many lack it to be named one by one', () => {
    const lacking = Array.from({ length: 10_001 }, () => '2071838752');
    const having = Array.from({ length: 10_002 }, () => '+442071838750');
    const { problems, oddRows } = judge('phone', [...lacking, ...having]);
    expect({ problems: problems.length, oddRows }).toEqual({ problems: 1, oddRows: [] });
  });
});
