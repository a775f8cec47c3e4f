import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateOrderOf, dayOf, writtenTime, type DateOrder } from '../../src/sales/time.js';

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
    ['MM/DD/YY', 'mdy'],
  ])('%s is %s', (text, order) => {
    expect(dateOrderOf(text)).toEqual({ ok: true, value: order });
  });

  it.each(['', 'ydm', 'MM/DD', 'DD MMM YYYY', 'HH:mm', 'american'])('%j is none', (text) => {
    expect(dateOrderOf(text).ok).toBe(false);
  });
});

/** ISO 8601 of what is written; the day alone where no time of day is. */
function read(text: string, order?: DateOrder): string | undefined {
  const written = writtenTime(text, order);
  if (written === undefined || 'unix' in written) return undefined;
  const { day, clock, offset = '', zone, abbreviation } = written;
  return [day, ...(clock === undefined ? [] : [` ${clock}${offset}`]), zone ?? abbreviation ?? '']
    .join(' ')
    .replace('  ', ' ')
    .trim();
}

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
    ['11/20/2026', 'mdy', '2026-11-20'],
    ['11/20/26 14:05', 'mdy', '2026-11-20 14:05:00'],
    ['26/11/20 14:05', 'ymd', '2026-11-20 14:05:00'],
    ['1/2/69 14:05', 'mdy', '1969-01-02 14:05:00'],
    ['1/2/68 14:05', 'mdy', '2068-01-02 14:05:00'],
    ['19-Nov-26 14:05', 'dmy', '2026-11-19 14:05:00'],
  ] as const)('%s in the order %s is %s', (text, order, iso) => {
    expect(read(text, order)).toBe(iso);
  });

  it.each([
    ['11/20/2026 14:05', undefined],
    ['11/20/26 14:05', undefined],
    ['19-Nov-26 14:05', undefined],
    ['11/20.2026 14:05', 'mdy'],
    ['11/20/2026 13:05 PM', 'mdy'],
    ['11/20/2026 0:05 AM', 'mdy'],
    ['11/20/2026 14.05', 'mdy'],
    ['11/20/2026 14:05 XYZ', 'mdy'],
    ['11/20/2026 14:05 -0500 GMT', 'mdy'],
    ['1/2/3 14:05', 'mdy'],
    ['111/2/2026 14:05', 'mdy'],
    ['today 14:05', 'mdy'],
  ] as const)('%s in the order %s is none', (text, order) => {
    expect(read(text, order)).toBeUndefined();
  });

  it('is read back in the order in which it was written', () => {
    const order = fc.constantFrom<DateOrder>('mdy', 'dmy', 'ymd');
    const date = fc.date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(order, date, fc.constantFrom('/', '.', '-'), (order, date, mark) => {
        const iso = date.toISOString();
        const [y = '', m = '', d = ''] = iso.slice(0, 10).split('-');
        const text = (order.split('') as ('y' | 'm' | 'd')[]).map((part) => ({ y, m, d })[part]).join(mark);
        expect(read(`${text} ${iso.slice(11, 19)}`, order)).toBe(`${y}-${m}-${d} ${iso.slice(11, 19)}`);
      }),
    );
  });

  it.each([
    ['13/11/2026', 'dmy'],
    ['2/29/2028', 'mdy'],
    ['29/2/2028', 'dmy'],
  ] as const)('%s is a day in the order %s alone', (text, only) => {
    const [one = '', two = '', three = ''] = text.split('/');
    const orders = (['mdy', 'dmy', 'ymd'] as const).filter((order) => dayOf([one, two, three], order));
    expect(orders).toEqual([only]);
  });
});

describe('a date that needs no order', () => {
  it.each([
    ['2026/11/19 14:05', '2026-11-19 14:05:00'],
    ['2026.11.9, 4:05 pm', '2026-11-09 16:05:00'],
    ['19-Nov-2026 14:05', '2026-11-19 14:05:00'],
    ['Thu, 19 Nov 2026 14:05:11 +0000', '2026-11-19 14:05:11+0000'],
    ['Nov 19, 2026 2:05 PM', '2026-11-19 14:05:00'],
    ['Wednesday, November 18, 2026 at 2:05\u202fPM', '2026-11-18 14:05:00'],
    ['Sept 1st, 2026 2:05\u00a0am', '2026-09-01 02:05:00'],
    ['20261119T140511Z', '2026-11-19 14:05:11Z'],
    ['20261119T1405', '2026-11-19 14:05:00'],
    ['20261119 14:05', '2026-11-19 14:05:00'],
    ['2026-11-19 14:05:11.0', '2026-11-19 14:05:11.0'],
    ['2026-11-19 14:05:11+00', '2026-11-19 14:05:11+00:00'],
    ['2026-11-19 14:05:11 UTC', '2026-11-19 14:05:11Z'],
    ['2026-11-19 14:05:11 +0000 GMT', '2026-11-19 14:05:11Z'],
    ['2026-11-19 14:05:11 America/New_York', '2026-11-19 14:05:11 America/New_York'],
    ['2026-11-19T14:05:11-05:00[America/New_York]', '2026-11-19 14:05:11-05:00'],
    ['Nov 19, 2026 2:05 PM (EST)', '2026-11-19 14:05:00 EST'],
    ['2026/11/19', '2026-11-19'],
  ])('%s is %s', (text, iso) => {
    expect(read(text)).toBe(iso);
  });
});
