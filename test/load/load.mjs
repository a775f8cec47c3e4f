// One push of a long file through a vendor at which a fiftieth of the requests goes wrong, checked row by row
// against the vendor's books. After `npm run build`:
//   npm run test:load                                1,000,000 rows to Convoso
//   npm run test:load -- VENDOR=tldcrm ROWS=50000    where a lost answer leaves rows unknown
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse';
import { lineOf, linesIn, VENDORS } from './sales.mjs';

const BIN = fileURLToPath(new URL('../../bin/revsync.js', import.meta.url));
const SHOWN = 10;
const SAMPLE_MS = 250;
const MOST_MEMORY_MB = 200;

/**
 * Different primes, so that the rules meet different requests and a request sent again meets another rule or
 * none. Busy answers stop all lanes for a moment, so they are rare.
 */
const FAULTS = [
  { fault: '429=0', every: 5003, applies: false, lost: false },
  { fault: '503=1', every: 100_003, applies: false, lost: false },
  { fault: 'hang', every: 99_991, applies: true, lost: true },
  { fault: 'reset-before', every: 353, applies: false, lost: true },
  { fault: 'reset-after', every: 359, applies: true, lost: true },
  { fault: 'cut', every: 367, applies: true, lost: true },
  { fault: 'garbage', every: 373, applies: true, lost: true },
  { fault: 'fail-after', every: 379, applies: true, lost: true },
  { fault: '500', every: 383, applies: false, lost: true },
  { fault: '503', every: 389, applies: false, lost: true },
];

const settings = { VENDOR: 'convoso', ROWS: '1000000', CONCURRENCY: '64' };
for (const word of process.argv.slice(2)) {
  const [, name, value] = /^([A-Z]+)=(.+)$/.exec(word) ?? [];
  if (!(name in settings)) throw new Error(`${word}: use ${Object.keys(settings).join('=…, ')}=…`);
  settings[name] = value;
}
const vendor = VENDORS[settings.VENDOR];
const rows = Number(settings.ROWS);
if (vendor === undefined || !(rows > 0)) throw new Error(`no vendor ${settings.VENDOR}, or no rows`);

const folder = mkdtempSync(join(tmpdir(), 'revsync-load-'));
const path = (name) => join(folder, name);
const problems = { count: 0, shown: [] };

function problem(text) {
  problems.count += 1;
  if (problems.shown.length < SHOWN) problems.shown.push(text);
}

function expectEqual(what, found, wanted) {
  if (found !== wanted) problem(`${what}: ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`);
}

/** A child and its peak memory in MB, read while it lives; 0 where the system does not tell. */
function start(args, env, stdio) {
  const child = spawn(process.execPath, [BIN, ...args], { cwd: folder, env, stdio });
  const watched = { child, peakMb: 0, sampling: undefined };
  watched.sampling = setInterval(() => {
    try {
      const [, kb = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
      watched.peakMb = Math.max(watched.peakMb, Math.round(Number(kb) / 1024));
    } catch {
      // It has ended, or this is no Linux.
    }
  }, SAMPLE_MS);
  child.once('exit', () => clearInterval(watched.sampling));
  return watched;
}

function* salesFile() {
  yield lineOf(vendor.header);
  for (let number = 1; number <= rows; number += 1) yield lineOf(vendor.row(number).cells);
}

/** What the vendor's journal holds by key: the amount applied last, and how often one was applied. */
async function readBooks() {
  const held = new Map();
  const lines = createInterface({ input: createReadStream(path(`books/${settings.VENDOR}.jsonl`)) });
  for await (const line of lines) {
    const [key, amount] = vendor.entry(JSON.parse(line));
    held.set(key, { amount, times: (held.get(key)?.times ?? 0) + 1 });
  }
  return held;
}

/** Every results row against its source row and the books; what it finds in the books it takes out. */
async function checkResults(held) {
  const seen = { rows: 0, line: 2, attempts: 0, retried: 0, unknownHeld: 0, statuses: {} };
  const results = createReadStream(path('results.csv')).pipe(
    parse({ columns: true, relax_column_count: true }),
  );
  for await (const row of results) {
    seen.rows += 1;
    const wanted = vendor.row(seen.rows);
    const { revsync_status: status, revsync_key: key } = row;
    const at = `row ${seen.rows} (${status}, key ${key})`;
    const attempts = Number(row.revsync_attempts);
    const cells = vendor.header.map((name) => row[name]);
    expectEqual(`${at}: cells`, JSON.stringify(cells), JSON.stringify(wanted.cells));
    expectEqual(`${at}: line`, row.revsync_line, String(seen.line));
    if (!wanted.statuses.includes(status)) problem(`${at}: ${row.revsync_error}; wanted ${wanted.statuses}`);
    if (status !== 'invalid') {
      expectEqual(`${at}: key`, key, wanted.key);
      expectEqual(`${at}: amount`, row.revsync_amount, wanted.amount);
    }
    if (wanted.held) {
      const entry = held.get(key);
      if (entry !== undefined) {
        expectEqual(`${at}: amount in the books`, entry.amount, wanted.amount);
        if (entry.times > attempts) problem(`${at}: applied ${entry.times} times in ${attempts} attempts`);
        if (settings.VENDOR === 'tldcrm') expectEqual(`${at}: cost rows`, entry.times, 1);
        if (status === 'unknown') seen.unknownHeld += 1;
      } else if (status !== 'unknown') problem(`${at}: not in the books`);
      held.delete(key);
    } else if (status !== 'rejected') expectEqual(`${at}: attempts`, attempts, 0);
    seen.line += linesIn(wanted.cells);
    seen.attempts += attempts;
    seen.retried += Math.max(0, attempts - 1);
    seen.statuses[status] = (seen.statuses[status] ?? 0) + 1;
  }
  return seen;
}

/** How many of the requests met each fault: the first rule that meets one decides. */
function faultsMet(requests) {
  const met = FAULTS.map((rule) => ({ ...rule, times: 0 }));
  for (let request = 1; request <= requests; request += 1) {
    const rule = met.find(({ every }) => request % every === 0);
    if (rule !== undefined) rule.times += 1;
  }
  return met;
}

function sum(list, of) {
  return list.reduce((total, item) => total + of(item), 0);
}

async function run() {
  await pipeline(salesFile(), createWriteStream(path('sales.csv')));
  const faults = FAULTS.map(({ fault, every }) => `${fault}@every:${every}`).join(',');
  const env = {
    PATH: process.env.PATH,
    REVSYNC_LEDGER: path('ledger.db'),
    CONVOSO_AUTH_TOKEN: 'load-token',
    TLDCRM_API_ID: 'load-id',
    TLDCRM_API_KEY: 'load-key',
  };
  const sandbox = start(['sandbox', '--port', '0', '--books', path('books'), '--faults', faults], env, [
    'ignore',
    'pipe',
    'ignore',
  ]);
  try {
    const [first] = await once(sandbox.child.stdout.setEncoding('utf8'), 'data');
    const url = first.trim();
    const began = performance.now();
    const push = start(
      [
        ...[
          'push',
          'sales.csv',
          '--vendor',
          settings.VENDOR,
          '--base-url',
          url,
          '--out',
          'results.csv',
          '--new-ledger',
        ],
        ...[
          '--rate',
          '1000000',
          '--concurrency',
          settings.CONCURRENCY,
          '--timeout',
          '10',
          '--log-format',
          'json',
        ],
      ],
      env,
      ['ignore', 'ignore', 'pipe'],
    );
    const said = [];
    for await (const line of createInterface({ input: push.child.stderr })) {
      said.push(line);
      if (said.length > 40) said.shift();
      if (line.includes('"event":"progress"')) console.log(line);
    }
    if (push.child.exitCode === null && push.child.signalCode === null) await once(push.child, 'exit');
    const seconds = (performance.now() - began) / 1000;
    const { requests } = await (await fetch(`${url}/_sandbox/requests`)).json();
    sandbox.child.kill('SIGTERM');
    await once(sandbox.child, 'exit');

    const held = await readBooks();
    const applied = sum([...held.values()], ({ times }) => times);
    const seen = await checkResults(held);
    const met = faultsMet(requests);
    const lost = sum(met, ({ lost, times }) => (lost ? times : 0));
    const lostApplied = sum(met, ({ lost, applies, times }) => (lost && applies ? times : 0));
    const unknown = seen.statuses.unknown ?? 0;
    expectEqual('results rows', seen.rows, rows);
    expectEqual('requests of all attempts', seen.attempts, requests);
    for (const [key, { amount }] of held)
      problem(`the books hold ${amount} for ${key}, which no row was sent for`);
    if (settings.VENDOR === 'tldcrm') {
      expectEqual('unknown rows, one for each lost answer', unknown, lost);
      expectEqual('unknown rows in the books, one for each applied and lost', seen.unknownHeld, lostApplied);
    }
    expectEqual('exit code', push.child.exitCode, unknown > 0 ? 5 : 1);
    if (rows >= 1_000_000 && push.peakMb > MOST_MEMORY_MB)
      problem(`the push took ${push.peakMb} MB, wanted ${MOST_MEMORY_MB} at most`);
    if (problems.count > 0) console.log(said.join('\n'));
    const faulty = sum(met, ({ times }) => times);
    const told = {
      rows: `${rows} to ${settings.VENDOR}, ${settings.CONCURRENCY} at a time`,
      statuses: Object.entries(seen.statuses)
        .map(([status, count]) => `${status} ${count}`)
        .join(', '),
      requests: `${requests}, of which ${seen.retried} again; ${applied} applied`,
      faults: `${faulty} (${((100 * faulty) / requests).toFixed(2)} %): ${met.map(({ fault, times }) => `${fault} ${times}`).join(', ')}`,
      ...(unknown > 0
        ? { unknown: `${seen.unknownHeld} in the books, ${unknown - seen.unknownHeld} not` }
        : {}),
      exit: push.child.exitCode ?? push.child.signalCode,
      time: `${seconds.toFixed(1)} s, ${Math.round(rows / seconds)} rows/s`,
      memory: `push ${push.peakMb} MB, sandbox ${sandbox.peakMb} MB at most`,
    };
    for (const [name, text] of Object.entries(told)) console.log(`${name.padEnd(10)} ${text}`);
  } finally {
    if (sandbox.child.exitCode === null) sandbox.child.kill('SIGKILL');
    clearInterval(sandbox.sampling);
    rmSync(folder, { recursive: true, force: true });
  }
}

await run();
for (const text of problems.shown) console.log(`PROBLEM ${text}`);
if (problems.count > problems.shown.length)
  console.log(`… and ${problems.count - problems.shown.length} more`);
console.log(problems.count === 0 ? 'every row is as the books have it' : `${problems.count} problems`);
process.exitCode = problems.count === 0 ? 0 : 1;
