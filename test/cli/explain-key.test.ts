import { describe, expect, it } from 'vitest';
import { sales, Workspace } from '../support/cli.js';
import { vendorServer } from '../support/vendor-server.js';

interface Told {
  readonly keys: readonly Record<string, unknown>[];
}

async function told(space: Workspace, ...args: readonly string[]): Promise<Told> {
  return JSON.parse((await space.run('explain', ...args, '--json')).stdout) as Told;
}

/** Two amounts of one key, one after the other. */
async function desk(): Promise<Workspace> {
  const space = new Workspace();
  for (const amount of ['50.00', '60.00']) {
    space.write('sales.csv', sales([['100126', amount]]));
    await space.run('push', 'sales.csv', '--vendor', 'convoso', '--sandbox');
  }
  return space;
}

describe('explain KEY', () => {
  it('tells what is held, the last row as it was read, what a push of it would meet, and the history', async () => {
    const space = await desk();
    const { code, stdout } = await space.run('explain', '100126');
    expect(code).toBe(0);
    const lines = stdout.replace(/\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, 'WHEN').split('\n');
    expect(lines).toEqual([
      'key 100126, at convoso (account default, sandbox)',
      '',
      'What is held',
      '  60.00 since WHEN, by run-2, ref 100126',
      '',
      'The last row: sales.csv:2, in run-2',
      '  call_id = 100126',
      ...lines.filter((line) => line.startsWith('  "')),
      '',
      'What a push of it would meet',
      '  the same content  unchanged',
      '  other content     sent: correct',
      '  a reversal        invalid, cannot_reverse: Convoso documents no reversal; send the amount that remains, 0.00, or clear it',
      '  a clear           sent: clear',
      '',
      'What happened to it',
      ...lines.filter((line) => line.includes('  create ') || line.includes('  correct 50.00 → 60.00')),
      '',
    ]);
    expect(lines.filter((line) => /(create|correct) .* accepted/.test(line))).toHaveLength(2);
  });

  it('is told of one vendor or account, and of what it does not know the nearest', async () => {
    const space = await desk();
    expect((await told(space, '100126', '--vendor', 'convoso')).keys).toHaveLength(1);
    expect((await space.run('explain', '100126', '--vendor', 'ringba')).code).toBe(2);
    expect((await space.run('explain', '100126', '--account', 'other')).code).toBe(2);
    expect(await space.run('explain', '100127')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean 100126?') as string,
    });
  });

  it('prints the commands that settle a key in doubt, and they do', async () => {
    const space = new Workspace();
    const server = await vendorServer('tldcrm', { faults: 'reset-after@1' });
    space.write('sales.csv', 'did,cid,cost,call_date\n8005550100,5125550123,32.50,2026-11-19 09:00:00\n');
    const push = ['push', 'sales.csv', '--vendor', 'tldcrm', '--base-url', server.url, '--new-ledger'];
    await space.run(...push, '--rate', '1000', '--timezone', 'UTC');
    const key = space.rows('sales.results.csv')[0]?.['revsync_key'] ?? '';
    const before = await told(space, key);
    expect(before.keys).toMatchObject([
      {
        held: { held: false, doubt: 'blocked' },
        meets: [
          { row: 'other content', status: 'unknown', code: 'key_unsettled' },
          { row: 'a reversal', code: 'cannot_reverse' },
          { row: 'a clear', code: 'cannot_clear' },
        ],
        history: [{ status: 'unknown', code: 'lost_reply' }],
      },
    ]);
    const [row] = (await space.run('explain', 'sales.csv:2', ...push.slice(2, 6), '--timezone', 'UTC')).stdout
      .split('\n')
      .filter((line) => line.includes('unknown'));
    expect(row).toBe('  unknown 32.50, key_unsettled');
    const [accepted = ''] = before.keys[0]?.['commands'] as string[];
    const words = accepted.match(/'[^']*'|\S+/g)?.map((word) => word.replace(/^'|'$/g, '')) ?? [];
    expect((await space.run(...words.slice(1))).code).toBe(0);
    expect((await told(space, key)).keys).toMatchObject([
      { held: { held: true, amount: '32.50', doubt: null }, commands: [] },
    ]);
  });
});
