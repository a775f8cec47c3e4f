import { describe, expect, it } from 'vitest';
import { matchColumns, normalized, type ColumnMap } from '../../src/sales/columns.js';
import { convoso } from '../../src/vendors/convoso.js';
import { NO_CHOICE } from '../support/push.js';

function match(header: readonly string[], chosen: Record<string, string> = {}, reversal?: string): unknown {
  return matchColumns(header, convoso.columns, {
    ...NO_CHOICE,
    columns: new Map(Object.entries(chosen)),
    reversal,
  });
}

function mapped(mapping: Omit<ColumnMap, 'cells'> & { cells: Record<string, number> }): unknown {
  return { ok: true, value: { ...mapping, cells: new Map(Object.entries(mapping.cells)) } };
}

function refused(...problems: string[]): unknown {
  return { ok: false, error: problems };
}

describe('the columns of a header', () => {
  it('are found by the names people use, whatever their case and punctuation', () => {
    expect(match(['Agent', ' Call Log-ID ', 'SALE_AMOUNT'])).toEqual(
      mapped({
        cells: { call_id: 1, amount: 2 },
        kept: [0, 1, 2],
        header: ['Agent', ' Call Log-ID ', 'SALE_AMOUNT'],
        fedBack: false,
        reversal: undefined,
        only: undefined,
        others: [0],
        currency: undefined,
        breaks: undefined,
        width: 3,
      }),
    );
  });

  it('leave out the columns of an earlier results file', () => {
    expect(match(['revsync_key', 'call_log_id', 'revsync_line', 'revenue', 'Revsync_Status'])).toEqual(
      mapped({
        cells: { call_id: 0, amount: 1 },
        kept: [1, 3],
        header: ['call_log_id', 'revenue'],
        fedBack: true,
        before: { key: 0, code: -1, run: -1 },
        reversal: undefined,
        only: undefined,
        others: [],
        currency: undefined,
        breaks: undefined,
        width: 5,
      }),
    );
  });

  it('lose the apostrophe that an earlier results file put before them', () => {
    expect(match(['call_id', 'amount', "'@status", "'' 1", 'revsync_line'], {}, '@status')).toEqual(
      mapped({
        cells: { call_id: 0, amount: 1 },
        kept: [0, 1, 2, 3],
        header: ['call_id', 'amount', '@status', "'' 1"],
        fedBack: true,
        before: { key: -1, code: -1, run: -1 },
        reversal: 2,
        only: undefined,
        others: [3],
        currency: undefined,
        breaks: undefined,
        width: 5,
      }),
    );
  });

  it('are those that the user names, to the letter before spelled otherwise', () => {
    const header = ['Rev', 'REV', 'Ref No', 'revenue'];
    expect(match(header, { call_id: 'ref_no', amount: ' REV ' })).toEqual(
      mapped({
        cells: { call_id: 2, amount: 1 },
        kept: [0, 1, 2, 3],
        header,
        fedBack: false,
        reversal: undefined,
        only: undefined,
        others: [0, 3],
        currency: undefined,
        breaks: undefined,
        width: 4,
      }),
    );
  });

  it('may hold the marks of reversals', () => {
    expect(match(['call_id', 'amount', ' Status '], {}, 'Status ')).toEqual(
      mapped({
        cells: { call_id: 0, amount: 1 },
        kept: [0, 1, 2],
        header: ['call_id', 'amount', ' Status '],
        fedBack: false,
        reversal: 2,
        only: undefined,
        others: [],
        currency: undefined,
        breaks: undefined,
        width: 3,
      }),
    );
  });

  it('may lack what the vendor does not require', () => {
    const columns = convoso.columns.map((column) => ({ ...column, required: column.field === 'call_id' }));
    expect(matchColumns(['call_id'], columns, NO_CHOICE)).toEqual(
      mapped({
        cells: { call_id: 0 },
        kept: [0],
        header: ['call_id'],
        fedBack: false,
        reversal: undefined,
        only: undefined,
        others: [],
        currency: undefined,
        breaks: undefined,
        width: 1,
      }),
    );
  });
});

describe('a header is refused', () => {
  it('with every missing column at once, the headers found and the option that names it', () => {
    expect(match(['id', 'money'])).toEqual(
      refused(
        'call_id: no column found; the headers are "id", "money"; name it with --column call_id="HEADER"',
        'amount: no column found; the headers are "id", "money"; name it with --column amount="HEADER"',
      ),
    );
  });

  it('where two columns could be the amount', () => {
    expect(match(['call_id', 'revenue', 'Sale Amount'])).toEqual(
      refused(
        'amount: 2 columns could be it, "revenue", "Sale Amount"; choose one with --column amount="HEADER"',
      ),
    );
  });

  it('where two columns have one name', () => {
    expect(match(['call_id', 'amount', 'amount'])).toEqual(
      refused('amount: two columns are called "amount"; rename or remove one'),
    );
    expect(match(['call_id', 'amount', 'note', 'note'])).toMatchObject({ ok: true });
  });

  it('where the user names a column that is not there', () => {
    expect(match(['call_id', 'amount'], { amount: 'Total' })).toEqual(
      refused('amount: there is no column "Total"; the headers are "call_id", "amount"'),
    );
  });

  it('where the user names two columns at once by a loose spelling', () => {
    expect(match(['call_id', 'Net Sum', 'net_sum'], { amount: 'NET SUM' })).toEqual(
      refused(
        'amount: 2 columns could be it, "Net Sum", "net_sum"; choose one with --column amount="HEADER"',
      ),
    );
  });

  it('where the column of reversals is not there', () => {
    expect(match(['call_id', 'amount'], {}, 'Status')).toEqual(
      refused('the reversal column: there is no column "Status"; the headers are "call_id", "amount"'),
    );
  });

  it('where the amount of an earlier results file is all there is', () => {
    expect(match(['call_id', 'revsync_amount'])).toEqual(
      refused('amount: no column found; the headers are "call_id"; name it with --column amount="HEADER"'),
    );
  });

  it('never takes a column without a name for one of the vendor', () => {
    expect(match(['', '--', 'call_id'])).toEqual(
      refused(
        'amount: no column found; the headers are "--", "call_id"; name it with --column amount="HEADER"',
      ),
    );
  });
});

describe('a column name without case and punctuation', () => {
  it.each([
    ['Call Log ID', 'calllogid'],
    ['call_log_id', 'calllogid'],
    ['CallLogID', 'calllogid'],
    ['Montant (€)', 'montant'],
    ['Größe №1', 'größe1'],
    [' - ', ''],
  ])('%j is %j', (name, plain) => {
    expect(normalized(name)).toBe(plain);
  });
});
