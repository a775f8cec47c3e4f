import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { completionsFor, type Completions } from '../../src/cli/completions.js';
import { buildProgram } from '../../src/cli/program.js';
import { REPORTS, VENDORS } from '../../src/vendors/index.js';
import { BIN, Workspace } from '../support/cli.js';
import { testHost } from '../support/host.js';

const PROGRAM = buildProgram(testHost(), () => undefined);
const IDS = VENDORS.map(({ id }) => id);

function complete(...words: string[]): Completions {
  return completionsFor(PROGRAM, words);
}

function wordsAt(...words: string[]): string[] {
  return complete(...words).suggestions.map(({ word }) => word);
}

describe('what may stand at the cursor', () => {
  it('is a command, with what it does', () => {
    expect(wordsAt('')).toEqual([...PROGRAM.commands.map((command) => command.name()), 'help']);
    expect(complete('pus')).toEqual({
      suggestions: [{ word: 'push', about: 'send what a sales CSV says and the vendor does not hold yet' }],
      files: false,
    });
    expect(wordsAt('--color', 'dry')).toEqual([]);
    expect(wordsAt('--color', 'doc')).toEqual(['doctor']);
  });

  it('is an option of the command or of all commands', () => {
    expect(wordsAt('runs', '--')).toEqual([
      ...['--ledger', '--prune', '--json', '--last', '--help'],
      ...['--version', '--color', '--no-color'],
    ]);
    expect(wordsAt('push', 'sales.csv', '--dr')).toEqual(['--dry-run']);
    expect(wordsAt('runs', '--dr')).toEqual([]);
    expect(wordsAt('--v')).toEqual(['--version']);
  });

  it('is a value of the option before it, or of the one that is being written', () => {
    expect(wordsAt('push', 'sales.csv', '--vendor', '')).toEqual(IDS);
    expect(wordsAt('push', 'sales.csv', '--vendor', 'invoca-')).toEqual(['invoca-signals']);
    expect(wordsAt('push', '--vendor=tld')).toEqual(['tldcrm']);
    expect(wordsAt('reconcile', '--decimal', '')).toEqual(['.', ',']);
    expect(wordsAt('push', '--timezone', 'America/New_')).toEqual(['America/New_York']);
    expect(wordsAt('push', '--timezone=UT')).toEqual(['UTC']);
    expect(complete('push', '--currency', 'EUR').suggestions).toEqual([{ word: 'EUR', about: 'Euro' }]);
    expect(wordsAt('push', '--delimiter', 's')).toEqual(['semicolon']);
    expect(wordsAt('init', '--date-format', '')).toEqual(['mdy', 'dmy', 'ymd']);
    expect(wordsAt('push', '--dry-run=')).toEqual([]);
  });

  it('is an argument, as many as the command takes', () => {
    expect(wordsAt('vendors', '')).toEqual(IDS);
    expect(wordsAt('vendors', 'convoso', '')).toEqual([]);
    expect(wordsAt('pull', '')).toEqual(REPORTS.map(({ vendor }) => vendor));
    expect(wordsAt('completion', '')).toEqual(['bash', 'zsh', 'fish', 'powershell']);
  });

  it('is a file where one is read or written, and nowhere else', () => {
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
      expect([words, complete(...words)]).toEqual([words, { suggestions: [], files: true }]);
    for (const words of [
      ['reconcile', 'sales.csv', ''],
      ['results', ''],
      ['push', '--limit', ''],
      ['push', '--vendor', 'nobody'],
      ['no-such-command', ''],
      ['push', '--no-such-option', ''],
    ])
      expect([words, complete(...words)]).toEqual([words, { suggestions: [], files: false }]);
  });

  it('is known for every option that takes a value, but those that only the user knows', () => {
    const unknown = PROGRAM.commands.flatMap((command) =>
      command.options
        .filter((option) => option.required || option.optional)
        .flatMap(({ long }) => {
          const { suggestions, files } = complete(command.name(), long ?? '', '');
          return suggestions.length > 0 || files ? [] : [long];
        }),
    );
    expect([...new Set(unknown)].sort()).toEqual([
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
        '--rate',
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
        '--why',
      ],
    ]);
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
    expect(stderr).toContain('Allowed choices are bash, zsh, fish, powershell.');
  });
});
