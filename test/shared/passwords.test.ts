import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runRevsync, startRevsync, Workspace, type Ended } from '../support/cli.js';
import { PostgresServer } from '../support/postgres.js';
import { vendorServer } from '../support/vendor-server.js';

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start(false);
});
afterAll(() => server.stop());

const PASSWORD = 'hunter2-of-all';

/** Names and contents of everything in a folder. */
function everythingIn(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(
      (name) =>
        `${name}\n${statSync(join(folder, name)).isFile() ? readFileSync(join(folder, name), 'latin1') : ''}`,
    )
    .join('\n');
}

describe('the password of a shared ledger', () => {
  it('is taken from REVSYNC_LEDGER, and comes out nowhere', async () => {
    const space = new Workspace();
    const url = await server.ledger();
    const secret = url.replace('revsync@', `revsync:${PASSWORD}@`);
    const vendor = await vendorServer('trackdrive');
    space.write('calls.csv', 'call_id,revenue\nabc-1,5.00\n');
    const by = (ledger: string, ...args: string[]): Promise<Ended> =>
      runRevsync(args, space.folder, { ...space.env, REVSYNC_LEDGER: ledger });
    const run = (...args: string[]): Promise<Ended> => by(secret, ...args);
    const to = ['--vendor', 'trackdrive', '--base-url', vendor.url];
    const ended = [
      await run('push', 'calls.csv', ...to),
      await run('push', 'calls.csv', ...to, '--json'),
      await run('status'),
      await run('runs', '--json'),
      await run('history', 'abc-1'),
      await run('ledger', 'init', '--json'),
      await run('ledger', 'check', '--json'),
      await run('ledger', 'copy', url, 'copy.db', '--json'),
      await run('status'),
    ];
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0]);
    const refused = [
      await run('push', 'calls.csv', ...to),
      await by(secret.replace(/\d+\/ledger/, '1/ledger'), 'runs'),
      await by(`${secret}_none`, 'runs'),
      await run('runs', '--ledger', secret),
    ];
    expect(refused.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
    const said = [...ended, ...refused].map(({ stdout, stderr }) => stdout + stderr).join('\n');
    expect(said).toContain(url);
    expect(said).not.toContain(PASSWORD);
    expect(everythingIn(space.folder)).not.toContain(PASSWORD);
  });

  it('is refused in an argument and in a profile', async () => {
    const space = new Workspace();
    const holds = (address: string): string => address.replace('USER', `USER:${PASSWORD}`);
    const address = 'postgres://USER@db.example/sales';
    const typed = await space.run('runs', '--ledger', holds(address));
    expect([typed.code, typed.stderr]).toEqual([
      2,
      expect.stringContaining('the address of --ledger holds a password'),
    ]);
    space.write(
      'revsync.yaml',
      `profiles:\n  night:\n    vendor: trackdrive\n    ledger: ${holds(address)}\n`,
    );
    const profile = await space.run('push', '--profile', 'night', 'calls.csv');
    expect([profile.code, profile.stderr]).toEqual([
      2,
      expect.stringContaining('ledger of night: the address holds a password'),
    ]);
    expect(typed.stderr + profile.stderr).not.toContain(PASSWORD);
  });
});

describe('the way to a shared ledger on another machine', () => {
  it.each([
    ['sslmode=disable', 'sslmode=disable would let others on the way read the password'],
    ['sslmode=require', 'sslmode=require would let others on the way read the password'],
    ['sslrootcert=/none.pem', 'sslrootcert /none.pem cannot be read'],
    ['options=-csearch_path=x', 'options is not known; known are host, sslmode, sslrootcert'],
  ])('is refused with %s', async (parameter, says) => {
    const space = new Workspace();
    const ended = await space.run('runs', '--ledger', `postgres://USER@db.example/sales?${parameter}`);
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining(says)]);
  });
});

describe('a database that asks for a password and speaks TLS', () => {
  const tls = (name: string): string => fileURLToPath(new URL(`../support/tls/${name}`, import.meta.url));
  let locked: PostgresServer;
  let url: string;
  beforeAll(async () => {
    locked = await PostgresServer.start(false);
    url = `${await locked.ledger()}?sslmode=verify-full&sslrootcert=${tls('ca.pem')}`;
    await locked.lock(PASSWORD, tls('good.pem'), tls('server.key'));
  });
  afterAll(() => locked.stop());

  /** Pushes as a process of its own, and looks at what everybody on the machine may see of it. */
  async function push(
    env: (space: Workspace) => Record<string, string>,
    ledger = url,
  ): Promise<Ended & { readonly seen: string }> {
    const space = new Workspace();
    const vendor = await vendorServer('trackdrive');
    space.write('calls.csv', 'call_id,revenue\nabc-1,5.00\n');
    const to = ['--vendor', 'trackdrive', '--base-url', vendor.url];
    const named = ledger === '' ? [] : ['--ledger', ledger];
    const { REVSYNC_LEDGER: file, ...others } = space.env;
    const variables = { PATH: process.env['PATH'] ?? '', ...others, ...env(space) };
    const running = startRevsync(['push', 'calls.csv', ...to, ...named], space.folder, variables);
    const seen = readFileSync(`/proc/${running.process.pid}/cmdline`, 'utf8');
    running.process.stdin.end();
    const ended = await running.ended;
    expect(file === undefined || existsSync(file)).toBe(false);
    return { ...ended, seen: [seen, ended.stdout, ended.stderr].join('\n') };
  }

  /** A file that is its owner's alone. */
  function kept(space: Workspace, name: string, text: string): string {
    const path = space.write(name, text);
    chmodSync(path, 0o600);
    return path;
  }

  const withPassword = (): string => url.replace('revsync@', `revsync:${PASSWORD}@`);
  type Way = readonly [name: string, env: (space: Workspace) => Record<string, string>, ledger?: string];
  const WAYS: readonly Way[] = [
    ['PGPASSWORD', () => ({ PGPASSWORD: PASSWORD })],
    ['PGPASSWORD_FILE', (space) => ({ PGPASSWORD_FILE: kept(space, 'word', `${PASSWORD}\n`) })],
    ['PGPASSFILE', (space) => ({ PGPASSFILE: kept(space, 'pgpass', `127.0.0.1:*:*:revsync:${PASSWORD}\n`) })],
    ['REVSYNC_LEDGER', () => ({ REVSYNC_LEDGER: withPassword() }), ''],
    ['REVSYNC_LEDGER_FILE', (space) => ({ REVSYNC_LEDGER_FILE: kept(space, 'ledger', withPassword()) }), ''],
  ];

  it.each(WAYS.map((way) => [way[0], way] as const))(
    'is pushed by with the password in %s, which nobody sees',
    async (_, [, env, ledger]) => {
      const { code, stderr, seen } = await push(env, ledger);
      expect([code, stderr]).toEqual([0, expect.stringMatching(/(accepted|unchanged) +1 /)]);
      expect(stderr).not.toContain('Warning');
      expect(seen).toContain('calls.csv');
      expect(seen).not.toContain(PASSWORD);
    },
  );

  it.each([
    ['no password', {}, 'the database asks for a password; put it into PGPASSWORD'],
    ['another password', { PGPASSWORD: 'not-this-one' }, 'the database does not take the password'],
    ['an empty file', { PGPASSWORD_FILE: '/dev/null' }, 'PGPASSWORD_FILE: /dev/null is empty'],
    ['no file', { REVSYNC_LEDGER_FILE: 'none' }, 'REVSYNC_LEDGER_FILE: none: cannot be read (ENOENT)', ''],
  ])('is refused with %s', async (_, env, says, ledger: string | undefined = url) => {
    const ended = await push(() => env, ledger);
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining(says)]);
    expect(ended.seen).not.toContain('not-this-one');
  });

  it('is refused where nobody vouches for its certificate', async () => {
    const [bare = ''] = url.split('&sslrootcert');
    const ended = await push(() => ({ PGPASSWORD: PASSWORD }), bare);
    expect([ended.code, ended.stderr]).toEqual([
      2,
      expect.stringContaining("the server's certificate is not taken"),
    ]);
    expect(ended.seen).not.toContain(PASSWORD);
  });
});
