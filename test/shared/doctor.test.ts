import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Unsettled } from '../../src/core/records.js';
import { SharedRecords } from '../../src/io/ledger/shared/records.js';
import { Workspace, type Ended } from '../support/cli.js';
import { PostgresServer } from '../support/postgres.js';
import { vendorServer } from '../support/vendor-server.js';
import { SharedLedger } from '../../src/io/ledger/shared/ledger.js';
import { SharedTransactions } from '../../src/io/ledger/shared/transactions.js';
import { Wire } from './wire.js';

interface Finding {
  readonly about: string;
  readonly state: string;
  readonly says: string;
}

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start();
  await server.ask('postgres', 'create role nobody login');
});
afterAll(() => server.stop());

const databaseOf = (url: string): string => new URL(url).pathname.slice(1);
const as = (role: string, url: string): string => url.replace('revsync@', `${role}@`);
const ORIGIN = 'http://127.0.0.1:1';

let space: Workspace;
beforeEach(() => {
  space = new Workspace();
});

/** What is said by the ledger at that address, but for what is no ledger's. */
async function findings(url: string): Promise<string[]> {
  const ended = await space.run('doctor', '--json', '--vendor', 'trackdrive', '--ledger', url);
  const found = JSON.parse(ended.stdout) as Finding[];
  expect(ended.code).toBe(found.some(({ state }) => state === 'problem') ? 2 : 0);
  const others = ['node', 'disk', 'trackdrive', 'proxy', 'tls'];
  return found
    .filter(({ about }) => !others.includes(about))
    .map(({ about, state, says }) => `${state} ${about}: ${says}`);
}

async function among(url: string, ...lines: string[]): Promise<void> {
  expect(await findings(url)).toEqual(
    expect.arrayContaining(lines.map((line) => expect.stringContaining(line) as string)),
  );
}

/** A setting of the server, until the test ends. */
async function set(setting: string, value: string): Promise<void> {
  const reload = async (what: string): Promise<void> => {
    await server.ask('postgres', `alter system ${what}`);
    await server.ask('postgres', 'select pg_reload_conf()');
    await new Promise((resolve) => setTimeout(resolve, 100));
  };
  onTestFinished(() => reload(`reset ${setting}`));
  await reload(`set ${setting} = '${value}'`);
}

describe('doctor of a shared ledger', () => {
  it('says of what is well a line each, and writes nothing', async () => {
    const url = await server.ledger();
    const [ledger, ...others] = await findings(url);
    expect(ledger).toMatch(new RegExp(`^ok ledger: ${url}: 0\\.\\d MB, 0 runs, 0 keys$`));
    expect(others).toEqual([
      expect.stringMatching(/^ok database: PostgreSQL [\d.]+, a primary$/),
      'ok durability: fsync and full_page_writes are on',
      'ok standbys: none follows',
      'ok connection: the way to the database does not leave this machine',
      expect.stringMatching(/^ok clock: \d{4}-/),
    ]);
    expect(await server.ask(databaseOf(url), 'select place from revsync.meta')).toEqual([{ place: null }]);
  });

  it('names who is at work, what waits for a person and how it is settled', async () => {
    const url = await server.ledger();
    const vendor = await vendorServer('trackdrive');
    space.write('calls.csv', 'call_id,revenue\nabc-1,5.00\n');
    const to = ['--vendor', 'trackdrive', '--base-url', vendor.url, '--ledger', url];
    expect((await space.run('push', 'calls.csv', ...to)).code).toBe(0);
    await server.ask(databaseOf(url), `update revsync.entries set doubt = 'blocked'`);
    const account = { vendor: 'ringba', account: 'east', origin: ORIGIN };
    const push = await SharedLedger.push(url, account, 1000);
    const pull = await SharedTransactions.pull(
      url,
      account,
      { kind: 'networks', id: '33' },
      { from: '', to: '' },
    );
    await among(
      url,
      'ok ledger: ',
      `is at work (process ${process.pid} on `,
      'ok pulls: pull of networks/33, account east, is at work (process',
      'warning unknown rows: 1 key waits for somebody',
      'warning unknown rows: abc-1 is there: revsync resolve --accepted',
    );
    await Promise.all([push.close(), pull.close()]);
    expect((await findings(url)).filter((line) => line.includes('at work'))).toEqual([]);
  });

  it('tells of settings that forget, of standbys that are not waited for and of clocks that differ', async () => {
    const url = await server.ledger();
    await set('fsync', 'off');
    await among(url, 'problem durability: fsync is off: a loss of power could forget what was sent');
    await set('full_page_writes', 'off');
    await among(url, 'problem durability: fsync and full_page_writes are off');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 60_000 });
    onTestFinished(() => void vi.useRealTimers());
    await among(url, "s ahead of this machine's; set the wrong one right");
    vi.setSystemTime(Date.now() + 120_000);
    await among(url, "s behind this machine's; set the wrong one right");
  });

  it('tells of a database that is not the one that was gone by', async () => {
    const url = await server.ledger();
    const ask = (sql: string): Promise<object[]> => server.ask(databaseOf(url), sql);
    await ask(`update revsync.meta set moved_to = 'postgres://db/other'`);
    await among(url, `problem ledger: ${url} has moved to postgres://db/other`);
    await ask(`update revsync.meta set moved_to = null, place = '1/1/1'`);
    await among(url, `problem ledger: ${url} is in another database, or on another server`);
    await ask(`update revsync.meta set place = null, version = 99, min_writer = 99`);
    await among(url, `problem ledger: ${url}: was written by a newer revsync`, 'ok database: ');
  });
});

describe('a database that a ledger cannot be had of', () => {
  const away = (url: string): string => url.replace(/:\d+\//, ':1/');
  const none = (url: string): string => `${url}_none`;
  const empty = (url: string): string => url.replace(/ledger_\d+/, 'template1');
  it.each([
    ['away', away, 'the database cannot be reached (connect ECONNREFUSED 127.0.0.1:1); check the address'],
    ['not there', none, 'does not exist; check its name, or make it'],
    ['empty', empty, 'there is no ledger in this database that this role may use; `revsync ledger init`'],
    ['not of this role', (url: string) => as('nobody', url), 'this role may use; `revsync ledger init`'],
    [
      'of no such role',
      (url: string) => as('none', url),
      'does not let this role in (role "none" does not exist)',
    ],
  ])('is said to be %s, by a push before anything is sent', async (_, change, says) => {
    const url = change(await server.ledger());
    const vendor = await vendorServer('trackdrive');
    space.write('calls.csv', 'call_id,revenue\nabc-1,5.00\n');
    const to = ['--vendor', 'trackdrive', '--base-url', vendor.url, '--ledger', url];
    const pushed = await space.run('push', 'calls.csv', ...to);
    expect([pushed.code, pushed.stderr]).toEqual([2, expect.stringContaining(says)]);
    expect(pushed.stderr.match(/ledger postgres/g)).toHaveLength(1);
    expect(vendor.requests()).toBe(0);
    await among(url, `problem ledger: ${url}: `, says);
    expect((await space.run('runs', '--ledger', url)).code).toBe(2);
  });

  it('is said to want a password, or another one', async () => {
    const url = as('locked', await server.ledger());
    await server.ask('postgres', `create role locked login password 'right'`);
    const [{ file } = { file: '' }] = await server.ask<{ file: string }>(
      'postgres',
      `select current_setting('hba_file') as file`,
    );
    const ways = ['host all locked 127.0.0.1/32 scram-sha-256', 'host all all 127.0.0.1/32 trust'];
    await server.ask('postgres', `copy (select unnest(array['${ways.join("', '")}'])) to '${file}'`);
    await server.ask('postgres', 'select pg_reload_conf()');
    await expect
      .poll(async () => (await space.run('runs', '--ledger', url)).stderr, { timeout: 20_000 })
      .toContain(`ledger ${url}: the database asks for a password; put it into PGPASSWORD`);
    space.env['PGPASSWORD'] = 'wrong';
    await among(url, 'the database does not take the password (password authentication failed');
  });

  it('is not waited for by a shell that completes', async () => {
    const wire = await Wire.open(server.port);
    onTestFinished(() => wire.close());
    const url = await server.ledger();
    const through = server.url(databaseOf(url), wire.port);
    const complete = async (): Promise<string> =>
      (await space.run('completion', 'complete', '--', 'resolve', '--ledger', through, '')).stdout;
    await SharedLedger.push(url, { vendor: 'ringba', account: 'east', origin: ORIGIN }, 1000).then((push) =>
      push.close(),
    );
    wire.cut('silent');
    expect(await complete()).toMatch(/^:\d+\n$/);
  });

  it('is lost to a push on its way, which prints what it could not write down', async () => {
    const url = await server.ledger(600, 100);
    const wire = await Wire.open(server.port);
    onTestFinished(() => wire.close());
    const vendor = await vendorServer('trackdrive', { latencyMs: 300 });
    space.write('calls.csv', 'call_id,revenue\nabc-1,5.00\nabc-2,6.00\n');
    const to = ['--vendor', 'trackdrive', '--base-url', vendor.url, '--concurrency', '1'];
    const pushing = space.run('push', 'calls.csv', ...to, '--ledger', server.url(databaseOf(url), wire.port));
    await expect.poll(() => vendor.requests(), { interval: 5, timeout: 20_000 }).toBe(1);
    wire.cut('reset');
    const ended = await pushing;
    expect([ended.code, ended.stderr]).toEqual([
      4,
      expect.stringContaining('the connection to the database was lost'),
    ]);
    const unsaved = ended.stderr.match(
      /^calls\.csv:\d: abc-\d: the ledger could not take the answer: accepted \d+$/gm,
    );
    expect(unsaved).toHaveLength(vendor.requests());
  });
});

describe('resolve', () => {
  it('names the push that has the key in flight', async () => {
    const url = await server.ledger();
    const vendor = await vendorServer('trackdrive', { latencyMs: 500 });
    const to = ['--vendor', 'trackdrive', '--base-url', vendor.url, '--ledger', url];
    const push = (amount: string): Promise<Ended> => {
      space.write('calls.csv', `call_id,revenue\nabc-1,${amount}\n`);
      return space.run('push', 'calls.csv', ...to);
    };
    const resolve = async (...words: string[]): Promise<unknown[]> => {
      const said = await space.run('resolve', 'abc-1', ...words, '--why', 'seen', '--yes', '--ledger', url);
      return [said.code, said.stderr];
    };
    expect((await push('5.00')).code).toBe(0);
    await server.ask(databaseOf(url), `update revsync.entries set doubt = 'blocked'`);
    // Looks before the push claims it, and speaks after that.
    const early = new SharedRecords(url);
    const [waiting] = await early.unsettled({ key: 'abc-1' });
    expect((await resolve('--accepted'))[0]).toBe(0);
    const before = vendor.requests();
    const pushing = push('6.00');
    await expect.poll(() => vendor.requests(), { interval: 5, timeout: 20_000 }).toBe(before + 1);
    const held = expect.stringContaining(
      `another push to trackdrive, account default, is running with ledger ${url} (process ${process.pid} on `,
    ) as unknown;
    const word = { found: 'accepted', why: 'seen', at: 1 } as const;
    await expect(early.resolve(waiting as Unsettled, word)).rejects.toThrow(
      `is running with ledger ${url} (process ${process.pid} on `,
    );
    await early.close();
    expect(await resolve('--undo')).toEqual([6, held]);
    expect((await pushing).code).toBe(0);
  });
});

describe('a standby', () => {
  it('is told of, and nothing is pushed by it', async () => {
    const url = await server.ledger();
    await server.becomeStandby();
    await among(url, 'problem database: PostgreSQL', 'ok ledger: ');
    const vendor = await vendorServer('trackdrive');
    space.write('calls.csv', 'call_id,revenue\nabc-1,5.00\n');
    const to = ['--vendor', 'trackdrive', '--base-url', vendor.url, '--ledger', url];
    const pushed = await space.run('push', 'calls.csv', ...to);
    expect([pushed.code, pushed.stderr]).toEqual([
      2,
      expect.stringContaining('is a standby, which takes nothing'),
    ]);
    expect(vendor.requests()).toBe(0);
  });
});
