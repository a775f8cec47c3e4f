import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTotal, parseTotal } from '../../src/core/amount.js';
import { ACTIONS, STATUSES } from '../../src/core/status.js';
import { LEFT_OUT } from '../../src/report/measures.js';
import { divided, formatTenths, perPiece, tenthsOfPercent } from '../../src/report/quotients.js';
import { DIMENSIONS } from '../../src/report/dimensions.js';
import { computed, items, readText, recordsOf, resultsText, row } from '../support/reported.js';

const HEADER = ['Agent', 'Campaign', 'Call Date'];

function cells(agent: string, campaign = 'C', time = '2026-11-19 09:00:00'): string[] {
  return [agent, campaign, time];
}

describe('the worked figures', () => {
  it('commission is revenue by rate: 500 by 20 % is 100', async () => {
    const rows = [
      row({ cells: cells('Alma'), amount: '300.00' }),
      row({ cells: cells('Alma'), amount: '200' }),
    ];
    const rates = { byAgent: new Map([['Alma', 200_000n]]), other: undefined };
    const [alma, total] = recordsOf(await computed(items(HEADER, rows), { by: ['agent'], rates }));
    expect(alma).toMatchObject({ agent: 'Alma', revenue: '500.00', commission: '100.00' });
    expect(total).toMatchObject({ agent: 'total', commission: '100.00' });
  });

  it('return on cost is (5000 - 2000) / 2000 = 150 %, and 2000 for 20 sales are 100 a sale', async () => {
    const rows = Array.from({ length: 100 }, (_, index) =>
      row({ cells: cells('A', 'Medicare'), amount: index < 20 ? '250.00' : '0.00' }),
    );
    const costs = new Map([['Medicare', 20_000_000n]]);
    const [one, total] = recordsOf(await computed(items(HEADER, rows), { by: ['campaign'], costs }));
    const wanted = {
      ...{ revenue: '5000.00', cost: '2000.00', return_on_cost_percent: '150.0', cost_per_sale: '100.00' },
      ...{ calls: '100', sales: '20', average_per_call: '50.00', average_per_sale: '250.00' },
      share_percent: '100.0',
    };
    expect(one).toMatchObject({ campaign: 'Medicare', ...wanted });
    expect(total).toMatchObject({ campaign: 'total', ...wanted });
  });

  it('5000 in 100 calls are 50 a call', () => {
    expect(perPiece(50_000_000n, 100)).toBe(500_000n);
    expect(perPiece(1n, 0)).toBeUndefined();
  });
});

describe('rounding', () => {
  it.each([
    [5n, 2n, 3n],
    [-5n, 2n, -3n],
    [4n, 3n, 1n],
    [-4n, 3n, -1n],
    [0n, 7n, 0n],
  ])('%d / %d is %d, a half away from zero', (dividend, divisor, wanted) => {
    expect(divided(dividend, divisor)).toBe(wanted);
  });

  it('is to the cent for averages and to a tenth of a percent for shares', () => {
    expect(formatTotal(perPiece(100_000n, 3) ?? 0n)).toBe('3.33');
    expect(formatTotal(perPiece(200_000n, 3) ?? 0n)).toBe('6.67');
    expect(formatTotal(perPiece(100n, 2) ?? 0n)).toBe('0.01');
    expect(formatTenths(tenthsOfPercent(1n, 3n) ?? 0n)).toBe('33.3');
    expect(formatTenths(tenthsOfPercent(-1n, 8n) ?? 0n)).toBe('-12.5');
    expect(tenthsOfPercent(1n, 0n)).toBeUndefined();
  });

  it('of commission happens once for each agent, and the total is of what is shown', async () => {
    const rows = ['A', 'A', 'A', 'B', 'C'].map((agent) => row({ cells: cells(agent), amount: '0.05' }));
    const rates = { byAgent: new Map(), other: 100_000n };
    const records = recordsOf(await computed(items(HEADER, rows), { by: ['agent'], rates }));
    // 0.15 by 10 % is 0.015, which is 0.02; 0.05 by 10 % is 0.005, which is 0.01. Of all together 0.03 would be wrong.
    expect(records.map((one) => [one['agent'], one['commission']])).toEqual([
      ['A', '0.02'],
      ['B', '0.01'],
      ['C', '0.01'],
      ['total', '0.04'],
    ]);
  });

  it('never touches sums: four decimals stay', async () => {
    const rows = [
      row({ cells: cells('A'), amount: '32.1275' }),
      row({ cells: cells('A'), amount: '0.0001' }),
    ];
    const [one] = recordsOf(await computed(items(HEADER, rows), { by: ['agent'] }));
    expect(one?.['revenue']).toBe('32.1276');
  });
});

describe('what counts', () => {
  it('is the money of accepted and unchanged rows; everything else has columns of its own', async () => {
    const rows = [
      row({ cells: cells('A'), amount: '10.00' }),
      row({ cells: cells('A'), amount: '20.00', status: 'unchanged', action: undefined }),
      row({ cells: cells('A'), amount: '0.00' }),
      ...(['duplicate', 'rejected', 'failed', 'unknown', 'not_sent', 'invalid'] as const).map(
        (status, index) => row({ cells: cells('A'), amount: `${index + 1}.00`, status, action: undefined }),
      ),
      row({ cells: cells('A'), status: 'skipped', action: undefined }),
      row({ cells: cells('A'), amount: '7.00', superseded: true }),
    ];
    const [one] = recordsOf(await computed(items(HEADER, rows), { by: ['agent'] }));
    expect(one).toMatchObject({
      ...{ revenue: '30.00', calls: '3', sales: '2', average_per_sale: '15.00', average_per_call: '10.00' },
      ...{ duplicate_rows: '1', duplicate_amount: '1.00', rejected_amount: '2.00', failed_amount: '3.00' },
      ...{ unknown_amount: '4.00', not_sent_amount: '5.00', invalid_amount: '6.00', skipped_rows: '1' },
      ...{ superseded_rows: '1', superseded_amount: '7.00', planned_rows: '0' },
    });
  });

  it('corrections are new less old; reversals and clears what stood there, with a minus', async () => {
    const rows = [
      row({ cells: cells('A'), amount: '75.50', previous: '50.00', action: 'correct' }),
      row({ cells: cells('A'), amount: '10.00', previous: '40.00', action: 'correct' }),
      row({ cells: cells('A'), amount: '5.00', action: 'correct' }),
      row({ cells: cells('A'), previous: '60.00', action: 'reverse' }),
      row({ cells: cells('A'), previous: '1.00', action: 'clear' }),
      row({ cells: cells('A'), amount: '9.00', previous: '8.00', action: 'correct', status: 'rejected' }),
    ];
    const report = await computed(items(HEADER, rows), { by: ['agent'] });
    expect(recordsOf(report)[0]).toMatchObject({
      ...{ revenue: '90.50', calls: '5', sales: '3' },
      ...{ corrected: '3', corrections: '0.50', reversed: '2', reversals: '-61.00', rejected_amount: '9.00' },
    });
    expect(report.notes.join('\n')).toContain(
      '1 row not applied although the vendor holds an earlier amount of theirs, 8.00 in all',
    );
  });

  it('is what a dry run would send, and says so', async () => {
    const rows = [
      row({ cells: cells('A'), amount: '10.00', status: 'planned' }),
      row({ cells: cells('A'), amount: '5.00', status: 'unchanged', action: undefined }),
    ];
    const report = await computed(items(HEADER, rows), { by: ['agent'] });
    expect(recordsOf(report)[0]).toMatchObject({ revenue: '15.00', calls: '2', planned_rows: '0' });
    expect(report.notes[0]).toContain('nothing has been sent');
  });

  it('is not what is yet to be sent while a run goes on', async () => {
    const rows = [
      row({ cells: cells('A'), amount: '10.00', status: 'planned' }),
      row({ cells: cells('A'), amount: '5.00' }),
    ];
    const report = await computed(items(HEADER, rows), { by: ['agent'] });
    expect(recordsOf(report)[0]).toMatchObject({
      revenue: '5.00',
      planned_rows: '1',
      planned_amount: '10.00',
    });
    expect(report.notes.join('\n')).toContain('not counted: 1 row (10.00), yet to be sent');
  });

  it('a rate or cost that is missing is said and is not zero', async () => {
    const rows = [
      row({ cells: cells('A', 'X'), amount: '100.00' }),
      row({ cells: cells('B', 'Y'), amount: '50.00' }),
    ];
    const rates = {
      byAgent: new Map([
        ['A', 100_000n],
        ['Zoe', 100_000n],
      ]),
      other: undefined,
    };
    const costs = new Map([
      ['X', 10_000n],
      ['Old', 5_000_000n],
    ]);
    const byAgent = await computed(items(HEADER, rows), { by: ['agent'], rates });
    expect(recordsOf(byAgent).map((one) => one['commission'])).toEqual(['10.00', '', '10.00']);
    expect(byAgent.notes).toEqual(
      expect.arrayContaining([
        'no commission rate for "B"; the total of commission is of the others',
        'rates of agents that no row names: "Zoe"',
      ]),
    );
    const byCampaign = await computed(items(HEADER, rows), { by: ['campaign'], costs });
    expect(
      recordsOf(byCampaign).map((one) => [one['cost'], one['return_on_cost_percent'], one['cost_per_sale']]),
    ).toEqual([
      ['1.00', '9900.0', '1.00'],
      ['', '', ''],
      ['', '', ''],
    ]);
    expect(byCampaign.notes).toEqual(
      expect.arrayContaining([
        'no cost for "Y"; so there is no return on all of it',
        'costs of campaigns that no row names, 500.00 in all, are left out: "Old"',
      ]),
    );
  });
});

const AMOUNT = fc.bigInt(0n, 9_999_999_999_999n).map(formatTotal);
const ROW = fc.record({
  Agent: fc.constantFrom('Alma', 'Ben', ' Ben', "'=1+1", '', 'José'),
  Campaign: fc.string(),
  'Call Date': fc.constantFrom('2026-11-19 09:00:00', '2026-11-20T14:05:00-05:00', 'yesterday', ''),
  revsync_status: fc.constantFrom(...STATUSES.map(({ status }) => status)),
  revsync_action: fc.constantFrom('', ...ACTIONS),
  revsync_amount: fc.oneof(fc.constant(''), AMOUNT),
  revsync_previous_amount: fc.oneof(fc.constant(''), AMOUNT),
});

describe('totals', () => {
  it('equal those of the results file to the last digit, by whatever it is put together', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(ROW, { maxLength: 40 }),
        fc.uniqueArray(fc.constantFrom(...DIMENSIONS.filter((name) => name !== 'vendor')), { minLength: 1 }),
        async (rows, by) => {
          const report = await computed(await readText(resultsText(HEADER, rows)), { by, page: true });
          const records = recordsOf(report);
          const total = records.at(-1) ?? {};
          const sumOf = (...statuses: string[]): bigint =>
            rows
              .filter((one) => statuses.includes(one.revsync_status))
              .map((one) => {
                // What says nothing of money leaves what was accepted before.
                const keeps = one.revsync_action === 'correct' || one.revsync_status === 'unchanged';
                return one.revsync_amount || (keeps ? one.revsync_previous_amount : '') || '0';
              })
              .reduce((sum, amount) => sum + (parseTotal(amount, {}) ?? 0n), 0n);
          const counted =
            report.basis === 'planned' ? ['accepted', 'unchanged', 'planned'] : ['accepted', 'unchanged'];
          expect(total['revenue']).toBe(formatTotal(sumOf(...counted)));
          for (const kind of LEFT_OUT) {
            const wanted = counted.includes(kind) ? 0n : sumOf(kind);
            expect(total[`${kind}_amount`]).toBe(formatTotal(wanted));
          }
          for (const column of [
            'revenue',
            'corrections',
            'reversals',
            ...LEFT_OUT.map((kind) => `${kind}_amount`),
          ]) {
            const parts = records
              .slice(0, -1)
              .reduce((sum, one) => sum + (parseTotal(one[column] ?? '', {}) ?? 0n), 0n);
            expect(formatTotal(parts)).toBe(total[column]);
          }
          for (const table of report.tables.values())
            expect(formatTotal(table.total.revenue)).toBe(total['revenue']);
        },
      ),
    );
  });
});
