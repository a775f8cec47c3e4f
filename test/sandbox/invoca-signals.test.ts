import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FakeRequest } from '../../src/sandbox/fake.js';
import { invocaSignalsFake, type InvocaSignalsBooks } from '../../src/sandbox/invoca-signals.js';
import { newJournal, NOON, NOON_TEXT, request, told } from './request.js';

const PATH = '/api/2018-02-01/transactions.json';
const EMPTY: InvocaSignalsBooks = { signals: {}, transactions: [], custom_data: {}, call_in_progress: [] };
const DONE = { status: 200, body: {} };

interface How {
  target?: string;
  headers?: Record<string, string>;
  at?: number;
}

function post(
  body: Record<string, unknown>,
  { target = PATH, headers = { authorization: 't0ken' }, at = NOON }: How = {},
): FakeRequest {
  const text = JSON.stringify({ search: { transaction_id: 'T-1' }, ...body });
  return request('POST', target, { headers, body: text, at });
}

function sale(signal: Record<string, unknown> = {}): Record<string, unknown> {
  return { name: 'Sale', partner_unique_id: 'ORDER-1', revenue: '100.00', ...signal };
}

const SIGNAL = {
  transaction_id: 'SIGNAL-1',
  call: 'T-1',
  name: 'Sale',
  partner_unique_id: 'ORDER-1',
  occurred_at_time: null,
  revenue: '100.00',
  value: true,
};
const ROW = {
  transaction_id: 'SIGNAL-1',
  corrects_transaction_id: null,
  corrected_at: null,
  complete_call_id: 'T-1',
  transaction_type: 'Signal',
  start_time_local: '2026-11-20 12:00:00 +00:00',
  start_time_utc: NOON,
  calling_phone_number: null,
  destination_phone_number: null,
  duration: null,
  revenue: '100.0',
  sale_amount: null,
  signal_name: 'Sale',
  signal_partner_unique_id: 'ORDER-1',
  signal_value: true,
};

describe('the fake Invoca signals', () => {
  it('answers 200 to a new signal and to a correction, which names the one before it', () => {
    const fake = invocaSignalsFake({});
    expect(told(fake.answer(post({ signals: [sale({ occurred_at_time: '1440607313' })] })))).toEqual(DONE);
    const later = { at: NOON + 60_000 };
    expect(told(fake.answer(post({ signals: [sale({ revenue: '80' })] }, later)))).toEqual(DONE);
    expect(told(fake.answer(post({ signals: [sale({ revenue: undefined, value: false })] }, later)))).toEqual(
      DONE,
    );
    const corrected_at = '2026-11-20 12:01:00 +00:00';
    expect(fake.books()).toEqual({
      ...EMPTY,
      signals: { 'ORDER-1': { ...SIGNAL, transaction_id: 'SIGNAL-3', revenue: null, value: false } },
      transactions: [
        ROW,
        {
          ...ROW,
          transaction_id: 'SIGNAL-2',
          corrects_transaction_id: 'SIGNAL-1',
          corrected_at,
          revenue: '80.0',
        },
        {
          ...ROW,
          transaction_id: 'SIGNAL-3',
          corrects_transaction_id: 'SIGNAL-2',
          corrected_at,
          revenue: null,
          signal_value: false,
        },
      ],
    });
  });

  it('knows a signal by its partner_unique_id alone, so that one of another call overwrites it', () => {
    const fake = invocaSignalsFake({});
    fake.answer(post({ signals: [sale()] }));
    fake.answer(post({ search: { transaction_id: 'T-2' }, signals: [sale({ revenue: '7' })] }));
    expect((fake.books() as InvocaSignalsBooks).signals).toEqual({
      'ORDER-1': { ...SIGNAL, transaction_id: 'SIGNAL-2', call: 'T-2', revenue: '7' },
    });
  });

  it('knows a signal without partner_unique_id by its call and its name in any case', () => {
    const fake = invocaSignalsFake({});
    fake.answer(post({ signals: [sale({ partner_unique_id: '' })] }));
    fake.answer(post({ signals: [sale({ partner_unique_id: undefined, name: 'SALE' })] }));
    fake.answer(
      post({ search: { transaction_id: 'T-2' }, signals: [sale({ partner_unique_id: undefined })] }),
    );
    const signal = { ...SIGNAL, partner_unique_id: '' };
    expect((fake.books() as InvocaSignalsBooks).signals).toEqual({
      'T-1|sale': { ...signal, transaction_id: 'SIGNAL-2' },
      'T-2|sale': { ...signal, transaction_id: 'SIGNAL-3', call: 'T-2' },
    });
  });

  it('applies ten signals and custom data at once, the same signal twice included', () => {
    const fake = invocaSignalsFake({});
    const ten = Array.from({ length: 10 }, (_, index) => sale({ partner_unique_id: `O-${index % 9}` }));
    const custom_data = [{ name: 'tier', value: 'gold' }];
    expect(told(fake.answer(post({ signals: ten, custom_data })))).toEqual(DONE);
    fake.answer(post({ custom_data: [{ name: 'region', value: 7 }] }));
    const books = fake.books() as InvocaSignalsBooks;
    expect(books.custom_data).toEqual({ 'T-1': { tier: 'gold', region: '7' } });
    expect(books.transactions.map((row) => [row.transaction_id, row.corrects_transaction_id])).toEqual([
      ['SIGNAL-1', null],
      ['SIGNAL-2', null],
      ['SIGNAL-3', null],
      ['SIGNAL-4', null],
      ['SIGNAL-5', null],
      ['SIGNAL-6', null],
      ['SIGNAL-7', null],
      ['SIGNAL-8', null],
      ['SIGNAL-9', null],
      ['SIGNAL-10', 'SIGNAL-1'],
    ]);
  });

  const REVENUE = 'Revenue must be a number greater than 0 without symbols or separators';
  it.each([
    [{ signals: [sale({ description: 'x' })] }, 'description is not allowed'],
    [{ signals: [sale({ custom_parameter_1: 'x' })] }, 'custom_parameter_1 is not allowed'],
    [{ signals: [sale()], description: 'x' }, 'description is not allowed'],
    [{ signals: [sale({ sale_amount: '5' })] }, 'sale_amount is not allowed'],
    [{ signals: [sale({ name: '' })] }, "Name can't be blank"],
    [{ signals: ['Sale'] }, "Name can't be blank"],
    [{ signals: [sale({ revenue: '0.00' })] }, REVENUE],
    [{ signals: [sale({ revenue: '$5' })] }, REVENUE],
    [{ signals: [sale({ revenue: '' })] }, REVENUE],
    [{ signals: [sale({ value: 'maybe' })] }, 'Value must be true or false'],
    [{ signals: Array.from({ length: 11 }, () => sale()) }, 'at most 10 signals a request'],
    [{}, 'signals or custom_data must be lists, and one of them not empty'],
    [{ signals: sale() }, 'signals or custom_data must be lists, and one of them not empty'],
    [{ custom_data: [{ value: 'x' }] }, "custom_data name can't be blank"],
    [{ search: {}, signals: [sale()] }, 'transaction_id or start_time_t must be present'],
    [{ signals: [sale(), sale({ revenue: '-1' })] }, REVENUE],
  ])('refuses %j as RecordInvalid and applies nothing of it', (body, message) => {
    const fake = invocaSignalsFake({});
    expect(told(fake.answer(post(body)))).toEqual({
      status: 403,
      body: { errors: { class: 'RecordInvalid', invalid_data: `Validation failed: ${message}` } },
    });
    expect(fake.books()).toEqual(EMPTY);
  });

  it('answers 404 to an unknown call and 403 to one of another advertiser', () => {
    const fake = invocaSignalsFake({});
    expect(told(fake.answer(post({ search: { transaction_id: '404404' }, signals: [sale()] })))).toEqual({
      status: 404,
      body: {
        errors: {
          class: 'RecordNotFound',
          invalid_data: 'No call found. Please refer to the documentation.',
        },
      },
    });
    expect(told(fake.answer(post({ search: { transaction_id: '403404' }, signals: [sale()] })))).toEqual({
      status: 403,
      body: {
        errors: {
          class: 'UnauthorizedAdvertiser',
          invalid_data: 'You do not have access to this advertiser',
        },
      },
    });
    expect(fake.books()).toEqual(EMPTY);
  });

  it.each([
    ['none', {}],
    ['a bad one', { authorization: 'bad-1' }],
    ['one that is not bare', { authorization: 'Bearer t0ken' }],
  ])('answers 401 to %s for a token', (_, headers: Record<string, string>) => {
    const fake = invocaSignalsFake({});
    expect(told(fake.answer(post({ signals: [sale()] }, { headers })))).toEqual({
      status: 401,
      body: { errors: { class: 'Unauthorized', invalid_data: 'Invalid or missing oauth token' } },
    });
    expect(fake.books()).toEqual(EMPTY);
  });

  it('answers 400 to another version, and to a token in the URL or in the body', () => {
    const fake = invocaSignalsFake({});
    const version = { class: 'InvalidInput', invalid_data: 'Invalid API version for route' };
    const place = { class: 'InvalidInput', invalid_data: 'The token belongs in the header' };
    const signals = [sale()];
    expect(told(fake.answer(post({ signals }, { target: '/api/2020-10-01/transactions.json' })))).toEqual({
      status: 400,
      body: { errors: version },
    });
    expect(told(fake.answer(post({ signals }, { target: `${PATH}?oauth_token=t0ken` })))).toEqual({
      status: 400,
      body: { errors: place },
    });
    expect(told(fake.answer(post({ signals, oauth_token: 't0ken' })))).toEqual({
      status: 400,
      body: { errors: place },
    });
    expect(fake.books()).toEqual(EMPTY);
  });

  it('writes down call_in_progress wherever it stands, and hides what is wrong with such a request', () => {
    const fake = invocaSignalsFake({});
    expect(told(fake.answer(post({ signals: [sale()], call_in_progress: true })))).toEqual({
      status: 201,
      body: {},
    });
    const search = { transaction_id: '404404', call_in_progress: 1 };
    expect(told(fake.answer(post({ search, signals: [sale()] }, { at: NOON + 1000 })))).toEqual({
      status: 201,
      body: {},
    });
    expect(told(fake.answer(post({ signals: [sale({ call_in_progress: false, revenue: '1' })] })))).toEqual(
      DONE,
    );
    expect(fake.books()).toMatchObject({
      signals: { 'ORDER-1': { transaction_id: 'SIGNAL-2', revenue: '1' } },
      call_in_progress: [NOON_TEXT, '2026-11-20T12:00:01.000Z'],
    });
  });

  it('takes nothing but POST', () => {
    const fake = invocaSignalsFake({});
    expect(told(fake.answer({ ...post({ signals: [sale()] }), method: 'PUT' }))).toEqual({
      status: 405,
      body: { errors: { class: 'MethodNotAllowed' } },
    });
    expect(fake.books()).toEqual(EMPTY);
  });

  it('finds its books again, corrects what stands in them and keeps no token in them', () => {
    const journal = newJournal();
    const first = invocaSignalsFake({ journal });
    first.answer(post({ signals: [sale()], custom_data: [{ name: 'tier', value: 'gold' }] }));
    first.answer(post({ signals: [sale({ name: '' })], call_in_progress: true }));
    const second = invocaSignalsFake({ journal });
    expect(second.books()).toEqual(first.books());
    second.answer(post({ signals: [sale({ revenue: '5' })] }));
    expect(second.books()).toEqual({
      signals: { 'ORDER-1': { ...SIGNAL, transaction_id: 'SIGNAL-2', revenue: '5' } },
      transactions: [
        ROW,
        {
          ...ROW,
          transaction_id: 'SIGNAL-2',
          corrects_transaction_id: 'SIGNAL-1',
          corrected_at: '2026-11-20 12:00:00 +00:00',
          revenue: '5.0',
        },
      ],
      custom_data: { 'T-1': { tier: 'gold' } },
      call_in_progress: [NOON_TEXT],
    });
    expect(readFileSync(journal, 'utf8')).not.toContain('t0ken');
  });
});
