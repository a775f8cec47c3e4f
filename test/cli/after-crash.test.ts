import { expect, it } from 'vitest';
import { Workspace } from '../support/cli.js';
import { vendorServer } from '../support/vendor-server.js';

const CALLS = Array.from({ length: 7 }, (_, n) => ({ at: `2026-11-20 10:0${n}:00`, cid: `212555010${n}` }));

/** Of each vendor, seven sales, and what a row in flight comes to. */
const CASES = [
  {
    id: 'tldcrm',
    csv: ['did,cid,cost,call_date', ...CALLS.map(({ at, cid }) => `8005550100,${cid},10.00,${at}`)],
    flags: ['--timezone', 'America/New_York', '--new-ledger'],
    // The first row goes alone.
    afterwards: { unchanged: 1, unknown: 2, planned: 4 },
    inDoubt: 'unknown',
    held: 'unknown 2 (cost 20.00)',
  },
  {
    id: 'convoso',
    csv: ['call_log_id,revenue', ...CALLS.map((_, n) => `${n + 1},10.00`)],
    flags: [],
    afterwards: { unknown: 0, planned: 7 },
    inDoubt: 'failed',
    held: 'failed ',
  },
] as const;

it.each(CASES)(
  'counts rows that $id had in flight when a run died as in doubt: in a dry run, a report and a reconciliation',
  async ({ id, csv, flags, afterwards, inDoubt, held }) => {
    const space = new Workspace();
    const server = await vendorServer(id, { latencyMs: 3000 });
    space.write('sales.csv', `${csv.join('\n')}\n`);
    const at = ['--vendor', id, '--base-url', server.url];
    const push = ['push', 'sales.csv', ...at, ...flags, '--rate', '0', '--concurrency', '2'];
    const dying = space.start(...push);
    while (server.requests() < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    dying.process.kill('SIGKILL');
    await dying.ended;

    await space.run('results', 'run-1', '--out', 'dead.csv');
    const dead = space.rows('dead.csv').map((row) => [row['revsync_status'], row['revsync_error_code']]);
    expect(dead).toHaveLength(CALLS.length);
    expect(dead.filter(([status]) => status !== 'accepted')).toContainEqual([inDoubt, 'crashed']);
    const known = ['accepted', inDoubt, 'not_sent'];
    expect(dead.filter(([status = '']) => !known.includes(status))).toEqual([]);

    const counts = async (): Promise<unknown> => {
      const { stdout } = await space.run(
        ...push.filter((word) => word !== '--new-ledger'),
        '--dry-run',
        '--json',
      );
      return Object.fromEntries(
        Object.entries((JSON.parse(stdout) as { statuses: Record<string, { rows: number }> }).statuses).map(
          ([status, { rows }]) => [status, rows],
        ),
      );
    };
    const dry = await counts();
    expect(dry).toMatchObject(afterwards);
    const report = await space.run('report', '--ledger', '--vendor', id, '--format', 'json');
    expect(report.stderr).toContain(`: ${held}`);
    const reconciled = await space.run(
      ...['reconcile', 'sales.csv', '--from-ledger', ...at, ...flags.slice(0, 2), '--out', 'breaks.csv'],
    );
    expect(reconciled.code).toBe(1);
    const words = space.rows('breaks.csv').map(({ revsync_break: word }) => word);
    expect(words.filter((word) => word === 'ambiguous').length).toBeGreaterThanOrEqual(2);

    await space.run(...push.filter((word) => word !== '--new-ledger'), '--limit', '0');
    expect(await counts()).toEqual(dry);
  },
);
