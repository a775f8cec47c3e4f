import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CODES, type Code } from '../../src/core/codes.js';
import { FIXTURES, Workspace } from '../support/cli.js';
import { QUEUED_MS } from './case.js';
import { expectToAgree, explainAll } from './explained.js';

const FOLDER = `${FIXTURES}bad/`;
const MANIFEST = 'expected.txt';
const PROFILES = 'profiles.yaml';

interface Block {
  readonly file: string;
  readonly args: readonly string[];
  readonly exit: number;
  /** The lines below the exit code. */
  readonly says: readonly string[];
}

/** The blocks of the manifest; what begins with # is for people. */
function blocksOf(text: string): Block[] {
  return text
    .split(/\n{2,}/)
    .map((block) => block.split('\n').filter((line) => line !== '' && !line.startsWith('#')))
    .filter((lines) => lines.length > 0)
    .map(([command = '', exit = '', ...says]) => {
      const [, file = '', args = ''] = /^\$ revsync push (\S+) (.*)$/.exec(command) ?? [];
      return { file, args: args.split(' '), exit: Number(/^exit (\d)$/.exec(exit)?.[1] ?? NaN), says };
    });
}

const BLOCKS = blocksOf(readFileSync(FOLDER + MANIFEST, 'utf8'));

/** What a run comes to, and no file by itself: the vendor's answers, the ledger, an interrupt, `--limit`. */
const NOT_OF_A_FILE: readonly Code[] = [
  ...([
    'correction_held',
    'was_accepted',
    'cannot_correct',
    'key_unsettled',
    'limit',
    'interrupted',
    'crashed',
  ] as const),
  ...([
    'account_refused',
    'storm',
    'vendor_busy',
    'redirected',
    'budget_spent',
    'ledger_failed',
    'connect_failed',
    'lost_reply',
  ] as const),
  ...([
    'timeout',
    'unclear_answer',
    'echo_mismatch',
    'sent_late',
    'resolution_undone',
    'resolved_not_applied',
  ] as const),
  ...(['cannot_undo', 'undone_in_part', 'touched_later'] as const),
  ...(['no_lead_updated', 'cost_differs', 'call_date_not_taken'] as const),
  ...(['looks_sent', 'earlier_value', 'sale_without_amount', 'zero_takes_back', 'partial_refund'] as const),
];

describe('fixtures/bad', () => {
  it('has a block for every file and a file for every block', () => {
    const files = readdirSync(FOLDER).filter((name) => name !== MANIFEST && name !== PROFILES);
    expect(BLOCKS.map(({ file }) => file).sort()).toEqual(files.sort());
  });

  it('has a row for every error code that a row of a file can have', () => {
    const said = BLOCKS.flatMap(({ says }) =>
      says.map((line) => /: (?:invalid|skipped) (\w+): /.exec(line)?.[1]),
    );
    const codes = new Set(said.filter((code) => code !== undefined));
    const wanted = Object.keys(CODES).filter((code) => !(NOT_OF_A_FILE as readonly string[]).includes(code));
    expect([...codes].sort()).toEqual(wanted.sort());
  });
});

interface Command {
  readonly blocks: readonly Block[];
  readonly name: string;
}

/** Blocks that refuse their files for the same arguments are one command, which refuses them all at once. */
function commandsOf(blocks: readonly Block[]): Command[] {
  const together = new Map<string, Block[]>();
  for (const block of blocks) {
    const same = block.exit === 3 ? block.args.join(' ') : block.file;
    together.set(same, [...(together.get(same) ?? []), block]);
  }
  return [...together.values()].map((blocks) => ({
    blocks,
    name: blocks.map(({ file }) => file).join(', '),
  }));
}

/** Ends what is said of files that are refused. */
const NOTHING = 'nothing was sent';

describe.concurrent('a bad file', () => {
  it.for(commandsOf(BLOCKS))(
    '$name is refused in the words of the manifest',
    { timeout: QUEUED_MS },
    async ({ blocks }, { expect, onTestFinished }) => {
      const files = blocks.map(({ file }) => file);
      const { args = [], exit = NaN } = blocks[0] ?? {};
      const space = new Workspace(onTestFinished);
      space.env = {
        ...space.env,
        TLDCRM_BASE_URL: 'https://example.tldcrm.com',
        TRACKDRIVE_BASE_URL: 'https://example.trackdrive.com',
      };
      cpSync(FOLDER, space.folder, { recursive: true });
      // Of several files the results would go beside each; a file that is refused has none.
      const refused = exit === 3;
      const out = refused ? [] : ['--out', 'results'];
      for (const { file, says } of refused ? blocks : []) {
        const { refused } = (await explainAll(space, '', file, args)) ?? {};
        for (const { message, line } of refused ?? [])
          expect(says).toContain(`${file}${line === null ? '' : `:${line}`}: ${message}`);
        expect(refused?.length).toBeGreaterThan(0);
      }
      const [file = ''] = files;
      const explained = refused ? undefined : await explainAll(space, '', file, args);
      const ended = await space.run('push', ...files, ...args, '--dry-run', '--quiet', ...out);
      if (explained !== undefined) expectToAgree(explained, space.rows('results'));
      const skipped = (refused ? [] : space.rows('results'))
        .filter((row) => row['revsync_status'] === 'skipped')
        .map(
          (row) => `${row['revsync_line']}: skipped ${row['revsync_error_code']}: ${row['revsync_error']}`,
        );
      const said = blocks.flatMap(({ says }) => says.filter((line) => !refused || line !== NOTHING));
      expect({
        code: ended.code,
        stdout: ended.stdout,
        says: [...ended.stderr.split('\n').filter((line) => line !== ''), ...skipped],
      }).toEqual({
        code: exit,
        stdout: '',
        says: refused ? [...said, NOTHING] : said,
      });
    },
  );
});
