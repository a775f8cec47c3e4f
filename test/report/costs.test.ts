import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isCost } from '../../src/cli/options.js';
import { VENDORS } from '../../src/vendors/index.js';
import { FIXTURES, records } from '../support/cli.js';
import { computed, items, recordsOf, row, type RowLike } from '../support/reported.js';

const HEADER = ['Agent', 'Campaign'];
const CALLED = '8005550100|5125550123|';

/** A sale of a campaign, at another vendor. */
function sale(campaign: string, amount: string, more: RowLike = {}): ReturnType<typeof row> {
  return row({ cells: ['Alma', campaign], key: `call-${campaign}-${amount}`, amount, ...more });
}

/** What TLDCRM was told that a call cost. */
function cost(campaign: string, amount: string, more: RowLike = {}): ReturnType<typeof row> {
  return row({ cells: ['Alma', campaign], key: `${CALLED}2026-11-19 09:00:00`, amount, ...more });
}

describe('what a vendor is told as costs', () => {
  const both = [
    ...items(HEADER, [sale('TX', '300.00'), sale('TX', '0.00'), sale('FL', '50.00')]),
    ...items(HEADER, [cost('TX', '60.00'), cost('TX', '40.00'), cost('GA', '7.1234')]),
  ];

  it('is never added to revenue, and gives the return and the cost per sale of its campaign', async () => {
    const [tx, fl, ga, total] = recordsOf(await computed(both, { by: ['campaign'], isCost }));
    expect(tx).toMatchObject({
      ...{ campaign: 'TX', revenue: '300.00', calls: '2', sales: '1', average_per_call: '150.00' },
      ...{ cost_rows: '2', cost: '100.00', return_on_cost_percent: '200.0', cost_per_sale: '100.00' },
    });
    expect(fl).toMatchObject({ campaign: 'FL', revenue: '50.00', cost_rows: '0', cost: '' });
    expect(ga).toMatchObject({
      ...{ campaign: 'GA', revenue: '0.00', calls: '0', cost_rows: '1', cost: '7.1234' },
      return_on_cost_percent: '',
    });
    expect(total).toMatchObject({ revenue: '350.00', calls: '3', cost_rows: '3', cost: '107.1234' });
  });

  it('earns nobody a commission', async () => {
    const rates = { byAgent: new Map([['Alma', 100_000n]]), other: undefined };
    const [alma] = recordsOf(await computed(both, { by: ['agent'], rates, isCost }));
    expect(alma).toMatchObject({ revenue: '350.00', commission: '35.00', cost: '107.1234' });
  });

  it('is apart among what is not counted too, in figures and notes', async () => {
    const failed = { status: 'failed', code: 'timeout' } as const;
    const rows = [sale('TX', '10.00', failed), cost('TX', '3.00', { ...failed, previous: '2.00' })];
    const report = await computed(items(HEADER, rows), { by: ['campaign'], isCost, page: true });
    expect(recordsOf(report)[0]).toMatchObject({
      ...{ failed_rows: '2', failed_amount: '10.00', failed_cost: '3.00', revenue: '0.00' },
    });
    expect(report.notes).toContain(
      'not counted, and for a person to look at: failed 2 (10.00 and cost 3.00)',
    );
    expect(report.notes).toContain(
      '1 row not applied although the vendor holds an earlier cost of theirs, 2.00 in all, which is not counted here',
    );
    expect(report.topRows?.errors[0]).toMatchObject({ rows: 2, amount: 100_000n, cost: 30_000n });
  });

  it('is left out, and named, where --costs says what campaigns cost', async () => {
    const costs = new Map(['TX', 'FL', 'GA'].map((name) => [name, 500_000n]));
    const report = await computed(both, { by: ['campaign'], costs, isCost });
    expect(recordsOf(report)[0]).toMatchObject({ campaign: 'TX', cost: '50.00', cost_rows: '2' });
    expect(recordsOf(report).at(-1)).toMatchObject({ cost: '150.00' });
    expect(report.notes).toContain(
      '3 rows of costs, 107.1234 in all, are left out: --costs says what campaigns cost',
    );
  });

  it('changes no column of a report without any', async () => {
    const names = Object.keys(
      recordsOf(await computed(items(HEADER, [sale('TX', '1.00')]), { isCost }))[0] ?? {},
    );
    expect(names.filter((name) => name.includes('cost'))).toEqual([]);
  });
});

describe('a row of costs', () => {
  it('is known by its vendor, and by its key whatever is said', () => {
    expect(isCost('tldcrm', '')).toBe(true);
    expect(isCost('convoso', '100125')).toBe(false);
    for (const vendor of [undefined, 'convoso']) {
      expect(isCost(vendor, `${CALLED}2026-11-19 09:00:00`)).toBe(true);
      expect(isCost(vendor, CALLED)).toBe(true);
    }
  });

  it.each(VENDORS.map(({ id, semantics }) => [id, semantics.amount !== undefined] as const))(
    'has a key that no other vendor has: %s',
    (id, has) => {
      const keys = records(readFileSync(`${FIXTURES}${id}/sales.expected.csv`, 'utf8')).flatMap(
        ({ revsync_key: key = '' }) => (key === '' ? [] : [key]),
      );
      expect(keys.length).toBeGreaterThan(0);
      expect([...new Set(keys.map((key) => isCost(undefined, key)))]).toEqual([has]);
    },
  );
});
