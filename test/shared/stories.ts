import type { Story, StoryOf } from './story.js';

interface Told extends StoryOf {
  readonly name: string;
  readonly tell: (desk: Story) => Promise<void>;
}

/** All that tells of a ledger. */
async function look(desk: Story, key: string, ...runs: readonly string[]): Promise<void> {
  // What stands in JSON stands in words: it is looked at once in each story.
  for (const json of desk.said.some((text) => text.startsWith('$ revsync report --ledger'))
    ? [[]]
    : [[], ['--json']]) {
    await desk.tell('runs', ...json);
    await desk.tell('status', ...json);
    await desk.tell('history', key, ...json);
    await desk.tell('explain', key, ...json);
    await desk.tell('explain', 'sales.csv:2', ...desk.whom, ...json);
  }
  await desk.tell('report', '--ledger', ...desk.whom, '--format', 'json');
  for (const run of runs) await desk.tell('report', '--run', run, '--format', 'json');
  for (const run of runs) await desk.tell('results', run, '--out', '-');
}

/** What a file says is pushed, and seen by everything. */
export const STORIES: readonly Told[] = [
  {
    name: 'sales that are corrected, cleared, undone and pruned',
    vendor: 'convoso',
    tell: async (desk) => {
      const push = ['push', 'sales.csv', ...desk.to, '--blank-amount', 'clear'];
      desk.write('sales.csv', 'call_log_id,revenue\n1,10.00\n2,20.00\n3,30.00\n4,x\n4,5.00\n');
      await desk.tell(...push, '--dry-run');
      await desk.tell(...push);
      const first = desk.lastRun;
      await desk.tell(...push, '--json');
      await look(desk, '1', first);
      desk.write('sales.csv', 'call_log_id,revenue\n1,11.00\n2,20.00\n3,\n5,50.00\n');
      await desk.tell(...push, '--dry-run', '--json');
      await desk.tell(...push, '--no-correct');
      const held = desk.lastRun;
      await desk.tell(...push);
      const last = desk.lastRun;
      await look(desk, '3', held, last);
      await desk.tell('explain', 'nothing');
      await desk.tell('explain', '2x');
      await desk.tell('runs', '--last', '1');
      await desk.tell('results', last);
      await desk.tell('results', 'run-99');
      await desk.tell('undo', last, '--dry-run', '--rate', '0');
      await desk.tell('undo', last, '--rate', '0', '--json');
      const undo = desk.lastRun;
      await desk.tell('undo', last, '--rate', '0');
      await look(desk, '1', last, undo);
      await desk.tell('push', 'sales.csv', ...desk.to, '--account', 'other', '--once');
      await desk.tell('push', 'sales.csv', ...desk.to, '--account', 'other', '--once');
      await desk.tell('results', desk.lastRun);
      await desk.tell('history', '5');
      await desk.tell('explain', '5');
      await desk.tell('reconcile', 'sales.csv', ...desk.whom, '--from-ledger');
      await desk.tell('runs', '--prune', '0');
      await desk.tell('runs', '--prune', '0', '--yes', '--json');
      await desk.tell('runs', '--prune', '0', '--yes');
      await look(desk, '1', last);
      await desk.tell('undo', last, '--rate', '0');
    },
  },
  {
    name: 'sales that come back to an earlier value',
    vendor: 'convoso',
    tell: async (desk) => {
      const push = ['push', 'sales.csv', ...desk.to];
      const old = 'call_log_id,revenue\n1,10.00\n2,20.00\n3,30.00\n';
      desk.write('sales.csv', old);
      await desk.tell(...push);
      desk.write('sales.csv', old.replaceAll('0.00', '1.00'));
      await desk.tell(...push);
      desk.write('sales.csv', old);
      await desk.tell(...push, '--dry-run');
      await desk.tell(...push);
      await desk.tell(...push, '--older');
      await look(desk, '2', desk.lastRun);
    },
  },
  {
    name: 'costs of which answers were lost, and what a person says of them',
    vendor: 'tldcrm',
    faults: 'reset-after@2,reset-after@4',
    tell: async (desk) => {
      const push = ['push', 'sales.csv', ...desk.to];
      const row = (n: number, cost: string): string =>
        `8005550100,512555012${n},2026-11-19 09:0${n}:00,${cost}\n`;
      const header = 'did,cid,call_date,cost\n';
      desk.write('sales.csv', header + row(1, '1.50') + row(2, '2.50') + row(3, '3.50') + row(4, '4.50'));
      await desk.tell(...push, '--dry-run');
      await desk.tell(...push);
      await desk.tell(...push, '--new-ledger');
      const first = desk.lastRun;
      const [one = '', two = ''] = desk.keys('sales.results.csv', 'unknown');
      await look(desk, one, first);
      await desk.tell(...push);
      await desk.tell('resolve', one, '--accepted');
      await desk.tell('resolve', one, '--accepted', '--why', 'seen in their report', '--yes');
      await desk.tell('resolve', one, '--accepted', '--why', 'once more', '--yes');
      await desk.tell('resolve', first, '--not-applied', '--why', 'not there', '--yes', '--json');
      await look(desk, two, first);
      await desk.tell('resolve', one, '--undo', '--why', 'it was another one', '--yes');
      await look(desk, one, first);
      await desk.tell('resolve', first, '--undo', '--why', 'nor that', '--yes');
      await desk.tell('resolve', 'no such key', '--accepted', '--why', 'x', '--yes');
      await desk.tell('resolve', two, '--not-applied', '--why', 'looked again', '--yes');
      await desk.tell(...push);
      await look(desk, two, first, desk.lastRun);
      // The same calls by other words: what looks like them was sent before.
      desk.write('sales.csv', header + row(1, '1.50').replace('8005550100', '8005550101') + row(3, '9.00'));
      await desk.tell(...push, '--dry-run');
      await desk.tell(...push);
      await look(desk, two, desk.lastRun);
    },
  },
  {
    name: 'sales that are taken back',
    vendor: 'trackdrive',
    faults: '422@5',
    tell: async (desk) => {
      const push = ['push', 'sales.csv', ...desk.to];
      const header = 'call_id,revenue,payout,buyer_converted,offer_converted\n';
      desk.write('sales.csv', `${header}1,10.00,3.00,,\n2,20.00,,,\n3,30.00,,,\n4,40.00,,,\n`);
      await desk.tell(...push);
      desk.write('sales.csv', `${header}1,,,false,\n3,,,false,\n4,41.00,6.00,,\n5,50.00,7.00,,true\n`);
      await desk.tell(...push);
      const last = desk.lastRun;
      await look(desk, '1', last);
      await desk.tell(...push);
      await look(desk, '1', last, desk.lastRun);
      await desk.tell('undo', last, '--rate', '0');
      await look(desk, '3', desk.lastRun);
      desk.write('sales.csv', `${header}1,,,true,\n4,,,false,\n`);
      await desk.tell(...push, '--limit', '0');
      await look(desk, '4', desk.lastRun);
    },
  },
  {
    name: 'plans that somebody else applies',
    vendor: 'convoso',
    tell: async (desk) => {
      desk.write(
        'revsync.yaml',
        'profiles:\n  nightly:\n    vendor: convoso\n    approve: other\n    every: 1d\n    files: "sales*.csv"\n',
      );
      const push = ['push', '--profile', 'nightly', ...desk.to.slice(2)];
      desk.write('sales.csv', 'call_log_id,revenue,agent\n1,10.00,Ann\n2,20.00,Bob\n3,x,Bob\n');
      await desk.tell(...push, '--plan', 'plan.json');
      const plan = desk.lastRun;
      await desk.tell('plan', 'plan.json');
      await desk.tell('plan', plan, '--json');
      await desk.tell('status');
      await desk.tell('status', '--json');
      await desk.tell('apply', 'plan.json', '--rate', '0');
      await desk.tellAs('bob', 'apply', 'plan.json', '--rate', '0', '--dry-run');
      await desk.tellAs('bob', 'apply', 'plan.json', '--rate', '0', '--json');
      await desk.tellAs('bob', 'apply', plan, '--rate', '0');
      await desk.tell('results', plan, '--out', '-');
      await look(desk, '2', desk.lastRun);
      desk.write('sales.csv', 'call_log_id,revenue,agent\n1,11.00,Ann\n2,22.00,Bob\n');
      await desk.tell(...push, '--plan', 'stale.json');
      desk.write('other.csv', 'call_log_id,revenue,agent\n2,21.00,Bob\n');
      await desk.tell('push', 'other.csv', ...desk.to);
      await desk.tellAs('bob', 'apply', 'stale.json', '--rate', '0', '--dry-run');
      await desk.tellAs('bob', 'apply', 'stale.json', '--rate', '0');
      await desk.tell('plan', 'stale.json');
      desk.write('stale.json', desk.space.read('stale.json').replace('22.00', '99.00'));
      await desk.tellAs('bob', 'apply', 'stale.json', '--rate', '0');
      await desk.tell('undo', desk.lastRun, '--plan', 'undo.json', '--rate', '0');
      await desk.tellAs('bob', 'apply', 'undo.json', '--rate', '0');
      await look(desk, '2', desk.lastRun);
      await desk.tell(...push, '--json');
      await desk.tell(...push);
      await desk.tell('push', '--profile', 'nightly', '--concurrency', '0');
      desk.write('sales.csv', 'call_log_id,revenue,agent\n"1,11.00,Ann\n');
      await desk.tell(...push);
      await desk.tell('status');
      await desk.tell('status', '--json');
      await desk.tell('runs', '--prune', '0', '--yes');
      await desk.tell('plan', 'stale.json');
    },
  },
  {
    name: 'a push that was killed, and what the next one makes of it',
    vendor: 'tldcrm',
    latencyMs: 900,
    tell: async (desk) => {
      const rows = Array.from(
        { length: 5 },
        (_, n) => `8005550100,212555010${n},10.00,2026-11-20 10:0${n}:00\n`,
      );
      desk.write('sales.csv', `did,cid,cost,call_date\n${rows.join('')}`);
      const push = ['push', 'sales.csv', ...desk.to];
      await desk.killed(1, ...push, '--new-ledger');
      const died = desk.lastRun;
      await look(desk, '8005550100', died);
      await desk.tell('results', died);
      await desk.tell(...push, '--dry-run');
      await desk.tell(...push, '--limit', '0');
      await look(desk, desk.keys('sales.results.csv', 'unknown')[0] ?? '', died, desk.lastRun);
    },
  },
];
