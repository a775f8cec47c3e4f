import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { completionsFor, type Completions } from '../../src/cli/completions.js';
import { buildProgram } from '../../src/cli/program.js';
import { REPORTS, VENDORS } from '../../src/vendors/index.js';
import { NOTHING_AT_HAND } from '../support/at-hand.js';
import { BIN, Workspace } from '../support/cli.js';
import { testHost } from '../support/host.js';
import { silentServer } from '../support/silent-server.js';

const PROGRAM = buildProgram(testHost(), () => undefined);
const IDS = VENDORS.map(({ id }) => id);

function complete(...words: string[]): Promise<Completions> {
  return completionsFor(PROGRAM, words, NOTHING_AT_HAND);
}

async function wordsAt(...words: string[]): Promise<string[]> {
  return (await complete(...words)).suggestions.map(({ word }) => word);
}

describe('what may stand at the cursor', () => {
  it('is a command, with what it does', async () => {
    expect(await wordsAt('')).toEqual([...PROGRAM.commands.map((command) => command.name()), 'help']);
    expect(await complete('pus')).toEqual({
      suggestions: [{ word: 'push', about: 'send what a sales CSV says and the vendor does not hold yet' }],
      files: false,
    });
    expect(await wordsAt('--color', 'dry')).toEqual([]);
    expect(await wordsAt('--color', 'doc')).toEqual(['doctor']);
  });

  it('is an option of the command or of all commands', async () => {
    expect(await wordsAt('runs', '--')).toEqual([
      ...['--ledger', '--prune', '--yes', '--json', '--last', '--help'],
      ...['--version', '--color', '--no-color'],
    ]);
    expect(await wordsAt('push', 'sales.csv', '--dr')).toEqual(['--dry-run']);
    expect(await wordsAt('runs', '--dr')).toEqual([]);
    expect(await wordsAt('--v')).toEqual(['--version']);
    expect(await wordsAt('push', '--help', '')).toEqual(['all']);
  });

  it('is a value of the option before it, or of the one that is being written', async () => {
    expect(await wordsAt('push', 'sales.csv', '--vendor', '')).toEqual(IDS);
    expect(await wordsAt('push', 'sales.csv', '--vendor', 'invoca-')).toEqual(['invoca-signals']);
    expect(await wordsAt('push', '--vendor=tld')).toEqual(['tldcrm']);
    expect(await wordsAt('reconcile', '--decimal', '')).toEqual(['.', ',']);
    expect(await wordsAt('push', '--timezone', 'America/New_')).toEqual(['America/New_York']);
    expect(await wordsAt('push', '--timezone=UT')).toEqual(['UTC']);
    expect((await complete('push', '--currency', 'EUR')).suggestions).toEqual([
      { word: 'EUR', about: 'Euro' },
    ]);
    expect(await wordsAt('push', '--delimiter', 's')).toEqual(['semicolon']);
    expect(await wordsAt('init', '--date-format', '')).toEqual(['mdy', 'dmy', 'ymd']);
    expect(await wordsAt('push', '--dry-run=')).toEqual([]);
  });

  it('is an argument, as many as the command takes', async () => {
    expect(await wordsAt('vendors', '')).toEqual(IDS);
    expect(await wordsAt('vendors', 'convoso', '')).toEqual([]);
    expect(await wordsAt('pull', '')).toEqual(REPORTS.map(({ vendor }) => vendor));
    expect(await wordsAt('completion', '')).toEqual(['bash', 'zsh', 'fish', 'powershell']);
  });

  it('is a file where one is read or written, and nowhere else', async () => {
    for (const words of [
      ['push', ''],
      ['push', 'sales.csv', 'more'],
      ['push', '--dry-run', ''],
      ['push', '--', '--strange-name'],
      ['reconcile', 's'],
      ['reconcile', 'sales.csv', '--against', ''],
      ['push', '--out='],
      ['sandbox', '--books', 'b'],
    ])
      expect([words, await complete(...words)]).toEqual([words, { suggestions: [], files: true }]);
    for (const words of [
      ['reconcile', 'sales.csv', ''],
      ['results', ''],
      ['push', '--limit', ''],
      ['push', '--vendor', 'nobody'],
      ['no-such-command', ''],
      ['push', '--no-such-option', ''],
    ])
      expect([words, await complete(...words)]).toEqual([words, { suggestions: [], files: false }]);
  });

  it('is known for every option that takes a value, but those that only the user knows', async () => {
    const unknown = new Set<string>();
    for (const command of PROGRAM.commands)
      for (const { long, required, optional } of command.options) {
        if (long == null || !(required || optional)) continue;
        const { suggestions, files } = await complete(command.name(), long, '');
        if (suggestions.length === 0 && !files) unknown.add(long);
      }
    expect([...unknown].sort()).toEqual([
      ...[
        '--account',
        '--advertiser',
        '--affiliate',
        '--amount',
        '--base-url',
        '--call',
        '--column',
        '--columns',
      ],
      ...[
        '--commission-rate',
        '--concurrency',
        '--constant',
        '--deadline',
        '--expect-rows',
        '--expect-total',
      ],
      ...['--export-header-row', '--export-made', '--export-ref', '--faults'],
      ...[
        '--from',
        '--header-row',
        '--ignore-column',
        '--key',
        '--last',
        '--latency',
        '--limit',
        '--max-age',
        '--max-errors',
        '--max-invalid',
      ],
      ...[
        '--max-rate',
        '--max-reversed',
        '--max-total',
        '--min-rows',
        '--network',
        '--only',
        '--page-rows',
        '--port',
        '--profile',
        '--prune',
        '--pusher',
        '--rate',
        '--reader',
        '--retries',
      ],
      ...[
        '--reversal-column',
        '--reversal-values',
        '--run',
        '--timeout',
        '--to',
        '--tolerance',
        '--value',
        '--wait',
        '--why',
      ],
    ]);
  });
});

/** A sale whose answer never came, as run 2. */
async function withUnknownKey(space: Workspace): Promise<{ key: string; about: string }> {
  const { url } = await silentServer();
  space.write('one.csv', 'did,cid,call date,revenue\n3105550100,7025550101,2026-03-02 10:00:00,40.00\n');
  const to = ['--vendor', 'tldcrm', '--base-url', url, '--timezone', 'America/New_York'];
  await space.run('push', 'one.csv', ...to, '--timeout', '0.2', '--rate', '1000', '--new-ledger');
  const [row] = space.rows('one.results.csv');
  return { key: row?.['revsync_key'] ?? '', about: 'unknown since run-2, tldcrm' };
}

describe('what may stand at the cursor, of what is at hand', () => {
  async function suggested(space: Workspace, ...words: string[]): Promise<string[]> {
    const { code, stdout, stderr } = await space.run('completion', 'complete', '--', ...words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout.trimEnd().split('\n').slice(0, -1);
  }
  const CONFIG = 'profiles:\n  day: { vendor: convoso }\n  night: { vendor: tldcrm }\n';

  it('is a profile of the file that is named, or of this folder', async () => {
    const space = new Workspace();
    expect(await suggested(space, 'push', '--profile', '')).toEqual([]);
    space.write('revsync.yaml', CONFIG);
    expect(await suggested(space, 'push', '--profile', '')).toEqual(['day\tconvoso', 'night\ttldcrm']);
    expect(await suggested(space, 'push', '--profile=n')).toEqual(['night\ttldcrm']);
    space.write('other.yaml', 'profiles:\n  week: { vendor: ringba }\n');
    expect(await suggested(space, 'reconcile', '--config', 'other.yaml', '--profile', '')).toEqual([
      'week\tringba',
    ]);
    expect(await suggested(space, 'push', '--config=other.yaml', '--profile', '')).toEqual(['week\tringba']);
    expect(await suggested(space, 'init', '--profile', '')).toEqual([]);
    space.write('revsync.yaml', 'profiles: [wrong]\n');
    expect(await suggested(space, 'push', '--profile', '')).toEqual([]);
  });

  it('is a field of the vendor that is named, or of that of the profile', async () => {
    const space = new Workspace();
    space.write('revsync.yaml', CONFIG);
    const fieldsOf = (id: string): string[] =>
      VENDORS.filter((vendor) => vendor.id === id).flatMap(({ columns }) =>
        columns.map(({ field, about }) => `${field}=\t${about}`),
      );
    expect(await suggested(space, 'push', '--vendor', 'convoso', '--column', '')).toEqual(
      fieldsOf('convoso'),
    );
    expect(await suggested(space, 'push', '--profile', 'night', '--constant', '')).toEqual(
      fieldsOf('tldcrm'),
    );
    const all = await suggested(space, 'push', '--column', '');
    for (const line of [...fieldsOf('convoso'), ...fieldsOf('ringba')])
      expect(all.map((one) => one.split('\t')[0])).toContain(line.split('\t')[0]);
  });

  it('is a run or an unknown key of the ledger, which stays as it is', async () => {
    const space = new Workspace();
    expect(await suggested(space, 'results', '')).toEqual([]);
    space.write('sales.csv', 'Call Log ID,Sale Amount\n100125,50.00\n100126,60.00\n');
    await space.run('push', 'sales.csv', '--vendor', 'convoso', '--sandbox');
    expect(await suggested(space, 'results', '')).toEqual([
      expect.stringMatching(/^run-1\t\d{4}-\d\d-\d\d .*, convoso, 2 rows$/),
    ]);
    expect(await suggested(space, 'report', '--ledger', '--run', 'run-')).toEqual([
      expect.stringMatching(/^run-1\t/),
    ]);
    expect(await suggested(space, 'results', '--ledger', 'nothing.db', '')).toEqual([]);

    const { key, about } = await withUnknownKey(space);
    const runs: unknown[] = [
      expect.stringMatching(/^run-2\t.*, tldcrm, 1 row$/),
      expect.stringMatching(/^run-1\t/),
    ];
    expect(await suggested(space, 'resolve', '')).toEqual([`${key}\t${about}`, ...runs]);
    const before = readFileSync(space.ledger);
    expect(await suggested(space, 'history', '--ledger', space.ledger, key.slice(0, 4))).toEqual([
      `${key}\t${about}`,
    ]);
    expect(readFileSync(space.ledger).equals(before)).toBe(true);
  });
});

/** A folder in which `revsync` is a command. */
function workspaceWithCommand(): Workspace {
  const space = new Workspace();
  mkdirSync(space.path('bin'));
  const command = space.write('bin/revsync', `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`);
  chmodSync(command, 0o755);
  space.env['PATH'] = `${space.path('bin')}:${space.env['PATH'] ?? ''}`;
  return space;
}

/** What bash would put at the cursor, by the words as bash breaks them, and whether it would add names of files. */
async function bashReply(space: Workspace, words: readonly string[]): Promise<string[]> {
  const line = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const script = `
    source <(revsync completion bash)
    compopt() { printf 'compopt %s\\n' "$*"; }
    COMP_WORDS=(revsync ${line}) COMP_CWORD=${words.length}
    $(complete -p revsync | sed 's/.*-F \\([^ ]*\\) revsync$/\\1/')
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { code, stdout, stderr } = await space.spawn('bash', ['--norc', '--noprofile', '-c', script]).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trimEnd().split('\n');
}

const WITHOUT_FILES = 'compopt +o default +o bashdefault';

describe('the script for bash', () => {
  it('completes commands, options and values', async () => {
    const space = workspaceWithCommand();
    expect(await bashReply(space, ['pu'])).toEqual([WITHOUT_FILES, 'push', 'pull']);
    expect(await bashReply(space, ['push', 'sales.csv', '--no-p'])).toEqual([WITHOUT_FILES, '--no-progress']);
    expect(await bashReply(space, ['push', '--vendor', ''])).toEqual([WITHOUT_FILES, ...IDS]);
  });

  it('puts together what bash breaks at = and :', async () => {
    const space = workspaceWithCommand();
    const url = ['--base-url', 'http', ':', '//127.0.0.1', ':', '8080'];
    expect(await bashReply(space, ['push', ...url, '--vendor', '=', 'tld'])).toEqual([
      WITHOUT_FILES,
      'tldcrm',
    ]);
    expect(await bashReply(space, ['push', '--vendor', '='])).toEqual([WITHOUT_FILES, ...IDS]);
    expect(await bashReply(space, ['push', 'C', ':', '/sales.csv', '--once', '--cu'])).toEqual([
      WITHOUT_FILES,
      '--currency',
    ]);
  });

  it('quotes what a shell would read otherwise, and goes on behind a colon', async () => {
    const space = workspaceWithCommand();
    space.write('sales.csv', 'Call Log ID,Sale Amount\n100125,50.00\n');
    await space.run('push', 'sales.csv', '--vendor', 'convoso', '--sandbox');
    const { key } = await withUnknownKey(space);
    const quoted = key.replace(/[| ]/g, '\\$&');
    expect(await bashReply(space, ['history', ''])).toEqual([WITHOUT_FILES, quoted]);
    const begun = quoted.slice(0, quoted.indexOf(':') + 1);
    const behind = quoted.slice(begun.length);
    expect(await bashReply(space, ['history', begun.slice(0, -1), ':'])).toEqual([WITHOUT_FILES, behind]);
    expect((await bashReply(space, ['push', '--vendor', 'convoso', '--column', 'call'])).slice(1)).toEqual([
      'compopt -o nospace',
      'call_id=',
    ]);
  });

  it('leaves files to bash, where there may be one', async () => {
    const space = workspaceWithCommand();
    expect(await bashReply(space, ['push', 'sal'])).toEqual(['']);
    const { stdout } = await space.spawn('bash', [
      ...['--norc', '--noprofile', '-c'],
      'source <(revsync completion bash); complete -p revsync',
    ]).ended;
    expect(stdout).toContain('-o default');
  });

  it('runs nothing of what has been typed', async () => {
    const space = workspaceWithCommand();
    const typed = ['push', '"$(touch ran)"', '`touch ran`', ';', 'touch ran', "'it", '--dry'];
    expect(await bashReply(space, typed)).toEqual([WITHOUT_FILES, '--dry-run']);
    expect(existsSync(space.path('ran'))).toBe(false);
  });

  it('may be read twice, and where a name without a value is an error', async () => {
    const space = workspaceWithCommand();
    const script = `set -u
      source <(revsync completion bash); source <(revsync completion bash)
      COMP_WORDS=(revsync res) COMP_CWORD=1; _revsync; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { code, stdout, stderr } = await space.spawn('bash', ['--norc', '--noprofile', '-c', script]).ended;
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'results\nresolve\n', stderr: '' });
  });
});

describe('revsync completion', () => {
  it.each(['zsh', 'fish', 'powershell'])('prints a script for %s that asks the program', async (shell) => {
    const { code, stdout, stderr } = await new Workspace().run('completion', shell);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/revsync completion complete '?--'? /);
  });

  it('refuses other shells, and names those it knows', async () => {
    const { code, stdout, stderr } = await new Workspace().run('completion', 'tcsh');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('revsync: shell "tcsh": write one of bash, zsh, fish, powershell\n');
  });
});
