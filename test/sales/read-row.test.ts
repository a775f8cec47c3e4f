import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Amount } from '../../src/core/amount.js';
import type { StagedRow } from '../../src/core/row.js';
import { preparedFor } from '../../src/sales/prepare.js';
import { readRow, type MapOptions } from '../../src/sales/read-row.js';
import type { ColumnMap } from '../../src/sales/columns.js';
import { convoso } from '../../src/vendors/convoso.js';
import { MAP } from '../support/push.js';

const OPTIONS: MapOptions = {
  ...MAP,
  reversalValues: new Set(['refunded', 'chargeback']),
  sealer: { seal: (text) => `sealed ${text}`, open: (text) => text.slice(7) },
};

/** Of a file with the columns call_log_id, revenue, status. */
const MAPPING: ColumnMap = {
  cells: new Map([
    ['call_id', 0],
    ['amount', 1],
  ]),
  kept: [0, 1, 2],
  header: ['call_log_id', 'revenue', 'status'],
  fedBack: false,
  reversal: 2,
  only: undefined,
  others: [],
  currency: undefined,
  breaks: undefined,
  width: 3,
};

function stage(cells: readonly string[], options: Partial<MapOptions> = {}, mapping = MAPPING): StagedRow {
  return readRow({ line: 14, cells }, mapping, convoso, { ...OPTIONS, ...options });
}

/** Beside what could be read of it. */
function invalid(cells: readonly string[], code: string, message: string): StagedRow {
  const key = /(^|; )call_id: /.test(message) ? undefined : '100125';
  return { line: 14, cells, sale: stage(cells).sale, key, status: 'invalid', code, message };
}

/** Another digest for the same request would make a whole ledger look changed. */
function digestOf(fields: Record<string, string>): string {
  const text = `{"path":"/v1/revenue/update","body":{"kind":"form","fields":${JSON.stringify(fields)}}}`;
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

describe('a record that can be sent', () => {
  it('is staged with its key, its amount and the digest of what will be sent', () => {
    expect(stage([' 100125 ', ' 1250.5', 'sold'])).toEqual({
      line: 14,
      cells: [' 100125 ', ' 1250.5', 'sold'],
      sale: { intent: 'set', amount: 12_505_000 as Amount, fields: { call_id: '100125' } },
      key: '100125',
      digest: digestOf({ call_log_id: '100125', revenue: '1250.50' }),
    });
  });

  it('with 0.00 sets the amount to nothing, which is not a clear', () => {
    expect(stage(['100125', '0', ''])).toEqual({
      line: 14,
      cells: ['100125', '0', ''],
      sale: { intent: 'set', amount: 0 as Amount, fields: { call_id: '100125' } },
      key: '100125',
      digest: digestOf({ call_log_id: '100125', revenue: '0.00' }),
    });
  });

  it('with a blank amount is a clear where the user said so', () => {
    expect(stage(['100125', '  ', ''], { blankAmount: 'clear' })).toEqual({
      line: 14,
      cells: ['100125', '  ', ''],
      sale: { intent: 'clear', fields: { call_id: '100125' } },
      key: '100125',
      digest: digestOf({ call_log_id: '100125', return: '1' }),
    });
  });

  it('is rounded only as the user said, and says from what', () => {
    expect(stage(['100125', '12.345', ''], { round: 'half-even' })).toEqual({
      line: 14,
      cells: ['100125', '12.345', ''],
      sale: { intent: 'set', amount: 123_400 as Amount, fields: { call_id: '100125' } },
      key: '100125',
      digest: digestOf({ call_log_id: '100125', revenue: '12.34' }),
      warning: 'rounded from "12.345"',
    });
  });

  it('has the same digest when a cell changes that is not sent, or the same amount is written otherwise', () => {
    const { digest } = stage(['100125', '50.00', 'sold']);
    expect(stage(['100125', '50.00', 'sold again']).digest).toBe(digest);
    expect(stage([' 100125', '050', '']).digest).toBe(digest);
  });

  it('has another digest when the amount or the call changes', () => {
    const { digest } = stage(['100125', '50.00', 'sold']);
    expect(stage(['100125', '50.01', 'sold']).digest).not.toBe(digest);
    expect(stage(['100126', '50.00', 'sold']).digest).not.toBe(digest);
    expect(stage(['100125', '', 'sold'], { blankAmount: 'clear' }).digest).not.toBe(digest);
  });
});

describe('a record that cannot be sent', () => {
  it.each([
    [['100125', ' ', ''], { intent: 'set', fields: { call_id: '100125' } }],
    [['100125', '50.00', 'refunded'], { intent: 'reverse', refund: 500_000, fields: { call_id: '100125' } }],
    [['100\u0000125', '12', ''], { intent: 'set', amount: 120_000, fields: {} }],
    [['100125', '50.00'], { intent: 'set', amount: 500_000, fields: { call_id: '100125' } }],
  ])('%j keeps what could be read of it', (cells, sale) => {
    expect(stage(cells).sale).toEqual(sale);
  });

  it('has no sale where it is blank', () => {
    expect(stage(['', ' ', ''])).not.toHaveProperty('sale');
  });

  it('never turns a blank amount into a request', () => {
    const message = 'amount: is blank, which is not 0.00; write 0.00, --blank-amount clear empties it';
    expect(stage(['100125', ' ', ''])).toEqual(invalid(['100125', ' ', ''], 'blank_amount', message));
  });

  it('never sends a row without an amount to a vendor that knows none', () => {
    expect(stage(['100125', '', ''], { blankAmount: 'omit' })).toEqual(
      invalid(['100125', '', ''], 'blank_amount', 'amount: is blank'),
    );
  });

  it('lists all its problems, the code being that of the first', () => {
    const message =
      'amount: "$12" is not an amount like 1250.50; take the currency out, or push the file with --currency USD; ' +
      "call_id: is blank; it is Convoso's call log id";
    expect(stage(['', '$12', ''])).toEqual(invalid(['', '$12', ''], 'not_an_amount', message));
  });

  it('has a NUL in a text, behind which the ledger cannot tell keys apart', () => {
    const message = 'call_id: "100\\u0000125" holds a zero byte (U+0000); type the cell anew';
    expect(stage(['100\u0000125', '12', ''])).toEqual(
      invalid(['100\u0000125', '12', ''], 'hidden_character', message),
    );
  });

  it('never rounds in silence', () => {
    const message =
      'amount: "12.345" has more than the 2 decimals this vendor keeps; ' +
      'correct it, or let --round half-up or --round half-even decide';
    expect(stage(['100125', '12.345', ''])).toEqual(
      invalid(['100125', '12.345', ''], 'too_many_decimals', message),
    );
  });

  it('never sends a negative amount that the vendor does not document, nor drops its sign', () => {
    const message =
      'amount: -3.00 is negative, which Convoso does not document; send the amount that remains, or 0.00, or let --negative-amounts net send it';
    expect(stage(['100125', '-3', ''])).toMatchObject({
      ...invalid(['100125', '-3', ''], 'negative_amount', message),
      key: '100125',
    });
  });

  it.each(['refunded', ' Chargeback '])(
    'marked %j is a reversal, which this vendor does not know',
    (mark) => {
      const message =
        'amount: Convoso documents no reversal; send the amount that remains, 0.00, or clear it';
      expect(stage(['100125', '50.00', mark])).toMatchObject({
        ...invalid(['100125', '50.00', mark], 'cannot_reverse', message),
        key: '100125',
      });
    },
  );

  const ENDS = ', and delimiters behind the last cell need as many in the header';
  it.each([
    [['100125', '1', '200.00', 'sold'], ['100125', '1', '200.00'], 4, ''],
    [['100125', '1', '200.00', ''], ['100125', '1', '200.00'], 4, ENDS],
    [['100125', '50.00'], ['100125', '50.00', ''], 2, ''],
  ])('%j has another number of cells than the header and keeps the header’s', (cells, kept, count, more) => {
    const message = `the row has ${count} cells and the header 3; mend it, a cell with a comma needs quotes${more}`;
    expect(stage(cells)).toEqual({ ...invalid(kept, 'column_count', message), key: undefined });
  });
});

describe('a results file that is fed back', () => {
  const fedBack: ColumnMap = { ...MAPPING, kept: [1, 2, 3], fedBack: true, width: 4 };

  it('loses the apostrophes that kept a spreadsheet from running its cells, and its own columns', () => {
    expect(stage(['accepted', '100125', '50.00', "'=A1+1"], {}, fedBack)).toEqual({
      line: 14,
      cells: ['100125', '50.00', '=A1+1'],
      sale: { intent: 'set', amount: 500_000 as Amount, fields: { call_id: '100125' } },
      key: '100125',
      digest: digestOf({ call_log_id: '100125', revenue: '50.00' }),
    });
  });

  it('finds the call whose id begins like a formula', () => {
    expect(stage(['accepted', "'-x9", '50.00', ''], {}, fedBack).key).toBe('-x9');
  });

  it('keeps every other apostrophe', () => {
    const cells = ['accepted', '100125', '50.00', "'tis sold"];
    expect(stage(cells, {}, fedBack).cells).toEqual(['100125', '50.00', "'tis sold"]);
  });
});

describe('an apostrophe in a file that is nobody’s results', () => {
  it('stays in the text, and is no part of an id', () => {
    const message =
      'call_id: "\'-x9" begins with an apostrophe, with which a spreadsheet keeps text; take it out';
    const cells = ["'-x9", '50.00', "'=A1"];
    expect(stage(cells)).toEqual(invalid(cells, 'damaged_id', message));
  });
});

describe('the request of a staged row', () => {
  const row = { input: 'sales.csv', line: 14, action: 'create' } as const;
  const fields = { call_id: '100125' };

  it('carries the amount of the ledger, which may have been summed since', () => {
    const summed = { ...row, sale: { intent: 'set', amount: 755_000 as Amount, fields } } as const;
    expect(preparedFor(summed, convoso, false).request).toEqual({
      method: 'POST',
      path: '/v1/revenue/update',
      headers: {},
      body: { kind: 'form', fields: { call_log_id: '100125', revenue: '75.50' } },
    });
  });

  it('without an amount in the ledger is never made', () => {
    const broken = { ...row, sale: { intent: 'set', fields } } as const;
    expect(() => preparedFor(broken, convoso, false)).toThrow(
      'sales.csv:14 was staged and cannot be prepared',
    );
  });
});
