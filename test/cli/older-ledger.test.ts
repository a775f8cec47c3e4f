import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Libsql from 'libsql';
import { describe, expect, it } from 'vitest';
import type { ConvosoBooks } from '../../src/sandbox/convoso.js';
import type { TldcrmBooks } from '../../src/sandbox/tldcrm.js';
import { FIXTURES, Workspace } from '../support/cli.js';
import { vendorServer, type VendorServer } from '../support/vendor-server.js';

/**
 * What revsync 0.7.1 left behind: run-1, of which two answers were lost and one of the two was settled by hand; and two
 * pushes that were killed while rows were in flight, run-2 to TLDCRM (2 lanes, 2 rows not yet claimed) and run-3 to
 * Convoso (7 rows in flight, 10 not yet claimed). Beside it is what 0.7.1 itself reported of them.
 */
const LEDGER = readFileSync(join(FIXTURES, 'ledger', '0.7.1.sql'), 'utf8');
const ORIGINS = { tldcrm: 'http://127.0.0.1:18791', convoso: 'http://127.0.0.1:18792' };

type Books = { tldcrm: TldcrmBooks; convoso: ConvosoBooks };

interface Desk<V extends keyof Books> {
  readonly space: Workspace;
  readonly server: VendorServer<Books[V]>;
  push(file: string): Promise<{ code: number | null; statuses: string[] }>;
  /** Status and code of everything that happened to a key. */
  history(key: string): Promise<string[]>;
}

/** The ledger as it was left, with the vendor's fake where the account is said to be; it holds nothing. */
async function deskOf<V extends keyof Books>(vendor: V): Promise<Desk<V>> {
  const space = new Workspace();
  const server = await vendorServer<Books[V]>(vendor);
  mkdirSync(dirname(space.ledger));
  const db = new Libsql(space.ledger);
  db.exec(LEDGER.replaceAll(ORIGINS[vendor], server.url));
  db.close();
  return {
    space,
    server,
    async push(file) {
      const { code } = await space.run('push', file, '--vendor', vendor, '--base-url', server.url);
      const rows = space.rows(file.replace('.csv', '.results.csv'));
      return { code, statuses: rows.map(({ revsync_status: status = '' }) => status) };
    },
    async history(key) {
      const { stdout } = await space.run('history', key, '--json');
      const records = JSON.parse(stdout) as { run: string; status: string; code?: string }[];
      return records.map(({ run, status, code }) => [run, status, code ?? ''].join(' ').trim());
    },
  };
}

const keyOf = (cid: string, minute: number): string =>
  `8005550100|512555${cid}|2026-11-20 09:${String(minute).padStart(2, '0')}:00`;

const costs = (rows: readonly (readonly [cid: string, minute: number, cost: string])[]): string =>
  `DID,Caller ID,Call Date,Cost\n${rows
    .map(([cid, minute, cost]) => [...keyOf(cid, minute).split('|'), cost].join(',') + '\n')
    .join('')}`;

const june = costs([10, 11, 12, 13, 14, 15, 16, 17].map((n) => [`02${n}`, n, String(n)]));

describe('a ledger of revsync 0.7.1', () => {
  it('still tells of its runs', async () => {
    const { space, history } = await deskOf('tldcrm');
    expect((await space.run('runs')).stdout).toMatch(/run-3 .*\nrun-2 .*\nrun-1 /);
    for (const run of ['1', '2', '3']) {
      const { stdout } = await space.run('report', '--run', run, '--format', 'csv');
      expect(stdout).toBe(readFileSync(join(FIXTURES, 'ledger', `0.7.1.run-${run}.csv`), 'utf8'));
    }
    expect(await history(keyOf('0102', 2))).toEqual([
      'run-1 unknown lost_reply',
      'run-1 accepted resolved_accepted',
    ]);
    const held = await space.run('report', '--ledger', space.ledger, '--format', 'csv', '--vendor', 'tldcrm');
    expect(held.stdout).toMatch(/^tldcrm\/default,0\.00,,0,0,,,\d+,76\.50,.*,3,0\.00,59\.00,/m);
  });

  it('knows what was in flight where repeating would count twice', async () => {
    const { space, server, push, history } = await deskOf('tldcrm');
    space.write('june.csv', june);
    const unknown = ['unknown', 'unknown'];
    const first = [...Array<string>(4).fill('unchanged'), ...unknown, 'accepted', 'accepted'];
    expect(await push('june.csv')).toEqual({ code: 5, statuses: first });
    expect(server.books().costs.map(({ cid }) => cid)).toEqual(['5125550216', '5125550217']);
    expect(await history(keyOf('0214', 14))).toEqual(['run-2 unknown crashed']);

    const why = ['--why', 'looked'];
    expect((await space.run('resolve', keyOf('0214', 14), '--accepted', ...why)).code).toBe(0);
    expect((await space.run('resolve', keyOf('0215', 15), '--not-applied', ...why)).code).toBe(0);
    const again = [...Array<string>(5).fill('unchanged'), 'accepted', 'unchanged', 'unchanged'];
    expect(await push('june.csv')).toEqual({ code: 0, statuses: again });
    expect(await history(keyOf('0214', 14))).toEqual([
      'run-2 unknown crashed',
      'run-2 accepted resolved_accepted',
    ]);
    expect(await history(keyOf('0215', 15))).toEqual([
      'run-2 unknown crashed',
      'run-2 failed resolved_not_applied',
      'run-5 accepted',
    ]);
    expect(server.books().costs).toHaveLength(3);
  });

  it('lets go of a key once a person has looked', async () => {
    const { space, server, push, history } = await deskOf('tldcrm');
    space.write(
      'may.csv',
      costs([
        ['0101', 1, '10.5'],
        ['0102', 2, '20'],
        ['0103', 3, '30'],
      ]),
    );
    expect(await push('may.csv')).toEqual({ code: 5, statuses: ['unchanged', 'unchanged', 'unknown'] });
    expect((await space.run('resolve', 'run-1', '--not-applied', '--why', 'not there')).code).toBe(0);
    expect(await push('may.csv')).toEqual({ code: 0, statuses: ['unchanged', 'unchanged', 'accepted'] });
    expect(server.books().costs.map(({ cid }) => cid)).toEqual(['5125550103']);
    expect(await history(keyOf('0103', 3))).toEqual([
      'run-1 unknown lost_reply',
      'run-1 failed resolved_not_applied',
      'run-5 accepted',
    ]);
    expect((await space.run('runs', '--prune', '0', '--yes')).code).toBe(0);
    expect(await push('may.csv')).toEqual({ code: 0, statuses: Array<string>(3).fill('unchanged') });
  });

  it('knows by its keys what was sent at another time', async () => {
    const { space, server } = await deskOf('tldcrm');
    const shifted = (cid: string, minute: number, cost: string): string =>
      `8005550100,512555${cid},2026-11-20 06:${String(minute).padStart(2, '0')}:00,${cost}\n`;
    const rows = [shifted('0101', 1, '10.50'), shifted('0102', 2, '20'), shifted('0104', 3, '31')];
    space.write('may.csv', `DID,Caller ID,Call Date,Cost\n${rows.join('')}`);
    const codes = ['looks_sent', 'looks_sent', ''];
    for (const again of [['--dry-run', '--out', 'may.results.csv'], []]) {
      const { code } = await space.run(
        ...['push', 'may.csv', '--vendor', 'tldcrm', '--base-url', server.url, ...again],
      );
      expect(code).toBe(1);
      expect(space.rows('may.results.csv').map((row) => row['revsync_error_code'])).toEqual(codes);
    }
    expect(space.rows('may.results.csv')[0]?.['revsync_error']).toContain('in run-1, which was sent as ');
    expect(server.books().costs.map(({ cost }) => cost)).toEqual(['31.00']);
  });

  it('sends again what was in flight where repeating is harmless', async () => {
    const { space, server, push, history } = await deskOf('convoso');
    const calls = Array.from({ length: 20 }, (_, index) => `${101 + index},${index + 1}.5\n`);
    space.write('calls.csv', `call_log_id,sale_amount\n${calls.join('')}`);
    const statuses = [...Array<string>(3).fill('unchanged'), ...Array<string>(17).fill('accepted')];
    expect(await push('calls.csv')).toEqual({ code: 0, statuses });
    expect(server.books().updates).toHaveLength(17);
    expect(await history('104')).toEqual(['run-3 failed crashed', 'run-4 accepted']);
    expect(await history('111')).toEqual(['run-4 accepted']);
    const { stdout } = await space.run('report', '--run', '3', '--format', 'csv');
    expect(stdout.split('\n').map((line) => line.split(',')[0])).toEqual([
      ...['status', 'accepted', 'not_sent', 'failed', 'total', ''],
    ]);
  });
});
