import { describe, expect, it } from 'vitest';
import { Workspace } from '../support/cli.js';
import { vendorServer } from '../support/vendor-server.js';

const UUID = '7d1f0a52-0000-4000-8000-000000000001';

describe('a TrackDrive call under two names', () => {
  it('is a conflict: neither row is sent until it is said that they are two calls', async () => {
    const space = new Workspace();
    const server = await vendorServer('trackdrive');
    const push = async (rows: readonly string[], ...more: string[]): Promise<string[]> => {
      space.write('sales.csv', ['Call ID,Revenue', ...rows, ''].join('\n'));
      const to = ['--vendor', 'trackdrive', '--base-url', server.url, '--rate', '1000'];
      await space.run('push', 'sales.csv', ...to, ...more);
      return space
        .rows('sales.results.csv')
        .map((row) => `${row['revsync_status']} ${row['revsync_error_code']}`.trim());
    };
    const both = ['12345,50', `${UUID},70`];
    expect(await push(both)).toEqual(['invalid conflict', 'invalid conflict']);
    expect(server.requests()).toBe(0);
    expect(space.rows('sales.results.csv')[1]?.['revsync_error']).toBe(
      'sales.csv:2 names its call by its number and sales.csv:3 by its UUID, and two such rows may be one call; ' +
        'name all calls in one way, or, if no call is there twice, push it with --send-again',
    );
    expect(await push(['12345,50', '12346,70'])).toEqual(['accepted', 'accepted']);
    expect(await push(both)).toEqual(['unchanged', 'invalid conflict']);
    expect(await push(both, '--send-again')).toEqual(['unchanged', 'accepted']);
    expect(server.requests()).toBe(3);
  });
});

describe('an Invoca call under two names', () => {
  const HEADER = 'Transaction ID,Start Time,Calling Phone Number,Duration,Outcome,Order ID,Revenue';
  const START = '2026-03-02T10:00:00Z';

  async function desk(): Promise<{
    server: Awaited<ReturnType<typeof vendorServer>>;
    push: (rows: readonly string[], ...more: string[]) => Promise<readonly Record<string, string>[]>;
  }> {
    const space = new Workspace();
    const server = await vendorServer('invoca');
    const push = async (rows: readonly string[], ...more: string[]) => {
      space.write('sales.csv', [HEADER, ...rows, ''].join('\n'));
      const to = ['--vendor', 'invoca', '--base-url', server.url, '--rate', '1000'];
      await space.run('push', 'sales.csv', ...to, ...more);
      return space.rows('sales.results.csv');
    };
    return { server, push };
  }

  const byId = `00000000-0000000A,${START},+14155550100,,Sale,,50`;
  const byStart = `,${START},+14155550100,,Sale,,70`;
  const byLength = `,${START},+14155550100,61,Sale,,70`;

  it.each([
    ['its id and its start', [byId, byStart]],
    ['its start alone and with its length', [byStart, byLength]],
    ['its id, its start and its length', [byId, byStart, byLength]],
    [
      'one order id, where one row has no start',
      ['00000000-0000000A,,,,Sale,SO-1,50', `,${START},+14155550100,,Sale,SO-1,70`],
    ],
  ])('%s: none is sent, and each names another', async (_, rows) => {
    const { server, push } = await desk();
    const held = await push(rows);
    for (const row of held) {
      expect(`${row['revsync_status']} ${row['revsync_error_code']}`).toBe('invalid conflict');
      expect(row['revsync_error']).toMatch(
        /^line \d is found as .+, and both may be one call; keep one of the lines, or, if they are two calls, push it with --send-again$/,
      );
      expect(row['revsync_error']).not.toContain(`line ${row['revsync_line']} is`);
    }
    expect(server.requests()).toBe(0);
    const sent = await push(rows, '--send-again');
    expect(sent.map((row) => row['revsync_status'])).toEqual(rows.map(() => 'accepted'));
  });

  it.each([
    ['two ids', [byId, `00000000-0000000B,${START},+14155550100,,Sale,,70`]],
    ['two callers', [byId, `,${START},+14155550199,,Sale,,70`]],
    ['two outcomes', [byId, `,${START},+14155550100,,Quote,,70`]],
    ['two order ids', [byId.replace('Sale,', 'Sale,SO-1'), `,${START},+14155550100,,Sale,SO-2,70`]],
    ['two seconds', [byId, `,2026-03-02T10:00:01Z,+14155550100,,Sale,,70`]],
    ['no start beside a caller', [`00000000-0000000A,,+14155550100,,Sale,,50`, byStart]],
  ])('%s are two calls, and both are sent', async (_, rows) => {
    const { push } = await desk();
    const sent = await push(rows);
    expect(sent.map((row) => row['revsync_status'])).toEqual(['accepted', 'accepted']);
  });
});
