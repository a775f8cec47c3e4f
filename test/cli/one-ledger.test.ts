import { spawnSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TldcrmBooks } from '../../src/sandbox/tldcrm.js';
import { BIN, Workspace, type Ended, type Running } from '../support/cli.js';
import { vendorServer, type VendorServer } from '../support/vendor-server.js';

const CALLS = 60;

/** Calls of a vendor that adds a record with every request. */
const CSV = `DID,Caller ID,Call Date,Cost\n${Array.from(
  { length: CALLS },
  (_, index) => `8005550100,5125550${index + 100},2026-11-20 09:00:00,${index}.5\n`,
).join('')}`;

interface Desk {
  readonly space: Workspace;
  readonly server: VendorServer<TldcrmBooks>;
  readonly args: readonly string[];
  /** A second push of the same file, by another name of the ledger. */
  second(ledger?: string): Promise<Ended>;
}

async function deskOf(latencyMs = 0): Promise<Desk> {
  const space = new Workspace();
  const server = await vendorServer<TldcrmBooks>('tldcrm', { latencyMs });
  space.write('sales.csv', CSV);
  const args = [
    'push',
    'sales.csv',
    '--vendor',
    'tldcrm',
    '--base-url',
    server.url,
    '--concurrency',
    '1',
    '--rate',
    '1000',
  ];
  const second = (ledger = space.ledger): Promise<Ended> =>
    space.run(...args, '--new-ledger', '--ledger', ledger, '--out', 'second.csv');
  return { space, server, args, second };
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
  expect((await space.start(...args, '--concurrency', '16').ended).code).toBe(0);
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
