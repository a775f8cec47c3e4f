import { appendFileSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { convosoFake } from '../../src/sandbox/convoso.js';
import type { FakeRequest } from '../../src/sandbox/fake.js';
import { newJournal, NOON_TEXT, request, told } from './request.js';

const PATH = '/v1/revenue/update';

function update(form: Record<string, string>): FakeRequest {
  return request('POST', PATH, {
    body: new URLSearchParams({ auth_token: 'tok-1', ...form }).toString(),
  });
}

describe('the fake Convoso', () => {
  it('sets the revenue of a call log, and the last value wins', () => {
    const fake = convosoFake({});
    expect(told(fake.answer(update({ call_log_id: '100125', revenue: '12.50' })))).toEqual({
      status: 200,
      body: { success: true, data: { call_log_id: '100125' } },
    });
    fake.answer(update({ call_log_id: '100125', revenue: '0.00' }));
    expect(fake.books()).toEqual({
      revenue: { '100125': '0.00' },
      updates: [
        { at: NOON_TEXT, call_log_id: '100125', revenue: '12.50', return: null },
        { at: NOON_TEXT, call_log_id: '100125', revenue: '0.00', return: null },
      ],
    });
  });

  it('echoes the updated log with return=1, its revenue as a JSON number, and clears it where the revenue is left out', () => {
    const fake = convosoFake({});
    const log = { lead_id: '75', campaign_id: '1201', call_date: '2026-11-20 10:00:00', status: 'SALE' };
    expect(told(fake.answer(update({ call_log_id: '5', revenue: '9.99', return: '1' })))).toEqual({
      status: 200,
      body: { success: true, data: { call_log_id: '5', revenue: 9.99, ...log } },
    });
    expect(told(fake.answer(update({ call_log_id: '5', return: '1' })))).toEqual({
      status: 200,
      body: { success: true, data: { call_log_id: '5', revenue: null, ...log } },
    });
    expect(fake.books()).toEqual({
      revenue: { '5': null },
      updates: [
        { at: NOON_TEXT, call_log_id: '5', revenue: '9.99', return: '1' },
        { at: NOON_TEXT, call_log_id: '5', revenue: null, return: '1' },
      ],
    });
  });

  it.each([
    ['no token', { auth_token: '', call_log_id: '5', revenue: '1' }, 5001, 'Invalid Auth Token'],
    ['a bad token', { auth_token: 'bad-1', call_log_id: '5', revenue: '1' }, 5001, 'Invalid Auth Token'],
    ['no call log id', { revenue: '1' }, 6032, 'Missing Call Log ID'],
    ['an unknown call log', { call_log_id: '4044041', revenue: '1' }, 6033, 'No such Call Log'],
    ['neither revenue nor return', { call_log_id: '5' }, 6036, 'Either Revenue or Return need to have value'],
    [
      'return=0 alone',
      { call_log_id: '5', return: '0' },
      6036,
      'Either Revenue or Return need to have value',
    ],
  ])('refuses %s under HTTP 200 and writes nothing down', (_, form: Record<string, string>, code, text) => {
    const fake = convosoFake({});
    expect(told(fake.answer(update(form)))).toEqual({ status: 200, body: { success: false, code, text } });
    expect(fake.books()).toEqual({ revenue: {}, updates: [] });
  });

  it.each([
    ['bad-401', { code: 401, message: 'Unauthorized' }],
    ['bad-403', { code: 403, error: 'Forbidden' }],
    ['bad-text', { text: 'Invalid auth_token' }],
  ])('refuses the token %s in a way of its own, under HTTP 200', (token, said) => {
    const fake = convosoFake({});
    const form = { auth_token: token, call_log_id: '5', revenue: '1' };
    expect(told(fake.answer(update(form)))).toEqual({ status: 200, body: { success: false, ...said } });
  });

  it('fails without a code for a call log that is marked so', () => {
    const fake = convosoFake({});
    expect(told(fake.answer(update({ call_log_id: '5005001', revenue: '1' })))).toEqual({
      status: 200,
      body: { success: false, error: 'Call Log could not be updated' },
    });
    expect(fake.books()).toEqual({ revenue: {}, updates: [] });
  });

  it('updates another call log where one is marked so, and says which', () => {
    const fake = convosoFake({});
    expect(told(fake.answer(update({ call_log_id: '3033031', revenue: '1' })))).toEqual({
      status: 200,
      body: { success: true, data: { call_log_id: '93033031' } },
    });
    expect(fake.books()).toMatchObject({ revenue: { '93033031': '1' } });
  });

  it.each([
    ['an amount', { revenue: '1.00' }],
    ['a clear', {}],
  ])('keeps what a marked call log holds, and echoes that: %s', (_, form: Record<string, string>) => {
    const fake = convosoFake({});
    const answer = told(fake.answer(update({ call_log_id: '4234231', return: '1', ...form })));
    expect(answer).toMatchObject({ body: { success: true, data: { revenue: 100 } } });
    expect(fake.books()).toMatchObject({ revenue: { '4234231': '100.00' } });
  });

  it('answers without the log to return=0', () => {
    const answer = convosoFake({}).answer(update({ call_log_id: '5', revenue: '1', return: '0' }));
    expect(told(answer)).toEqual({ status: 200, body: { success: true, data: { call_log_id: '5' } } });
  });

  it('takes nothing but POST', () => {
    const fake = convosoFake({});
    expect(told(fake.answer(request('PUT', PATH)))).toEqual({
      status: 405,
      body: { success: false, code: 405, text: 'Method Not Allowed' },
    });
    expect(fake.books()).toEqual({ revenue: {}, updates: [] });
  });

  it('knows only the ids that it was told', () => {
    const fake = convosoFake({ known: new Set(['4044041']) });
    fake.answer(update({ call_log_id: '4044041', revenue: '1' }));
    fake.answer(update({ call_log_id: '5', revenue: '1' }));
    expect(fake.books()).toMatchObject({ revenue: { '4044041': '1' } });
  });

  it('finds its books again, without a line that a crash cut off, and keeps no token in them', () => {
    const journal = newJournal();
    const first = convosoFake({ journal });
    first.answer(update({ call_log_id: '1', revenue: '5' }));
    first.answer(update({ call_log_id: '2', revenue: '6' }));
    appendFileSync(journal, '{"at":"2026-11-20T12:0');
    expect(convosoFake({ journal }).books()).toEqual(first.books());
    expect(readFileSync(journal, 'utf8')).not.toContain('tok-1');
  });
});
