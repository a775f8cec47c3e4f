import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.js';
import { EXAMPLES } from '../../src/cli/examples.js';
import { EXIT_MEANINGS } from '../../src/cli/exit-codes.js';
import { main } from '../../src/cli/main.js';
import { settingsOn } from '../../src/cli/settings.js';
import { ExampleDesk } from '../support/examples.js';
import { testHost } from '../support/host.js';

/** What is printed, on a terminal of 80 columns or where nothing says how wide it is. */
async function helpOf(...argv: string[]): Promise<string> {
  const host = testHost();
  expect(await main({ ...host, argv })).toBe(0);
  expect(host.stderr.text).toBe('');
  return host.stdout.text;
}

/** What an example ends with, where it is not 0. */
const ENDS: Readonly<Record<string, number>> = {
  // A row is unknown.
  'revsync status': 5,
  'revsync status --json': 5,
  'revsync status --ledger other.db': 5,
  // The test ends them as Ctrl-C does.
  'revsync sandbox': 130,
  'revsync sandbox --port 4010 --faults 429=2@5,reset-after@every:10': 130,
};

describe('an example', () => {
  let desk: ExampleDesk;
  beforeAll(async () => {
    desk = await ExampleDesk.open();
  });
  afterAll(() => desk.close());

  it.each(Object.values(EXAMPLES).flatMap((examples) => examples.map(({ command }) => [command])))(
    'does what it says: %s',
    async (command) => {
      const { code, stderr } = await desk.run(command);
      expect([code, stderr]).toEqual([ENDS[command] ?? 0, stderr]);
    },
  );
});

const NAMES = COMMANDS.map(({ name }) => name);

describe('the help of a command', () => {
  it.each(NAMES)('has three examples: %s', async (name) => {
    const text = await helpOf(name, '--help');
    const shown = EXAMPLES[name].map(({ command, does }) => `  ${command}\n      ${does}\n`);
    expect(text).toContain(`\nExamples:\n${shown.join('')}`);
    expect(new Set(shown).size).toBe(3);
  });

  it.each(NAMES)('is below 60 lines, and all of it has every option: %s', async (name) => {
    const short = await helpOf(name, '--help');
    const all = await helpOf(name, '--help', 'all');
    const flags = settingsOn(name).map(({ flag }) => flag);
    expect(flags.filter((flag) => !all.includes(`  ${flag} `))).toEqual([]);
    expect(short.split('\n').length - 1).toBeLessThan(60);
    for (const line of [...short.split('\n'), ...all.split('\n')])
      expect(line.length).toBeLessThanOrEqual(80);
    expect(await helpOf('help', name)).toBe(short);
    expect(await helpOf('help', name, 'all')).toBe(all);
    expect(await helpOf(name, '-h', 'all')).toBe(all);
    if (short === all) return;
    const used = settingsOn(name).filter(({ often }) => often === true);
    expect(flags.filter((flag) => short.includes(`\n  ${flag} `))).toEqual(used.map(({ flag }) => flag));
    expect(all.split('\n').length - 1).toBeGreaterThanOrEqual(60);
    expect(short.endsWith(`\n\nMore options: revsync ${name} --help all\n`)).toBe(true);
  });

  it('is short of those that have many options', async () => {
    const short = await Promise.all(
      NAMES.map(async (name) => ((await helpOf(name, '--help')).includes('More options:') ? [name] : [])),
    );
    expect(short.flat()).toEqual([...SHORT]);
  });
});

/** Commands whose help would be long. */
const SHORT = ['push', 'apply', 'undo', 'pull', 'reconcile', 'report', 'explain', 'init'] as const;

it('the help of push is this', async () => {
  await expect(await helpOf('push', '--help')).toMatchFileSnapshot('push.help.txt');
});

it('the help of all, in groups, with exit codes, is that of revsync without a word too', async () => {
  const text = await helpOf('--help');
  await expect(text).toMatchFileSnapshot('help.txt');
  expect(await helpOf()).toBe(text);
  expect(await helpOf('help')).toBe(text);
  expect(await helpOf('--help', 'all')).toBe(text);
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  for (const { code } of EXIT_MEANINGS) expect(text).toMatch(new RegExp(`^  ${code} +\\w`, 'm'));
});

it('a help is as wide as the terminal', async () => {
  const host = testHost({ terminal: 120 });
  expect(await main({ ...host, argv: ['push', '--help', 'all'] })).toBe(0);
  const widest = Math.max(...host.stdout.text.split('\n').map((line) => line.length));
  expect(widest).toBeGreaterThan(100);
  expect(widest).toBeLessThanOrEqual(120);
});
