import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { main } from '../../src/cli/main.js';
import type { TELLING_MS } from '../../src/io/notify.js';
import { sales, Workspace } from '../support/cli.js';
import { testHost } from '../support/host.js';
import { receiver } from '../support/receiver.js';
import { convosoServer } from '../support/vendor-server.js';

// Nobody waits for ten seconds here.
vi.mock(import('../../src/io/notify.js'), async (original) => ({
  ...(await original()),
  TELLING_MS: 400 as typeof TELLING_MS,
}));

interface Summary {
  readonly exit_code: number;
  readonly problems: readonly { readonly code: string; readonly message: string }[];
}

interface Post {
  readonly text: string;
  readonly summary: Summary;
}

/** A folder with a file of two sales, and a profile `nightly` that says more. */
function night(url: string, more: string): Workspace {
  const space = new Workspace();
  profile(space, url, more);
  const two: [string, string][] = [
    ['1', '5'],
    ['2', '7.50'],
  ];
  space.write('sales.csv', sales(two));
  return space;
}

function profile(space: Workspace, url: string, more: string): void {
  space.write(
    'revsync.yaml',
    `profiles:\n  nightly:\n    vendor: convoso\n    base_url: ${url}\n    rate: 1000\n${more.replace(/^/gm, '    ')}\n`,
  );
}

const PUSH = ['push', 'sales.csv', '--profile', 'nightly'];
const BAD = 'who,what\nann,5\n';

describe('notify', () => {
  it('tells a command and an address of a push that failed: text for people, the object of --json, no secret', async () => {
    const server = await convosoServer();
    const hook = await receiver();
    const tell = `cat > told.json; env > told.env; echo so it said; pwd`;
    const space = night(
      server.url,
      `notify: { on: failure, command: '${tell}', url: ${hook.url}/T0/B0?x=1 }`,
    );
    space.env = { ...space.env, MINE: `Bearer ${space.token}`, KEPT: 'kept' };
    expect((await space.run(...PUSH)).code).toBe(0);
    expect(hook.asked).toEqual([]);
    expect(existsSync(space.path('told.json'))).toBe(false);

    space.write('sales.csv', `call_log_id,${space.token}\n1,5\n`);
    const ended = await space.run(...PUSH, '--json');
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('so it said\n');
    expect(ended.stderr).toContain(`${space.folder}\n`);
    const [post] = hook.asked;
    if (post === undefined) throw new Error('nobody was told');
    const { method, path, headers, body } = post;
    expect([method, path, headers['content-type']]).toEqual(['POST', '/T0/B0?x=1', 'application/json']);
    const { text, summary } = JSON.parse(body) as Post;
    expect(text).toMatch(
      /^revsync: nightly, convoso\/default: exit 3, the file was refused and nothing was sent: sales\.csv:1: .*; it was exit 0 before\nlook: revsync status/,
    );
    const printed = JSON.parse(ended.stdout) as Summary;
    expect(summary).toEqual(printed);
    expect(JSON.parse(space.read('told.json'))).toEqual(printed);
    expect(printed.problems[0]?.code).toBe('file_refused');
    const given = space.read('told.env');
    expect(given).toContain(`REVSYNC_TEXT=${text}\n`);
    expect(given).toMatch(/^REVSYNC_EXIT_CODE=3$/m);
    expect(given).toMatch(/^REVSYNC_EXIT_CODE_BEFORE=0$/m);
    expect(given).toMatch(/^REVSYNC_PROFILE=nightly$/m);
    expect(given).toMatch(/^REVSYNC_FAILED=nightly$/m);
    expect(given).toMatch(/^KEPT=kept$/m);
    expect(given).not.toMatch(/^(MINE|CONVOSO_AUTH_TOKEN|TRACKDRIVE_API_KEY|INVOCA_OAUTH_TOKEN)=/m);
    const base64 = Buffer.from(space.token).toString('base64');
    for (const told of [body, given, space.read('told.json'), ended.stderr, ended.stdout])
      for (const secret of [space.token, encodeURIComponent(space.token), base64])
        expect(told).not.toContain(secret);
  });

  it('speaks with on: change where the exit code is another one, with always each time, of a dry run never', async () => {
    const server = await convosoServer();
    const [change, always] = [await receiver(), await receiver()];
    const space = night(server.url, `notify: { on: change, url: ${change.url} }`);
    const texts = (): string[] => change.asked.map(({ body }) => (JSON.parse(body) as Post).text);
    const push = async (file: string): Promise<number> => {
      space.write('sales.csv', file);
      await space.run(...PUSH);
      return change.asked.length;
    };
    expect(await push(sales([['1', '5']]))).toBe(0);
    expect(await push(BAD)).toBe(1);
    expect(await push(BAD)).toBe(1);
    expect(await push(sales([['1', '5']]))).toBe(2);
    expect(await push(sales([['1', '5']]))).toBe(2);
    expect(texts()[1]).toMatch(
      /^revsync: nightly, .*: exit 0, all done; unchanged 1 \(5\.00\); it was exit 3 before$/,
    );

    profile(space, server.url, `notify: [./none]`);
    expect((await space.run(...PUSH)).code).toBe(2);
    profile(space, server.url, `notify: { on: always, url: ${always.url} }\nping: ${always.url}/ping`);
    await space.run(...PUSH, '--dry-run');
    expect(always.asked).toEqual([]);
    await space.run(...PUSH);
    expect(always.asked.map(({ path }) => path).sort()).toEqual(['/', '/ping', '/ping/start']);
  });

  it('tells of held rows, a missing credential, a ledger that is held and Ctrl-C too', async () => {
    const hook = await receiver();
    const server = await convosoServer();
    const space = night(server.url, `notify: { on: failure, url: ${hook.url} }`);
    const told = (): Summary | undefined => {
      const post = hook.asked.at(-1);
      return post === undefined ? undefined : (JSON.parse(post.body) as Post).summary;
    };
    await space.run(...PUSH);
    space.write('sales.csv', sales([['1', '6']]));
    expect((await space.run(...PUSH, '--no-correct')).code).toBe(1);
    expect(told()).toMatchObject({ exit_code: 1, command: 'push' });

    const { CONVOSO_AUTH_TOKEN: _token, ...bare } = space.env;
    const env = space.env;
    space.env = bare;
    const missing = await space.run(...PUSH, '--json');
    expect(missing.code).toBe(2);
    expect(told()).toMatchObject({ exit_code: 2, problems: [{ code: 'credentials' }] });
    space.env = env;
    expect((await space.run('status')).stdout).toMatch(
      /sales\.csv: .*, exit 2, nothing was sent: CONVOSO_AUTH_TOKEN is not set/,
    );

    const silent = await receiver(() => undefined);
    profile(space, silent.url, `notify: { on: failure, url: ${hook.url} }`);
    const first = space.start('push', 'sales.csv', '--vendor', 'convoso', '--base-url', silent.url);
    await silent.until(1);
    expect((await space.run(...PUSH)).code).toBe(6);
    expect(told()).toMatchObject({ exit_code: 6, problems: [{ code: 'locked' }] });
    first.process.kill('SIGKILL');
    await first.ended;

    const stop = new AbortController();
    const host = testHost({ env: space.env, cwd: space.folder, signal: stop.signal });
    const running = main({ ...host, argv: [...PUSH, '--timeout', '1'] });
    await silent.until(2);
    stop.abort('SIGINT');
    expect(await running).toBe(130);
    expect(told()).toMatchObject({ exit_code: 130 });
  }, 30_000);

  it('is a warning where the receiver refuses, sends elsewhere, has gone, or the command fails, and nothing of its address is said', async () => {
    const server = await convosoServer();
    const elsewhere = await receiver();
    const refusing = await receiver((response) => response.writeHead(500).end());
    const leading = await receiver((response) => response.writeHead(307, { location: elsewhere.url }).end());
    const space = night(server.url, '');
    const warned = async (more: string): Promise<string> => {
      profile(space, server.url, more);
      const { code, stdout, stderr } = await space.run(...PUSH, '--json');
      expect(code).toBe(0);
      const { warnings } = JSON.parse(stdout) as { warnings: string[] };
      for (const warning of warnings) expect(stderr).toContain(`${warning}\n`);
      return warnings.join('\n');
    };
    expect(await warned(`notify: { on: always, url: ${refusing.url}/T0-secret }`)).toBe(
      `notify.url of profile nightly (${refusing.url}) could not be told: it answered 500`,
    );
    expect(await warned(`ping: ${leading.url}/T0-secret`)).toBe(
      `ping of profile nightly (${leading.url}) could not be told: it answered 307, and redirects are not followed`,
    );
    expect(elsewhere.asked).toEqual([]);
    expect(await warned('notify: { on: always, url: "http://127.0.0.1:1/T0-secret" }')).toMatch(
      /^notify\.url of profile nightly \(http:\/\/127\.0\.0\.1:1\) could not be told: connect ECONNREFUSED 127\.0\.0\.1:1$/,
    );
    expect(await warned('notify: { on: always, command: exit 3 }')).toBe(
      'notify.command of profile nightly could not be told: it ended with 3',
    );
    expect(await warned('notify: { on: always, command: [./not-there, $HOME] }')).toBe(
      'notify.command of profile nightly could not be told: spawn ./not-there ENOENT',
    );
    expect(
      await warned(`notify: { on: always, command: [/bin/sh, -c, 'printf %s "$0" > said', "a b"] }`),
    ).toBe('');
    expect(space.read('said')).toBe('a b');
  });

  it('gives up those who hang, and ends a command with everything that it began', async () => {
    const server = await convosoServer();
    const hanging = await receiver(() => undefined);
    const command = 'sleep 600 & echo $! > pid; wait';
    const space = night(
      server.url,
      `notify: { on: always, command: '${command}', url: ${hanging.url} }\nping: ${hanging.url}/ping`,
    );
    const { code, stdout } = await space.run(...PUSH, '--json');
    expect(code).toBe(0);
    const { warnings } = JSON.parse(stdout) as { warnings: string[] };
    expect([...warnings].sort()).toEqual([
      'notify.command of profile nightly could not be told: no end within 10 s',
      `notify.url of profile nightly (${hanging.url}) could not be told: no end within 10 s`,
      `ping of profile nightly (${hanging.url}) could not be told: no end within 10 s`,
    ]);
    const pid = Number(space.read('pid'));
    await vi.waitFor(() => expect(isThere(pid)).toBe(false), 5000);
  });

  it('ends at once with a second Ctrl-C, and what a command began does too', async () => {
    const held = await receiver(() => undefined);
    const space = night(held.url, `notify: { on: failure, command: 'sleep 600 & echo $! > pid; wait' }`);
    const { process, ended } = space.start(...PUSH, '--timeout', '1', '--retries', '0');
    await held.until(1);
    process.kill('SIGINT');
    await vi.waitFor(() => expect(Number(space.read('pid'))).toBeGreaterThan(0), 20_000);
    process.kill('SIGINT');
    expect((await ended).code).toBe(130);
    const pid = Number(readFileSync(space.path('pid'), 'utf8'));
    await vi.waitFor(() => expect(isThere(pid)).toBe(false), 5000);
  }, 40_000);

  it('is refused in a profile where the address would show it to the network, by the name of the field alone', async () => {
    const space = night('http://127.0.0.1:9', '');
    const problems = async (more: string): Promise<string> => {
      profile(space, 'http://127.0.0.1:9', more);
      const { code, stderr } = await space.run(...PUSH);
      expect(code).toBe(2);
      return stderr;
    };
    const wanted = 'is not an address of https, or of http on this machine, without user and password';
    expect(await problems('notify: { url: "http://hooks.example.com/T0" }')).toBe(
      `revsync: revsync.yaml:6: profiles.nightly.notify.url: a text ${wanted}\n`,
    );
    expect(await problems('ping: https://u:p@hc.example.com/T0')).toBe(
      `revsync: revsync.yaml:6: profiles.nightly.ping: a text ${wanted}\n`,
    );
    expect(await problems('notify: { on: change }')).toContain('a command, a url or both');
    expect(await problems('notify: { on: never, command: x }')).toContain('one of change, failure, always');
    expect(await problems('notify: { urls: x }')).toContain(
      'profiles.nightly.notify.urls: no such key; did you mean url?',
    );
  });
});

describe('ping', () => {
  it('begins with ADDRESS/start, and ends with ADDRESS or ADDRESS/fail, before what is asked', async () => {
    const server = await convosoServer();
    const check = await receiver();
    const space = night(server.url, `ping: ${check.url}/8f1c?who=me`);
    await space.run(...PUSH);
    space.write('sales.csv', BAD);
    await space.run(...PUSH);
    expect(check.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /8f1c/start?who=me',
      'GET /8f1c?who=me',
      'GET /8f1c/start?who=me',
      'GET /8f1c/fail?who=me',
    ]);
  });
});

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // One that nobody has waited for yet is as good as gone.
  return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}
