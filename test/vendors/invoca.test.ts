import { describe, expect, it } from 'vitest';
import type { Amount } from '../../src/core/amount.js';
import type { Sale } from '../../src/core/sale.js';
import type { Action } from '../../src/core/status.js';
import type { Prepared, Vendor } from '../../src/core/vendor.js';
import { matchColumns } from '../../src/sales/columns.js';
import { actionOf, digestOf } from '../../src/sales/prepare.js';
import { invoca } from '../../src/vendors/invoca.js';
import { invocaSignals } from '../../src/vendors/invoca-signals.js';
import { NO_CHOICE } from '../support/push.js';

const OUTCOME = { transaction_id: 'T-1', outcome_name: 'Sale', partner_unique_id: 'o1' };
const SIGNAL = { transaction_id: 'T-1', signal_name: 'Sale', partner_unique_id: 'o1' };
/** The fields of a sale of both vendors, and where its record stands in a request. */
const BOTH = [
  { vendor: invoca, fields: OUTCOME, money: 'sale_amount', named: 'outcome_name' },
  { vendor: invocaSignals, fields: SIGNAL, money: 'revenue', named: 'name' },
] as const;

function sale(
  fields: Sale['fields'],
  amount: number | undefined = 1_290_000,
  intent: Sale['intent'] = 'set',
): Sale {
  return { intent, amount: amount as Amount | undefined, fields };
}

function prepared(vendor: Vendor, action: Action, of: Sale, mayBeHeld?: boolean): Prepared {
  const result = vendor.prepare(action, of, mayBeHeld);
  if (!result.ok) throw new Error(result.error.map(({ message }) => message).join('; '));
  return result.value;
}

/** The one record that a request has. */
function record({ request: { body } }: Prepared): Record<string, unknown> {
  const value = body.kind === 'json' ? body.value : {};
  const [signal] = (value['signals'] ?? []) as Record<string, unknown>[];
  return signal ?? (value['call_outcome'] as Record<string, unknown>);
}

function searchIn({ request: { body } }: Prepared): unknown {
  return body.kind === 'json' ? body.value['search'] : undefined;
}

describe.each(BOTH)('$vendor.id, of a sale that is told', ({ vendor, fields, money, named }) => {
  const told = (action: Action, of: Sale, mayBeHeld?: boolean): unknown[] => {
    const { [money]: amount, value } = record(prepared(vendor, action, of, mayBeHeld));
    return [amount, value];
  };

  it('says its amount and that it is one, as texts', () => {
    expect(told('create', sale(fields))).toEqual(['129.00', 'true']);
    expect(told('create', sale({ ...fields, value: 'true' }))).toEqual(['129.00', 'true']);
    expect(told('correct', sale(fields, 1_000_000))).toEqual(['100.00', 'true']);
  });

  it('leaves out an amount of 0.00 only where it is the first that is told', () => {
    expect(told('create', sale(fields, 0))).toEqual([undefined, 'true']);
    expect(told('create', sale(fields, 0), true)).toEqual(['0.00', 'true']);
    expect(told('correct', sale(fields, 0))).toEqual(['0.00', 'true']);
  });

  it('says null where money is emptied or taken back', () => {
    expect(told('clear', sale(fields, undefined, 'clear'))).toEqual([null, 'true']);
    expect(told('reverse', sale(fields, undefined, 'reverse'))).toEqual([null, 'false']);
    expect(told('reverse', sale({ ...fields, value: 'false' }, undefined, 'reverse'))).toEqual([
      null,
      'false',
    ]);
    expect(told('create', sale(fields, 0, 'no_sale'))).toEqual([null, 'false']);
  });

  it('says nothing of money where the row has none', () => {
    const correction = prepared(vendor, 'correct', { intent: 'set', fields });
    expect(money in JSON.parse(JSON.stringify(record(correction)))).toBe(false);
    expect(Object.keys(correction.echoes ?? {})).toEqual([named, 'partner_unique_id', 'value']);
  });

  it('is to be repeated by the answer', () => {
    const id = { sent: 'o1', is: 'id', differs: 'unclear' };
    const echoes = (amount: string, value: string): unknown => ({
      [named]: { sent: 'Sale', is: 'name', differs: 'unclear' },
      partner_unique_id: id,
      [money]: { sent: amount, is: 'amount', differs: 'echo_mismatch' },
      value: { sent: value, is: 'flag', differs: 'echo_mismatch' },
    });
    expect(prepared(vendor, 'create', sale(fields)).echoes).toEqual(echoes('129.00', 'true'));
    expect(prepared(vendor, 'create', sale(fields, 0)).echoes).toEqual(echoes('0.00', 'true'));
    expect(prepared(vendor, 'clear', sale(fields, undefined, 'clear')).echoes).toEqual(
      echoes('0.00', 'true'),
    );
    const reversal = sale(fields, undefined, 'reverse');
    expect(prepared(vendor, 'reverse', reversal).echoes).toEqual(echoes('0.00', 'false'));
  });

  it('has a time in ten digits, and a start of its call in as many as it has', () => {
    const { transaction_id: _, ...found } = { ...fields, calling_phone_number: '+15125550123' };
    const timed = { ...found, start_time: '1763562940123', occurred_at: '1763562940123' };
    const request = prepared(vendor, 'create', sale(timed));
    const { occurred_at_time: signalled, occurred_at_time_t: occurred = signalled } = record(request);
    expect(occurred).toBe('1763562940');
    expect(Object.values(searchIn(request) as object)).toContain('1763562940123');
  });

  it('is not looked for by the start of its call alone, which is a rule of ours', () => {
    const { transaction_id: _, ...found } = { ...fields, start_time: '1763562940' };
    const result = vendor.prepare('create', sale(found));
    expect(result.ok ? [] : result.error).toEqual([
      {
        field: 'transaction_id',
        code: 'missing_value',
        message:
          'is blank, and nothing else says which of the calls near the start time it is, such as the phone number; ' +
          'Invoca would take the nearest one, and it is a rule of revsync that a start time alone is not sent',
        unless: ['start_time', 'calling_phone_number'],
      },
    ]);
    expect(searchIn(prepared(vendor, 'create', sale({ ...found, network_id: '33' })))).toMatchObject({
      network_id: '33',
    });
  });
});

/** As revsync 0.9.0 had them: a row with one of these is known again and not sent again. */
const DIGESTS: readonly [Vendor, Sale, string][] = [
  [invoca, sale(OUTCOME), '4gEU3l6pCx4G54LghdFknE'],
  [
    invoca,
    sale({
      ...OUTCOME,
      ...{ value: 'true', occurred_at: '1763562940123', description: 'd', custom_parameter_1: 'x' },
    }),
    'qJRIMPGn_6DFsLmvJRmrvk',
  ],
  [invoca, sale(OUTCOME, 0), 'Tqvj-KyGVJarj_9uEaP0YA'],
  [invoca, { intent: 'set', fields: OUTCOME }, 'Tqvj-KyGVJarj_9uEaP0YA'],
  [invoca, { intent: 'reverse', fields: OUTCOME }, 'back:0:yzhlqzkO288PIPtA1xZ9Cn'],
  [invocaSignals, sale(SIGNAL), 'Od3E6V2aFYgWJzr2eUapQX'],
  [
    invocaSignals,
    sale({ ...SIGNAL, value: 'true', occurred_at: '1763562940123', 'custom_data.channel': 'radio' }),
    'Nou97ocUpsKhiT12p_e8Gc',
  ],
  [invocaSignals, sale(SIGNAL, 0), 'vnPw4dgsxcmy4ymiJ8lhZt'],
  [invocaSignals, { intent: 'reverse', fields: SIGNAL }, 'back:0:QRpluNyu55yOD-GF-aqnfq'],
];

describe('the content of what is told', () => {
  it.each(DIGESTS)('is spelled as ever: %o %o', (vendor, of, digest) => {
    expect(digestOf(prepared(vendor, actionOf(of.intent), of), actionOf(of.intent))).toBe(digest);
    expect(digestOf(prepared(vendor, actionOf(of.intent), of, true), actionOf(of.intent))).toBe(digest);
  });

  it.each(BOTH)('$vendor.id: an emptied amount is none of 0.00', ({ vendor, fields }) => {
    const cleared = digestOf(prepared(vendor, 'clear', sale(fields, undefined, 'clear')), 'clear');
    expect(cleared).not.toBe(digestOf(prepared(vendor, 'create', sale(fields, 0)), 'create'));
  });
});

describe('a call', () => {
  it('is found by the first of the ids that signals know', () => {
    const ids = { transaction_id: 'T-1', call_record_id: 'C-1', external_call_unique_id: 'X-1' };
    const { signal_name, partner_unique_id } = SIGNAL;
    const searched = (found: Record<string, string>): unknown =>
      searchIn(prepared(invocaSignals, 'create', sale({ ...found, signal_name, partner_unique_id })));
    expect(searched(ids)).toEqual({ transaction_id: 'T-1' });
    const { transaction_id: _, ...others } = ids;
    expect(searched(others)).toEqual({ call_record_id: 'C-1' });
    expect(searched({ external_call_unique_id: 'X-1' })).toEqual({ external_call_unique_id: 'X-1' });
  });

  it('of an outcome is not found by its call record id, and the message says what finds it', () => {
    const { transaction_id: _, ...fields } = { ...OUTCOME, call_record_id: 'C-1' };
    const result = invoca.prepare('create', sale(fields));
    expect(result.ok ? [] : result.error.map(({ message }) => message)).toEqual([
      'is blank, and the call record id "C-1" is another id, by which no call outcome is found; ' +
        'fill in the transaction id, or use --vendor invoca-signals, which finds calls by it',
    ]);
    const withId = prepared(invoca, 'create', sale({ ...OUTCOME, call_record_id: 'C-1' }));
    expect(JSON.stringify(withId.request)).not.toContain('C-1');
    expect(withId.key).toBe('T-1|sale|o1');
  });
});

describe('a header', () => {
  const columnsOf = (vendor: Vendor, header: readonly string[]): unknown => {
    const matched = matchColumns(header, vendor.columns, NO_CHOICE);
    if (!matched.ok) throw new Error(matched.error.join('; '));
    return Object.fromEntries([...matched.value.cells].map(([field, index]) => [header[index], field]));
  };

  it('Call Record ID is the id of the complete call, and a bare Campaign ID that of no network', () => {
    expect(columnsOf(invoca, ['Call Record ID', 'Campaign ID', 'Outcome', 'Order ID'])).toEqual({
      'Call Record ID': 'call_record_id',
      Outcome: 'outcome_name',
      'Order ID': 'partner_unique_id',
    });
    expect(
      columnsOf(invocaSignals, ['Call Record ID', 'Campaign ID', 'Signal', 'Order ID', 'Network']),
    ).toEqual({
      'Call Record ID': 'call_record_id',
      Signal: 'signal_name',
      'Order ID': 'partner_unique_id',
      Network: 'network_id',
    });
  });
});

describe('a custom parameter', () => {
  it('has at most 255 characters, each of which counts once', () => {
    const told = (text: string): unknown => {
      const result = invoca.prepare('create', sale({ ...OUTCOME, custom_parameter_2: text }));
      return result.ok ? record(result.value)['custom_parameter_2'] : result.error[0]?.message;
    };
    expect(told('😀'.repeat(255))).toBe('😀'.repeat(255));
    expect(told('😀'.repeat(256))).toBe('has 256 characters, 255 at most are kept');
  });
});
