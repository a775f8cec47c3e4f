import { describe, expect, it } from 'vitest';
import type { Fake, FakeOptions } from '../../src/sandbox/fake.js';
import { allFakes } from '../../src/sandbox/index.js';
import type { InvocaBooks } from '../../src/sandbox/invoca.js';
import type { InvocaSignalsBooks } from '../../src/sandbox/invoca-signals.js';
import { newJournal, NOON, request, told } from './request.js';

/** The two fakes of one sandbox, whose journals begin so. */
function account(options: FakeOptions = {}, journals?: string): { outcomes: Fake; signals: Fake } {
  const fakes = allFakes((vendor) => ({
    ...options,
    journal: journals === undefined ? undefined : `${journals}.${vendor}`,
  }));
  const of = (vendor: string): Fake => {
    const fake = fakes.find((one) => one.vendor === vendor);
    if (fake === undefined) throw new Error(`no ${vendor}`);
    return fake;
  };
  return { outcomes: of('invoca'), signals: of('invoca-signals') };
}

function outcome(fake: Fake, sent: object, call = 'T-1'): unknown {
  const body = {
    search: { transaction_id: call },
    call_outcome: { outcome_name: 'Sale', partner_unique_id: 'O-1', ...sent },
    oauth_token: 't0ken',
  };
  const path = '/api/2015-08-17/call_outcomes.json';
  return told(fake.answer(request('POST', path, { body: JSON.stringify(body) }))).body;
}

const headers = { authorization: 't0ken' };

function signal(fake: Fake, sent: object, more: object = {}): unknown {
  const signals = [{ name: 'Sale', partner_unique_id: 'O-1', ...sent }];
  const body = JSON.stringify({ search: { transaction_id: 'T-1' }, signals, ...more });
  return told(fake.answer(request('POST', '/api/2018-02-01/transactions.json', { headers, body }))).body;
}

function rows(fake: Fake, columns: string, query = ''): Record<string, unknown>[] {
  const target = `/api/2020-10-01/networks/transactions/33.json?include_columns=${columns}${query}`;
  return told(fake.answer(request('GET', target, { headers }))).body as Record<string, unknown>[];
}

const values = (fake: Fake, columns: string, query = ''): unknown[] =>
  rows(fake, columns, query).map((row) => Object.values(row));

const sum = 'transaction_id,corrects_transaction_id,transaction_type,revenue,sale_amount';

describe('an Invoca account', () => {
  it('shows what the signals API holds in its transactions, in the order in which it came, and after a restart', () => {
    const journals = newJournal();
    const first = account({}, journals);
    outcome(first.outcomes, { sale_amount: '10' });
    signal(first.signals, { revenue: '20' });
    outcome(first.outcomes, { sale_amount: '30' });
    signal(first.signals, { revenue: '40' });
    const wanted = [
      ['T-1', null, 'Call', null, null],
      ['OUTCOME-1', null, 'Reported Conversion', null, '10.0'],
      ['SIGNAL-2', null, 'Signal', '20.0', null],
      ['OUTCOME-3', 'OUTCOME-1', 'Reported Conversion', null, '30.0'],
      ['SIGNAL-4', 'SIGNAL-2', 'Signal', '40.0', null],
    ];
    expect(values(first.outcomes, sum)).toEqual(wanted);
    const second = account({}, journals);
    expect(values(second.outcomes, sum)).toEqual(wanted);
    expect(signal(second.signals, { revenue: '50' })).toMatchObject({
      signals: [{ transaction_id: 'SIGNAL-5', corrects_transaction_id: 'SIGNAL-4' }],
    });
  });

  it('is altered by either name, and both APIs go on from there', () => {
    const { outcomes, signals } = account();
    outcome(outcomes, { sale_amount: '10' });
    signal(signals, { revenue: '20' });
    for (const [fake, change] of [
      [outcomes, { set: 'SIGNAL-2', fields: { revenue: '7.0' } }],
      [signals, { remove: 'OUTCOME-1' }],
      [signals, { like: 'SIGNAL-2', add: { corrects_transaction_id: 'SIGNAL-2', signal_value: false } }],
    ] as const)
      expect(fake.alter?.(JSON.stringify(change))).toEqual({ ok: true, value: undefined });
    expect(values(outcomes, sum)).toEqual([
      ['T-1', null, 'Call', null, null],
      ['SIGNAL-2', null, 'Signal', '7.0', null],
      ['OUTCOME-5', 'SIGNAL-2', 'Signal', '7.0', null],
    ]);
    expect((outcomes.books() as InvocaBooks).outcomes).toEqual({});
    expect((signals.books() as InvocaSignalsBooks).signals).toMatchObject({
      'T-1|sale|O-1': { transaction_id: 'OUTCOME-5', revenue: '7.0', value: false },
    });
    expect(outcome(outcomes, { sale_amount: '10' })).toMatchObject({
      call_outcome: { corrects_transaction_id: null },
    });
  });
});

describe('a rolled-up Invoca account', () => {
  const event =
    'transaction_id,corrects_transaction_id,transaction_type,revenue,sale_amount,signal_name,custom_data';
  const is = (name: string, value: boolean): object => ({ name, data_type: 'Signal', value });

  it('has a Post Call Event for each partner_unique_id, which merges names and corrects itself', () => {
    const { outcomes, signals } = account({ rolledUp: true });
    signal(signals, { revenue: '100' });
    signal(signals, { name: 'Quote' });
    signal(signals, { partner_unique_id: 'O-2', revenue: '5', value: false });
    signal(signals, { revenue: null, value: false });
    expect(values(outcomes, event)).toEqual([
      ['T-1', null, 'Call', null, null, null, []],
      ['SIGNAL-1', null, 'Post Call Event', '100.0', null, 'Sale', [is('Sale', true)]],
      [
        'SIGNAL-2',
        'SIGNAL-1',
        'Post Call Event',
        '100.0',
        null,
        'Sale,Quote',
        [is('Sale', true), is('Quote', true)],
      ],
      ['SIGNAL-3', null, 'Post Call Event', '5.0', null, 'Sale', [is('Sale', false)]],
      [
        'SIGNAL-4',
        'SIGNAL-2',
        'Post Call Event',
        null,
        null,
        'Sale,Quote',
        [is('Sale', false), is('Quote', true)],
      ],
    ]);
  });

  it('knows a report by its partner_unique_id alone, whatever its call, its name and its API', () => {
    const { outcomes, signals } = account({ rolledUp: true, omitted: 'keep' });
    signal(signals, { revenue: '100' });
    const before = JSON.stringify(signals.books());
    signal(signals, { revenue: '100.0' });
    expect(JSON.stringify(signals.books())).toBe(before);
    outcome(outcomes, { sale_amount: '30' }, 'T-2');
    expect(values(outcomes, event)).toEqual([
      ['T-1', null, 'Call', null, null, null, []],
      ['SIGNAL-1', null, 'Post Call Event', '100.0', null, 'Sale', [is('Sale', true)]],
      ['T-2', null, 'Call', null, null, null, []],
      ['OUTCOME-2', 'SIGNAL-1', 'Post Call Event', '30.0', null, 'Sale', [is('Sale', true)]],
    ]);
    expect(signals.books()).toMatchObject({ signals: {} });
    expect(outcomes.books()).toMatchObject({ outcomes: { 'O-1': { sale_amount: '30', call: 'T-2' } } });
  });

  it('has one Call row with the merged names of the signals known when the call ended', () => {
    const { outcomes, signals } = account({ rolledUp: true });
    signal(signals, {}, { call_in_progress: true });
    signal(signals, { name: 'Quote', value: false }, { call_in_progress: true });
    signal(signals, { revenue: '9' });
    expect(values(outcomes, event)).toEqual([
      ['T-1', null, 'Call', null, null, 'Sale,Quote', [is('Sale', true), is('Quote', false)]],
      ['SIGNAL-5', null, 'Post Call Event', '9.0', null, 'Sale', [is('Sale', true)]],
    ]);
    expect(signals.books()).toMatchObject({ signals: { 'O-1': { revenue: '9', value: true } } });
  });

  it('has no signal_value, description, source or custom parameters, and columns named after signals if asked', () => {
    const { outcomes, signals } = account({ rolledUp: true });
    signal(signals, { revenue: '1' });
    signal(signals, { partner_unique_id: 'O-2', name: 'Quote', value: false });
    const asked =
      'transaction_id,signal_name,signal_value,signal_description,signal_source,signal_custom_parameter_1';
    expect(rows(outcomes, asked)[1]).toEqual({ transaction_id: 'SIGNAL-1', signal_name: 'Sale' });
    expect(rows(outcomes, 'transaction_id,$invoca_custom_columns')).toEqual([
      { transaction_id: 'T-1', Sale: null, Quote: null },
      { transaction_id: 'SIGNAL-1', Sale: 1, Quote: null },
      { transaction_id: 'SIGNAL-2', Sale: null, Quote: 0 },
    ]);
    expect(rows(outcomes, 'transaction_id,Quote', '&transaction_type=Post%20Call%20Event')).toEqual([
      { transaction_id: 'SIGNAL-1', Quote: null },
      { transaction_id: 'SIGNAL-2', Quote: 0 },
    ]);
    expect(rows(outcomes, '$invoca_default_columns')[1]).not.toHaveProperty('custom_data');
  });

  it('is altered by the columns that it shows', () => {
    const { outcomes, signals } = account({ rolledUp: true });
    signal(signals, { revenue: '1' });
    const changes = [
      { set: 'SIGNAL-1', fields: { custom_data: [is('Sale', false)] } },
      {
        add: {
          complete_call_id: 'REC-T-2',
          signal_partner_unique_id: 'O-2',
          revenue: '8.0',
          start_time_utc: NOON,
        },
      },
      {
        add: {
          complete_call_id: 'REC-T-3',
          transaction_type: 'Call',
          signal_name: 'Sale,Quote',
          custom_data: [],
        },
      },
    ];
    expect(outcomes.alter?.(JSON.stringify(changes))).toEqual({ ok: true, value: undefined });
    expect(values(outcomes, event)).toEqual([
      ['T-1', null, 'Call', null, null, null, []],
      ['SIGNAL-1', null, 'Post Call Event', '1.0', null, 'Sale', [is('Sale', false)]],
      ['T-2', null, 'Call', null, null, null, []],
      ['OUTCOME-3', null, 'Post Call Event', '8.0', null, 'Sale', [is('Sale', true)]],
      ['OUTCOME-4', null, 'Call', null, null, 'Sale,Quote', []],
    ]);
    expect(signals.books()).toMatchObject({
      signals: { 'O-1': { value: false }, 'O-2': { call: 'T-2', revenue: '8.0', value: true } },
    });
  });
});
