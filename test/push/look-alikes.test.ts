import { describe, expect, it } from 'vitest';
import type { InvocaBooks } from '../../src/sandbox/invoca.js';
import type { TldcrmBooks } from '../../src/sandbox/tldcrm.js';
import { Workspace } from '../support/cli.js';
import { vendorServer } from '../support/vendor-server.js';

interface Pushed {
  readonly code: number | null;
  /** Status and code of every row. */
  readonly rows: readonly string[];
  readonly errors: readonly string[];
  readonly stderr: string;
}

interface Desk<Books> {
  push(lines: readonly string[], ...args: string[]): Promise<Pushed>;
  books(): Books;
}

async function deskOf<Books>(vendor: string, header: string): Promise<Desk<Books>> {
  const space = new Workspace();
  const server = await vendorServer<Books>(vendor);
  return {
    books: () => server.books(),
    async push(lines, ...args) {
      space.write('sales.csv', [header, ...lines, ''].join('\n'));
      const to = ['--vendor', vendor, '--base-url', server.url, '--out', 'results.csv', '--rate', '1000'];
      const { code, stderr } = await space.run('push', 'sales.csv', ...to, ...args);
      const rows = space.rows('results.csv');
      return {
        code,
        stderr,
        rows: rows.map((row) => `${row['revsync_status']} ${row['revsync_error_code']}`.trim()),
        errors: rows.map((row) => row['revsync_error'] ?? ''),
      };
    },
  };
}

const COSTS = 'DID,Caller ID,Call Date,Cost';
const cost = (time: string, amount = '12.50', cid = '5125550101'): string =>
  `8005550100,${cid},2026-11-20 ${time},${amount}`;
const HELD = 'not_sent looks_sent';

const tldcrm = (): Promise<Desk<TldcrmBooks>> => deskOf('tldcrm', COSTS);

describe('a cost that looks like one that was sent', () => {
  it('is held where the file has lost its seconds, and --send-again sends it', async () => {
    const { push, books } = await tldcrm();
    expect((await push([cost('10:00:45'), cost('11:00:10', '9', '5125550102')])).code).toBe(0);
    const saved = [cost('10:00:00'), cost('11:00:00', '9', '5125550102')];
    const held = await push(saved);
    expect(held).toMatchObject({ code: 1, rows: [HELD, HELD] });
    expect(held.errors[0]).toBe(
      'looks like line 2 of sales.csv in run-1, which was sent as 8005550100|5125550101|2026-11-20 10:00:45: ' +
        'all but its time is the same, and that is 45 seconds earlier; nothing was sent now; ' +
        'if it is another sale, push it with --send-again',
    );
    expect(held.stderr).toContain('sales.csv:2: not_sent looks_sent: looks like line 2');
    expect(books().costs).toHaveLength(2);
    const [option = ''] = /--[a-z-]+/.exec(held.errors[0] ?? '') ?? [];
    expect(await push(saved, option)).toMatchObject({ code: 0, rows: ['accepted', 'accepted'] });
    expect(await push(saved)).toMatchObject({ code: 0, rows: ['unchanged', 'unchanged'] });
    expect(books().costs).toHaveLength(4);
  });

  it('is held whatever its amount within a minute, and only with its amount where a zone lies between', async () => {
    const { push, books } = await tldcrm();
    await push([cost('10:00:45')]);
    const rows = [cost('10:01:45', '99'), cost('13:00:45', '12.50'), cost('13:15:45', '12.51')];
    expect((await push(rows)).rows).toEqual([HELD, HELD, 'accepted']);
    expect(books().costs).toHaveLength(2);
  });

  it.each([
    ['another minute', cost('10:01:46')],
    ['an hour and a second', cost('11:00:46')],
    ['another caller', cost('10:00:00', '12.50', '5125550102')],
    ['more than zones are apart', '8005550100,5125550101,2026-11-21 00:15:45,12.50'],
  ])('is sent where it has %s', async (_, row) => {
    const { push, books } = await tldcrm();
    await push([cost('10:00:45')]);
    expect(await push([row])).toMatchObject({ code: 0, rows: ['accepted'] });
    expect(books().costs).toHaveLength(2);
  });

  it('is held in a dry run too', async () => {
    const { push, books } = await tldcrm();
    await push([cost('10:00:45')]);
    const dry = await push([cost('19:30:45')], '--dry-run');
    expect(dry).toMatchObject({ code: 1, rows: [HELD] });
    expect(dry.errors[0]).toContain('that is 9 hours and 30 minutes later, as in another time zone');
    expect(books().costs).toHaveLength(1);
  });

  it('is another one where the file has both, so that a run goes on where it ended', async () => {
    const { push, books } = await tldcrm();
    const rows = [cost('10:00:00'), cost('10:00:40'), cost('13:00:00'), cost('13:00:30', '7')];
    expect((await push(rows, '--limit', '1')).rows[0]).toBe('accepted');
    expect(await push(rows)).toMatchObject({
      code: 0,
      rows: ['unchanged', 'accepted', 'accepted', 'accepted'],
    });
    expect(books().costs).toHaveLength(4);
  });

  it('is held where every time was shifted so that it stands in the place of the next', async () => {
    const { push, books } = await tldcrm();
    const hours = Array.from({ length: 20 }, (_, hour) => cost(`${String(hour).padStart(2, '0')}:00:00`));
    expect((await push(hours)).code).toBe(0);
    const shifted = [...hours.slice(1), cost('20:00:00')];
    const { rows } = await push(shifted);
    expect(rows).toEqual([...Array<string>(19).fill('unchanged'), HELD]);
    expect(books().costs).toHaveLength(20);
  });

  it('is held where the other may have been sent', async () => {
    const space = new Workspace();
    const server = await vendorServer<TldcrmBooks>('tldcrm', { faults: 'reset-after@1' });
    const push = async (time: string): Promise<string | undefined> => {
      space.write('sales.csv', `${COSTS}\n${cost(time)}\n`);
      await space.run('push', 'sales.csv', '--vendor', 'tldcrm', '--base-url', server.url);
      return space.rows('sales.results.csv')[0]?.['revsync_error_code'];
    };
    expect(await push('10:00:45')).toBe('lost_reply');
    expect(await push('10:00:00')).toBe('looks_sent');
    expect(server.books().costs).toHaveLength(1);
    await space.run('resolve', 'run-1', '--not-applied', '--why', 'not there');
    expect(await push('10:00:00')).toBe('');
  });
});

const OUTCOMES = 'transaction_id,start_time,calling_phone_number,outcome_name,partner_unique_id,sale_amount';
const invoca = (): Promise<Desk<InvocaBooks>> => deskOf('invoca', OUTCOMES);
const START = 1_763_632_845;

interface Outcome {
  readonly id?: string;
  readonly start?: number;
  readonly caller?: string;
  readonly order?: string;
  readonly amount?: string;
}

const outcome = ({ id, start, caller = '+15125550101', order, amount = '50.00' }: Outcome): string =>
  [id, start, start === undefined ? '' : caller, 'Sale', order, amount].map((cell) => cell ?? '').join(',');

describe('an outcome that looks like one that was sent', () => {
  it.each<[string, Outcome, Outcome]>([
    ['a start time without its seconds', { start: START }, { start: START - 45, amount: '51' }],
    ['a start time of another zone', { start: START }, { start: START - 5 * 3600 }],
    ['a fraction of a second', { start: START }, { start: START * 1000 + 500 }],
    ['the id of the call that was found by start time', { start: START }, { start: START, id: 'T-1' }],
    [
      'an order id and another caller in the place of the first',
      { start: START, order: 'o1' },
      { start: START - 45, order: 'o1', caller: '+15125550109' },
    ],
    ['an order id and no start time', { start: START, order: 'o1' }, { id: 'T-1', order: 'o1' }],
    ['a start time in the place of an id', { id: 'T-1', order: 'o1' }, { start: START, order: 'o1' }],
  ])('is held where it has %s', async (_, before, now) => {
    const { push, books } = await invoca();
    expect((await push([outcome(before)])).rows).toEqual(['accepted']);
    const held = await push([outcome(now)]);
    expect(held).toMatchObject({ code: 1, rows: [HELD] });
    expect(Object.keys(books().outcomes)).toHaveLength(1);
    expect((await push([outcome(now)], '--send-again')).rows).toEqual(['accepted']);
    expect((await push([outcome(now)])).rows).toEqual(['unchanged']);
  });

  it.each<[string, Outcome, Outcome]>([
    ['another call', { id: 'T-1', order: 'o1' }, { id: 'T-2', order: 'o1' }],
    ['another call at the same time', { id: 'T-1', start: START }, { id: 'T-2', start: START }],
    ['another order of the call', { start: START, order: 'o1' }, { start: START, order: 'o2' }],
    ['another time', { start: START, order: 'o1' }, { start: START + 301, order: 'o1' }],
  ])('is sent where it has %s', async (_, before, now) => {
    const { push } = await invoca();
    await push([outcome(before)]);
    expect((await push([outcome(now)])).rows).toEqual(['accepted']);
  });

  it('is held as a signal of one order id at another time', async () => {
    const header = 'start_time,calling_phone_number,signal_name,partner_unique_id,revenue';
    const { push } = await deskOf('invoca-signals', header);
    const signal = (start: number, revenue: string): string => `${start},+15125550101,Sale,o1,${revenue}`;
    expect((await push([signal(START, '50')])).rows).toEqual(['accepted']);
    expect((await push([signal(START, '60')])).rows).toEqual(['accepted']);
    expect((await push([signal(START - 45, '60')])).rows).toEqual([HELD]);
    expect((await push([signal(START - 45, '60')], '--send-again')).rows).toEqual(['accepted']);
    expect((await push([signal(START - 45, '70')])).rows).toEqual(['accepted']);
  });
});
