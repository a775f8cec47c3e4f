import { describe, expect, it } from 'vitest';
import { convoso } from '../../src/vendors/convoso.js';
import { tldcrm } from '../../src/vendors/tldcrm.js';
import { trackdrive } from '../../src/vendors/trackdrive.js';
import { inShort, vendorDesk } from '../support/vendor-desk.js';

const HEADER = 'call_log_id,revenue,Policy,Agent\n';
const THREE = `${HEADER}7001,50,P-1,Ann\n7001,50,P-2,Ann\n7001,20,P-3,Ann\n`;

describe('lines with one key', () => {
  it('are duplicates where every cell is equal, and a conflict that shows the columns where one is not', async () => {
    const desk = await vendorDesk(convoso);
    const pushed = await desk.push(
      `${HEADER}7001,50,P-1,Ann\n7001,50,P-1,Ann\n7002,50,P-1,Ann\n7002,50,P-2,Ann\n7003,5,,\n7003,5.00,,\n`,
    );
    expect(inShort(pushed)).toEqual([
      ['accepted', 'create', 500_000],
      ['duplicate', undefined, 500_000],
      ['invalid', 'conflict', 500_000],
      ['invalid', 'conflict', 500_000],
      ['invalid', 'conflict', 50_000],
      ['invalid', 'conflict', 50_000],
    ]);
    const keep = 'keep one of them, or use --on-conflict last or sum';
    expect(pushed.rows.slice(2, 5).map(({ message }) => message)).toEqual([
      `same key "7002" as line 5, which differs in Policy ("P-2", here "P-1"); ${keep}`,
      `same key "7002" as line 4, which differs in Policy ("P-1", here "P-2"); ${keep}`,
      `same key "7003" as line 7, which differs in revenue ("5.00", here "5"); ${keep}`,
    ]);
    expect(desk.books()).toMatchObject({ revenue: { '7001': '50.00' } });
  });

  it('are all refused in one word where more of them differ than sales of one call can be', async () => {
    const desk = await vendorDesk(convoso);
    const lines = (from: number, rows: number): string =>
      Array.from({ length: rows }, (_, n) => `7001,50,P-${from + n},Ann\n`).join('');
    for (const onConflict of ['refuse', 'last', 'sum'] as const) {
      const { rows } = await desk.push(`${HEADER}${lines(0, 600)}7002,1,,\n${lines(0, 1100)}`, {
        onConflict,
      });
      const refused = rows.filter(({ code }) => code === 'conflict');
      expect(refused).toHaveLength(1700);
      expect(new Set(refused.map(({ message }) => message))).toEqual(
        new Set([
          'same key "7001" as more than 1000 other rows that differ; its columns do not tell sales apart: choose others with --column',
        ]),
      );
    }
    // As many that are equal are one sale.
    const { rows } = await desk.push(`${HEADER}${'7003,50,P-1,Ann\n'.repeat(30_000)}`);
    expect(rows.filter(({ status }) => status === 'duplicate')).toHaveLength(29_999);
    expect(desk.books()).toEqual(expect.objectContaining({ revenue: { '7002': '1.00', '7003': '50.00' } }));
  });

  it('sums every line that does not repeat another to the letter, and counts them', async () => {
    const desk = await vendorDesk(convoso);
    const pushed = await desk.push(`${THREE}7001,50,P-1,Ann\n7002,1,P-9,Bob\n`, { onConflict: 'sum' });
    expect(pushed.rows.map(({ status, amount, warning }) => [status, amount, warning])).toEqual([
      [
        'accepted',
        1_200_000,
        'sum of line 2, line 3, line 4; lines that repeat another to the letter are counted once',
      ],
      ['duplicate', 500_000, 'summed into line 2'],
      ['duplicate', 200_000, 'summed into line 2'],
      ['duplicate', 500_000, 'same key and content as an earlier line, not summed again'],
      ['accepted', 10_000, undefined],
    ]);
    expect(pushed.merged).toEqual({ lines: 3, rows: 1 });
    expect(desk.books()).toMatchObject({ revenue: { '7001': '120.00', '7002': '1.00' } });
    const again = await desk.push(THREE, { onConflict: 'sum' });
    expect(again.rows.map(({ status }) => status)).toEqual(['unchanged', 'duplicate', 'duplicate']);
  });

  it('keeps the last one where that is asked for', async () => {
    const desk = await vendorDesk(convoso);
    const pushed = await desk.push(THREE, { onConflict: 'last' });
    expect(pushed.rows.map(({ status, warning }) => [status, warning])).toEqual([
      ['duplicate', 'replaced by line 4, --on-conflict last'],
      ['duplicate', 'replaced by line 4, --on-conflict last'],
      ['accepted', undefined],
    ]);
    expect(desk.books()).toMatchObject({ revenue: { '7001': '20.00' } });
  });

  it('sums further money too', async () => {
    const desk = await vendorDesk(trackdrive);
    await desk.push('call_id,revenue,payout\n7001,50,10\n7001,20,5\n', { onConflict: 'sum' });
    expect(desk.books()).toMatchObject({ calls: { '7001': { revenue: '70.00', payout: '15.00' } } });
  });

  it('has no sum of lines of which something else that is sent differs', async () => {
    const desk = await vendorDesk(trackdrive);
    const pushed = await desk.push('call_id,revenue,buyer_id\n7001,50,5\n7001,20,6\n7002,1,5\n7002,2,5\n', {
      onConflict: 'sum',
    });
    expect(inShort(pushed)).toEqual([
      ['invalid', 'conflict', 500_000],
      ['invalid', 'conflict', 200_000],
      ['accepted', 'create', 30_000],
      ['duplicate', undefined, 20_000],
    ]);
    expect(pushed.rows[0]?.message).toBe(
      'same key "7001" as line 3, which differs in revenue ("20", here "50"), buyer_id ("6", here "5"); what else is sent of them differs, or has no sum; keep one of them, or use --on-conflict last',
    );
  });

  it.each(['refuse', 'sum', 'last'] as const)(
    'are held beside one that cannot be read: %s',
    async (onConflict) => {
      const desk = await vendorDesk(convoso);
      const pushed = await desk.push(`${HEADER}7001,50,P-1,Ann\n7002,5,,\n7001,"5,0,0",P-1,Ann\n`, {
        onConflict,
      });
      expect(inShort(pushed)).toEqual([
        ['invalid', 'conflict', 500_000],
        ['accepted', 'create', 50_000],
        ['invalid', 'not_an_amount', undefined],
      ]);
      expect(pushed.rows[0]?.message).toBe(
        'same key "7001" as line 4, which cannot be sent as it is written; correct that one, or take the one out that does not hold',
      );
      expect(desk.books()).toEqual(expect.objectContaining({ revenue: { '7002': '5.00' } }));
    },
  );

  it('are sent as the last one says though an earlier one cannot be read, where the last one holds', async () => {
    const desk = await vendorDesk(convoso);
    const pushed = await desk.push(`${HEADER}7001,x,P-1,Ann\n7001,20,P-1,Ann\n`, { onConflict: 'last' });
    expect(pushed.rows.map(({ status, code }) => [status, code])).toEqual([
      ['invalid', 'not_an_amount'],
      ['accepted', undefined],
    ]);
  });

  it('names no sum where the vendor adds a record with every request', async () => {
    const desk = await vendorDesk(tldcrm);
    const line = '8005550100,5125550123,2026-11-19 09:02:11,5';
    const pushed = await desk.push(`did,cid,call_date,cost,notes\n${line},a\n${line},b\n`);
    expect(pushed.rows[1]?.message).toBe(
      'same key "8005550100|5125550123|2026-11-19 09:02:11" as line 2, which differs in notes ("a", here "b"); keep one of them, or use --on-conflict last',
    );
    expect(desk.requests()).toBe(0);
  });
});

describe('a sale and a refund of one key in one file', () => {
  it.each(['refuse', 'last', 'sum'] as const)('are both held with --on-conflict %s', async (onConflict) => {
    const desk = await vendorDesk(trackdrive);
    const pushed = await desk.push('call_id,revenue,Status\n7001,50,sold\n7001,50,Refunded\n', {
      onConflict,
      reversalColumn: 'Status',
    });
    expect(pushed.rows.map(({ status, code }) => [status, code])).toEqual([
      ['invalid', 'conflict'],
      ['invalid', 'conflict'],
    ]);
    expect(pushed.rows[0]?.message).toContain('one of them takes the sale back');
    expect(desk.requests()).toBe(0);
  });
});
