import { hostname } from 'node:os';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.js';
import { afterNews, BIN, manySales, sales, Workspace, type Ended, type Running } from '../support/cli.js';
import { testHost } from '../support/host.js';
import { convosoServer, type ConvosoServer } from '../support/vendor-server.js';

/** Until the server has seen so many requests. */
async function requestsReach(server: ConvosoServer, count: number): Promise<void> {
  while (server.requests() < count) await new Promise((resolve) => setTimeout(resolve, 5));
}

const BUSY = ['--rate', '100000', '--concurrency', '16'];

function statusCounts(rows: readonly Record<string, string>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) {
    const status = row['revsync_status'] ?? '';
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

describe("a run whose day's budget is spent", () => {
  it('ends with exit 4, says when the next may go and what to type then, and is told so as JSON', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    space.write('sales.csv', manySales(9));
    space.write('revsync.yaml', 'profiles:\n  n:\n    vendor: convoso\n    rate: [1000, 80/min, 4/day]\n');
    const push = ['push', 'sales.csv', '--profile', 'n', '--base-url', server.url];
    const ended = await space.run(...push, '--json');
    expect(ended.code).toBe(4);
    const rows = space.rows('sales.results.csv');
    expect(rows.map(({ revsync_error_code: code }) => code)).toEqual([
      ...Array.from({ length: 4 }, () => ''),
      ...Array.from({ length: 5 }, () => 'budget_spent'),
    ]);
    expect(statusCounts(rows)).toEqual({ accepted: 4, not_sent: 5 });
    const { stopped } = JSON.parse(ended.stdout) as { stopped: { code: string; next_at: string } };
    expect(stopped.code).toBe('budget_spent');
    expect(Date.parse(stopped.next_at) - Date.now()).toBeGreaterThan(86_000_000);
    expect(ended.stderr).toContain(
      'stopped: the budget of 4 requests in any 24 hours is spent, 0 before this run and 4 by it; ' +
        `the next may go at ${stopped.next_at}; the next push goes on from here`,
    );
    expect(ended.stderr).toContain(
      `next: from ${stopped.next_at} on, the same command goes on where this run ended: `,
    );

    const again = await space.run(...push);
    expect(again.code).toBe(4);
    expect(again.stderr).toContain('4 before this run and 0 by it');
    expect(server.requests()).toBe(4);
    expect((await space.run(...push, '--rate', '100000,9/day')).code).toBe(0);
    expect(server.requests()).toBe(9);
  });

  it.each(['5/hour', '0.5/min', '5,6', '80/min,', '-1'])('is not read from --rate %s', async (rate) => {
    const ended = await new Workspace().run('push', 'sales.csv', '--vendor', 'convoso', `--rate=${rate}`);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(
      'write requests a second such as 5 (0: no limit), auto, or limits such as 5,80/min,2000/day\n',
    );
  });
});

describe('a run that is cut short', () => {
  it('loses nothing to kill -9 in the middle of 5,000 rows', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    space.write('sales.csv', manySales(5000));
    const push = ['push', 'sales.csv', '--vendor', 'convoso', '--base-url', server.url, ...BUSY];
    const first = space.start(...push);
    await requestsReach(server, 1500);
    first.process.kill('SIGKILL');
    expect((await first.ended).signal).toBe('SIGKILL');
    expect(existsSync(space.path('sales.results.csv'))).toBe(false);

    const second = await space.run(...push, '--json');
    expect(second.code).toBe(0);
    expect(second.stderr).toMatch(
      /^run-1 was cut off at \d+ of 5000 rows \(sales\.csv, begun [\d -:]+, last answer [\d -:]+\); (no|\d+) rows? (was|were) in flight(, what is in this file is sent again)?; \d+ rows not sent$/m,
    );
    const { recovered } = JSON.parse(second.stdout) as { recovered: Record<string, unknown>[] };
    expect(recovered).toMatchObject([{ run: 'run-1', files: ['sales.csv'], rows: 5000, unknown: 0 }]);
    expect(Number(recovered[0]?.['not_sent'])).toBeGreaterThan(1000);
    const rows = space.rows('sales.results.csv');
    expect(rows).toHaveLength(5000);
    const counts = statusCounts(rows);
    expect((counts['accepted'] ?? 0) + (counts['unchanged'] ?? 0)).toBe(5000);
    expect(counts['unchanged']).toBeGreaterThan(500);
    const { revenue } = server.books();
    expect(Object.keys(revenue)).toHaveLength(5000);
    for (const row of rows) expect(revenue[row['call_log_id'] ?? '']).toBe(row['revsync_amount']);
    // What a dead run had in flight is told apart in its own results.
    const old = await space.run('results', 'run-1', '--out', 'old.csv');
    expect(old.code).toBe(0);
    const oldCounts = statusCounts(space.rows('old.csv'));
    expect(Object.keys(oldCounts).sort()).toEqual(['accepted', 'failed', 'not_sent']);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    'finishes rows in flight at %s, writes the results, ends %i, and the next run goes on',
    async (signal, code) => {
      const space = new Workspace();
      const server = await convosoServer({ latencyMs: 20 });
      space.write('sales.csv', manySales(400));
      const push = ['push', 'sales.csv', '--vendor', 'convoso', '--base-url', server.url, ...BUSY];
      const running = space.start(...push);
      await requestsReach(server, 100);
      running.process.kill(signal);
      const ended = await running.ended;
      expect(ended.code).toBe(code);
      const rows = space.rows('sales.results.csv');
      const counts = statusCounts(rows);
      expect(Object.keys(counts).sort()).toEqual(['accepted', 'not_sent']);
      expect(counts['accepted']).toBe(server.requests());
      expect(Object.keys(server.books().revenue)).toHaveLength(server.requests());
      const before = server.requests();
      expect((await space.run(...push)).code).toBe(0);
      expect(server.requests()).toBe(400);
      expect(statusCounts(space.rows('sales.results.csv'))).toEqual({
        accepted: 400 - before,
        unchanged: before,
      });
    },
  );

  it('sends nothing when it is interrupted while it still reads', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    const interrupt = new AbortController();
    const host = testHost({ env: space.env, cwd: space.folder, signal: interrupt.signal });
    mkdirSync(dirname(space.ledger));
    const argv = ['push', '-', '--vendor', 'convoso', '--base-url', server.url, '--out', 'r.csv'];
    const ended = main({ ...host, argv });
    host.stdin.write(sales([['1', '5']]));
    await expect.poll(() => host.stdin.readableLength, { timeout: 60_000 }).toBe(0);
    interrupt.abort('SIGINT');
    expect(await ended).toBe(130);
    expect(host.stderr.text).toContain('nothing was sent');
    expect(server.requests()).toBe(0);
  });
});

describe('one push at a time', () => {
  it('ends a second push at once with exit 6, and frees the lock when the first is killed', async () => {
    const space = new Workspace();
    const server = await convosoServer({ latencyMs: 20 });
    space.write('sales.csv', manySales(2000));
    const push = ['push', 'sales.csv', '--vendor', 'convoso', '--base-url', server.url, '--rate', '100000'];
    const first: Running = space.start(...push);
    await requestsReach(server, 20);
    const second = await space.run(...push, '--json');
    expect(second.code).toBe(6);
    const by = `process ${first.process.pid} on ${hostname()}`;
    expect(second.stderr).toMatch(
      new RegExp(
        `^revsync: another push to convoso, account default, is running with ledger ${space.ledger} \\(run-1: sales\\.csv: at work since [\\d-]+ [\\d:]+, ${by}, \\d+ of 2000 rows\\); wait for it to end\\n$`,
      ),
    );
    const { problems } = JSON.parse(second.stdout) as { problems: { code: string; message: string }[] };
    expect(problems).toMatchObject([{ code: 'locked', message: second.stderr.slice(9, -1) }]);
    expect((await space.run('status')).stdout).toContain(`, ${by}, `);
    // Another account of the same vendor is another matter.
    space.write('one.csv', sales([['1', '5']]));
    const other = await space.run(
      'push',
      'one.csv',
      '--vendor',
      'convoso',
      '--base-url',
      server.url,
      '--account',
      'b',
    );
    expect(other.code).toBe(0);
    first.process.kill('SIGKILL');
    await first.ended;
    expect((await space.run(...push, '--limit', '1')).code).toBe(1);
  });
});

describe('what goes wrong on this machine', () => {
  it('goes on quietly when the reader of its output has gone', async () => {
    const space = new Workspace();
    space.write('sales.csv', manySales(3000));
    for (const flags of [
      ['--out', '-'],
      ['--verbose', '--json'],
    ]) {
      const running = space.start('push', 'sales.csv', '--vendor', 'convoso', '--sandbox', ...flags);
      running.process.stdout.once('data', () => running.process.stdout.destroy());
      running.process.stderr.once('data', () => running.process.stderr.destroy());
      expect((await running.ended).code).toBe(0);
    }
  });

  /** Runs a push whose stream of that number goes to a full disk. */
  async function pushToFullDisk(space: Workspace, stream: 1 | 2, ...args: string[]): Promise<Ended> {
    mkdirSync(dirname(space.ledger));
    const shell = ['-c', `"$@" ${stream}>/dev/full`, 'sh', process.execPath, BIN];
    return space.spawn('sh', [...shell, 'push', 'sales.csv', '--vendor', 'convoso', ...args]).ended;
  }

  it.runIf(existsSync('/dev/full'))('does all its work where the disk behind stderr is full', async () => {
    const space = new Workspace();
    const server = await convosoServer({ faults: '429=0@2' });
    space.write('sales.csv', manySales(20));
    const ended = await pushToFullDisk(space, 2, '--base-url', server.url, '--verbose', '--rate', '0');
    expect(ended.code).toBe(0);
    expect(statusCounts(space.rows('sales.results.csv'))).toEqual({ accepted: 20 });
  });

  it.runIf(existsSync('/dev/full'))('ends 1 and says so where the disk behind stdout is full', async () => {
    const space = new Workspace();
    space.write('sales.csv', manySales(20));
    const ended = await pushToFullDisk(space, 1, '--sandbox', '--out', '-');
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/standard output: ENOSPC: .*; what was printed is not whole\n$/);
  });

  it('says in one line that results cannot be written, before anything is sent', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    space.write('sales.csv', sales([['1', '5']]));
    mkdirSync(space.path('folder'));
    const push = ['push', 'sales.csv', '--vendor', 'convoso', '--base-url', server.url];
    for (const [out, message] of [
      [
        '/dev/full',
        'results /dev/full: the disk is full; make room or choose another place with --out; nothing was sent',
      ],
      [
        'no/such/r.csv',
        `results ${space.path('no/such/r.csv')}: its folder does not exist; make it or choose another place with --out; nothing was sent`,
      ],
    ]) {
      const ended = await space.run(...push, '--out', out ?? '');
      expect([ended.code, afterNews(ended.stderr)]).toEqual([2, `revsync: ${message ?? ''}\n`]);
    }
    expect(server.requests()).toBe(0);
  });

  it('says in one line that the ledger cannot be made', async () => {
    const space = new Workspace();
    space.write('sales.csv', sales([['1', '5']]));
    space.write('file', '');
    const ended = await space.run(
      'push',
      'sales.csv',
      '--vendor',
      'convoso',
      '--sandbox',
      '--ledger',
      'file/ledger.db',
    );
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/^revsync: ledger .*file\/ledger.db: .*; check its path\n$/);
  });

  it.each([
    ['an unknown vendor', ['--vendor', 'convosa'], 'there is no vendor "convosa"'],
    [
      'plain http off this machine',
      ['--vendor', 'convoso', '--base-url', 'http://example.com'],
      'is plain http',
    ],
    [
      'a field the vendor lacks',
      ['--vendor', 'convoso', '--sandbox', '--column', 'agent=Rep'],
      '--column agent: Convoso has no such field; it has call_id, amount',
    ],
    [
      'a number that is none',
      ['--vendor', 'convoso', '--limit', '-3'],
      '--limit "-3": write a whole number from 1',
    ],
    ['no vendor', [], 'name the vendor with --vendor'],
    [
      'an unknown option',
      ['--vendor', 'convoso', '--sandbx'],
      'there is no option --sandbx; the nearest is --sandbox',
    ],
  ])('ends 2 at %s and makes no ledger', async (_name, args, message) => {
    const space = new Workspace();
    space.write('sales.csv', sales([['1', '5']]));
    const ended = await space.run('push', 'sales.csv', ...args);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(message);
    expect(ended.stderr).not.toContain('    at ');
    expect(existsSync(space.ledger)).toBe(false);
  });

  it('ends 2 without a credential and names every way to give it', async () => {
    const space = new Workspace();
    space.write('sales.csv', sales([['1', '5']]));
    delete space.env['CONVOSO_AUTH_TOKEN'];
    const without = await space.run('push', 'sales.csv', '--vendor', 'convoso');
    expect(without.code).toBe(2);
    expect(without.stderr).toContain('CONVOSO_AUTH_TOKEN is not set');
    const server = await convosoServer();
    space.write('token', 'good-token\n');
    space.write('.env', `CONVOSO_AUTH_TOKEN_FILE=${space.path('token')}\nCONVOSO_BASE_URL=${server.url}\n`);
    const withFile = await space.run('push', 'sales.csv', '--vendor', 'convoso', '--env-file', '.env');
    expect(withFile.code).toBe(0);
    expect(server.requests()).toBe(1);
  });
});

describe('the credential', () => {
  it('is in no output, log, results file, ledger or error, however the vendor fails', async () => {
    const space = new Workspace();
    const spellings = [
      space.token,
      encodeURIComponent(space.token),
      Buffer.from(space.token).toString('base64'),
    ];
    const faults =
      '429=0@2,500@3,reset-before@4,reset-after@5,cut@6,garbage@7,fail-after@8,leak@9,leak@10,hang@11,401@40';
    for (const flags of [['--verbose'], ['--verbose', '--log-format', 'json', '--json']]) {
      const server = await convosoServer({ faults });
      space.write('sales.csv', manySales(60));
      const ended = await space.run(
        'push',
        'sales.csv',
        '--vendor',
        'convoso',
        '--base-url',
        server.url,
        '--timeout',
        '1',
        '--retries',
        '1',
        '--rate',
        '1000',
        ...flags,
      );
      expect(ended.code).toBe(4);
      expect(ended.stderr).toContain('[CONVOSO_AUTH_TOKEN]');
      for (const text of [ended.stdout, ended.stderr])
        for (const spelling of spellings) expect(text).not.toContain(spelling);
    }
    const files = readdirSync(space.folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(space.folder, name))
      .filter((path) => statSync(path).isFile());
    expect(files.some((path) => path.endsWith('ledger.db'))).toBe(true);
    for (const path of files)
      for (const spelling of spellings) expect(readFileSync(path).includes(spelling)).toBe(false);
    expect(statSync(space.ledger).mode & 0o777).toBe(0o600);
  });
});
