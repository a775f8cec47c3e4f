import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AtomicFile } from '../../src/io/atomic-file.js';
import { RESULT_COLUMNS } from '../../src/core/row.js';
import { BIN, Workspace } from '../support/cli.js';
import { builtFrom } from '../support/from-source.mjs';
import { convosoServer } from '../support/vendor-server.js';

const SANDBOX = ['--vendor', 'convoso', '--sandbox'];
const HEADER = 'call_log_id,revenue\n';

/** A space with one sale in `sales.csv`, and what it is. */
function space(): Workspace {
  const space = new Workspace();
  space.write('sales.csv', `${HEADER}1001,10.00\n`);
  return space;
}

describe('no file of a push is another one of them', () => {
  it('where the results of one source are another source', async () => {
    const files = space();
    const before = `${HEADER}1002,20.00\n`;
    files.write('sales.results.csv', before);
    const ended = await files.run('push', 'sales.csv', 'sales.results.csv', ...SANDBOX);
    expect([ended.code, ended.stderr]).toEqual([
      2,
      'revsync: the results, sales.results.csv, would overwrite the input; push that file by itself, and name another for its results with --out\n',
    ]);
    expect(files.read('sales.results.csv')).toBe(before);
  });

  const sources = `${HEADER}1001,10.00\n`;
  it.each<[string, (files: Workspace) => void, string[], string]>([
    [
      '--out is a link to the source',
      (at) => symlinkSync('sales.csv', at.path('l.csv')),
      ['--out', 'l.csv'],
      '--out would overwrite the input',
    ],
    [
      '--out is a hard link of it',
      (at) => linkSync(at.path('sales.csv'), at.path('h.csv')),
      ['--out', 'h.csv'],
      '--out would overwrite the input',
    ],
    [
      'its folder is reached through a link',
      (at) => symlinkSync('.', at.path('d')),
      ['--out', 'd/sales.csv'],
      '--out would overwrite the input',
    ],
    [
      'a page takes the place of default results',
      () => undefined,
      ['--report', 'sales.results.csv'],
      '--report and the results, sales.results.csv, name one file',
    ],
    [
      '--out and --report lead to one place where nothing is yet',
      (at) => symlinkSync('x.csv', at.path('l')),
      ['--out', 'x.csv', '--report', 'l'],
      '--report and --out name one file',
    ],
    [
      '--out is the ledger',
      () => undefined,
      ['--out', 'state/ledger.db'],
      '--out would overwrite the ledger',
    ],
    [
      '--out is the log of the ledger',
      () => undefined,
      ['--out', 'state/ledger.db-wal'],
      '--out would overwrite the ledger',
    ],
    [
      'the ledger is to be where results go',
      () => undefined,
      ['--ledger', 'sales.results.csv'],
      'the results, sales.results.csv, would overwrite the ledger',
    ],
    [
      'the ledger is the source',
      () => undefined,
      ['--ledger', 'sales.csv'],
      'the ledger would overwrite the input',
    ],
    [
      '--out is the file of credentials',
      (at) => at.write('.env', 'A=b\n'),
      ['--env-file', '.env', '--out', '.env'],
      '--out would overwrite the file of --env-file',
    ],
  ])('where %s', async (_, prepare, options, message) => {
    const files = space();
    mkdirSync(files.path('state'));
    prepare(files);
    const ended = await files.run('push', 'sales.csv', ...SANDBOX, ...options);
    expect(ended.stderr).toContain(message);
    expect(ended.code).toBe(2);
    expect(files.read('sales.csv')).toBe(sources);
    expect([existsSync(files.path('state/ledger.db')), files.partial()]).toEqual([false, []]);
  });

  it('and a source is not named twice, whatever its names are', async () => {
    const files = space();
    symlinkSync('sales.csv', files.path('same.csv'));
    const ended = await files.run('push', 'sales.csv', 'same.csv', ...SANDBOX);
    expect([ended.code, ended.stderr]).toEqual([2, 'revsync: a file is named twice\n']);
  });

  it('in reports, results, pulls and reconciliations either', async () => {
    const files = space();
    // A process of its own has worked the log into the file once it has ended.
    expect((await files.start('push', 'sales.csv', ...SANDBOX).ended).code).toBe(0);
    symlinkSync('sales.results.csv', files.path('r.csv'));
    symlinkSync('state/ledger.db', files.path('books.csv'));
    const ledger = readFileSync(files.ledger);
    for (const [words, message] of [
      [['report', 'sales.results.csv', '--out', 'r.csv'], '--out would overwrite an input'],
      [['report', 'sales.results.csv', '--out', 'books.csv'], '--out would overwrite the ledger'],
      [['results', 'run-1', '--out', 'sales.csv'], '--out would overwrite an input'],
      [['results', 'run-1', '--out', 'books.csv'], '--out would overwrite the ledger'],
      [
        ['reconcile', 'sales.csv', ...SANDBOX, '--from-ledger', '--out', 'books.csv'],
        '--out would overwrite the ledger',
      ],
      [
        ['pull', 'invoca', '--network', '1', '--base-url', 'http://127.0.0.1:9', '--out', 'books.csv'],
        '--out would overwrite the ledger',
      ],
    ] as const) {
      const ended = await files.run(...words);
      expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining(message)]);
    }
    expect(readFileSync(files.ledger).equals(ledger)).toBe(true);
    expect(files.read('sales.csv')).toBe(`${HEADER}1001,10.00\n`);
  });
});

describe('files under way', () => {
  it('have names of their own, so that what ends in .partial may be pushed', async () => {
    const files = space();
    const before = `${HEADER}1002,20.00\n`;
    files.write('sales.csv.partial', before);
    const ended = await files.run('push', 'sales.csv.partial', ...SANDBOX, '--out', 'sales.csv');
    expect(ended.code).toBe(0);
    expect(files.read('sales.csv.partial')).toBe(before);
    expect(files.rows('sales.csv').map((row) => row['revsync_key'])).toEqual(['1002']);
  });

  it('are removed once their process is dead, and kept while it lives or where it is another machine', async () => {
    const files = space();
    const temporary = await builtFrom('io/temporary');
    const script = `import { temporaryFor } from ${JSON.stringify(temporary)};
      console.log(temporaryFor(${JSON.stringify(files.path('sales.results.csv'))}));`;
    const made = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    const dead = made.stdout.trim();
    const live = dead.replace(/-\d+-/, `-${process.pid}-`);
    const foreign = dead.replace(/\.[0-9a-f]{8}-/, '.00000000-');
    for (const path of [dead, live, foreign]) writeFileSync(path, 'half');
    expect((await files.run('push', 'sales.csv', ...SANDBOX)).code).toBe(0);
    expect([dead, live, foreign].map((path) => existsSync(path))).toEqual([false, true, true]);
  });
});

describe('--out', () => {
  it('leaves a link a link, and writes what it leads to', async () => {
    const files = space();
    mkdirSync(files.path('archive'));
    symlinkSync('archive/today.csv', files.path('latest.csv'));
    for (const _ of [1, 2]) {
      expect((await files.run('push', 'sales.csv', ...SANDBOX, '--out', 'latest.csv')).code).toBe(0);
      expect(readlinkSync(files.path('latest.csv'))).toBe('archive/today.csv');
      expect(files.rows('archive/today.csv')).toHaveLength(1);
    }
  });

  it('writes to what standard output is, and leaves the name of it alone', async () => {
    const files = space();
    mkdirSync(files.path('state'));
    const link = lstatSync('/dev/stdout').ino;
    const words = ['push', 'sales.csv', ...SANDBOX, '--quiet', '--out', '/dev/stdout'];
    const command = `{ echo before; "$@"; } > seen`;
    const ended = await files.spawn('sh', ['-c', command, 'sh', process.execPath, BIN, ...words]).ended;
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    expect(files.read('seen')).toMatch(
      /^before\ncall_log_id,revenue,revsync_line,.*\n1001,10.00,2,1001,.*\n$/,
    );
    expect(lstatSync('/dev/stdout').ino).toBe(link);
  });

  it('writes all of it to a pipe whose reader comes late and is slow', async () => {
    const files = space();
    const sales = Array.from({ length: 3000 }, (_, index) => `${1000 + index},10.00\n`);
    files.write('sales.csv', HEADER + sales.join(''));
    execFileSync('mkfifo', [files.path('pipe')]);
    const running = files.start('push', 'sales.csv', ...SANDBOX, '--out', 'pipe');
    const reader = files.spawn('sh', ['-c', '(sleep 1; head -c 1000; sleep 1; cat) < pipe']);
    expect((await running.ended).code).toBe(0);
    expect((await reader.ended).stdout.split('\n')).toHaveLength(3002);
  });
});

describe('results keep their own names', () => {
  const results = (files: Workspace): string[] =>
    readdirSync(files.folder).filter((name) => name.includes('.results.'));

  it('where one file is pushed to two vendors and accounts, one after the other and again', async () => {
    const files = space();
    const convoso = ['push', 'sales.csv', ...SANDBOX];
    const trackdrive = ['push', 'sales.csv', '--vendor', 'trackdrive', '--sandbox'];
    files.write('sales.csv', 'call_log_id,call_id,revenue\n1001,1001,10.00\n');
    const more = ['--column', 'call_id=call_id', '--account', 'second desk'];
    for (const _ of [1, 2]) {
      expect((await files.run(...convoso, '--ignore-column', 'call_id')).code).toBe(0);
      expect((await files.run(...trackdrive, ...more)).code).toBe(0);
    }
    const own = 'sales.csv.trackdrive-second%20desk-sandbox.results.csv';
    expect(results(files)).toEqual([own, 'sales.results.csv']);
    expect([files.rows('sales.results.csv'), files.rows(own)].map(([row]) => row?.['revsync_run'])).toEqual([
      'run-3',
      'run-4',
    ]);
    expect((await files.run('results', 'run-2')).stderr).toBe(`results: ${own}\n`);
    expect((await files.run('results', 'run-1')).stderr).toBe('results: sales.results.csv\n');
    expect([files.rows('sales.results.csv'), files.rows(own)].map(([row]) => row?.['revsync_run'])).toEqual([
      'run-1',
      'run-2',
    ]);
  });

  it('where two files differ in their ending, in one push or in two', async () => {
    const files = space();
    files.write('sales.txt', `${HEADER}1002,20.00\n`);
    const own = 'sales.txt.convoso-default-sandbox.results.csv';
    expect((await files.run('push', 'sales.csv', 'sales.txt', ...SANDBOX)).code).toBe(0);
    for (const _ of [1, 2]) {
      expect(results(files)).toEqual(['sales.results.csv', own]);
      expect(files.rows('sales.results.csv').map((row) => row['revsync_key'])).toEqual(['1001']);
      expect(files.rows(own).map((row) => row['revsync_key'])).toEqual(['1002']);
      expect((await files.run('push', 'sales.txt', ...SANDBOX)).code).toBe(0);
    }
  });

  it('where one file is pushed to two vendors at once', async () => {
    const files = space();
    files.write('sales.csv', 'call_log_id,call_id,revenue\n1001,1001,10.00\n');
    const both = [
      files.start('push', 'sales.csv', ...SANDBOX, '--ignore-column', 'call_id'),
      files.start('push', 'sales.csv', '--vendor', 'trackdrive', '--sandbox', '--column', 'call_id=call_id'),
    ];
    const ended = await Promise.all(both.map((one) => one.ended));
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    expect(results(files)).toHaveLength(2);
    const runs = results(files).map((name) => files.rows(name)[0]?.['revsync_run']);
    expect(runs.sort()).toEqual(['run-1', 'run-2']);
  });

  it('where a trial is pushed, which makes room for what is not one', async () => {
    const files = space();
    const server = await convosoServer();
    const push = ['push', 'sales.csv', '--vendor', 'convoso'];
    expect((await files.run(...push, '--sandbox')).code).toBe(0);
    expect((await files.run(...push, '--base-url', server.url)).code).toBe(0);
    expect(results(files)).toEqual(['sales.results.csv']);
    expect((await files.run(...push, '--sandbox')).code).toBe(0);
    expect(results(files)).toEqual(['sales.csv.convoso-default-sandbox.results.csv', 'sales.results.csv']);
    expect(files.rows('sales.results.csv').map((row) => row['revsync_run'])).toEqual(['run-2']);
  });
});

/** Whether a process does something on Ctrl-C by now. */
function handlesInterrupt(pid = 0): boolean {
  const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(`0x${caught?.slice(-2) ?? '0'}`) & 2) !== 0;
}

describe('a pipe without a partner ends on Ctrl-C', () => {
  it.each([
    [
      'to write to',
      'push',
      ['push', 'sales.csv', ...SANDBOX, '--out', 'pipe'],
      [1, 130],
      'nobody reads the pipe',
    ],
    [
      'to write a report to',
      'report',
      ['report', 'sales.results.csv', '--out', 'pipe'],
      [2],
      'nobody reads the pipe',
    ],
    ['to read from', 'push', ['push', 'pipe', ...SANDBOX], [130], 'interrupted by SIGINT'],
  ] as const)('%s, in %s', async (_, __, words, codes, message) => {
    const files = space();
    files.write('sales.results.csv', `${['agent', ...RESULT_COLUMNS].join()}\n`);
    execFileSync('mkfifo', [files.path('pipe')]);
    const sends = [...words].join(' ').includes('--sandbox --out');
    const running = files.start(...words);
    const isAtIt = (): boolean =>
      handlesInterrupt(running.process.pid) && (!sends || existsSync(`${files.ledger}.sandbox`));
    await expect.poll(isAtIt, { timeout: 30_000 }).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(running.process.exitCode).toBeNull();
    running.process.kill('SIGINT');
    const ended = await running.ended;
    expect(ended.stderr).toContain(message);
    expect(codes).toContain(ended.code);
  });
});

describe('a byte order mark', () => {
  it('stands before the results of an input that has one, whenever they are written, and of no other', async () => {
    const files = space();
    for (const [name, text] of [
      ['marked.csv', '\ufeff"call_log_id",revenue\n1,5.00\n'],
      ['wide.csv', Buffer.from('\ufeffcall_log_id,revenue\n2,5.00\n', 'utf16le')],
      ['plain.csv', `${HEADER}3,5.00\n`],
    ] as const)
      files.write(name, text);
    const ended = await files.run('push', 'marked.csv', 'wide.csv', 'plain.csv', ...SANDBOX);
    expect(ended.code).toBe(0);
    const start = (name: string): string => files.read(name).slice(0, 20);
    expect(start('marked.results.csv')).toBe('\ufeffcall_log_id,revenue'.slice(0, 20));
    expect(start('wide.results.csv')).toBe('\ufeffcall_log_id,revenue'.slice(0, 20));
    expect(start('plain.results.csv')).toBe('call_log_id,revenue,');
    const before = files.read('marked.results.csv');
    files.write('marked.results.csv', '');
    expect((await files.run('results', '1')).code).toBe(0);
    expect(files.read('marked.results.csv')).toBe(before);
    expect((await files.run('push', 'marked.csv', ...SANDBOX, '--out', '-', '--quiet')).stdout).toMatch(
      /^\ufeffcall/,
    );
    const fedBack = await files.run('push', 'marked.results.csv', ...SANDBOX);
    expect(fedBack.stderr).toMatch(/unchanged +1 /);
    expect((await files.run('report', '--run', '1')).code).toBe(0);
  });

  it('and a run is named by its number or its id, by every command alike', async () => {
    const files = space();
    expect((await files.run('push', 'sales.csv', ...SANDBOX)).code).toBe(0);
    const told = [];
    for (const name of ['1', 'run-1']) {
      expect((await files.run('results', name, '--out', '-')).stdout).toContain('1001,10.00,2,');
      expect((await files.run('report', '--run', name)).stdout).toContain('10.00');
    }
    for (const name of ['9', 'run-9', 'run']) {
      const both = [await files.run('results', name), await files.run('report', '--run', name)];
      expect(both.map(({ code }) => code)).toEqual([2, 2]);
      told.push(...both.map(({ stderr }) => stderr.replace(JSON.stringify(name), 'NAME')));
    }
    expect(new Set(told).size).toBe(1);
    expect(told[0]).toMatch(
      /^revsync: the ledger has no run NAME; the last one is run-1; `.*runs .*` lists them\n$/,
    );
  });
});

describe('a file under way', () => {
  it('is not there before it has a word, so that who is killed leaves none that is empty', () => {
    const { folder } = space();
    const path = `${folder}/calls.csv`;
    const file = AtomicFile.open({ path, what: 'transactions' });
    expect(readdirSync(folder)).toEqual(['sales.csv']);
    expect(file.ok && readdirSync(folder).length).toBe(1);
    const none = AtomicFile.open({ path: `${folder}/none/calls.csv`, what: 'transactions' });
    expect(none).toMatchObject({ ok: false });
  });
});
