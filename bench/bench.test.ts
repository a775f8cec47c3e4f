import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Workspace, type Ended, type Running } from '../test/support/cli.js';

const MOST_MS = 300_000;
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

describe('the benchmarks', { timeout: MOST_MS }, () => {
  it('measure push, dry run and start against their references', async () => {
    const space = new Workspace();
    const ended = await start(space, 'push', 'dry-run', 'start', '--rows', '200', '--rounds', '1').ended;
    expect([ended.code, ended.stderr]).toEqual([0, expect.not.stringContaining('Error')]);
    const rows = tableOf(ended);
    expect(rows.map(([what, , reference]) => [what, reference?.replace(/: .*/, '')])).toEqual([
      ['revsync --version', 'node -e 0'],
      ['revsync --help', 'node -e 0'],
      ['push, 200 rows', 'undici-loop'],
      ['push, 200 rows, sending alone', 'undici-loop'],
      ['push, 200 rows', 'books-loop'],
      ['push, 200 rows', 'Python requests.post, one at a time'],
      ['push, 200 rows', 'curl --parallel --parallel-max 50'],
      ['push, 200 rows', 'books-loop'],
      ['push, 200 rows, of which xargs gets the first 200', 'xargs -P 16 curl'],
      ['push --dry-run, 200 rows', 'csv-parse drain'],
      ['push --dry-run --out, 200 rows', 'csv-parse drain'],
      ['push --dry-run, 200 rows', 'csv-parse drain, as arrays'],
    ]);
    for (const [, , , ratio] of rows) expect(ratio).toMatch(/^(\d+\.\d\d|not on this machine)$/);
    expect(leftIn(space)).toEqual([]);
  });

  it('measure re-push, reconcile, memory, latency and growth', async () => {
    const space = new Workspace();
    const names = ['re-push', 'reconcile', 'memory', 'latency', 'growth'];
    const ended = await start(space, ...names, '--rows', '100', '--rounds', '1').ended;
    expect([ended.code, ended.stderr]).toEqual([0, expect.not.stringContaining('Error')]);
    expect(tableOf(ended).map(([what]) => what)).toEqual([
      'push at 50 ms latency, 100 rows',
      'push at 50 ms latency, 100 rows, sending alone',
      're-push of 100 unchanged rows',
      'reconcile, 100 rows on each side',
      'peak memory, re-push, 100 rows',
      'peak memory, push, 100 rows',
      'peak memory, dry run, 100 rows',
      'push, 2 rows, 1,000 entries behind',
      'push --dry-run, 2 rows, 1,000 entries behind',
      'history, 1,000 entries behind',
    ]);
    expect(ended.stdout).toContain('|  | 2 rows | 10 rows | 100 rows | longest against shortest |');
    for (const name of ['push', 'dry run', 're-push', 'results', 'history', 'runs'])
      expect(ended.stdout).toMatch(new RegExp(`^\\| ${name} \\| [\\d,.]+ m?s \\|`, 'm'));
  });

  it('fail where a request has been lost, and still measure the rest', async () => {
    const space = new Workspace();
    const ended = await start(space, 'push', 'start', '--rows', '20', '--rounds', '1', '--lose', '7').ended;
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(
      /^push: revsync push --concurrency 64: booked: \{"requests":20,"distinct":19,"cents":\d+\}, wanted \{"requests":20,"distinct":20,/m,
    );
    expect(tableOf(ended).map(([what, , , ratio]) => [what, ratio])).toEqual([
      ['revsync --version', expect.stringMatching(/^\d/)],
      ['revsync --help', expect.stringMatching(/^\d/)],
      ['push', 'could not be measured'],
      ['push', 'could not be measured'],
    ]);
    expect(leftIn(space)).toEqual([]);
  });

  it('refuse a name that is none, and a number that is none', async () => {
    const space = new Workspace();
    const names = 'start, push, latency, dry-run, re-push, reconcile, memory, growth';
    expect(await start(space, 'pusch').ended).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `bench: there is no benchmark pusch; use any of ${names}, with --rows N and --rounds N\n`,
    });
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
