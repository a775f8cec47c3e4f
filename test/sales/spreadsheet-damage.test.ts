import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnKind } from '../../src/core/vendor.js';
import { damageOf } from '../../src/sales/spreadsheet-damage.js';

type Plain = 'text' | 'id' | 'amount' | 'phone' | 'instant' | 'flag';

function codeOf(kind: Plain, text: string): string | undefined {
  return damageOf({ is: kind } satisfies ColumnKind, text)?.code;
}

describe('what a spreadsheet did to a cell', () => {
  it.each<[Plain, string, string]>([
    ['text', '#REF!', 'spreadsheet_error'],
    ['id', '#N/A', 'spreadsheet_error'],
    ['amount', '#VALUE!', 'spreadsheet_error'],
    ['amount', '#DIV/0!', 'spreadsheet_error'],
    ['phone', '#NAME?', 'spreadsheet_error'],
    ['id', '#BEZUG!', 'spreadsheet_error'],
    ['id', '#NV', 'spreadsheet_error'],
    ['id', '="00123"', 'spreadsheet_formula'],
    ['amount', '="12.50"', 'spreadsheet_formula'],
    ['id', '1.00125E+11', 'damaged_id'],
    ['id', '1,00125E+11', 'damaged_id'],
    ['id', '1E+11', 'damaged_id'],
    ['id', '100125.0', 'damaged_id'],
    ['id', '100125,00', 'damaged_id'],
    ['instant', '45981', 'serial_date'],
    ['instant', '45981.586805556', 'serial_date'],
    ['id', '100\u00a0125', 'damaged_id'],
    ['id', '#100125', 'damaged_id'],
    ['id', '100125\u00a0', 'hidden_character'],
    ['id', '\u200b100125', 'hidden_character'],
    ['id', '100\u0000125', 'hidden_character'],
    ['id', '100\t125', 'hidden_character'],
    ['phone', '+1512\u202d5550123', 'hidden_character'],
    ['amount', '12.50\u200b', 'hidden_character'],
    ['id', '“100125”', 'hidden_character'],
    ['flag', '‘true’', 'hidden_character'],
  ])('%s %j is %s', (kind, text, code) => {
    expect(codeOf(kind, text)).toBe(code);
  });

  it.each<[Plain, string]>([
    ['text', 'O\u00a0Brien “the agent”'],
    ['text', '100125.0'],
    ['text', '# 5'],
    ['id', '12E5'],
    ['id', '1E5F-00'],
    ['id', '10.0.1'],
    ['id', 'O’Brien-12'],
    ['id', '45981'],
    ['amount', '1\u00a0234,50'],
    ['amount', '45981'],
    ['instant', '1763647500'],
    ['phone', '(512) 555-0123'],
  ])('%s %j is left alone', (kind, text) => {
    expect(codeOf(kind, text)).toBeUndefined();
  });

  it('never touches an id of digits, letters and hyphens', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9A-Za-z-]{1,40}$/), (id) => {
        expect(codeOf('id', id)).toBeUndefined();
      }),
    );
  });
});
