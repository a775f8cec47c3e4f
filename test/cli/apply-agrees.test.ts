import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Workspace, records } from '../support/cli.js';

const TO = ['--vendor', 'convoso', '--sandbox'];
const amount = fc.constantFrom('1.00', '2.50', '0.00', '-3.00', 'x', '');
const row = fc.tuple(fc.constantFrom('1000001', '1000002', '1000003', '404404404', ''), amount);
const file = fc.array(row, { minLength: 1, maxLength: 8 });

/** What becomes of each row, but for what only sending tells. */
function told(text: string): string[] {
  return records(text).map((one) =>
    ['line', 'key', 'action', 'amount', 'previous_amount'].map((name) => one[`revsync_${name}`]).join(' '),
  );
}

function statuses(text: string): string[] {
  return records(text).map((one) => one['revsync_status'] ?? '');
}

it('a dry run, a plan, a push and an apply agree row by row', async () => {
  await fc.assert(
    fc.asyncProperty(file, file, async (before, after) => {
      const [pushed, applied] = [new Workspace(), new Workspace()];
      const text = (rows: readonly (readonly string[])[]): string =>
        `call_log_id,revenue\n${rows.map((cells) => cells.join(',')).join('\n')}\n`;
      for (const space of [pushed, applied]) {
        space.write('before.csv', text(before));
        space.write('sales.csv', text(after));
        await space.run('push', 'before.csv', ...TO);
      }
      await pushed.run('push', 'sales.csv', ...TO, '--dry-run', '--out', 'dry.csv');
      await pushed.run('push', 'sales.csv', ...TO, '--out', 'push.csv');
      await applied.run('push', 'sales.csv', ...TO, '--plan', 'plan.json', '--out', 'plan.csv');
      await applied.run('apply', 'plan.json', '--dry-run', '--out', 'again.csv');
      await applied.run('apply', 'plan.json', '--out', 'apply.csv');
      const [dry, push] = [pushed.read('dry.csv'), pushed.read('push.csv')];
      for (const name of ['plan.csv', 'again.csv']) {
        expect(told(applied.read(name))).toEqual(told(dry));
        expect(statuses(applied.read(name))).toEqual(statuses(dry));
      }
      expect(told(applied.read('apply.csv'))).toEqual(told(push));
      expect(statuses(applied.read('apply.csv'))).toEqual(statuses(push));
    }),
    { numRuns: 4 },
  );
}, 60_000);
