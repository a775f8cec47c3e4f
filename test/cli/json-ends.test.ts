import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.js';
import { SETTINGS } from '../../src/cli/settings.js';
import { SqliteLedger } from '../../src/io/ledger/ledger.js';
import type { Interrupt } from '../../src/core/events.js';
import { FIXTURES, sales, Workspace } from '../support/cli.js';
import { testHost } from '../support/host.js';
import { expectOutput } from '../support/output-schema.js';
import { answeringServer, convosoServer, vendorServer } from '../support/vendor-server.js';

/** The exit codes that every command was seen with. */
const SEEN = new Map<string, Set<number>>();

interface Told {
  readonly exit_code: number;
  readonly problems: readonly {
    readonly code: string;
    readonly message: string;
    readonly remedy: string | null;
  }[];
}

/** Runs a command with `--json` in this process, checks what it prints, and returns that. */
async function ends(
  space: Workspace,
  code: number,
  args: readonly string[],
  more: { readonly signal?: Interrupt; readonly now?: () => number } = {},
): Promise<Told> {
  const { signal, now } = more;
  const interrupt = new AbortController();
  if (signal !== undefined) interrupt.abort(signal);
  mkdirSync(dirname(space.ledger), { recursive: true });
  const host = testHost({ env: space.env, cwd: space.folder, signal: interrupt.signal });
  host.stdin.end('');
  const argv = [...args, '--json'];
  const ended = await main({ ...host, argv, ...(now === undefined ? {} : { now }) }).catch(() => 1);
  expect([ended, host.stderr.text]).toEqual([code, expect.anything()]);
  const [command = ''] = args;
  SEEN.set(command, (SEEN.get(command) ?? new Set()).add(code));
  return expectOutput(argv, code, host.stdout.text) as Told;
}

const TO = ['push', 'sales.csv', '--vendor', 'convoso'];
const codes = ({ problems }: Told): string[] => problems.map(({ code }) => code);

/** One sale, and a convoso that takes it. */
async function desk() {
  const space = new Workspace();
  space.write('sales.csv', sales([['1', '5.00']]));
  const server = await convosoServer();
  return { space, push: [...TO, '--base-url', server.url, '--rate', '1000', '--retries', '0'] };
}

afterAll(() => {
  // Every command that takes --json came here, and every exit code of a push.
  expect([...SEEN.keys()].sort()).toEqual([...SETTINGS.json.on].sort());
  const all = [0, 1, 2, 3, 4, 5, 6, 129, 130, 143];
  expect([...(SEEN.get('push') ?? [])].sort((one, two) => one - two)).toEqual(all);
  for (const command of SETTINGS.json.on) expect([...(SEEN.get(command) ?? [])]).toContain(2);
});

describe('--json prints its one object', () => {
  it('of a push that ends with each of its exit codes', async () => {
    const { space, push } = await desk();
    expect(codes(await ends(space, 0, push))).toEqual([]);
    space.write(
      'sales.csv',
      sales([
        ['1', '5.00'],
        ['2', 'x'],
      ]),
    );
    expect(await ends(space, 1, push)).toMatchObject({
      problems: [{ code: 'not_an_amount', file: 'sales.csv', line: 3 }],
    });
    space.write('sales.csv', 'nothing,of,this\n1,2,3\n');
    expect(codes(await ends(space, 3, push))).toContain('file_refused');
    space.write('sales.csv', sales([['3', '5.00']]));
    const refusing = await answeringServer(() => ({ status: 401, body: '' }));
    const refused = await ends(space, 4, [...TO, '--base-url', refusing.url]);
    expect(refused.problems[0]).toMatchObject({
      code: 'account_refused',
      remedy: 'check the credential: CONVOSO_AUTH_TOKEN, from the environment',
    });
    for (const [signal, code] of [
      ['SIGHUP', 129],
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const)
      expect(codes(await ends(space, code, push, { signal }))).toEqual(['interrupted']);
  });

  it('of a plan, and of what applies it', async () => {
    const { space, push } = await desk();
    expect(await ends(space, 0, [...push, '--plan', 'plan.json'])).toMatchObject({
      run: 'run-1',
      dry_run: true,
    });
    expect(await ends(space, 0, ['plan', 'plan.json'])).toMatchObject({ run: 'run-1', applied: [] });
    expect(await ends(space, 0, ['apply', 'run-1'])).toMatchObject({ run: 'run-2', applies: 'run-1' });
    expect(codes(await ends(space, 2, ['plan', 'run-2']))).toEqual(['usage']);
    expect(codes(await ends(space, 2, ['apply', 'run-2']))).toEqual(['usage']);
    space.write('plan.json', space.read('plan.json').replace('"create"', '"correct"'));
    await ends(space, 3, ['plan', 'plan.json']);
    expect(codes(await ends(space, 3, ['apply', 'plan.json']))).toEqual(['file_refused']);
  });

  it('of an undo', async () => {
    const { space, push } = await desk();
    await ends(space, 0, push);
    expect(await ends(space, 0, ['undo', 'run-1', '--dry-run'])).toMatchObject({
      run: null,
      undoes: 'run-1',
    });
    expect(await ends(space, 0, ['undo', '1'])).toMatchObject({
      command: 'undo',
      run: 'run-2',
      undoes: 'run-1',
    });
    await ends(space, 0, [...push, '--older']);
    expect(codes(await ends(space, 3, ['undo', 'run-2']))).toEqual(['file_refused', 'file_refused']);
    expect(codes(await ends(space, 2, ['undo', 'run-9']))).toEqual(['usage']);
  });

  it('of usage, a profile, a credential and a ledger that are wrong, and of a ledger that is held', async () => {
    const { space, push } = await desk();
    expect(codes(await ends(space, 2, ['push', 'sales.csv', '--vendor', 'psuh']))).toEqual(['usage']);
    const both = [...push, '--quiet', '--verbose', '--out', '-'];
    expect(codes(await ends(space, 2, both))).toEqual(['usage', 'usage']);
    expect(codes(await ends(space, 2, ['push']))).toEqual(['usage']);
    expect(await ends(space, 2, [...push, '--nonsense'])).toMatchObject({
      problems: [
        { code: 'usage', message: expect.stringMatching(/^there is no option --nonsense$/) as string },
      ],
    });
    space.write('revsync.yaml', 'profiles:\n  night:\n    vendor: convoso\n    rte: 5\n');
    expect(codes(await ends(space, 2, ['push', 'sales.csv', '--profile', 'night']))).toEqual(['profile']);
    const { CONVOSO_AUTH_TOKEN: _token, ...env } = space.env;
    const bare = Object.assign(new Workspace(), { env: { ...env, REVSYNC_LEDGER: space.ledger } });
    bare.write('sales.csv', sales([['1', '5.00']]));
    expect(codes(await ends(bare, 2, push))).toEqual(['credentials']);
    await ends(space, 0, push);
    const [, , , , , url = ''] = push;
    const held = SqliteLedger.open(space.ledger, { vendor: 'convoso', account: 'default', origin: url });
    const locked = await ends(space, 6, push);
    expect(locked).toMatchObject({
      command: 'push',
      problems: [{ code: 'locked', remedy: 'wait for the other run to end' }],
    });
    await held.close();
    space.write('torn.db', 'no ledger at all, but a text of some length'.repeat(100));
    expect(codes(await ends(space, 2, [...push, '--ledger', 'torn.db']))).toEqual(['ledger']);
  });

  it('of a bug, once, before its stack is told', async () => {
    const { space, push } = await desk();
    await ends(space, 0, push);
    const now = (): number => {
      throw new TypeError('no such thing');
    };
    expect((await ends(space, 1, ['status'], { now })).problems).toMatchObject([
      { code: 'bug', message: 'TypeError: no such thing' },
    ]);
  });

  it('of everything that is asked of a ledger with an unknown key', async () => {
    const space = new Workspace();
    const server = await vendorServer('tldcrm', { faults: 'reset-after@1' });
    space.write('sales.csv', 'did,cid,cost,call_date\n8005550100,5125550123,32.50,2026-11-19 09:00:00\n');
    const push = ['push', 'sales.csv', '--vendor', 'tldcrm', '--base-url', server.url, '--new-ledger'];
    const told = await ends(space, 5, [...push, '--rate', '1000', '--timezone', 'UTC']);
    expect(told.problems).toMatchObject([{ code: 'lost_reply', file: 'sales.csv', line: 2 }]);
    expect(told.problems[0]?.remedy).toMatch(
      /^revsync resolve --accepted .* or revsync resolve --not-applied /,
    );
    expect(codes(await ends(space, 5, ['status']))).toContain('unknown');
    await ends(space, 0, ['runs']);
    await ends(space, 0, ['results', '1']);
    await ends(space, 2, ['results', '9']);
    const key = space.rows('sales.results.csv')[0]?.['revsync_key'] ?? '';
    await ends(space, 0, ['history', key]);
    await ends(space, 1, ['history', 'another']);
    await ends(space, 2, ['resolve', key]);
    await ends(space, 2, ['resolve', 'another', '--accepted', '--why', 'seen']);
    expect(await ends(space, 0, ['resolve', key, '--accepted', '--why', 'seen'])).toMatchObject({
      keys: [{ key, vendor: 'tldcrm', amount: '32.50', settled_as: 'accepted' }],
    });
    await ends(space, 0, ['resolve', key, '--undo', '--why', 'wrong row']);
    await ends(space, 0, ['ledger', 'check']);
    await ends(space, 0, ['ledger', 'backup', '--out', 'copy.db']);
    await ends(space, 2, ['ledger', 'backup', '--out', 'copy.db']);
    await ends(space, 0, ['runs', '--prune', '0']);
    await ends(space, 2, ['runs', '--ledger', 'none.db']);
    await ends(space, 2, ['history', 'x', '--ledger', 'none.db']);
    await ends(space, 2, ['status', '--ledger', 'none.db']);
    await ends(space, 0, ['report', '--run', '1']);
    await ends(space, 2, ['report', '--run', '9']);
    await ends(space, 2, ['report', '--run', '1', '--out', 'x.csv']);
    space.write('none.csv', 'nothing\n1\n');
    expect(codes(await ends(space, 3, ['report', 'none.csv']))).toContain('file_refused');
    await ends(space, 130, ['report', '--run', '1'], { signal: 'SIGINT' });
  });

  it('of a comparison, a pull, a proposal and what needs no ledger', async () => {
    const { space, push } = await desk();
    const reconcile = ['reconcile', ...push.slice(1, 6), '--from-ledger'];
    await ends(space, 2, [...reconcile, '--nonsense']);
    await ends(space, 0, push);
    await ends(space, 0, reconcile);
    space.write('sales.csv', sales([['1', '6.00']]));
    expect(codes(await ends(space, 1, reconcile))).toEqual(['breaks']);
    space.write('sales.csv', 'nothing,of,this\n1,2,3\n');
    expect(codes(await ends(space, 3, reconcile))).toContain('file_refused');
    await ends(space, 143, reconcile, { signal: 'SIGTERM' });
    const invoca = await vendorServer('invoca', {});
    const pull = ['pull', 'invoca', '--base-url', invoca.url];
    expect(codes(await ends(space, 2, pull))).toContain('usage');
    await ends(space, 0, [...pull, '--network', '33']);
    expect(codes(await ends(space, 2, [...pull, '--network', '33']))).toEqual(['too_soon']);
    const refusing = await answeringServer(() => ({ status: 401, body: '{}' }));
    const other = ['pull', 'invoca', '--base-url', refusing.url, '--network', '34'];
    expect(codes(await ends(space, 4, other))).toEqual(['account_refused']);
    await ends(space, 130, [...pull, '--network', '35'], { signal: 'SIGINT' });
    await ends(space, 1, [...pull, '--network', '33', '--call', 'none', '--out', 'call.csv']);
    const init = ['init', `${FIXTURES}convoso/sales.csv`, '--vendor', 'convoso', '--config', 'new.yaml'];
    expect(codes(await ends(space, 2, init))).toEqual(expect.arrayContaining(['nothing_written']));
    await ends(space, 0, [...init, '--yes']);
    await ends(space, 3, ['init', 'none.csv', '--vendor', 'convoso']);
    await ends(space, 0, ['vendors']);
    await ends(space, 0, ['vendors', 'invoca']);
    await ends(space, 2, ['vendors', 'none']);
    await ends(space, 0, ['explain', 'conflict']);
    await ends(space, 2, ['explain', 'conflit']);
    expect(await ends(space, 0, ['explain', '1'])).toMatchObject({ keys: [{ key: '1' }] });
    const row = ['explain', 'sales.csv:2', ...push.slice(2, 6)];
    expect(codes(await ends(space, 3, row))).toContain('file_refused');
    expect(codes(await ends(space, 130, row, { signal: 'SIGINT' }))).toEqual(['interrupted']);
    await ends(space, 0, ['doctor']);
    await ends(space, 2, ['doctor', '--vendor', 'none']);
  });

  it('of a command that a second signal ends at once, which says so on a line of its own', async () => {
    const space = new Workspace();
    const server = await convosoServer({ latencyMs: 30_000 });
    space.write('sales.csv', sales([['1', '5.00']]));
    const running = space.start(...TO, '--base-url', server.url, '--json');
    while (server.requests() === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    running.process.kill('SIGINT');
    await once(running.process.stderr, 'data');
    running.process.kill('SIGINT');
    const { code, stdout, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(expectOutput(['push', '--json'], code, stdout)).toMatchObject({
      problems: [{ code: 'interrupted' }],
    });
    expect(stderr).toMatch(
      /\nSIGINT again: ended at once; the next push of the same file looks after the rows that were in flight\n$/,
    );
  });
});
