import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Fake, FakeRequest } from '../../src/sandbox/fake.js';
import { invocaSignalsFake, type InvocaSignalsBooks } from '../../src/sandbox/invoca-signals.js';
import { newJournal, NOON, NOON_TEXT, request, told } from './request.js';

const PATH = '/api/2018-02-01/transactions.json';
const NOON_S = String(NOON / 1000);
const EMPTY: InvocaSignalsBooks = { signals: {}, transactions: [], custom_data: {}, call_in_progress: [] };

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
  occurred_at_time: NOON_S,
  revenue: '100.00',
  value: true,
};
const ROW = {
  transaction_id: 'SIGNAL-1',
  corrects_transaction_id: null,
  corrected_at: null,
  complete_call_id: 'REC-T-1',
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
  custom_data: [],
};
/** The first and only signal of an answer, and its call. */
const ANSWER = {
  transaction_id: 'SIGNAL-1',
  corrects_transaction_id: null,
  name: 'Sale',
  partner_unique_id: 'ORDER-1',
  occurred_at_time_t: NOON_S,
  revenue: '100.0',
  value: 'true',
};
const CALL = { transaction_id: 'T-1', corrects_transaction_id: null, start_time_t: NOON_S };

function done(...signals: object[]): unknown {
  return { status: 200, body: { signals: signals.map((signal) => ({ ...ANSWER, ...signal })), call: CALL } };
}

function put(body: Record<string, unknown>, how: How = {}): FakeRequest {
  return { ...post(body, how), method: 'PUT' };
}

function signals(fake: Fake): InvocaSignalsBooks['signals'] {
  return (fake.books() as InvocaSignalsBooks).signals;
}

describe('the fake Invoca signals', () => {
  it('answers 200 to a new signal and to a correction, with the signal as it is and the one it corrects', () => {
    const fake = invocaSignalsFake({});
    const occurred = { occurred_at_time_t: '1440607313' };
    expect(told(fake.answer(post({ signals: [sale({ occurred_at_time: '1440607313' })] })))).toEqual(
      done(occurred),
    );
    const later = { at: NOON + 60_000 };
    const correction = { transaction_id: 'SIGNAL-2', corrects_transaction_id: 'SIGNAL-1', revenue: '80.0' };
    expect(told(fake.answer(put({ signals: [sale({ revenue: '80' })] }, later)))).toEqual(
      done({ ...occurred, ...correction }),
    );
    const reversal = {
      ...{ transaction_id: 'SIGNAL-3', corrects_transaction_id: 'SIGNAL-2' },
      ...{ revenue: null, value: 'false' },
    };
    expect(told(fake.answer(post({ signals: [sale({ revenue: null, value: false })] }, later)))).toEqual(
      done({ ...occurred, ...reversal }),
    );
    const corrected_at = '2026-11-20 12:01:00 +00:00';
    expect(fake.books()).toEqual({
      ...EMPTY,
      signals: {
        'T-1|sale|ORDER-1': {
          ...SIGNAL,
          transaction_id: 'SIGNAL-3',
          occurred_at_time: '1440607313',
          revenue: null,
          value: false,
        },
      },
      transactions: [
        ROW,
        { ...ROW, ...correction, corrected_at },
        { ...ROW, ...reversal, corrected_at, signal_value: false, value: undefined },
      ].map(({ value: _, ...row }: object & { value?: unknown }) => row),
    });
  });

  it.each(['keep', 'replace'] as const)('makes nothing new of what was reported already (%s)', (omitted) => {
    const fake = invocaSignalsFake({ omitted });
    fake.answer(post({ signals: [sale()] }));
    const before = JSON.stringify(fake.books());
    for (const again of [{}, { revenue: '100.0' }, { revenue: 100, name: 'SALE', value: 'true' }])
      expect(told(fake.answer(put({ signals: [sale(again)] }, { at: NOON + 60_000 })))).toEqual(done({}));
    expect(JSON.stringify(fake.books())).toBe(before);
  });

  it('keeps what an update leaves out, or empties it, whichever it is told to', () => {
    const revenues = (['keep', 'replace'] as const).map((omitted) => {
      const fake = invocaSignalsFake({ omitted });
      fake.answer(post({ signals: [sale({ value: false })] }));
      const answer = told(fake.answer(post({ signals: [sale({ revenue: undefined, value: true })] })));
      fake.answer(post({ signals: [sale({ value: false })] }));
      fake.answer(post({ signals: [sale({ revenue: '5' })] }));
      const { revenue } = (answer.body as { signals: { revenue: unknown }[] }).signals[0] ?? {};
      return [revenue, signals(fake)['T-1|sale|ORDER-1']?.value];
    });
    expect(revenues).toEqual([
      ['100.0', false],
      [null, true],
    ]);
  });

  it.each([
    ['0.00', '0.0'],
    [0, '0.0'],
    [null, null],
  ])('takes the revenue %j and echoes %j', (revenue, echo) => {
    const fake = invocaSignalsFake({});
    expect(told(fake.answer(post({ signals: [sale({ revenue })] })))).toEqual(done({ revenue: echo }));
  });

  it('knows a signal by its call, its name in any case and its partner_unique_id', () => {
    const fake = invocaSignalsFake({});
    fake.answer(post({ signals: [sale()] }));
    fake.answer(post({ signals: [sale({ name: 'SALE', revenue: '1' })] }));
    fake.answer(post({ signals: [sale({ name: 'Quote' }), sale({ partner_unique_id: undefined })] }));
    fake.answer(post({ search: { transaction_id: 'T-2' }, signals: [sale({ revenue: '7' })] }));
    expect(signals(fake)).toEqual({
      'T-1|sale|ORDER-1': { ...SIGNAL, transaction_id: 'SIGNAL-2', revenue: '1' },
      'T-1|quote|ORDER-1': { ...SIGNAL, transaction_id: 'SIGNAL-3', name: 'Quote' },
      'T-1|sale|': { ...SIGNAL, transaction_id: 'SIGNAL-4', partner_unique_id: '' },
      'T-2|sale|ORDER-1': { ...SIGNAL, transaction_id: 'SIGNAL-5', call: 'T-2', revenue: '7' },
    });
  });

  it('answers custom data alone with no signal and the correction of the call that it makes, once for the same', () => {
    const fake = invocaSignalsFake({});
    const gold = { custom_data: [{ name: 'tier', value: 'gold' }] };
    const call = { transaction_id: 'CALL-1', corrects_transaction_id: 'T-1', start_time_t: NOON_S };
    const first = { status: 200, body: { signals: [], call } };
    expect(told(fake.answer(post(gold)))).toEqual(first);
    expect(told(fake.answer(put(gold)))).toEqual(first);
    expect(told(fake.answer(post({ custom_data: [{ name: 'region', value: 7 }] })))).toEqual({
      status: 200,
      body: {
        signals: [],
        call: { ...call, transaction_id: 'CALL-2', corrects_transaction_id: 'CALL-1' },
      },
    });
    const tier = { name: 'tier', data_type: 'Text', value: 'gold' };
    expect(fake.books()).toMatchObject({
      signals: {},
      transactions: [
        { transaction_type: 'Call', custom_data: [tier] },
        { transaction_type: 'Call', custom_data: [tier, { name: 'region', data_type: 'Text', value: '7' }] },
      ],
      custom_data: { 'T-1': { tier: 'gold', region: '7' } },
    });
  });

  it('applies ten signals and custom data at once, the same signal twice included', () => {
    const fake = invocaSignalsFake({});
    const ten = Array.from({ length: 10 }, (_, index) =>
      sale({ partner_unique_id: `O-${index % 9}`, revenue: String(index) }),
    );
    const custom_data = [{ name: 'tier', value: 'gold' }];
    const answer = told(fake.answer(post({ signals: ten, custom_data })));
    const chain = Array.from({ length: 10 }, (_, index) => [
      `SIGNAL-${index + 1}`,
      index === 9 ? 'SIGNAL-1' : null,
    ]);
    const refs = (rows: readonly object[]): unknown[] =>
      (rows as (typeof ANSWER)[]).map((row) => [row.transaction_id, row.corrects_transaction_id]);
    expect(refs((answer.body as { signals: object[] }).signals)).toEqual(chain);
    const books = fake.books() as InvocaSignalsBooks;
    expect(books.custom_data).toEqual({ 'T-1': { tier: 'gold' } });
    expect(refs(books.transactions)).toEqual(chain);
  });

  it('has room for 100 signals a call, and for corrections of these', () => {
    const fake = invocaSignalsFake({});
    const one = (number: number): Record<string, unknown> => sale({ partner_unique_id: `O-${number}` });
    for (let number = 0; number < 100; number += 1)
      expect(fake.answer(post({ signals: [one(number)] })).status).toBe(200);
    expect(told(fake.answer(post({ signals: [one(100)] })))).toEqual({
      status: 403,
      body: { errors: { class: 'InvalidInput', invalid_data: 'at most 100 signals a call' } },
    });
    expect(fake.answer(post({ signals: [{ ...one(7), revenue: '1' }] })).status).toBe(200);
    expect(fake.answer(post({ search: { transaction_id: 'T-2' }, signals: [one(100)] })).status).toBe(200);
    expect((fake.books() as InvocaSignalsBooks).transactions).toHaveLength(102);
  });

  it.each([
    [{ transaction_id: 'T-9' }, 'T-9', 'REC-T-9'],
    [{ call_record_id: 'REC-T-9' }, 'T-9', 'REC-T-9'],
    [{ call_record_id: 'R-9' }, 'R-9', 'R-9'],
    [{ external_call_unique_id: 'X-9' }, 'X-9', 'REC-X-9'],
    [{ start_time_t: 1795000000, network_id: 33 }, 'at-1795000000000-33', 'REC-at-1795000000000-33'],
    [
      {
        start_time_t: '1795000000',
        advertiser_campaign_id_from_network: 'c',
        calling_phone_number: '+12125550199',
      },
      'at-1795000000000-+12125550199-c',
      'REC-at-1795000000000-+12125550199-c',
    ],
  ])('finds a call by %j', (search, call, record) => {
    const fake = invocaSignalsFake({});
    expect(fake.answer(post({ search, signals: [sale()] })).status).toBe(200);
    expect(Object.values(signals(fake)).map((signal) => signal.call)).toEqual([call]);
    expect((fake.books() as InvocaSignalsBooks).transactions[0]?.complete_call_id).toBe(record);
  });

  const REVENUE = 'Revenue must be a number without symbols or separators';
  it.each([
    [{ signals: [sale({ description: 'x' })] }, 'description is not allowed'],
    [{ signals: [sale({ custom_parameter_1: 'x' })] }, 'custom_parameter_1 is not allowed'],
    [{ signals: [sale()], description: 'x' }, 'description is not allowed'],
    [{ signals: [sale({ sale_amount: '5' })] }, 'sale_amount is not allowed'],
    [{ signals: [sale({ name: '' })] }, "Name can't be blank"],
    [{ signals: ['Sale'] }, "Name can't be blank"],
    [{ signals: [sale({ revenue: '$5' })] }, REVENUE],
    [{ signals: [sale({ revenue: '' })] }, REVENUE],
    [{ signals: [sale({ value: 'maybe' })] }, 'Value must be true or false'],
    [{ signals: Array.from({ length: 11 }, () => sale()) }, 'at most 10 signals a request'],
    [{}, 'signals or custom_data must be lists, and one of them not empty'],
    [{ signals: sale() }, 'signals or custom_data must be lists, and one of them not empty'],
    [{ custom_data: [{ value: 'x' }] }, "custom_data name can't be blank"],
    [
      { search: {}, signals: [sale()] },
      'transaction_id, call_record_id, external_call_unique_id or start_time_t must be present',
    ],
    [{ signals: [sale(), sale({ revenue: '-1' })] }, REVENUE],
    [{ signals: [sale({ occurred_at_time: 'noon' })] }, 'Occurred at time must be a time'],
    [{ signals: [sale({ occurred_at_time_t: NOON_S })] }, 'occurred_at_time_t is not allowed'],
    [
      { search: { start_time_t: '1' }, signals: [sale({ name: '', revenue: '$5' })], tier: 1 },
      'start_time_t must have 10 or 13 digits, start_time_t needs one of calling_phone_number, duration_in_seconds, ' +
        'advertiser_id_from_network, advertiser_campaign_id_from_network, network_id, tier is not allowed, ' +
        `Name can't be blank, ${REVENUE}`,
    ],
  ])('refuses %j as InvalidInput, tells all that is wrong and applies nothing of it', (body, message) => {
    const fake = invocaSignalsFake({});
    expect(told(fake.answer(post(body)))).toEqual({
      status: 403,
      body: { errors: { class: 'InvalidInput', invalid_data: message } },
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
    expect(fake.answer(post({ search: { transaction_id: 'REC-T-1' }, signals: [sale()] })).status).toBe(404);
    const other = { start_time_t: '1795000000', advertiser_id_from_network: '403404-1' };
    for (const search of [{ transaction_id: '403404' }, other])
      expect(told(fake.answer(post({ search, signals: [sale()] })))).toEqual({
        status: 403,
        body: {
          errors: {
            class: 'UnauthorizedAdvertiser',
            invalid_data: 'You do not have access to this advertiser',
          },
        },
      });
    const headers = { authorization: 'readonly-1' };
    expect(told(fake.answer(post({ signals: [sale()] }, { headers })))).toMatchObject({
      status: 403,
      body: { errors: { class: 'UnauthorizedOperation' } },
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
    const body = { signals: [sale()] };
    expect(told(fake.answer(post(body, { target: '/api/2020-10-01/transactions.json' })))).toEqual({
      status: 400,
      body: { errors: version },
    });
    expect(told(fake.answer(post(body, { target: `${PATH}?oauth_token=t0ken` })))).toEqual({
      status: 400,
      body: { errors: place },
    });
    expect(told(fake.answer(post({ ...body, oauth_token: 't0ken' })))).toEqual({
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
      done({ transaction_id: 'SIGNAL-4', corrects_transaction_id: 'SIGNAL-2', revenue: '1.0' }),
    );
    expect(fake.books()).toMatchObject({
      signals: { 'T-1|sale|ORDER-1': { transaction_id: 'SIGNAL-4', revenue: '1' } },
      call_in_progress: [NOON_TEXT, '2026-11-20T12:00:01.000Z'],
    });
  });

  it('takes nothing but POST and PUT', () => {
    const fake = invocaSignalsFake({});
    expect(told(fake.answer({ ...post({ signals: [sale()] }), method: 'PATCH' }))).toEqual({
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
      signals: { 'T-1|sale|ORDER-1': { ...SIGNAL, transaction_id: 'SIGNAL-4', revenue: '5' } },
      transactions: [
        ROW,
        {
          ...ROW,
          transaction_id: 'SIGNAL-4',
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
