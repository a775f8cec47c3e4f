import { existsSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../src/io/ledger/database.js';
import type { Workspace } from '../support/cli.js';
import { type Ended } from '../support/cli.js';
import { ledgerDesk } from '../support/ledger-desk.js';
import { PostgresServer } from '../support/postgres.js';

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start(false);
});
afterAll(() => server.stop());

/** What an older revsync wrote, what an answer may say, and what was pulled. */
const MORE = `
  insert into attempts (id, namespace, key, run, input, line, action, intent, digest, status, tries, message, at)
    values (7, 1, 'an old one', 1, 'old.csv', 3, 'create', 'set', 'd', 'rejected', '[]', 'a' || char(0) || 'b\\u0000', 12);
  update namespaces set borne = 2.5, borne_at = 17 where id = 1;
  insert into scopes (id, namespace, kind, scope_id, polled_at) values (3, 2, 'network', '12', 1700000000000);
  insert into ranges (scope, from_date, to_date, cursor, reading, before, names) values (3, '2026-11-01', '', '9', 4, 2, '["a"]');
  insert into told (reading, id, number, had) values (4, 'B', 1, 1), (4, 'a', 2, 0);
  insert into transactions (scope, id, call, type, duration, value, amount, columns)
    values (3, 'B', 'C-1', 'sale', 12.5, 1, 125000, '{"a":"é"}'), (3, 'a', 'C-2', 'sale', 3, null, null, '{}');`;

interface Story {
  readonly space: Workspace;
  push(ledger: string): Promise<Ended>;
  /** What the vendor holds that adds a record with every request. */
  sent(): number;
}

/** A file by which was pushed to two vendors: sales, a correction, a refused row, a plan that waits. */
async function story(): Promise<Story> {
  const { space, server: vendor, args } = await ledgerDesk(5, 0);
  const push = (ledger: string): Promise<Ended> => space.run(...args, '--ledger', ledger, '--new-ledger');
  expect((await push('old.db')).code).toBe(0);
  const trackdrive = ['--vendor', 'trackdrive', '--sandbox', '--ledger', 'old.db'];
  space.write('calls.csv', 'call_id,revenue\nabc-1,5.00\nabc-2,6.00\n');
  expect((await space.run('push', 'calls.csv', ...trackdrive)).code).toBe(0);
  space.write('calls.csv', 'call_id,revenue\nabc-1,7.50\nabc-2,6.00\nabc-3,nine\n');
  expect((await space.run('push', 'calls.csv', ...trackdrive)).code).toBe(1);
  space.write('more.csv', 'call_id,revenue\nabc-1,8.50\nabc-4,1.00\n');
  expect((await space.run('push', 'more.csv', ...trackdrive, '--plan', 'calls.plan')).code).toBe(0);
  const db = Database.open(space.path('old.db'));
  db.exec(MORE);
  db.close();
  return { space, push, sent: () => vendor.books().costs.length };
}

const copy = (space: Workspace, from: string, to: string): Promise<Ended> =>
  space.run('ledger', 'copy', from, to, '--json');

const saidBy = ({ code, stderr }: Ended): unknown[] => [code, stderr];

interface Tally {
  readonly table: string;
  readonly rows: number;
  readonly checksum: string;
}

const talliesOf = ({ stdout }: Ended): readonly Tally[] => (JSON.parse(stdout) as { tables: Tally[] }).tables;

const ROWS = {
  ...{ namespaces: 2, entries: 7, attempts: 9, likenesses: 15, runs: 4, inputs: 4, plans: 1, plan_rows: 2 },
  ...{ ends: 3, scopes: 1, ranges: 1, told: 2, transactions: 2, rows: 12 },
};

describe('revsync ledger copy', () => {
  it('takes everything from a file to a database, to another one, to a file and to another file', async () => {
    const { space, push, sent } = await story();
    const before = sent();
    const history = await space.run('history', 'abc-1', '--ledger', 'old.db');
    const results = await space.run('results', 'run-3', '--ledger', 'old.db', '--out', 'before.csv');
    expect([history.code, results.code]).toEqual([0, 0]);
    const places = ['old.db', await server.ledger(), await server.ledger(), 'new.db', 'newest.db'];
    const copies: Ended[] = [];
    for (const [index, to] of places.slice(1).entries())
      copies.push(await copy(space, places[index] ?? '', to));
    expect(copies.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    for (const { stderr } of copies)
      expect(stderr).toMatch(/^entries: 7 rows, checksum \w{32} on both sides$/m);
    const [first = [], ...others] = copies.map(talliesOf);
    expect(Object.fromEntries(first.map(({ table, rows }) => [table, rows]))).toEqual(ROWS);
    for (const other of others) expect(other).toEqual(first);
    for (const old of places.slice(0, -1)) {
      const refused = await push(old);
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/ has moved to \S+, where /)]);
    }
    expect(saidBy(await push('newest.db'))).toEqual([0, expect.stringContaining('unchanged')]);
    expect(sent()).toBe(before);
    for (const ledger of [places[1] ?? '', 'newest.db']) {
      expect((await space.run('history', 'abc-1', '--ledger', ledger)).stdout).toBe(history.stdout);
      await space.run('results', 'run-3', '--ledger', ledger, '--out', 'after.csv');
      expect(space.read('after.csv')).toBe(space.read('before.csv'));
    }
    const checked = await space.run('ledger', 'check', '--ledger', places[1] ?? '');
    // That of an older revsync has no chain here.
    expect([checked.code, checked.stderr]).toEqual([
      2,
      expect.stringContaining('it is damaged: 1 keys of which an attempt is in no chain, such as an old one'),
    ]);
    await server.ask(new URL(places[1] ?? '').pathname.slice(1), 'delete from revsync.attempts where id = 7');
    expect((await space.run('ledger', 'check', '--ledger', places[1] ?? '')).stderr).toMatch(
      /: whole: \d+\.\d MB, 4 runs, 7 keys\n$/,
    );
    const backup = await space.run('ledger', 'backup', '--ledger', places[1] ?? '');
    expect([backup.code, backup.stderr]).toEqual([
      2,
      expect.stringContaining('is backed up by pg_dump --schema=revsync'),
    ]);
    // The plan is found by what is held, and the number of the next run is no other's.
    expect((await space.run('apply', 'calls.plan', '--ledger', 'newest.db')).code).toBe(0);
    expect((await space.run('runs', '--ledger', 'newest.db')).stdout).toContain('run-6');
  });

  it('leaves an old ledger that is read, and by which nothing is sent, planned, pulled or settled', async () => {
    const { space, push, sent } = await story();
    const to = await server.ledger();
    expect((await copy(space, 'old.db', to)).code).toBe(0);
    const moved = `ledger ${space.path('old.db')}: has moved to ${to}, where everything is written down since then`;
    for (const command of [
      ['status'],
      ['runs'],
      ['history', 'abc-1'],
      ['results', 'run-1'],
      ['plan', 'run-4'],
    ]) {
      const looked = await space.run(...command, '--ledger', 'old.db');
      expect([Number(looked.code) < 2, looked.stderr]).toEqual([true, expect.stringContaining(moved)]);
    }
    const before = sent();
    expect(saidBy(await push('old.db'))).toEqual([2, expect.stringContaining(moved)]);
    const by = ['--vendor', 'tldcrm', '--ledger', 'old.db', '--base-url', 'http://127.0.0.1:9'];
    const to2 = [
      '--base-url',
      'http://127.0.0.1:9',
      '--from',
      '2026-11-01',
      '--to',
      '2026-11-02',
      '--timezone',
      'UTC',
    ];
    for (const command of [
      ['push', 'sales.csv', ...by, '--dry-run'],
      ['push', 'sales.csv', ...by, '--plan', 'other.plan'],
      ['undo', 'run-1', '--ledger', 'old.db'],
      ['apply', 'calls.plan', '--ledger', 'old.db'],
      ['pull', 'trackdrive', '--ledger', 'old.db', ...to2],
      ['runs', '--prune', '0', '--yes', '--ledger', 'old.db'],
      ['ledger', 'check', '--compact', '--ledger', 'old.db'],
      ['ledger', 'copy', 'old.db', 'other.db'],
    ]) {
      const refused = await space.run(...command);
      expect([command, refused.code, refused.stderr]).toEqual([command, 2, expect.stringContaining(moved)]);
    }
    expect(sent()).toBe(before);
    expect(existsSync(space.path('other.db'))).toBe(false);
  });

  it('is refused where the new one is not empty, where a run died, and while a push is at work', async () => {
    const { space, push } = await story();
    const to = await server.ledger();
    expect((await push(to)).code).toBe(0);
    const refused = async (from: string, into: string): Promise<unknown[]> => {
      const { code, stderr } = await copy(space, from, into);
      return [code, stderr];
    };
    expect(await refused('old.db', to)).toEqual([2, expect.stringContaining(`ledger ${to}: is not empty; `)]);
    space.write('there.db', '');
    expect(await refused(to, 'there.db')).toEqual([2, expect.stringContaining('there.db is there already')]);
    expect(await refused(to, to)).toEqual([2, expect.stringContaining('FROM and TO are one ledger')]);
    expect(await refused('none.db', to)).toEqual([2, expect.stringContaining('there is no ledger at ')]);
    const change = (sql: string): void => {
      const db = Database.open(space.path('old.db'));
      db.exec(sql);
      db.close();
    };
    change(`update runs set state = 'pushing' where id = 2`);
    expect(await refused('old.db', await server.ledger())).toEqual([
      2,
      expect.stringContaining('run-2 died before its rows were settled; push to that account'),
    ]);
    change(`update runs set state = 'finished' where id = 2`);
    await server.ask(
      new URL(to).pathname.slice(1),
      `update revsync.entries set holder = 1, claim = '{"row": 4294967297}'`,
    );
    expect(await refused(to, 'new.db')).toEqual([2, expect.stringContaining('run-1 died before')]);
    expect(existsSync(space.path('new.db'))).toBe(false);
  });

  it('compares what is there then, and changes nothing where it is not the same', async () => {
    const { space, push } = await story();
    const to = await server.ledger();
    const name = new URL(to).pathname.slice(1);
    await server.ask(
      name,
      `create function revsync.spoilt() returns trigger language plpgsql as $$ begin new.amount = new.amount + 1; return new; end $$;
       create trigger spoilt before insert on revsync.entries for each row when (new.amount = 75000) execute function revsync.spoilt()`,
    );
    expect(saidBy(await copy(space, 'old.db', to))).toEqual([
      2,
      expect.stringContaining('what is in it of entries is not what was read from'),
    ]);
    expect(await server.ask(name, 'select moved_to from revsync.meta')).toEqual([{ moved_to: null }]);
    expect(await server.ask(name, 'select key from revsync.entries')).toEqual([]);
    expect((await push('old.db')).code).toBe(0);
  });

  it('that ended before its last step is finished by the same command, and neither is gone by until then', async () => {
    const { space, push } = await story();
    const [one, other] = [await server.ledger(), await server.ledger()];
    const places = ['old.db', one, 'new.db', other];
    const shown = (place: string): string => (place.endsWith('.db') ? space.path(place) : place);
    const unfinished = async (place: string, from: string): Promise<void> => {
      if (!place.endsWith('.db'))
        await server.ask(new URL(place).pathname.slice(1), 'update revsync.meta set moved_to = $1', [from]);
      else {
        const db = Database.open(space.path(place));
        db.run('update generation set moved_to = ?', [from]);
        db.close();
      }
    };
    for (const [index, to] of places.slice(1).entries()) {
      const from = places[index] ?? '';
      expect((await copy(space, from, to)).code).toBe(0);
      await unfinished(to, shown(from));
      for (const ledger of [from, to]) expect((await push(ledger)).code).toBe(2);
      expect(saidBy(await copy(space, from, to))).toEqual([0, expect.stringContaining('was copied to')]);
      expect([(await push(from)).code, (await push(to)).code]).toEqual([2, 0]);
    }
    expect(statSync(space.path('new.db')).mode & 0o777).toBe(0o600);
  });
});
