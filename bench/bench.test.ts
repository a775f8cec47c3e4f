import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Workspace, type Ended, type Running } from '../test/support/cli.js';

const MOST_MS = 300_000;
const { writeRows, writeTable } = (await import(new URL('document.mjs', import.meta.url).href)) as {
  writeRows: (kind: string, rows: readonly string[][], machine: string, path: string) => void;
  writeTable: (table: object, machine: string, path: string) => void;
};
const BENCH = fileURLToPath(new URL('bench.mjs', import.meta.url));
const SERVER = fileURLToPath(new URL('server.mjs', import.meta.url));

/** A run in a folder of its own, in which nothing may be left. */
function start(space: Workspace, ...args: string[]): Running {
  space.env['TMPDIR'] = space.folder;
  return space.spawn(process.execPath, [BENCH, ...args]);
}

function leftIn(space: Workspace): string[] {
  return readdirSync(space.folder).filter((name) => name.startsWith('revsync-bench-'));
}

/** The cells of the table's rows, without its two head rows. */
function tableOf({ stdout }: Ended): string[][] {
  const lines = stdout.split('\n\n')[0]?.split('\n') ?? [];
  return lines.slice(2).map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));
}

const { BENCHMARKS } = (await import(new URL('benchmarks.mjs', import.meta.url).href)) as {
  BENCHMARKS: Readonly<Record<string, unknown>>;
};

describe('the benchmarks', { timeout: MOST_MS }, () => {
  it('measure every row against its reference, with what this machine has', async () => {
    const space = new Workspace();
    const ended = await start(space, '--rows', '100', '--rounds', '1').ended;
    expect([ended.code, ended.stderr]).toEqual([0, expect.not.stringContaining('Error')]);
    const rows = tableOf(ended);
    expect(rows.map(([what = '', , reference = '']) => [what, reference.replace(/: .*/, '')])).toEqual([
      ['push of 100 rows, CPU', 'node -e 0'],
      ['push of 100 rows, last answer to exit', '–'],
      ['push of 100 rows, peak memory', '–'],
      ['night: 100 rows, 200 ms, 16 lanes, CPU', 'undici-loop'],
      ['night: 100 rows, 200 ms, 16 lanes, wall', 'undici-loop'],
      ['night: 100 rows, 200 ms, 16 lanes, peak memory', '–'],
      [
        expect.stringMatching(/^sending, 100 rows, 50 ms, 64 lanes, each sync 5 ms longer/),
        'the same on a fast disk',
      ],
      ['100 rows, 50 ms, 64 lanes, first request to last answer', 'undici-loop'],
      ['100 rows, 50 ms, 64 lanes, wall', 'undici-loop'],
      ['push, 20 rows, no latency, CPU', 'books-loop'],
      [expect.stringMatching(/^push, 20 rows, no latency/), 'curl --parallel --parallel-max 50'],
      ['push, 100 rows, no latency, rows/s', 'books-loop'],
      ['push, 100 rows, no latency, rows/s', 'undici-loop'],
      ['push, 100 rows, no latency, rows/s while it sends', 'undici-loop'],
      [expect.stringMatching(/^push, 100 rows, no latency/), 'Python requests.post, one at a time'],
      [expect.stringMatching(/^push, 100 rows, no latency/), 'xargs -P 16 curl'],
      ['first request of 10 rows, CPU', 'csv-parse drain'],
      ['first request of 100 rows, CPU', 'csv-parse drain'],
      ['dry run, 100 rows, CPU', 'csv-parse drain'],
      ['re-push, 100 unchanged rows, CPU', 'csv-parse drain'],
      ['pull folded, 100 rows, CPU', 'fetch, parse, write'],
      ['reconcile, 100 rows a side, CPU', 'csv-parse drain of both files'],
      ['reconcile, 100 rows a side, CPU', 'duckdb'],
      ['reconcile, 100 rows a side, CPU', 'sqlite3'],
      ['report --ledger, 100 entries, CPU', 'one SQL sum'],
      ['report, a results file of 100 rows, CPU', 'csv-parse drain'],
      ['revsync --version, CPU', 'node -e 0'],
      ['revsync --help, CPU', 'node -e 0'],
      ['revsync runs, CPU', 'node -e 0'],
      ['re-push, 100 rows, peak memory', '10 rows'],
      ['push, 100 rows, peak memory', '10 rows'],
      ['dry run, 100 rows, peak memory', '10 rows'],
    ]);
    for (const [, , reference, ratio] of rows)
      expect(ratio).toMatch(reference === '–' ? /^–$/ : /^(\d+\.\d\d|not on this machine|no cc .*)$/);
    expect(leftIn(space)).toEqual([]);
  });

  it('measure growth', async () => {
    const space = new Workspace();
    const ended = await start(space, 'growth', '--rows', '100', '--rounds', '1').ended;
    expect([ended.code, ended.stderr]).toEqual([0, expect.not.stringContaining('Error')]);
    expect(tableOf(ended).map(([what]) => what)).toEqual([
      'push, 2 rows, 1,000 entries behind, rows/s',
      'push --dry-run, 2 rows, 1,000 entries behind, wall',
      'history, 1,000 entries behind, wall',
    ]);
    expect(ended.stdout).toContain('|  | 2 rows | 10 rows | 100 rows | longest against shortest |');
    const read = ['results', 'report', 'pull', 'pull folded', 'reconcile', 'history', 'runs'];
    for (const name of ['push', 'dry run', 're-push', ...read])
      expect(ended.stdout).toMatch(new RegExp(`^\\| ${name} \\| [\\d,.]+ m?s \\|`, 'm'));
  });

  it('write a table that is no comparison into a place of its own', () => {
    const path = join(new Workspace().folder, 'performance.md');
    writeFileSync(path, 'Before.\n<!-- bench growth -->\nOld.\n<!-- end of growth -->\nAfter.\n');
    const table = { place: 'growth', title: 'Growth:', head: ['', '10 rows'], rows: [['push', '1 s']] };
    writeTable(table, 'On one machine.', path);
    const lines = [
      'Growth:',
      '',
      '|  | 10 rows |',
      '| --- | --- |',
      '| push | 1 s |',
      '',
      'On one machine.',
      '',
    ];
    const block = ['<!-- bench growth -->', '', ...lines, '<!-- end of growth -->'];
    expect(readFileSync(path, 'utf8')).toBe(`Before.\n${block.join('\n')}\nAfter.\n`);
  });

  it('write their rows into the place of older ones of the same name, and leave others', () => {
    const path = join(new Workspace().folder, 'performance.md');
    const row = (what: string, ours: string, theirs: string): string[] => [
      ...[what, ours, `loop: ${theirs}`, '1.00', '1.00 to 1.00', '≤ 2', 'yes'],
      ...['–', '–', '–', '–', '–'],
    ];
    writeFileSync(path, 'Said before.\n<!-- bench quiet -->\n<!-- end of quiet -->\nSaid after.\n');
    writeRows('quiet', [row('a', '1 s', '2 s'), row('b', '3 s', '4 s')], 'On one machine.', path);
    writeRows('quiet', [row('b', '5 s', '6 s'), row('c', '7 s', '8 s')], 'On another.', path);
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines.filter((line) => line.startsWith('| ')).slice(2)).toEqual(
      [row('a', '1 s', '2 s'), row('b', '5 s', '6 s'), row('c', '7 s', '8 s')].map(
        (cells) => `| ${cells.join(' | ')} |`,
      ),
    );
    expect(lines.filter((line) => /^(Said|On) /.test(line))).toEqual([
      'Said before.',
      'On another.',
      'Said after.',
    ]);
  });

  it('are explained in docs/performance.md, each with what limits it', () => {
    const text = readFileSync(new URL('../docs/performance.md', import.meta.url), 'utf8');
    const [, limits = ''] = text.split('## What limits each');
    const explained = [...limits.matchAll(/^\| `([a-z-]+)` \| [^|]+ \|$/gm)].map(([, name]) => name);
    expect(explained).toEqual(Object.keys(BENCHMARKS));
  });

  it('fail where a request has been lost, and still measure the rest', async () => {
    const space = new Workspace();
    const ended = await start(space, 'push', 'reconcile', '--rows', '50', '--rounds', '1', '--lose', '7')
      .ended;
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(
      /^push: revsync push --concurrency 64: booked: \{"requests":50,"distinct":49,"cents":\d+\}, wanted \{"requests":50,"distinct":50,/m,
    );
    expect(tableOf(ended).map(([what, , , ratio]) => [what, ratio])).toEqual([
      ['push', 'could not be measured'],
      ['push', 'could not be measured'],
      ['reconcile, 50 rows a side, CPU', expect.stringMatching(/^\d/)],
      ['reconcile, 50 rows a side, CPU', expect.stringMatching(/^[\dn]/)],
      ['reconcile, 50 rows a side, CPU', expect.stringMatching(/^[\dn]/)],
    ]);
    expect(leftIn(space)).toEqual([]);
  });

  it('refuse a name that is none, and a number that is none', async () => {
    const space = new Workspace();
    const { code, stdout, stderr } = await start(space, 'pusch').ended;
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^bench: there is no benchmark pusch; use any of small, night, .*, growth, with --rows N/,
    );
    expect((await start(space, '--write', '--quick').ended).stderr).toContain('--write takes neither');
    expect((await start(space, '--rows', '1e5').ended).stderr).toContain('--rows 1e5: write a whole number');
  });

  it.runIf(process.platform === 'linux')('leave no file and no process when they are stopped', async () => {
    const space = new Workspace();
    const running = start(space, 'latency', '--rows', '20000', '--rounds', '1');
    const { pid = 0 } = running.process;
    // The vendor, and the push to it.
    let children: number[] = [];
    while (children.length < 2) {
      await setTimeout(50);
      children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
        .split(' ')
        .filter(Boolean)
        .map(Number);
    }
    running.process.kill('SIGTERM');
    const { code, stdout, stderr } = await running.ended;
    expect([code, stdout]).toEqual([143, '']);
    expect(stderr).toMatch(/bench: stopped by SIGTERM\n$/);
    expect(leftIn(space)).toEqual([]);
    await expect.poll(() => children.filter(isAlive), { timeout: MOST_MS }).toEqual([]);
  });
});

it('their vendor reads requests that come in pieces, and several at once', async () => {
  const vendor = fork(SERVER);
  onTestFinished(() => void vendor.kill());
  const [{ port }] = (await once(vendor, 'message')) as [{ port: number }];
  const request = (id: string, amount: string): string => {
    const body = `auth_token=t&call_log_id=${id}&revenue=${amount}`;
    return `POST /v1/revenue/update HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  };
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  const first = request('101', '12.50');
  socket.write(first.slice(0, 30));
  await setTimeout(20);
  socket.write(first.slice(30, -5));
  await setTimeout(20);
  socket.write(first.slice(-5) + request('102', '0.01') + request('102', '7.00'));
  const closing = request('103', 'none').replace('\r\n', '\r\nConnection: close\r\n');
  let answers = '';
  socket.on('data', (text: string) => (answers += text));
  while (answers.split('"102"').length < 3) await once(socket, 'data');
  socket.write(closing);
  await once(socket, 'end');
  const told = [...answers.matchAll(/\r\n\r\n(\{.*?\}+)(?=HTTP|$)/g)].map(([, body]) => body);
  const accepted = ['101', '102', '102'].map((id) => `{"success":true,"data":{"call_log_id":"${id}"}}`);
  expect(told).toEqual([...accepted, '{"success":false,"code":6032,"text":"Missing Call Log ID"}']);
  vendor.send({ ask: 'books' });
  const [books] = (await once(vendor, 'message')) as [object];
  expect(books).toMatchObject({ requests: 4, distinct: 2, cents: 1951 });
});

/** A process that has been killed stays for a moment, as a zombie. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
