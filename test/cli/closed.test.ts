import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandOf } from '../../src/cli/next-command.js';
import { BIN, sales, Workspace } from '../support/cli.js';
import { testHost } from '../support/host.js';
import { READS_ENV_FILE } from '../support/own-node.js';

/** What only Node says. */
const OF_NODE = /node:|^\s+at |EPIPE|Node\.js v/m;

/** What a shell makes of a line in that folder; the program is `$revsync`, called as a command is. */
function shell(space: Workspace, line: string): { readonly stdout: string; readonly stderr: string } {
  const env = {
    ...space.env,
    revsync: BIN,
    PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
  };
  return spawnSync('bash', ['-c', line], {
    cwd: space.folder,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

describe('a reader that goes away', () => {
  it.each([
    ['--help', 0],
    ['', 0],
    ['push --help all', 0],
    ['--version', 0],
    ['vendors', 0],
    ['vendors --json', 0],
    ['schema', 0],
    ['completion bash', 0],
    ['push --nonsense', 2],
    ['push --nonsense --json', 2],
    ['nonsense', 2],
    ['help nonsense', 2],
    ['push nothing.csv --vendor convoso --sandbox --json', 3],
  ])('of `revsync %s` has no word of Node, and changes no exit code', (args, code) => {
    const space = new Workspace();
    mkdirSync(dirname(space.ledger), { recursive: true });
    const first = shell(space, `($revsync ${args}; echo $? >code) | head -1`);
    expect(first.stderr).not.toMatch(OF_NODE);
    expect(space.read('code')).toBe(`${code}\n`);
    const none = shell(space, `($revsync ${args} 2>&1; echo $? >code) | true; cat code`);
    expect(none.stdout).toBe(`${code}\n`);
    expect(none.stderr).toBe('');
  });

  it('is told from one that has no room', () => {
    const { stdout, stderr } = shell(new Workspace(), '$revsync --help >/dev/full; echo $?');
    expect([stdout, stderr]).toEqual([
      '1\n',
      'revsync: standard output: ENOSPC: no space left on device, write; what was printed is not whole\n',
    ]);
  });
});

/** The exit code where there is no file, and what is said. */
const MISSING = READS_ENV_FILE
  ? (['9\n', 'node: /nope: not found\n'] as const)
  : (['2\n', 'revsync: --env-file /nope: cannot be read (ENOENT)\n'] as const);

describe('--env-file', () => {
  const line = 'push sales.csv --vendor convoso --base-url http://127.0.0.1:9 --ledger l.db';
  const withSales = (): Workspace => {
    const space = new Workspace();
    space.write('sales.csv', sales([['100125', '5.00']]));
    return space;
  };

  it.each(['--env-file=/nope', '--env-file /nope'])(
    '%s says in words of revsync that there is no file',
    (option) => {
      const { stdout, stderr } = shell(withSales(), `$revsync ${line} ${option}; echo $?`);
      expect([stdout, stderr]).toEqual(MISSING);
    },
  );

  // Node would read the argument of npx itself, which is a script of Node too.
  it('says so through the link that npm makes, and through npx, behind `--`', () => {
    const space = withSales();
    mkdirSync(space.path('node_modules/.bin'), { recursive: true });
    symlinkSync(BIN, space.path('node_modules/.bin/revsync'));
    const { stdout, stderr } = shell(
      space,
      `node_modules/.bin/revsync ${line} --env-file=/nope; npx --no-install -- revsync ${line} --env-file=/nope; echo $?`,
    );
    expect([stdout, stderr]).toEqual([MISSING[0], MISSING[1].repeat(2)]);
  });

  it('says so in a clone, where `--` stands before the file', () => {
    const { stdout, stderr } = shell(withSales(), `node -- $revsync ${line} --env-file=/nope; echo $?`);
    expect([stdout, stderr]).toEqual(MISSING);
  });

  it('is read by revsync and not by Node, of which it could change what it is', () => {
    const space = withSales();
    space.write('node.env', 'NODE_OPTIONS=--nonsense\nNODE_DEBUG=fs\n');
    const { stdout, stderr } = shell(space, `$revsync ${line} --dry-run --env-file=node.env; echo $?`);
    expect(stdout).toBe(READS_ENV_FILE ? '9\n' : '0\n');
    if (!READS_ENV_FILE) expect(stderr).not.toMatch(/nonsense|^FS /m);
  });

  it('has `--` before the file of the program in every command of a clone that names one', () => {
    const host = { ...testHost({ cwd: '/clone' }), script: '/clone/bin/revsync.js' };
    expect(commandOf(host, ['push', 'x.csv'])).toBe('node bin/revsync.js push x.csv');
    const npx = { ...host, script: '/clone/node_modules/.bin/revsync' };
    expect(commandOf(npx, ['push', 'x.csv', '--env-file', '.env'])).toBe(
      'npx -- revsync push x.csv --env-file .env',
    );
    expect(commandOf(host, ['push', 'x.csv', '--env-file', '.env'])).toBe(
      'node -- bin/revsync.js push x.csv --env-file .env',
    );
  });
});
