import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Fake, FakeRequest } from '../../src/sandbox/fake.js';
import { ringbaFake, type RingbaBooks } from '../../src/sandbox/ringba.js';
import { newJournal, NOON, NOON_TEXT, request, told } from './request.js';

const TOKEN = { authorization: 'Token t0k3n' };
const OVERRIDE = { reason: 'sold', adjustConversion: true, adjustPayout: false };

function post(page: string, body: unknown, headers: Record<string, string> = TOKEN, at = NOON): FakeRequest {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return request('POST', `/v2/RA1/${page}`, { headers, body: text, at });
}

function override(id: string, amount: number, at = NOON): FakeRequest {
  const body = { inboundCallId: id, ...OVERRIDE, newConversionAmount: amount };
  return post('calls/payments/override', body, TOKEN, at);
}

function booksOf(fake: Fake): RingbaBooks {
  return fake.books() as RingbaBooks;
}

function amounts(fake: Fake, id: string): unknown[] {
  const { conversionAmount, payoutAmount, hasConverted } = booksOf(fake).calls[id] ?? {};
  return [conversionAmount, payoutAmount, hasConverted];
}

describe('the fake Ringba', () => {
  it('sets the amount of a call, answers with what it holds, and a repeat overwrites', () => {
    const fake = ringbaFake({});
    const sent = `{"inboundCallId":"RGB1","reason":"sold","adjustConversion":true,"newConversionAmount":150.50,"adjustPayout":false,"targetId":"TA1"}`;
    const answer = { status: 200, body: { result: { conversionAmount: 150.5, payoutAmount: 0 } } };
    expect(told(fake.answer(post('calls/payments/override', sent)))).toEqual(answer);
    expect(told(fake.answer(post('calls/payments/override', sent)))).toEqual(answer);
    const adjustment = {
      at: NOON_TEXT,
      route: 'override',
      account: 'RA1',
      inboundCallId: 'RGB1',
      conversion: '150.50',
      payout: null,
      reason: 'sold',
      targetId: 'TA1',
    };
    expect(fake.books()).toEqual({
      calls: {
        RGB1: {
          inboundCallId: 'RGB1',
          callDt: NOON_TEXT,
          inboundPhoneNumber: null,
          conversionAmount: '150.50',
          payoutAmount: '0',
          hasConverted: true,
        },
      },
      adjustments: [adjustment, adjustment],
    });
  });

  it('keeps the digits of a number as they were sent', () => {
    const fake = ringbaFake({});
    for (const digits of ['0.30000000000000004', '1.505e2', '7'])
      fake.answer(
        post(
          'calls/payments/override',
          `{"inboundCallId":"RGB1","reason":"5 \\"x\\" 7","adjustConversion":true,"newConversionAmount":${digits},"adjustPayout":false}`,
        ),
      );
    const { adjustments } = booksOf(fake);
    expect(adjustments.map(({ conversion }) => conversion)).toEqual(['0.30000000000000004', '1.505e2', '7']);
    expect(adjustments[0]?.reason).toBe('5 "x" 7');
  });

  it('sets the payout only with adjustPayout, and takes no notice of an amount whose side is not adjusted', () => {
    const fake = ringbaFake({});
    const payout = {
      adjustConversion: false,
      adjustPayout: true,
      newPayoutAmount: 20,
      newConversionAmount: 9,
    };
    fake.answer(override('RGB1', 150));
    const body = { inboundCallId: 'RGB1', reason: 'paid', ...payout };
    expect(told(fake.answer(post('calls/payments/override', body)))).toEqual({
      status: 200,
      body: { result: { conversionAmount: 150, payoutAmount: 20 } },
    });
    expect(amounts(fake, 'RGB1')).toEqual(['150', '20', true]);
  });

  it('takes a sale back by an override to 0', () => {
    const fake = ringbaFake({});
    fake.answer(override('RGB1', 150));
    fake.answer(override('RGB1', 0));
    expect(amounts(fake, 'RGB1')).toEqual(['0', '0', false]);
  });

  it('adds on /calls/payments and subtracts on /calls/void, each time again', () => {
    const fake = ringbaFake({});
    fake.answer(override('RGB1', 10.1));
    const more = { inboundCallId: 'RGB1', ...OVERRIDE, adjustConverionByAmount: 0.25 };
    fake.answer(post('calls/payments', more));
    fake.answer(post('calls/payments', more));
    expect(amounts(fake, 'RGB1')).toEqual(['10.60', '0', true]);
    const less = { inboundCallId: 'RGB1', voidReason: 'no', voidConversion: true, voidPayout: false };
    expect(told(fake.answer(post('calls/void', { ...less, voidConverionAmount: 10 })))).toEqual({
      status: 200,
      body: { result: { conversionAmount: 0.6, payoutAmount: 0 } },
    });
    expect(booksOf(fake).adjustments.map(({ route }) => route)).toEqual([
      'override',
      'payments',
      'payments',
      'void',
    ]);
  });

  it.each([
    ['calls/payments/override', { ...OVERRIDE, newConversionAmount: -0.1 }],
    ['calls/payments', { ...OVERRIDE, adjustConverionByAmount: -20 }],
    ['calls/void', { voidReason: 'x', voidConversion: true, voidPayout: false, voidConverionAmount: 12.51 }],
  ])(
    'refuses on %s what would bring a call below zero, under HTTP 200, and changes nothing',
    (page, body) => {
      const fake = ringbaFake({});
      fake.answer(override('RGB1', 12.5));
      const message = 'Conversion would be brought below zero, the max refund is $12.5';
      expect(told(fake.answer(post(page, { inboundCallId: 'RGB1', ...body })))).toEqual({
        status: 200,
        body: { isSuccessful: false, message },
      });
      expect(amounts(fake, 'RGB1')).toEqual(['12.5', '0', true]);
      expect(booksOf(fake).adjustments).toHaveLength(1);
    },
  );

  it.each([
    ['no token', {}, 401, 'Authorization has been denied.'],
    ['a bare token', { authorization: 't0k3n' }, 401, 'Authorization has been denied.'],
    ['a bearer', { authorization: 'Bearer t0k3n' }, 401, 'Authorization has been denied.'],
    ['a bad token', { authorization: 'Token bad-1' }, 401, 'Authorization has been denied.'],
  ])('refuses %s', (_, headers: Record<string, string>, status, message) => {
    const fake = ringbaFake({});
    const body = { inboundCallId: 'RGB1', ...OVERRIDE, newConversionAmount: 1 };
    for (const page of ['calls/payments/override', 'calllogs'])
      expect(told(fake.answer(post(page, body, headers)))).toEqual({ status, body: { message } });
    expect(fake.books()).toEqual({ calls: {}, adjustments: [] });
  });

  it('refuses an account that is not the token’s, and any verb but POST', () => {
    const fake = ringbaFake({});
    const of = (method: string, account: string): FakeRequest =>
      request(method, `/v2/${account}/calls/payments/override`, { headers: TOKEN, body: '{}' });
    expect(told(fake.answer(of('POST', 'bad-RA2')))).toMatchObject({ status: 403 });
    expect(told(fake.answer(of('PUT', 'RA1')))).toMatchObject({ status: 405 });
  });

  const GOOD = { inboundCallId: 'RGB1', ...OVERRIDE, newConversionAmount: 1 };
  it.each([
    ['not JSON', 'inboundCallId=RGB1', 'inboundCallId is required.'],
    ['no call', { ...GOOD, inboundCallId: '' }, 'inboundCallId is required.'],
    ['no reason', { ...GOOD, reason: undefined }, 'reason is required.'],
    ['no adjustPayout', { ...GOOD, adjustPayout: undefined }, 'adjustPayout must be true or false.'],
    ['no amount', { ...GOOD, newConversionAmount: undefined }, 'newConversionAmount must be a number.'],
    ['an amount as text', { ...GOOD, newConversionAmount: '1' }, 'newConversionAmount must be a number.'],
    ['null', { ...GOOD, newConversionAmount: null }, 'newConversionAmount must be a number.'],
    ['no payout', { ...GOOD, adjustPayout: true }, 'newPayoutAmount must be a number.'],
    ['an unknown call', { ...GOOD, inboundCallId: 'RGB4044041' }, 'Call RGB4044041 was not found.'],
  ])('refuses %s with a message and writes nothing down', (_, body: unknown, message) => {
    const fake = ringbaFake({});
    expect(told(fake.answer(post('calls/payments/override', body)))).toEqual({
      status: 400,
      body: { message },
    });
    expect(fake.books()).toEqual({ calls: {}, adjustments: [] });
  });

  it('knows only the ids that it was told', () => {
    const fake = ringbaFake({ known: new Set(['RGB4044041']) });
    expect(told(fake.answer(override('RGB4044041', 1)))).toMatchObject({ status: 200 });
    expect(told(fake.answer(override('RGB5', 1)))).toMatchObject({ status: 400 });
  });

  it.each(['RGB4294291', '4294291'])('tells the first request about %s to wait, under HTTP 200', (id) => {
    const fake = ringbaFake({});
    expect(told(fake.answer(override(id, 5)))).toEqual({
      status: 200,
      body: {
        isSuccessful: false,
        isRateLimited: true,
        exceedingRateLimit: true,
        rateLimit: { perMinute: 80 },
        message: 'Rate limit exceeded.',
      },
    });
    expect(booksOf(fake).calls).toEqual({});
    expect(told(fake.answer(override(id, 5)))).toMatchObject({ body: { result: { conversionAmount: 5 } } });
  });

  it('fails under HTTP 200 for a call that is marked so, every time', () => {
    const fake = ringbaFake({});
    for (let time = 0; time < 2; time += 1)
      expect(told(fake.answer(override('RGB5005001', 5)))).toEqual({
        status: 200,
        body: { isSuccessful: false, message: 'The call could not be adjusted.' },
      });
    expect(booksOf(fake).calls).toEqual({});
  });

  it('answers with what it holds where a call keeps that, whatever is written', () => {
    const fake = ringbaFake({});
    const answer = { status: 200, body: { result: { conversionAmount: 0, payoutAmount: 0 } } };
    expect(told(fake.answer(override('RGB4234231', 5)))).toEqual(answer);
    expect(amounts(fake, 'RGB4234231')).toEqual(['0', '0', false]);
  });

  it('changes its books without a request: an amount, a flag, one call more, one less', () => {
    const fake = ringbaFake({});
    fake.answer(override('RGB1', 5));
    fake.answer(override('RGB2', 6));
    const alter = (change: unknown): unknown => fake.alter?.(JSON.stringify(change));
    const done = { ok: true, value: undefined };
    expect(alter({ set: 'RGB1', fields: { conversionAmount: '7.50', hasConverted: false } })).toEqual(done);
    expect(
      alter([
        { remove: 'RGB2' },
        {
          add: { inboundCallId: 'RGB9', callDt: '2026-11-01T00:00:00Z', conversionAmount: '1' },
          like: 'RGB1',
        },
        { set: 'RGB9', fields: { payoutAmount: '3' } },
      ]),
    ).toEqual(done);
    expect(amounts(fake, 'RGB1')).toEqual(['7.50', '0', false]);
    expect(amounts(fake, 'RGB9')).toEqual(['1', '3', false]);
    expect(Object.keys(booksOf(fake).calls)).toEqual(['RGB1', 'RGB9']);
    alter({ add: { conversionAmount: '2' } });
    expect(Object.keys(booksOf(fake).calls)).toContain('RGBADDED7');
    expect(booksOf(fake).adjustments).toHaveLength(2);
  });

  it.each([
    [{ remove: 'RGB7' }, 'there is no call "RGB7"'],
    [{ set: 'RGB1', fields: { amount: '1' } }, 'amount is not a field of a call'],
    [{ set: 'RGB1', fields: { conversionAmount: 'x' } }, 'conversionAmount cannot be "x"'],
    [{ set: 'RGB1', fields: { hasConverted: 'Converted' } }, 'hasConverted cannot be "Converted"'],
    [{ set: 'RGB1' }, 'use {"remove": ID}'],
    [{ change: 'RGB1' }, 'use {"remove": ID}'],
    ['nonsense', 'use {"remove": ID}'],
  ])('says what is wrong with the change %j', (change, error) => {
    const fake = ringbaFake({});
    fake.answer(override('RGB1', 5));
    expect(fake.alter?.(JSON.stringify(change))).toEqual({
      ok: false,
      error: expect.stringContaining(error) as unknown,
    });
    expect(amounts(fake, 'RGB1')).toEqual(['5', '0', true]);
  });

  it('finds its books again, and keeps no token in them', () => {
    const journal = newJournal();
    const first = ringbaFake({ journal });
    first.answer(override('RGB1', 5));
    first.answer(override('RGB4234231', 5));
    first.alter?.('{"set":"RGB1","fields":{"conversionAmount":"8"}}');
    const second = ringbaFake({ journal });
    expect(second.books()).toEqual(first.books());
    expect(amounts(second, 'RGB1')).toEqual(['8', '0', true]);
    expect(readFileSync(journal, 'utf8')).not.toContain('t0k3n');
  });
});

describe('the call log of the fake Ringba', () => {
  const HOUR = 3_600_000;
  const WINDOW = { reportStart: '2026-11-20T00:00:00Z', reportEnd: '2026-11-20T23:59:59Z' };
  const ID = [{ column: 'inboundCallId' }];

  function withCalls(options: { windowRows?: number } = {}): Fake {
    const fake = ringbaFake(options);
    fake.answer(override('RGB1', 150.5, NOON - HOUR));
    fake.answer(override('RGB2', 3, NOON));
    fake.answer(override('RGB3', 20, NOON + HOUR));
    return fake;
  }

  function report(fake: Fake, body: Record<string, unknown>): unknown {
    const { report } = told(fake.answer(post('calllogs', { ...WINDOW, ...body }))).body as {
      report: { records: Record<string, unknown>[]; totalCount: number };
    };
    return { total: report.totalCount, records: report.records };
  }

  it('shows the columns that were asked for, newest first, amounts as numbers, times as text', () => {
    const columns = ['inboundCallId', 'conversionAmount', 'payoutAmount', 'hasConverted', 'callDt'];
    const body = {
      offset: 0,
      size: 2,
      valueColumns: columns.map((column) => ({ column })),
      formatDateTime: true,
    };
    expect(report(withCalls(), body)).toEqual({
      total: 3,
      records: [
        {
          inboundCallId: 'RGB3',
          conversionAmount: 20,
          payoutAmount: 0,
          hasConverted: true,
          callDt: '11/20/2026 01:00:00 PM',
        },
        {
          inboundCallId: 'RGB2',
          conversionAmount: 3,
          payoutAmount: 0,
          hasConverted: true,
          callDt: '11/20/2026 12:00:00 PM',
        },
      ],
    });
  });

  it('goes on at an offset, and ends with no records', () => {
    const fake = withCalls();
    expect(report(fake, { offset: 2, size: 2, valueColumns: ID })).toEqual({
      total: 3,
      records: [{ inboundCallId: 'RGB1' }],
    });
    expect(report(fake, { offset: 3, size: 2, valueColumns: ID })).toEqual({ total: 3, records: [] });
  });

  it.each([
    [[{ column: 'callDt', direction: 'asc' }], ['RGB1', 'RGB2', 'RGB3']],
    [[{ column: 'callDt', direction: 'desc' }], ['RGB3', 'RGB2', 'RGB1']],
    [[{ column: 'conversionAmount', direction: 'asc' }], ['RGB2', 'RGB3', 'RGB1']],
    [
      [{ column: 'hasConverted' }, { column: 'inboundCallId', direction: 'desc' }],
      ['RGB3', 'RGB2', 'RGB1'],
    ],
  ])('sorts by %j', (orderByColumns, ids) => {
    const records = ids.map((inboundCallId) => ({ inboundCallId }));
    expect(report(withCalls(), { orderByColumns, valueColumns: ID })).toEqual({ total: 3, records });
  });

  it('shows the calls of the window, both its ends included', () => {
    const fake = withCalls();
    const within = (reportStart: string, reportEnd: string): unknown =>
      report(fake, { reportStart, reportEnd, valueColumns: ID });
    expect(within('2026-11-20T11:00:00Z', '2026-11-20T12:00:00')).toEqual({
      total: 2,
      records: [{ inboundCallId: 'RGB2' }, { inboundCallId: 'RGB1' }],
    });
    expect(within('2026-11-20T07:00:01-05:00', '2026-11-21')).toEqual({
      total: 1,
      records: [{ inboundCallId: 'RGB3' }],
    });
  });

  it('shows no more of a window than its limit, and counts no more', () => {
    const fake = withCalls({ windowRows: 2 });
    expect(report(fake, { offset: 0, size: 1000, valueColumns: ID })).toEqual({
      total: 2,
      records: [{ inboundCallId: 'RGB3' }, { inboundCallId: 'RGB2' }],
    });
  });

  it('writes times in milliseconds where they are not to be formatted, and in the zone that was asked for', () => {
    const fake = withCalls();
    const columns = { size: 1, valueColumns: [{ column: 'callDt' }] };
    expect(report(fake, columns)).toMatchObject({ records: [{ callDt: NOON + HOUR }] });
    expect(
      report(fake, { ...columns, formatDateTime: true, formatTimeZone: 'America/New_York' }),
    ).toMatchObject({ records: [{ callDt: '11/20/2026 08:00:00 AM' }] });
  });

  it('tells the first request of an account that is marked so to wait, under HTTP 200', () => {
    const fake = ringbaFake({});
    const read = request('POST', '/v2/429429-1/calllogs', { headers: TOKEN, body: JSON.stringify(WINDOW) });
    expect(told(fake.answer(read))).toMatchObject({ status: 200, body: { isRateLimited: true } });
    expect(told(fake.answer(read))).toMatchObject({ status: 200, body: { report: { totalCount: 0 } } });
  });

  it.each([
    [{ reportStart: undefined }, 'reportStart and reportEnd are required.'],
    [{ reportEnd: 'soon' }, 'reportStart and reportEnd are required.'],
    [{ size: 1001 }, 'size must be 1 to 1000.'],
    [{ offset: -1 }, 'offset must be a whole number.'],
    [{ formatTimeZone: 'Mars' }, 'Invalid IANA TimeZone.'],
    [{ valueColumns: [{ column: 'revenue' }] }, 'Column revenue was not found.'],
    [{ orderByColumns: [{ column: 'revenue' }] }, 'Column revenue was not found.'],
  ])('refuses %j', (body, message) => {
    expect(told(withCalls().answer(post('calllogs', { ...WINDOW, ...body })))).toEqual({
      status: 400,
      body: { isSuccessful: false, message },
    });
  });
});
