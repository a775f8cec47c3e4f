import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Amount } from '../../../src/core/amount.js';
import { exactNumber } from '../../../src/core/vendor.js';
import { encodeBody } from '../../../src/io/http/request-text.js';

function textOf(value: Record<string, unknown>): string {
  return encodeBody({ kind: 'json', value }).text;
}

describe('a JSON body', () => {
  it('has exact numbers as their digits, wherever they stand', () => {
    const amounts = [1_505_000, 1, 1_000, 9_999_999_999_999, -30_000, 0].map((units) =>
      exactNumber(units as Amount),
    );
    expect(textOf({ newConversionAmount: amounts[0], of: [{ each: amounts[1] }], all: amounts })).toBe(
      '{"newConversionAmount":150.50,"of":[{"each":0.0001}],"all":[150.50,0.0001,0.10,999999999.9999,-3.00,0.00]}',
    );
  });

  it('is otherwise what JSON.stringify writes', () => {
    const values = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true });
    fc.assert(
      fc.property(values, (value) => {
        expect(textOf(value)).toBe(JSON.stringify(value));
      }),
    );
    expect(textOf({ note: 'a "quote"\n', left: undefined, list: [undefined, null, true] })).toBe(
      '{"note":"a \\"quote\\"\\n","list":[null,null,true]}',
    );
  });

  it('takes no text for a number, and nothing for one that is not', () => {
    expect(textOf({ note: '{"exact":"1.50"}', odd: { exact: '1e5' }, none: { exact: '' } })).toBe(
      '{"note":"{\\"exact\\":\\"1.50\\"}","odd":{"exact":"1e5"},"none":{"exact":""}}',
    );
  });
});
