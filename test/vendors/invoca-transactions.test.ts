import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { Page, PageQuery, Transaction } from '../../src/core/transactions.js';
import type { Reply } from '../../src/core/vendor.js';
import { invocaTransactions } from '../../src/vendors/invoca-transactions.js';

const QUERY: PageQuery = {
  scope: { kind: 'networks', id: '33' },
  period: { from: '', to: '' },
  zone: 'UTC',
  limit: 4000,
  columns: [],
};
const DEFAULTS = '$invoca_default_columns,signal_name,signal_partner_unique_id,signal_value,custom_data';

function reply(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return { status, headers, text: typeof body === 'string' ? body : JSON.stringify(body), receivedAt: 0 };
}

function read(...rows: unknown[]): Extract<Page, { kind: 'rows' }> {
  const page = invocaTransactions.readPage(reply(200, rows), QUERY);
  if (page.kind !== 'rows') throw new Error(page.message);
  return page;
}

function one(row: Record<string, unknown>): Transaction {
  const [transaction] = read({ transaction_id: 'T-1', ...row }).rows;
  if (transaction === undefined) throw new Error('no row');
  return transaction;
}

describe('a request for a page of Invoca transactions', () => {
  it('asks for the default columns and those of signals, which are left out unless named', () => {
    expect(invocaTransactions.request(QUERY)).toEqual({
      method: 'GET',
      path: '/api/{version}/networks/transactions/33.json',
      query: { limit: '4000', include_columns: DEFAULTS },
      headers: {},
      body: { kind: 'none' },
    });
  });

  it('names both days, the last row of the page before, and more columns once each', () => {
    const { path, query } = invocaTransactions.request({
      scope: { kind: 'affiliates', id: 'a b/c' },
      period: { from: '2026-11-01', to: '2026-11-30' },
      zone: 'UTC',
      cursor: 'C624DA2C-CF3367C3',
      limit: 10,
      columns: ['city', 'signal_name'],
    });
    expect(path).toBe('/api/{version}/affiliates/transactions/a%20b%2Fc.json');
    expect(query).toEqual({
      limit: '10',
      from: '2026-11-01',
      to: '2026-11-30',
      include_columns: `${DEFAULTS},city`,
      start_after_transaction_id: 'C624DA2C-CF3367C3',
    });
  });

  it('has the token in its header alone, bare, and the version in its path', () => {
    const request = invocaTransactions.request(QUERY);
    expect(JSON.stringify(request)).not.toContain('s3cret');
    const secrets = { INVOCA_OAUTH_TOKEN: 's3cret', INVOCA_TRANSACTIONS_API_VERSION: '2022-08-01' };
    expect(invocaTransactions.authorize(request, secrets)).toEqual({
      ...request,
      path: '/api/2022-08-01/networks/transactions/33.json',
      headers: { authorization: 's3cret' },
    });
  });
});

describe('a page of Invoca transactions', () => {
  it('reads every column it needs and keeps all of them as they came', () => {
    const columns = {
      transaction_id: 'T-2',
      corrects_transaction_id: 'T-1',
      corrected_at: '2026-11-20 12:00:00 -08:00',
      complete_call_id: 'CALL-1',
      transaction_type: 'Post Call Event',
      start_time_local: '2026-11-20 10:00:00 -08:00',
      start_time_utc: 1_795_197_600_000,
      calling_phone_number: '404-555-0100',
      destination_phone_number: null,
      duration: 75,
      signal_name: 'Sale',
      signal_partner_unique_id: 'SO-1',
      signal_value: true,
      revenue: 12.5,
      sale_amount: '100.0',
      city: 'Ankeny, IA',
    };
    expect(read(columns)).toEqual({
      kind: 'rows',
      warnings: [],
      next: 'T-2',
      rows: [
        {
          id: 'T-2',
          call: 'CALL-1',
          corrects: 'T-1',
          correctedAt: Date.UTC(2026, 10, 20, 20),
          type: 'Post Call Event',
          startedAt: 1_795_197_600_000,
          caller: '404-555-0100',
          duration: 75,
          outcome: 'Sale',
          orderId: 'SO-1',
          value: true,
          amount: 1_000_000,
          columns: {
            ...columns,
            start_time_utc: '1795197600000',
            destination_phone_number: '',
            duration: '75',
            signal_value: 'true',
            revenue: '12.5',
          },
        },
      ],
    });
  });

  it('takes the id of the row for its call where there is none, and blanks for nothing', () => {
    expect(
      one({ complete_call_id: '', corrects_transaction_id: ' ', revenue: '', signal_value: '' }),
    ).toEqual({ id: 'T-1', call: 'T-1', type: '', columns: expect.anything() as object });
  });

  it.each([
    ['Reported Conversion', { sale_amount: '100.0', revenue: '7.00' }, 1_000_000],
    ['Signal', { sale_amount: null, revenue: '7.00' }, 70_000],
    ['Sale', { sale_amount: 19.99 }, 199_900],
    ['Signal', { revenue: 0 }, 0],
    // What a call itself brought is no sale.
    ['Call', { revenue: '25.00' }, undefined],
    ['Call', { signal_name: 'Sale,Quote', sale_amount: '100.0', revenue: '25.00' }, undefined],
    // Of a rolled-up account it is the revenue; the amount is that of the whole call.
    ['Post Call Event', { signal_name: 'Sale,Quote', sale_amount: '300.0', revenue: '25.00' }, 250_000],
  ] as const)('reads what was sold: a %s with %j', (type, money, amount) => {
    expect(one({ transaction_type: type, ...money }).amount).toBe(amount);
  });

  it.each([
    ['100.00001', 'sale_amount "100.00001" cannot be read as an exact amount'],
    ['1,200.00', 'sale_amount "1,200.00" cannot be read as an exact amount'],
    [123456789.12345679, 'sale_amount "123456789.12345679" cannot be read as an exact amount'],
    [1e300, 'sale_amount "1e+300" cannot be read as an exact amount'],
    [`9${'0'.repeat(60)}`, `sale_amount "9${'0'.repeat(39)}…" cannot be read as an exact amount`],
    [{ amount: 1 }, 'sale_amount "{\\"amount\\":1}" cannot be read as an exact amount'],
  ])('keeps a row whose amount is %j, and says so', (amount, message) => {
    const page = read({ transaction_id: 'T-1', transaction_type: 'Sale', sale_amount: amount });
    expect(page.warnings).toEqual([{ id: 'T-1', message }]);
    expect(page.rows[0]?.amount).toBeUndefined();
  });

  it('calls the sale of an older account Sale, which names no outcome', () => {
    expect(one({ transaction_type: 'Sale' }).outcome).toBe('Sale');
    expect(one({ transaction_type: 'Call' }).outcome).toBeUndefined();
    expect(one({ transaction_type: 'Sale', signal_name: 'Upsell' }).outcome).toBe('Upsell');
  });

  it.each([
    ['2026-11-20T12:00:00Z', Date.UTC(2026, 10, 20, 12)],
    ['2026-11-20 12:00:00 -0500', Date.UTC(2026, 10, 20, 17)],
    ['2026-11-20 12:00:00.250 +05:30', Date.UTC(2026, 10, 20, 6, 30, 0, 250)],
    ['1795176000000', 1_795_176_000_000],
    // Without an offset it may be any of two dozen instants.
    ['2026-11-20 12:00:00', undefined],
    ['11/20/2026 12:00 PM -05:00', undefined],
    ['2026-13-40T12:00:00Z', undefined],
    ['9999999999999999', undefined],
  ])('reads the time %s', (text, at) => {
    expect(one({ corrected_at: text }).correctedAt).toBe(at);
  });

  it.each([
    [true, true],
    ['true', true],
    ['1', true],
    [1, true],
    [false, false],
    ['FALSE', false],
    ['0', false],
    ['maybe', undefined],
    [null, undefined],
  ])('reads the value %j', (value, flag) => {
    expect(one({ signal_value: value }).value).toBe(flag);
  });

  it('is the last one where it has no rows, and no other', () => {
    expect(read()).toEqual({ kind: 'rows', rows: [], warnings: [] });
    expect(read({ transaction_id: 'T-1' }, { transaction_id: 'T-2' }).next).toBe('T-2');
  });

  it.each([
    ['[{"transaction_id":"T-1"},', 'it is not a whole JSON array'],
    ['{"transactions":[]}', 'it is not a whole JSON array'],
    ['', 'it is not a whole JSON array'],
    ['[{"transaction_id":"T-1"},{"revenue":1}]', 'row 2 has no transaction_id'],
    ['[["T-1"]]', 'row 1 has no transaction_id'],
  ])('is never read in part: %s', (text, why) => {
    expect(invocaTransactions.readPage(reply(200, text), QUERY)).toEqual({
      kind: 'in_doubt',
      code: 'unclear_answer',
      message: `the page cannot be read: ${why}`,
    });
  });

  const errors = (errorClass: string): unknown => ({ errors: { class: errorClass, invalid_data: 'why' } });
  it.each([
    [reply(401, errors('Unauthorized')), 'refused'],
    [reply(403, errors('UnauthorizedOperation')), 'refused'],
    [reply(403, errors('InvalidInput')), 'rejected'],
    [reply(403, ''), 'refused'],
    [reply(404, errors('RecordNotFound')), 'rejected'],
    [reply(400, ''), 'rejected'],
    [reply(429, '', { 'retry-after': '7' }), 'busy'],
    [reply(503, '', { 'retry-after': '7' }), 'busy'],
    [reply(504, 'Gateway Timeout'), 'in_doubt'],
    [reply(302, ''), 'in_doubt'],
    [reply(204, ''), 'in_doubt'],
  ])('reads the failure %j', (given, kind) => {
    expect(invocaTransactions.readPage(given, QUERY).kind).toBe(kind);
  });

  it('gives an answer to any status and text, with each row of the array or none', () => {
    const rows = fc.array(fc.oneof(fc.record({ transaction_id: fc.string() }), fc.jsonValue()));
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      rows.map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), text, (status, text) => {
        const page = invocaTransactions.readPage(reply(status, text), QUERY);
        if (page.kind !== 'rows') return;
        expect(status).toBe(200);
        expect(page.rows).toHaveLength((JSON.parse(text) as unknown[]).length);
      }),
    );
  });
});

describe('a number that is too long for a float', () => {
  it('keeps its digits, as an id and as an amount', () => {
    const text =
      '[{"transaction_id":9007199254740993,"complete_call_id":12345678901234567890,"transaction_type":"Sale","sale_amount":100.0000000000000000}]';
    const page = invocaTransactions.readPage(reply(200, text), QUERY);
    expect(page).toMatchObject({
      kind: 'rows',
      rows: [{ id: '9007199254740993', call: '12345678901234567890', amount: 1_000_000 }],
      next: '9007199254740993',
      warnings: [],
    });
  });
});
