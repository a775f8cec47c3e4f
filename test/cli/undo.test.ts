import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ConvosoBooks } from '../../src/sandbox/convoso.js';
import type { InvocaBooks } from '../../src/sandbox/invoca.js';
import type { InvocaSignalsBooks } from '../../src/sandbox/invoca-signals.js';
import type { RingbaBooks } from '../../src/sandbox/ringba.js';
import type { TldcrmBooks } from '../../src/sandbox/tldcrm.js';
import type { TrackDriveBooks } from '../../src/sandbox/trackdrive.js';
import { sales, Workspace, type Ended } from '../support/cli.js';
import { convosoServer, vendorServer } from '../support/vendor-server.js';

interface Desk {
  readonly space: Workspace;
  /** Options that say whom a push is to. */
  readonly to: readonly string[];
  push(text: string, ...options: string[]): Promise<Ended>;
  undo(...args: string[]): Promise<Ended>;
  /** Of the results of an undo: key, action, status, amount, previous amount, code, warning. */
  rows(run: string): string[][];
}

function deskOf(vendor: string, url: string, ...always: string[]): Desk {
  const space = new Workspace();
  const to = ['--vendor', vendor, '--base-url', url, '--rate', '1000', '--retries', '0', ...always];
  return {
    ...{ space, to },
    push: (text, ...options) => {
      space.write('sales.csv', text);
      return space.run('push', 'sales.csv', ...to, ...options);
    },
    undo: (...args) => space.run('undo', ...args, '--rate', '1000', '--concurrency', '1'),
    rows: (run) =>
      space
        .rows(`undo-${run}.results.csv`)
        .map((row) =>
          ['key', 'action', 'status', 'amount', 'previous_amount', 'error_code', 'warning'].map(
            (name) => row[`revsync_${name}`] ?? '',
          ),
        ),
  };
}

async function convosoDesk(
  faults = '',
): Promise<Desk & { revenue(): ConvosoBooks['revenue']; requests(): number }> {
  const server = await convosoServer({ faults });
  const desk = deskOf('convoso', server.url);
  return { ...desk, revenue: () => server.books().revenue, requests: () => server.requests() };
}

const REFUNDED =
  'undone_in_part: by an older article of theirs the call is marked refunded in the conversion report';
const TWO = sales([
  ['1', '10.00'],
  ['2', '20.00'],
]);

describe('undo of a run of', () => {
  it('convoso: an earlier amount is sent again, a new one is cleared, and what was cleared is set', async () => {
    const { push, undo, rows, revenue, space } = await convosoDesk();
    await push(
      sales([
        ['1', '10.00'],
        ['2', '20.00'],
        ['3', '30.00'],
      ]),
    );
    const before = revenue();
    const changed: [string, string][] = [
      ['1', '11.00'],
      ['2', '20.00'],
      ['3', ''],
      ['4', '40.00'],
    ];
    expect(await push(sales(changed), '--blank-amount', 'clear')).toMatchObject({ code: 0 });
    expect(revenue()).toEqual({ 1: '11.00', 2: '20.00', 3: null, 4: '40.00' });
    const ended = await undo('run-2');
    expect(ended.code).toBe(0);
    expect(revenue()).toEqual({ ...before, 4: null });
    expect(rows('run-2')).toEqual([
      ['1', 'correct', 'accepted', '10.00', '11.00', '', ''],
      ['3', 'correct', 'accepted', '30.00', '', '', ''],
      ['4', 'clear', 'accepted', '', '40.00', '', REFUNDED],
    ]);
    expect(
      space
        .rows('undo-run-2.results.csv')
        .map(({ call_id: id, amount, revsync_line: line }) => [id, amount, line]),
    ).toEqual([
      ['1', '10.00', '2'],
      ['3', '30.00', '4'],
      ['4', '', '5'],
    ]);
    // What is held is what the first file says: nothing of it is sent again.
    const again = await push(
      sales([
        ['1', '10.00'],
        ['3', '30.00'],
      ]),
    );
    expect(again.stderr).toContain('unchanged         2');
  });

  it('trackdrive: both sides, what nothing is known of, and a reversal', async () => {
    const server = await vendorServer<TrackDriveBooks>('trackdrive');
    const { push, undo, rows } = deskOf('trackdrive', server.url);
    const header = 'call_id,revenue,payout,buyer_converted,offer_converted\n';
    const held = (): object =>
      Object.fromEntries(
        Object.entries(server.books().calls).map(([id, call]) => [
          id,
          [call.buyer_converted, call.offer_converted, call.revenue, call.payout],
        ]),
      );
    await push(`${header}1,10.00,3.00,,\n2,20.00,,,\n3,30.00,,,\n4,40.00,,,\n`);
    await push(`${header}1,12.00,4.00,,\n2,20.00,5.00,,\n3,,,false,\n4,41.00,6.00,,\n5,50.00,7.00,,true\n`);
    const ended = await undo('run-2');
    expect(ended.code).toBe(1);
    expect(held()).toEqual({
      1: [true, null, '10.00', '3.00'],
      2: [true, null, '20.00', '5.00'],
      3: [true, null, '30.00', null],
      4: [true, null, '40.00', '6.00'],
      5: [false, false, '50.00', '7.00'],
    });
    const stays =
      'stay as run-2 set them; the call stays told of as not converted, and billing has both entries';
    expect(rows('run-2')).toEqual([
      ['1', 'correct', 'accepted', '10.00', '12.00', '', ''],
      ['2', '', 'invalid', '', '20.00', 'cannot_undo', ''],
      ['3', 'correct', 'accepted', '30.00', '', '', ''],
      ['4', 'correct', 'accepted', '40.00', '41.00', '', 'undone_in_part: payout 6.00 stays as run-2 set it'],
      ['5', 'reverse', 'accepted', '', '50.00', '', `undone_in_part: amount 50.00, payout 7.00 ${stays}`],
    ]);
    expect(ended.stderr).toContain(
      'undo of run-2, sales.csv:3: cannot_undo: payout 5.00 stays as run-2 set it: no earlier value is known, and nothing else was changed; put it back at TrackDrive by hand\n',
    );
    // 3 was billed, offset and billed again; 5 is offset.
    expect(server.books().billing.map(({ call, kind, revenue }) => [call, kind, revenue])).toEqual([
      ['1', 'conversion', '10.00'],
      ['2', 'conversion', '20.00'],
      ['3', 'conversion', '30.00'],
      ['4', 'conversion', '40.00'],
      ['3', 'reversal', '-30.00'],
      ['5', 'conversion', '50.00'],
      ['3', 'conversion', '30.00'],
      ['5', 'reversal', '-50.00'],
    ]);
  });

  it('trackdrive: a side that was converted beside a sale is taken back by itself', async () => {
    const server = await vendorServer<TrackDriveBooks>('trackdrive');
    const { push, undo, rows } = deskOf('trackdrive', server.url, '--blank-amount', 'omit');
    await push('call_id,revenue\n1,10.00\n');
    await push('call_id,revenue,offer_converted\n1,,true\n');
    expect(server.books().calls['1']).toMatchObject({ buyer_converted: true, offer_converted: true });
    expect((await undo('run-2')).code).toBe(0);
    expect(server.books().calls['1']).toMatchObject({
      buyer_converted: true,
      offer_converted: false,
      revenue: '10.00',
    });
    expect(rows('run-2')).toEqual([
      [
        ...['1', 'reverse', 'accepted', '10.00', '10.00', ''],
        'undone_in_part: the call stays told of as not converted, and billing has both entries',
      ],
    ]);
  });

  it('tldcrm: nothing is sent, and each row says where its cost is', async () => {
    const server = await vendorServer<TldcrmBooks>('tldcrm');
    const { push, undo, rows } = deskOf('tldcrm', server.url, '--timezone', 'UTC');
    await push('did,cid,call date,revenue\n8005550100,5125550101,2026-11-19 09:01:00,1.25\n');
    const before = server.books();
    const ended = await undo('run-1');
    expect(ended.code).toBe(1);
    expect(server.books()).toEqual(before);
    expect(server.requests()).toBe(1);
    const key = '8005550100|5125550101|2026-11-19 09:01:00';
    expect(rows('run-1')).toEqual([[key, '', 'invalid', '', '1.25', 'cannot_undo', '']]);
    expect(ended.stderr).toContain(
      'undo of run-1, sales.csv:2: cannot_undo: TLDCRM documents no way to take a cost back; do it there by hand; its reference there is 1\n',
    );
  });

  it('invoca: an outcome is as before, with its text; a new one is told of as false', async () => {
    const server = await vendorServer<InvocaBooks>('invoca');
    const { push, undo, rows } = deskOf('invoca', server.url);
    const header = 'Transaction ID,Outcome,Order ID,Sale Amount,description,value\n';
    const held = (): unknown[] =>
      Object.entries(server.books().outcomes).map(([key, one]) => [
        key.replace(/^.*\|(SO-\d)$/, '$1'),
        one.sale_amount,
        one.value,
        one.description,
      ]);
    await push(`${header}T-1,Sale,SO-1,1.25,a,\nT-2,Sale,SO-2,2.25,,\nT-4,Sale,SO-4,4.25,,\n`);
    await push(
      `${header}T-1,Sale,SO-1,1.50,b,\nT-2,Sale,SO-2,,,false\nT-3,Sale,SO-3,3.25,,\nT-4,Sale,SO-4,4.25,note,\n`,
    );
    expect((await undo('run-2')).code).toBe(1);
    expect(held()).toEqual([
      ['SO-1', '1.25', true, 'a'],
      ['SO-2', '2.25', true, null],
      ['SO-4', '4.25', true, 'note'],
      ['SO-3', null, false, null],
    ]);
    const remains = 'undone_in_part: the outcome stays, with the value false and no amount';
    expect(rows('run-2')).toEqual([
      ['T-1|sale|SO-1', 'correct', 'accepted', '1.25', '1.50', '', ''],
      ['T-2|sale|SO-2', 'correct', 'accepted', '2.25', '', '', ''],
      ['T-3|sale|SO-3', 'reverse', 'accepted', '', '3.25', '', remains],
      ['T-4|sale|SO-4', '', 'invalid', '', '4.25', 'cannot_undo', ''],
    ]);
  });

  it('invoca-signals: a signal is as before, its custom data too', async () => {
    const server = await vendorServer<InvocaSignalsBooks>('invoca-signals');
    const { push, undo, rows } = deskOf('invoca-signals', server.url);
    const header = 'Transaction ID,Signal,Order ID,Revenue,value,custom_data.channel\n';
    await push(`${header}T-1,Sale,SO-1,1.25,,web\nT-2,Sale,SO-2,2.25,,\n`);
    await push(`${header}T-1,Sale,SO-1,1.50,,shop\nT-2,Sale,SO-2,,false,\nT-3,Sale,SO-3,3.25,,\n`);
    expect((await undo('run-2')).code).toBe(0);
    const held = Object.values(server.books().signals).map((one) => [one.call, one.revenue, one.value]);
    expect(held).toEqual([
      ['T-1', '1.25', true],
      ['T-2', '2.25', true],
      ['T-3', null, false],
    ]);
    expect(server.books().custom_data).toMatchObject({ 'T-1': { channel: 'web' } });
    const remains = 'undone_in_part: the outcome stays, with the value false and no amount';
    expect(rows('run-2')).toEqual([
      ['SO-1', 'correct', 'accepted', '1.25', '1.50', '', ''],
      ['SO-2', 'correct', 'accepted', '2.25', '', '', ''],
      ['SO-3', 'reverse', 'accepted', '', '3.25', '', remains],
    ]);
  });

  it('ringba: an override goes back, a new one goes to 0.00, and a payout of which nothing is known stays', async () => {
    const server = await vendorServer<RingbaBooks>('ringba');
    const { push, undo, rows } = deskOf('ringba', server.url);
    const header = 'Inbound Call ID,Conversion Amount,payout\n';
    await push(`${header}RGB1,10.00,1.00\nRGB2,20.00,\nRGB4,40.00,4.00\n`);
    await push(`${header}RGB1,11.00,1.50\nRGB2,20.00,2.00\nRGB3,30.00,3.00\n`);
    await push(
      'Inbound Call ID,Conversion Amount,payout,Status\nRGB4,40.00,4.00,refunded\n',
      ...['--reversal-column', 'Status', '--reversal-values', 'refunded'],
    );
    expect((await undo('run-2')).code).toBe(1);
    expect((await undo('run-3')).code).toBe(0);
    const held = Object.entries(server.books().calls).map(([id, one]) => [
      id,
      one.conversionAmount,
      one.payoutAmount,
    ]);
    expect(held).toEqual([
      ['RGB1', '10.00', '1.00'],
      ['RGB2', '20.00', '2.00'],
      ['RGB4', '40.00', '4.00'],
      ['RGB3', '0.00', '0.00'],
    ]);
    expect(rows('run-2')).toEqual([
      ['RGB1', 'correct', 'accepted', '10.00', '11.00', '', ''],
      ['RGB2', '', 'invalid', '', '20.00', 'cannot_undo', ''],
      [
        'RGB3',
        'reverse',
        'accepted',
        '',
        '30.00',
        '',
        'undone_in_part: an override to 0.00 stays where there was none',
      ],
    ]);
    expect(rows('run-3')).toEqual([['RGB4', 'correct', 'accepted', '40.00', '', '', '']]);
  });
});

describe('undo', () => {
  it('of an undo is what the run had done', async () => {
    const { push, undo, rows, revenue } = await convosoDesk();
    await push(TWO);
    await push(
      sales([
        ['1', '11.00'],
        ['3', '30.00'],
      ]),
    );
    const after = revenue();
    await undo('run-2');
    expect(await undo('run-3')).toMatchObject({ code: 0 });
    expect(revenue()).toEqual(after);
    expect(rows('run-3')).toEqual([
      ['1', 'correct', 'accepted', '11.00', '10.00', '', ''],
      ['3', 'correct', 'accepted', '30.00', '', '', ''],
    ]);
    // The run stands again, and can be undone again.
    await undo('run-2');
    expect(revenue()).toEqual({ 1: '10.00', 2: '20.00', 3: null });
  });

  it('is refused where a later run touched keys, and names them; the others are undone alone', async () => {
    const { push, undo, rows, revenue, requests } = await convosoDesk();
    const many = (amount: string, from: number, to: number): string =>
      sales(Array.from({ length: to - from }, (_, index) => [String(from + index), amount]));
    await push(many('1.00', 100, 160));
    await push(many('2.00', 100, 160));
    await push(many('3.00', 100, 130));
    const sent = requests();
    const refused = await undo('run-2');
    expect([refused.code, requests()]).toEqual([3, sent]);
    const [what, first, ...others] = refused.stderr
      .split('\n')
      .map((line) => line.replace('undo of run-2, sales.csv: ', ''));
    expect(what).toBe(
      '30 keys of run-2 were touched by a later run; undo that run first, or undo the others alone: revsync undo run-2 --rate 1000 --concurrency 1 --only-untouched',
    );
    expect(first).toBe('line 2: 100: run-3 sent something for the key since');
    expect(others.slice(18)).toEqual([
      'line 21: 119: run-3 sent something for the key since',
      'and 10 more',
      'nothing was sent',
      '',
    ]);
    expect((await undo('run-2', '--only-untouched')).code).toBe(1);
    expect(revenue()).toEqual(
      Object.fromEntries(
        Array.from({ length: 60 }, (_, index) => [String(100 + index), index < 30 ? '3.00' : '1.00']),
      ),
    );
    const done = rows('run-2');
    expect(done[0]).toEqual(['100', '', 'not_sent', '', '3.00', 'touched_later', '']);
    expect(done[30]).toEqual(['130', 'correct', 'accepted', '1.00', '2.00', '', '']);
    expect(done.map(([, , status]) => status)).toEqual([
      ...Array<string>(30).fill('not_sent'),
      ...Array<string>(30).fill('accepted'),
    ]);
  });

  it('of a newer run, then of an older one, goes back step by step', async () => {
    const { push, undo, rows, revenue } = await convosoDesk();
    for (const amount of ['10.00', '11.00', '12.00']) await push(sales([['1', amount]]));
    expect((await undo('run-2')).code).toBe(3);
    await undo('run-3');
    expect(revenue()).toEqual({ 1: '11.00' });
    expect((await undo('run-2')).code).toBe(0);
    expect(revenue()).toEqual({ 1: '10.00' });
    expect((await undo('run-2')).code).toBe(0);
    expect(rows('run-2')).toEqual([['1', '', 'unchanged', '', '10.00', '', '']]);
    // What the later undos uncovered is none of run-3's.
    expect((await undo('run-3')).code).toBe(0);
    expect(revenue()).toEqual({ 1: '10.00' });
  });

  it('of two files has a results file for each, and touches none of the run', async () => {
    const { space, to, undo, revenue } = await convosoDesk();
    for (const folder of ['a', 'b']) mkdirSync(space.path(folder));
    space.write('a/sales.csv', TWO);
    space.write('b/sales.csv', sales([['3', '3.00']]));
    space.write('more.csv', sales([['4', '4.00']]));
    await space.run('push', 'a/sales.csv', 'b/sales.csv', 'more.csv', ...to);
    const original = space.read('a/sales.results.csv');
    expect((await undo('run-1', '--out', 'more.results.csv')).code).toBe(2);
    expect((await undo('run-1')).code).toBe(0);
    expect(space.read('a/sales.results.csv')).toBe(original);
    expect(revenue()).toEqual({ 1: null, 2: null, 3: null, 4: null });
    const keys = ['1-sales', '2-sales', 'more'].map((name) =>
      space.rows(`undo-run-1-${name}.results.csv`).map((row) => row['revsync_key']),
    );
    expect(keys).toEqual([['1', '2'], ['3'], ['4']]);
    expect((await space.run('results', 'run-2')).code).toBe(0);
  });

  it('of a row whose answer was lost sends what was before, where that is harmless', async () => {
    const { push, undo, rows, revenue, space } = await convosoDesk('reset-after@2');
    await push(sales([['1', '10.00']]));
    expect((await push(sales([['1', '11.00']]))).code).toBe(1);
    expect(revenue()).toEqual({ 1: '11.00' });
    expect((await undo('run-2')).code).toBe(0);
    expect(revenue()).toEqual({ 1: '10.00' });
    expect(rows('run-2')).toEqual([['1', 'correct', 'accepted', '10.00', '10.00', '', '']]);
    // A person's word about a row counts as its run's.
    expect((await space.run('history', '1')).stdout).toContain('lost_reply');
    expect((await undo('run-2')).code).toBe(0);
    expect(rows('run-2')).toEqual([['1', '', 'unchanged', '', '10.00', '', '']]);
  });

  it('of a row whose answer was lost is unknown, where nobody may send again, until a person says what is there', async () => {
    const server = await vendorServer<TrackDriveBooks>('trackdrive', { faults: 'reset-after@2' });
    const { push, undo, rows, space } = deskOf('trackdrive', server.url);
    await push('call_id,revenue\n1,10.00\n');
    expect((await push('call_id,revenue,buyer_converted\n1,,false\n')).code).toBe(5);
    expect((await undo('run-2')).code).toBe(5);
    expect(rows('run-2')).toEqual([['1', '', 'unknown', '', '10.00', 'key_unsettled', '']]);
    expect(server.requests()).toBe(2);
    await space.run('resolve', 'run-2', '--accepted', '--why', 'seen there');
    expect((await undo('run-2')).code).toBe(0);
    expect(rows('run-2')).toEqual([['1', 'correct', 'accepted', '10.00', '', '', '']]);
    expect(server.books().calls['1']).toMatchObject({ buyer_converted: true, revenue: '10.00' });
  });

  it('names the first hundred rows that it cannot undo before anything is sent, and the command that writes them all', async () => {
    const server = await vendorServer<TldcrmBooks>('tldcrm');
    const { push, undo, space } = deskOf('tldcrm', server.url, '--timezone', 'UTC');
    const calls = Array.from(
      { length: 103 },
      (_, index) => `8005550100,5125550${100 + index},2026-11-19 09:01:00,1\n`,
    );
    await push(`did,cid,call date,revenue\n${calls.join('')}`);
    const ended = await undo('run-1');
    const said = ended.stderr.split('\n').filter((line) => line.startsWith('undo of run-1'));
    expect(said).toHaveLength(101);
    const [, command = ''] =
      /^.*and 3 more such rows; this writes them all and sends nothing: revsync (.*)$/.exec(
        said[100] ?? '',
      ) ?? [];
    expect(command).toBe('undo run-1 --rate 1000 --concurrency 1 --dry-run --out undo-run-1.preview.csv');
    expect((await space.run(...command.split(' '))).code).toBe(1);
    expect(space.rows('undo-run-1.preview.csv').map((row) => row['revsync_error_code'])).toEqual(
      Array<string>(103).fill('cannot_undo'),
    );
    expect(server.requests()).toBe(103);
  });

  it('needs the ledger alone, and no more of an earlier run than what is known of it', async () => {
    const { space, push, undo, rows, revenue } = await convosoDesk();
    await push(TWO);
    await push(sales([['1', '11.00']]));
    rmSync(space.path('sales.csv'));
    await space.run('runs', '--prune', '0', '--yes');
    // The rows of both runs are forgotten.
    const ended = await undo('run-2');
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(
      'cannot_undo: the source rows of run-2 were forgotten (runs --prune), and with them how it is found; before it it held 10.00: put that back at Convoso by hand',
    );
    expect(rows('run-2')).toEqual([['1', '', 'invalid', '', '11.00', 'cannot_undo', '']]);
    await push(sales([['1', '12.00']]));
    // What was held is known again by its digest, though its row was forgotten.
    expect((await undo('run-4')).code).toBe(0);
    expect(revenue()).toEqual({ 1: '11.00', 2: '20.00' });
  });

  it('sends nothing in a dry run, and goes to the sandbox where the run did', async () => {
    const { space, undo } = await convosoDesk();
    space.write('sales.csv', TWO);
    await space.run('push', 'sales.csv', '--vendor', 'convoso', '--sandbox');
    const dry = await undo('run-1', '--dry-run');
    expect(dry.code).toBe(0);
    expect(dry.stderr).toContain(
      'next: the same command without --dry-run sends this: revsync undo run-1 --rate 1000 --concurrency 1',
    );
    expect(existsSync(space.path('undo-run-1.results.csv'))).toBe(false);
    const { code, stdout } = await undo('run-1', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      command: 'undo',
      origin: 'sandbox',
      run: 'run-2',
      undoes: 'run-1',
    });
  });

  it('is told of by runs, history and status', async () => {
    const { space, push, undo } = await convosoDesk();
    await push(TWO);
    await undo('run-1');
    const { stdout } = await space.run('runs', '--json');
    expect(JSON.parse(stdout)).toMatchObject([{ undoes: null }, { undoes: 'run-1' }]);
    expect((await space.run('history', '1')).stdout).toContain(
      'run-2 (undoes run-1) undo of run-1, sales.csv:2',
    );
    expect((await space.run('status')).stdout).toContain('undo of run-1');
    expect((await space.run('runs')).stdout).toContain('undo of run-1, sales.csv');
  });

  it('takes a profile of the account alone', async () => {
    const { space, push, undo } = await convosoDesk();
    await push(TWO);
    space.write(
      'revsync.yaml',
      'profiles:\n  own:\n    vendor: convoso\n    no_such: 1\n'.replace(
        '    no_such: 1\n',
        '    concurrency: 2\n',
      ) + '  other:\n    vendor: convoso\n    account: two\n',
    );
    const other = await undo('run-1', '--profile', 'other');
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringContaining(
        'run-1 was pushed to convoso/default, and profile other is for convoso/two',
      ) as string,
    ]);
    expect((await undo('run-1', '--profile', 'own')).code).toBe(0);
  });
});

it('keeps who sold what: a report by agent says after the undo what it said before the run', async () => {
  const server = await convosoServer();
  const { space, push, undo } = deskOf('convoso', server.url);
  const file = (...rows: string[]): string => `call_id,amount,Agent\n${rows.join('\n')}\n`;
  const revenue = async (): Promise<string[]> => {
    const { stdout } = await space.run('report', '--ledger', '--by', 'agent');
    return stdout.split('\n').flatMap((line) => /^(?:Ann|Bob|Cy) +[\d.,]+/.exec(line)?.[0] ?? []);
  };
  await push(file('1,10.00,Ann', '2,20.00,Bob'));
  const before = await revenue();
  await push(file('1,15.00,Ann', '2,25.00,Bob', '3,7.00,Cy'));
  await undo('run-2');
  expect(await revenue()).toEqual([...before, expect.stringMatching(/^Cy +0\.00$/)]);
  expect(space.rows('undo-run-2.results.csv').map(({ Agent }) => Agent)).toEqual(['Ann', 'Bob', 'Cy']);
});
