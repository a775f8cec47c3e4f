import { describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.js';
import { testHost } from '../support/host.js';
import { Database } from '../../src/io/ledger/database.js';
import { Workspace, type Ended } from '../support/cli.js';
import { convosoServer, vendorServer } from '../support/vendor-server.js';

const HOUR = 3_600_000;

/** Has a run have ended so many hours ago. */
function age(space: Workspace, run: number, hours: number): void {
  const db = Database.open(space.ledger);
  db.run('update runs set ended_at = ? where id = ?', [Date.now() - hours * HOUR, run]);
  db.close();
}

/** Rows of each run that the ledger still has. */
function rowsOf(space: Workspace): number[] {
  const db = Database.open(space.ledger);
  const found = db.all(
    'select (select count(*) from rows where rows.id >> 32 = runs.id) from runs order by id',
  );
  db.close();
  return found.map(([rows]) => Number(rows));
}

/** A night that pushes whatever `sales.csv` holds, by a profile. */
async function nights(profile: string): Promise<{
  space: Workspace;
  push: (rows: string, ...more: string[]) => Promise<Ended>;
}> {
  const space = new Workspace();
  const { url } = await convosoServer();
  const of = (name: string, more: string): string =>
    `  ${name}:\n    vendor: convoso\n    base_url: ${url}\n    rate: 0\n    account: ${name}\n${more}`;
  space.write('revsync.yaml', `profiles:\n${of('nightly', profile)}${of('other', '')}`);
  const push = (rows: string, ...more: string[]): Promise<Ended> => {
    space.write('sales.csv', `call_log_id,revenue\n${rows}`);
    const named = more.includes('--profile') ? [] : ['--profile', 'nightly'];
    return space.run('push', 'sales.csv', ...named, ...more);
  };
  return { space, push };
}

describe('runs --prune', () => {
  it('shows what it would forget and asks; without a terminal it says what to type', async () => {
    const { space, push } = await nights('');
    await push('1,1.00\n');
    age(space, 1, 48);
    const asked = await space.run('runs', '--prune', '1', '--json');
    expect(asked.code).toBe(2);
    expect(asked.stderr).toMatch(
      /^would forget the source rows of 1 run that ended before [\d-]+ [\d:]+: run-1; what was accepted is kept\nrevsync: nothing was forgotten; to forget them: \S*revsync\S* runs --prune 1 --json --yes\n$/,
    );
    expect(rowsOf(space)).toEqual([1]);
    const host = (answer: string) => {
      const typing = testHost({ env: space.env, cwd: space.folder, terminal: 80 });
      typing.stdin.end(`${answer}\n`);
      return { ...typing, argv: ['runs', '--prune', '1'] };
    };
    expect(await main(host('n'))).toBe(2);
    expect(rowsOf(space)).toEqual([1]);
    expect(await main(host('y'))).toBe(0);
    expect(rowsOf(space)).toEqual([0]);
    const none = await space.run('runs', '--prune', '1', '--json');
    expect(none).toMatchObject({
      code: 0,
      stderr: 'source rows of 0 runs forgotten; what was accepted is kept\n',
    });
    expect(JSON.parse(none.stdout)).toMatchObject({ command: 'runs', pruned: [], kept: 0 });
  });
});

describe('prune in a profile', () => {
  it('forgets old source rows after a push, and nothing of what is held', async () => {
    const { space, push } = await nights('    prune: 400d\n');
    expect((await push('1,1.00\n2,2.00\n')).stderr).toContain('source rows of 0 runs forgotten; ');
    await push('3,3.00\n');
    await push('4,4.00\n', '--profile', 'other');
    age(space, 1, 400 * 24 + 1);
    age(space, 2, 400 * 24 - 1);
    age(space, 3, 500 * 24);
    expect(rowsOf(space)).toEqual([2, 1, 1]);
    const night = await push('1,1.00\n2,2.50\n5,5.00\n', '--json');
    expect(night.code).toBe(0);
    expect(night.stderr).toContain('\nsource rows of 1 run forgotten; what was accepted is kept\n');
    expect(JSON.parse(night.stdout)).toMatchObject({
      pruned: 1,
      statuses: { accepted: { rows: 2 }, unchanged: { rows: 1 } },
      actions: { correct: { rows: 1 }, create: { rows: 1 } },
    });
    expect(rowsOf(space)).toEqual([0, 1, 1, 3]);
    expect((await space.run('history', '2')).stdout).toMatch(
      /create 2\.00 .*run-1 .*\n.*correct 2\.00 → 2\.50 .*run-4 /,
    );
    expect((await push('1,1.00\n2,2.50\n5,5.00\n')).stderr).toMatch(/unchanged +3 /);
  });

  it('does nothing where it is not set, in a dry run, and after a push that was stopped', async () => {
    const { space, push } = await nights('');
    await push('1,1.00\n');
    age(space, 1, 48);
    const plain = await push('1,1.00\n', '--json');
    expect(plain.stderr).not.toContain('forgotten');
    expect(JSON.parse(plain.stdout)).toMatchObject({ pruned: null });
    expect((await push('1,1.00\n', '--dry-run', '--prune', '24h')).stderr).not.toContain('forgotten');
    space.env = { ...space.env, CONVOSO_AUTH_TOKEN: 'bad-token' };
    const stopped = await push('2,2.00\n', '--prune', '24h');
    expect([stopped.code, stopped.stderr.includes('forgotten')]).toEqual([4, false]);
    expect(rowsOf(space)).toEqual([1, 1, 1]);
    expect((await push('1,1.00\n', '--prune', '24h')).stderr).toContain('source rows of 1 run forgotten');
    expect(rowsOf(space)).toEqual([0, 1, 1, 1]);
  });

  it('says so where nothing can be forgotten now, and loses nothing', async () => {
    const { space, push } = await nights('    prune: 1d\n');
    await push('1,1.00\n');
    age(space, 1, 48);
    const db = Database.open(space.ledger);
    db.exec(`create trigger no_room before delete on rows begin select raise(abort, 'no room'); end`);
    const ended = await push('1,1.00\n');
    expect([ended.code, ended.stderr]).toEqual([
      1,
      expect.stringMatching(/unchanged +1 [\s\S]*\nledger \S+: no room; old source rows are kept\n/),
    ]);
    db.exec('drop trigger no_room');
    db.close();
    expect((await push('1,1.00\n')).code).toBe(0);
    expect(rowsOf(space)).toEqual([0, 1, 1]);
  });
});

describe('what is never forgotten', () => {
  it('is a run of which a key waits, until it is settled', async () => {
    const space = new Workspace();
    const { url } = await vendorServer('tldcrm', { faults: 'reset-after@2' });
    const lines = ['0101,2026-11-20 09:00:00,1.00', '0102,2026-11-20 10:00:00,2.00'];
    const write = (more = ''): string =>
      space.write(
        'sales.csv',
        `DID,Caller ID,Call Date,Cost\n${lines.map((line) => `8005550100,512555${line}\n`).join('')}${more}`,
      );
    write();
    const push = [
      'push',
      'sales.csv',
      '--vendor',
      'tldcrm',
      '--base-url',
      url,
      '--rate',
      '0',
      '--prune',
      '1d',
    ];
    expect((await space.run(...push, '--concurrency', '1')).code).toBe(5);
    expect((await space.run(...push)).code).toBe(5);
    age(space, 1, 48);
    age(space, 2, 48);
    const waits = await space.run(...push);
    expect(waits.stderr).toContain(
      'source rows of 1 run forgotten; what was accepted is kept; 1 run kept, of which a key waits to be settled or filed\n',
    );
    expect(rowsOf(space)).toEqual([2, 0, 2]);
    expect((await space.run('runs', '--prune', '1', '--yes')).stderr).toContain('of 0 runs forgotten; ');
    expect((await space.run('resolve', 'run-1', '--accepted', '--why', 'it is there', '--yes')).code).toBe(0);
    expect((await space.run(...push)).stderr).toContain(
      'source rows of 1 run forgotten; what was accepted is kept\n',
    );
    expect(rowsOf(space)).toEqual([0, 0, 2, 2]);
    expect((await space.run('resolve', 'run-1', '--undo', '--why', 'it is not', '--yes')).code).toBe(0);
    expect((await space.run(...push)).code).toBe(5);
  });

  it('is what an older ledger has to file yet, where rows are looked back at', async () => {
    const space = new Workspace();
    const { url } = await vendorServer('tldcrm');
    space.write(
      'sales.csv',
      'DID,Caller ID,Call Date,Cost\n8005550100,5125550101,2026-11-20 09:00:00,1.00\n',
    );
    const push = ['push', 'sales.csv', '--vendor', 'tldcrm', '--base-url', url];
    await space.run(...push);
    const db = Database.open(space.ledger);
    db.exec('update namespaces set filed = null');
    db.close();
    expect((await space.run('runs', '--prune', '0', '--yes')).stderr).toContain('of 0 runs forgotten; ');
    await space.run(...push);
    expect((await space.run('runs', '--prune', '0', '--yes')).stderr).toContain('of 2 runs forgotten; ');
  });
});
