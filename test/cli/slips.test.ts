import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIXTURES, sales, Workspace } from '../support/cli.js';
import { ExampleDesk } from '../support/examples.js';

const TABLE = readFileSync(new URL('slips.txt', import.meta.url), 'utf8');
/** What was typed, and what is said. */
const SLIPS = TABLE.split(/^\$ /m)
  .slice(1)
  .map((block) => {
    const [typed = '', ...says] = block.trimEnd().split('\n');
    return [typed, says.join('\n')] as const;
  });

describe('a slip', () => {
  let desk: ExampleDesk;
  beforeAll(async () => {
    desk = await ExampleDesk.open();
  });
  afterAll(() => desk.close());

  it('is one of many, no two of them the same', () => {
    expect(SLIPS.length).toBeGreaterThan(80);
    expect(new Set(SLIPS.map(([typed]) => typed)).size).toBe(SLIPS.length);
  });

  it.each(SLIPS)('is told, with what was meant: %s', async (typed, says) => {
    expect(await desk.tryLine(typed)).toMatchObject({ code: 2, stdout: '', stderr: `${says}\n` });
    const [, suggested] = /^(?:did you mean|see): (.*)$/m.exec(says) ?? [];
    if (suggested !== undefined) await desk.run(suggested);
  });

  it.each(SLIPS.filter(([typed]) => !/help|“/.test(typed)))(
    'is the same in --json, a problem for each thing that is wrong: %s',
    async (typed, says) => {
      const { code, stdout } = await desk.tryLine(`${typed} --json`);
      const { exit_code, problems } = JSON.parse(stdout) as {
        exit_code: number;
        problems: { code: string; message: string }[];
      };
      expect([code, exit_code]).toEqual([2, 2]);
      expect(problems.length).toBeGreaterThan(0);
      expect(problems.every(({ message }) => message !== '' && !message.includes('error: '))).toBe(true);
      expect(says.startsWith('revsync: ')).toBe(true);
    },
  );
});

/** A folder with a file of sales of that name. */
function withFile(name: string): Workspace {
  const space = new Workspace();
  space.write(name, sales([['100125', '5.00']]));
  return space;
}

describe('a word', () => {
  it.each(['convoso', 'run-12', 'push', '—dry-run', '“sales.csv”'])(
    'that is a file is a file: %s',
    async (name) => {
      const space = withFile(name);
      const ended = await space.run('push', name, '--vendor', 'convoso', '--sandbox', '--dry-run');
      expect([ended.code, ended.stderr]).toEqual([0, expect.stringContaining(`dry run: ${name} to Convoso`)]);
    },
  );

  it('that is a file and no command is pushed as one', async () => {
    const { code, stderr } = await withFile('convoso').run('convoso', '--vendor', 'trackdrive');
    expect([code, stderr]).toEqual([
      2,
      'revsync: convoso is a file and no command\ndid you mean: revsync push convoso --vendor trackdrive\n',
    ]);
  });

  it('is not shown again where it is a credential, nor a line that has one in it', async () => {
    const space = withFile('sales.csv');
    const secret = space.token;
    for (const line of [
      ['push', 'sales.csv', '--vendor', 'convoso', '--token', secret],
      ['push', 'sales.csv', '--vendor', 'convoso', `--auth-token=${secret}`],
      ['push', 'sales.csv', '--vendor', 'convoso', `--nonsense=${secret}`],
      ['push', 'sales.csv', '--vendor', secret],
      ['push', 'sales.csv', '--vendor', 'convoso', '--limit', secret],
      ['push', 'sales.csv', '--vendor', 'convoso', '--dryrun', '--account', secret],
      [secret],
      ['pus', secret, '--vendor', 'convoso'],
      [
        'push',
        'sales.csv',
        '--vendor',
        'convoso',
        '--dryrun',
        '--base-url',
        'https://u:Geheim@api.example.com',
      ],
    ]) {
      const { code, stdout, stderr } = await space.run(...line);
      expect(code).toBe(2);
      expect(`${stdout}${stderr}`).not.toContain('Geheim');
    }
  });

  it('of a credential says where one belongs', async () => {
    const { stderr } = await withFile('sales.csv').run(
      'push',
      'sales.csv',
      '--api-key',
      'k',
      '--vendor',
      'tldcrm',
    );
    expect(stderr).toContain('set the credential in the environment, or name a file with --env-file\n');
  });

  it('of a credential that is too short leaves the words of what is said of it as they are', async () => {
    const space = withFile('sales.csv');
    space.env['CONVOSO_AUTH_TOKEN'] = 't';
    const { code, stderr } = await space.run('push', 'sales.csv', '--vendor', 'convoso');
    expect([code, stderr]).toEqual([
      2,
      'revsync: CONVOSO_AUTH_TOKEN is shorter than 4 characters, which cannot be blotted out of what is shown; it should hold the API auth token of the account\n',
    ]);
  });
});

describe('an error', () => {
  it.each(SLIPS)('of how revsync was called begins with its name: %s', (_typed, says) => {
    expect(says).toMatch(/^revsync: /);
    expect(says).not.toMatch(/error: |tells more/);
  });

  const refused = readFileSync(join(FIXTURES, 'bad/expected.txt'), 'utf8')
    .split(/^\$ /m)
    .slice(1)
    .filter((block) => /\nexit [23]\n/.test(block))
    .map((block) => [block] as const);

  it.each(refused)('of a file begins with its name and line, as editors read it: %s', (block) => {
    const [typed = '', , ...says] = block.split('\n\n')[0]?.trimEnd().split('\n') ?? [];
    const [, , file = ''] = typed.split(' ');
    for (const line of says.slice(0, -1))
      expect(line.startsWith('revsync: ') || line.startsWith(`${file}:`)).toBe(true);
    expect(says.at(-1)).toBe('nothing was sent');
  });
});

it('a vendor that alone has a credential is the one that was meant', async () => {
  const space = withFile('sales.csv');
  space.env = { REVSYNC_LEDGER: space.ledger, TRACKDRIVE_API_KEY: 'public:private' };
  expect((await space.run('push', 'sales.csv', '--dryrun')).stderr).toBe(
    'revsync: there is no option --dryrun; the nearest is --dry-run\nname the vendor with --vendor, or a profile with --profile\n' +
      'did you mean: revsync push sales.csv --dry-run --vendor trackdrive\n',
  );
});
