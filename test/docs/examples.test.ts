import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.js';
import { parseConfig } from '../../src/io/config.js';
import { checkConfig } from '../../src/io/problems.js';
import { DOCUMENTS, expectTrue, textOf } from '../support/documents.js';
import { ExampleFolder } from '../support/example-folder.js';
import { commandsOf, fencesOf, joined } from '../support/page.js';
import { shellCommands } from '../support/shell-words.js';

/** Its examples need a database: test/docs/shared-ledger.test.ts. */
const WITH_DATABASE = 'docs/shared-ledger.md';

const PAGES = DOCUMENTS.filter((document) => document !== WITH_DATABASE);

/** What a fence may be: typed, a file, or shown only. */
const TYPED = ['console', 'sh', 'cron', 'prepare'];
const SHOWN = ['text', 'sql'];

/** Its lines are for other programs, and test/install/page.test.ts runs them. */
const OF_OTHERS = 'docs/install.md';
const FILES = ['csv', 'yaml', 'json', 'file', 'sh'];

describe('the examples of', () => {
  it.concurrent.each(PAGES)('%s print what it shows', (document) => expectTrue(document));
});

describe('a fence', () => {
  it.each(DOCUMENTS.filter((document) => document !== OF_OTHERS))('of %s is of a kind that is tested, or is only shown', (document) => {
    const others = fencesOf(textOf(document)).filter(
      ({ language, name }) =>
        ![...SHOWN, ...(name === '' ? [...TYPED, 'yaml'] : FILES)].includes(language),
    );
    expect(others.map(({ line, language, name }) => [line, language, name])).toEqual([]);
  });

  it.each(DOCUMENTS)('of %s with profiles is read by the program', (document) => {
    for (const { language, name, lines, line } of fencesOf(textOf(document))) {
      if ((language !== 'yaml' && name !== 'revsync.yaml') || !lines.includes('profiles:')) continue;
      const file = parseConfig('revsync.yaml', lines.join('\n'));
      if (!file.ok) throw new Error(`${document}:${line}: ${file.error.join('\n')}`);
      const checked = checkConfig(file.value);
      expect([line, checked.ok ? [] : checked.error]).toEqual([line, []]);
    }
  });
});

it('the job of docs/shared-ledger.md calls a push that there is', async () => {
  const jobs = fencesOf(textOf(WITH_DATABASE)).filter(({ lines }) => lines.includes('kind: CronJob'));
  const called = jobs.map(({ lines }) => /^ +args: \[(.*)\]$/m.exec(lines.join('\n'))?.[1] ?? '');
  expect(called).toHaveLength(1);
  const folder = await ExampleFolder.open();
  folder.write('sales.csv', 'Call Log ID,Sale Amount\n1000001,120.00\n');
  const line = `revsync ${called.join('').replaceAll(',', '').replace('/sales/', '')}`;
  const { code, text } = await folder.type(line);
  await folder.close();
  expect([line, code, text]).toEqual([line, 0, text]);
});

describe('the commands', () => {
  it('are all shown by an example that is typed', () => {
    const lines = DOCUMENTS.flatMap((document) => fencesOf(textOf(document))).flatMap(
      ({ language, lines }): { readonly command: string }[] =>
        language === 'console' ? commandsOf(lines) : language === 'sh' ? joined(lines) : [],
    );
    const called = lines.flatMap(({ command }) => {
      const words = shellCommands(command).flatMap(({ words }) => words);
      return words.flatMap((word, at) => (word === 'revsync' ? [words[at + 1]] : []));
    });
    const never = COMMANDS.map(({ name }) => name).filter((name) => !called.includes(name));
    expect(never).toEqual([]);
  });
});
