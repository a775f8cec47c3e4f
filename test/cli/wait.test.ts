import { describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.js';
import type { OpenLedger } from '../../src/core/ledger.js';
import { openForPush } from '../../src/io/open-ledger.js';
import { manySales, Workspace } from '../support/cli.js';
import { testHost, type TestHost } from '../support/host.js';
import { convosoServer, type ConvosoServer } from '../support/vendor-server.js';

interface Desk {
  readonly space: Workspace;
  readonly server: ConvosoServer;
  readonly args: readonly string[];
}

async function deskOf(latencyMs = 0): Promise<Desk> {
  const space = new Workspace();
  const server = await convosoServer({ latencyMs });
  space.write('sales.csv', manySales(20));
  const to = ['--vendor', 'convoso', '--base-url', server.url];
  return { space, server, args: ['push', 'sales.csv', ...to, '--rate', '1000'] };
}

/** As another process has the account. */
async function takenBy({ space, server }: Desk): Promise<OpenLedger> {
  const whose = { vendor: 'convoso', account: 'default', origin: server.url };
  return openForPush(space.ledger, whose, false, 1000);
}

interface Begun {
  readonly host: TestHost;
  readonly ended: Promise<number>;
}

/** Begins a command, which has said by then that it waits. */
async function waiting({ space }: Desk, argv: readonly string[], signal?: AbortSignal): Promise<Begun> {
  const host = testHost({ env: space.env, cwd: space.folder, ...(signal && { signal }) });
  host.stdin.end('');
  const ended = main({ ...host, argv });
  await expect.poll(() => host.stderr.text, { timeout: 60_000 }).toContain('waiting ');
  return { host, ended };
}

describe('a push that waits for another one', () => {
  it('sends what is left once that has ended: nothing, where both have the same file', async () => {
    const desk = await deskOf(100);
    const { space, server, args } = desk;
    const first = space.run(...args, '--concurrency', '4');
    await expect.poll(() => server.requests(), { timeout: 60_000 }).toBeGreaterThan(0);
    const { host, ended } = await waiting(desk, [...args, '--wait', '1m', '--out', 'second.csv']);
    expect((await first).code).toBe(0);
    expect(await ended).toBe(0);
    const [says] = host.stderr.text.split('\n');
    expect(says).toMatch(
      /^waiting 60 s at most: another push to convoso, account default, is running with ledger \S+ \(run-1: sales\.csv: at work since .*, process \d+ on \S+, \d+ of 20 rows\)$/,
    );
    expect(host.stderr.text.match(/waiting /g)).toHaveLength(1);
    expect(space.rows('second.csv').map((row) => row['revsync_status'])).toEqual(
      Array<string>(20).fill('unchanged'),
    );
    expect(server.requests()).toBe(20);
  });

  it('is also an undo, the push of a plan, and one by a profile that says so', async () => {
    const desk = await deskOf();
    const { space, server, args } = desk;
    expect((await space.run(...args, '--limit', '10')).code).toBe(1);
    expect((await space.run(...args, '--plan', 'plan.json')).code).toBe(0);
    space.write(
      'revsync.yaml',
      `profiles:\n  weekly:\n    vendor: convoso\n    base_url: ${server.url}\n    rate: 1000\n    wait: 1m\n`,
    );
    for (const argv of [
      ['apply', 'plan.json', '--rate', '1000', '--wait', '60s'],
      ['push', 'sales.csv', '--profile', 'weekly'],
      ['undo', 'run-1', '--rate', '1000', '--wait', '1m'],
    ]) {
      const ledger = await takenBy(desk);
      const { ended } = await waiting(desk, argv);
      await ledger.close();
      expect([argv[0], await ended]).toEqual([argv[0], 0]);
    }
    expect(server.requests()).toBe(30);
  });

  it('ends with 6 and the words of one that does not wait, once its time is over', async () => {
    const desk = await deskOf();
    const { space, server, args } = desk;
    const ledger = await takenBy(desk);
    const { stderr } = await space.run(...args);
    const { host, ended } = await waiting(desk, [...args, '--wait', '1s']);
    expect(await ended).toBe(6);
    expect(host.stderr.text.split('\n').slice(1).join('\n')).toBe(stderr);
    expect(stderr).toMatch(/; wait for it to end\n$/);
    await ledger.close();
    expect(server.requests()).toBe(0);
  });

  it('ends with 130 at Ctrl-C, and has sent nothing', async () => {
    const desk = await deskOf();
    const ledger = await takenBy(desk);
    const interrupt = new AbortController();
    const { host, ended } = await waiting(desk, [...desk.args, '--wait', '2h', '--json'], interrupt.signal);
    interrupt.abort('SIGINT');
    expect(await ended).toBe(130);
    expect(host.stderr.text).toMatch(/\nrevsync: interrupted by SIGINT; nothing was sent\n$/);
    expect(JSON.parse(host.stdout.text)).toMatchObject({
      command: 'push',
      exit_code: 130,
      problems: [{ code: 'interrupted', message: 'interrupted by SIGINT; nothing was sent' }],
    });
    await ledger.close();
    expect(desk.server.requests()).toBe(0);
  });

  it('is told how long may be written', async () => {
    const { space, args } = await deskOf();
    for (const wait of ['30', '1d', '0s', 'm']) {
      const ended = await space.run(...args, '--wait', wait);
      expect(ended.code).toBe(2);
      expect(ended.stderr).toContain('write seconds, minutes or hours, such as 90s, 30m or 2h\n');
    }
  });
});
