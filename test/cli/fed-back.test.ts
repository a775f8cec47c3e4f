import { describe, expect, it } from 'vitest';
import { sales, Workspace } from '../support/cli.js';

function statuses(rows: readonly Record<string, string>[]): string[] {
  return rows.map((row) => `${row['revsync_status'] ?? ''} ${row['revsync_error_code'] ?? ''}`.trim());
}

const CONVOSO = ['--vendor', 'convoso', '--sandbox'];
const TLDCRM = ['--vendor', 'tldcrm', '--sandbox'];
const COSTS =
  'call_date,did,cid,cost\n2026-11-19T09:01:00-05:00,8005550100,5125550101,1.50\n2026-11-19T09:02:00-05:00,8005550100,5125550102,2.50\n';

describe('a results file that is fed back', () => {
  it('sends no row whose key is not the one beside it, until that is emptied', async () => {
    const space = new Workspace();
    space.write(
      'sales.csv',
      sales([
        ['1001', '10.00'],
        ['1002', '20.00'],
      ]),
    );
    expect((await space.run('push', 'sales.csv', ...CONVOSO)).code).toBe(0);
    const results = space.read('sales.results.csv');
    // A row that was sorted without its neighbours.
    const edited = results.replace('\n1002,20.00,3,1002', '\n1003,20.00,3,1002');
    expect(edited).not.toBe(results);
    space.write('again.csv', edited);
    const ended = await space.run('push', 'again.csv', ...CONVOSO);
    expect(ended.code).toBe(1);
    expect(statuses(space.rows('again.results.csv'))).toEqual(['unchanged', 'invalid key_changed']);
    expect(ended.stderr).toContain('its key is "1003", and revsync_key beside it is "1002"');
    space.write('meant.csv', edited.replace('1003,20.00,3,1002', '1003,20.00,3,'));
    expect((await space.run('push', 'meant.csv', ...CONVOSO)).code).toBe(0);
    expect(statuses(space.rows('meant.results.csv'))).toEqual(['unchanged', 'accepted']);
    // As it was, everything is as it was.
    space.write('plain.csv', results);
    expect((await space.run('push', 'plain.csv', ...CONVOSO)).code).toBe(0);
    expect(statuses(space.rows('plain.results.csv'))).toEqual(['unchanged', 'unchanged']);
  });

  it('sends no row that had other cells than the header when it was read, until that is said to be mended', async () => {
    const space = new Workspace();
    space.write('sales.csv', 'call_log_id,revenue,agent\n1001,12.00,Ann,more\n1002,5.00\n1003,7.00,Bob\n');
    expect((await space.run('push', 'sales.csv', ...CONVOSO)).code).toBe(1);
    const first = ['invalid column_count', 'invalid column_count', 'accepted'];
    expect(statuses(space.rows('sales.results.csv'))).toEqual(first);
    space.write('again.csv', space.read('sales.results.csv'));
    expect((await space.run('push', 'again.csv', ...CONVOSO)).code).toBe(1);
    expect(statuses(space.rows('again.results.csv'))).toEqual([...first.slice(0, 2), 'unchanged']);
    const mended = space
      .read('again.results.csv')

      .replace('column_count', '');
    space.write('mended.csv', mended);
    expect((await space.run('push', 'mended.csv', ...CONVOSO)).code).toBe(1);
    expect(statuses(space.rows('mended.results.csv'))).toEqual(['accepted', first[1], 'unchanged']);
  });

  it('adds no record where it is read in another zone, also with a ledger that does not know its run', async () => {
    const space = new Workspace();
    space.write('sales.csv', COSTS);
    expect((await space.run('push', 'sales.csv', ...TLDCRM, '--timezone', 'America/New_York')).code).toBe(0);
    const before = space.read('state/ledger.db.sandbox/tldcrm.default.jsonl');
    for (const ledger of [[], ['--ledger', space.path('other.db')]]) {
      const ended = await space.run(
        'push',
        'sales.results.csv',
        ...TLDCRM,
        '--timezone',
        'America/Chicago',
        '--dry-run',
        '--out',
        'again.csv',
        ...ledger,
      );
      expect(ended.code).toBe(1);
      expect(statuses(space.rows('again.csv'))).toEqual(['invalid key_changed', 'invalid key_changed']);
    }
    await space.run('push', 'sales.results.csv', ...TLDCRM, '--timezone', 'America/Chicago');
    expect(space.read('state/ledger.db.sandbox/tldcrm.default.jsonl')).toBe(before);
    expect(
      (
        await space.run(
          'push',
          'sales.results.csv',
          ...TLDCRM,
          '--timezone',
          'America/New_York',
          '--send-again',
        )
      ).code,
    ).toBe(0);
    expect(space.read('state/ledger.db.sandbox/tldcrm.default.jsonl')).toBe(before);
  });

  it('is asked nothing where it is of another vendor, by its run or by the look of its keys', async () => {
    const space = new Workspace();
    space.write('sales.csv', 'call_log_id,call_id,revenue\n1001,77001,10.00\n');
    expect((await space.run('push', 'sales.csv', ...CONVOSO, '--column', 'call_id=call_log_id')).code).toBe(
      0,
    );
    const trackdrive = ['--vendor', 'trackdrive', '--sandbox', '--column', 'call_id=call_id'];
    expect((await space.run('push', 'sales.results.csv', ...trackdrive)).code).toBe(0);
    expect(statuses(space.rows('sales.results.results.csv'))).toEqual(['accepted']);

    space.write(
      'costs.csv',
      COSTS.replaceAll('cost\n', 'cost,transaction_id,outcome_name\n')
        .replaceAll('.50\n', '.50,T1,Sale\n')
        .replace('T1', 'T0'),
    );
    const zone = ['--timezone', 'America/New_York'];
    expect((await space.run('push', 'costs.csv', ...TLDCRM, ...zone)).code).toBe(0);
    const invoca = ['--vendor', 'invoca', '--sandbox', '--column', 'amount=cost', ...zone];
    // Their keys have as many parts.
    expect((await space.run('push', 'costs.results.csv', ...invoca)).code).toBe(0);
  });

  it('knows keys that an older revsync spelled in capitals', async () => {
    const space = new Workspace();
    const call = '0b8f7a2e-3c4d-4e5f-8a9b-0c1d2e3f4a5b';
    space.write('sales.csv', `call_id,revenue\n${call},5.00\n`);
    const push = ['--vendor', 'trackdrive', '--sandbox'];
    expect((await space.run('push', 'sales.csv', ...push)).code).toBe(0);
    space.write('older.csv', space.read('sales.results.csv').replaceAll(call, call.toUpperCase()));
    expect((await space.run('push', 'older.csv', ...push)).code).toBe(0);
    expect(statuses(space.rows('older.results.csv'))).toEqual(['unchanged']);
  });
});
