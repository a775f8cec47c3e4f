import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { PulledTransactions, Scope } from '../../src/core/transactions.js';
import { openForPull } from '../../src/io/open-ledger.js';
import { parseFaults } from '../../src/sandbox/faults.js';
import { FAKES } from '../../src/sandbox/index.js';
import { startSandbox } from '../../src/sandbox/server.js';
import { allOf } from '../support/all-of.js';
import { Workspace } from '../support/cli.js';
import { PostgresServer } from '../support/postgres.js';
import { addChains } from '../support/pull.js';
import { callRow, NETWORK, outcomeRow } from '../support/pulled.js';
import { askLedger, letLeasesRunOut } from '../support/shared-ledger.js';

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start(false);
});
afterAll(() => server.stop());

/** Two machines with folders of their own, one ledger, and an Invoca with six calls: 16 rows. */
async function twoMachines(faults = '') {
  const ledger = await server.ledger();
  const fake = FAKES.get('invoca')?.({});
  const plan = parseFaults(faults);
  if (fake === undefined || !plan.ok) throw new Error(`no faults ${faults}`);
  addChains(fake, 6, 2);
  const sandbox = await startSandbox({ fakes: [fake], port: 0, faults: plan.value, latencyMs: 0 });
  onTestFinished(() => sandbox.close());
  const args = ['pull', 'invoca', '--network', '33', '--base-url', sandbox.url, '--page-rows', '5'];
  const machines = [new Workspace(), new Workspace()] as const;
  for (const { env } of machines) env['REVSYNC_LEDGER'] = ledger;
  return { ledger, sandbox, args, machines };
}

describe('a pull into a ledger that machines share', () => {
  it('goes on from another machine where it was killed, and has every row once', async () => {
    const { ledger, sandbox, args, machines } = await twoMachines('hang@3');
    const [first, second] = machines;
    const running = first.start(...args, '--out', 'held.csv');
    await expect.poll(() => sandbox.requests(), { timeout: 60_000 }).toBe(3);
    running.process.kill('SIGKILL');
    await running.ended;

    const refused = await second.run(...args);
    expect(refused.code).toBe(6);
    expect(refused.stderr).toMatch(
      /another pull of networks\/33, account default, is running with ledger postgres:\S+ \(process \d+ on \S+, since/,
    );
    await letLeasesRunOut(ledger);
    const { code, stderr } = await second.run(...args, '--out', 'held.csv');
    expect([code, stderr]).toEqual([
      0,
      'going on with a pull that did not come to its end, after 10 rows\ninvoca networks/33: 6 rows came in 2 pages; the ledger has 16\ntransactions: held.csv\n',
    ]);
    const ids = second.rows('held.csv').map((row) => row['transaction_id']);
    expect([ids.length, new Set(ids).size]).toEqual([16, 16]);
  });

  it('leaves five minutes between two polls, whichever machine they are of', async () => {
    const { sandbox, args, machines } = await twoMachines();
    const [first, second] = machines;
    expect((await first.run(...args)).code).toBe(0);
    const asked = sandbox.requests();
    const early = await second.run(...args);
    expect([early.code, sandbox.requests()]).toEqual([2, asked]);
    expect(early.stderr).toContain('Invoca asks for 5 minutes between polls');
    // What the first read and did not write is not asked for again.
    expect((await second.run(...args, '--out', 'held.csv')).code).toBe(0);
    expect([second.rows('held.csv').length, sandbox.requests()]).toEqual([16, asked]);
  });
});

describe('what one machine keeps of a pull', () => {
  const account = { vendor: 'invoca', account: 'default', origin: 'http://127.0.0.1' };
  const rows = (call: string) => [callRow(call), outcomeRow(call, `${call}-1`, 1000)];
  const pulling = (ledger: string, scope: Scope = NETWORK): Promise<PulledTransactions> =>
    openForPull(ledger, account, scope, { from: '', to: '' });
  const idsOf = async (store: PulledTransactions): Promise<string[]> =>
    (await allOf(store.rows('all'))).flat().map(({ id }) => id);

  it('is refused once another one has taken the pull over', async () => {
    const ledger = await server.ledger();
    const first = await pulling(ledger);
    await first.begin('first_row', 'UTC', 1);
    await first.addPage(rows('A'), { cursor: 'A-1', columns: [] }, 1);
    await letLeasesRunOut(ledger);
    const second = await pulling(ledger);
    expect((await second.reading()).progress).toMatchObject({ cursor: 'A-1', rows: 2, complete: false });
    await second.addPage(rows('B'), { cursor: 'B-1', columns: [] }, 2);
    await expect(first.addPage(rows('C'), { cursor: 'C-1', columns: [] }, 3)).rejects.toThrow(
      'another process has taken this pull over',
    );
    await first.close();
    await second.finish(4);
    expect(await idsOf(second)).toEqual(['A', 'A-1', 'B', 'B-1']);
    await second.close();
  });

  it('is kept apart from that of another part of the account, which is pulled at the same time', async () => {
    const ledger = await server.ledger();
    const stores = [await pulling(ledger), await pulling(ledger, { kind: 'advertisers', id: '4' })];
    for (const store of stores) await store.begin('first_row', 'UTC', 1);
    for (const [index, store] of stores.entries())
      await store.addPage(rows(`CALL-${index}`), { cursor: '', columns: [] }, 1);
    for (const store of stores) await store.finish(2);
    expect(await Promise.all(stores.map(idsOf))).toEqual([
      ['CALL-0', 'CALL-0-1'],
      ['CALL-1', 'CALL-1-1'],
    ]);
    for (const store of stores) await store.close();
  });

  it('is there once where the connection is lost on the way', async () => {
    const ledger = await server.ledger();
    const store = await pulling(ledger);
    await store.begin('first_row', 'UTC', 1);
    for (const call of ['A', 'B']) {
      await askLedger(
        ledger,
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
      await store.addPage(rows(call), { cursor: call, columns: [] }, 1);
    }
    await store.finish(2);
    await store.close();
    const again = await pulling(ledger);
    expect((await again.reading()).progress).toMatchObject({ rows: 4, complete: true });
    expect(await idsOf(again)).toEqual(['A', 'A-1', 'B', 'B-1']);
    await again.close();
  });
});
