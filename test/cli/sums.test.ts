import { describe, expect, it } from 'vitest';
import { Workspace } from '../support/cli.js';
import { convosoServer, vendorServer } from '../support/vendor-server.js';

type Push = (
  lines: readonly string[],
  ...args: string[]
) => Promise<{ line: string; data: Data; stderr: string }>;

interface Data {
  readonly statuses: Record<string, object>;
  readonly changes: object;
}

/** What a push says of its rows and money, as a line of the summary and in `--json`. */
async function pushing(vendor: string, header: string, url: string): Promise<Push> {
  const space = new Workspace();
  await Promise.resolve();
  return async (lines, ...args) => {
    space.write('sales.csv', [header, ...lines, ''].join('\n'));
    const to = ['--vendor', vendor, '--base-url', url, '--rate', '1000', '--json'];
    const { stdout, stderr } = await space.run('push', 'sales.csv', ...to, ...args);
    const line = stderr.split('\n').find((text) => /^ {2}(accepted|planned) /.test(text)) ?? '';
    return { line: line.trim().replace(/ {2,}/g, '  '), data: JSON.parse(stdout) as Data, stderr };
  };
}

const rows = (count: number, amount: string, from = 1): string[] =>
  Array.from({ length: count }, (_, index) => `${from + index},${amount}`);

describe('the summary of a push', () => {
  it('says of what is accepted how much is new, corrected and taken back', async () => {
    const server = await convosoServer();
    const push = await pushing('convoso', 'call_log_id,revenue', server.url);
    expect(await push(rows(8, '37.50'))).toMatchObject({
      line: 'accepted  8  300.00',
      data: {
        changes: {
          new: { rows: 8, amount: '300.00' },
          corrected: { rows: 0, change: '0.00' },
          taken_back: { rows: 0, change: '0.00' },
        },
      },
    });
    const next = [...rows(4, '79', 1), ...rows(4, '', 5), ...rows(80, '50.75', 9)];
    const dry = await push(next, '--blank-amount', 'clear', '--dry-run');
    const changed = '(new 80, corrected 4: +166.00, taken back 4: -150.00)';
    expect(dry.line).toBe(`planned  88  4,376.00 ${changed}`);
    expect(dry.stderr).toContain('would send: create 80 (4060.00), correct 4 (316.00), clear 4 (-150.00)\n');
    expect(await push(next, '--blank-amount', 'clear')).toMatchObject({
      line: `accepted  88  4,376.00 ${changed}`,
      data: {
        changes: {
          new: { rows: 80, amount: '4060.00' },
          corrected: { rows: 4, change: '166.00' },
          taken_back: { rows: 4, change: '-150.00' },
        },
        statuses: { accepted: { rows: 88, amount: '4376.00' } },
      },
    });
  });

  it('calls unknown what nobody knows', async () => {
    const server = await vendorServer('invoca');
    const header = 'transaction_id,outcome_name,sale_amount,value';
    const push = await pushing('invoca', header, server.url);
    const first = await push(['T-1,Sale,abc,', 'T-2,Sale,n/a,', 'T-3,Sale,5.00,', 'T-9,Sale,,false']);
    expect(first.stderr).toContain('\n  invalid           2  unknown\n');
    expect(first.line).toBe('accepted  2  5.00 (new 1, taken back 1: unknown)');
    expect(first.data).toMatchObject({
      statuses: { invalid: { rows: 2, amount: null, unknown: 2 }, accepted: { rows: 2, amount: '5.00' } },
      changes: { taken_back: { rows: 1, change: null, unknown: 1 } },
    });
    const some = await push(['T-1,Sale,abc,', 'T-4,Sale,1.00,', 'T-4,Sale,2.00,']);
    expect(some.stderr).toContain('\n  invalid           3  3.00 and 1 unknown\n');
    expect(some.data.statuses['invalid']).toEqual({ rows: 3, amount: '3.00', unknown: 1 });
  });
});
