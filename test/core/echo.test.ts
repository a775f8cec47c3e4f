import { describe, expect, it } from 'vitest';
import { compareEcho, lacksAmount, type Echoed } from '../../src/core/echo.js';

const amount = (sent: string | null): Echoed => ({ sent, is: 'amount', differs: 'echo_mismatch' });
const id: Echoed = { sent: '0100125', is: 'id', differs: 'unclear' };
const flag = (sent: string): Echoed => ({ sent, is: 'flag', differs: 'echo_mismatch' });

function kindOf(echoed: Echoed, held: string | null): string {
  return compareEcho({ it: echoed }, { it: held }).kind;
}

describe('an answer that repeats what was sent', () => {
  it.each<[Echoed, string | null]>([
    [amount('50.00'), '50'],
    [amount('50.00'), '50.0000'],
    [amount('1250.00'), '1,250.00'],
    [amount('-3.00'), '-3'],
    [amount(null), null],
    [amount(null), ' '],
    [amount('0.00'), '0'],
    [amount('0.00'), null],
    [id, '0100125'],
    [flag('true'), 'YES'],
    [flag('true'), '1'],
    [flag('false'), '0'],
  ])('%j is as sent where it says %j', (echoed, held) => {
    expect(kindOf(echoed, held)).toBe('as_sent');
  });

  it.each<[Echoed, string | null]>([
    [amount('50.00'), '5'],
    [amount('50.00'), '50.001'],
    [amount('50.00'), '-50'],
    [amount('50.00'), 'fifty'],
    [amount('50.00'), null],
    [amount('50.00'), ''],
    [amount('50.00'), '5e1'],
    [amount(null), '50.00'],
    [amount(null), '0.00'],
    [flag('true'), 'false'],
    [flag('true'), 'perhaps'],
    [flag('true'), null],
  ])('%j is a mismatch where it says %j', (echoed, held) => {
    expect(kindOf(echoed, held)).toBe('echo_mismatch');
  });

  it.each(['100125', '0100126', '', null])('is about something else where the id is %j', (held) => {
    expect(kindOf(id, held)).toBe('unclear');
  });

  it('is not compared in what it does not name, nor in names that every object has', () => {
    const echoes = { toString: amount('50.00'), revenue: amount('50.00') };
    expect(compareEcho(echoes, {})).toEqual({ kind: 'as_sent', warnings: [] });
    expect(compareEcho(echoes, undefined)).toEqual({ kind: 'as_sent', warnings: [] });
    expect(compareEcho(undefined, { revenue: '5' })).toEqual({ kind: 'as_sent', warnings: [] });
  });

  it('is as bad as the worst that differs, and a warning is said once', () => {
    const cost: Echoed = { sent: '50.00', is: 'amount', differs: 'cost_differs' };
    const date: Echoed = { sent: '2026-11-20 14:05:00', is: 'text', differs: 'call_date_not_taken' };
    const echoes = { id, revenue: amount('50.00'), cost, again: cost, date };
    const other = { cost: '5', again: '5', date: '2026-11-30 00:00:00' };
    expect(compareEcho(echoes, { date: other.date })).toEqual({
      kind: 'as_sent',
      warnings: ['call_date_not_taken'],
    });
    expect(compareEcho(echoes, other)).toMatchObject({ kind: 'cost_differs' });
    expect(compareEcho(echoes, { ...other, revenue: '5' })).toEqual({
      kind: 'echo_mismatch',
      message: 'the vendor accepted the row and holds something else: revenue is "5", "50.00" was sent',
    });
    expect(compareEcho(echoes, { ...other, revenue: '5', id: '7' })).toEqual({
      kind: 'unclear',
      message: 'the answer is about something else: id is "7", "0100125" was sent',
    });
  });
});

describe('an answer that was asked for an amount', () => {
  it('lacks it where it says none, unless none was sent or its difference is but a warning', () => {
    expect(lacksAmount({ it: amount('50.00') }, {})).toBe(true);
    expect(lacksAmount({ it: amount('0.00') }, { it: null })).toBe(false);
    expect(lacksAmount({ it: amount('50.00') }, { it: '50' })).toBe(false);
    expect(lacksAmount({ it: amount(null) }, {})).toBe(false);
    expect(lacksAmount({ it: { ...amount('50.00'), differs: 'cost_differs' } }, {})).toBe(false);
    expect(lacksAmount({ it: id }, {})).toBe(false);
    expect(lacksAmount(undefined, undefined)).toBe(false);
  });
});
