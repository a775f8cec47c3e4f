import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Fake, FakeRequest } from '../../src/sandbox/fake.js';
import { trackdriveFake, type TrackDriveBooks } from '../../src/sandbox/trackdrive.js';
import { newJournal, NOON, NOON_TEXT, request, told } from './request.js';

const EMPTY: TrackDriveBooks = {
  calls: {},
  billing: [],
  reversal_requests: {},
  offer_reversal_requests: {},
  updates: [],
  hung_up: [],
};
const UUID_77 = '00000000-0000-4000-8000-000000000077';
/** A call of which nothing was ever sent, at noon. */
const CALL_77 = {
  id: '77',
  uuid: UUID_77,
  created_at: NOON_TEXT,
  updated_at: NOON_TEXT,
  caller_number: null,
  number_called: null,
  buyer: null,
  offer: null,
  traffic_source: null,
  status: 'finished',
  buyer_converted: null,
  offer_converted: null,
  revenue: null,
  payout: null,
  trackdrive_buyer_id: null,
  trackdrive_traffic_source_id: null,
  disposition: null,
};
/** It as the vendor shows it. */
const ROW_77 = {
  id: 77,
  uuid: UUID_77,
  created_at: '2026-11-20 12:00:00 +0000',
  updated_at: '2026-11-20 12:00:00 +0000',
  caller_number: null,
  number_called: null,
  buyer: null,
  offer: null,
  traffic_source: null,
  status: 'finished',
  buyer_converted: 'Not Converted',
  traffic_source_converted: 'Not Converted',
  revenue: null,
  buyer_revenue: null,
  payout: null,
};

function basic(pair: string): string {
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

function put(call: string, body: string, authorization = basic('pub:priv'), at = NOON): FakeRequest {
  return request('PUT', `/api/v1/calls/${call}`, { headers: { authorization }, body, at });
}

function putJson(call: string, fields: unknown): FakeRequest {
  const headers = { authorization: basic('pub:priv'), 'content-type': 'application/json' };
  return request('PUT', `/api/v1/calls/${call}`, { headers, body: JSON.stringify(fields) });
}

describe('the fake TrackDrive', () => {
  it('bills a conversion once, and a second one only sets what is billed', () => {
    const fake = trackdriveFake({});
    expect(told(fake.answer(put('77', 'buyer_converted=true&revenue=50.00')))).toEqual({
      status: 200,
      body: { ...ROW_77, buyer_converted: 'Converted', revenue: '50.00', buyer_revenue: '50.00' },
    });
    fake.answer(put('77', 'buyer_converted=true&revenue=60.5&trackdrive_buyer_id=b1&payout=10'));
    expect(fake.books()).toEqual({
      ...EMPTY,
      calls: {
        '77': {
          ...CALL_77,
          buyer_converted: true,
          revenue: '60.5',
          payout: '10',
          trackdrive_buyer_id: 'b1',
        },
      },
      billing: [{ call: '77', kind: 'conversion', revenue: '60.5' }],
      updates: [
        {
          at: NOON_TEXT,
          route: 'calls',
          call: '77',
          parameters: { buyer_converted: 'true', revenue: '50.00' },
        },
        {
          at: NOON_TEXT,
          route: 'calls',
          call: '77',
          parameters: { buyer_converted: 'true', revenue: '60.5', payout: '10', trackdrive_buyer_id: 'b1' },
        },
      ],
    });
  });

  it('offsets a conversion once, counts every reversal that was asked for, and bills a new conversion anew', () => {
    const fake = trackdriveFake({});
    fake.answer(put('77', 'buyer_converted=true&revenue=50.00'));
    fake.answer(put('77', 'buyer_converted=false'));
    fake.answer(put('77', 'buyer_converted=false'));
    fake.answer(put('77', 'buyer_converted=true&revenue=20.00'));
    const parameters = { buyer_converted: 'false' };
    expect(fake.books()).toEqual({
      ...EMPTY,
      calls: { '77': { ...CALL_77, buyer_converted: true, revenue: '20.00' } },
      billing: [
        { call: '77', kind: 'conversion', revenue: '50.00' },
        { call: '77', kind: 'reversal', revenue: '-50.00' },
        { call: '77', kind: 'conversion', revenue: '20.00' },
      ],
      reversal_requests: { '77': 2 },
      updates: [
        {
          at: NOON_TEXT,
          route: 'calls',
          call: '77',
          parameters: { buyer_converted: 'true', revenue: '50.00' },
        },
        { at: NOON_TEXT, route: 'calls', call: '77', parameters },
        { at: NOON_TEXT, route: 'calls', call: '77', parameters },
        {
          at: NOON_TEXT,
          route: 'calls',
          call: '77',
          parameters: { buyer_converted: 'true', revenue: '20.00' },
        },
      ],
    });
  });

  it('offsets nothing for a call that was never billed', () => {
    const fake = trackdriveFake({});
    fake.answer(put('77', 'buyer_converted=false'));
    expect(fake.books()).toMatchObject({ billing: [], reversal_requests: { '77': 1 } });
  });

  it('bills by buyer_converted and revenue together, whichever comes first, and never by offer_converted', () => {
    const fake = trackdriveFake({});
    fake.answer(put('1', 'revenue=5.00'));
    fake.answer(put('2', 'buyer_converted=true'));
    fake.answer(put('3', 'offer_converted=true&revenue=7.00'));
    expect(fake.books()).toMatchObject({ billing: [] });
    fake.answer(put('1', 'buyer_converted=true'));
    fake.answer(put('2', 'revenue=6.00'));
    expect(fake.books()).toMatchObject({
      billing: [
        { call: '1', kind: 'conversion', revenue: '5.00' },
        { call: '2', kind: 'conversion', revenue: '6.00' },
      ],
    });
  });

  it('adds add_revenue and add_payout to what the call holds', () => {
    const fake = trackdriveFake({});
    fake.answer(put('77', 'buyer_converted=true&revenue=0.10&add_payout=1'));
    fake.answer(put('77', 'add_revenue=0.20&add_payout=2.5'));
    expect(fake.books()).toMatchObject({
      calls: { '77': { revenue: '0.30', payout: '3.5' } },
      billing: [{ call: '77', kind: 'conversion', revenue: '0.30' }],
    });
  });

  it('takes parameters in the query, and the body decides where both have one', () => {
    const fake = trackdriveFake({});
    const headers = { authorization: basic('pub:priv') };
    fake.answer(
      request('PUT', '/api/v1/calls/77?revenue=1.00&payout=2.00', { headers, body: 'revenue=3.00' }),
    );
    expect(fake.books()).toMatchObject({ calls: { '77': { revenue: '3.00', payout: '2.00' } } });
  });

  it('takes a token in the path, with the parameters in the query or in a form, and forgets the token', () => {
    const journal = newJournal();
    const fake = trackdriveFake({ journal });
    const path = '/api/v1/secure/t0k%2Fen/calls/0b7c-11';
    expect(told(fake.answer(request('PUT', `${path}?buyer_converted=true&revenue=9.00`)))).toEqual({
      status: 200,
      body: {
        ...ROW_77,
        id: 7_700_000_000_001,
        uuid: '0b7c-11',
        buyer_converted: 'Converted',
        revenue: '9.00',
        buyer_revenue: '9.00',
      },
    });
    fake.answer(request('PUT', path, { body: 'offer_converted=true' }));
    expect(fake.books()).toEqual({
      ...EMPTY,
      calls: {
        '0b7c-11': {
          ...CALL_77,
          id: '7700000000001',
          uuid: '0b7c-11',
          buyer_converted: true,
          offer_converted: true,
          revenue: '9.00',
        },
      },
      billing: [{ call: '0b7c-11', kind: 'conversion', revenue: '9.00' }],
      updates: [
        {
          at: NOON_TEXT,
          route: 'secure',
          call: '0b7c-11',
          parameters: { buyer_converted: 'true', revenue: '9.00' },
        },
        { at: NOON_TEXT, route: 'secure', call: '0b7c-11', parameters: { offer_converted: 'true' } },
      ],
    });
    expect(readFileSync(journal, 'utf8')).not.toContain('t0k');
  });

  it.each([
    ['no header', ''],
    ['a bare token', 'pub:priv'],
    ['a bad key', basic('bad-pub:priv')],
    ['no private part', basic('pub:')],
    ['no colon', basic('pubpriv')],
    ['what is not base64', 'Basic pub:priv'],
    ['broken base64', 'Basic cHViOnByaXY'],
  ])('answers 401 to %s', (_, authorization) => {
    const fake = trackdriveFake({});
    expect(told(fake.answer(put('77', 'revenue=1.00', authorization)))).toEqual({
      status: 401,
      body: { error: 'Unauthorized' },
    });
    expect(fake.books()).toEqual(EMPTY);
  });

  it('answers 401 to a bad token in the path', () => {
    const fake = trackdriveFake({});
    expect(told(fake.answer(request('PUT', '/api/v1/secure/bad-1/calls/77?revenue=1.00')))).toEqual({
      status: 401,
      body: { error: 'Unauthorized' },
    });
    expect(fake.books()).toEqual(EMPTY);
  });

  it('answers 404 to an unknown call', () => {
    const fake = trackdriveFake({});
    expect(told(fake.answer(put('40440499', 'buyer_converted=false')))).toEqual({
      status: 404,
      body: { error: 'Call not found' },
    });
    expect(fake.books()).toEqual(EMPTY);
  });

  const BOOLEAN = 'must be a boolean value: 1, true, yes, on, 0, false, no, off';
  it.each([
    ['revenue=1%2C200', ['revenue must be a decimal number']],
    ['revenue=', ['revenue must be a decimal number']],
    ['revenue=$5', ['revenue must be a decimal number']],
    ['payout=x&buyer_converted=maybe', [`buyer_converted ${BOOLEAN}`, 'payout must be a decimal number']],
    ['offer_converted=Converted', [`offer_converted ${BOOLEAN}`]],
    ['{"revenue":null}', ['revenue must be a decimal number']],
    ['{"sale":"1.00"}', ['No parameters to update']],
    ['{"revenue":', ['No parameters to update']],
  ])('answers 422 to %s and applies nothing of it', (body, errors) => {
    const fake = trackdriveFake({});
    expect(told(fake.answer(put('77', body)))).toEqual({ status: 422, body: { errors } });
    expect(fake.books()).toEqual(EMPTY);
  });

  it.each(['1', 'true', 'yes', 'on'])('takes %s for true, and its opposite for false', (word) => {
    const fake = trackdriveFake({});
    const opposite = { '1': '0', true: 'false', yes: 'no', on: 'off' }[word] ?? '';
    fake.answer(put('77', `buyer_converted=${word}&offer_converted=${word}&revenue=5`));
    expect(fake.books()).toMatchObject({
      calls: { '77': { buyer_converted: true, offer_converted: true } },
      billing: [{ kind: 'conversion' }],
    });
    expect(told(fake.answer(putJson('77', { buyer_converted: opposite })))).toMatchObject({
      body: { buyer_converted: 'Not Converted', traffic_source_converted: 'Converted', revenue: '5' },
    });
    expect(fake.books()).toMatchObject({ billing: [{ kind: 'conversion' }, { kind: 'reversal' }] });
  });

  it('takes JSON, booleans and numbers as such or as text, on either route', () => {
    const fake = trackdriveFake({});
    fake.answer(putJson('77', { buyer_converted: true, revenue: 150.5, payout: '7', disposition: 'Sale' }));
    const secure = request('PUT', '/api/v1/secure/t0ken/calls/77', {
      body: '{"offer_converted":1,"revenue":2.500}',
    });
    fake.answer(secure);
    expect(fake.books()).toMatchObject({
      calls: {
        '77': {
          buyer_converted: true,
          offer_converted: true,
          revenue: '2.500',
          payout: '7',
          disposition: 'Sale',
        },
      },
      billing: [{ revenue: '2.500' }],
    });
  });

  it.each(['0.1', '.5', '7.', '1.23456789', '-3.5', '12345678901.01'])(
    'takes the decimal number %s',
    (revenue) => {
      const fake = trackdriveFake({});
      expect(told(fake.answer(putJson('77', { revenue })))).toMatchObject({ status: 200, body: { revenue } });
    },
  );

  it('adds decimals of any length exactly', () => {
    const fake = trackdriveFake({});
    fake.answer(put('77', 'revenue=0.1&add_payout=-0.5'));
    fake.answer(put('77', 'add_revenue=0.2005&add_payout=0.25'));
    expect(fake.books()).toMatchObject({ calls: { '77': { revenue: '0.3005', payout: '-0.25' } } });
  });

  it('has one call for an id and its UUID, whichever came first', () => {
    const fake = trackdriveFake({});
    fake.answer(put('77', 'revenue=1'));
    fake.answer(put(UUID_77, 'revenue=2'));
    const uuid78 = '00000000-0000-4000-8000-000000000078';
    fake.answer(put(uuid78, 'revenue=3'));
    expect(told(fake.answer(put('78', 'payout=4')))).toMatchObject({ body: { id: 78, uuid: uuid78 } });
    expect(fake.books()).toMatchObject({
      calls: { '77': { revenue: '2' }, [uuid78]: { id: '78', revenue: '3', payout: '4' } },
    });
  });

  it('counts the reversals of either side, and bills only the buyer’s', () => {
    const fake = trackdriveFake({});
    fake.answer(put('77', 'buyer_converted=1&offer_converted=1&revenue=5'));
    fake.answer(put('77', 'offer_converted=0'));
    expect(fake.books()).toMatchObject({
      billing: [{ kind: 'conversion' }],
      reversal_requests: {},
      offer_reversal_requests: { '77': 1 },
    });
  });

  it('leaves out without a word what a limited key may not write', () => {
    const fake = trackdriveFake({});
    const answer = told(fake.answer(put('77', 'buyer_converted=true&revenue=5', basic('limited-pub:priv'))));
    expect(answer).toMatchObject({ status: 200, body: { buyer_converted: 'Converted', revenue: null } });
    fake.answer(request('PUT', '/api/v1/secure/limited-1/calls/77?payout=4&offer_converted=1'));
    expect(fake.books()).toMatchObject({
      calls: { '77': { payout: null, offer_converted: true } },
      billing: [],
    });
  });

  it('keeps what a marked call holds, whatever is written', () => {
    const fake = trackdriveFake({});
    const answer = told(fake.answer(put('4234231', 'buyer_converted=true&revenue=5')));
    expect(answer).toMatchObject({ status: 200, body: { buyer_converted: 'Not Converted', revenue: null } });
    expect(fake.books()).toMatchObject({ calls: { '4234231': { revenue: null } }, billing: [] });
  });

  it('answers 200 with errors for a call that is marked so, and applies nothing', () => {
    const fake = trackdriveFake({});
    expect(told(fake.answer(put('5005001', 'revenue=5')))).toEqual({
      status: 200,
      body: { success: false, errors: ['Call could not be updated'] },
    });
    expect(fake.books()).toEqual(EMPTY);
  });

  it('answers 405 to any other verb, and writes down which call a DELETE would have hung up', () => {
    const fake = trackdriveFake({});
    const paths = ['/api/v1/calls/77', '/api/v1/secure/t0ken/calls/88'];
    expect(told(fake.answer(request('PUT', '/api/v1/calls')))).toMatchObject({ status: 405 });
    for (const path of paths)
      for (const method of ['GET', 'POST', 'PATCH', 'DELETE'])
        expect(told(fake.answer(request(method, path)))).toEqual({
          status: 405,
          body: { error: 'Method Not Allowed' },
        });
    expect(fake.books()).toEqual({ ...EMPTY, hung_up: ['88'] });
  });

  it('finds its books again', () => {
    const journal = newJournal();
    const first = trackdriveFake({ journal });
    first.answer(put('77', 'buyer_converted=true&revenue=50.00'));
    first.answer(put('77', 'buyer_converted=false'));
    first.answer(request('DELETE', '/api/v1/secure/t0ken/calls/88'));
    const second = trackdriveFake({ journal });
    expect(second.books()).toEqual(first.books());
    second.answer(put('77', 'buyer_converted=false'));
    expect(second.books()).toMatchObject({
      billing: [
        { call: '77', kind: 'conversion', revenue: '50.00' },
        { call: '77', kind: 'reversal', revenue: '-50.00' },
      ],
      reversal_requests: { '77': 2 },
      hung_up: ['88'],
    });
  });
});

describe('the calls of the fake TrackDrive', () => {
  const HOUR = 3_600_000;
  const headers = { authorization: basic('pub:priv') };

  function get(fake: Fake, target: string): { status: number; body: unknown } {
    return told(fake.answer(request('GET', `/api/v1/${target}`, { headers })));
  }

  function idsAt(fake: Fake, query: string): unknown {
    const { calls } = get(fake, `calls?${query}`).body as { calls: { id: number }[] };
    return calls.map(({ id }) => id);
  }

  /** 1 at 11:00 is converted, 2 at 12:00 is not, 3 at 13:00 is. */
  function withCalls(): Fake {
    const fake = trackdriveFake({});
    const key = basic('pub:priv');
    fake.answer(put('1', 'buyer_converted=1&revenue=5.50&payout=2', key, NOON - HOUR));
    fake.answer(put('2', 'revenue=7', key, NOON));
    fake.answer(put('3', 'buyer_converted=1&offer_converted=1&revenue=0.25', key, NOON + HOUR));
    return fake;
  }

  it('are one row each, as they are now', () => {
    const fake = trackdriveFake({});
    fake.answer(put('77', 'buyer_converted=true&revenue=50.00'));
    fake.answer(put('77', 'revenue=60&payout=9', basic('pub:priv'), NOON + HOUR));
    expect(get(fake, 'calls')).toEqual({
      status: 200,
      body: {
        calls: [
          {
            ...ROW_77,
            updated_at: '2026-11-20 13:00:00 +0000',
            buyer_converted: 'Converted',
            revenue: '60',
            buyer_revenue: '60',
            payout: '9',
          },
        ],
        metadata: { next_cursor: 0 },
      },
    });
  });

  it('come in pages, from the cursor -1 to the next cursor 0, newest first', () => {
    const fake = withCalls();
    const pages: unknown[] = [];
    let cursor = -1;
    do {
      const { body } = get(fake, `calls?cursor=${cursor}&per_page=2`);
      const { calls, metadata } = body as { calls: { id: number }[]; metadata: { next_cursor: number } };
      pages.push(calls.map(({ id }) => id));
      cursor = metadata.next_cursor;
      fake.answer(put('9', 'revenue=1'));
    } while (cursor !== 0);
    expect(pages).toEqual([[3, 2], [1]]);
    expect(idsAt(fake, 'per_page=3')).toEqual([9, 3, 2]);
  });

  it('are 25 a page where nothing else is asked for, and a full last page is the last', () => {
    const fake = trackdriveFake({});
    for (let call = 1; call <= 26; call += 1) fake.answer(put(String(call), 'revenue=1'));
    expect(idsAt(fake, '')).toHaveLength(25);
    expect(get(fake, 'calls?per_page=26')).toMatchObject({ body: { metadata: { next_cursor: 0 } } });
    expect(get(trackdriveFake({}), 'calls')).toEqual({
      status: 200,
      body: { calls: [], metadata: { next_cursor: 0 } },
    });
  });

  it.each([
    ['2026-11-20 11:00:00 +0000', '2026-11-20 12:00:00 +0000', [2, 1]],
    ['2026-11-20 07:00:01 -0500', '2026-11-20 13:00:00 UTC', [3]],
    ['2026-11-20', '2026-11-20T12:00:00Z', [2, 1]],
    ['2026-11-21', '2026-11-22', []],
  ])('are those from %s to %s, both included', (from, to, ids) => {
    const query = new URLSearchParams({ created_at_from: from, created_at_to: to });
    expect(idsAt(withCalls(), query.toString())).toEqual(ids);
  });

  it.each([
    ['buyer_converted=1', [3, 1]],
    ['buyer_converted=no', [2]],
    ['offer_converted=true', [3]],
    ['buyer_converted=yes&offer_converted=off', [1]],
  ])('are those with %s', (query, ids) => {
    expect(idsAt(withCalls(), query)).toEqual(ids);
  });

  it('have the columns that were asked for', () => {
    expect(get(withCalls(), 'calls?columns=id,buyer_converted,%20revenue,nothing&per_page=1')).toMatchObject({
      body: { calls: [{ id: 3, buyer_converted: 'Converted', revenue: '0.25' }] },
    });
  });

  it.each([
    ['per_page=0', 'per_page must be a number'],
    ['cursor=next', 'cursor must be a number'],
    ['serializer=lead', 'serializer must be one of: call, call_grid'],
    ['created_at_from=11/20/2026', 'created_at_from must be formatted like 2016-01-01 12:25:15 -0500'],
    [
      'created_at_to=2026-11-20 12:00:00 0500',
      'created_at_to must be formatted like 2016-01-01 12:25:15 -0500',
    ],
    [
      'created_at_to=2026-11-20 12:00:00&time_zone=EST',
      'created_at_to must be formatted like 2016-01-01 12:25:15 -0500',
    ],
    [
      'buyer_converted=Converted',
      'buyer_converted must be a boolean value: 1, true, yes, on, 0, false, no, off',
    ],
  ])('are refused with %s', (query, error) => {
    expect(get(withCalls(), `calls?${query}`)).toEqual({ status: 422, body: { errors: [error] } });
  });

  const DAY = 'created_at_from=2026-11-20&created_at_to=2026-11-21';
  it.each([
    ['group_by=buyer_converted&stat=count', { Converted: 2, 'Not Converted': 1 }],
    ['group_by=status&stat=revenue', { finished: 12.75 }],
    ['group_by=created_at_day&stat=profit', { '2026-11-20': 10.75 }],
    ['group_by=created_at_week&stat=count', { '2026-11-16': 3 }],
    ['group_by=created_at_month&stat=cost', { '2026-11-01': 0 }],
    ['group_by=created_at_five_minutes&stat=count&offer_converted=1', { '2026-11-20T13:00': 1 }],
  ])('are counted with %s', (query, stats) => {
    expect(get(withCalls(), `calls/stats?${DAY}&${query}`)).toEqual({ status: 200, body: { stats } });
  });

  it('are not counted without a window, a group and a number', () => {
    const errors = [
      'created_at_from is required',
      'created_at_to is required',
      'group_by must be one of: buyer_converted, offer_converted, status, created_at_five_minutes, created_at_day, created_at_week, created_at_month',
      'stat must be one of: count, revenue, profit, cost',
    ];
    expect(get(withCalls(), 'calls/stats')).toEqual({ status: 422, body: { errors } });
  });

  it.each(['calls', 'calls/stats'])('need a key: %s', (page) => {
    expect(told(withCalls().answer(request('GET', `/api/v1/${page}`)))).toMatchObject({ status: 401 });
  });

  it('are changed without a request: an amount, a flag, one call more, one less', () => {
    const fake = withCalls();
    const alter = (change: unknown): unknown => fake.alter?.(JSON.stringify(change));
    const done = { ok: true, value: undefined };
    expect(alter({ set: '1', fields: { revenue: '6', buyer_converted: false } })).toEqual(done);
    expect(
      alter([
        { remove: '3' },
        { set: '00000000-0000-4000-8000-000000000002', fields: { buyer_converted: 'Pending', buyer: 'B1' } },
        { add: { id: '9', created_at: '2026-11-01T00:00:00Z' }, like: '1' },
        { add: { uuid: 'abc', revenue: '3' } },
      ]),
    ).toEqual(done);
    const { body } = get(fake, 'calls?columns=id,uuid,buyer_converted,buyer,revenue,created_at');
    const day = '2026-11-20 12:00:00 +0000';
    expect((body as { calls: unknown[] }).calls.slice(1)).toEqual([
      {
        id: 9,
        uuid: '00000000-0000-4000-8000-000000000009',
        buyer_converted: 'Not Converted',
        buyer: null,
        revenue: '6',
        created_at: '2026-11-01 00:00:00 +0000',
      },
      {
        id: 2,
        uuid: '00000000-0000-4000-8000-000000000002',
        buyer_converted: 'Pending',
        buyer: 'B1',
        revenue: '7',
        created_at: day,
      },
      {
        id: 1,
        uuid: '00000000-0000-4000-8000-000000000001',
        buyer_converted: 'Not Converted',
        buyer: null,
        revenue: '6',
        created_at: '2026-11-20 11:00:00 +0000',
      },
    ]);
    expect(idsAt(fake, 'buyer_converted=0')).toEqual([7_700_000_000_008, 9, 1]);
  });

  it.each([
    [{ remove: '8' }, 'there is no call "8"'],
    [{ set: '1', fields: { amount: '1' } }, 'amount is not a field of a call'],
    [{ set: '1', fields: { revenue: 'x' } }, 'revenue cannot be "x"'],
    [{ set: '1', fields: { id: 'x' } }, 'id cannot be "x"'],
    [{ set: '1', fields: { created_at: 'today' } }, 'created_at cannot be "today"'],
    [{ set: '1', fields: { buyer: true } }, 'buyer cannot be true'],
  ])('say what is wrong with the change %j', (change, error) => {
    expect(withCalls().alter?.(JSON.stringify(change))).toEqual({ ok: false, error });
  });

  it('are found again after a change, too', () => {
    const journal = newJournal();
    const first = trackdriveFake({ journal });
    first.answer(put('77', 'buyer_converted=1&revenue=5'));
    first.alter?.('[{"set":"77","fields":{"revenue":"6"}},{"add":{},"like":"77"}]');
    expect(trackdriveFake({ journal }).books()).toEqual(first.books());
    expect(first.books()).toMatchObject({
      calls: { '77': { revenue: '6' }, '7700000000003': { revenue: '6' } },
    });
  });
});
