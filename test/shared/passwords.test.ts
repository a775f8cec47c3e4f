import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runRevsync, Workspace, type Ended } from '../support/cli.js';
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
