import { closeSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Database } from '../../src/io/ledger/database.js';
import { RUN_STRIDE } from '../../src/io/ledger/run-rows.js';
import { isAsLeft } from '../../src/io/ledger/generation.js';
import { BIN, manySales, Workspace, type Ended } from '../support/cli.js';
import { ledgerDesk } from '../support/ledger-desk.js';
import { convosoServer } from '../support/vendor-server.js';

const SALES = 20;

/** A ledger in which half is free: rows of a long run were forgotten. */
async function halfEmpty(): Promise<{ space: Workspace; push: () => Promise<Ended> }> {
  const space = new Workspace();
  const { url } = await convosoServer();
  space.write('sales.csv', manySales(SALES));
  const args = ['push', 'sales.csv', '--vendor', 'convoso', '--base-url', url, '--rate', '0', '--quiet'];
  const push = (): Promise<Ended> => space.start(...args).ended;
  expect((await push()).code).toBe(0);
  const db = Database.open(space.ledger);
  db.exec(`insert into rows (id, input, line, cells, key, status)
    with recursive count (n) as (select 1 union all select n + 1 from count where n < 60000)
    select ${RUN_STRIDE} + 1000 + n, 1, n, hex(randomblob(60)), n, 'skipped' from count`);
  db.exec('delete from rows where line between 1000 and 30000');
  db.all('pragma wal_checkpoint(truncate)');
  db.close();
  return { space, push };
}

/** All that a ledger knows. */
function knowledge(space: Workspace): unknown {
  const db = Database.open(space.ledger);
  const tables = ['runs', 'entries', 'attempts', 'inputs', 'namespaces', 'rows'];
  const all = tables.map((table) => db.all(`select * from ${table}`));
  db.close();
  return all;
}

/** What is not free. */
function usedKb(space: Workspace): number {
  const db = Database.open(space.ledger);
  const [pages] =
    db.one('select page_count - freelist_count from pragma_page_count, pragma_freelist_count') ?? [];
  db.close();
  return Number(pages) * 4;
}

const check = (space: Workspace, ...more: string[]): Promise<Ended> =>
  space.start('ledger', 'check', ...more).ended;

describe('revsync ledger check', () => {
  it('gives back what is free, and nothing that is known', async () => {
    const { space, push } = await halfEmpty();
    const before = knowledge(space);
    const { size } = statSync(space.ledger);
    const looked = await check(space);
    expect([looked.code, looked.stderr]).toEqual([
      0,
      expect.stringMatching(
        /^ledger \S+: whole: \d+\.\d MB, 1 run, 20 keys; \d+\.\d MB of it are free, which --compact gives back\n$/,
      ),
    ]);
    const compacted = await check(space, '--compact');
    expect([compacted.code, compacted.stderr]).toEqual([
      0,
      expect.stringMatching(/^ledger \S+: whole: \d+\.\d MB, 1 run, 20 keys; \d+\.\d MB given back\n$/),
    ]);
    expect(statSync(space.ledger).size).toBeLessThan(size * 0.8);
    expect(knowledge(space)).toEqual(before);
    expect((await check(space)).stderr).toMatch(/20 keys\n$/);
    expect((await push()).code).toBe(0);
  });

  it('is killed at any moment, or meets a full disk, and the ledger knows what it knew', async () => {
    const { space } = await halfEmpty();
    const before = knowledge(space);
    for (let after = 200; after < 900; after += 100) {
      const running = space.start('ledger', 'check', '--compact');
      setTimeout(() => running.process.kill('SIGKILL'), after);
      await running.ended;
      expect((await check(space)).code).toBe(0);
      expect(knowledge(space)).toEqual(before);
    }
    // The new copy does not fit, and the log does not that takes it over.
    const used = usedKb(space);
    for (const kb of [used / 2, used + 8]) {
      const full = `ulimit -f ${Math.ceil(kb)}; '${process.execPath}' '${BIN}' ledger check --compact`;
      const ended = await space.spawn('bash', ['--norc', '-c', full]).ended;
      expect([ended.code, ended.stderr]).toEqual([
        2,
        expect.stringMatching(/^revsync: ledger \S+: the disk (is full; make room|cannot be)/),
      ]);
      expect((await check(space)).code).toBe(0);
      expect(knowledge(space)).toEqual(before);
    }
    expect((await check(space, '--compact')).code).toBe(0);
    expect(knowledge(space)).toEqual(before);
  });

  it('refuses while a push is at work', async () => {
    const { space, args } = await ledgerDesk(20, 200);
    const { process, ended } = space.start(...args);
    await new Promise((resolve) => process.stderr.once('data', resolve));
    const refused = await check(space, '--compact');
    expect([refused.code, refused.stderr]).toEqual([
      6,
      expect.stringMatching(/another push to tldcrm, account default, is running with ledger /),
    ]);
    expect((await check(space)).code).toBe(0);
    expect((await ended).code).toBe(0);
    expect((await check(space, '--compact')).code).toBe(0);
    expect(isAsLeft(space.ledger)).toBe(true);
    expect(readdirSync(space.path('state')).filter((name) => name.includes('wal'))).toEqual([]);
  });

  it('says what is wrong, and leaves it as it is', async () => {
    const { space } = await halfEmpty();
    expect((await check(space, '--compact')).code).toBe(0);
    const { size } = statSync(space.ledger);
    const file = openSync(space.ledger, 'r+');
    writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, Math.floor(size / 8192) * 4096);
    closeSync(file);
    for (const more of [[], ['--compact']]) {
      const ended = await check(space, ...more);
      expect([ended.code, ended.stderr]).toEqual([
        2,
        expect.stringMatching(/^revsync: ledger \S+: it is damaged(: .*)?; restore it from a backup, /),
      ]);
    }
    const none = new Workspace();
    expect((await none.run('ledger', 'check')).stderr).toMatch(/there is no ledger at /);
    expect((await none.run('ledger', 'backup', '--compact')).stderr).toContain(
      '--compact goes with `revsync ledger check`',
    );
    expect((await none.run('ledger', 'check', '--out', 'x')).stderr).toContain(
      '--out goes with `revsync ledger backup`',
    );
  });
});
