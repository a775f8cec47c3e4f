import { describe, expect, it } from 'vitest';
import {
  echoOf,
  jsonObject,
  jsonText,
  keptOf,
  messageOf,
  outcomeOfStatus,
  retryAfter,
  statedError,
} from '../../src/core/reply.js';
import type { Reply } from '../../src/core/vendor.js';

const NOON = Date.UTC(2026, 9, 21, 12, 0, 0);

function reply(status: number, text: string, retry?: string): Reply {
  return { status, headers: retry === undefined ? {} : { 'retry-after': retry }, text, receivedAt: NOON };
}

describe('a status without a body that the vendor documents', () => {
  it.each([100, 200, 201, 202, 204, 206, 299])('%i leaves open whether the row was applied', (status) => {
    expect(outcomeOfStatus(reply(status, 'ok'))).toStrictEqual({
      kind: 'in_doubt',
      code: 'unclear_answer',
      message: `HTTP ${status}: ok`,
    });
  });

  it.each([300, 301, 302, 303, 304, 307, 308])('%i is not followed and leaves it open', (status) => {
    expect(outcomeOfStatus(reply(status, ''))).toStrictEqual({
      kind: 'in_doubt',
      code: `http_${status}`,
      message: `HTTP ${status} with an empty body; redirects are not followed, check the base URL`,
    });
  });

  it.each([400, 402, 404, 405, 406, 409, 410, 411, 413, 414, 415, 418, 422, 423, 424, 426, 428, 431, 451])(
    '%i rejects the row',
    (status) => {
      expect(outcomeOfStatus(reply(status, 'no such call'))).toStrictEqual({
        kind: 'rejected',
        code: `http_${status}`,
        message: `HTTP ${status}: no such call`,
      });
    },
  );

  it.each([401, 403, 407])('%i refuses the account', (status) => {
    expect(outcomeOfStatus(reply(status, 'who are you'))).toStrictEqual({
      kind: 'refused',
      code: `http_${status}`,
      message: `HTTP ${status}: who are you`,
    });
  });

  it.each([408, 500, 501, 502, 503, 504, 505, 507, 520, 522, 524, 599])(
    '%i leaves open whether the row was applied',
    (status) => {
      expect(outcomeOfStatus(reply(status, 'oops'))).toStrictEqual({
        kind: 'in_doubt',
        code: `http_${status}`,
        message: `HTTP ${status}: oops`,
      });
    },
  );

  it.each([425, 429])('%i turns the row away, with or without a time to wait', (status) => {
    const busy = { kind: 'busy', code: `http_${status}`, message: `HTTP ${status}: later` };
    expect(outcomeOfStatus(reply(status, 'later'))).toEqual({ ...busy, retryAfterMs: undefined });
    expect(outcomeOfStatus(reply(status, 'later', '30'))).toEqual({ ...busy, retryAfterMs: 30_000 });
  });

  it('503 turns the row away only where it says when to come back', () => {
    expect(outcomeOfStatus(reply(503, 'later', '7'))).toStrictEqual({
      kind: 'busy',
      code: 'http_503',
      message: 'HTTP 503: later',
      retryAfterMs: 7_000,
    });
    expect(outcomeOfStatus(reply(503, 'later', 'never'))).toStrictEqual({
      kind: 'in_doubt',
      code: 'http_503',
      message: 'HTTP 503: later',
    });
  });

  it('quotes one line of at most 160 characters of the body', () => {
    expect(outcomeOfStatus(reply(500, `  <html>\r\n\t<b>x</b>\n${'y'.repeat(500)}`))).toStrictEqual({
      kind: 'in_doubt',
      code: 'http_500',
      message: `HTTP 500: <html> <b>x</b> ${'y'.repeat(144)}…`,
    });
  });
});

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['1', 1_000],
    [' 120 ', 120_000],
    ['86400', 86_400_000],
    ['Wed, 21 Oct 2026 12:00:30 GMT', 30_000],
    ['Wednesday, 21-Oct-26 12:01:00 GMT', 60_000],
    ['Wed, 21 Oct 2026 12:00:00 GMT', 0],
    ['Wed, 21 Oct 2026 11:00:00 GMT', 0],
    ['Wed Oct 21 12:00:45 2026', 45_000],
  ])('%j is %i ms', (text, ms) => {
    expect(retryAfter(reply(429, '', text))).toBe(ms);
  });

  it.each([
    '',
    '  ',
    'soon',
    '-5',
    '1.5',
    '5s',
    'soon 5',
    '120 seconds',
    '2026-10-21',
    '1e3',
    'Wed, 99 Oct 2026 12:00:00 GMT',
  ])('%j says nothing', (text) => {
    expect(retryAfter(reply(429, '', text))).toBeUndefined();
  });

  it("takes a date against the vendor's own clock, whatever this machine's says", () => {
    const headers = { 'retry-after': 'Wed, 21 Oct 2026 12:00:30 GMT', date: 'Wed, 21 Oct 2026 12:00:10 GMT' };
    for (const receivedAt of [NOON - 3_600_000, NOON, NOON + 3_600_000])
      expect(retryAfter({ status: 429, text: '', headers, receivedAt })).toBe(20_000);
  });

  it('says nothing where it is absent', () => {
    expect(retryAfter(reply(429, ''))).toBeUndefined();
  });
});

describe('the body of a reply', () => {
  it('is read as a JSON object', () => {
    expect(jsonObject(reply(200, ' {"success":true,"data":{"revenue":50}}\n'))).toStrictEqual({
      success: true,
      data: { revenue: 50 },
    });
    expect(jsonObject(reply(200, '{}'))).toStrictEqual({});
  });

  it('keeps every digit of a number that is too long for a float, and leaves texts as they are', () => {
    const text =
      '\ufeff{"id":9007199254740993,"minus":-12345678901234567890,"short":50.10,"far":1e21,"text":"a \\"9007199254740993\\" b","list":[9007199254740993,1]}';
    expect(jsonObject(reply(200, text))).toEqual({
      id: '9007199254740993',
      minus: '-12345678901234567890',
      short: 50.1,
      far: 1e21,
      text: 'a "9007199254740993" b',
      list: ['9007199254740993', 1],
    });
  });

  it.each([
    '',
    '{',
    '[{"a":1}]',
    'null',
    '"{}"',
    '3',
    'true',
    '<html></html>',
    '{"a":1}{"b":2}',
    "{'a':1}",
    'NaN',
  ])('%j is no JSON object', (text) => {
    expect(jsonObject(reply(200, text))).toBeUndefined();
  });

  it.each([
    ['6033', '6033'],
    [6033, '6033'],
    [0, '0'],
    ['', ''],
    [NaN, undefined],
    [true, undefined],
    [null, undefined],
    [undefined, undefined],
    [['6033'], undefined],
  ])('has %j for the code or id %j', (value, text) => {
    expect(jsonText(value)).toBe(text);
  });

  it.each([
    [{ error: 'Invalid DID', message: 'other' }, 'Invalid DID'],
    [{ errors: ['too late', 'too little'] }, 'too late; too little'],
    [{ errors: { revenue: ['is not a number', 'is blank'] } }, 'revenue: is not a number; is blank'],
    [{ error: null, message: 404 }, '404'],
    [{ error: [{ code: 7, fatal: true }] }, 'code: 7; fatal: true'],
    [{ text: 'elsewhere' }, undefined],
    [undefined, undefined],
  ])('%j says %j', (body, message) => {
    expect(messageOf(body)).toBe(message);
  });

  it.each<[Parameters<typeof statedError>[0], string | undefined]>([
    [{ error: 'Invalid DID' }, 'Invalid DID'],
    [{ errors: ['Call not found'] }, 'Call not found'],
    [{ error: '', errors: { revenue: ['is blank'] } }, 'revenue: is blank'],
    [{ success: false, message: 'no' }, 'no'],
    [{ success: false }, 'success is false'],
    [{ error: true }, 'true'],
    [{ errors: [{ code: 0, message: 'no' }] }, 'code: 0; message: no'],
    [{ success: 'false' }, 'success is false'],
    [{ success: 0, message: 'no' }, 'no'],
    [{ ok: false }, 'ok is false'],
    [{ status: 'error', message: 'no' }, 'no'],
    [{ status: 'fail' }, 'status is fail'],
    [{ status: 'failed', success: true, ok: 1 }, undefined],
    [{ message: 'done' }, undefined],
    [undefined, undefined],
  ])('%j states the error %j', (body, error) => {
    expect(statedError(body)).toBe(error);
  });

  it.each(['', ' ', [], {}, [''], [null], 0, false, null, '0', 'false', 'null', [{ a: 0, b: [''] }]])(
    '%j is no error',
    (error) => {
      expect(statedError({ error, errors: error })).toBeUndefined();
    },
  );

  it('says of names only what it has under them', () => {
    const data = { a: 'x', b: 5, c: true, d: null, e: [], f: '' };
    const names = [...Object.keys(data), 'g', 'toString'];
    expect(echoOf(data, names)).toEqual({ a: 'x', b: '5', c: 'true', d: null, f: '' });
    expect(keptOf(data, names)).toEqual({ a: 'x', b: '5' });
    expect(keptOf(data, ['g'])).toBeUndefined();
  });

  it('stops where a text is nested too deep for a person, and for the stack', () => {
    const levels = 30_000;
    const lists = JSON.parse(`{"errors":${'['.repeat(levels)}1${']'.repeat(levels)}}`) as { errors: unknown };
    const objects = JSON.parse(`{"errors":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`) as typeof lists;
    expect(messageOf(lists)).toBe('…');
    expect(messageOf(objects)).toBe(`${'a: '.repeat(10)}…`);
    expect(statedError(lists)).toBe('…');
    expect(statedError(objects)).toBe(`${'a: '.repeat(10)}…`);
  });
});
