import { describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.js';
import type { TldcrmBooks } from '../../src/sandbox/tldcrm.js';
import { Workspace, type Ended } from '../support/cli.js';
import { testHost } from '../support/host.js';
import { vendorServer } from '../support/vendor-server.js';

const FAST = [
  '--rate',
  '100000',
  '--retries',
  '0',
  '--concurrency',
  '1',
  '--ledger',
  'own.db',
  '--new-ledger',
];
const COST = 'did,cid,call_date,cost\n8005550100,5125550123,2026-11-19 09:00:00,32.5\n';

/** A desk with one cost whose answer was lost, in each of these accounts. */
async function desk(...accounts: string[]) {
  const space = new Workspace();
  const faults = accounts.map((_, index) => `reset-after@${index + 1}`).join(',');
  const server = await vendorServer<TldcrmBooks>('tldcrm', { faults });
  space.write('sales.csv', COST);
  const push = (account: string): Promise<Ended> =>
    space.run(
      'push',
      'sales.csv',
      '--vendor',
      'tldcrm',
      '--base-url',
      server.url,
      '--account',
      account,
      ...FAST,
    );
  for (const account of accounts) expect((await push(account)).code).toBe(5);
  const key = space.rows('sales.results.csv')[0]?.['revsync_key'] ?? '';
  const resolve = (...args: string[]): Promise<Ended> =>
    space.run('resolve', key, ...args, '--ledger', 'own.db');
  return { space, server, push, key, resolve };
}

describe('resolve', () => {
  it('settles the key of one account, named where several have it, and shows what it is about', async () => {
    const { server, push, key, resolve } = await desk('one', 'two');
    const both = await resolve('--accepted', '--why', 'cost row 1');
    expect([both.code, both.stderr]).toEqual([
      2,
      `revsync: ${JSON.stringify(key)} is of several accounts: tldcrm/one ${server.url}, tldcrm/two ${server.url}; ` +
        'choose one with --vendor, --account or --base-url\n',
    ]);
    const two = await resolve('--accepted', '--why', 'cost row 1', '--account', 'two');
    expect([two.code, two.stderr.split('\n')]).toEqual([
      0,
      [
        expect.stringMatching(
          /: create 32\.50, run-2 sales\.csv:2 \(tldcrm\/two http.*\): .*8005550100.*5125550123.*2026-11-19 09:00:00/,
        ),
        `${key} 32.50: accepted (tldcrm/two ${server.url})`,
        '',
      ],
    ]);
    expect((await push('two')).code).toBe(0);
    expect((await push('one')).code).toBe(5);
    const none = await resolve('--accepted', '--why', 'x', '--vendor', 'convoso');
    expect(none.stderr).toContain(`is not of that account, but of tldcrm/one ${server.url}\n`);
    expect((await resolve('--not-applied', '--why', 'x', '--vendor', 'tldcrm')).code).toBe(0);
    expect([(await push('one')).code, server.books().costs.length]).toEqual([0, 3]);
  });

  it.each([
    ['yes', 0],
    ['n', 2],
    ['', 2],
  ])('asks on a terminal, and %j comes to %i', async (answer, code) => {
    const { space, push, key } = await desk('one');
    const argv = ['resolve', key, '--accepted', '--why', 'seen', '--ledger', 'own.db'];
    const host = { ...testHost({ env: space.env, cwd: space.folder, terminal: 300 }), argv };
    const ended = main(host);
    host.stdin.end(`${answer}\n`);
    expect(await ended).toBe(code);
    expect(host.stderr.text).toContain('say of 1 key that it is accepted, because "seen"? (y/N)');
    expect((await push('one')).code).toBe(code === 0 ? 0 : 5);
  });

  it('asks nothing with --yes', async () => {
    const { space, key } = await desk('one');
    const argv = ['resolve', key, '--accepted', '--yes', '--why', 'seen', '--ledger', 'own.db'];
    expect(await main({ ...testHost({ env: space.env, cwd: space.folder, terminal: 80 }), argv })).toBe(0);
  });

  it.each([
    ['--accepted', '--not-applied', 2],
    ['--not-applied', '--accepted', 1],
  ])('%s is taken back by --undo, and %s then counts', async (wrong, right, costs) => {
    const { space, server, push, key, resolve } = await desk('one');
    const status = async (): Promise<string | undefined> => {
      expect((await space.run('results', 'run-1', '--ledger', 'own.db')).code).toBe(0);
      return space.rows('sales.results.csv')[0]?.['revsync_status'];
    };
    expect((await resolve(wrong, '--why', 'first look')).code).toBe(0);
    const undone = await resolve('--undo', '--why', 'wrong screen');
    expect([undone.code, undone.stderr]).toEqual([
      0,
      expect.stringContaining(`${key} 32.50: unknown again (tldcrm/one ${server.url})\n`),
    ]);
    expect(await status()).toBe('unknown');
    expect([(await push('one')).code, server.requests()]).toEqual([5, 1]);
    // Once more, so that every word has a place of its own.
    expect((await resolve(wrong, '--why', 'second look')).code).toBe(0);
    expect((await resolve('--undo', '--why', 'wrong again')).code).toBe(0);
    expect((await resolve(right, '--why', 'third look')).code).toBe(0);
    expect(await status()).toBe(right === '--accepted' ? 'accepted' : 'failed');
    const { stdout } = await space.run('history', key, '--ledger', 'own.db');
    const said = stdout.split('\n').flatMap((line) => /resol\w+: ([a-z ]+?) {2}/.exec(line)?.[1] ?? []);
    expect(said).toEqual(['first look', 'wrong screen', 'second look', 'wrong again', 'third look']);
    expect([(await push('one')).code, server.books().costs.length]).toEqual([0, costs]);
    expect([(await push('one')).code, server.books().costs.length]).toEqual([0, costs]);
  });

  it('does not take back what something was sent for since', async () => {
    const { push, resolve } = await desk('one');
    expect((await resolve('--undo', '--why', 'x')).code).toBe(2);
    expect((await resolve('--not-applied', '--why', 'not there')).code).toBe(0);
    expect((await push('one')).code).toBe(0);
    const late = await resolve('--undo', '--why', 'x');
    expect([late.code, late.stderr]).toEqual([
      2,
      expect.stringContaining('something was sent for it after that'),
    ]);
  });

  it('takes one word of three', async () => {
    const { resolve } = await desk('one');
    for (const words of [[], ['--accepted', '--undo'], ['--accepted', '--not-applied']])
      expect((await resolve(...words, '--why', 'x')).stderr).toContain('say one of --accepted');
  });
});
