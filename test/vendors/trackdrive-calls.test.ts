import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Page, PageQuery, Transaction } from '../../src/core/transactions.js';
import type { Reply } from '../../src/core/vendor.js';
import { trackdriveCalls } from '../../src/vendors/trackdrive-calls.js';

const QUERY: PageQuery = {
  scope: { kind: 'account', id: '' },
  period: { from: '2026-11-01', to: '2026-11-01' },
  window: { from: Date.UTC(2026, 10, 1, 4), until: Date.UTC(2026, 10, 2, 5) },
  zone: 'America/New_York',
  limit: 100,
  columns: [],
};

function reply(status: number, body: unknown): Reply {
  return { status, headers: {}, text: typeof body === 'string' ? body : JSON.stringify(body), receivedAt: 0 };
}

function read(calls: readonly unknown[], next: unknown = 0): Extract<Page, { kind: 'rows' }> {
  const page = trackdriveCalls.readPage(reply(200, { calls, metadata: { next_cursor: next } }), QUERY);
  if (page.kind !== 'rows') throw new Error(page.message);
  return page;
}

function one(row: object): Transaction {
  const [call] = read([{ id: 7, ...row }]).rows;
  if (call === undefined) throw new Error('no call');
  return call;
}

function total(body: unknown): number | undefined {
  if (typeof trackdriveCalls.control !== 'object') throw new Error('no control total');
  return trackdriveCalls.control.readTotal(reply(200, body));
}

describe('a request for TrackDrive’s calls', () => {
  it('begins at the cursor -1, with both moments in the zone and its offset, across a change of clocks', () => {
    expect(trackdriveCalls.request(QUERY)).toEqual({
      method: 'GET',
      path: '/api/v1/calls',
      query: {
        cursor: '-1',
        per_page: '100',
        created_at_from: '2026-11-01 00:00:00 -0400',
        created_at_to: '2026-11-02 00:00:00 -0500',
      },
      headers: {},
      body: { kind: 'none' },
    });
  });

  it('goes on at the cursor that the page before told, and needs no days', () => {
    const { query } = trackdriveCalls.request({ ...QUERY, window: undefined, cursor: '12345' });
    expect(query).toEqual({ cursor: '12345', per_page: '100' });
  });

  it('counts by status, in a window alone, with what the vendor requires', () => {
    if (typeof trackdriveCalls.control !== 'object') throw new Error('no control total');
    expect(trackdriveCalls.control.request({ ...QUERY, window: undefined })).toBeUndefined();
    const { path, query } = trackdriveCalls.control.request(QUERY) ?? {};
    expect(path).toBe('/api/v1/calls/stats');
    expect(query).toEqual({
      group_by: 'status',
      stat: 'count',
      created_at_from: '2026-11-01 00:00:00 -0400',
      created_at_to: '2026-11-02 00:00:00 -0500',
    });
  });

  it('has its key as a push has it, in the header alone', () => {
    const request = trackdriveCalls.request(QUERY);
    const { headers, path } = trackdriveCalls.authorize(request, { TRACKDRIVE_API_KEY: 'pub:priv' });
    expect(headers).toEqual({ authorization: `Basic ${btoa('pub:priv')}` });
    expect(path).toBe('/api/v1/calls');
  });
});

describe('a page of TrackDrive’s calls', () => {
  it('is the last one where the next cursor is 0, as a number or text', () => {
    expect([read([], 0).next, read([], '0').next, read([], 12345).next, read([], '-2').next]).toEqual([
      undefined,
      undefined,
      '12345',
      '-2',
    ]);
  });

  it('reads what a sale is found and compared by, and keeps every column', () => {
    const row = {
      id: 4711,
      uuid: 'D1DDBA47-79AD-4DF9-9872-5061FF4BF085',
      created_at: '2026-11-20T11:49:32.495-05:00',
      caller_number: '+17191231234',
      status: 'finished',
      buyer_converted: 'Converted',
      revenue: 150.5,
      buyer: null,
    };
    expect(read([row]).rows).toEqual([
      {
        id: '4711',
        call: 'd1ddba47-79ad-4df9-9872-5061ff4bf085',
        type: 'finished',
        startedAt: Date.UTC(2026, 10, 20, 16, 49, 32, 495),
        caller: '+17191231234',
        outcome: '',
        value: true,
        amount: 1_505_000,
        columns: { ...row, id: '4711', revenue: '150.5', buyer: '' },
      },
    ]);
    const { uuid } = row;
    expect(read([{ uuid }]).rows[0]).toMatchObject({ id: uuid.toLowerCase(), call: uuid.toLowerCase() });
  });

  it.each([
    ['Converted', true],
    ['converted', true],
    ['Not Converted', false],
    ['not_converted', false],
    [true, true],
    [1, true],
    ['yes', true],
    ['on', true],
    [false, false],
    ['0', false],
    ['no', false],
    ['off', false],
    // A guess would count money that is not there, or not count what is.
    ['Converted (Duplicate)', undefined],
    ['Pending', undefined],
    ['', undefined],
    [null, undefined],
  ])('reads %j beside money', (word, value) => {
    expect(one({ buyer_converted: word, revenue: '5.00' }).value).toBe(value);
  });

  it('takes no word and no money for no sale', () => {
    expect(one({ buyer_converted: null, revenue: '0.0' }).value).toBe(false);
    expect(one({}).value).toBe(false);
    expect(one({ buyer_converted: 'Pending' }).value).toBeUndefined();
  });

  it('keeps a call whose money cannot be read, and tells of it', () => {
    expect(read([{ id: 7, revenue: '1,200.00' }]).warnings).toEqual([
      { id: '7', message: 'revenue "1,200.00" cannot be read as an exact amount' },
    ]);
  });

  it.each<[string, unknown, string]>([
    ['without calls', { metadata: { next_cursor: 0 } }, 'in_doubt'],
    ['without a cursor', { calls: [] }, 'in_doubt'],
    ['with a call that has no id', { calls: [{ revenue: 1 }], metadata: { next_cursor: 0 } }, 'in_doubt'],
    ['that is a web page', '<html>', 'in_doubt'],
    ['that is cut', '{"calls":[{"id":1},', 'in_doubt'],
  ])('is never read in part: one %s', (_, body, kind) => {
    expect(trackdriveCalls.readPage(reply(200, body), QUERY).kind).toBe(kind);
  });

  it.each([
    [401, 'refused'],
    [403, 'refused'],
    [422, 'rejected'],
    [429, 'busy'],
    [500, 'in_doubt'],
    [302, 'in_doubt'],
  ])('is a failure with HTTP %i', (status, kind) => {
    expect(trackdriveCalls.readPage(reply(status, { errors: ['no'] }), QUERY).kind).toBe(kind);
  });

  it('gives an answer to any status and text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, text) => {
        const page = trackdriveCalls.readPage(reply(status, text), QUERY);
        expect(page.kind === 'rows' && (status < 200 || status > 299)).toBe(false);
        total(text);
      }),
    );
  });
});

describe('TrackDrive’s own count', () => {
  it.each<[unknown, number | undefined]>([
    [{ stats: { finished: 12, 'no answer': '3' } }, 15],
    [{ finished: 12 }, 12],
    [
      {
        stats: [
          ['finished', 12],
          ['busy', 1],
        ],
      },
      13,
    ],
    [
      [
        { status: 'finished', count: 12 },
        { status: 'busy', count: 1 },
      ],
      13,
    ],
    [{ calls: { finished: 4 }, metadata: { next_cursor: 0 } }, 4],
    // What is not understood is not told.
    [{ stats: {} }, undefined],
    [{ stats: { finished: 1.5 } }, undefined],
    [{ stats: { finished: 'many' } }, undefined],
    [[{ count: 1, total: 2 }], undefined],
    [{ error: 'no' }, undefined],
    ['<html>', undefined],
    [7, undefined],
  ])('is read from %j', (body, count) => {
    expect(total(body)).toBe(count);
  });
});
