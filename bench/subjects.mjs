// What is compared: commands of revsync. Each runs once to its end, is checked to have done its work, and resolves to
// a reading: what `timed` measures, `rows`, and of what sends also `sendingSeconds`, from its first request to the
// last answer, `exitSeconds`, from there to its end, and `busy`, the share of one core that the server took meanwhile.
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { centsIn, idOf, TOKEN, wordsIn } from './files.mjs';
import { Failed, timed, told } from './processes.mjs';
import { profiled } from './profile.mjs';

export const BIN = fileURLToPath(new URL('../bin/revsync.js', import.meta.url));
const LEDGER_BEHIND = fileURLToPath(new URL('ledger-behind.mjs', import.meta.url));
const SLOW_DISK = fileURLToPath(new URL('slow-disk.c', import.meta.url));
const ENVIRONMENT = { CONVOSO_AUTH_TOKEN: TOKEN, INVOCA_OAUTH_TOKEN: TOKEN };
/** Above what any machine sends: the most that `--rate` takes. */
const NO_RATE = '1000000';

export function expectEqual(what, found, wanted) {
  const [have, want] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (have !== want) throw new Failed(`${what}: ${have}, wanted ${want}`);
}

/** Runs what is to send `rows` sales from the number `from` on, and looks at what has been booked for it. */
export async function sending({ server, lose }, who, { rows, from = 0, latencyMs = 0 }, run) {
  await server.reset(latencyMs, lose);
  const ended = await run();
  const { sendingSeconds, cpuSeconds, lastAt, ...books } = await server.books();
  expectEqual(`${who}: booked`, books, { requests: rows, distinct: rows, cents: centsIn(rows, from) });
  const exitSeconds = (ended.endedAt - lastAt) / 1000;
  return { ...ended, rows, sendingSeconds, exitSeconds, busy: cpuSeconds / sendingSeconds };
}

/** Runs what is to send nothing. */
export async function silent({ server }, who, { rows }, run) {
  await server.reset(0, 0);
  const ended = await run();
  const { requests } = await server.books();
  expectEqual(`${who}: requests`, requests, 0);
  return { ...ended, rows };
}

/** Where a command is to write; what another has written there is gone. */
export function newOutput({ folder }, name) {
  const path = join(folder, name);
  rmSync(path, { force: true });
  return path;
}

/** Looks whether every row of a results or breaks file has the word in that column. */
export async function expectAll(who, path, column, word, rows) {
  expectEqual(`${who}: ${column}`, await wordsIn(path, column), { [word]: rows });
}

/** As a user starts it: what the first line of the program says to Node counts. */
function revsync({ folder, profiles }, ...args) {
  const [program, before] = profiles === undefined ? [BIN, []] : profiled(BIN, profiles);
  return timed(program, [...before, ...args], { cwd: folder, env: ENVIRONMENT });
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
async function pushing(
  bench,
  { rows, from, ledger, status, send = silent, latencyMs, options, run = revsync },
) {
  const out = newOutput(bench, 'results.csv');
  const who = ['revsync push', ...options].join(' ');
  const args = await pushArguments(bench, { rows, from, ledger, options: ['--out', out, ...options] });
  const reading = await send(bench, who, { rows, from, latencyMs }, () => run(bench, ...args));
  await expectAll(who, out, 'revsync_status', status, rows);
  return reading;
}

export function push(
  bench,
  { rows, from, concurrency = 64, latencyMs, ledger = newLedger(bench, 'push'), run },
) {
  const options = ['--concurrency', String(concurrency)];
  return pushing(bench, { rows, from, ledger, status: 'accepted', send: sending, latencyMs, options, run });
}

/** As far as the first request, at which it is killed: what a user waits for before anything is sent. */
export async function firstRequest(bench, { rows }) {
  const ledger = newLedger(bench, 'first-request');
  const args = await pushArguments(bench, { rows, ledger, options: ['--concurrency', '1'] });
  // Longer than it lives.
  await bench.server.reset(60_000, 0);
  const reading = await timed(BIN, args, {
    cwd: bench.folder,
    env: ENVIRONMENT,
    endWhen: bench.server.first(),
  });
  const { requests, cents } = await bench.server.books();
  expectEqual('revsync push as far as its first request: booked', [requests, cents], [1, centsIn(1)]);
  return { ...reading, rows };
}

/** Resolves to how a push runs on a disk that takes longer for every sync, undefined where that cannot be built. */
export async function slowDisk({ folder }, milliseconds) {
  const library = join(folder, 'slow-disk.so');
  const built = await told('cc', '-shared', '-fPIC', '-O2', '-o', library, SLOW_DISK, '-ldl');
  if (built === undefined || process.platform !== 'linux') return undefined;
  const syncs = join(folder, 'syncs');
  const slow = { LD_PRELOAD: library, REVSYNC_SLOW_DISK_MS: milliseconds, REVSYNC_SLOW_DISK_SYNCS: syncs };
  return async (bench, ...args) => {
    rmSync(syncs, { force: true });
    const reading = await timed(BIN, args, { cwd: bench.folder, env: { ...ENVIRONMENT, ...slow } });
    if (!existsSync(syncs)) throw new Failed('revsync push on a slow disk: it has synced nothing');
    return reading;
  };
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

/** Of each call of the vendor's report its row as it stands now, or every row of it as it came. */
export async function pull(bench, { rows, folded = true }) {
  const { origin, calls, cents } = await bench.reports(rows);
  const out = newOutput(bench, 'calls.csv');
  const where = ['--base-url', origin, '--ledger', newLedger(bench, 'pull'), '--out', out];
  const how = folded ? ['--folded'] : [];
  const reading = await revsync(bench, 'pull', 'invoca', '--network', String(rows), ...where, ...how);
  const [count, sum] = talliedCents(await wordsIn(out, 'amount'));
  if (folded) expectEqual('revsync pull --folded: calls and cents', [count, sum], [calls, cents]);
  else expectEqual('revsync pull: rows', count, rows);
  return { ...reading, rows };
}

/** How many amounts there are and what they come to in cents; an amount in units is a word, with its number. */
export function talliedCents(amounts) {
  const all = Object.entries(amounts);
  return [
    all.reduce((sum, [, count]) => sum + count, 0),
    all.reduce((sum, [amount, count]) => sum + Math.round(Number(amount) * 100) * count, 0),
  ];
}

/** A ledger in which sales have been accepted for years, made once. */
export async function ledgerBehind(bench, entries) {
  const ledger = join(bench.folder, `behind-${entries}`, 'ledger.db');
  if (existsSync(ledger)) return ledger;
  newLedger(bench, `behind-${entries}`);
  bench.say(`a ledger with ${entries} entries`);
  await timed(process.execPath, [LEDGER_BEHIND, ledger, bench.server.origin, String(entries)], {});
  settleOnDisk(ledger);
  bench.say(`it has ${Math.round(statSync(ledger).size / 1024 / 1024)} MB`);
  return ledger;
}

/** `subject`, put together so that one group has it all. */
async function reported(bench, { rows, units, subject }) {
  const reading = await revsync(bench, 'report', ...subject, '--format', 'csv');
  const [head, line] = reading.stdout.split('\n').map((one) => one.split(','));
  const cell = (name) => Number(line[head.indexOf(name)]);
  expectEqual('revsync report: sales and revenue', [cell('sales'), cell('revenue')], [rows, units]);
  return { ...reading, rows };
}

export function report(bench, { entries, ledger, units }) {
  return reported(bench, { rows: entries, units, subject: ['--ledger', ledger] });
}

/** What a dry run says of every row, as the results of a push have it. */
export async function resultsFile(bench, rows) {
  bench.say(`a results file of ${rows} rows`);
  await dryRunWritten(bench, { rows });
  const file = newOutput(bench, `results-${rows}.csv`);
  renameSync(join(bench.folder, 'results.csv'), file);
  return file;
}

export function reportFile(bench, { rows, file }) {
  return reported(bench, { rows, units: centsIn(rows) / 100, subject: [file, '--by', 'status'] });
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

/** Of a ledger with one push. */
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
