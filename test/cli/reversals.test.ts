import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import { describe, expect, it } from 'vitest';
import type { StagedRow } from '../../src/core/row.js';
import type { Vendor } from '../../src/core/vendor.js';
import { planRules } from '../../src/push/plan.js';
import { recover } from '../../src/push/recover.js';
import { SqliteLedger } from '../../src/io/ledger/ledger.js';
import { LOST_REVERSALS } from '../../src/io/ledger/schema.js';
import { SqliteRecords } from '../../src/io/ledger/records.js';
import type { TrackDriveBooks } from '../../src/sandbox/trackdrive.js';
import { convoso } from '../../src/vendors/convoso.js';
import { tldcrm } from '../../src/vendors/tldcrm.js';
import { trackdrive } from '../../src/vendors/trackdrive.js';
import { allOf } from '../support/all-of.js';
import { Workspace, type Ended } from '../support/cli.js';
import { vendorServer } from '../support/vendor-server.js';

const HEADER = 'call_id,revenue,buyer_converted,offer_converted,buyer_id,sides,Status';
const SOLD = 'c-1,50,true,true,,,';

interface Desk {
  readonly space: Workspace;
  /** Status, action and code of each row of a file. */
  push(rows: readonly string[], ...args: string[]): Promise<string[]>;
  resolve(...args: string[]): Promise<Ended>;
  /** How often the buyer's and the offer's side of the call were taken back. */
  takenBack(): (number | undefined)[];
}

async function desk(faults = ''): Promise<Desk> {
  const space = new Workspace();
  const server = await vendorServer<TrackDriveBooks>('trackdrive', { faults });
  const fixed = ['push', 'sales.csv', '--vendor', 'trackdrive', '--base-url', server.url, '--rate', '0'];
  const marks = ['--reversal-column', 'Status', '--reversal-values', 'refunded', '--may-be-empty'];
  const sides = ['--column', 'refund_sides=sides'];
  return {
    space,
    async push(rows, ...args) {
      space.write('sales.csv', [HEADER, ...rows, ''].join('\n'));
      await space.run(...fixed, ...marks, ...sides, ...args);
      return space
        .rows('sales.results.csv')
        .map(({ revsync_status: status, revsync_action: action, revsync_error_code: code }) =>
          [status, action, code].filter((text) => text !== '').join(' '),
        );
    },
    resolve: (...args) => space.run('resolve', 'c-1', ...args, '--why', 'looked it up'),
    takenBack: () => {
      const { reversal_requests: buyer, offer_reversal_requests: offer } = server.books();
      return [buyer['c-1'], offer['c-1']];
    },
  };
}

describe('a reversal', () => {
  it.each([
    ['a buyer', 'c-1,,,,5,,refunded'],
    ['a flag', 'c-1,,,no,,,refunded'],
    ['the other flag', 'c-1,,no,yes,,,'],
    ['an amount', 'c-1,50.00,,,,,refunded'],
    ['the side that it took back', 'c-1,,,,,buyer,refunded'],
  ])('is none of its own for %s', async (_what, other) => {
    const { push, takenBack } = await desk();
    await push([SOLD]);
    expect(await push(['c-1,,,,,,refunded'])).toEqual(['accepted reverse']);
    expect(await push([other])).toEqual(['unchanged']);
    expect(await push(['c-1,,,,6,,refunded'], '--force')).toEqual(['unchanged']);
    expect(takenBack()).toEqual([1, undefined]);
  });

  it('takes back each side once, in whatever order the files name them', async () => {
    const { push, takenBack } = await desk();
    await push([SOLD]);
    const of = (sides: string): string[] => [`c-1,,,,,${sides},refunded`];
    expect(await push(of('offer'))).toEqual(['accepted reverse']);
    expect(await push(of('both'))).toEqual(['not_sent looks_sent']);
    expect(await push(of('buyer'))).toEqual(['accepted reverse']);
    for (const sides of ['offer', 'buyer', 'both']) expect(await push(of(sides))).toEqual(['unchanged']);
    expect(takenBack()).toEqual([1, 1]);
  });

  it('is sent a second time where it is said to be another', async () => {
    const { push, takenBack } = await desk();
    await push([SOLD]);
    await push(['c-1,,,,,offer,refunded']);
    expect(await push(['c-1,,,,,both,refunded'], '--send-again')).toEqual(['accepted reverse']);
    expect(takenBack()).toEqual([1, 2]);
  });

  it('of a sale that was sold again is another one', async () => {
    const { push, takenBack } = await desk();
    for (const rows of [[SOLD], ['c-1,,,,,,refunded'], [SOLD], ['c-1,,,,,,refunded']])
      expect(await push(rows, '--older')).toEqual([expect.stringMatching(/^accepted/)]);
    expect(takenBack()).toEqual([2, undefined]);
  });

  it('of which a note was edited is not sent again where refunds are taken off', async () => {
    const { push, takenBack } = await desk();
    const net = ['--negative-amounts', 'net'];
    expect(await push([SOLD, 'c-1,-50,,,,,'], ...net)).toContain('accepted reverse');
    expect(await push([SOLD, 'c-1,-50,,,9,,'], ...net)).toContain('unchanged');
    expect(takenBack()).toEqual([1, undefined]);
  });
});

describe('a reversal whose answer is lost', () => {
  it.each(['reset-after', 'fail-after', 'garbage', 'cut', '503=0'])(
    'waits for a person: %s',
    async (fault) => {
      const { push, resolve, takenBack } = await desk(`${fault}@2`);
      await push([SOLD]);
      const isTurnedAway = fault === '503=0';
      expect(await push(['c-1,,,,,,refunded'])).toEqual([
        isTurnedAway ? 'accepted reverse' : expect.stringMatching(/^unknown reverse/),
      ]);
      expect(await push(['c-1,,,,5,,refunded'])).toEqual([
        isTurnedAway ? 'unchanged' : 'unknown key_unsettled',
      ]);
      expect(takenBack()).toEqual([1, undefined]);
      if (isTurnedAway) return;
      expect((await resolve('--accepted')).code).toBe(0);
      expect(await push(['c-1,,,,5,,refunded'])).toEqual(['unchanged']);
      expect(takenBack()).toEqual([1, undefined]);
    },
  );

  it('is sent by the next push once it was not applied', async () => {
    const { push, resolve, takenBack } = await desk('reset-before@2');
    await push([SOLD]);
    expect(await push(['c-1,,,,,,refunded'])).toEqual(['unknown reverse lost_reply']);
    expect((await resolve('--not-applied')).code).toBe(0);
    expect(await push(['c-1,,,,5,,refunded'])).toEqual(['accepted reverse']);
    expect(takenBack()).toEqual([1, undefined]);
  });

  it('of the other side keeps what was taken back before', async () => {
    const { push, resolve, takenBack } = await desk('reset-after@3,reset-before@4');
    await push([SOLD]);
    await push(['c-1,,,,,buyer,refunded']);
    expect(await push(['c-1,,,,,offer,refunded'])).toEqual(['unknown reverse lost_reply']);
    await resolve('--accepted');
    for (const sides of ['buyer', 'offer', 'both'])
      expect(await push([`c-1,,,,,${sides},refunded`])).toEqual(['unchanged']);
    expect(takenBack()).toEqual([1, 1]);
  });

  it('of the other side that was not applied leaves what was taken back before', async () => {
    const { push, resolve, takenBack } = await desk('reset-before@3');
    await push([SOLD]);
    await push(['c-1,,,,,buyer,refunded']);
    expect(await push(['c-1,,,,,offer,refunded'])).toEqual(['unknown reverse lost_reply']);
    await resolve('--not-applied');
    expect(await push(['c-1,,,,,buyer,refunded'])).toEqual(['unchanged']);
    expect(await push(['c-1,,,,,offer,refunded'])).toEqual(['accepted reverse']);
    expect(takenBack()).toEqual([1, 1]);
  });

  it('and a sale beside it whose answer is lost is sent again, as ever', async () => {
    const { push } = await desk('reset-after@1');
    expect(await push([SOLD])).toEqual(['accepted create']);
  });
});

describe('a reversal that a ledger before 0.11.0 knows', () => {
  async function older(): Promise<Desk> {
    const { space, ...rest } = await desk();
    await rest.push([SOLD]);
    await rest.push(['c-1,,,,5,,refunded']);
    const db = new Libsql(space.ledger);
    for (const table of ['entries', 'attempts', 'rows'])
      db.exec(`update ${table} set digest = substr(digest, 8) where digest glob 'back:*'`);
    db.close();
    return { space, ...rest };
  }

  it('is unchanged', async () => {
    const { push, takenBack } = await older();
    expect(await push(['c-1,,,,5,,refunded'])).toEqual(['unchanged']);
    expect(takenBack()).toEqual([1, undefined]);
  });

  it('waits for a person where its answer was lost, and a sale does not', async () => {
    const { space, push, resolve } = await desk('reset-before@3,reset-before@4');
    await push(['c-0,50,true,true,,,', SOLD]);
    await push(['c-0,60,true,true,,,', 'c-1,,,,,,refunded'], '--retries', '0', '--concurrency', '1');
    const db = new Libsql(space.ledger);
    db.exec(`update entries set doubt = 'resend' where doubt is not null`);
    db.exec(LOST_REVERSALS);
    db.close();
    expect(await push(['c-0,60,true,true,,,', 'c-1,,,,,,refunded'])).toEqual([
      'accepted correct',
      'unknown key_unsettled',
    ]);
    expect((await resolve('--not-applied')).code).toBe(0);
    expect(await push(['c-1,,,,,,refunded'])).toEqual(['accepted reverse']);
  });

  it('is not sent again by a row of which it cannot tell', async () => {
    const { push, takenBack } = await older();
    expect(await push(['c-1,,,,6,,refunded'])).toEqual(['not_sent looks_sent']);
    expect(await push(['c-1,,,,5,offer,refunded'], '--send-again')).toEqual(['accepted reverse']);
    expect(await push(['c-1,,,,6,,refunded'])).toEqual(['not_sent looks_sent']);
    expect(await push(['c-1,,,,6,offer,refunded'])).toEqual(['unchanged']);
    expect(takenBack()).toEqual([1, 1]);
  });
});

describe('a key that a person frees', () => {
  const OURS = { account: 'main', origin: 'test' };

  /** One row staged, and sent where there is something to send: what it was planned to be. */
  async function row(ledger: SqliteLedger, vendor: Vendor, staged: StagedRow, ends: 'accepted' | 'unknown') {
    const run = await ledger.beginRun(1, planRules(vendor, { holdCorrections: false, force: false }));
    await ledger.addInput(run, { name: 'sales.csv', path: '/sales.csv', header: ['id'] });
    await ledger.stage(run, [staged]);
    const [claimed] = await ledger.claim(run, 1);
    const doubt = ends === 'unknown' ? ({ doubt: 'blocked' } as const) : {};
    if (claimed !== undefined)
      await ledger.settle(run, [{ row: claimed, status: ends, attempts: [{ at: 2 }], ...doubt }], 2);
    await ledger.endRun(run, { at: 3, state: 'finished' });
    const [{ status, action } = { status: '', action: '' }] = (await allOf(ledger.rows(run, 1))).flat();
    return [status, action].join(' ').trim();
  }

  it.each([tldcrm, convoso])(
    '$id: is sent by the next push, though it was accepted before',
    async (vendor) => {
      const path = join(mkdtempSync(join(tmpdir(), 'revsync-freed-')), 'ledger.db');
      const ledger = SqliteLedger.open(path, { vendor: vendor.id, ...OURS });
      const sale = { intent: 'set', fields: {} } as const;
      const staged: StagedRow = { line: 2, cells: ['1'], sale, key: 'k', digest: 'content' };
      expect(await row(ledger, vendor, staged, 'accepted')).toBe('accepted create');
      expect(await row(ledger, vendor, staged, 'accepted')).toBe('unchanged');
      // Removed at the vendor, as a reconciliation finds; and then the answer is lost.
      const missing: StagedRow = { ...staged, discrepancy: { found: 'confirmed_missing' } };
      expect(await row(ledger, vendor, missing, 'unknown')).toBe('unknown create');
      expect(await row(ledger, vendor, staged, 'accepted')).toBe('unknown');
      const records = new SqliteRecords(ledger.db);
      const [key] = await records.unsettled({ key: 'k' });
      if (key === undefined) throw new Error('nothing is unsettled');
      await records.resolve(key, { found: 'not_applied', why: 'not there', at: 4 });
      expect(await row(ledger, vendor, staged, 'accepted')).toBe('accepted create');
      expect(await row(ledger, vendor, staged, 'accepted')).toBe('unchanged');
      await ledger.close();
    },
  );

  it.each([
    ['missing', 'not_sent'],
    ['differs', 'not_sent'],
    ['confirmed_missing', 'accepted reverse'],
  ] as const)('is none where a reconciliation says %s of a reversal: %s', async (found, ends) => {
    const path = join(mkdtempSync(join(tmpdir(), 'revsync-breaks-')), 'ledger.db');
    const ledger = SqliteLedger.open(path, { vendor: 'trackdrive', ...OURS });
    const sale = { intent: 'reverse', fields: {} } as const;
    const staged: StagedRow = { line: 2, cells: ['1'], sale, key: 'k', digest: 'back:1:x' };
    expect(await row(ledger, trackdrive, staged, 'accepted')).toBe('accepted reverse');
    const broken: StagedRow = { ...staged, digest: 'back:1:y', discrepancy: { found } };
    expect(await row(ledger, trackdrive, broken, 'accepted')).toBe(ends);
    await ledger.close();
  });

  it('is what it was before where that word is taken back', async () => {
    const { push, resolve, takenBack } = await desk('reset-before@3');
    await push([SOLD]);
    await push(['c-1,,,,,buyer,refunded']);
    const again = ['--force', '--send-again'];
    expect(await push(['c-1,,,,,buyer,refunded'], ...again)).toEqual(['unknown reverse lost_reply']);
    await resolve('--not-applied');
    await resolve('--undo');
    await resolve('--accepted');
    expect(await push(['c-1,,,,,buyer,refunded'])).toEqual(['unchanged']);
    expect(takenBack()).toEqual([1, undefined]);
  });

  it('leaves what was accepted before where something else was tried', async () => {
    const space = new Workspace();
    const server = await vendorServer<TrackDriveBooks>('trackdrive', { faults: 'reset-before@2' });
    const push = async (text: string): Promise<string | undefined> => {
      space.write('sales.csv', `call_id,revenue,Status\n${text}\n`);
      const marks = ['--reversal-column', 'Status', '--reversal-values', 'refunded', '--may-be-empty'];
      await space.run('push', 'sales.csv', '--vendor', 'trackdrive', '--base-url', server.url, ...marks);
      return space.rows('sales.results.csv')[0]?.['revsync_status'];
    };
    expect(await push('c-1,50,')).toBe('accepted');
    expect(await push('c-1,,refunded')).toBe('unknown');
    await space.run('resolve', 'c-1', '--not-applied', '--why', 'still sold');
    expect(await push('c-1,50,')).toBe('unchanged');
  });
});

describe('a run that died', () => {
  it('leaves a reversal in flight to a person, and a sale to the next push', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'revsync-died-')), 'ledger.db');
    const ledger = SqliteLedger.open(path, { vendor: 'trackdrive', account: 'main', origin: 'test' });
    const run = await ledger.beginRun(1, planRules(trackdrive, { holdCorrections: false, force: false }));
    await ledger.addInput(run, { name: 'sales.csv', path: '/sales.csv', header: ['id'] });
    await ledger.stage(run, [
      { line: 2, cells: ['1'], sale: { intent: 'set', fields: {} }, key: 'sold', digest: 'one' },
      { line: 3, cells: ['2'], sale: { intent: 'reverse', fields: {} }, key: 'back', digest: 'back:1:two' },
    ]);
    await ledger.claim(run, 2);
    let told: unknown;
    await recover(ledger, trackdrive, 5, (event) => (told = event));
    expect(told).toEqual({
      ...{ kind: 'recovered', run, files: ['sales.csv'], startedAt: 1, lastAt: undefined },
      ...{ rows: 2, inFlight: 2, unknown: 1, notSent: 0 },
    });
    const records = new SqliteRecords(ledger.db);
    expect((await records.unsettled({ run })).map(({ key }) => key)).toEqual(['back']);
    expect((await records.inDoubt({ run })).map(({ key }) => key)).toEqual(['back', 'sold']);
    await ledger.close();
  });
});
