// One reconciliation of a long sales file with as many pulled calls, breaks planted in both, counted to the row and
// the cent, within a bound of memory. After `npm run build`:
//   npm run test:load:reconcile                    1,000,000 sales
//   npm run test:load:reconcile -- ROWS=100000
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { fromSource } from '../support/from-source.mjs';

const { Database, SqliteLedger, writeRows } = await fromSource('io/ledger/database', 'io/ledger/ledger');

const BIN = fileURLToPath(new URL('../../bin/revsync.js', import.meta.url));
const MOST_MEMORY_MB = 300;
const SAMPLE_MS = 250;
const ROWS_PER_WRITE = 4096;
const START = Date.parse('2026-11-01T00:00:00Z');
const ORIGIN = 'http://127.0.0.1:1';

const [, text = '1000000'] = /^ROWS=(\d+)$/.exec(process.argv[2] ?? 'ROWS=1000000') ?? [];
const rows = Number(text);
if (!(rows > 0)) throw new Error('use ROWS=100000');

/** Primes, so that every kind of break falls on sales found by id and on sales found by caller and start. */
const PLANTED = [
  ['amount_differs', 1009],
  ['missing_at_vendor', 2003],
  ['missing_in_file', 3001],
  ['doubled_at_vendor', 4001],
  ['reversed_at_vendor', 5003],
];

function wordOf(number) {
  return PLANTED.find(([, every]) => number % every === 0)?.[0] ?? 'matched';
}

function centsOf(number) {
  return 100 + (number % 9973);
}

/** Calls begin a second apart, in an order that has nothing to do with their ids. */
function startOf(number) {
  return START + ((number * 7919) % rows) * 1000;
}

function callerOf(number) {
  return `+1512${String(2_000_000 + (number % 5_000_000)).padStart(7, '0')}`;
}

/** In no order that the sales have. */
function callOf(number) {
  return `CALL-${String((number * 104_729) % 1_000_003).padStart(7, '0')}-${number}`;
}

function* salesFile() {
  yield 'transaction_id,start_time,calling_phone_number,outcome_name,amount,rep\n';
  for (let number = 1; number <= rows; number += 1) {
    if (wordOf(number) === 'missing_in_file') continue;
    const amount = (centsOf(number) / 100).toFixed(2);
    const byId = number % 2 === 0;
    const found = byId
      ? `${callOf(number)},,`
      : `,${new Date(startOf(number)).toISOString()},${callerOf(number)}`;
    yield `${found},Sale,${amount},Rep ${number % 50}\n`;
  }
}

/** The rows of a call as a pull stores them: its own, and what was reported of it. */
function transactionsOf(number) {
  const word = wordOf(number);
  const call = callOf(number);
  const units = centsOf(number) * 100 + (word === 'amount_differs' ? 100 : 0);
  const row = (id, fields) => ({
    id,
    corrects: null,
    correctedAt: null,
    outcome: 'Sale',
    value: 1,
    amount: units,
    ...fields,
  });
  const own = row(call, { outcome: null, value: null, amount: null });
  const first = row(`${call}-1`, {});
  const reported = {
    missing_at_vendor: [],
    doubled_at_vendor: [first, row(`${call}-2`, {})],
    reversed_at_vendor: [
      first,
      row(`${call}-2`, { value: 0, amount: null, corrects: `${call}-1`, correctedAt: START }),
    ],
  }[word] ?? [
    row(`${call}-1`, { amount: 100 }),
    row(`${call}-2`, { corrects: `${call}-1`, correctedAt: START }),
  ];
  return [own, ...reported].map(({ id, corrects, correctedAt, outcome, value, amount }) => [
    ...[
      1,
      id,
      call,
      corrects,
      correctedAt,
      outcome === null ? 'Call' : 'Reported Conversion',
      startOf(number),
    ],
    ...[callerOf(number), 60, outcome, null, value, amount, '{}'],
  ]);
}

function fillLedger(path) {
  SqliteLedger.open(path, { vendor: 'invoca', account: 'default', origin: ORIGIN }).close();
  const db = Database.open(path);
  db.exec(`
    pragma synchronous = off; pragma cache_size = -262144;
    insert into scopes (namespace, kind, scope_id, polled_at) values (1, 'networks', '33', ${START});
    insert into ranges (scope, from_date, to_date, complete) values (1, '', '', 1);
  `);
  const insert = (list) =>
    `insert into transactions (scope, id, call, corrects, corrected_at, type, started_at, caller, duration, outcome,
       order_id, value, amount, columns) values ${list}`;
  let count = 0;
  for (let from = 1; from <= rows; from += ROWS_PER_WRITE) {
    const numbers = Array.from(
      { length: Math.min(ROWS_PER_WRITE, rows - from + 1) },
      (_, index) => from + index,
    );
    const batch = numbers.flatMap(transactionsOf);
    db.transaction(() => writeRows(db, insert, batch));
    count += batch.length;
  }
  db.close();
  return count;
}

/** A child to its end, with its peak memory in MB; 0 where the system does not tell. */
async function run(args, env) {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let peakMb = 0;
  let stdout = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  const sampling = setInterval(() => {
    try {
      const [, kb = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
      peakMb = Math.max(peakMb, Math.round(Number(kb) / 1024));
    } catch {
      // It has ended, or this is no Linux.
    }
  }, SAMPLE_MS);
  const [code] = await once(child, 'close');
  clearInterval(sampling);
  return { code, stdout, peakMb };
}

function wantedOf() {
  const breaks = {};
  let [fileUnits, vendorUnits] = [0, 0];
  for (let number = 1; number <= rows; number += 1) {
    const word = wordOf(number);
    const units = centsOf(number);
    breaks[word] = (breaks[word] ?? 0) + 1;
    if (word !== 'missing_in_file') fileUnits += units;
    const times = { missing_at_vendor: 0, reversed_at_vendor: 0, doubled_at_vendor: 2 }[word] ?? 1;
    vendorUnits += times * units + (word === 'amount_differs' ? 1 : 0);
  }
  return { breaks, file: (fileUnits / 100).toFixed(2), vendor: (vendorUnits / 100).toFixed(2) };
}

const folder = mkdtempSync(join(tmpdir(), 'revsync-load-'));
const problems = [];
try {
  const ledger = join(folder, 'ledger.db');
  await pipeline(Readable.from(salesFile()), createWriteStream(join(folder, 'sales.csv')));
  console.log(`${rows} sales and ${fillLedger(ledger)} transactions`);
  const began = performance.now();
  const args = [
    'reconcile',
    'sales.csv',
    '--vendor',
    'invoca',
    '--base-url',
    ORIGIN,
    '--tolerance',
    '5',
    '--json',
  ];
  const { code, stdout, peakMb } = await run(args, {
    PATH: process.env.PATH,
    TMPDIR: folder,
    REVSYNC_LEDGER: ledger,
  });
  const took = (performance.now() - began) / 1000;
  const wanted = wantedOf();
  const found = JSON.parse(stdout);
  const expectEqual = (what, value, right) => {
    if (value !== right) problems.push(`${what}: ${value}, wanted ${right}`);
  };
  expectEqual('exit code', code, Object.keys(wanted.breaks).length > 1 ? 1 : 0);
  for (const [word, count] of Object.entries(found.breaks))
    expectEqual(word, count, wanted.breaks[word] ?? 0);
  expectEqual('file', found.file.amount, wanted.file);
  expectEqual('vendor', found.vendor_side.amount, wanted.vendor);
  if (peakMb > MOST_MEMORY_MB) problems.push(`${peakMb} MB at its peak, ${MOST_MEMORY_MB} at most`);
  console.log(`${took.toFixed(1)} s, ${Math.round(rows / took)} sales a second, ${peakMb} MB at its peak`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
