// What is compared: commands of revsync and what they are held against. Each runs once to its end, is checked to have
// done its work, and resolves to a reading: `seconds` and `peakMb` as of `timed`, `rows`, and of what sends also
// `sendingSeconds`, from its first request to the last answer, and `busy`, the share of one core that the server
// took of them.
import { closeSync, constants, copyFileSync, fsyncSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { centsIn, idOf, TOKEN, wordsIn } from './files.mjs';
import { Failed, timed } from './processes.mjs';

const BIN = fileURLToPath(new URL('../bin/revsync.js', import.meta.url));
const UNDICI_LOOP = fileURLToPath(new URL('references/undici-loop.mjs', import.meta.url));
const BOOKS_LOOP = fileURLToPath(new URL('references/books-loop.mjs', import.meta.url));
const DRAIN = fileURLToPath(new URL('references/csv-parse-drain.mjs', import.meta.url));
const REQUESTS_LOOP = fileURLToPath(new URL('references/requests_loop.py', import.meta.url));
/** Above what any machine sends: the most that `--rate` takes. */
const NO_RATE = '1000000';

function expectEqual(what, found, wanted) {
  const [have, want] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (have !== want) throw new Failed(`${what}: ${have}, wanted ${want}`);
}

/** Runs what is to send `rows` sales from the number `from` on, and looks at what has been booked for it. */
async function sending({ server, lose }, who, { rows, from = 0, latencyMs = 0 }, run) {
  await server.reset(latencyMs, lose);
  const ended = await run();
  const { sendingSeconds, cpuSeconds, ...books } = await server.books();
  expectEqual(`${who}: booked`, books, { requests: rows, distinct: rows, cents: centsIn(rows, from) });
  return { ...ended, rows, sendingSeconds, busy: cpuSeconds / sendingSeconds };
}

/** Runs what is to send nothing. */
async function silent({ server }, who, { rows }, run) {
  await server.reset(0, 0);
  const ended = await run();
  const { requests } = await server.books();
  expectEqual(`${who}: requests`, requests, 0);
  return { ...ended, rows };
}

/** Where a command is to write; what another has written there is gone. */
function newOutput({ folder }, name) {
  const path = join(folder, name);
  rmSync(path, { force: true });
  return path;
}

/** Looks whether every row of a results or breaks file has the word in that column. */
async function expectAll(who, path, column, word, rows) {
  expectEqual(`${who}: ${column}`, await wordsIn(path, column), { [word]: rows });
}

function revsync({ folder }, ...args) {
  return timed(process.execPath, [BIN, ...args], { cwd: folder, env: { CONVOSO_AUTH_TOKEN: TOKEN } });
}

/** A folder with an empty ledger, for one command or several that build on each other. */
export function newLedger({ folder }, name) {
  const own = join(folder, name);
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own);
  return join(own, 'ledger.db');
}

export function copyLedger(bench, from, name) {
  const to = newLedger(bench, name);
  copyFileSync(from, to, constants.COPYFILE_FICLONE);
  settleOnDisk(to);
  return to;
}

/** Before the clock runs: what is on its way to the disk holds up who waits for the disk. */
export function settleOnDisk(path) {
  const file = openSync(path, 'r+');
  fsyncSync(file);
  closeSync(file);
}

async function pushArguments(bench, { rows, from, ledger, options }) {
  const file = await bench.files('sales', rows, from);
  const where = ['--vendor', 'convoso', '--base-url', bench.server.origin, '--ledger', ledger];
  return ['push', file, ...where, '--rate', NO_RATE, ...options];
}

/** A push of `rows` sales from the number `from` on, with the status that every row of its results must have. */
async function pushing(bench, { rows, from, ledger, status, send = silent, latencyMs, options }) {
  const out = newOutput(bench, 'results.csv');
  const who = ['revsync push', ...options].join(' ');
  const args = await pushArguments(bench, { rows, from, ledger, options: ['--out', out, ...options] });
  const reading = await send(bench, who, { rows, from, latencyMs }, () => revsync(bench, ...args));
  await expectAll(who, out, 'revsync_status', status, rows);
  return reading;
}

export function push(bench, { rows, from, concurrency = 64, latencyMs, ledger = newLedger(bench, 'push') }) {
  const options = ['--concurrency', String(concurrency)];
  return pushing(bench, { rows, from, ledger, status: 'accepted', send: sending, latencyMs, options });
}

/** A file once more, with a ledger that has it: a row that were sent would be a fault. */
export function rePush(bench, { rows, ledger }) {
  const options = ['--concurrency', '64'];
  return pushing(bench, { rows, ledger, status: 'unchanged', options });
}

/** As the README has it: what would be sent is said in a summary. */
export async function dryRun(bench, { rows, from, ledger = newLedger(bench, 'dry-run') }) {
  const options = ['--dry-run', '--json'];
  const args = await pushArguments(bench, { rows, from, ledger, options });
  const reading = await silent(bench, 'revsync push --dry-run', { rows }, () => revsync(bench, ...args));
  const { planned } = JSON.parse(reading.stdout).statuses;
  expectEqual('revsync push --dry-run: rows planned', planned.rows, rows);
  return reading;
}

/** A dry run that writes a results CSV. */
export function dryRunWritten(bench, { rows, ledger = newLedger(bench, 'dry-run') }) {
  return pushing(bench, { rows, ledger, status: 'planned', options: ['--dry-run'] });
}

export async function reconcile(bench, { rows }) {
  const files = [await bench.files('sales', rows), '--against', await bench.files('exported', rows)];
  const found = ['--vendor', 'convoso', '--key', 'call_log_id', '--amount', 'revenue'];
  const out = newOutput(bench, 'breaks.csv');
  const where = ['--ledger', newLedger(bench, 'reconcile'), '--out', out];
  const reading = await silent(bench, 'revsync reconcile', { rows }, () =>
    revsync(bench, 'reconcile', ...files, ...found, ...where),
  );
  await expectAll('revsync reconcile', out, 'revsync_break', 'matched', rows);
  return reading;
}

export async function results(bench, { rows, run, ledger }) {
  const out = newOutput(bench, 'results.csv');
  const reading = await revsync(bench, 'results', run, '--ledger', ledger, '--out', out);
  await expectAll('revsync results', out, 'revsync_status', 'accepted', rows);
  return { ...reading, rows };
}

/** Of one sale that was accepted, `number`. */
export async function history(bench, { number, ledger }) {
  const reading = await revsync(bench, 'history', idOf(number), '--ledger', ledger, '--json');
  const told = JSON.parse(reading.stdout).map(({ status }) => status);
  expectEqual('revsync history: statuses', told, ['accepted']);
  return reading;
}

export async function runs(bench, { rows, ledger }) {
  const reading = await revsync(bench, 'runs', '--ledger', ledger, '--json');
  const told = JSON.parse(reading.stdout).map(({ statuses }) =>
    statuses.map((one) => [one.status, one.rows]),
  );
  expectEqual('revsync runs: statuses', told, [[['accepted', rows]]]);
  return reading;
}

export async function version(bench) {
  const reading = await revsync(bench, '--version');
  expectEqual('revsync --version', reading.stdout, `${bench.version}\n`);
  return reading;
}

export async function help(bench) {
  const reading = await revsync(bench, '--help');
  expectEqual('revsync --help', reading.stdout.split('\n')[0], 'Usage: revsync [options] [command]');
  return reading;
}

export function emptyNode({ folder }) {
  return timed(process.execPath, ['-e', '0'], { cwd: folder });
}

export async function undiciLoop(bench, { rows, latencyMs = 0 }) {
  const args = [UNDICI_LOOP, bench.server.url, await bench.files('bodies', rows), '64'];
  return sending(bench, 'undici-loop', { rows, latencyMs }, () => timed(process.execPath, args, {}));
}

export async function booksLoop(bench, { rows, concurrency = 64 }) {
  const out = newOutput(bench, 'results.csv');
  const files = [newLedger(bench, 'books-loop'), out];
  const args = [
    BOOKS_LOOP,
    bench.server.url,
    await bench.files('sales', rows),
    String(concurrency),
    ...files,
  ];
  const env = { CONVOSO_AUTH_TOKEN: TOKEN };
  const reading = await sending(bench, 'books-loop', { rows }, () => timed(process.execPath, args, { env }));
  await expectAll('books-loop', out, 'status', 'accepted', rows);
  return reading;
}

/** `shape`: `objects` as with `columns: true`, or `arrays`. `kinds`: those of the files, one after the other. */
export async function drain(bench, { rows, shape = 'objects', kinds = ['sales'] }) {
  const files = await Promise.all(kinds.map((kind) => bench.files(kind, rows)));
  const reading = await timed(process.execPath, [DRAIN, shape, ...files], {});
  const records = kinds.length * (shape === 'arrays' ? rows + 1 : rows);
  expectEqual('csv-parse drain: records', Number(reading.stdout), records);
  return { ...reading, rows };
}

export async function requestsLoop(bench, { rows }, python) {
  const args = [REQUESTS_LOOP, bench.server.url, await bench.files('sales', rows)];
  const env = { CONVOSO_AUTH_TOKEN: TOKEN };
  return sending(bench, 'requests', { rows }, () => timed(python, args, { env }));
}

export async function curlParallel(bench, { rows }) {
  const config = await bench.files('curl', rows);
  // -q: not what this machine's user likes.
  const args = ['-q', '--silent', '--parallel', '--parallel-max', '50', '--config', config];
  return sending(bench, 'curl', { rows }, () => timed('curl', args, {}));
}

export async function xargsCurl(bench, { rows }) {
  const stdin = openSync(await bench.files('bodies', rows), 'r');
  const curl = ['curl', '-q', '--silent', '--output', '/dev/null', bench.server.url, '--data'];
  try {
    const args = ['-P', '16', '-n', '1', ...curl];
    const reading = await sending(bench, 'xargs', { rows }, () => timed('xargs', args, { stdin }));
    // That of xargs alone says nothing.
    return { ...reading, peakMb: undefined };
  } finally {
    closeSync(stdin);
  }
}

/** The first line of what a tool says of itself, or undefined where it cannot be run. */
export async function told(program, ...args) {
  try {
    return (await timed(program, args, {})).stdout.split('\n')[0];
  } catch {
    return undefined;
  }
}
