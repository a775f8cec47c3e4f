import { describe, expect, it, onTestFinished } from 'vitest';
import { convosoFake, type ConvosoBooks } from '../../src/sandbox/convoso.js';
import type { Fault } from '../../src/sandbox/faults.js';
import { startSandbox } from '../../src/sandbox/server.js';
import { Workspace } from '../support/cli.js';

interface Summary {
  readonly statuses: Readonly<Record<string, { readonly rows: number }>>;
  readonly rate: Readonly<Record<string, number | null>> | null;
}

const BUSY: Fault = { kind: 'status', status: 429, retryAfter: '1' };

/** Answers 429 to whatever goes past so many requests in any second; counts these, and those that it took. */
async function limitedConvoso(perSecond: number) {
  const taken: number[] = [];
  const counts = { turnedAway: 0 };
  const faults = (): Fault | undefined => {
    const now = performance.now();
    if (taken.filter((at) => at > now - 1_000).length >= perSecond) {
      counts.turnedAway += 1;
      return BUSY;
    }
    taken.push(now);
    return undefined;
  };
  const fake = convosoFake({});
  const server = await startSandbox({ fakes: [fake], port: 0, faults, latencyMs: 30 });
  onTestFinished(() => server.close());
  return { url: server.url, books: () => fake.books() as ConvosoBooks, taken, counts };
}

function sales(from: number, rows: number): string {
  const lines = Array.from({ length: rows }, (_, row) => `${from + row},${row + 1}.50\n`);
  return `call_log_id,revenue\n${lines.join('')}`;
}

describe('push --rate auto', () => {
  it('finds what a real server takes, sends each row once, and begins with half of it the next time', async () => {
    const w = new Workspace();
    const vendor = await limitedConvoso(9);
    w.write('sales.csv', sales(100_001, 80));
    const args = ['--vendor', 'convoso', '--base-url', vendor.url, '--rate', 'auto', '--json'];
    const { code, stdout, stderr } = await w.start('push', 'sales.csv', ...args).ended;
    expect(code).toBe(0);
    const { statuses, rate } = JSON.parse(stdout) as Summary;
    expect(statuses['accepted']).toMatchObject({ rows: 80 });
    const expected = Array.from({ length: 80 }, (_, row) => [`${100_001 + row}`, `${row + 1}.5`]);
    const { revenue } = vendor.books();
    expect(Object.entries(revenue).map(([id, amount]) => [id, String(Number(amount))])).toEqual(expected);
    expect(vendor.taken).toHaveLength(80);
    expect(vendor.counts.turnedAway).toBeLessThanOrEqual(15);
    expect(rate).toMatchObject({ began: 5, most: 50, turned_away: vendor.counts.turnedAway });
    expect(rate?.['highest']).toBeGreaterThan(7);
    expect(rate?.['borne']).toBeLessThanOrEqual(12);
    expect(stderr).toMatch(/^\d+ of 80 rows \(\d+%\), [\d.]+ rows\/s, auto at [\d.]+, [\d.]+ s left$/m);
    expect(stderr).toMatch(/rate: began with 5 requests a second, went up to \d/);
    expect(stderr).toMatch(/ borne; the next push begins with \d/);

    w.write('more.csv', sales(200_001, 30));
    const dry = await w.run('push', 'more.csv', ...args, '--dry-run');
    expect((JSON.parse(dry.stdout) as Summary).rate).toMatchObject({ began: rate?.['next'], borne: null });
    expect(dry.stderr).toMatch(
      /rate: would begin with \d(\.\d)? requests a second, and go up to 50: 30 requests in 0\.6 s to \d/,
    );
  }, 120_000);

  it('only slows down for a vendor who adds a record with every request, and says so', async () => {
    const w = new Workspace();
    w.write('costs.csv', 'did,cid,call_date,cost\n8005550100,5125550123,2026-11-20 14:05:00,5\n');
    const args = [
      'costs.csv',
      '--vendor',
      'tldcrm',
      '--base-url',
      'http://127.0.0.1:9',
      '--rate',
      'auto',
      '--dry-run',
    ];
    const { stderr } = await w.run('push', ...args, '--max-rate', '40', '--json');
    expect(stderr).toContain(
      'rate: would begin with 5 requests a second: 1 request in 0.2 s; it only slows down, since a repeat of one of these would count twice',
    );
  });

  it('is null in --json for any other rate', async () => {
    const w = new Workspace();
    w.write('sales.csv', sales(1, 1));
    const { stdout } = await w.run('push', 'sales.csv', '--vendor', 'convoso', '--dry-run', '--json');
    expect((JSON.parse(stdout) as Summary).rate).toBeNull();
  });
});

describe('--max-rate', () => {
  it.each([[[]], [['--rate', '5']], [['--rate', '80/min']], [['--rate', '0']]])(
    'is refused without --rate auto: %j',
    async (rate) => {
      const w = new Workspace();
      w.write('sales.csv', sales(1, 1));
      const ended = await w.run('push', 'sales.csv', '--vendor', 'convoso', '--max-rate', '30', ...rate);
      expect(ended.code).toBe(2);
      expect(ended.stderr).toContain('--max-rate goes with --rate auto; any other rate is itself the most');
    },
  );

  it('of a profile is refused without its rate: auto, and not used where another --rate is typed', async () => {
    const w = new Workspace();
    w.write('sales.csv', sales(1, 1));
    const profile = (rate: string): string =>
      `profiles:\n  night:\n    vendor: convoso\n${rate}    max_rate: 30\n`;
    const push = ['push', 'sales.csv', '--profile', 'night', '--dry-run', '--json'];
    w.write('revsync.yaml', profile(''));
    expect((await w.run(...push)).stderr).toContain('--max-rate goes with --rate auto');
    w.write('revsync.yaml', profile('    rate: auto\n'));
    const auto = await w.run(...push);
    expect((JSON.parse(auto.stdout) as Summary).rate).toMatchObject({ began: 5, most: 30 });
    const typed = await w.run(...push, '--rate', '2');
    expect([typed.code, (JSON.parse(typed.stdout) as Summary).rate]).toEqual([0, null]);
  });

  it.each([
    ['convoso', [], 50],
    ['ringba', [], 2],
    ['ringba', ['--max-rate', '4'], 4],
    ['convoso', ['--max-rate', '3'], 3],
  ] as const)('of %s %j is %d', async (vendor, args, most) => {
    const w = new Workspace();
    w.write('sales.csv', 'call_id,revenue\nRGB1,5\n'.replace('RGB1', vendor === 'ringba' ? 'RGB1' : '1'));
    const { stdout, stderr } = await w.run(
      ...['push', 'sales.csv', '--vendor', vendor, '--rate', 'auto', '--dry-run', '--json', ...args],
    );
    expect((JSON.parse(stdout) as Summary).rate, stderr).toMatchObject({ most });
  });

  it('leaves --rate auto no number of its own', async () => {
    const w = new Workspace();
    w.write('sales.csv', sales(1, 1));
    const ended = await w.run('push', 'sales.csv', '--vendor', 'convoso', '--rate', 'auto,5');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(
      'write requests a second such as 5 (0: no limit), auto, or limits such as',
    );
  });
});
