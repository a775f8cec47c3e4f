import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { convosoFake } from '../../src/sandbox/convoso.js';
import type { Fake, FakeRequest } from '../../src/sandbox/fake.js';
import { invocaFake, type InvocaBooks } from '../../src/sandbox/invoca.js';
import { startSandbox } from '../../src/sandbox/server.js';
import { newJournal, NOON, request, told } from './request.js';

const DAY = 86_400_000;

function get(query = '', authorization = 't0ken', scope = 'networks', version = '2020-10-01'): FakeRequest {
  return request('GET', `/api/${version}/${scope}/transactions/33.json${query}`, {
    headers: { authorization },
  });
}

function report(call: string, at: number, sale_amount = '100.00'): FakeRequest {
  const body = {
    search: { transaction_id: call },
    call_outcome: { outcome_name: 'Sale', partner_unique_id: 'A', sale_amount },
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
    fake.answer(report('T-1', NOON + 2 * DAY, '90'));
  });

  const ROW = {
    transaction_id: 'OUTCOME-1',
    corrects_transaction_id: null,
    corrected_at: null,
    complete_call_id: 'REC-T-1',
    transaction_type: 'Reported Conversion',
    start_time_local: '2026-11-20 12:00:00 +00:00',
    start_time_utc: NOON,
    calling_phone_number: null,
    destination_phone_number: null,
    duration: null,
    revenue: null,
    sale_amount: '100.0',
  };
  const CALL = { ...ROW, transaction_id: 'T-1', transaction_type: 'Call', sale_amount: null };

  it.each(['networks', 'advertisers', 'affiliates'])(
    'answers %s with a bare array, oldest first, without the columns of signals',
    (scope) => {
      expect(told(fake.answer(get('', 't0ken', scope)))).toEqual({
        status: 200,
        body: [
          CALL,
          ROW,
          {
            ...CALL,
            transaction_id: 'T-2',
            complete_call_id: 'REC-T-2',
            start_time_local: '2026-11-21 12:00:00 +00:00',
            start_time_utc: NOON + DAY,
          },
          {
            ...ROW,
            transaction_id: 'OUTCOME-2',
            complete_call_id: 'REC-T-2',
            start_time_local: '2026-11-21 12:00:00 +00:00',
            start_time_utc: NOON + DAY,
          },
          {
            ...ROW,
            transaction_id: 'OUTCOME-3',
            corrects_transaction_id: 'OUTCOME-1',
            corrected_at: '2026-11-22 12:00:00 +00:00',
            sale_amount: '90.0',
          },
        ],
      });
    },
  );

  it('answers the columns that include_columns names, and the default ones by their common name', () => {
    const signal = 'signal_name,signal_partner_unique_id,signal_value';
    expect(told(fake.answer(get(`?limit=2&include_columns=transaction_id,${signal}`)))).toEqual({
      status: 200,
      body: [
        { transaction_id: 'T-1', signal_name: null, signal_partner_unique_id: null, signal_value: null },
        {
          transaction_id: 'OUTCOME-1',
          signal_name: 'Sale',
          signal_partner_unique_id: 'A',
          signal_value: true,
        },
      ],
    });
    expect(told(fake.answer(get('?limit=1&include_columns=$invoca_default_columns,%20signal_name')))).toEqual(
      { status: 200, body: [{ ...CALL, signal_name: null }] },
    );
  });

  it('pages by the last id until an empty page', () => {
    expect(ids('?limit=2')).toEqual(['T-1', 'OUTCOME-1']);
    expect(ids('?limit=2&start_after_transaction_id=OUTCOME-1')).toEqual(['T-2', 'OUTCOME-2']);
    expect(ids('?limit=2&start_after_transaction_id=OUTCOME-2')).toEqual(['OUTCOME-3']);
    expect(ids('?limit=2&start_after_transaction_id=OUTCOME-3')).toEqual([]);
  });

  it('answers 1000 rows by default and 4000 at most', () => {
    for (let row = 4; row <= 501; row += 1) fake.answer(report(`T-${row}`, NOON));
    expect(ids('')).toHaveLength(1000);
    expect(ids('?limit=4000')).toHaveLength(1001);
    for (const limit of ['4001', '0', '-1', 'x', ''])
      expect(told(fake.answer(get(`?limit=${limit}`)))).toEqual(refused('limit must be 1 to 4000'));
  });

  it('takes from and to together, both days included, by the start of the call and not of the correction', () => {
    expect(ids('?from=2026-11-20&to=2026-11-20')).toEqual(['T-1', 'OUTCOME-1', 'OUTCOME-3']);
    expect(ids('?from=2026-11-20&to=2026-11-21')).toEqual([
      'T-1',
      'OUTCOME-1',
      'OUTCOME-3',
      'T-2',
      'OUTCOME-2',
    ]);
    expect(ids('?from=2026-11-22&to=2026-11-30')).toEqual([]);
    expect(ids('?from=2026-11-22')).toHaveLength(5);
    expect(ids('?to=2026-11-01')).toHaveLength(5);
    expect(told(fake.answer(get('?from=11/20/2026&to=11/21/2026')))).toEqual(
      refused('from and to must be YYYY-MM-DD'),
    );
  });

  it('sorts by the start of the call where it is dated, so that a late correction of an early call lies behind a cursor', () => {
    const dated = 'from=2026-11-20&to=2026-11-30';
    fake.answer(report('T-2', NOON + 3 * DAY, '80'));
    const cursor = ids(`?${dated}`).at(-1);
    expect(cursor).toBe('OUTCOME-4');
    fake.answer(report('T-1', NOON + 4 * DAY, '70'));
    expect(ids(`?${dated}&start_after_transaction_id=OUTCOME-4`)).toEqual([]);
    expect(ids(`?${dated}`)).toEqual([
      'T-1',
      'OUTCOME-1',
      'OUTCOME-3',
      'OUTCOME-5',
      'T-2',
      'OUTCOME-2',
      'OUTCOME-4',
    ]);
    expect(ids('?start_after_transaction_id=OUTCOME-4')).toEqual(['OUTCOME-5']);
  });

  it('takes the rows of a type, of several, and of one call by its record', () => {
    expect(ids('?transaction_type=Call')).toEqual(['T-1', 'T-2']);
    expect(ids('?transaction_type=Reported%20Conversion')).toEqual(['OUTCOME-1', 'OUTCOME-2', 'OUTCOME-3']);
    expect(ids('?transaction_type=Call,Reported%20Conversion')).toHaveLength(5);
    expect(ids('?transaction_type=Signal')).toEqual([]);
    expect(ids('?call_record_id=REC-T-1')).toEqual(['T-1', 'OUTCOME-1', 'OUTCOME-3']);
    expect(ids('?call_record_id=REC-T-1&transaction_type=Call')).toEqual(['T-1']);
    expect(ids('?call_record_id=T-1')).toEqual([]);
  });

  it('leaves out the columns that exclude_columns names', () => {
    const { corrected_at: _, duration: __, ...rest } = CALL;
    expect(told(fake.answer(get('?limit=1&exclude_columns=corrected_at,duration')))).toEqual({
      status: 200,
      body: [rest],
    });
    expect(
      told(fake.answer(get('?limit=1&include_columns=transaction_id,duration&exclude_columns=duration'))),
    ).toEqual({ status: 200, body: [{ transaction_id: 'T-1' }] });
  });

  it('shows sales and signals as rows of their own in an older version, and refuses one that is not a date', () => {
    const types = (version: string): unknown[] => {
      const rows = told(fake.answer(get('?call_record_id=REC-T-2', 't0ken', 'networks', version))).body;
      return (rows as { transaction_type: string }[]).map((row) => row.transaction_type);
    };
    expect(types('2020-09-30')).toEqual(['Call', 'Sale', 'Signal']);
    expect(types('2021-01-01')).toEqual(['Call', 'Reported Conversion']);
    expect(told(fake.answer(get('', 't0ken', 'networks', 'latest')))).toEqual({
      status: 400,
      body: { errors: { class: 'InvalidInput', invalid_data: 'Invalid API version for route' } },
    });
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

  it('shows an older account sales and signals as rows of their own, each correcting its like', () => {
    const old = '/api/2020-10-01/networks/transactions/old-33.json?include_columns=transaction_id,';
    const columns = 'corrects_transaction_id,transaction_type,sale_amount,signal_name';
    const answer = fake.answer(request('GET', old + columns, { headers: { authorization: 't0ken' } }));
    const rows = told(answer).body as Record<string, unknown>[];
    expect(rows.map((row) => Object.values(row))).toEqual([
      ['T-1', null, 'Call', null, null],
      ['OUTCOME-1', null, 'Sale', '100.0', null],
      ['OUTCOME-1-SIGNAL', null, 'Signal', null, 'Sale'],
      ['T-2', null, 'Call', null, null],
      ['OUTCOME-2', null, 'Sale', '100.0', null],
      ['OUTCOME-2-SIGNAL', null, 'Signal', null, 'Sale'],
      ['OUTCOME-3', 'OUTCOME-1', 'Sale', '90.0', null],
      ['OUTCOME-3-SIGNAL', 'OUTCOME-1-SIGNAL', 'Signal', null, 'Sale'],
    ]);
  });
});

describe('books changed behind the back', () => {
  const alter = (fake: Fake, changes: unknown): unknown => fake.alter?.(JSON.stringify(changes));
  const books = (fake: Fake): InvocaBooks => fake.books() as InvocaBooks;

  it('loses, changes, doubles, adds and takes back rows, and remembers it', () => {
    const journal = newJournal();
    const fake = invocaFake({ journal });
    for (const call of ['T-1', 'T-2', 'T-3', 'T-4']) fake.answer(report(call, NOON));
    const done = alter(fake, [
      { remove: 'OUTCOME-1' },
      { set: 'OUTCOME-2', fields: { sale_amount: '7.5' } },
      { like: 'OUTCOME-3', add: { signal_partner_unique_id: 'B' } },
      { add: { complete_call_id: 'T-9', start_time_utc: NOON, sale_amount: '9.0' } },
      {
        like: 'OUTCOME-4',
        add: { corrects_transaction_id: 'OUTCOME-4', signal_value: false, sale_amount: null },
      },
    ]);
    expect(done).toEqual({ ok: true, value: undefined });
    for (const seen of [fake, invocaFake({ journal })]) {
      expect(
        books(seen).transactions.map((row) => [
          row.transaction_id,
          row.corrects_transaction_id,
          row.complete_call_id,
          row.start_time_local,
          row.signal_partner_unique_id,
          row.signal_value,
          row.sale_amount,
        ]),
      ).toEqual([
        ['OUTCOME-2', null, 'REC-T-2', '2026-11-20 12:00:00 +00:00', 'A', true, '7.5'],
        ['OUTCOME-3', null, 'REC-T-3', '2026-11-20 12:00:00 +00:00', 'A', true, '100.0'],
        ['OUTCOME-4', null, 'REC-T-4', '2026-11-20 12:00:00 +00:00', 'A', true, '100.0'],
        ['OUTCOME-7', null, 'REC-T-3', '2026-11-20 12:00:00 +00:00', 'B', true, '100.0'],
        ['OUTCOME-8', null, 'T-9', '2026-11-20 12:00:00 +00:00', '', true, '9.0'],
        ['OUTCOME-9', 'OUTCOME-4', 'REC-T-4', '2026-11-20 12:00:00 +00:00', 'A', false, null],
      ]);
      expect(books(seen).outcomes['T-4|sale|A']).toMatchObject({ transaction_id: 'OUTCOME-9', value: false });
      expect(Object.keys(books(seen).outcomes)).not.toContain('T-1|sale|A');
    }
    fake.answer(report('T-2', NOON, '8'));
    expect(books(fake).transactions.at(-1)).toMatchObject({ corrects_transaction_id: 'OUTCOME-2' });
  });

  it.each([
    ['{"remove":"OUTCOME-9"}', 'there is no row "OUTCOME-9"'],
    ['{"set":"OUTCOME-1","fields":{"amount":"1"}}', 'amount is not a column of the books'],
    ['[{"add":{}},{"like":"x","add":{}}]', 'there is no row "x"'],
    ['{"add":{},"also":1}', 'use {"remove": ID}'],
    ['{"set":"OUTCOME-1"}', 'use {"remove": ID}'],
    ['{}', 'use {"remove": ID}'],
    ['1', 'use {"remove": ID}'],
    ['', 'use {"remove": ID}'],
  ])('refuses %s', (body, message) => {
    const fake = invocaFake({});
    fake.answer(report('T-1', NOON));
    const before = JSON.stringify(fake.books());
    expect(fake.alter?.(body)).toEqual({ ok: false, error: expect.stringContaining(message) as string });
    expect(JSON.stringify(fake.books())).toBe(before);
  });

  it('are changed with PUT on a port, by rows that the pages then show', async () => {
    const fakes = [convosoFake({}), invocaFake({})];
    const server = await startSandbox({ fakes, port: 0, faults: () => undefined, latencyMs: 0 });
    onTestFinished(() => server.close());
    const put = async (vendor: string, body: unknown): Promise<[number, unknown]> => {
      const address = `${server.url}/_sandbox/books/${vendor}`;
      const response = await fetch(address, { method: 'PUT', body: JSON.stringify(body) });
      return [response.status, await response.json()];
    };
    const rows = Array.from({ length: 1000 }, (_, index) => ({ add: { complete_call_id: `CALL-${index}` } }));
    expect(await put('invoca', rows)).toEqual([200, {}]);
    expect(await put('invoca', { remove: 'x' })).toEqual([400, { error: 'there is no row "x"' }]);
    expect((await put('convoso', rows))[0]).toBe(404);
    const page = await fetch(`${server.url}/api/2020-10-01/networks/transactions/33.json?limit=4000`, {
      headers: { authorization: 't0ken' },
    });
    const shown = (await page.json()) as { transaction_id: string; corrects_transaction_id: null }[];
    expect(shown).toHaveLength(2000);
    expect(shown.slice(-2).map((row) => row.transaction_id)).toEqual(['CALL-999', 'OUTCOME-1000']);
    expect(server.requests()).toBe(1);
  });
});
