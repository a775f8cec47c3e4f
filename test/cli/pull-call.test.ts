import { expect, it } from 'vitest';
import type { FakeRequest } from '../../src/sandbox/fake.js';
import { records, Workspace } from '../support/cli.js';
import { CALL, event, said } from '../support/rolled-up.js';
import { answeringServer } from '../support/vendor-server.js';

const ROWS = [CALL, event('E-1', 'SO-1', '100.0', { custom_data: [said('Sale', true)] })];

/** A server that shows one call and keeps what it was asked. */
async function oneCall(rows: readonly unknown[], status = 200) {
  const asked: FakeRequest[] = [];
  const server = await answeringServer((request) => {
    asked.push(request);
    return { status, body: JSON.stringify(rows) };
  });
  return { server, asked };
}

it('reads every row of one call with one request, and leaves the ledger as it is', async () => {
  const { server, asked } = await oneCall(ROWS);
  const space = new Workspace();
  const read = ['pull', 'invoca', '--network', '33', '--call', 'CALL-1', '--base-url', server.url];
  const ended = await space.run(...read);
  expect([ended.code, ended.stderr]).toEqual([0, 'Invoca networks/33: 2 rows of call CALL-1\n']);
  expect(records(ended.stdout).map((row) => [row['transaction_id'], row['revenue']])).toEqual([
    ['0000-CALL', '180.0'],
    ['E-1', '100.0'],
  ]);
  expect(asked.map(({ path, query }) => [path, query.get('call_record_id'), query.get('from')])).toEqual([
    ['/api/2020-10-01/networks/transactions/33.json', 'CALL-1', null],
  ]);
  expect(asked[0]?.query.get('include_columns')?.split(',')).toContain('custom_data');
  // At once again: one call is no poll.
  const folded = await space.run(...read, '--folded', '--out', 'call.csv', '--json');
  expect(JSON.parse(folded.stdout)).toMatchObject({ call: 'CALL-1', rows: 2, exit_code: 0 });
  expect(space.rows('call.csv')).toMatchObject([
    { call: 'CALL-1', outcomes: 'Sale,Quote (SO-1)', amount: '100.00' },
  ]);
  expect(
    (await space.run('reconcile', 'call.csv', '--vendor', 'invoca', '--base-url', server.url)).stderr,
  ).toContain('there is no ledger at');
});

it('does not take rows of another call for those of this one', async () => {
  const { server } = await oneCall([...ROWS, { ...CALL, transaction_id: 'X-1', complete_call_id: 'X' }]);
  const read = ['pull', 'invoca', '--network', '33', '--call', 'CALL-1', '--base-url', server.url];
  const ended = await new Workspace().run(...read);
  expect([ended.code, ended.stdout, ended.stderr]).toEqual([
    4,
    '',
    'Invoca was asked for call CALL-1 and showed X-1 of call X\n',
  ]);
});

it('ends 1 where the vendor shows no row of it, and 4 where it does not answer', async () => {
  const space = new Workspace();
  const none = await oneCall([]);
  const read = ['pull', 'invoca', '--network', '33', '--call', 'X'];
  const ended = await space.run(...read, '--base-url', none.server.url);
  expect([ended.code, ended.stderr]).toEqual([1, 'Invoca networks/33: 0 rows of call X\n']);
  const refused = await oneCall([], 401);
  expect((await space.run(...read, '--base-url', refused.server.url)).code).toBe(4);
});

it.each([
  [['--json'], '--call with --json needs --out'],
  [['--since-last'], '--call is about one call'],
  [['--from', '2026-11-20', '--to', '2026-11-20'], '--call is about one call'],
])('is not asked for with %j', async (more, message) => {
  const ended = await new Workspace().run('pull', 'invoca', '--network', '33', '--call', 'X', ...more);
  expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining(message)]);
});
