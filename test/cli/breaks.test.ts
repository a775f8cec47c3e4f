import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Database } from '../../src/io/ledger/database.js';
import { CostDesk, csv, DID, HEADER, salesOf } from '../support/cost-desk.js';

describe('an export that is not what it seems, against a vendor that adds a record with every request', () => {
  it.each([
    ['in another zone', salesOf(2, { hour: 14 })],
    ['three seconds later', salesOf(2, { second: 3 })],
    ['with did and cid swapped', salesOf(2).map((line) => line.replace(/,(\d+),(\d+),/, ',$2,$1,'))],
    ['with a header only', []],
    ['of another day, page or account', salesOf(2, { from: 30 })],
  ])('is refused where nothing in it matches: %s', async (_what, lines) => {
    const desk = await CostDesk.pushed();
    const ended = await desk.reconcile(lines);
    expect(ended.stderr).toMatch(/export\.csv: nothing in it is about a row of sales\.csv/);
    expect(ended.stderr).toContain('and sales.csv with "+18005550100|+15125550101|2026-11-19 09:01:00"');
    expect(ended.stderr).not.toContain('next:');
    expect(ended.code).toBe(3);
    expect(desk.space.read.bind(desk.space, 'sales.breaks.csv')).toThrow();
    // The remedy that it names sends nothing twice.
    expect((await desk.push('sales.csv')).code).toBe(0);
    expect(desk.records).toBe(2);
  });

  it('holds what an earlier run had accepted where the export is a first page, and sends what nobody had', async () => {
    const desk = await CostDesk.pushed(salesOf(3));
    desk.space.write('sales.csv', csv(salesOf(4)));
    const ended = await desk.reconcile(salesOf(1));
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(
      '2 rows that are missing at the vendor had been accepted, and a push of the breaks holds them',
    );
    expect(ended.stderr).toContain('next: look at the breaks');
    expect(desk.words()).toEqual(['matched', ...Array<string>(3).fill('missing_at_vendor')]);
    const [, second, , fourth] = desk.space.rows('sales.breaks.csv');
    expect(second?.['revsync_error']).toMatch(
      /^run-1 had it accepted as \d+, so a push of this file holds it/,
    );
    expect(fourth?.['revsync_error']).toBe('');

    const pushed = await desk.push('sales.breaks.csv');
    expect(pushed.code).toBe(1);
    expect(desk.results()).toEqual([
      'skipped not_a_break',
      'not_sent was_accepted',
      'not_sent was_accepted',
      'accepted',
    ]);
    expect(pushed.stderr).toMatch(
      /run-1 had it accepted as \d+, and the reconciliation did not find it; nothing was sent/,
    );
    expect(desk.records).toBe(4);
    expect((await desk.push('sales.breaks.csv')).code).toBe(1);
    expect(desk.records).toBe(4);
  });

  it('corrects nothing where the export has another amount, and takes no file without the time it is of', async () => {
    const desk = await CostDesk.pushed(salesOf(2));
    await desk.reconcile([
      ...salesOf(1),
      ...salesOf(1, { from: 2 }).map((line) => line.replace('2.50', '9.99')),
    ]);
    expect(desk.words()).toEqual(['matched', 'amount_differs']);
    expect((await desk.push('sales.breaks.csv')).code).toBe(1);
    expect(desk.results()).toEqual(['skipped not_a_break', 'invalid cannot_correct']);
    desk.space.write('cut.csv', desk.space.read('sales.breaks.csv').replace('revsync_as_of,', 'as_of,'));
    expect((await desk.push('cut.csv')).code).toBe(1);
    expect(desk.space.rows('cut.results.csv')[1]?.['revsync_error']).toContain(
      'is not the time that `revsync reconcile` wrote',
    );
    expect(desk.records).toBe(2);
  });

  it('names no push where all that is missing was accepted', async () => {
    const desk = await CostDesk.pushed(salesOf(2));
    const ended = await desk.reconcile(salesOf(1));
    expect(ended.stderr).not.toContain('next:');
    expect(ended.code).toBe(1);
  });

  it('sends a row again that a person says is not there, once, and no other', async () => {
    const desk = await CostDesk.pushed(salesOf(3));
    await desk.reconcile(salesOf(1));
    desk.confirm(2);
    expect((await desk.push('sales.breaks.csv')).code).toBe(1);
    expect(desk.results()).toEqual(['skipped not_a_break', 'not_sent was_accepted', 'accepted']);
    expect(desk.records).toBe(4);
    for (const file of ['sales.breaks.csv', 'sales.breaks.results.csv', 'sales.csv']) {
      await desk.push(file);
      expect(desk.records).toBe(4);
    }
    expect(desk.results('sales.breaks.results.csv')[2]).toBe('unchanged');
  });

  it('does not take another word for yes, nor a breaks file of an older revsync', async () => {
    const desk = await CostDesk.pushed(salesOf(3));
    await desk.reconcile(salesOf(1));
    const [header = '', ...lines] = desk.space.read('sales.breaks.csv').trimEnd().split('\n');
    desk.space.write('odd.csv', [header, ...lines.map((line) => `${line}maybe`), ''].join('\n'));
    expect((await desk.push('odd.csv')).code).toBe(1);
    expect(desk.results('odd.results.csv').slice(1)).toEqual(['invalid bad_value', 'invalid bad_value']);
    const end = header.indexOf(',revsync_vendor_id');
    const names = header.split(',').length;
    const kept = header.slice(0, end).split(',').length;
    const older = lines.map((line) =>
      line
        .split(',')
        .slice(0, kept - names)
        .join(','),
    );
    desk.space.write('older.csv', [header.slice(0, end), ...older, ''].join('\n'));
    expect((await desk.push('older.csv')).code).toBe(1);
    expect(desk.space.rows('older.results.csv')[1]?.['revsync_error']).toContain(
      'revsync_as_of_run: "" is not the run that `revsync reconcile` wrote',
    );
    expect(desk.records).toBe(3);
  });

  it('asks when the export was made, and refuses one that was made before the last push', async () => {
    const desk = await CostDesk.open(salesOf(2));
    const before = new Date(Date.now() - 2000).toISOString();
    expect((await desk.push('sales.csv')).code).toBe(0);
    desk.space.write('export.csv', csv(salesOf(1)));
    const against = ['--against', 'export.csv', '--key', 'did,cid,call_date', '--amount', 'cost'];
    const unsaid = await desk.space.run('reconcile', 'sales.csv', ...desk.to, ...against);
    expect(unsaid.stderr).toContain('--export-made TIME says when the export was made');
    expect(unsaid.code).toBe(2);
    const early = await desk.reconcile(salesOf(1), '--export-made', before);
    expect(early.stderr).toMatch(
      /export\.csv: was made .*, before the last push: run-1 sent rows until .*; export again/,
    );
    expect(early.code).toBe(3);
    const late = await desk.reconcile(
      salesOf(1),
      '--export-made',
      new Date(Date.now() + 3_600_000).toISOString(),
    );
    expect(late.stderr).toContain('is in the future');
    expect(late.code).toBe(2);
    expect((await desk.reconcile(salesOf(1), '--export-made', 'yesterday')).code).toBe(2);
  });

  it('takes the time of the export as the clocks of --timezone have it', async () => {
    const desk = await CostDesk.pushed(salesOf(1));
    const inNewYork = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'America/New_York',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    const ended = await desk.reconcile(
      salesOf(1),
      '--export-made',
      inNewYork.format(Date.now() + 1000).replace(/:(\d\d)$/, ':$1'),
    );
    // It may be a second ahead.
    expect([0, 2]).toContain(ended.code);
    expect(
      (await desk.reconcile(salesOf(1), '--export-made', inNewYork.format(Date.now() - 60_000))).code,
    ).toBe(3);
  });

  it('refuses an export while a run has not ended', async () => {
    const desk = await CostDesk.pushed(salesOf(1));
    const db = Database.open(desk.space.ledger);
    db.run(`update runs set state = 'pushing'`, []);
    db.close();
    const ended = await desk.reconcile(salesOf(1));
    expect(ended.stderr).toContain('run-1 has not ended');
    expect(ended.code).toBe(3);
  });

  it('counts what came since by run, so that a clock that went wrong sends nothing', async () => {
    const desk = await CostDesk.pushed(salesOf(2));
    await desk.reconcile(salesOf(1));
    desk.confirm(1);
    await desk.push('sales.breaks.csv');
    expect(desk.records).toBe(3);
    // As if that push had been made by a clock an hour behind.
    const db = Database.open(desk.space.ledger);
    db.run(`update entries set at = at - 3600000`, []);
    db.close();
    await desk.push('sales.breaks.csv');
    expect(desk.results()[1]).toBe('unchanged');
    expect(desk.records).toBe(3);
  });

  it('holds a row that was settled by hand after it had been confirmed', async () => {
    const desk = await CostDesk.pushed(salesOf(2));
    await desk.reconcile(salesOf(1));
    desk.confirm(1);
    const db = Database.open(desk.space.ledger);
    db.run(`update entries set at = at + 3600000`, []);
    db.close();
    await desk.push('sales.breaks.csv');
    expect(desk.results()[1]).toBe('not_sent was_accepted');
    expect(desk.records).toBe(2);
  });

  it("finds what was accepted by the vendor's reference, whatever the export's zone is", async () => {
    const desk = await CostDesk.pushed(salesOf(3));
    const ids = desk.space.rows('sales.results.csv').map((row) => row['revsync_vendor_ref'] ?? '');
    const lines = salesOf(3, { hour: 14 }).map((line, index) => `${line},${ids[index] ?? ''}`);
    const ended = await desk.reconcile(lines, '--header', `${HEADER},Cost ID`);
    expect(ended.stderr).toContain('they tie out');
    expect(ended.code).toBe(0);
    const named = await desk.reconcile(lines, '--header', `${HEADER},number`, '--export-ref', 'number');
    expect(named.code).toBe(0);
    const wrong = await desk.reconcile(lines, '--header', `${HEADER},number`, '--export-ref', 'nummer');
    expect(wrong.stderr).toContain('vendor_ref: there is no column "nummer"');
    expect(wrong.code).toBe(3);
  });
});

describe('a breaks CSV names the books that were looked at', () => {
  it('is refused by a push to another vendor, account or address, and by another ledger', async () => {
    const desk = await CostDesk.pushed(salesOf(2));
    desk.space.write('sales.csv', csv(salesOf(3)));
    await desk.reconcile(salesOf(2));
    const [row] = desk.space.rows('sales.breaks.csv');
    expect(row).toMatchObject({
      revsync_vendor_id: 'tldcrm',
      revsync_account: 'default',
      revsync_address: desk.server.url,
      revsync_as_of_run: '1',
      revsync_send_again: '',
    });
    const elsewhere = [
      [['--account', 'other', '--new-ledger'], 'revsync_account is "default", and this push is for "other"'],
      [
        ['--base-url', 'http://127.0.0.1:1', '--new-ledger'],
        `revsync_address is "${desk.server.url}", and this push is for "http://127.0.0.1:1"`,
      ],
      [
        ['--ledger', desk.space.path('other.db'), '--new-ledger'],
        'its breaks were found with a ledger that had run-1, and the newest run of this account here is none',
      ],
    ] as const;
    for (const [options, message] of elsewhere) {
      for (const dry of [['--dry-run'], []]) {
        const ended = await desk.push('sales.breaks.csv', ...options, ...dry);
        expect(ended.stderr).toContain(message);
        expect(ended.code).toBe(3);
      }
    }
    const ringba = await desk.space.run(
      'push',
      'sales.breaks.csv',
      '--vendor',
      'convoso',
      '--column',
      'call_id=cid',
      '--column',
      'amount=cost',
      '--dry-run',
    );
    expect(ringba.stderr).toContain('revsync_vendor_id is "tldcrm", and this push is for "convoso"');
    expect(ringba.code).toBe(3);
    expect(desk.records).toBe(2);
    expect((await desk.push('sales.breaks.csv')).code).toBe(0);
    expect(desk.records).toBe(3);
  });
});

describe('the results of a push of breaks, fed back', () => {
  it('send no row that was skipped', async () => {
    const desk = await CostDesk.open(salesOf(2));
    // The vendor holds the first by hand.
    expect(
      await fetch(`${desk.server.url}/api/ingress/calls/inbound/billable/${DID}/5125550101`, {
        method: 'POST',
        headers: { 'tld-api-id': 'an-id', 'tld-api-key': 'a-key', 'content-type': 'application/json' },
        body: JSON.stringify({ cost: '1.50', call_date: '2026-11-19 09:01:00' }),
      }),
    ).toMatchObject({ status: 200 });
    expect(desk.records).toBe(1);
    await desk.reconcile(salesOf(1));
    expect(desk.words()).toEqual(['matched', 'missing_at_vendor']);
    expect((await desk.push('sales.breaks.csv', '--new-ledger')).code).toBe(0);
    expect(desk.records).toBe(2);
    const [row] = desk.space.rows('sales.breaks.results.csv');
    expect(row).toMatchObject({
      revsync_break: 'matched',
      revsync_status: 'skipped',
      revsync_vendor_id: 'tldcrm',
    });
    expect(row?.['revsync_as_of']).not.toBe('');
    expect((await desk.push('sales.breaks.results.csv')).code).toBe(0);
    expect(desk.results('sales.breaks.results.results.csv')).toEqual(['skipped not_a_break', 'unchanged']);
    expect(desk.records).toBe(2);
    // So do results that an older revsync wrote, which kept no word of the reconciliation.
    const [header = '', ...lines] = desk.space.read('sales.breaks.results.csv').trimEnd().split('\n');
    const names = header.split(',');
    const without = [header, ...lines].map((line) =>
      line
        .split(',')
        .filter((_, index) => !/break|as_of|vendor_id|account|address|send_again/.test(names[index] ?? ''))
        .join(','),
    );
    desk.space.write('older.csv', [...without, ''].join('\n'));
    expect((await desk.push('older.csv')).code).toBe(0);
    expect(desk.results('older.results.csv')).toEqual(['skipped not_a_break', 'unchanged']);
    expect(desk.records).toBe(2);
  });
});

describe('whatever the export is', () => {
  /** What may become of the lines of an honest export. */
  const change = fc.record({
    hour: fc.constantFrom(9, 9, 9, 14, 10),
    second: fc.constantFrom(0, 0, 3),
    kept: fc.subarray([0, 1, 2, 3, 4]),
    twice: fc.boolean(),
    swapped: fc.boolean(),
    refs: fc.boolean(),
    amounts: fc.boolean(),
    stranger: fc.boolean(),
  });

  it('no sale is sent a second time, by the breaks or by their results', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), change, async (pushed, how) => {
        const desk = await CostDesk.open(salesOf(pushed));
        expect((await desk.push('sales.csv', '--new-ledger')).code).toBe(0);
        const ids = desk.space.rows('sales.results.csv').map((row) => row['revsync_vendor_ref'] ?? '');
        desk.space.write('sales.csv', csv(salesOf(5)));
        const honest = salesOf(5, how).map((line, index) => {
          const [time, did, cid, cost] = line.split(',');
          const end = how.refs ? [ids[index] ?? ''] : [];
          const key = how.swapped ? [cid, did] : [did, cid];
          return [time, ...key, how.amounts ? cost : '7.77', ...end].join(',');
        });
        const kept = how.kept.map((index) => honest[index] ?? '');
        const stranger = how.stranger
          ? [`2026-11-18 09:01:00,${DID},5125559999,1.00${how.refs ? ',' : ''}`]
          : [];
        const lines = [...kept, ...(how.twice ? kept : []), ...stranger];
        const header = how.refs ? ['--header', `${HEADER},cost_id`] : [];
        const { code } = await desk.reconcile(lines, ...header);
        if (code !== 3) {
          await desk.push('sales.breaks.csv');
          await desk.push('sales.breaks.csv');
          await desk.push('sales.breaks.results.csv');
        }
        await desk.push('sales.csv');
        const sent = desk.server.books().costs.map(({ cid, call_date: date }) => `${cid} ${date}`);
        expect([...new Set(sent)].sort()).toEqual([...sent].sort());
        expect(sent).toHaveLength(5);
      }),
      { numRuns: 15 },
    );
  });
});
