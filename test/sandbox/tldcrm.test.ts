import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FakeRequest } from '../../src/sandbox/fake.js';
import { tldcrmFake } from '../../src/sandbox/tldcrm.js';
import { newJournal, NOON_TEXT, request, told } from './request.js';

const BASE = '/api/ingress/calls/inbound/billable';
const KEYS = { 'tld-api-id': '42', 'tld-api-key': 'k3y' };
const SALE = { cost: '12.5000', call_date: '2026-11-19 10:00:00' };

function post(path: string, body: unknown, headers: Record<string, string> = KEYS): FakeRequest {
  return request('POST', `${BASE}${path}`, { headers, body: JSON.stringify(body) });
}

const ROW = {
  cost_id: 1,
  at: NOON_TEXT,
  did: '8005550100',
  cid: '2125550199',
  cost: '12.5000',
  call_date: '2026-11-19 10:00:00',
  call_date_is_now: false,
  date_billed: null,
  notes: null,
  lead_id: 7001,
};

describe('the fake TLDCRM', () => {
  it('inserts another cost row for the same request', () => {
    const fake = tldcrmFake({});
    expect(told(fake.answer(post('/8005550100/2125550199', SALE)))).toEqual({
      status: 200,
      body: { cost_id: 1, updated: 1, first_contact: 1, lead: { lead_id: 7001 } },
    });
    expect(told(fake.answer(post('/8005550100/2125550199', SALE)))).toEqual({
      status: 200,
      body: { cost_id: 2, updated: 1, first_contact: 0, lead: { lead_id: 7001 } },
    });
    expect(fake.books()).toEqual({ costs: [ROW, { ...ROW, cost_id: 2 }] });
  });

  it('takes a cost of up to four decimals as text or number, with its notes and the date it was billed', () => {
    const fake = tldcrmFake({});
    const body = { ...SALE, cost: 0.1234, date_billed: '2026-11-20', notes: 'twice a week' };
    expect(told(fake.answer(post('/18005550100/12125550199', body)))).toEqual({
      status: 200,
      body: { cost_id: 1, updated: 1, first_contact: 1, lead: { lead_id: 7001 } },
    });
    expect(fake.books()).toEqual({
      costs: [
        {
          ...ROW,
          did: '18005550100',
          cid: '12125550199',
          cost: '0.1234',
          date_billed: '2026-11-20',
          notes: 'twice a week',
        },
      ],
    });
  });

  it('takes now for a call date that was left out, and says so in the row', () => {
    const fake = tldcrmFake({});
    fake.answer(post('/8005550100/2125550199', { cost: '12.5000' }));
    expect(fake.books()).toEqual({
      costs: [{ ...ROW, call_date: '2026-11-20 12:00:00', call_date_is_now: true }],
    });
  });

  it('accepts the cost of a CID that has no lead', () => {
    const fake = tldcrmFake({});
    expect(told(fake.answer(post('/8005550100/4044045555', SALE)))).toEqual({
      status: 200,
      body: { cost_id: 1, updated: 0, first_contact: 0 },
    });
    expect(fake.books()).toEqual({ costs: [{ ...ROW, cid: '4044045555', lead_id: null }] });
  });

  it('lets a did and a cid of the body win over the path', () => {
    const fake = tldcrmFake({});
    fake.answer(post('/1111111111/2222222222', { ...SALE, did: 8005550100, cid: '2125550199' }));
    expect(fake.books()).toEqual({ costs: [ROW] });
  });

  it.each([
    ['no API id', { 'tld-api-key': 'k3y' }, 'No API ID Provided'],
    ['no API key', { 'tld-api-id': '42' }, 'No API Key Provided'],
    ['a bad API key', { 'tld-api-id': '42', 'tld-api-key': 'bad-1' }, 'Not Allowed'],
  ])('refuses %s under HTTP 200', (_, headers: Record<string, string>, error) => {
    const fake = tldcrmFake({});
    expect(told(fake.answer(post('/8005550100/2125550199', SALE, headers)))).toEqual({
      status: 200,
      body: { error },
    });
    expect(fake.books()).toEqual({ costs: [] });
  });

  it.each([
    ['', SALE, 'Missing or Invalid DID'],
    ['/8005550100', SALE, 'Missing or Invalid CID'],
    ['/8005550100/', SALE, 'Missing or Invalid CID'],
    ['/800555010/2125550199', SALE, 'Invalid DID'],
    ['/+18005550100/2125550199', SALE, 'Invalid DID'],
    ['/8005550100/212555019', SALE, 'Invalid CID'],
    ['/8005550100/%E0%A4%A', SALE, 'Invalid CID'],
    ['/8005550100/2125550199', {}, 'Missing or Invalid Cost'],
    ['/8005550100/2125550199', { ...SALE, cost: '' }, 'Missing or Invalid Cost'],
    ['/8005550100/2125550199', { ...SALE, cost: '$5' }, 'Invalid Cost'],
    ['/8005550100/2125550199', { ...SALE, cost: '0.12345' }, 'Invalid Cost'],
    ['/8005550100/2125550199', { ...SALE, call_date: '11/19/2026' }, 'Invalid Call Date'],
  ])('refuses %s with %j under HTTP 200: %s', (path, body, error) => {
    const fake = tldcrmFake({});
    expect(told(fake.answer(post(path, body)))).toEqual({ status: 200, body: { error } });
    expect(fake.books()).toEqual({ costs: [] });
  });

  it('reads a body that is not JSON as one without a cost', () => {
    const fake = tldcrmFake({});
    const broken = request('POST', `${BASE}/8005550100/2125550199`, { headers: KEYS, body: 'cost=5' });
    expect(told(fake.answer(broken))).toEqual({ status: 200, body: { error: 'Missing or Invalid Cost' } });
  });

  it('takes nothing but POST', () => {
    const fake = tldcrmFake({});
    expect(told(fake.answer(request('PUT', `${BASE}/8005550100/2125550199`, { headers: KEYS })))).toEqual({
      status: 405,
      body: { error: 'Method Not Allowed' },
    });
    expect(fake.books()).toEqual({ costs: [] });
  });

  it('finds its books again, numbers on from them and keeps no key in them', () => {
    const journal = newJournal();
    const first = tldcrmFake({ journal });
    first.answer(post('/8005550100/2125550199', SALE));
    first.answer(post('/8005550100/4044045555', SALE));
    const second = tldcrmFake({ journal });
    expect(second.books()).toEqual(first.books());
    expect(told(second.answer(post('/8005550100/2125550199', SALE)))).toEqual({
      status: 200,
      body: { cost_id: 3, updated: 1, first_contact: 0, lead: { lead_id: 7001 } },
    });
    expect(told(second.answer(post('/8005550100/2125550200', SALE)))).toEqual({
      status: 200,
      body: { cost_id: 4, updated: 1, first_contact: 1, lead: { lead_id: 7002 } },
    });
    expect(readFileSync(journal, 'utf8')).not.toContain('k3y');
  });
});
