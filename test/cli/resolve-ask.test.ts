import { describe, expect, it } from 'vitest';
import { Database } from '../../src/io/ledger/database.js';
import { Workspace, type Ended } from '../support/cli.js';
import { workspaceOfTest } from '../support/shared-ledger.js';
import { CALL, event, said } from '../support/rolled-up.js';
import { answeringServer, vendorServer } from '../support/vendor-server.js';

const FAST = ['--rate', '100000', '--retries', '0', '--concurrency', '1'];
const SOLD = { custom_data: [said('Sale', true)] };
const BY_ID = 'transaction_id,outcome_name,partner_unique_id,amount,value';

/** A desk whose answers are lost as `faults` say, with the key of the last row that was pushed. */
async function desk(vendor: string, faults: string) {
  const space = await workspaceOfTest();
  const server = await vendorServer<object>(vendor, { faults });
  const push = (...lines: readonly string[]): Promise<Ended> => {
    space.write('sales.csv', `${lines.join('\n')}\n`);
    return space.run('push', 'sales.csv', '--vendor', vendor, '--base-url', server.url, ...FAST);
  };
  const resolve = (...args: readonly string[]): Promise<Ended> =>
    space.run('resolve', space.rows('sales.results.csv').at(-1)?.['revsync_key'] ?? '', ...args);
  const status = async (): Promise<string | undefined> => {
    const { stdout } = await space.run('runs', '--json');
    const last = (JSON.parse(stdout) as { run: string }[]).at(-1)?.run ?? '';
    await space.run('results', last);
    return space.rows('sales.results.csv').at(-1)?.['revsync_status'];
  };
  return { space, server, push, resolve, status };
}

describe('resolve --ask', () => {
  it('has what the vendor holds as it was sent accepted, and keeps what was read in the history', async () => {
    const { space, server, push, resolve, status } = await desk('invoca', 'reset-after@1');
    expect((await push(BY_ID, 'T-1,Sale,SO-1,100.00,')).code).toBe(1);
    const asked = await resolve('--ask', '--network', '33');
    expect(asked.stderr).toMatch(/T-1\|sale\|SO-1: Invoca call outcomes holds 100\.00 \(\S+\)\n/);
    expect(asked.stderr).toContain(`T-1|sale|SO-1 100.00: accepted (invoca/default ${server.url})\n`);
    expect(asked.code).toBe(0);
    expect(await status()).toBe('accepted');
    expect((await space.run('history', 'T-1|sale|SO-1')).stdout).toMatch(
      /resolved_accepted: Invoca call outcomes holds 100\.00 \(/,
    );
    expect((await push(BY_ID, 'T-1,Sale,SO-1,100.00,')).code).toBe(0);
    expect(space.rows('sales.results.csv')[0]?.['revsync_status']).toBe('unchanged');
    // What is in no doubt is not asked about.
    const none = await resolve('--ask', '--network', '33');
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('nothing is in doubt for')]);
  });

  it('has what the vendor certainly does not hold not applied, and a taking back like any other word', async () => {
    const { space, push, resolve, status } = await desk('invoca', 'reset-before@2');
    expect((await push(BY_ID, 'T-1,Sale,SO-1,100.00,')).code).toBe(0);
    expect((await push(BY_ID, 'T-1,Sale,SO-1,120.00,')).code).toBe(1);
    const asked = await resolve('--ask', '--network', '33', '--why', 'the line was down');
    expect(asked.stderr).toMatch(/holds 100\.00 \(\S+\)\n.* 120\.00: not applied/);
    expect(asked.code).toBe(0);
    expect(await status()).toBe('failed');
    expect((await space.run('history', 'T-1|sale|SO-1')).stdout).toContain(
      'the line was down; Invoca call outcomes holds 100.00',
    );
    expect((await resolve('--undo', '--why', 'a mistake')).code).toBe(0);
    expect(await status()).toBe('failed');
    expect((await push(BY_ID, 'T-1,Sale,SO-1,120.00,')).code).toBe(0);
    expect(space.rows('sales.results.csv')[0]).toMatchObject({
      revsync_status: 'accepted',
      revsync_previous_amount: '100.00',
    });
  });

  it.each([
    ['reset-after@2', 'says that it was taken back', 'accepted'],
    ['reset-before@2', 'holds 100.00', 'not applied'],
  ])('asks about a reversal too (%s)', async (faults, shows, said) => {
    const { push, resolve } = await desk('invoca', faults);
    expect((await push(BY_ID, 'T-1,Sale,SO-1,100.00,')).code).toBe(0);
    await push(BY_ID, 'T-1,Sale,SO-1,,false');
    const asked = await resolve('--ask', '--network', '33');
    expect(asked.stderr).toContain(shows);
    expect(asked.stderr).toContain(`: ${said} (`);
    expect(asked.code).toBe(0);
  });

  it('finds a call by who called and when among the calls of those days', async () => {
    const { push, resolve } = await desk('invoca', 'reset-after@1');
    const header = 'start_time,calling_phone_number,outcome_name,partner_unique_id,amount';
    expect((await push(header, '1795186800,+15125550123,Sale,SO-1,100.00')).code).toBe(1);
    const asked = await resolve('--ask', '--network', '33');
    expect(asked.stderr).toMatch(/holds 100\.00 \(/);
    expect(asked.code).toBe(0);
  });

  it('cannot tell where the vendor does not show the call, changes nothing and ends 5', async () => {
    const { push, resolve, status } = await desk('invoca', 'reset-before@1');
    expect((await push(BY_ID, 'T-1,Sale,SO-1,100.00,')).code).toBe(1);
    const asked = await resolve('--ask', '--network', '33');
    expect(asked.stderr).toContain('does not show the call');
    expect(asked.stderr).toContain(
      'cannot tell, and nothing was changed; look there, then say --accepted or --not-applied, with --why\n',
    );
    expect(asked.code).toBe(5);
    expect(await status()).toBe('failed');
  });

  it('asks about a signal by its call record id, in a rolled-up account too', async () => {
    const asks: string[] = [];
    const server = await answeringServer(({ method, query }) => {
      if (method === 'POST') return { status: 504, body: '' };
      asks.push(query.get('call_record_id') ?? '');
      return { status: 200, body: JSON.stringify([CALL, event('E-1', 'SO-1', '100.0', SOLD)]) };
    });
    const space = await workspaceOfTest();
    const where = ['--vendor', 'invoca-signals', '--base-url', server.url];
    space.write(
      'sales.csv',
      'transaction_id,signal_name,partner_unique_id,amount\n0000-CALL,Sale,SO-1,100.00\n',
    );
    expect((await space.run('push', 'sales.csv', ...where, ...FAST)).code).toBe(1);
    const asked = await space.run('resolve', 'SO-1', '--ask', '--advertiser', '4', ...where);
    expect([asked.code, asked.stderr]).toEqual([
      0,
      expect.stringContaining('SO-1: Invoca signals holds 100.00 (E-1)\n'),
    ]);
    expect(asks.at(-1)).toBe('CALL-1');
  });

  it('reads the call of an outcome by its call record id, by which none is sent', async () => {
    const asks: (string | null)[] = [];
    const server = await answeringServer(({ method, query }) => {
      if (method === 'POST') return { status: 504, body: '' };
      asks.push(query.get('call_record_id'));
      return { status: 200, body: JSON.stringify([CALL, event('E-1', 'SO-1', '100.0', SOLD)]) };
    });
    const space = await workspaceOfTest();
    const where = ['--vendor', 'invoca', '--base-url', server.url];
    space.write(
      'sales.csv',
      'call_record_id,start_time,calling_phone_number,outcome_name,partner_unique_id,amount\n' +
        'CALL-1,1795186800,+15125550123,Sale,SO-1,100.00\n',
    );
    expect((await space.run('push', 'sales.csv', ...where, ...FAST)).code).toBe(1);
    const key = space.rows('sales.results.csv')[0]?.['revsync_key'] ?? '';
    const asked = await space.run('resolve', key, '--ask', '--network', '33', ...where);
    expect([asked.code, asks]).toEqual([0, ['CALL-1']]);
  });

  it.each([
    ['reset-after@2', 'C-1,120.00,', 0, /TrackDrive holds 120\.00 \(\S+\)\n.*: accepted/],
    ['reset-before@2', 'C-1,120.00,', 0, /TrackDrive holds 100\.00 \(\S+\)\n.*: not applied/],
    [
      'reset-after@2',
      'C-1,120.00,true',
      5,
      /holds 120\.00 \(\S+\), which is not all that was sent\n.*cannot tell/,
    ],
    [
      'reset-before@2',
      'C-9,120.00,',
      5,
      /does not show the call among the calls of \S+ to \S+; --from and --to/,
    ],
  ])('asks TrackDrive about the calls of the days before (%s, %s)', async (faults, line, code, says) => {
    const { push, resolve } = await desk('trackdrive', faults);
    expect((await push('call_id,amount', 'C-1,100.00')).code).toBe(0);
    await push('call_id,amount,offer_converted', line);
    const asked = await resolve('--ask');
    expect([asked.code, asked.stderr]).toEqual([code, expect.stringMatching(says)]);
  });

  it('asks once where the account is refused, and not about a row that was pruned', async () => {
    let asks = 0;
    const server = await answeringServer(({ method }) => {
      if (method === 'POST') return { status: 504, body: '' };
      asks += 1;
      return { status: 401, body: '' };
    });
    const space = new Workspace();
    const where = ['--vendor', 'invoca', '--base-url', server.url];
    space.write('sales.csv', `${BY_ID}\nT-1,Sale,SO-1,1.00,\nT-2,Sale,SO-2,2.00,\n`);
    await space.run('push', 'sales.csv', ...where, ...FAST);
    const ask = ['resolve', 'run-1', '--ask', '--network', '33', ...where];
    const refused = await space.run(...ask);
    expect([refused.code, asks]).toEqual([5, 1]);
    expect(refused.stderr.match(/cannot tell, and nothing was changed/g)).toHaveLength(2);
    expect(refused.stderr).not.toContain('an-oauth-token');
    // As an older revsync did, which did not keep what waits.
    const db = Database.open(space.ledger);
    db.exec('delete from rows');
    db.close();
    const pruned = await space.run(...ask);
    expect([pruned.code, asks]).toEqual([5, 1]);
    expect(pruned.stderr).toContain('was not asked: the row was pruned');
  });

  it.each([
    ['convoso', 'call_log_id,amount', '1001,10.00', 'reset-after@1'],
    ['tldcrm', 'did,cid,call_date,cost', '8005550100,5125550123,2026-11-19 09:00:00,32.5', 'reset-after@1'],
  ])('is refused for %s, which cannot be asked', async (vendor, header, line, faults) => {
    const { push, resolve } = await desk(vendor, faults);
    await push(header, line);
    const asked = await resolve('--ask');
    expect([asked.code, asked.stderr]).toEqual([
      2,
      expect.stringContaining(
        'cannot be asked what it holds; look there, then say --accepted or --not-applied, with --why',
      ),
    ]);
  });

  it('says which books it is to read, and goes alone', async () => {
    const { push, resolve } = await desk('invoca', 'reset-after@1');
    await push(BY_ID, 'T-1,Sale,SO-1,100.00,');
    expect((await resolve('--ask')).stderr).toContain(
      'name one of --network ID, --advertiser ID and --affiliate ID',
    );
    for (const args of [
      ['--ask', '--accepted'],
      ['--accepted'],
      ['--accepted', '--why', 'x', '--network', '3'],
    ])
      expect((await resolve(...args)).code).toBe(2);
  });
});
