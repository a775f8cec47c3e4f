import Libsql from 'libsql';
import { describe, expect, it } from 'vitest';
import { Workspace, type Ended } from '../support/cli.js';
import { workspaceOfTest } from '../support/shared-ledger.js';
import { pullInto } from '../support/pulled.js';
import { CALL, correction, event, rowsOf, said, type Json } from '../support/rolled-up.js';

const THERE = 'http://127.0.0.1:1';

interface Reconciled extends Ended {
  readonly breaks: readonly (string | undefined)[][];
  readonly errors: readonly (string | undefined)[];
}

const OUTCOMES = 'transaction_id,outcome_name,partner_unique_id,amount,value';
const SIGNALS = 'transaction_id,signal_name,partner_unique_id,amount,value';

/** Breaks with both amounts, of sales of the one call beside such a page. */
async function reconciled(
  vendor: 'invoca' | 'invoca-signals',
  lines: readonly string[],
  page: readonly Json[],
): Promise<Reconciled> {
  const space = await workspaceOfTest();
  const namespace = { vendor: 'invoca', account: 'default', origin: THERE };
  await pullInto(space.ledger, { namespace, rows: rowsOf(page) });
  const header = vendor === 'invoca' ? OUTCOMES : SIGNALS;
  space.write('sales.csv', `${[header, ...lines].join('\n')}\n`);
  const ended = await space.run('reconcile', 'sales.csv', '--vendor', vendor, '--base-url', THERE);
  const rows = space.rows('sales.breaks.csv');
  return {
    ...ended,
    breaks: rows.map((row) => [row['revsync_break'], row['revsync_amount'], row['revsync_vendor_amount']]),
    errors: rows.map((row) => row['revsync_error']),
  };
}

const SALE = '0000-CALL,Sale,SO-1,100.00,';

describe('a rolled-up account', () => {
  it.each<[string, readonly string[], readonly Json[], readonly string[][]]>([
    [
      'does not sell by the names that are merged into the row of the call',
      [SALE, '0000-CALL,Sale,SO-2,80.00,'],
      [
        CALL,
        event('E-1', 'SO-1', '100.0', { custom_data: [said('Sale', true)] }),
        event('E-2', 'SO-2', '80.0', { custom_data: [said('Sale', true)] }),
      ],
      [
        ['matched', '100.00', '100.00'],
        ['matched', '80.00', '80.00'],
      ],
    ],
    [
      'takes back what custom_data says is false, though there is no signal_value',
      [SALE],
      [
        CALL,
        event('E-1', 'SO-1', '100.0', { custom_data: [said('Sale', true)] }),
        event('E-2', 'SO-1', null, { custom_data: [said('Sale', false)], ...correction('E-1') }),
      ],
      [['reversed_at_vendor', '100.00', '']],
    ],
    [
      'ties out with a file that takes it back too',
      ['0000-CALL,Sale,SO-1,,false'],
      [CALL, event('E-1', 'SO-1', '100.0', { custom_data: [said('Sale', false)] })],
      [['matched', '', '']],
    ],
    [
      'has a sale under names that are merged in its row',
      [SALE],
      [CALL, event('E-1', 'SO-1', '100.0', { custom_data: [said('Quote', true), said('Sale', true)] })],
      [['matched', '100.00', '100.00']],
    ],
    [
      'says by columns of the names what is true',
      [SALE, '0000-CALL,Sale,SO-2,80.00,'],
      [
        CALL,
        event('E-1', 'SO-1', '100.0', { custom_data: undefined, Sale: 1, Quote: null }),
        event('E-2', 'SO-2', '80.0', { custom_data: undefined, sale: '0', Quote: 1 }),
      ],
      [
        ['matched', '100.00', '100.00'],
        ['reversed_at_vendor', '80.00', ''],
      ],
    ],
    [
      'is asked for the name of the sale, whatever is true of the others',
      [SALE, '0000-CALL,quote,SO-2,80.00,'],
      [
        CALL,
        event('E-1', 'SO-1', '100.0', { custom_data: [said('Sale', false), said('Quote', true)] }),
        event('E-2', 'SO-2', '80.0', { custom_data: [said('Sale', false), said('Quote', true)] }),
      ],
      [
        ['reversed_at_vendor', '100.00', ''],
        ['matched', '80.00', '80.00'],
      ],
    ],
    [
      'says nothing by null, so that an earlier row counts',
      [SALE],
      [
        CALL,
        event('E-1', 'SO-1', '100.0', { custom_data: [said('Sale', true)] }),
        event('E-2', 'SO-1', '120.0', { custom_data: [said('Sale', null)], ...correction('E-1') }),
      ],
      [['amount_differs', '100.00', '120.00']],
    ],
    [
      'finds a sale by its order id alone, on another call and without one',
      ['NO-SUCH-CALL,Sale,SO-1,100.00,', ',Sale,SO-2,80.00,'],
      [
        event('E-1', 'SO-1', '100.0', { custom_data: [said('Sale', true)] }),
        event('E-2', 'SO-2', '80.0', { custom_data: [said('Sale', true)] }),
      ],
      [
        ['matched', '100.00', '100.00'],
        ['invalid', '', '80.00'],
      ],
    ],
    [
      'has a conversion that was reported as one, which needs no signal',
      [SALE],
      [
        CALL,
        event('E-1', 'SO-1', null, {
          transaction_type: 'Sale',
          signal_name: 'Sale',
          sale_amount: '100.0',
          custom_data: undefined,
        }),
      ],
      [['matched', '100.00', '100.00']],
    ],
  ])('%s', async (_what, lines, page, wanted) => {
    const { code, breaks } = await reconciled('invoca', lines, page);
    expect(breaks).toEqual(wanted);
    expect(code).toBe(wanted.every(([word]) => word === 'matched') ? 0 : 1);
  });

  it.each([
    ['nothing is said of any', { custom_data: [] }],
    ['nothing is said of its name', { signal_name: 'Quote', custom_data: [said('Quote', true)] }],
    ['null is said', { custom_data: [said('Sale', null)] }],
    ['a word is said that is neither', { custom_data: [{ ...said('Sale', null), value: 'perhaps' }] }],
    ['both are said', { custom_data: [said('Sale', true), said('Sale', false)] }],
    ['a row that is not rolled up has no value', { signal_name: 'Sale', signal_value: null }],
  ])('cannot tell what is held where %s, and never counts it', async (_what, more) => {
    const page = [CALL, event('E-1', 'SO-1', '100.0', more)];
    const { code, breaks, errors } = await reconciled('invoca', [SALE], page);
    expect(breaks).toEqual([['ambiguous', '100.00', '']]);
    expect(errors[0]).toMatch(/^cannot tell: the vendor has money of it/);
    expect(code).toBe(1);
  });

  it('does not count money of no row of which it cannot be told whether it is held, and has a break of it', async () => {
    const { breaks, errors, stderr } = await reconciled(
      'invoca',
      ['0000-CALL,Sale,SO-2,80.00,'],
      [
        CALL,
        event('E-1', 'SO-1', '100.0', {}),
        event('E-2', 'SO-2', '80.0', { custom_data: [said('Sale', true)] }),
      ],
    );
    expect(breaks).toEqual([
      ['matched', '80.00', '80.00'],
      ['ambiguous', '', ''],
    ]);
    expect(errors[1]).toMatch(/^cannot tell: /);
    expect(stderr).toMatch(/vendor +1 +80\.00\n/);
  });
});

describe('signals', () => {
  const plain = (id: string, call: string, orderId: string, name: string, revenue: string): Json =>
    event(id, orderId, revenue, {
      complete_call_id: call,
      transaction_type: 'Signal',
      signal_name: name,
      signal_value: true,
      custom_data: undefined,
    });

  it('are found by their order id, whatever their call is called in the file', async () => {
    const { code, breaks } = await reconciled(
      'invoca-signals',
      ['some-record-id,Sale,SO-1,100.00,', '0000-CALL,Sale,SO-2,80.00,'],
      [plain('S-1', 'CALL-1', 'SO-1', 'sale', '100.0'), plain('S-2', 'CALL-2', 'SO-2', 'Sale', '80.0')],
    );
    expect(breaks).toEqual([
      ['matched', '100.00', '100.00'],
      ['matched', '80.00', '80.00'],
    ]);
    expect(code).toBe(0);
  });

  it('that are on two calls under one order id are held twice', async () => {
    const { breaks } = await reconciled(
      'invoca-signals',
      [SALE],
      [plain('S-1', 'CALL-1', 'SO-1', 'Sale', '100.0'), plain('S-2', 'CALL-2', 'SO-1', 'Sale', '100.0')],
    );
    expect(breaks).toEqual([['doubled_at_vendor', '100.00', '200.00']]);
  });

  it('of a rolled-up account are found by it too', async () => {
    const { code, breaks } = await reconciled(
      'invoca-signals',
      [SALE],
      [CALL, event('E-1', 'SO-1', '100.0', { custom_data: [said('Sale', true), said('Quote', true)] })],
    );
    expect(breaks).toEqual([['matched', '100.00', '100.00']]);
    expect(code).toBe(0);
  });
});

it('compares with what an older revsync has pulled, which did not know what is true of each name', async () => {
  const space = new Workspace();
  const namespace = { vendor: 'invoca', account: 'default', origin: THERE };
  const rows = rowsOf([CALL, event('E-1', 'SO-1', '100.0', { custom_data: [said('Sale', true)] })]);
  await pullInto(space.ledger, { namespace, rows });
  const db = new Libsql(space.ledger);
  db.exec('alter table transactions drop column signals');
  db.close();
  space.write('sales.csv', `${OUTCOMES}\n${SALE}\n`);
  const ended = await space.run('reconcile', 'sales.csv', '--vendor', 'invoca', '--base-url', THERE);
  expect(ended.code).toBe(1);
  expect(space.rows('sales.breaks.csv').map((row) => row['revsync_break'])).toEqual([
    'missing_at_vendor',
    'ambiguous',
  ]);
});
