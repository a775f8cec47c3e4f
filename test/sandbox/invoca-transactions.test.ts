import { beforeEach, describe, expect, it } from 'vitest';
import type { Fake, FakeRequest } from '../../src/sandbox/fake.js';
import { invocaFake } from '../../src/sandbox/invoca.js';
import { NOON, request, told } from './request.js';

const DAY = 86_400_000;

function get(query = '', authorization = 't0ken', scope = 'networks'): FakeRequest {
  return request('GET', `/api/2020-10-01/${scope}/transactions/33.json${query}`, {
    headers: { authorization },
  });
}

function report(call: string, at: number): FakeRequest {
  const body = {
    search: { transaction_id: call },
    call_outcome: { outcome_name: 'Sale', partner_unique_id: 'A', sale_amount: '100.00' },
    oauth_token: 't0ken',
  };
  return request('POST', '/api/2015-08-17/call_outcomes.json', { body: JSON.stringify(body), at });
}

function refused(invalid_data: string): unknown {
  return { status: 403, body: { errors: { class: 'InvalidInput', invalid_data } } };
}

describe('the fake Invoca transactions', () => {
  let fake: Fake;
  const ids = (query: string): unknown[] =>
    (told(fake.answer(get(query))).body as { transaction_id: string }[]).map((row) => row.transaction_id);

  beforeEach(() => {
    fake = invocaFake({});
    fake.answer(report('T-1', NOON));
    fake.answer(report('T-2', NOON + DAY));
    fake.answer(report('T-1', NOON + 2 * DAY));
  });

  const ROW = {
    transaction_id: 'OUTCOME-1',
    corrects_transaction_id: null,
    corrected_at: null,
    complete_call_id: 'T-1',
    transaction_type: 'Reported Conversion',
    start_time_local: '2026-11-20 12:00:00 +00:00',
    start_time_utc: NOON,
    calling_phone_number: null,
    destination_phone_number: null,
    duration: null,
    revenue: null,
    sale_amount: '100.0',
  };

  it.each(['networks', 'advertisers', 'affiliates'])(
    'answers %s with a bare array, oldest first, without the columns of signals',
    (scope) => {
      expect(told(fake.answer(get('', 't0ken', scope)))).toEqual({
        status: 200,
        body: [
          ROW,
          {
            ...ROW,
            transaction_id: 'OUTCOME-2',
            complete_call_id: 'T-2',
            start_time_local: '2026-11-21 12:00:00 +00:00',
            start_time_utc: NOON + DAY,
          },
          {
            ...ROW,
            transaction_id: 'OUTCOME-3',
            corrects_transaction_id: 'OUTCOME-1',
            corrected_at: '2026-11-22 12:00:00 +00:00',
          },
        ],
      });
    },
  );

  it('answers the columns that include_columns names, and the default ones by their common name', () => {
    const signal = 'signal_name,signal_partner_unique_id,signal_value';
    expect(told(fake.answer(get(`?limit=1&include_columns=transaction_id,${signal}`)))).toEqual({
      status: 200,
      body: [
        {
          transaction_id: 'OUTCOME-1',
          signal_name: 'Sale',
          signal_partner_unique_id: 'A',
          signal_value: true,
        },
      ],
    });
    expect(told(fake.answer(get('?limit=1&include_columns=$invoca_default_columns,%20signal_name')))).toEqual(
      { status: 200, body: [{ ...ROW, signal_name: 'Sale' }] },
    );
  });

  it('pages by the last id until an empty page', () => {
    expect(ids('?limit=2')).toEqual(['OUTCOME-1', 'OUTCOME-2']);
    expect(ids('?limit=2&start_after_transaction_id=OUTCOME-2')).toEqual(['OUTCOME-3']);
    expect(ids('?limit=2&start_after_transaction_id=OUTCOME-3')).toEqual([]);
  });

  it('answers 1000 rows by default and 4000 at most', () => {
    for (let row = 4; row <= 1001; row += 1) fake.answer(report(`T-${row}`, NOON));
    expect(ids('')).toHaveLength(1000);
    expect(ids('?limit=4000')).toHaveLength(1001);
    for (const limit of ['4001', '0', '-1', 'x', ''])
      expect(told(fake.answer(get(`?limit=${limit}`)))).toEqual(refused('limit must be 1 to 4000'));
  });

  it('takes from and to together, both days included, by the start of the call and not of the correction', () => {
    expect(ids('?from=2026-11-20&to=2026-11-20')).toEqual(['OUTCOME-1', 'OUTCOME-3']);
    expect(ids('?from=2026-11-20&to=2026-11-21')).toEqual(['OUTCOME-1', 'OUTCOME-2', 'OUTCOME-3']);
    expect(ids('?from=2026-11-22&to=2026-11-30')).toEqual([]);
    expect(ids('?from=2026-11-22')).toHaveLength(3);
    expect(ids('?to=2026-11-01')).toHaveLength(3);
    expect(told(fake.answer(get('?from=11/20/2026&to=11/21/2026')))).toEqual(
      refused('from and to must be YYYY-MM-DD'),
    );
  });

  it('refuses to go on after an id that the dates leave out', () => {
    expect(
      told(fake.answer(get('?from=2026-11-20&to=2026-11-20&start_after_transaction_id=OUTCOME-2'))),
    ).toEqual(refused('start_after_transaction_id is not in this list'));
  });

  it.each(['', 'bad-1', 'Bearer t0ken'])('answers 401 to the header %j', (authorization) => {
    expect(told(fake.answer(get('?oauth_token=t0ken', authorization)))).toEqual({
      status: 401,
      body: { errors: { class: 'Unauthorized', invalid_data: 'Invalid or missing oauth token' } },
    });
  });

  it('takes nothing but GET', () => {
    expect(told(fake.answer({ ...get(), method: 'POST' }))).toEqual({
      status: 405,
      body: { errors: { class: 'MethodNotAllowed' } },
    });
  });
});
