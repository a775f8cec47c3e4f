import { describe, expect, it } from 'vitest';
import type { TrackDriveBooks } from '../../src/sandbox/trackdrive.js';
import { Workspace, type Ended } from '../support/cli.js';
import { vendorServer } from '../support/vendor-server.js';

interface Desk {
  readonly space: Workspace;
  push(csv: string, ...args: string[]): Promise<Ended>;
  results(): string[][];
  revenue(): string | null | undefined;
  /** What the report on the ledger and on the last results file, and the reconciliations, say of the money. */
  said(): Promise<object>;
}

async function desk(): Promise<Desk> {
  const space = new Workspace();
  const server = await vendorServer<TrackDriveBooks>('trackdrive');
  const at = ['--vendor', 'trackdrive', '--base-url', server.url];
  const json = async (...args: string[]): Promise<Record<string, unknown>> =>
    JSON.parse((await space.run(...args)).stdout) as Record<string, unknown>;
  return {
    space,
    push: (csv, ...args) => {
      space.write('sales.csv', csv);
      return space.run('push', 'sales.csv', ...at, '--rate', '0', '--blank-amount', 'omit', ...args);
    },
    results: () =>
      space
        .rows('sales.results.csv')
        .map((row) => [row['revsync_status'] ?? '', row['revsync_error_code'] ?? '']),
    revenue: () => server.books().calls['c-1']?.revenue,
    said: async () => {
      const ledger = await json('report', '--ledger', '--format', 'json');
      const file = await json('report', 'sales.results.csv', '--format', 'json');
      const compare = ['reconcile', 'sales.csv', ...at, '--from-ledger', '--blank-amount', 'omit'];
      const books = await json(...compare, '--json');
      return { ledger: ledger['total'], file: file['total'], books };
    },
  };
}

const SOLD = 'call_id,revenue\nc-1,50.00\n';

describe('what a row leaves out', () => {
  it.each([
    ['an unmapped amount', 'call_id,offer_converted\nc-1,yes\n'],
    ['a blank amount', 'call_id,revenue,offer_converted\nc-1,,yes\n'],
    ["a reversal of the offer's side", 'call_id,offer_converted\nc-1,no\n'],
  ])('leaves what is held, in ledger, report and reconcile: %s', async (_, csv) => {
    const { push, revenue, said } = await desk();
    await push(SOLD);
    const ended = await push(csv);
    expect(ended.code).toBe(0);
    expect(revenue()).toBe('50.00');
    const told = await said();
    expect(told).toMatchObject({
      ledger: { revenue: '50.00', corrections: '0.00', reversals: '0.00' },
      file: { revenue: '50.00', corrections: '0.00', reversals: '0.00' },
      books: { ties_out: true, breaks: { matched: 1 }, vendor_side: { rows: 1, amount: '50.00' } },
    });
  });
});

describe('--max-reversed and --no-correct', () => {
  it('refuse and hold what takes back', async () => {
    const { push, results, revenue } = await desk();
    await push(SOLD);
    const back = 'call_id,buyer_converted\nc-1,no\n';
    const refused = await push(back, '--max-reversed', '49.99');
    expect([refused.code, refused.stderr]).toEqual([
      3,
      expect.stringContaining('--max-reversed: 50.00 would be taken back and 49.99 is the most'),
    ]);
    const unknown = await push('call_id,buyer_converted\nc-2,no\n', '--max-reversed', '49.99');
    expect([unknown.code, unknown.stderr]).toEqual([
      3,
      expect.stringContaining('1 row would take back what the ledger knows no amount of'),
    ]);
    expect((await push(back, '--no-correct')).code).toBe(1);
    expect(results()).toEqual([['not_sent', 'correction_held']]);
    expect(revenue()).toBe('50.00');
    expect((await push(back, '--max-reversed', '50')).code).toBe(0);
    expect(results()).toEqual([['accepted', '']]);
  });
});
