import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresServer } from '../support/postgres.js';
import { convosoServer } from '../support/vendor-server.js';
import { Workspace } from '../support/cli.js';

/** What grows with what is pushed. */
const GROWING = ['entries', 'attempts', 'likenesses', 'pages', 'plan_rows', 'transactions', 'told'];
const ROWS = 5000;

describe('statements on a shared ledger', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start(false);
  });
  afterAll(() => {
    server.stop();
  });

  /** How often each of the tables was read from end to end by now. */
  async function scans(database: string): Promise<Record<string, number>> {
    const found = await server.ask<{ relname: string; seq_scan: number }>(
      database,
      `select relname::text, seq_scan from pg_stat_user_tables where schemaname = 'revsync'`,
    );
    return Object.fromEntries(
      found
        .filter(({ relname }) => GROWING.includes(relname))
        .map(({ relname, seq_scan }) => [relname, seq_scan]),
    );
  }

  /** Keys that were pushed long ago, as many as make reading all of them dear. */
  async function fill(database: string): Promise<void> {
    await server.ask(
      database,
      `with old as (select number, 'old-' || number as key from generate_series(1, ${ROWS}) as number),
       told as (insert into revsync.attempts (namespace, id, key, run, line, action, intent, digest, status, tries, at)
         select 1, number, key, 0, number, '', '', 'd', 'accepted', '[]', number from old)
       insert into revsync.entries (namespace, key, digest, amount, intent, run, at, last_attempt)
       select 1, key, 'd', 1, 'set', 0, number, number from old`,
    );
    await server.ask(database, 'analyze');
  }

  it('read no table that grows from end to end', async () => {
    const url = await server.ledger();
    const database = new URL(url).pathname.slice(1);
    const [workspace, vendor] = [new Workspace(), await convosoServer()];
    workspace.env['REVSYNC_LEDGER'] = url;
    const to = ['--vendor', 'convoso', '--base-url', vendor.url, '--older', '--rate', '1000'];
    const sales = (amount: number): string =>
      `call_log_id,revenue\n${Array.from({ length: 300 }, (_, number) => `${1000000 + number},${amount}.00\n`).join('')}`;
    workspace.write('sales.csv', sales(1));
    expect(await workspace.run('push', 'sales.csv', ...to)).toMatchObject({ code: 0 });
    await fill(database);
    const before = await scans(database);

    workspace.write('sales.csv', sales(2));
    const steps = [
      ['push', 'sales.csv', ...to, '--dry-run'],
      ['push', 'sales.csv', ...to],
      ['push', 'sales.csv', ...to],
      ['runs'],
      ['status'],
      ['results', 'run-1', '--out', 'again.csv'],
      ['history', '1000007'],
      ['explain', '1000007'],
      ['undo', 'run-2', '--rate', '1000'],
    ];
    for (const step of steps) {
      const { code, stderr } = await workspace.run(...step);
      expect([step[0], code, code === 0 ? '' : stderr]).toEqual([step[0], 0, '']);
    }
    expect(await scans(database)).toEqual(before);
  });

  it('would be seen to', async () => {
    const url = await server.ledger();
    const database = new URL(url).pathname.slice(1);
    const before = await scans(database);
    await server.ask(database, `select count(*) from revsync.attempts where code = 'nothing looks for it'`);
    expect((await scans(database))['attempts']).toBe(Number(before['attempts']) + 1);
  });
});
