import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FakeRequest } from '../../src/sandbox/fake.js';
import { trackdriveFake, type TrackDriveBooks } from '../../src/sandbox/trackdrive.js';
import { newJournal, NOON_TEXT, request, told } from './request.js';

const EMPTY: TrackDriveBooks = { calls: {}, billing: [], reversal_requests: {}, updates: [], hung_up: [] };
const NOTHING_HELD = {
  buyer_converted: null,
  offer_converted: null,
  revenue: null,
  payout: null,
  trackdrive_buyer_id: null,
};

function basic(pair: string): string {
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

function put(call: string, body: string, authorization = basic('pub:priv')): FakeRequest {
  return request('PUT', `/api/v1/calls/${call}`, { headers: { authorization }, body });
}

describe('the fake TrackDrive', () => {
  it('bills a conversion once, and a second one only sets what is billed', () => {
    const fake = trackdriveFake({});
    expect(told(fake.answer(put('77', 'buyer_converted=true&revenue=50.00')))).toEqual({
      status: 200,
      body: { id: '77' },
    });
    fake.answer(put('77', 'buyer_converted=true&revenue=60.5&trackdrive_buyer_id=b1&payout=10'));
    expect(fake.books()).toEqual({
      ...EMPTY,
      calls: {
        '77': {
          buyer_converted: true,
          offer_converted: null,
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
      calls: { '77': { ...NOTHING_HELD, buyer_converted: true, revenue: '20.00' } },
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
      calls: { '77': { revenue: '0.30', payout: '3.50' } },
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
      body: { id: '0b7c-11' },
    });
    fake.answer(request('PUT', path, { body: 'offer_converted=true' }));
    expect(fake.books()).toEqual({
      ...EMPTY,
      calls: {
        '0b7c-11': { ...NOTHING_HELD, buyer_converted: true, offer_converted: true, revenue: '9.00' },
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

  it.each([
    ['revenue=1%2C200', ['revenue must be a decimal number']],
    ['revenue=', ['revenue must be a decimal number']],
    ['revenue=1.005', ['revenue must be a decimal number']],
    [
      'payout=x&buyer_converted=yes',
      ['buyer_converted must be true or false', 'payout must be a decimal number'],
    ],
    ['{"revenue":"1.00"}', ['No parameters to update']],
  ])('answers 422 to %s and applies nothing of it', (body, errors) => {
    const fake = trackdriveFake({});
    expect(told(fake.answer(put('77', body)))).toEqual({ status: 422, body: { errors } });
    expect(fake.books()).toEqual(EMPTY);
  });

  it('answers 405 to any other verb, and writes down which call a DELETE would have hung up', () => {
    const fake = trackdriveFake({});
    const paths = ['/api/v1/calls/77', '/api/v1/secure/t0ken/calls/88'];
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
