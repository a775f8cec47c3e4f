import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { copyFileSync, openSync, writeSync, closeSync } from 'node:fs';
import Libsql from 'libsql';
import { describe, expect, it } from 'vitest';
import type { ConvosoBooks } from '../../src/sandbox/convoso.js';
import type { TldcrmBooks } from '../../src/sandbox/tldcrm.js';
import { afterNews, BIN, manySales, Workspace, type Ended } from '../support/cli.js';
import { convosoServer, vendorServer, type VendorServer } from '../support/vendor-server.js';

const BUSY = ['--rate', '100000', '--concurrency', '8'];
const CALLS = 400;

/** `count` calls for a vendor that adds a record with every request. */
function manyCalls(count: number): string {
  const rows = Array.from({ length: count }, (_, index) => {
    const time = new Date(Date.UTC(2026, 10, 20) + index * 1000).toISOString();
    return `8005550100,5125550123,${time.slice(0, 10)} ${time.slice(11, 19)},${index}.5`;
  });
  return `DID,Caller ID,Call Date,Cost\n${rows.join('\n')}\n`;
}

/** Every key in the books at most once, and for every row what its status claims. */
function checkCosts(rows: readonly Record<string, string>[], { costs }: TldcrmBooks): void {
  const held = new Map<string, string[]>();
  for (const { call_date: date, cost } of costs) held.set(date, [...(held.get(date) ?? []), cost]);
  expect([...held.values()].filter((costs) => costs.length > 1)).toEqual([]);
  expect(rows).toHaveLength(CALLS);
  for (const row of rows) {
    const inBooks = held.get(row['Call Date'] ?? '') ?? [];
    const status = row['revsync_status'] ?? '';
    expect(['accepted', 'unchanged', 'unknown']).toContain(status);
    if (status !== 'unknown') expect(inBooks).toEqual([row['revsync_amount']]);
  }
}

/** A disk that is nearly full, as shell words around the push: a small tmpfs where one may be mounted, else a limit on files. */
const FULL_DISKS: readonly { name: string; shell: string; limit: (kb: number) => string; free: string }[] = [
  { name: 'a limit on the size of files', shell: 'bash --norc', limit: (kb) => `ulimit -f ${kb};`, free: '' },
  ...(spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0
    ? [
        {
          name: 'a small tmpfs',
          shell: 'unshare -rm bash --norc',
          limit: (kb: number) => `mount -t tmpfs -o size=${kb}k none disk;`,
          free: 'mount -o remount,size=64m disk;',
        },
      ]
    : []),
];

/** Pushes on the full disk, then again with room, in one shell: a mount ends with it. */
async function pushTwice(
  space: Workspace,
  { shell, limit, free }: (typeof FULL_DISKS)[number],
  kb: number,
  push: readonly string[],
): Promise<{ full: Ended; free: Ended }> {
  mkdirSync(space.path('disk'));
  const command = `'${process.execPath}' '${BIN}' ${push.join(' ')} --ledger disk/ledger.db`;
  const mounted = free !== '';
  const script = [
    mounted ? limit(kb) : '',
    `( ${mounted ? '' : limit(kb)} ${command} >full.out 2>full.err; echo $? >full.code );`,
    free,
    `${command} >free.out 2>free.err; echo $? >free.code`,
  ].join('\n');
  const [program = '', ...args] = shell.split(' ');
  const ended = await space.spawn(program, [...args, '-c', script]).ended;
  expect(ended.code).toBe(0);
  const read = (name: string): Ended => ({
    code: Number(space.read(`${name}.code`)),
    signal: null,
    stdout: space.read(`${name}.out`),
    stderr: space.read(`${name}.err`),
  });
  return { full: read('full'), free: read('free') };
}

describe.each(FULL_DISKS)('a ledger on a full disk: $name', (disk) => {
  it('ends 2 and sends nothing where the file cannot be staged; with room everything is sent', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    space.write('sales.csv', manySales(3000));
    const push = ['push', 'sales.csv', '--vendor', 'convoso', '--base-url', server.url, ...BUSY];
    const { full, free } = await pushTwice(space, disk, 300, push);
    expect(full.code).toBe(2);
    expect(afterNews(full.stderr)).toMatch(
      /^revsync: ledger .*: the disk (is full; make room|cannot be).*\n$/,
    );
    expect(free.code).toBe(0);
    expect(server.requests()).toBe(3000);
  });

  it.each(['convoso', 'tldcrm'])(
    'ends 4 where %s cannot be settled, says which answers are lost, and the next push doubles nothing',
    async (vendor) => {
      // The disk may be full at a claim as well, which costs no answer.
      const least = vendor === 'convoso' ? 1800 : 1600;
      let lost = 0;
      for (let kb = least; lost === 0 && kb < least + 400; kb += 40) lost = await lostOnDiskOf(kb, vendor);
      expect(lost).toBeGreaterThan(0);
    },
  );

  /** How many answers the ledger could not take. */
  async function lostOnDiskOf(kb: number, vendor: string): Promise<number> {
    const space = new Workspace();
    const server: VendorServer<unknown> = await vendorServer(vendor);
    space.write('sales.csv', vendor === 'convoso' ? manySales(CALLS * 10) : manyCalls(CALLS));
    const push = ['push', 'sales.csv', '--vendor', vendor, '--base-url', server.url, ...BUSY, '--new-ledger'];
    const { full, free } = await pushTwice(space, disk, kb, push);
    expect(full.code).toBe(4);
    expect(full.stderr).toMatch(/stopped: ledger .*: the disk (is full; make room|cannot be)/);
    expect(server.requests()).toBeGreaterThan(0);
    const count = (text: RegExp): number => full.stderr.match(text)?.length ?? 0;
    const unsaved = count(/the ledger could not take the answer: accepted/g);
    const unsent = count(/the ledger could not take that it was not sent; resolve it with --not-applied/g);
    const rows = space.rows('sales.results.csv');
    if (vendor === 'convoso') {
      expect(free.code).toBe(0);
      const { revenue } = server.books() as ConvosoBooks;
      expect(rows).toHaveLength(CALLS * 10);
      expect(unsent).toBe(0);
      for (const row of rows) expect(revenue[row['call_log_id'] ?? '']).toBe(row['revsync_amount']);
    } else {
      expect(free.code).toBe(unsaved + unsent > 0 ? 5 : 0);
      expect(rows.filter((row) => row['revsync_status'] === 'unknown')).toHaveLength(unsaved + unsent);
      checkCosts(rows, server.books() as TldcrmBooks);
    }
    return unsaved;
  }
});

describe('a ledger of a run that died as it was made', () => {
  it('is an empty one, for a dry run too', async () => {
    const server = await convosoServer();
    const space = new Workspace();
    space.write('sales.csv', manySales(2));
    mkdirSync(space.path('state'));
    const made = new Libsql(space.ledger);
    made.exec('pragma journal_mode = wal; create table t (a); drop table t');
    made.close();
    const push = ['push', 'sales.csv', '--vendor', 'convoso', '--base-url', server.url];
    expect(await space.run(...push, '--dry-run')).toMatchObject({ code: 0 });
    expect(await space.run(...push)).toMatchObject({ code: 0 });
  });
});

describe('a ledger that cannot be used', () => {
  const broken: readonly [string, (space: Workspace) => void, RegExp][] = [
    [
      'is read-only',
      ({ ledger }) => chmodSync(ledger, 0o400),
      /: it may not be written; check its permissions\n$/,
    ],
    [
      'is not a database',
      ({ ledger }) => overwrite(ledger, 0, 'garbage '.repeat(4000)),
      /: it is not a ledger; check its path, and where it was one, restore it from a backup, without the -wal and -shm beside it, since it knows what has been sent\n$/,
    ],
    [
      'is damaged',
      ({ ledger }) => overwrite(ledger, 4096, '\u00a5garbage '.repeat(4000)),
      /: it is damaged; restore it from a backup, without the -wal and -shm beside it, since it knows what has been sent\n$/,
    ],
    [
      'was cut off',
      ({ ledger }) => truncateSync(ledger, 20_000),
      /: it is damaged; restore it from a backup, without the -wal and -shm beside it, since it knows what has been sent\n$/,
    ],
    [
      'was written by a newer revsync',
      ({ ledger }) => {
        const db = new Libsql(ledger);
        db.exec('pragma user_version = 99');
        db.close();
      },
      /: was written by a newer revsync \(schema 99, this one knows \d+\); update revsync\n$/,
    ],
  ];

  it.each(broken)(
    'ends 2 where it %s, sends nothing, and the backup goes on',
    async (_name, harm, message) => {
      const space = new Workspace();
      const server = await vendorServer<TldcrmBooks>('tldcrm');
      space.write('sales.csv', manyCalls(CALLS));
      const push = ['push', 'sales.csv', '--vendor', 'tldcrm', '--base-url', server.url, ...BUSY];
      // A process of its own: the log is worked into the file when it ends.
      expect((await space.start(...push, '--limit', '150').ended).code).toBe(1);
      expect(existsSync(`${space.ledger}-wal`)).toBe(false);
      copyFileSync(space.ledger, space.path('backup.db'));
      harm(space);
      const ended = await space.runBound(...push);
      expect(ended).toMatchObject({ code: 2, stdout: '' });
      expect(ended.stderr).toMatch(message);
      expect(ended.stderr.split('\n')).toHaveLength(2);
      expect(server.requests()).toBe(150);
      rmSync(space.ledger);
      copyFileSync(space.path('backup.db'), space.ledger);
      expect((await space.run(...push)).code).toBe(0);
      expect(server.requests()).toBe(CALLS);
      checkCosts(space.rows('sales.results.csv'), server.books());
    },
  );
});

describe('a ledger that goes away during the run', () => {
  it.each(['deleted', 'replaced'])(
    'is written again where it was %s, and nothing is doubled',
    async (what) => {
      const space = new Workspace();
      const server = await vendorServer<TldcrmBooks>('tldcrm', { latencyMs: 10 });
      space.write('sales.csv', manyCalls(CALLS));
      const push = ['push', 'sales.csv', '--vendor', 'tldcrm', '--base-url', server.url, ...BUSY];
      const running = space.start(...push);
      while (server.requests() < 100) await new Promise((resolve) => setTimeout(resolve, 5));
      for (const end of ['', '-wal', '-shm']) rmSync(`${space.ledger}${end}`);
      if (what === 'replaced') new Libsql(space.ledger).exec('create table other (id)');
      const ended = await running.ended;
      expect(ended.code).toBe(4);
      expect(ended.stderr).toContain(
        `stopped: ledger ${space.ledger}: was deleted or replaced during the run`,
      );
      expect(server.requests()).toBeLessThan(CALLS);
      const rows = space.rows('sales.results.csv');
      const known = new Set(['accepted', 'unknown', 'not_sent']);
      expect(rows).toHaveLength(CALLS);
      expect(rows.filter(({ revsync_status: status = '' }) => !known.has(status))).toEqual([]);
      expect(rows.filter(({ revsync_status: status }) => status !== 'not_sent')).toHaveLength(
        server.requests(),
      );
      if (what === 'replaced') {
        expect(ended.stderr).toContain(
          `what this run knew is in ${space.ledger}.rescued; put that in its place before the next push`,
        );
        renameSync(`${space.ledger}.rescued`, space.ledger);
      } else expect(ended.stderr).toContain('was deleted during the run and has been written again');
      expect((await space.run(...push)).code).toBe(0);
      expect(server.requests()).toBe(CALLS);
      checkCosts(space.rows('sales.results.csv'), server.books());
    },
  );
});

describe('results that cannot be finished', () => {
  it('ends 1, says how to write them, and the ledger has every row', async () => {
    const space = new Workspace();
    const server = await convosoServer({ latencyMs: 10 });
    space.write('sales.csv', manySales(100));
    mkdirSync(space.path('out'));
    const push = ['push', 'sales.csv', '--vendor', 'convoso', '--base-url', server.url, ...BUSY];
    const running = space.start(...push, '--out', 'out/r.csv');
    while (server.requests() < 20) await new Promise((resolve) => setTimeout(resolve, 5));
    rmSync(space.path('out'), { recursive: true });
    const ended = await running.ended;
    expect(ended.code).toBe(1);
    const again = `results run-1 --out FILE --ledger ${space.ledger}`;
    expect(ended.stderr).toMatch(new RegExp(`write them with: node \\S*/bin/revsync.js ${again}\n`));
    expect((await space.run('results', 'run-1', '--out', 'r.csv')).code).toBe(0);
    expect(space.rows('r.csv').filter((row) => row['revsync_status'] === 'accepted')).toHaveLength(100);
    expect((await space.run(...push)).code).toBe(0);
    expect(server.requests()).toBe(100);
  });

  it('leaves the results that are there where the disk has no room for new ones', async () => {
    const space = new Workspace();
    const server = await convosoServer();
    space.write('sales.csv', manySales(2000));
    const push = ['push', 'sales.csv', '--vendor', 'convoso', '--base-url', server.url, ...BUSY];
    expect((await space.run(...push)).code).toBe(0);
    const before = space.read('sales.results.csv');
    const limited = ['--norc', '-c', 'ulimit -f 100; exec "$@"', 'bash', process.execPath, BIN];
    const ended = await space.spawn('bash', [...limited, 'results', 'run-1']).ended;
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/^revsync: results .*sales.results.csv: .*--out\n$/);
    expect(space.read('sales.results.csv')).toBe(before);
    expect(space.partial()).toEqual([]);
  });
});

describe('a clock that is set back by an hour during the run', () => {
  it('holds nothing up: waits and rates go by a clock that nobody sets', async () => {
    const space = new Workspace();
    const server = await convosoServer({ faults: '429=1@40,503=1@41' });
    space.write('sales.csv', manySales(120));
    space.env['NODE_OPTIONS'] = `--import ${new URL('../support/clock-back.mjs', import.meta.url).href}`;
    const push = ['push', 'sales.csv', '--vendor', 'convoso', '--base-url', server.url];
    const running = space.start(...push, '--rate', '100', '--concurrency', '2');
    while (server.requests() < 30) await new Promise((resolve) => setTimeout(resolve, 5));
    running.process.kill('SIGUSR2');
    expect((await running.ended).code).toBe(0);
    const rows = space.rows('sales.results.csv');
    const times = rows.map((row) => Date.parse(row['revsync_sent_at'] ?? ''));
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(3_000_000);
    expect(rows.every((row) => row['revsync_status'] === 'accepted')).toBe(true);
    expect(Object.keys(server.books().revenue)).toHaveLength(120);
    delete space.env['NODE_OPTIONS'];
    expect((await space.run(...push)).code).toBe(0);
    expect(server.requests()).toBe(122);
  });
});

function overwrite(path: string, at: number, text: string): void {
  expect(readFileSync(path).length).toBeGreaterThan(at);
  const file = openSync(path, 'r+');
  writeSync(file, text, at);
  closeSync(file);
}
