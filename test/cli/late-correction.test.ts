import { expect, it } from 'vitest';
import { Workspace } from '../support/cli.js';
import { letTimePass } from '../support/pull.js';
import { answeringServer } from '../support/vendor-server.js';

const HOUR = 3_600_000;
const MORNING = Date.parse('2026-11-20T09:00:00Z');

function sale(id: string, call: string, startedAt: number, amount: string, corrects: string | null = null) {
  return {
    transaction_id: id,
    corrects_transaction_id: corrects,
    corrected_at: corrects === null ? null : '2026-11-20 20:00:00 +00:00',
    complete_call_id: call,
    transaction_type: 'Reported Conversion',
    start_time_utc: startedAt,
    signal_name: 'Sale',
    signal_partner_unique_id: null,
    signal_value: true,
    sale_amount: amount,
  };
}

it('finds the late correction of an early call, which stands behind the last row that was read', async () => {
  const held = [sale('A-1', 'A', MORNING, '100.0'), sale('B-1', 'B', MORNING + HOUR, '50.0')];
  // With dates, rows are sorted by the start of their calls.
  const server = await answeringServer(({ query }) => {
    const sorted = [...held].sort((one, other) => one.start_time_utc - other.start_time_utc);
    const after = sorted.findIndex(
      ({ transaction_id: id }) => id === query.get('start_after_transaction_id'),
    );
    return { status: 200, body: JSON.stringify(sorted.slice(after + 1)) };
  });
  const space = new Workspace();
  space.write('sales.csv', 'transaction_id,outcome_name,amount\nA,Sale,100.00\nB,Sale,50.00\n');
  const days = ['--from', '2026-11-20', '--to', '2026-11-20'];
  const pull = ['pull', 'invoca', '--network', '33', '--base-url', server.url, ...days];
  const reconcile = ['reconcile', 'sales.csv', '--vendor', 'invoca', '--base-url', server.url];
  expect((await space.run(...pull)).code).toBe(0);
  expect((await space.run(...reconcile)).code).toBe(0);

  held.push(sale('A-2', 'A', MORNING, '80.0', 'A-1'));
  await letTimePass(space.ledger);
  const again = await space.run(...pull, '--since-last', '--out', 'new.csv');
  expect(again.stderr).toContain('--since-last: these dates are read again from the first row');
  expect(space.rows('new.csv').map((row) => row['transaction_id'])).toContain('A-2');
  expect((await space.run(...reconcile)).code).toBe(1);
  expect(space.rows('sales.breaks.csv').map((row) => [row['transaction_id'], row['revsync_break']])).toEqual([
    ['A', 'amount_differs'],
    ['B', 'matched'],
  ]);
});
