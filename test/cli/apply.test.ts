import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.js';
import type { ConvosoBooks } from '../../src/sandbox/convoso.js';
import type { TldcrmBooks } from '../../src/sandbox/tldcrm.js';
import { revsync } from '../crash/world.js';
import { Workspace, sales } from '../support/cli.js';
import { testHost } from '../support/host.js';
import { vendorServer } from '../support/vendor-server.js';

/** A command as another user types it. */
async function as(
  user: string,
  space: Workspace,
  ...argv: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  mkdirSync(dirname(space.ledger), { recursive: true });
  const host = testHost({ env: space.env, cwd: space.folder, user });
  host.stdin.end('');
  const code = await main({ ...host, argv });
  return { code, stdout: host.stdout.text, stderr: host.stderr.text };
}

const SANDBOX = ['--vendor', 'convoso', '--sandbox'];
const PUSH = ['push', 'sales.csv', ...SANDBOX];
const PLAN = [...PUSH, '--plan', 'plan.json'];

async function planned(): Promise<Workspace> {
  const space = new Workspace();
  space.write(
    'sales.csv',
    'call_log_id,revenue,agent\n1000001,120.00,Ann\n1000002,80.50,Bob\n1000003,x,Bob\n',
  );
  expect(await space.run(...PLAN)).toMatchObject({ code: 1 });
  return space;
}

describe('a plan', () => {
  it('is held and written for its owner alone, and nothing is sent', async () => {
    const space = await planned();
    expect(statSync(space.path('plan.json')).mode & 0o777).toBe(0o600);
    const plan = JSON.parse(space.read('plan.json')) as { rows: { key: string; status: string }[] };
    expect(plan).toMatchObject({
      run: 'run-1',
      planned_by: 'ann@desk',
      vendor: 'convoso',
      origin: 'sandbox',
    });
    expect(plan.rows.map(({ key, status }) => `${key} ${status}`)).toEqual([
      '1000001 planned',
      '1000002 planned',
      '1000003 invalid',
    ]);
    expect(existsSync(space.path('sales.results.csv'))).toBe(false);
    expect(await space.run('history', '1000001')).toMatchObject({ code: 1 });
  });

  it('shows who approves it how much changes of what and for whom', async () => {
    const space = await planned();
    const { stdout } = await space.run('plan', 'plan.json');
    expect(stdout.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, 'WHEN'))
      .toBe(`plan run-1: sales.csv to Convoso (account default, sandbox)
planned WHEN by ann@desk, waits to be applied
would send: create 2 (200.50)
net: +200.50
largest changes, old → new:
  sales.csv:2  1000001  (none) → 120.00  +120.00  Ann
  sales.csv:3  1000002   (none) → 80.50   +80.50  Bob
by agent:
  Ann  1 row  +120.00
  Bob  1 row   +80.50
not sent:
  invalid 1  not_an_amount, first sales.csv:4: amount: "x" is not an amount like 1250.50; use digits and at most one point
what sends it: revsync apply plan.json --ledger ${space.ledger}
`);
    expect(JSON.parse((await space.run('plan', 'run-1', '--json')).stdout)).toMatchObject({
      net: '200.50',
      left: 2,
      agents: [{ agent: 'Ann' }, { agent: 'Bob' }],
    });
    const status = await space.run('status');
    expect(status).toMatchObject({ code: 1 });
    expect(status.stdout).toContain('plan run-1: sales.csv, 2 rows: planned');
  });

  it('is applied once, by whom its run says; the second time nothing is sent', async () => {
    const space = await planned();
    expect(await as('bob', space, 'apply', 'plan.json')).toMatchObject({ code: 1 });
    expect(space.rows('sales.results.csv').map((row) => row['revsync_status'])).toEqual([
      'accepted',
      'accepted',
      'invalid',
    ]);
    const again = await as('cy', space, 'apply', 'run-1');
    expect(again).toMatchObject({ code: 0 });
    expect(again.stderr).toContain('run-1 was applied whole by run-2, bob@desk');
    const [held] = JSON.parse((await space.run('history', '1000001', '--json')).stdout) as object[];
    expect(held).toMatchObject({ run: 'run-2', plan: 'run-1', planned_by: 'ann@desk', who: 'bob@desk' });
    expect((await space.run('runs')).stdout).toContain('run-1, planned by ann@desk, applied by bob@desk');
    expect(await space.run('status')).toMatchObject({ code: 1 });
  });

  it('is refused where it was edited or is of another ledger', async () => {
    const space = await planned();
    const text = space.read('plan.json');
    space.write('plan.json', text.replace('"120.00"', '"999.00"'));
    const edited = await space.run('apply', 'plan.json');
    expect(edited).toMatchObject({ code: 3 });
    expect(edited.stderr).toContain('plan.json:14: was edited');
    space.write('plan.json', text.replace(/"ledger": "\w+"/, '"ledger": "0123456789abcdef"'));
    expect(await space.run('apply', 'plan.json')).toMatchObject({ code: 3 });
    expect(await space.run('history', '1000001')).toMatchObject({ code: 1 });
  });

  it('is refused where a row brings its own credential', async () => {
    const space = new Workspace();
    space.write(
      's.csv',
      'call_id,revenue,secure_token\n123e4567-e89b-12d3-a456-426614174000,1.00,Geheim-1234\n',
    );
    const push = ['push', 's.csv', '--vendor', 'trackdrive', '--sandbox', '--plan', 'plan.json'];
    const refused = await space.run(...push);
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toContain('rows bring a credential of their own');
    expect(existsSync(space.path('plan.json'))).toBe(false);
    expect((await space.run('runs')).stderr).toContain('no runs yet');
  });

  it('is refused as stale with the keys that differ, old and new, and what makes it anew', async () => {
    const space = await planned();
    space.write('other.csv', sales([['1000002', '81.00']]));
    await space.run('push', 'other.csv', ...SANDBOX);
    const stale = await space.run('apply', 'plan.json');
    expect(stale).toMatchObject({ code: 3 });
    expect(stale.stderr).toContain(
      'sales.csv:3: 1000002: planned create (none) → 80.50, and 81.00 is held now, by run-2\n',
    );
    expect(stale.stderr).toMatch(/1 row of it; make it anew: revsync push sales\.csv .* --plan plan\.json\n/);
    expect(stale.stderr).not.toContain('1000001');
    expect(await space.run('history', '1000001')).toMatchObject({ code: 1 });
  });

  it('is applied whole once its results say so of each row, those too that a person settled', async () => {
    const space = new Workspace();
    const server = await vendorServer<TldcrmBooks>('tldcrm', { faults: 'reset-after@1' });
    const line = (second: number): string => `8005550100,5125550123,32.50,2026-11-19 09:00:0${second}\n`;
    space.write('sales.csv', `did,cid,cost,call_date\n${line(1)}${line(2)}`);
    const to = ['--vendor', 'tldcrm', '--base-url', server.url, '--new-ledger', '--timezone', 'UTC'];
    await space.run('push', 'sales.csv', ...to, '--plan', 'plan.json');
    const statuses = (): string[] =>
      space.rows('sales.results.csv').map((row) => row['revsync_status'] ?? '');
    expect(await space.run('apply', 'plan.json', '--concurrency', '1')).toMatchObject({ code: 5 });
    expect(statuses()).toEqual(['unknown', 'accepted']);
    await space.run('resolve', 'run-2', '--accepted', '--why', 'it is there');
    expect(await space.run('apply', 'plan.json')).toMatchObject({ code: 0 });
    expect(statuses()).toEqual(['unchanged', 'unchanged']);
    expect((await space.run('apply', 'plan.json')).stderr).toContain('was applied whole by run-3');
    expect(server.books().costs).toHaveLength(2);
  });

  it('is not applied whole where its run died before its results were written', async () => {
    const space = new Workspace();
    const server = await vendorServer<ConvosoBooks>('convoso');
    space.write('sales.csv', sales([['1000001', '1.00']]));
    const to = ['--vendor', 'convoso', '--base-url', server.url];
    await space.run('push', 'sales.csv', ...to, '--plan', 'plan.json');
    const apply = ['apply', 'plan.json', '--ledger', space.ledger];
    const beforeResults = {
      on: 'file',
      call: 'renameSync',
      has: '.results.csv',
      when: 'before',
      nth: 1,
    } as const;
    expect(await revsync(space.folder, apply, beforeResults).ended).toMatchObject({ signal: 'SIGKILL' });
    expect(existsSync(space.path('sales.results.csv'))).toBe(false);
    expect(await space.run('apply', 'plan.json')).toMatchObject({ code: 0 });
    expect(space.rows('sales.results.csv')).toMatchObject([{ revsync_status: 'unchanged' }]);
    expect(server.books().updates).toHaveLength(1);
  });

  it('goes to another person where the profile says so', async () => {
    const space = new Workspace();
    space.write('revsync.yaml', 'profiles:\n  night:\n    vendor: convoso\n    approve: other\n');
    space.write('sales.csv', sales([['1000001', '1.00']]));
    const push = ['push', 'sales.csv', '--profile', 'night', '--sandbox'];
    const refused = await as('ann', space, ...push);
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toContain('--plan plan.json');
    expect(refused.stderr).toContain('revsync apply plan.json --profile night');
    expect(await as('ann', space, ...push, '--dry-run')).toMatchObject({ code: 0 });
    expect(await as('ann', space, ...push, '--plan', 'plan.json')).toMatchObject({ code: 0 });
    expect(await as('ann', space, 'apply', 'plan.json')).toMatchObject({ code: 2 });
    expect(await as('bob', space, 'apply', 'plan.json', '--profile', 'night')).toMatchObject({ code: 0 });
  });

  it('goes to another person where a run is undone, too', async () => {
    const space = new Workspace();
    space.write('revsync.yaml', 'profiles:\n  night:\n    vendor: trackdrive\n    approve: other\n');
    space.write('sales.csv', 'call_id,revenue\n1,12.00\n2,13.00\n');
    const sandbox = ['--profile', 'night', '--sandbox'];
    await as('ann', space, 'push', 'sales.csv', ...sandbox, '--plan', 'plan.json');
    await as('bob', space, 'apply', 'plan.json');
    const refused = await as('ann', space, 'undo', 'run-2', '--profile', 'night');
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toContain('undo run-2 --profile night --plan plan.json');
    const planned = await as('ann', space, 'undo', 'run-2', '--profile', 'night', '--plan', 'undo.json');
    expect(planned).toMatchObject({ code: 0 });
    expect(planned.stderr).toContain('12.00 → (none)');
    expect(await as('ann', space, 'apply', 'undo.json')).toMatchObject({ code: 2 });
    expect(await as('bob', space, 'apply', 'undo.json')).toMatchObject({ code: 0 });
    expect(space.rows('undo-run-2.results.csv')).toMatchObject([
      { revsync_key: '1', revsync_action: 'reverse', revsync_status: 'accepted', revsync_run: 'run-4' },
      { revsync_key: '2', revsync_action: 'reverse', revsync_status: 'accepted', revsync_run: 'run-4' },
    ]);
    expect((await space.run('history', '1')).stdout).toContain(
      'run-3 planned by ann@desk, applied by bob@desk',
    );
    expect((await as('bob', space, 'apply', 'undo.json')).stderr).toContain('was applied whole by run-4');
  });
});
