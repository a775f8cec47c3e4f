import { describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.js';
import { testHost } from '../support/host.js';
import { sales, Workspace, type Ended } from '../support/cli.js';
import { silentServer } from '../support/silent-server.js';
import { convosoServer, vendorServer } from '../support/vendor-server.js';

interface Told {
  readonly exit_code: number;
  readonly accounts: readonly {
    readonly vendor: string;
    readonly needs_somebody: boolean;
    readonly run: Record<string, unknown> | null;
    readonly at_work: Record<string, unknown> | null;
    readonly last_push: Record<string, unknown> | null;
  }[];
  readonly unknown: readonly Record<string, unknown>[];
  readonly held_refunds: readonly Record<string, unknown>[];
  readonly late: readonly Record<string, unknown>[];
}

async function told(space: Workspace): Promise<Told> {
  const ended = await space.run('status', '--json');
  const data = JSON.parse(ended.stdout) as Told;
  expect(ended.code).toBe(data.exit_code);
  return data;
}

/** A command as it was printed, typed without the program's name. */
function typed(line: string): string[] {
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
  return words.slice(words.findIndex((word) => word === 'resolve' || word === 'results'));
}

async function push(space: Workspace, url: string, ...more: string[]): Promise<Ended> {
  return space.run('push', 'sales.csv', '--vendor', 'convoso', '--base-url', url, '--rate', '1000', ...more);
}

describe('status', () => {
  it('says when each account was last pushed to, how long it took, how it ended and what money it was', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    space.write(
      'sales.csv',
      sales([
        ['1', '5'],
        ['2', '7.50'],
      ]),
    );
    expect((await push(space, server.url)).code).toBe(0);
    const { stdout, code } = await space.run('status');
    const [whose, run, money, all] = stdout.split('\n');
    expect(whose).toBe(`convoso, account default, ${server.url}`);
    expect(run).toMatch(
      /^ {2}run-1: sales\.csv: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d, took \d+(?:\.\d)? s, exit 0, all done$/,
    );
    expect(money).toBe('  accepted 2 (12.50)');
    expect(all).toBe('nothing waits for anybody');
    expect(code).toBe(0);
    expect(await told(space)).toMatchObject({
      exit_code: 0,
      accounts: [
        {
          vendor: 'convoso',
          needs_somebody: false,
          run: { run: 'run-1', state: 'finished', exit_code: 0 },
          at_work: null,
          last_push: { run: 'run-1', files: ['sales.csv'], exit_code: 0, says: null, profile: null },
        },
      ],
      unknown: [],
      held_refunds: [],
      late: [],
    });
  });

  it('tells of a file that was refused, which leaves no run, and of the run before it', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    space.write('sales.csv', sales([['1', '5']]));
    await push(space, server.url);
    space.write('sales.csv', 'who,what\nann,5\n');
    expect((await push(space, server.url)).code).toBe(3);
    const { stdout, code } = await space.run('status');
    expect(stdout).toMatch(
      /sales\.csv: .*, exit 3, the file was refused and nothing was sent: sales\.csv:1: .*\n {2}run-1: /,
    );
    expect(code).toBe(1);
    space.write('sales.csv', sales([['1', '5']]));
    await push(space, server.url);
    expect((await space.run('status')).code).toBe(0);

    space.write('sales.csv', sales([['2', 'x']]));
    expect((await push(space, server.url)).code).toBe(1);
    const left = await space.run('status');
    const [, line = ''] = /; `(.*)` writes them out\n/.exec(left.stdout) ?? [];
    expect((await space.run(...typed(line), '--out', 'again.csv')).code).toBe(0);
    expect(space.rows('again.csv').map((row) => row['revsync_error_code'])).toEqual(['not_an_amount']);
  });

  it('shows every unknown key with its facts and both ways to settle it, which work as they are printed', async () => {
    const space = new Workspace();
    const silent = await silentServer();
    space.write(
      'sales.csv',
      'did,cid,call date,revenue\n3105550100,7025550101,2026-03-02 10:00:00,40.00\n3105550100,7025550102,2026-03-02 11:00:00,60.00\n',
    );
    const to = ['--vendor', 'tldcrm', '--base-url', silent.url, '--timezone', 'America/New_York'];
    const pushed = await space.run('push', 'sales.csv', ...to, '--timeout', '0.2', '--rate', '1000');
    expect(pushed.code).toBe(5);
    const { stdout, code } = await space.run('status');
    expect(code).toBe(5);
    const lines = stdout.split('\n');
    const facts = lines.filter((line) => line.includes('is unknown: '));
    expect(facts).toHaveLength(2);
    expect(facts[0]).toMatch(
      /^tldcrm, account default: \S.* is unknown: create 40\.00, sales\.csv:2 of run-1, sent \d{4}-.*; look at the vendor$/,
    );
    const ways = lines.filter((line) => line.startsWith('  it is'));
    const [there = '', , , notThere = ''] = ways.map((line) => line.slice(line.indexOf(':') + 1));
    expect((await space.run(...typed(there))).code).toBe(0);
    expect((await space.run(...typed(notThere))).code).toBe(0);
    const after = await told(space);
    expect(after.unknown).toEqual([]);
    expect(after.accounts[0]).toMatchObject({
      run: {
        statuses: [
          { status: 'accepted', rows: 1, amount: '40.00' },
          { status: 'failed', rows: 1, amount: '60.00' },
        ],
      },
      needs_somebody: true,
    });
    const books = await vendorServer('tldcrm');
    expect(books.requests()).toBe(0);
  });

  it('tells who is at work and how far, and that a run died, until a later push looked after it', async () => {
    const space = new Workspace();
    const silent = await silentServer();
    space.write(
      'sales.csv',
      sales([
        ['1', '5'],
        ['2', '7.50'],
      ]),
    );
    const args = ['--vendor', 'convoso', '--base-url', silent.url, '--concurrency', '1'];
    const running = space.start('push', 'sales.csv', ...args);
    while (silent.waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await told(space)).accounts[0]).toMatchObject({
      needs_somebody: false,
      run: { state: 'pushing' },
      at_work: { pid: running.process.pid, rows: 2, done: 0 },
    });
    expect((await space.run('status')).stdout).toContain(`, process ${running.process.pid} on `);
    running.process.kill('SIGKILL');
    await running.ended;
    const died = await space.run('status');
    expect(died.stdout).toMatch(
      /run-1: sales\.csv: died, begun .*; push the same file again, which looks after/,
    );
    expect(died.code).toBe(1);
    expect((await space.run('runs')).stdout).toMatch(/^run-1 .* died .* sales\.csv/m);

    const again = space.start('push', 'sales.csv', ...args);
    while (silent.waiting.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    silent.waiting[1]?.end('{"success":true,"data":{"call_log_id":"1"}}');
    while (silent.waiting.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    silent.waiting[2]?.end('{"success":true,"data":{"call_log_id":"2"}}');
    expect((await again.ended).code).toBe(0);
    expect((await space.run('status')).code).toBe(0);
    expect((await space.run('runs')).stdout).toMatch(/^run-2 .* 0 .*\nrun-1 .* died .*\(2 accepted since\)/m);
  });

  it('tells of money that is still held for a refund that was refused, until the refund is through', async () => {
    const space = new Workspace();
    const server = await vendorServer('tldcrm');
    const row = '3105550100,7025550101,2026-03-02 10:00:00,40.00';
    const write = (status: string): string =>
      space.write('sales.csv', `did,cid,call date,revenue,status\n${row},${status}\n`);
    const to = ['--vendor', 'tldcrm', '--base-url', server.url, '--timezone', 'America/New_York'];
    const refunds = ['--reversal-column', 'status', '--reversal-values', 'refunded', '--may-be-empty'];
    write('sold');
    expect((await space.run('push', 'sales.csv', ...to, ...refunds)).code).toBe(0);
    expect((await space.run('status')).code).toBe(0);
    write('refunded');
    expect((await space.run('push', 'sales.csv', ...to, ...refunds)).code).toBe(1);
    const { stdout, code } = await space.run('status');
    expect(stdout).toMatch(
      /^tldcrm, account default: 40\.00 of \S.* is still held, though sales\.csv:2 of run-2 takes it back: invalid /m,
    );
    expect(code).toBe(1);
    expect((await told(space)).held_refunds).toMatchObject([{ held: '40.00', file: 'sales.csv', line: 2 }]);
  });

  it('tells of a profile whose file did not come', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    const profile = (name: string, every: string): string =>
      `  ${name}:\n    vendor: convoso\n    base_url: ${server.url}\n    every: ${every}\n`;
    space.write(
      'revsync.yaml',
      `profiles:\n${profile('nightly', '24h')}${profile('weekly', '7d')}${profile('elsewhere', '7d')}    ledger: other.db\n`,
    );
    space.write('sales.csv', sales([['1', '5']]));
    expect((await space.run('push', 'sales.csv', '--profile', 'nightly')).code).toBe(0);
    const first = await space.run('status');
    expect(first.stdout).toContain('profile weekly: a push is expected every 7 d, and there was none yet\n');
    expect(first.stdout).not.toMatch(/profile (nightly|elsewhere)/);
    expect(first.code).toBe(1);

    const later = Date.now() + 30 * 3_600_000;
    const host = testHost({ env: space.env, cwd: space.folder });
    expect(await main({ ...host, now: () => later, argv: ['status'] })).toBe(1);
    expect(host.stdout.text).toMatch(
      /^profile nightly: a push is expected every 24 h, and the last one was 30\.0 h ago, \d{4}-/m,
    );
  });

  it('is what revsync says by itself on a terminal where there is a ledger', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    const bare = async (isTTY: boolean): Promise<string> => {
      const host = testHost({ env: space.env, cwd: space.folder });
      Object.assign(host.stdout, { isTTY });
      await main({ ...host, argv: [] });
      return host.stdout.text + host.stderr.text;
    };
    expect(await bare(true)).toContain('Usage: revsync');
    space.write('sales.csv', sales([['1', '5']]));
    await push(space, server.url);
    expect(await bare(true)).toMatch(/^convoso, account default/);
    expect(await bare(false)).toContain('Usage: revsync');
  });

  it('says that there is no ledger, and nothing of a dry run', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    space.write('sales.csv', sales([['1', '5']]));
    await push(space, server.url, '--dry-run');
    const none = await space.run('status');
    expect(none.stderr).toContain('there is no ledger at ');
    expect(none.code).toBe(2);
  });
});

describe('runs', () => {
  it('lists the newest first, 20 of them, and says how to see more', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    space.write('sales.csv', sales([['1', '5']]));
    for (let at = 0; at < 22; at += 1) await push(space, server.url);
    const { stdout, stderr } = await space.run('runs');
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^run +begun +took +exit +account +files +rows$/);
    expect(lines[1]).toMatch(/^run-22 .* 0 +convoso\/default \S+ +sales\.csv +unchanged 1$/);
    expect(lines).toHaveLength(21);
    expect(stderr).toContain('older ones: --last 200; what waits for somebody: `');
    expect((await space.run('runs', '--last', '1')).stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(JSON.parse((await space.run('runs', '--json')).stdout)).toHaveLength(22);
  });
});
