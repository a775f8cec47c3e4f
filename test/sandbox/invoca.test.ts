import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Fake, FakeRequest } from '../../src/sandbox/fake.js';
import { invocaFake, type InvocaBooks } from '../../src/sandbox/invoca.js';
import { newJournal, NOON, request, told } from './request.js';

const PATH = '/api/2015-08-17/call_outcomes.json';
const EMPTY: InvocaBooks = { outcomes: {}, transactions: [], methods: [] };
const NOON_S = String(NOON / 1000);

interface How {
  method?: string;
  search?: Record<string, unknown>;
  at?: number;
}

function report(
  outcome: Record<string, unknown>,
  { method = 'POST', search = { transaction_id: 'T-1' }, at = NOON }: How = {},
): FakeRequest {
  const body = { search, call_outcome: { outcome_name: 'Sale', ...outcome }, oauth_token: 't0ken' };
  return request(method, PATH, { body: JSON.stringify(body), at });
}

const ANSWER = {
  transaction_id: 'OUTCOME-1',
  corrects_transaction_id: null,
  outcome_name: 'Sale',
  partner_unique_id: '',
  description: '',
  occurred_at_time_t: NOON_S,
  sale_amount: null as string | null,
  value: 'true',
  custom_parameter_1: '',
  custom_parameter_2: '',
  custom_parameter_3: '',
};
const CALL = { transaction_id: 'T-1', start_time_t: NOON_S };

const OUTCOME = {
  transaction_id: 'OUTCOME-1',
  call: 'T-1',
  outcome_name: 'Sale',
  partner_unique_id: '',
  description: null,
  occurred_at_time_t: NOON_S,
  sale_amount: '100.00',
  value: true,
  custom_parameter_1: null,
  custom_parameter_2: null,
  custom_parameter_3: null,
};
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
  signal_name: 'Sale',
  signal_partner_unique_id: '',
  signal_value: true,
  custom_data: [],
};

describe('the fake Invoca call outcomes', () => {
  it('creates with 201 and updates with 200, a new id, and the id that it replaces, whatever the verb', () => {
    const fake = invocaFake({});
    expect(told(fake.answer(report({ sale_amount: '100.00' })))).toEqual({
      status: 201,
      body: { call_outcome: { ...ANSWER, sale_amount: '100.0' }, call: CALL },
    });
    const later = { method: 'PUT', at: NOON + 60_000 };
    expect(told(fake.answer(report({ outcome_name: 'SALE', sale_amount: '75.55' }, later)))).toEqual({
      status: 200,
      body: {
        call_outcome: {
          ...ANSWER,
          transaction_id: 'OUTCOME-2',
          corrects_transaction_id: 'OUTCOME-1',
          sale_amount: '75.55',
        },
        call: CALL,
      },
    });
    expect(fake.books()).toEqual({
      outcomes: {
        'T-1|sale|': {
          ...OUTCOME,
          transaction_id: 'OUTCOME-2',
          sale_amount: '75.55',
        },
      },
      transactions: [
        ROW,
        {
          ...ROW,
          transaction_id: 'OUTCOME-2',
          corrects_transaction_id: 'OUTCOME-1',
          corrected_at: '2026-11-20 12:01:00 +00:00',
          sale_amount: '75.55',
        },
      ],
      methods: ['POST', 'PUT'],
    });
  });

  it.each(['keep', 'replace'] as const)(
    'makes nothing new of what was reported already, and answers with it (%s)',
    (omitted) => {
      const fake = invocaFake({ omitted });
      fake.answer(report({ sale_amount: '90', description: 'x' }));
      fake.answer(report({ sale_amount: '100.00', description: 'x' }));
      const before = JSON.stringify(fake.books());
      const again = { description: 'x', outcome_name: 'sale', value: 'true' };
      for (const sale_amount of ['100.00', '100.0', 100])
        for (const method of ['POST', 'PUT'])
          expect(told(fake.answer(report({ ...again, sale_amount }, { method, at: NOON + 60_000 })))).toEqual(
            {
              status: 200,
              body: {
                call_outcome: {
                  ...ANSWER,
                  transaction_id: 'OUTCOME-2',
                  corrects_transaction_id: 'OUTCOME-1',
                  description: 'x',
                  sale_amount: '100.0',
                },
                call: CALL,
              },
            },
          );
      expect(JSON.stringify(fake.books())).toBe(before);
    },
  );

  it('keeps a second sale apart by its partner_unique_id', () => {
    const fake = invocaFake({});
    fake.answer(report({ partner_unique_id: 'A', sale_amount: '1' }));
    fake.answer(report({ partner_unique_id: 'B', sale_amount: '2' }));
    expect(fake.books()).toMatchObject({
      outcomes: { 'T-1|sale|A': { sale_amount: '1' }, 'T-1|sale|B': { sale_amount: '2' } },
      transactions: [{ corrects_transaction_id: null }, { corrects_transaction_id: null }],
    });
  });

  const ALL = {
    partner_unique_id: 'A',
    description: 'one year',
    occurred_at_time_t: 1440607313,
    sale_amount: 100,
    value: false,
    custom_parameter_1: 'x'.repeat(255),
    custom_parameter_2: 'y',
    custom_parameter_3: 'z',
  };
  const HELD = { ...ALL, occurred_at_time_t: '1440607313', sale_amount: '100' };
  const ID = { transaction_id: 'OUTCOME-1', call: 'T-1', outcome_name: 'Sale' };
  const outcome = (fake: Fake): unknown => (fake.books() as InvocaBooks).outcomes['T-1|sale|A'];

  it('keeps what an update leaves out, or empties all of it but the time, whichever it is told to', () => {
    for (const omitted of ['keep', 'replace'] as const) {
      const fake = invocaFake({ omitted });
      fake.answer(report(ALL));
      expect(outcome(fake)).toEqual({ ...ID, ...HELD });
      fake.answer(report({ partner_unique_id: 'A', description: 'two' }, { at: NOON + 60_000 }));
      expect(outcome(fake)).toEqual(
        omitted === 'keep'
          ? { ...ID, ...HELD, transaction_id: 'OUTCOME-2', description: 'two' }
          : {
              ...OUTCOME,
              transaction_id: 'OUTCOME-2',
              partner_unique_id: 'A',
              description: 'two',
              occurred_at_time_t: '1440607313',
              sale_amount: null,
            },
      );
    }
  });

  it.each(['keep', 'replace'] as const)('empties what is sent as null, and echoes it (%s)', (omitted) => {
    const fake = invocaFake({ omitted });
    fake.answer(report(ALL));
    const nothing = { description: null, sale_amount: null, custom_parameter_2: null, value: 'false' };
    expect(told(fake.answer(report({ ...ALL, ...nothing })))).toMatchObject({
      status: 200,
      body: { call_outcome: { description: '', sale_amount: null, custom_parameter_2: '', value: 'false' } },
    });
    expect(outcome(fake)).toEqual({
      ...ID,
      ...HELD,
      ...nothing,
      value: false,
      transaction_id: 'OUTCOME-2',
    });
  });

  it.each([
    ['0.00', '0.0'],
    ['0', '0.0'],
    [0, '0.0'],
    [null, null],
    ['100', '100.0'],
    ['100.50', '100.5'],
    [7.25, '7.25'],
    ['0012.30', '12.3'],
  ])('takes the amount %j and echoes %j', (sale_amount, echo) => {
    const fake = invocaFake({});
    const answer = { call_outcome: { ...ANSWER, sale_amount: echo }, call: CALL };
    expect(told(fake.answer(report({ sale_amount })))).toEqual({ status: 201, body: answer });
    expect((fake.books() as InvocaBooks).transactions).toMatchObject([{ sale_amount: echo }]);
  });

  it.each([
    [true, true],
    ['true', true],
    ['1', true],
    [false, false],
    ['false', false],
    [0, false],
  ])('takes the value %j as %j, and echoes it as text', (value, held) => {
    const fake = invocaFake({});
    expect(told(fake.answer(report({ value })))).toMatchObject({
      body: { call_outcome: { value: String(held) } },
    });
    expect((fake.books() as InvocaBooks).transactions).toMatchObject([{ signal_value: held }]);
  });

  it('finds one call by its start in seconds and in milliseconds', () => {
    const fake = invocaFake({});
    const search = { calling_phone_number: '+12125550199', duration_in_seconds: 61 };
    const found = told(
      fake.answer(report({ sale_amount: '5' }, { search: { start_time_t: 1795000000, ...search } })),
    );
    expect(found).toMatchObject({
      status: 201,
      body: {
        call: { transaction_id: 'at-1795000000000-+12125550199-61', start_time_t: '1795000000' },
      },
    });
    fake.answer(report({ sale_amount: '6' }, { search: { start_time_t: '1795000000000', ...search } }));
    const row = {
      ...ROW,
      complete_call_id: 'REC-at-1795000000000-+12125550199-61',
      start_time_local: '2026-11-18 11:06:40 +00:00',
      start_time_utc: 1795000000000,
      calling_phone_number: '212-555-0199',
      duration: 61,
      sale_amount: '5.0',
    };
    expect((fake.books() as InvocaBooks).transactions).toEqual([
      row,
      {
        ...row,
        transaction_id: 'OUTCOME-2',
        corrects_transaction_id: 'OUTCOME-1',
        corrected_at: '2026-11-20 12:00:00 +00:00',
        sale_amount: '6.0',
      },
    ]);
  });

  const NO_CALL = 'No call found. Please refer to the documentation.';
  const FILTERS =
    'calling_phone_number, duration_in_seconds, advertiser_id_from_network, advertiser_campaign_id_from_network, network_id';
  const WRONG = 'Validation failed:';
  const AT = '1795000000';
  it.each([
    [{ transaction_id: '404404-1' }, 'RecordNotFound', NO_CALL],
    [{ start_time_t: AT, calling_phone_number: '+14044045555' }, 'RecordNotFound', NO_CALL],
    [{ transaction_id: '403404-1' }, 'UnauthorizedAdvertiser', 'You do not have access to this advertiser'],
    [{}, 'RecordInvalid', `${WRONG} transaction_id or start_time_t must be present`],
    [{ start_time_t: AT }, 'RecordInvalid', `${WRONG} start_time_t needs one of ${FILTERS}`],
    [
      { start_time_t: `${AT}0`, network_id: 7 },
      'RecordInvalid',
      `${WRONG} start_time_t must have 10 or 13 digits`,
    ],
    [
      { start_time_t: AT, advertiser_id_from_network: '403404' },
      'UnauthorizedAdvertiser',
      'You do not have access to this advertiser',
    ],
    [
      { transaction_id: 'T-1', advertiser_id_from_network: '403404-7' },
      'UnauthorizedAdvertiser',
      'You do not have access to this advertiser',
    ],
    [
      { start_time_t: AT, calling_phone_number: '2125550199' },
      'RecordInvalid',
      `${WRONG} calling_phone_number must be in E.164 format`,
    ],
    [
      { start_time_t: AT, duration_in_seconds: '1:01' },
      'RecordInvalid',
      `${WRONG} duration_in_seconds must be a whole number`,
    ],
  ])('refuses the search %j as %s', (search, name, invalid_data) => {
    const fake = invocaFake({});
    expect(told(fake.answer(report({}, { search })))).toEqual({
      status: name === 'RecordNotFound' ? 404 : 403,
      body: { errors: { class: name, invalid_data } },
    });
    expect(fake.books()).toEqual(EMPTY);
  });

  const AMOUNT = 'Sale amount must be a number without symbols or separators';
  it.each([
    [{ outcome_name: ' ' }, "Outcome name can't be blank"],
    [{ sale_amount: '' }, AMOUNT],
    [{ sale_amount: '$5' }, AMOUNT],
    [{ sale_amount: '1,200.00' }, AMOUNT],
    [{ sale_amount: '-5' }, AMOUNT],
    [{ sale_amount: '5.005' }, AMOUNT],
    [{ value: 'no' }, 'Value must be true or false'],
    [{ occurred_at_time_t: '2026-11-20' }, 'Occurred at time t must have 10 digits'],
    [{ occurred_at_time_t: '1440607313000' }, 'Occurred at time t must have 10 digits'],
    [{ custom_paramter_1: 'x' }, 'custom_paramter_1 is not a field of a call outcome'],
  ])('refuses %j as RecordInvalid', (fields, message) => {
    const fake = invocaFake({});
    expect(told(fake.answer(report(fields)))).toEqual({
      status: 403,
      body: { errors: { class: 'RecordInvalid', invalid_data: `Validation failed: ${message}` } },
    });
    expect(fake.books()).toEqual(EMPTY);
  });

  it.each(['custom_parameter_1', 'custom_parameter_2', 'custom_parameter_3'])(
    'refuses a %s of more than 255 characters',
    (name) => {
      const fake = invocaFake({});
      expect(told(fake.answer(report({ [name]: '🙂'.repeat(256) })))).toEqual({
        status: 403,
        body: {
          errors: {
            class: 'RecordInvalid',
            invalid_data: 'Validation failed: Custom parameter is too long (maximum is 255)',
          },
        },
      });
      expect(fake.books()).toEqual(EMPTY);
      fake.answer(report({ [name]: '🙂'.repeat(255) }));
      expect((fake.books() as InvocaBooks).transactions).toEqual([{ ...ROW, sale_amount: null }]);
    },
  );

  it('answers 403 UnauthorizedOperation to a token that may not do anything', () => {
    const fake = invocaFake({});
    const { body } = report({ sale_amount: '1' });
    expect(told(fake.answer(request('POST', PATH, { body: body.replace('t0ken', 'readonly-1') })))).toEqual({
      status: 403,
      body: {
        errors: {
          class: 'UnauthorizedOperation',
          invalid_data: 'You are not authorized to perform this operation',
        },
      },
    });
    expect(fake.books()).toEqual(EMPTY);
  });

  it.each([
    ['none', {}],
    ['a bad one', { oauth_token: 'bad-1' }],
    ['one with a scheme', { oauth_token: 'Bearer t0ken' }],
  ])('answers 401 to %s for a token, and looks for it in the body only', (_, token) => {
    const fake = invocaFake({});
    const body = JSON.stringify({
      search: { transaction_id: 'T-1' },
      call_outcome: { outcome_name: 'Sale' },
      ...token,
    });
    const headers = { authorization: 't0ken' };
    expect(told(fake.answer(request('POST', `${PATH}?oauth_token=t0ken`, { headers, body })))).toEqual({
      status: 401,
      body: { errors: { class: 'Unauthorized', invalid_data: 'Invalid or missing oauth token' } },
    });
    expect(fake.books()).toEqual(EMPTY);
  });

  it('answers 405 to another verb and 400 to a version that is not a date', () => {
    const fake = invocaFake({});
    expect(told(fake.answer(request('DELETE', PATH)))).toEqual({
      status: 405,
      body: { errors: { class: 'MethodNotAllowed' } },
    });
    const { body } = report({});
    expect(told(fake.answer(request('POST', '/api/v1/call_outcomes.json', { body })))).toEqual({
      status: 400,
      body: { errors: { class: 'InvalidInput', invalid_data: 'Invalid API version' } },
    });
    expect(fake.books()).toEqual(EMPTY);
  });

  it('finds its books again, corrects what stands in them and keeps no token in them', () => {
    const journal = newJournal();
    const first = invocaFake({ journal });
    first.answer(report({ sale_amount: '100.00' }));
    first.answer(report({ sale_amount: '80' }));
    const second = invocaFake({ journal });
    expect(second.books()).toEqual(first.books());
    const later = { method: 'PUT', at: NOON + 86_400_000 };
    expect(told(second.answer(report({ sale_amount: '70' }, later)))).toMatchObject({
      status: 200,
      body: {
        call_outcome: { transaction_id: 'OUTCOME-3', corrects_transaction_id: 'OUTCOME-2' },
        call: CALL,
      },
    });
    expect(readFileSync(journal, 'utf8')).not.toContain('t0ken');
  });
});
