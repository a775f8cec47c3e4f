// What the commands of revsync are held against: peers, and the least that does part of the same work. As of
// subjects.mjs, each runs once to its end, is checked to have done its work and resolves to a reading.
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TOKEN } from './files.mjs';
import { timed, told } from './processes.mjs';
import { expectAll, expectEqual, newLedger, newOutput, sending, silent } from './subjects.mjs';

const [UNDICI_LOOP, BOOKS_LOOP, DRAIN, REQUESTS_LOOP, FETCH_PARSE_WRITE, SQL_SUM, DUCKDB] = [
  'undici-loop.mjs',
  'books-loop.mjs',
  'csv-parse-drain.mjs',
  'requests_loop.py',
  'fetch-parse-write.mjs',
  'sql-sum.mjs',
  'duckdb.mjs',
].map((name) => fileURLToPath(new URL(`references/${name}`, import.meta.url)));

export function emptyNode({ folder }) {
  return timed(process.execPath, ['-e', '0'], { cwd: folder });
}

export async function undiciLoop(bench, { rows, latencyMs = 0, concurrency = 64 }) {
  const args = [UNDICI_LOOP, bench.server.url, await bench.files('bodies', rows), String(concurrency)];
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

/** With headers, of a file that is there. */
export async function drainOf(_, { rows, file }) {
  const reading = await timed(process.execPath, [DRAIN, 'objects', file], {});
  expectEqual('csv-parse drain: records', Number(reading.stdout), rows);
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

/** The pages of the vendor's report, read one after the other and written as they are. */
export async function fetchParseWrite(bench, { rows }) {
  const { origin } = await bench.reports(rows);
  const out = newOutput(bench, 'report.csv');
  const url = `${origin}/api/2020-10-01/networks/transactions/${rows}.json?limit=4000`;
  const reading = await timed(process.execPath, [FETCH_PARSE_WRITE, url, out], {});
  expectEqual('fetch-parse-write: rows', Number(reading.stdout), rows);
  return { ...reading, rows };
}

/** One statement over all that a ledger holds; its sum is in 1/10000 of a unit. */
export async function sqlSum({ folder }, { entries, ledger }) {
  const reading = await timed(process.execPath, [SQL_SUM, ledger], { cwd: folder });
  const [count, sum] = JSON.parse(reading.stdout);
  expectEqual('sql-sum: entries', count, entries);
  return { ...reading, rows: entries, units: sum / 10_000 };
}

/** The join of both files as a SQL engine makes it: every key of either, what differs, and a CSV of all that. */
const BREAKS = `select coalesce(s."Call Log ID", e.call_log_id) as call_log_id, s."Sale Amount" as amount,
  e.revenue as revenue, s."Call Date" as call_date, s."Agent" as agent, s."Campaign" as campaign,
  case when e.call_log_id is null then 'missing' when s."Call Log ID" is null then 'unknown'
    when round(s."Sale Amount" * 100) = round(e.revenue * 100) then 'matched' else 'amount' end as revsync_break
  from sales s full join exported e on s."Call Log ID" = e.call_log_id`;

async function joined(bench, who, { rows }, commandOf) {
  const files = [await bench.files('sales', rows), await bench.files('exported', rows)];
  const out = newOutput(bench, 'breaks.csv');
  const reading = await silent(bench, who, { rows }, () => timed(...commandOf(files, out), {}));
  await expectAll(who, out, 'revsync_break', 'matched', rows);
  return reading;
}

export function sqlite3Join(bench, { rows }) {
  return joined(bench, 'sqlite3', { rows }, ([sales, exported], out) => [
    'sqlite3',
    [
      ...[':memory:', '-cmd', '.mode csv', '-cmd', `.import ${sales} sales`],
      ...['-cmd', `.import ${exported} exported`, '-cmd', 'create index keys on exported (call_log_id)'],
      ...['-cmd', '.headers on', '-cmd', `.once ${out}`, BREAKS],
    ],
  ]);
}

/**
 * How duckdb is run here, undefined where it is not: its program, or its Node package in the folder `node_modules` of
 * the one that REVSYNC_BENCH_PEERS names.
 */
export async function duckdb() {
  if ((await told('duckdb', '--version')) !== undefined) return (sql) => ['duckdb', ['-c', sql]];
  const peers = process.env['REVSYNC_BENCH_PEERS'];
  if (peers === undefined) return undefined;
  const folder = join(peers, 'node_modules', '@duckdb', 'node-api');
  const runs = (await told(process.execPath, DUCKDB, folder, 'select 1')) !== undefined;
  return runs ? (sql) => [process.execPath, [DUCKDB, folder, sql]] : undefined;
}

export function duckdbJoin(bench, { rows }, run) {
  const view = (name, path) => `create view ${name} as from read_csv('${path}')`;
  return joined(bench, 'duckdb', { rows }, ([sales, exported], out) =>
    run(
      [view('sales', sales), view('exported', exported), `copy (${BREAKS}) to '${out}' (header)`].join(';'),
    ),
  );
}
