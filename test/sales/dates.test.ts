import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateOrderOf, isoDate, type DateOrder } from '../../src/sales/time.js';

describe('the order of a date', () => {
  it.each([
    ['mdy', 'mdy'],
    ['US', 'mdy'],
    ['dmy', 'dmy'],
    ['eu', 'dmy'],
    ['ymd', 'ymd'],
    ['MM/DD/YYYY', 'mdy'],
    ['M/D/YYYY h:mm A', 'mdy'],
    ['dd.MM.yyyy HH:mm:ss', 'dmy'],
    ['YYYY/MM/DD HH:mm', 'ymd'],
  ])('%s is %s', (text, order) => {
    expect(dateOrderOf(text)).toEqual({ ok: true, value: order });
  });

  it.each(['', 'ydm', 'MM/DD', 'DD MMM YYYY', 'MM/DD/YY', 'HH:mm', 'american'])('%j is none', (text) => {
    expect(dateOrderOf(text).ok).toBe(false);
  });
});

describe('a date of numbers', () => {
  it.each([
    ['11/20/2026 14:05', 'mdy', '2026-11-20 14:05:00'],
    ['20.11.2026 14:05:09', 'dmy', '2026-11-20 14:05:09'],
    ['1/2/2026, 9:05', 'mdy', '2026-01-02 09:05:00'],
    ['1/2/2026 9:05', 'dmy', '2026-02-01 09:05:00'],
    ['2026/11/20 14:05', 'ymd', '2026-11-20 14:05:00'],
    ['11/20/2026 2:05 PM', 'mdy', '2026-11-20 14:05:00'],
    ['11/20/2026 12:05 a.m.', 'mdy', '2026-11-20 00:05:00'],
    ['11/20/2026 12:05 PM', 'mdy', '2026-11-20 12:05:00'],
    ['11/20/2026 14:05 -05:00', 'mdy', '2026-11-20 14:05:00-05:00'],
  ] as const)('%s in the order %s is %s', (text, order, iso) => {
    expect(isoDate(text, order)).toBe(iso);
  });

  it.each([
    ['11/20/2026 14:05', undefined],
    ['11/20/2026', 'mdy'],
    ['11/20/26 14:05', 'mdy'],
    ['11/20.2026 14:05', 'mdy'],
    ['11/20/2026 13:05 PM', 'mdy'],
    ['11/20/2026 0:05 AM', 'mdy'],
    ['2026/11/20 14:05', 'mdy'],
    ['11/20/2026 14.05', 'mdy'],
    ['today 14:05', 'mdy'],
  ] as const)('%s in the order %s is none', (text, order) => {
    expect(isoDate(text, order)).toBeUndefined();
  });

  it('is read back in the order in which it was written', () => {
    const order = fc.constantFrom<DateOrder>('mdy', 'dmy', 'ymd');
    const date = fc.date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(order, date, fc.constantFrom('/', '.', '-'), (order, date, mark) => {
        const iso = date.toISOString();
        const [y = '', m = '', d = ''] = iso.slice(0, 10).split('-');
        const text = (order.split('') as ('y' | 'm' | 'd')[]).map((part) => ({ y, m, d })[part]).join(mark);
        expect(isoDate(`${text} ${iso.slice(11, 19)}`, order)).toBe(`${y}-${m}-${d} ${iso.slice(11, 19)}`);
      }),
    );
  });
});
