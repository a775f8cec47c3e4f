import { closeSync, copyFileSync, existsSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs';
import { rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAsLeft } from '../../src/io/ledger/generation.js';
import { Workspace, type Ended } from '../support/cli.js';
import { ledgerDesk, type LedgerDesk } from '../support/ledger-desk.js';
import { convosoServer } from '../support/vendor-server.js';

const CALLS = 40;

interface Desk extends LedgerDesk {
  push(...more: string[]): Promise<Ended>;
}

async function deskOf(latencyMs = 0): Promise<Desk> {
  const desk = await ledgerDesk(CALLS, latencyMs);
  return { ...desk, push: (...more) => desk.space.run(...desk.args, ...more) };
}

/** Half of the calls are sent, a copy is made, and the others are sent. */
async function pushed(): Promise<Desk & { readonly copy: string }> {
  const desk = await deskOf();
  const { space, args } = desk;
  // Processes of their own: a connection of this one would keep its locks on the file that is replaced.
  expect((await space.start(...args, '--limit', String(CALLS / 2)).ended).code).toBe(1);
  const copy = space.path('copy.db');
  copyFileSync(space.ledger, copy);
  expect((await space.start(...args).ended).code).toBe(0);
  return { ...desk, copy };
}

function put(copy: string, ledger: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(`${ledger}${end}`, { force: true });
  copyFileSync(copy, ledger);
}

function flip(path: string, at: number, bit: number): void {
  const bytes = readFileSync(path);
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.of((bytes[at] ?? 0) ^ bit), 0, 1, at);
  closeSync(file);
}

describe('a ledger that is not the one that was pushed by', () => {
  const wrong: readonly [
    string,
    (desk: Awaited<ReturnType<typeof pushed>>) => void | Promise<void>,
    RegExp,
  ][] = [
    [
      'an older copy',
      ({ space, copy }) => put(copy, space.ledger),
      / is older than when it was last pushed by: it does not know what was sent after that; /,
    ],
    [
      'emptied',
      ({ space }) => {
        for (const end of ['-wal', '-shm']) rmSync(`${space.ledger}${end}`, { force: true });
        truncateSync(space.ledger);
      },
      / knows nothing, and it did when it was last pushed by: /,
    ],
    [
      'removed',
      ({ space }) => {
        for (const end of ['', '-wal', '-shm']) rmSync(`${space.ledger}${end}`, { force: true });
      },
      / knows nothing, and it did when it was last pushed by: /,
    ],
    [
      'another',
      async ({ space, args }) => {
        const other = space.path('other.db');
        await space.start(...args, '--limit', '1', '--new-ledger', '--sandbox', '--ledger', other).ended;
        await space.start(...args, '--limit', '1', '--new-ledger', '--ledger', other).ended;
        put(other, space.ledger);
      },
      / is not the one that was last pushed by here: /,
    ],
    [
      'moved alone',
      ({ space, copy }) => {
        put(copy, space.ledger);
        rmSync(`${space.ledger}.generation`);
      },
      / has no .*ledger\.db\.generation beside it, which says how far it was pushed by: /,
    ],
  ];

  it.each(wrong)('sends nothing where it is %s, until somebody has said so', async (name, harm, says) => {
    const desk = await pushed();
    const { space, server, push } = desk;
    await harm(desk);
    const sent = server.requests();
    const dry = await push('--dry-run');
    if (existsSync(space.ledger))
      expect(dry.stderr).toMatch(new RegExp(`${says.source}.*a push by it is refused\n`));
    for (let time = 0; time < 2; time += 1) {
      const ended = await push('--new-ledger');
      expect(ended.stderr).toMatch(says);
      expect(ended.code).toBe(2);
    }
    expect((await space.run('doctor')).stdout).toMatch(/^problem +ledger: /m);
    expect(server.requests()).toBe(sent);
    const [, words = ''] =
      /is to be gone by: \S+(?: \S+\/revsync\.js)? (ledger accept .*)\n$/.exec(
        (await push('--new-ledger')).stderr,
      ) ?? [];
    expect((await space.run(...words.split(' '))).code).toBe(0);
    const ended = await push('--new-ledger');
    expect(ended.code).toBe(0);
    expect(server.requests()).toBe(
      sent +
        (name.startsWith('an older') || name.startsWith('moved')
          ? CALLS / 2
          : name === 'another'
            ? CALLS - 1
            : CALLS),
    );
    expect((await push()).code).toBe(0);
  });

  it('is known again once it is put back', async () => {
    const { space, server, push, copy } = await pushed();
    copyFileSync(space.ledger, space.path('whole.db'));
    put(copy, space.ledger);
    expect((await push()).code).toBe(2);
    expect((await space.run('ledger', 'backup', '--out', space.path('older.db'))).code).toBe(0);
    put(space.path('whole.db'), space.ledger);
    expect((await push()).code).toBe(0);
    expect(server.requests()).toBe(CALLS);
  });

  it('says nothing of vendors at which a repeat changes nothing, nor has anything beside it for them', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    space.write('sales.csv', 'call_log_id,revenue\n1,1\n2,2\n');
    const push = ['push', 'sales.csv', '--vendor', 'convoso', '--base-url', server.url];
    expect((await space.run(...push)).code).toBe(0);
    expect(existsSync(`${space.ledger}.generation`)).toBe(false);
  });

  it('is recognised too where power failed as that was written down beside it', async () => {
    const { space, push, copy } = await pushed();
    const path = `${space.ledger}.generation`;
    const bytes = readFileSync(path);
    for (const at of [40, 168]) {
      const torn = Buffer.from(bytes);
      torn.fill(0, at, at + 20);
      writeFileSync(path, torn);
      expect((await push()).code).toBe(0);
      copyFileSync(space.ledger, space.path('whole.db'));
      put(copy, space.ledger);
      expect((await push()).code).toBe(2);
      put(space.path('whole.db'), space.ledger);
    }
  });
});

describe('a damaged ledger', () => {
  /** In the header: the size of a page, the version of the file's format, and the numbers of its schema and ours. */
  it.each([0, 16, 18, 44, 47, 56, 63])('is recognised by byte %d of its header', async (at) => {
    const { space, server, push } = await pushed();
    await space.start('runs').ended;
    for (const bit of [1, 4, 128]) {
      copyFileSync(space.ledger, space.path('kept.db'));
      flip(space.ledger, at, bit);
      const ended = await push('--new-ledger');
      if (server.requests() > CALLS || ended.code === 0)
        expect([at, bit, server.requests(), ended.code]).toEqual([at, bit, CALLS, 0]);
      else expect(ended.stderr).not.toMatch(/another/);
      put(space.path('kept.db'), space.ledger);
    }
    expect((await push()).code).toBe(0);
    expect(server.requests()).toBe(CALLS);
  });

  it('is recognised by any page, and by its end', async () => {
    const { space, server, args } = await pushed();
    const whole = readFileSync(space.ledger);
    for (let page = 1; page < whole.length / 4096; page += 3) {
      const bytes = Buffer.from(whole);
      bytes.fill(0xa5, page * 4096, page * 4096 + 64);
      writeFileSync(space.ledger, bytes);
      const ended = await space.run(...args);
      expect([page, ended.code]).toEqual([page, 2]);
      expect(ended.stderr).toMatch(/is damaged; restore it from a backup/);
    }
    writeFileSync(space.ledger, whole.subarray(0, whole.length - 8192));
    expect((await space.run(...args)).code).toBe(2);
    writeFileSync(space.ledger, whole);
    expect((await space.run(...args)).code).toBe(0);
    expect(server.requests()).toBe(CALLS);
  });

  it('is looked at page by page only where somebody else has touched it', async () => {
    const { space, push, args } = await pushed();
    expect((await space.start(...args).ended).code).toBe(0);
    expect(isAsLeft(space.ledger)).toBe(true);
    flip(space.ledger, 72, 1);
    flip(space.ledger, 72, 1);
    expect(isAsLeft(space.ledger)).toBe(false);
    expect((await push()).code).toBe(0);
  });
});

describe('revsync ledger backup', () => {
  it('is whole where most of a killed run is in the log', async () => {
    const desk = await deskOf(20);
    const { space, server, args, push } = desk;
    const running = space.start(...args);
    while (server.requests() < 15 && running.process.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 5));
    running.process.kill('SIGKILL');
    await running.ended;
    const sent = server.requests();
    mkdirSync(space.path('main file alone'));
    copyFileSync(space.ledger, space.path('main file alone/ledger.db'));
    const made = await space.run('ledger', 'backup', '--out', 'backup.db');
    expect(made).toMatchObject({ code: 0, stdout: `${space.path('backup.db')}\n` });
    expect((await space.run('ledger', 'backup', '--out', 'backup.db')).code).toBe(2);
    put(space.path('main file alone/ledger.db'), space.ledger);
    expect((await push()).code).toBe(2);
    put(space.path('backup.db'), space.ledger);
    const ended = await push();
    expect(ended.code).toBe(5);
    expect(server.requests()).toBe(
      CALLS +
        sent -
        space
          .rows('sales.results.csv')
          .filter(({ revsync_status: status }) => status === 'unchanged' || status === 'unknown').length,
    );
    expect(new Set(server.books().costs.map(({ cid }) => cid)).size).toBe(server.books().costs.length);
  });

  it('stands beside the ledger where no place is named', async () => {
    const { space } = await pushed();
    const { stdout } = await space.run('ledger', 'backup');
    const path = stdout.trim();
    expect(dirname(path)).toBe(dirname(space.ledger));
    renameSync(path, space.path('moved.db'));
    expect((await space.run('runs', '--ledger', space.path('moved.db'))).stdout).toBe(
      (await space.run('runs')).stdout,
    );
  });
});
