import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { main } from '../../src/cli/main.js';
import { sales, Workspace } from '../support/cli.js';
import { testHost, type TestHost } from '../support/host.js';
import { vendorServer } from '../support/vendor-server.js';

interface Told {
  readonly color: string;
  readonly token: string;
  readonly terminal?: number;
}

/** Two runs at once of one file name, in two folders. */
async function besideEachOther(...both: readonly Told[]): Promise<{ space: Workspace; host: TestHost }[]> {
  const server = await vendorServer('convoso');
  return Promise.all(
    both.map(async ({ color, token, terminal }, index) => {
      const space = new Workspace();
      space.write('sales.csv', sales([[String(404_404_001 + index), '5.00']]));
      const env = { CONVOSO_AUTH_TOKEN: token };
      const host = testHost({ env, cwd: space.folder, ...(terminal === undefined ? {} : { terminal }) });
      const argv = [
        'push',
        'sales.csv',
        '--vendor',
        'convoso',
        '--base-url',
        server.url,
        '--ledger',
        'l.db',
        color,
      ];
      expect(await main({ ...host, argv })).toBe(1);
      return { space, host };
    }),
  );
}

it('two runs in one process share neither folder, colour nor credential', async () => {
  const [left, right] = await besideEachOther(
    { color: '--color', token: 'left-token' },
    { color: '--no-color', token: 'right-token', terminal: 60 },
  );
  expect(left?.host.stderr.text).toContain('\u001b[1m');
  expect(right?.host.stderr.text).not.toContain('\u001b[1m');
  for (const [one, id] of [
    [left, '404404001'],
    [right, '404404002'],
  ] as const) {
    expect(one?.space.rows('sales.results.csv').map((row) => row['call_log_id'])).toEqual([id]);
    expect(one?.host.stderr.text).toContain('results: sales.results.csv\n');
    expect(one?.host.stdout.text).toBe('');
  }
});

it('an interrupt ends the run whose signal it is', async () => {
  const space = new Workspace();
  space.write('sales.csv', sales([['1', '5.00']]));
  mkdirSync(dirname(space.ledger));
  const interrupt = new AbortController();
  interrupt.abort('SIGTERM');
  const host = testHost({ env: space.env, cwd: space.folder, signal: interrupt.signal });
  expect(await main({ ...host, argv: ['push', 'sales.csv', '--vendor', 'convoso', '--sandbox'] })).toBe(143);
  expect((await space.run('push', 'sales.csv', '--vendor', 'convoso', '--sandbox')).code).toBe(0);
});

it('the sandbox says where it is, whom it stands for and whose books can be changed', async () => {
  const interrupt = new AbortController();
  interrupt.abort('SIGINT');
  const host = testHost({ signal: interrupt.signal });
  expect(await main({ ...host, argv: ['sandbox'] })).toBe(130);
  const url = host.stdout.text.trim();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(host.stderr.text.replace(/\s+/g, ' ')).toMatch(
    /fake vendors: convoso, trackdrive, tldcrm, invoca, invoca-signals.*; use --base-url http.* PUT \/_sandbox\/books\/VENDOR changes them without a push: trackdrive, invoca/,
  );
});

it.each([
  [{}, undefined, false],
  [{}, 80, true],
  [{ NO_COLOR: '1' }, 80, false],
  [{ FORCE_COLOR: '1' }, undefined, true],
  [{ FORCE_COLOR: '0' }, 80, false],
])('colours with %j and a terminal of %s columns: %s', async (env, terminal, colored) => {
  const space = new Workspace();
  const host = testHost({ env, cwd: space.folder, ...(terminal === undefined ? {} : { terminal }) });
  expect(await main({ ...host, argv: ['doctor', '--ledger', 'l.db'] })).toBe(0);
  expect(host.stdout.text.includes('\u001b[32m')).toBe(colored);
});
