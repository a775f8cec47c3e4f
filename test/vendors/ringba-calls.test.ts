import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Page, PageQuery, Transaction } from '../../src/core/transactions.js';
import type { Reply } from '../../src/core/vendor.js';
import { ringbaCalls } from '../../src/vendors/ringba-calls.js';

const QUERY: PageQuery = {
  scope: { kind: 'account', id: '' },
  period: { from: '2026-11-20', to: '2026-11-20' },
  window: { from: Date.UTC(2026, 10, 20, 5), until: Date.UTC(2026, 10, 21, 5) },
  zone: 'America/New_York',
  limit: 1000,
  columns: ['targetName', 'callDt'],
};

function reply(status: number, body: unknown): Reply {
  return { status, headers: {}, text: typeof body === 'string' ? body : JSON.stringify(body), receivedAt: 0 };
}

function read(records: readonly unknown[], totalCount: unknown, cursor?: string): Page {
  return ringbaCalls.readPage(reply(200, { report: { totalCount, records } }), { ...QUERY, cursor });
}

function one(row: object): Transaction {
  const page = read([{ inboundCallId: 'RGB1', ...row }], 1);
  if (page.kind !== 'rows' || page.rows[0] === undefined) throw new Error('no call');
  return page.rows[0];
}

describe('a request for Ringba’s call log', () => {
  it('names a window in UTC, an offset, a size and every column once, oldest call first', () => {
    const { method, path, body } = ringbaCalls.request({ ...QUERY, cursor: '2000' });
    expect([method, path]).toEqual(['POST', '/v2/{accountId}/calllogs']);
    const columns = ['inboundCallId', 'conversionAmount', 'payoutAmount', 'hasConverted', 'callDt'];
    expect(body).toEqual({
      kind: 'json',
      value: {
        reportStart: '2026-11-20T05:00:00Z',
        reportEnd: '2026-11-21T05:00:00Z',
        offset: 2000,
        size: 1000,
        valueColumns: [...columns, 'inboundPhoneNumber', 'targetName'].map((column) => ({ column })),
        orderByColumns: [{ column: 'callDt', direction: 'asc' }],
        formatDateTime: true,
        formatTimeZone: 'UTC',
      },
    });
  });
});

describe('a page of Ringba’s call log', () => {
  it('goes on at its offset until as many came as the vendor counts, or none', () => {
    const next = (page: Page): unknown => page.kind === 'rows' && [page.next, page.total];
    const id = { inboundCallId: 'RGB1' };
    expect(next(read([id, id], 5))).toEqual(['2', 5]);
    expect(next(read([id, id], 5, '2'))).toEqual(['4', 5]);
    expect(next(read([id], 5, '4'))).toEqual([undefined, 5]);
    expect(next(read([], 5, '4'))).toEqual([undefined, 5]);
    expect(next(read([id], undefined, '4'))).toEqual(['5', undefined]);
  });

  it.each([
    [true, 5, true],
    ['Yes', 5, true],
    [false, 5, false],
    // An override to 0 takes a sale back.
    [true, 0, false],
    [null, 0, false],
    ['Partly', 5, undefined],
    ['Partly', 0, undefined],
    [null, 5, undefined],
  ])('reads hasConverted %j with %j', (hasConverted, conversionAmount, value) => {
    expect(one({ hasConverted, conversionAmount }).value).toBe(value);
  });

  it.each([
    ['11/20/2026 12:00:00 AM', Date.UTC(2026, 10, 20)],
    ['11/20/2026 12:30:00 PM', Date.UTC(2026, 10, 20, 12, 30)],
    ['1/2/2026 03:04:05 pm', Date.UTC(2026, 0, 2, 15, 4, 5)],
    [1_795_176_000_000, 1_795_176_000_000],
    ['2026-11-20T12:00:00Z', Date.UTC(2026, 10, 20, 12)],
    ['20 Nov', undefined],
  ])('reads the start %j', (callDt, at) => {
    expect(one({ callDt }).startedAt).toBe(at);
  });

  it.each([
    [200, { isSuccessful: false, message: 'no' }, 'rejected'],
    [200, { isRateLimited: true }, 'busy'],
    [400, { isSuccessful: false, message: 'no' }, 'rejected'],
    [401, '', 'refused'],
    [500, '', 'in_doubt'],
    [200, {}, 'in_doubt'],
    [200, { report: {} }, 'in_doubt'],
    [200, { report: { records: [{}] } }, 'in_doubt'],
    [200, { result: { conversionAmount: 5 } }, 'in_doubt'],
    [503, { report: { totalCount: 0, records: [] } }, 'in_doubt'],
  ])('reads the failure of HTTP %i with %j', (status, body, kind) => {
    expect(ringbaCalls.readPage(reply(status, body), QUERY).kind).toBe(kind);
  });

  it('gives an answer to any status and text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, text) => {
        const page = ringbaCalls.readPage(reply(status, text), QUERY);
        expect(page.kind === 'rows' && (status < 200 || status > 299)).toBe(false);
      }),
    );
  });
});
