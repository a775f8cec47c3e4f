import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FakeRequest } from '../../src/sandbox/fake.js';
import { tldcrmFake, type TldcrmBooks } from '../../src/sandbox/tldcrm.js';
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

interface Answer {
  readonly body: Record<string, unknown>;
}

/** The whole answer to SALE at noon; `inserted` is what the vendor put into its database. */
function success(
  costId: number,
  { inserted = {}, ...rest }: Record<string, unknown> = {},
): Answer & { status: number } {
  return {
    status: 200,
    body: {
      cid: '2125550199',
      did: '8005550100',
      cost: '12.5000',
      cost_id: String(costId),
      inserted: {
        date_billed: '2026-11-20 12:00:00',
        cost: '12.5000',
        method: 'ingress',
        method_id: '42',
        ip_address: '127.0.0.1',
        call_date: '2026-11-19 10:00:00',
        call_from: '2125550199',
        call_to: '8005550100',
        attributable: '1',
        notes: '',
        ...(inserted as object),
      },
      updated: 1,
      first_contact: 1,
      lead: { lead_id: '7001' },
      ...rest,
    },
  };
}

const PATH = '/8005550100/2125550199';

/** What a body's cost row holds, and what the answer says of it. */
function outcome(path: string, body: unknown): { row: unknown; answer: unknown } {
  const fake = tldcrmFake({});
  const answer = told(fake.answer(post(path, body))).body;
  return { row: (fake.books() as TldcrmBooks).costs[0], answer };
}

describe('the fake TLDCRM', () => {
  it('inserts another cost row for the same request', () => {
    const fake = tldcrmFake({});
    expect(told(fake.answer(post(PATH, SALE)))).toEqual(success(1));
    expect(told(fake.answer(post(PATH, SALE)))).toEqual(success(2, { first_contact: 0 }));
    expect(fake.books()).toEqual({ costs: [ROW, { ...ROW, cost_id: 2 }] });
  });

  it('takes a cost of up to four decimals as text or number, with its notes and the date it was billed', () => {
    const fake = tldcrmFake({});
    const body = { ...SALE, cost: 0.1234, date_billed: '2026-11-20', notes: 'twice a week' };
    const inserted = {
      date_billed: '2026-11-20',
      cost: '0.1234',
      call_from: '12125550199',
      call_to: '18005550100',
      notes: 'twice a week',
    };
    expect(told(fake.answer(post('/18005550100/12125550199', body)))).toEqual(
      success(1, { cid: '12125550199', did: '18005550100', cost: '0.1234', inserted }),
    );
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

  it.each([undefined, '', 'yesterday', '11/19/2026', '2026-02-30 10:00:00', '2026-11-19 25:00:00'])(
    'takes now for the call date %j, and shows it in inserted',
    (callDate) => {
      const { row, answer } = outcome(PATH, { cost: '12.5000', call_date: callDate });
      expect(row).toEqual({ ...ROW, call_date: '2026-11-20 12:00:00', call_date_is_now: true });
      expect(answer).toMatchObject({ inserted: { call_date: '2026-11-20 12:00:00' } });
    },
  );

  it.each([
    ['2026-11-19 10:00:00', '2026-11-19 10:00:00'],
    ['2026-11-19T10:00:00', '2026-11-19 10:00:00'],
    ['2026-11-19 10:00', '2026-11-19 10:00:00'],
    ['2026-11-19', '2026-11-19 00:00:00'],
    ['2026-11-19T10:00:00-0500', '2026-11-19 15:00:00'],
    ['2026-11-19T10:00:00.250Z', '2026-11-19 10:00:00'],
  ])('understands the call date %s', (callDate, held) => {
    const { row, answer } = outcome(PATH, { ...SALE, call_date: callDate });
    expect(row).toEqual({ ...ROW, call_date: held });
    expect(answer).toMatchObject({ inserted: { call_date: held } });
  });

  it.each([
    ['0.12344', '0.1234'],
    ['0.12345', '0.1235'],
    ['9.99995', '10.0000'],
    ['5', '5'],
    ['.5', '.5'],
  ])('inserts the cost %s as %s, and answers with both', (cost, held) => {
    const { row, answer } = outcome(PATH, { ...SALE, cost });
    expect(row).toEqual({ ...ROW, cost: held });
    expect(answer).toMatchObject({ cost, inserted: { cost: held } });
  });

  it('accepts the cost of a CID that has no lead', () => {
    const fake = tldcrmFake({});
    const { lead: _, ...body } = success(1, { cid: '4044045555', updated: 0, first_contact: 0 }).body;
    expect(told(fake.answer(post('/8005550100/4044045555', SALE)))).toEqual({
      status: 200,
      body: { ...body, inserted: { ...(body['inserted'] as object), call_from: '4044045555' } },
    });
    expect(fake.books()).toEqual({ costs: [{ ...ROW, cid: '4044045555', lead_id: null }] });
  });

  it('has one lead for a number with and without its country', () => {
    const fake = tldcrmFake({});
    fake.answer(post(PATH, SALE));
    expect(told(fake.answer(post('/8005550100/12125550199', SALE)))).toMatchObject({
      body: { first_contact: 0, lead: { lead_id: '7001' } },
    });
  });

  it.each([
    ['a lead without an id', '4044061234', { updated: 1, lead: { lead_id: '' } }, '12.5000', false],
    ['a cost of its own', '4234231234', { cost: '12.5000', inserted: { cost: '1.0000' } }, '1.0000', false],
    [
      'a call date that is never understood',
      '4244241234',
      { inserted: { call_date: '2026-11-20 12:00:00' } },
      '12.5000',
      true,
    ],
  ])('has by a mark of the CID %s', (_, cid, said, cost, isNow) => {
    const { row, answer } = outcome(`/8005550100/${cid}`, SALE);
    expect(answer).toMatchObject(said);
    expect(row).toMatchObject({ cost, call_date_is_now: isNow });
  });

  it.each(['inbound_number', 'number_dialed', 'call_to', 'did'])('lets %s win over the path', (name) => {
    const { row } = outcome('/1111111111/2125550199', { ...SALE, [name]: 8005550100 });
    expect(row).toEqual(ROW);
  });

  it.each(['phone_number', 'phone', 'cid', 'call_from'])('lets %s win over the path', (name) => {
    const { row } = outcome('/8005550100/2222222222', { ...SALE, [name]: '2125550199' });
    expect(row).toEqual(ROW);
  });

  it('takes the first alias of several, and both numbers of the body where the path has none', () => {
    const aliases = { call_from: '1', cid: '2', phone: '3', phone_number: '2125550199' };
    const dialed = { did: '4', call_to: '5', number_dialed: '6', inbound_number: '8005550100' };
    expect(outcome('', { ...SALE, ...aliases, ...dialed }).row).toEqual(ROW);
  });

  it.each(['+1 (800) 555-0100', '1-800-555-0100', '1.800.555.0100', 'tel:18005550100'])(
    'takes the number %s',
    (number) => {
      expect(outcome(`/${encodeURIComponent(number)}/2125550199`, SALE).row).toEqual({
        ...ROW,
        did: '18005550100',
      });
    },
  );

  const FORM = new URLSearchParams(SALE).toString();
  const MULTIPART = ['cost', 'call_date', 'notes']
    .map(
      (name) =>
        `--b1\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${{ ...SALE, notes: 'a\r\n\r\nb' }[name] ?? ''}\r\n`,
    )
    .join('');
  it.each([
    ['JSON', 'application/json; charset=utf-8', JSON.stringify(SALE), null],
    ['a form', 'application/x-www-form-urlencoded', FORM, null],
    ['a multipart form', 'multipart/form-data; boundary=b1', `${MULTIPART}--b1--\r\n`, 'a\r\n\r\nb'],
    ['JSON of no type', 'text/plain', JSON.stringify(SALE), null],
    ['a form of no type', '', FORM, null],
  ])('takes %s', (_, type, body, notes) => {
    const fake = tldcrmFake({});
    fake.answer(request('POST', `${BASE}${PATH}`, { headers: { ...KEYS, 'content-type': type }, body }));
    expect(fake.books()).toEqual({ costs: [{ ...ROW, notes }] });
  });

  it.each([
    ['api_id', 'api_key'],
    ['api', 'apikey'],
    ['tld-api-id', 'tld-api-key'],
  ])('takes credentials as %s and %s, of the query, the body or the headers', (id, key) => {
    const keys = { [id]: '42', [key]: 'k3y' };
    const query = new URLSearchParams(keys).toString();
    for (const sent of [
      request('POST', `${BASE}${PATH}?${query}`, { body: FORM }),
      request('POST', `${BASE}${PATH}`, { body: JSON.stringify({ ...SALE, ...keys }) }),
      request('POST', `${BASE}${PATH}`, { body: FORM, headers: keys }),
    ])
      expect(told(tldcrmFake({}).answer(sent))).toEqual(success(1));
  });

  it.each([
    ['no API id', { 'tld-api-key': 'k3y' }, 'No API ID Provided'],
    ['no API key', { 'tld-api-id': '42' }, 'No API Key Provided'],
    ['an API id that is none', { 'tld-api-id': 'none', 'tld-api-key': 'k3y' }, 'No API ID Provided'],
    ['an API key that is none', { 'tld-api-id': '42', 'tld-api-key': 'none' }, 'No API Key Provided'],
    ['a bad API key', { 'tld-api-id': '42', 'tld-api-key': 'bad-1' }, 'Not Allowed'],
    ['a key without dialer', { 'tld-api-id': '42', 'tld-api-key': 'no-dialer' }, 'TLDialer Not Enabled'],
    ['a key without log', { 'tld-api-id': '42', 'tld-api-key': 'no-log' }, 'Advanced Call Log Not Enabled'],
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
    ['/8005550100123/2125550199', SALE, 'Invalid DID'],
    ['/house/2125550199', SALE, 'Invalid DID'],
    ['/4044041234/2125550199', SALE, 'Invalid DID'],
    ['/4044051234/2125550199', SALE, 'Missing or Invalid DID'],
    ['/8005550100/4044071234', SALE, 'Invalid CID'],
    ['/8005550100/4044051234', SALE, 'Missing or Invalid CID'],
    ['/8005550100/212555019', SALE, 'Invalid CID'],
    ['/8005550100/%E0%A4%A', SALE, 'Invalid CID'],
    ['/8005550100/2125550199', {}, 'Missing or Invalid Cost'],
    ['/8005550100/2125550199', { ...SALE, cost: '' }, 'Missing or Invalid Cost'],
    ['/8005550100/2125550199', { ...SALE, cost: null }, 'Missing or Invalid Cost'],
    ['/8005550100/2125550199', { ...SALE, cost: '$5' }, 'Missing or Invalid Cost'],
  ])('refuses %s with %j under HTTP 200: %s', (path, body, error) => {
    const fake = tldcrmFake({});
    expect(told(fake.answer(post(path, body)))).toEqual({ status: 200, body: { error } });
    expect(fake.books()).toEqual({ costs: [] });
  });

  it('inserts the cost and then loses its dialer for a CID that is marked so', () => {
    const fake = tldcrmFake({});
    expect(told(fake.answer(post('/8005550100/5005001234', SALE)))).toEqual({
      status: 200,
      body: { error: 'TLDialer Connection Error' },
    });
    expect(fake.books()).toMatchObject({ costs: [{ cid: '5005001234', cost: '12.5000' }] });
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
    expect(told(second.answer(post(PATH, SALE)))).toEqual(success(3, { first_contact: 0 }));
    expect(told(second.answer(post('/8005550100/2125550200', SALE)))).toMatchObject({
      body: { cost_id: '4', first_contact: 1, lead: { lead_id: '7002' } },
    });
    expect(readFileSync(journal, 'utf8')).not.toContain('k3y');
  });
});
