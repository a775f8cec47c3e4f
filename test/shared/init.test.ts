import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STEPS, VERSION } from '../../src/io/ledger/shared/tables.js';
import { Workspace } from '../support/cli.js';
import { PostgresServer } from '../support/postgres.js';
import { vendorServer } from '../support/vendor-server.js';

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start(false);
  await server.ask('postgres', 'create role pusher login');
  await server.ask('postgres', 'create role reader login');
});
afterAll(() => server.stop());

const databaseOf = (url: string): string => new URL(url).pathname.slice(1);
const as = (role: string, url: string): string => url.replace('revsync@', `${role}@`);

describe('revsync ledger init', () => {
  it('brings along what an older revsync made, once, and a newer one is left as it is', async () => {
    const space = new Workspace();
    await server.ask('postgres', 'create database old');
    const url = server.url('old');
    const init = (): Promise<{ code: number | null; stderr: string }> =>
      space.run('ledger', 'init', '--ledger', url);
    await server.ask(
      'old',
      `begin; ${STEPS[0] ?? ''};
      insert into revsync.meta (version, min_writer, id, lease_ms, late_ms) values (1, 1, 'abc', 30000, 5000); commit`,
    );
    const refused = await space.run('runs', '--ledger', url);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      `revsync: ledger ${url}: was made by an older revsync (schema 1, this one needs ${VERSION}); \`revsync ledger init\` brings it along, and nothing is lost\n`,
    ]);
    expect((await init()).stderr).toBe(`ledger ${url}: brought along from an older revsync\n`);
    expect((await init()).stderr).toBe(`ledger ${url}: is there already\n`);
    expect(await server.ask('old', 'select version, id from revsync.meta')).toEqual([
      { version: VERSION, id: 'abc' },
    ]);
    expect((await space.run('runs', '--ledger', url)).code).toBe(0);
    // Steps that an older one may be ignorant of keep it from nothing.
    await server.ask('old', 'update revsync.meta set version = 99');
    expect((await space.run('runs', '--ledger', url)).code).toBe(0);
    const newer = `was written by a newer revsync (schema 99, this one knows ${VERSION}); update revsync`;
    expect((await init()).stderr).toContain(newer);
    await server.ask('old', 'update revsync.meta set min_writer = 99');
    const late = await space.run('runs', '--ledger', url);
    expect([late.code, late.stderr]).toEqual([2, expect.stringContaining(newer)]);
  });

  it('gives a role what a push needs and no more, and another one the views', async () => {
    const space = new Workspace();
    const url = await server.ledger();
    const name = databaseOf(url);
    const vendor = await vendorServer('trackdrive');
    const sandbox = [
      '--vendor',
      'trackdrive',
      '--base-url',
      vendor.url,
      '--reversal-column',
      'state',
      '--reversal-values',
      'refunded',
    ];
    const push = async (ledger: string, text: string): Promise<unknown[]> => {
      space.write('calls.csv', `call_id,revenue,state\n${text}`);
      const { code, stderr } = await space.run(
        'push',
        'calls.csv',
        '--may-be-empty',
        ...sandbox,
        '--ledger',
        ledger,
      );
      return [code, stderr];
    };
    const denied = expect.stringContaining(
      'there is no ledger in this database that this role may use',
    ) as unknown;
    expect(await push(as('pusher', url), 'abc-1,5.00,\n')).toEqual([2, denied]);
    for (const role of ['--pusher', '--reader'])
      expect((await space.run('ledger', 'init', '--ledger', url, role, 'no body')).stderr).toContain(
        'role "no body" does not exist; make it first',
      );
    for (let again = 0; again < 2; again += 1) {
      const roles = ['--pusher', 'pusher', '--reader', 'reader'];
      expect((await space.run('ledger', 'init', '--ledger', url, ...roles)).code).toBe(0);
    }
    expect((await push(as('pusher', url), 'abc-1,5.00,\nabc-2,7.25,\n'))[0]).toBe(0);
    expect((await push(as('pusher', url), 'abc-1,6.00,\nabc-2,7.25,refunded\n'))[0]).toBe(0);
    expect((await space.run('runs', '--prune', '0', '--yes', '--ledger', as('pusher', url))).code).toBe(0);

    const may = async (role: string, sql: string): Promise<boolean> =>
      server.ask(name, `begin; set local role ${role}; ${sql}; rollback`).then(
        () => true,
        () => false,
      );
    for (const sql of [
      'update revsync.attempts set amount = 1',
      'delete from revsync.attempts',
      'delete from revsync.entries',
      'delete from revsync.runs',
      'update revsync.ends set says = null',
      "update revsync.meta set moved_to = 'x'",
      'drop table revsync.pages',
    ])
      expect([sql, await may('pusher', sql)]).toEqual([sql, false]);
    for (const table of ['attempts', 'entries', 'runs', 'inputs', 'pages', 'meta', 'holders'])
      expect([table, await may('reader', `select * from revsync.${table}`)]).toEqual([table, false]);
    expect(await may('reader', 'select * from revsync.held, revsync.trail')).toBe(true);
    expect(await may('reader', 'delete from revsync.held')).toBe(false);

    const read = (sql: string): Promise<object[]> => server.ask(name, sql);
    expect(
      await read(`select vendor, account, key, amount_units, amount, taken_back, doubt, in_flight, run > 0 as known,
        accepted_at > '2026-01-01' as at from revsync.held order by key`),
    ).toEqual([
      {
        ...{ vendor: 'trackdrive', account: 'default', key: 'abc-1', amount_units: 60_000, amount: '6.0000' },
        ...{ taken_back: false, doubt: null, in_flight: false, known: true, at: true },
      },
      {
        ...{ vendor: 'trackdrive', account: 'default', key: 'abc-2', amount_units: 0, amount: '0.0000' },
        ...{ taken_back: true, doubt: null, in_flight: false, known: true, at: true },
      },
    ]);
    expect(
      await read(`select concat_ws(' ', key, file, line, action, intent, status, amount_units, amount, previous, who, "before" is null) as row
        from revsync.trail order by attempt`),
    ).toEqual([
      { row: expect.stringMatching(/^abc-1 calls.csv 2 create set accepted 50000 5.0000 .*t$/) as unknown },
      { row: expect.stringMatching(/^abc-2 calls.csv 3 create set accepted 72500 7.2500 .*t$/) as unknown },
      {
        row: expect.stringMatching(
          /^abc-1 calls.csv 2 correct set accepted 60000 6.0000 5.0000 .*f$/,
        ) as unknown,
      },
      { row: expect.stringMatching(/^abc-2 calls.csv 3 reverse reverse accepted .*f$/) as unknown },
    ]);
  });
});
