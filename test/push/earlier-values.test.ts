import { describe, expect, it } from 'vitest';
import type { ConvosoServer } from '../support/vendor-server.js';
import { convosoServer } from '../support/vendor-server.js';
import { sales, Workspace } from '../support/cli.js';

interface Pushed {
  readonly code: number | null;
  /** Status, action and warning of every row; none where the file was refused. */
  readonly rows: readonly string[];
  readonly stderr: string;
}

interface Desk {
  readonly server: ConvosoServer;
  push(lines: readonly (readonly [string, string])[], ...args: string[]): Promise<Pushed>;
}

async function desk(): Promise<Desk> {
  const space = new Workspace();
  const server = await convosoServer();
  let runs = 0;
  return {
    server,
    async push(lines, ...args) {
      runs += 1;
      const out = `results-${runs}.csv`;
      space.write('sales.csv', sales(lines));
      const to = ['--vendor', 'convoso', '--base-url', server.url, '--rate', '1000', '--out', out];
      const { code, stderr } = await space.run('push', 'sales.csv', ...to, ...args);
      const rows = code === 3 ? [] : space.rows(out);
      return {
        code,
        stderr,
        rows: rows.map(
          (row) => `${row['revsync_status']} ${row['revsync_action']} ${row['revsync_warning']}`,
        ),
      };
    },
  };
}

const first = [
  ['1', '100'],
  ['2', '50'],
  ['3', '30'],
] as const;
const later = [
  ['1', '120'],
  ['2', '55'],
  ['3', '30'],
] as const;

describe('a row that goes back to an amount that a later run has changed', () => {
  it('is a correction with a warning where the rest of the file does not', async () => {
    const { push, server } = await desk();
    await push(first);
    expect((await push([['1', '120'], first[1], first[2]])).rows[0]).toBe('accepted correct ');
    const back = await push(first);
    expect(back).toMatchObject({
      code: 0,
      rows: ['accepted correct earlier_value', 'unchanged  ', 'unchanged  '],
    });
    expect(back.stderr).toContain(
      'sales.csv:2: 1 row goes back to an amount that a later run has changed (earlier_value), ' +
        'such as 1 to 100.00, as run-1 had it before run-2 made it 120.00\n',
    );
    expect(server.books().revenue['1']).toBe('100.00');
  });

  it('has none where it goes on to another amount, or says again what is held', async () => {
    const { push } = await desk();
    await push(first);
    await push(later);
    expect((await push([['1', '130'], later[1], later[2]])).rows).toEqual([
      'accepted correct ',
      'unchanged  ',
      'unchanged  ',
    ]);
  });

  it.each([[], ['--dry-run']])(
    'refuses a file that does so for the most part, and --older sends it',
    async (...how) => {
      const { push, server } = await desk();
      await push(first);
      await push(later);
      const old = await push(first, ...how);
      expect(old.code).toBe(3);
      expect(old.stderr).toContain(
        'sales.csv:2: 2 of 3 rows would go back to an amount that a later run has changed, ' +
          'such as 1 to 100.00, as run-1 had it before run-2 made it 120.00; ' +
          'the file looks like an old one: push the newest, or this one with --older\nnothing was sent',
      );
      expect(server.books().revenue).toEqual({ 1: '120.00', 2: '55.00', 3: '30.00' });
      const [option = ''] = /--older/.exec(old.stderr) ?? [];
      expect(await push(first, option)).toMatchObject({
        code: 0,
        rows: ['accepted correct earlier_value', 'accepted correct earlier_value', 'unchanged  '],
      });
      expect(server.books().revenue).toEqual({ 1: '100.00', 2: '50.00', 3: '30.00' });
    },
  );

  it('is seen where the later run took the sale back', async () => {
    const { push, server } = await desk();
    await push(first);
    await push([['1', ''], first[1], first[2]], '--blank-amount', 'clear');
    const back = await push(first);
    expect(back.rows[0]).toBe('accepted correct earlier_value');
    expect(back.stderr).toContain('as run-1 had it before run-2 took it back');
    expect(server.books().revenue['1']).toBe('100.00');
  });

  it('keeps the warning that the row has already', async () => {
    const { push } = await desk();
    await push([['1', '100.01'], ...first.slice(1)]);
    await push([['1', '120'], ...first.slice(1)]);
    expect(
      (await push([['1', '100.005'], ...first.slice(1)], '--round', 'half-up', '--decimal', '.')).rows[0],
    ).toBe('accepted correct rounded from "100.005"; earlier_value');
  });
});

describe('a row that cannot be sent', () => {
  it('has its key and what is held for it, where its key can be read', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    const push = async (text: string): Promise<string[]> => {
      space.write('sales.csv', `call_log_id,revenue\n${text}`);
      await space.run('push', 'sales.csv', '--vendor', 'convoso', '--base-url', server.url);
      const names = ['status', 'key', 'amount', 'previous_amount'].map((name) => `revsync_${name}`);
      return space.rows('sales.results.csv').map((row) => names.map((name) => row[name]).join(' '));
    };
    await push('1,100\n2,50\n');
    expect(await push('1,abc\n1 2,5\n2,60\n2,70\n3,x\n')).toEqual([
      'invalid 1  100.00',
      'invalid   ',
      'invalid 2 60.00 50.00',
      'invalid 2 70.00 50.00',
      'invalid 3  ',
    ]);
  });
});
