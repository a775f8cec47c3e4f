import Libsql from 'libsql';
import { describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.js';
import { DAY_MS } from '../../src/core/instant.js';
import type { TldcrmBooks } from '../../src/sandbox/tldcrm.js';
import { Workspace } from '../support/cli.js';
import { PRESENT, testHost } from '../support/host.js';
import { vendorServer, type VendorServer } from '../support/vendor-server.js';

const HEADER = 'DID,Caller ID,Call Date,Cost';
const DID = '8005550100';
const KEY = `${DID}|5125550101|`;

interface Pushed {
  readonly code: number;
  /** Key, status and code of every row. */
  readonly rows: readonly string[];
  readonly errors: readonly string[];
}

class Desk {
  readonly space = new Workspace();
  #first = true;
  readonly #server: VendorServer<TldcrmBooks>;

  constructor(server: VendorServer<TldcrmBooks>) {
    this.#server = server;
  }

  get costs(): readonly unknown[] {
    return this.#server.books().costs;
  }

  async push(file: string, args: readonly string[] = [], now = PRESENT): Promise<Pushed> {
    const { space } = this;
    space.write('sales.csv', file);
    const host = testHost({ env: space.env, cwd: space.folder, now });
    const to = [
      '--vendor',
      'tldcrm',
      '--out',
      'sales.results.csv',
      '--base-url',
      this.#server.url,
      '--rate',
      '1000',
    ];
    const first = this.#first
      ? ['--new-ledger', '--ledger', space.path('l.db')]
      : ['--ledger', space.path('l.db')];
    this.#first = false;
    host.stdin.end();
    const argv = ['push', 'sales.csv', ...to, ...first, ...args];
    const code = await main({ ...host, argv });
    const rows = space.rows('sales.results.csv');
    return {
      code,
      rows: rows.map((row) =>
        [row['revsync_key'], row['revsync_status'], row['revsync_error_code']].join(' ').trim(),
      ),
      errors: rows.map((row) => row['revsync_error'] ?? ''),
    };
  }
}

async function tldcrm(): Promise<Desk> {
  return new Desk(await vendorServer<TldcrmBooks>('tldcrm'));
}

function lines(...rows: readonly string[]): string {
  return [HEADER, ...rows, ''].join('\n');
}

const call = (time: string, cost = '12.50', cid = '5125550101'): string => `${DID},${cid},${time},${cost}`;

const READ_OTHERWISE =
  'its line in the file is the same, and what its call is found by is read otherwise now, as with another --timezone, --date-format or --column';

describe('two calls in the hour that a clock shows twice', () => {
  const twice = lines(call('2026-11-01T01:30:00-04:00'), call('2026-11-01T01:30:00-05:00', '9'));
  const zone = ['--timezone', 'America/New_York'];

  it('are two keys, and the vendor is told the time that the clock showed', async () => {
    const desk = await tldcrm();
    const first = await desk.push(twice, zone);
    expect([first.code, first.rows]).toEqual([
      0,
      [`${KEY}2026-11-01 01:30:00-04:00 accepted`, `${KEY}2026-11-01 01:30:00-05:00 accepted`],
    ]);
    expect(desk.costs).toMatchObject([
      { call_date: '2026-11-01 01:30:00', cost: '12.50' },
      { call_date: '2026-11-01 01:30:00', cost: '9.00' },
    ]);
    expect((await desk.push(twice, zone)).rows.map((row) => row.split(' ').at(-1))).toEqual([
      'unchanged',
      'unchanged',
    ]);
    expect(desk.costs).toHaveLength(2);
  });

  it('are two keys where each says its zone by an abbreviation, and one by one', async () => {
    const desk = await tldcrm();
    await desk.push(lines(call('11/01/2026 1:30 AM EDT')), [...zone, '--date-format', 'mdy']);
    const second = await desk.push(lines(call('11/01/2026 1:30 AM EST', '9')), [
      ...zone,
      '--date-format',
      'mdy',
    ]);
    expect(second.rows).toEqual([`${KEY}2026-11-01 01:30:00-05:00 accepted`]);
    expect(desk.costs).toHaveLength(2);
  });

  it('are held where the time was sent before and nobody knows which of the two it was', async () => {
    const desk = await tldcrm();
    await desk.push(lines(call('2026-11-01 01:30:00')));
    const held = await desk.push(lines(call('2026-11-01T01:30:00-05:00')), zone);
    expect(held.rows).toEqual([`${KEY}2026-11-01 01:30:00-05:00 not_sent looks_sent`]);
    expect(desk.costs).toHaveLength(1);
  });

  it('have no offset in any other hour', async () => {
    const desk = await tldcrm();
    const rows = [call('2026-11-01T00:59:59-04:00'), call('2026-11-01T02:00:00-05:00', '9')];
    expect((await desk.push(lines(...rows), zone)).rows).toEqual([
      `${KEY}2026-11-01 00:59:59 accepted`,
      `${KEY}2026-11-01 02:00:00 accepted`,
    ]);
  });
});

describe('a call without a date', () => {
  const undated = lines(call(''));
  const allow = ['--allow-missing-call-date'];

  it('has the day of its push in its key; on another day it is another, held until it is said so', async () => {
    const desk = await tldcrm();
    expect((await desk.push(undated, allow)).rows).toEqual([`${KEY}2026-11-30 accepted`]);
    expect((await desk.push(undated, allow)).rows).toEqual([`${KEY}2026-11-30 unchanged`]);
    const next = PRESENT + DAY_MS;
    const held = await desk.push(undated, allow, next);
    expect([held.code, held.rows]).toEqual([1, [`${KEY}2026-12-01 not_sent looks_sent`]]);
    expect(desk.costs).toHaveLength(1);
    const again = await desk.push(undated, [...allow, '--send-again'], next);
    expect(again.rows).toEqual([`${KEY}2026-12-01 accepted`]);
    expect((await desk.push(undated, allow, next)).rows).toEqual([`${KEY}2026-12-01 unchanged`]);
    expect(desk.costs).toMatchObject([{ call_date_is_now: true }, { call_date_is_now: true }]);
  });

  it('is of the day in the zone of the file', async () => {
    const desk = await tldcrm();
    const zoned = await desk.push(undated, [...allow, '--timezone', 'America/New_York']);
    expect(zoned.rows).toEqual([`${KEY}2026-11-29 accepted`]);
  });
});

describe('a file that is read otherwise than it was sent', () => {
  /** What is pushed, first with the one, then with the other options. */
  interface Moved {
    readonly file: string;
    readonly first: readonly string[];
    readonly then: readonly string[];
    readonly now?: string;
  }

  const two =
    'DID,Caller ID,Other,Call Date,Billed,Cost\n' +
    `${DID},5125550101,5125550109,2026-11-20 10:00:45,2026-11-22 08:00:00,12.50\n`;
  const zoned = lines(call('2026-11-20T10:00:45Z'));

  it.each<[string, Moved]>([
    ['another zone', { file: zoned, first: ['--timezone', 'UTC'], then: ['--timezone', 'America/New_York'] }],
    [
      'a zone farther off than 14 hours',
      { file: zoned, first: ['--timezone', 'Pacific/Honolulu'], then: ['--timezone', 'Asia/Tokyo'] },
    ],
    [
      'another order of its dates',
      {
        file: lines(call('05/06/2026 10:00')),
        first: ['--date-format', 'mdy'],
        then: ['--date-format', 'dmy'],
      },
    ],
    ['another caller', { file: two, first: ['--ignore-column', 'Other'], then: ['--column', 'cid=Other'] }],
    ['another time', { file: two, first: [], then: ['--column', 'call_date=Billed'] }],
    [
      'its numbers swapped',
      { file: two, first: [], then: ['--column', 'did=Caller ID', '--column', 'cid=DID'] },
    ],
    [
      'another order of its dates and a note',
      {
        file: lines(call('05/06/2026 10:00')),
        now: `${HEADER},Notes\n${call('05/06/2026 10:00')},late\n`,
        ...{ first: ['--date-format', 'mdy'], then: ['--date-format', 'dmy'] },
      },
    ],
    [
      'two digits of a year in another order',
      {
        file: lines(call('26/11/20 10:00')),
        now: `${HEADER},Notes\n${call('26/11/20 10:00')},late\n`,
        ...{ first: ['--date-format', 'ymd'], then: ['--date-format', 'dmy'] },
      },
    ],
  ])(
    'is held with %s, and sent where it is said to be another sale',
    async (_, { file, first, then, now }) => {
      const desk = await tldcrm();
      expect((await desk.push(file, first)).code).toBe(0);
      const moved = await desk.push(now ?? file, then);
      expect([moved.code, moved.rows]).toEqual([1, [expect.stringContaining(' not_sent looks_sent')]]);
      expect(moved.errors[0]).toContain('looks like line 2 of sales.csv in run-1');
      expect(desk.costs).toHaveLength(1);
      expect((await desk.push(now ?? file, first)).rows[0]).toContain('unchanged');
      const sent = await desk.push(now ?? file, [...then, '--send-again']);
      expect([sent.code, desk.costs.length]).toEqual([0, 2]);
    },
  );

  it('is held though its old key now stands for another line', async () => {
    const desk = await tldcrm();
    const rows = [
      call('05/06/2026 10:00'),
      call('06/05/2026 10:00', '9'),
      call('05/06/2026 11:00', '7', '5125550102'),
    ];
    await desk.push(lines(rows[0] ?? ''), ['--date-format', 'mdy']);
    const moved = await desk.push(lines(...rows), ['--date-format', 'dmy']);
    expect(moved.rows[0]).toBe(`${KEY}2026-06-05 10:00:00 not_sent looks_sent`);
    expect(moved.errors[0]).toContain(READ_OTHERWISE);
    expect(moved.rows[2]).toContain('accepted');
  });

  it('is held where an older revsync had sent it', async () => {
    const desk = await tldcrm();
    await desk.push(two);
    const db = new Libsql(desk.space.path('l.db'));
    db.exec('delete from likenesses; update namespaces set filed = null');
    db.close();
    expect((await desk.push(two, ['--column', 'call_date=Billed', '--dry-run'])).rows[0]).toContain(
      'looks_sent',
    );
    expect((await desk.push(two, ['--column', 'call_date=Billed'])).rows[0]).toContain('looks_sent');
  });
});
