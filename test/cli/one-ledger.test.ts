import { spawnSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Libsql from 'libsql';
import { describe, expect, it } from 'vitest';
import type { TldcrmBooks } from '../../src/sandbox/tldcrm.js';
import { BIN, type Ended, type Running } from '../support/cli.js';
import { ledgerDesk, type LedgerDesk } from '../support/ledger-desk.js';
import type { VendorServer } from '../support/vendor-server.js';

const CALLS = 60;
/** Of a push that nothing has to happen to. */
const FAST = ['--concurrency', '16'];

interface Desk extends LedgerDesk {
  /** A second push of the same file, by another name of the ledger. */
  second(ledger?: string): Promise<Ended>;
}

async function deskOf(latencyMs = 0): Promise<Desk> {
  const desk = await ledgerDesk(CALLS, latencyMs);
  const { space, args } = desk;
  const second = (ledger = space.ledger): Promise<Ended> =>
    space.run(...args, ...FAST, '--new-ledger', '--ledger', ledger, '--out', 'second.csv');
  return { ...desk, second };
}

async function reached(
  server: VendorServer<TldcrmBooks>,
  requests: number,
  { process }: Running,
): Promise<void> {
  while (server.requests() < requests && process.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 5));
}

/** A push that is at work: some of its rows have been sent. */
async function pushing(): Promise<Desk & { readonly first: Running }> {
  const desk = await deskOf(250);
  const first = desk.space.start(...desk.args);
  await reached(desk.server, 5, first);
  return { ...desk, first };
}

/** Every call once, whatever else was tried. */
async function endsAlone({ first, server, args, space }: Desk & { first: Running }): Promise<void> {
  first.process.kill('SIGINT');
  expect(await first.ended).toMatchObject({ code: 130 });
  expect((await space.start(...args, ...FAST).ended).code).toBe(0);
  expect(server.requests()).toBe(CALLS);
  expect(new Set(server.books().costs.map(({ cid }) => cid)).size).toBe(CALLS);
}

const CAN_MOUNT = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

describe('a push by another name of the ledger that a push is at work on', () => {
  it('does not begin through a link to the file, nor through one to its folder', async () => {
    const desk = await pushing();
    const { space, second } = desk;
    symlinkSync(space.ledger, space.path('alias.db'));
    symlinkSync(dirname(space.ledger), space.path('folder'));
    for (const name of [space.path('alias.db'), space.path('folder/ledger.db')]) {
      const ended = await second(name);
      const stderr = expect.stringContaining(`is running with ledger ${space.ledger}`) as string;
      expect(ended).toMatchObject({ code: 6, stderr });
    }
    await endsAlone(desk);
    expect(readdirSync(space.folder).filter((name) => name.startsWith('alias.db'))).toEqual(['alias.db']);
  });

  it('does not begin through a hard link', async () => {
    const desk = await pushing();
    const { space, second } = desk;
    linkSync(space.ledger, space.path('alias.db'));
    const ended = await second(space.path('alias.db'));
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/: the file has 2 names \(hard links\), and a push by one does not see/);
    rmSync(space.path('alias.db'));
    await endsAlone(desk);
  });

  it.runIf(CAN_MOUNT)(
    'does not begin through a mount of the file, but does see one of its folder',
    async () => {
      const desk = await pushing();
      const { space, args } = desk;
      space.write('alias.db', '');
      mkdirSync(space.path('alias dir'));
      const by = async (mount: string, ledger: string): Promise<Ended> => {
        const push = [
          process.execPath,
          BIN,
          ...args,
          '--new-ledger',
          '--ledger',
          ledger,
          '--out',
          'second.csv',
        ];
        const script = `mount --bind ${mount} && exec "$@"`;
        return space.spawn('unshare', ['-rm', 'bash', '--norc', '-c', script, 'bash', ...push]).ended;
      };
      const file = await by(`'${space.ledger}' alias.db`, 'alias.db');
      expect(file.code).toBe(2);
      expect(file.stderr).toMatch(/alias\.db: it is mounted by itself, .*; mount its folder instead\n$/);
      const folder = await by(`'${dirname(space.ledger)}' 'alias dir'`, 'alias dir/ledger.db');
      expect(folder.code).toBe(6);
      await endsAlone(desk);
    },
  );
});

describe('a push whose lock file somebody has removed', () => {
  const removed = async (): Promise<Desk & { readonly first: Running }> => {
    const desk = await pushing();
    rmSync(`${desk.space.ledger}.lock-1`);
    return desk;
  };

  it('goes on alone: the ledger itself says that it is at work', async () => {
    const desk = await removed();
    for (let time = 0; time < 2; time += 1) {
      const ended = await desk.second();
      expect(ended.code).toBe(6);
      expect(ended.stderr).toMatch(
        /is running with ledger .* \(process \d+ on \S+, last heard of \d+ s ago; if it has/,
      );
    }
    const doctor = await desk.space.run('doctor');
    expect(doctor.stdout).toMatch(/runs: run-1 to tldcrm, account default, is at work\n/);
    await endsAlone(desk);
  });

  it('leaves the account to the next one when it is killed', async () => {
    const { space, first, second } = await removed();
    first.process.kill('SIGKILL');
    await first.ended;
    const ended = await second();
    expect(ended.stderr).toMatch(
      /run-1 was cut off at \d+ of 60 rows \(sales\.csv, begun \S+ \S+, last answer \S+ \S+\); 1 row was in flight, they wait for/,
    );
    expect(ended.code).toBe(5);
    expect(space.rows('second.csv').filter((row) => row['revsync_status'] === 'unknown')).toHaveLength(1);
  });

  it('counts as at work on another machine as long as it says so', async () => {
    const { space, first, second, server } = await removed();
    first.process.kill('SIGKILL');
    await first.ended;
    const sent = server.requests();
    const change = (sql: string): void => {
      const db = new Libsql(space.ledger);
      db.exec(sql);
      db.close();
    };
    change(`update holders set boot = 'of another machine', host = 'web-2', beat = ${Date.now() - 100_000}`);
    const ended = await second();
    expect(ended.code).toBe(6);
    expect(ended.stderr).toContain(' on web-2, last heard of 10');
    expect(server.requests()).toBe(sent);
    change(`update holders set beat = ${Date.now() - 130_000}`);
    expect((await second()).code).toBe(5);
  });

  it('sends nothing more once another has taken the account over, and says which answers are lost', async () => {
    const { space, first, server, args } = await pushing();
    const db = new Libsql(space.ledger);
    db.exec(`pragma busy_timeout = 5000; update holders set token = 'another', pid = 4711, host = 'web-2'`);
    db.close();
    const sent = server.requests();
    const ended = await first.ended;
    expect(ended.code).toBe(4);
    expect(ended.stderr).toMatch(/stopped: ledger .*: process 4711 on web-2, .* has taken this account over/);
    expect(ended.stderr).toMatch(/the ledger could not take the answer: accepted/);
    expect(server.requests()).toBeLessThanOrEqual(sent + 1);
    expect((await space.run(...args, ...FAST)).code).toBe(5);
    expect(new Set(server.books().costs.map(({ cid }) => cid)).size).toBe(server.requests());
  });
});

describe('a ledger that is no plain file', () => {
  it('is refused where it is a folder, which stays as it is', async () => {
    const { space, second, server } = await deskOf();
    mkdirSync(space.path('books'));
    chmodSync(space.path('books'), 0o755);
    const ended = await second('books');
    expect(ended).toMatchObject({ code: 2 });
    expect(ended.stderr).toMatch(/\/books: it is a folder; check its path\n$/);
    expect(statSync(space.path('books')).mode & 0o777).toBe(0o755);
    expect(server.requests()).toBe(0);
  });

  it('is refused where it is a link to a file that has gone', async () => {
    const { space, second, server } = await deskOf();
    symlinkSync(space.path('gone/ledger.db'), space.path('alias.db'));
    const ended = await second('alias.db');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/alias\.db: it is a link to a file that is not there; bring that back/);
    expect(server.requests()).toBe(0);
  });
});

/** What a failure of the system says, with a ledger that is there. */
describe('advice about a ledger that is there', () => {
  it('never names another, which would send everything again', async () => {
    const { space, args } = await deskOf();
    expect((await space.start(...args).ended).code).toBe(0);
    const harms: readonly ((path: string) => void)[] = [
      (path) => writeFileSync(path, 'x'.repeat(9000)),
      (path) => chmodSync(path, 0o400),
      (path) => chmodSync(path, 0o000),
      (path) => {
        rmSync(path);
        mkdirSync(path);
      },
      (path) => {
        renameSync(dirname(path), `${dirname(path)}.old`);
        writeFileSync(dirname(path), '');
      },
    ];
    for (const [at, harm] of harms.entries()) {
      const folder = join(space.folder, `copy-${at}`);
      mkdirSync(folder);
      const path = join(folder, 'state', 'ledger.db');
      spawnSync('cp', ['-r', dirname(space.ledger), folder]);
      harm(path);
      const ended = await space.runBound(...args, '--new-ledger', '--ledger', path);
      expect(ended.code).toBe(2);
      expect(ended.stderr).not.toMatch(/another|--ledger/);
      expect(ended.stderr).toMatch(/check its (path|permissions)/);
    }
  });
});
