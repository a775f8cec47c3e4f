import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.js';
import { EXAMPLES } from '../../src/cli/examples.js';
import { main } from '../../src/cli/main.js';
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

it.each(COMMANDS.map(({ name }) => [name]))('the help of %s ends with three examples', async (name) => {
  const text = await helpOf(name, '--help');
  const [, examples] = text.split('\nExamples:\n');
  const shown = EXAMPLES[name].map(({ command, does }) => `  ${command}\n      ${does}\n`);
  expect(examples).toContain(shown.join(''));
  expect(new Set(shown).size).toBe(3);
});
