// How fast revsync is and how much memory it takes, as ratios to named references in the same run: each is read in
// turn with its reference, and the medians of their CPU and wall time are compared. Every reading is checked to have
// done its work. After `npm run build`:
//   npm run bench                                  all but growth and shared
//   npm run bench:shared                            a ledger in a PostgreSQL database by one in a file
//   npm run bench -- push dry-run                  those
//   npm run bench -- --quick                       few rows, three rounds: minutes in place of an hour
//   npm run bench -- --busy                        with a program on each core that does nothing but that
//   npm run bench -- --write                       and puts the rows into docs/performance.md, those of a busy machine apart
//   npm run bench -- push --profile                one round, and the functions of revsync that took most of it
//   npm run bench -- memory --rows 50000           rows in place of each benchmark's own number
//   npm run bench -- start --rounds 50
//   npm run bench -- push --lose 7                 the vendor forgets a request: the checks have to find out
// Exit code 0 whatever the ratios are, 1 where something could not be run or had not done its work. It needs some GB
// of room for temporary files; growth and report, with their ledgers of 10,000,000 entries, 6 GB. Peers that are no
// dependency are looked for on this machine: curl, sqlite3, duckdb, xargs, Python's requests, and cc for a slow disk.
// `npm install --prefix FOLDER @duckdb/node-api` and REVSYNC_BENCH_PEERS=FOLDER bring duckdb.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BENCHMARKS } from './benchmarks.mjs';
import { writeRows, writeTable } from './document.mjs';
import { filesIn, tallyOf } from './files.mjs';
import { endAll, Failed, makeBusy, startReports, startServer, told } from './processes.mjs';
import { topOf } from './profile.mjs';
import { COMPARED, markdown, NOT_MEASURED, notCompared } from './table.mjs';

const NAMES = Object.keys(BENCHMARKS);
/** Of which some GB, or a server, are needed. */
const ASKED_FOR = new Set(['growth', 'shared']);
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** What is asked for, or what is wrong with it. */
function readArguments() {
  const count = { type: 'string' };
  const flag = { type: 'boolean', default: false };
  try {
    const { values, positionals } = parseArgs({
      options: {
        ...{ rows: count, rounds: count, lose: { ...count, default: '0' } },
        ...{ quick: flag, busy: flag, profile: flag, write: flag },
      },
      allowPositionals: true,
    });
    const unknown = positionals.filter((name) => !NAMES.includes(name));
    if (unknown.length > 0) throw new Error(`there is no benchmark ${unknown.join(', ')}`);
    const numbers = Object.entries(values).map(([name, text]) => {
      if (typeof text === 'boolean') return [name, text];
      const number = /^\d+$/.test(text) ? Number(text) : NaN;
      if (number >= (name === 'lose' ? 0 : 1)) return [name, number];
      throw new Error(`--${name} ${text}: write a whole number, such as 5`);
    });
    if (values.write && (values.quick || values.profile))
      throw new Error('--write takes neither --quick nor --profile: its figures are of full files');
    return { names: new Set(positionals), ...Object.fromEntries(numbers) };
  } catch (error) {
    return {
      problem: `${error.message}; use any of ${NAMES.join(', ')}, with --rows N, --rounds N, --quick, --busy and --write`,
    };
  }
}

/** Nothing of a run outlives it, however it ends. */
function ownFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'revsync-bench-'));
  process.once('exit', () => {
    endAll();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.once(signal, () => {
      process.stderr.write(`bench: stopped by ${signal}\n`);
      process.exit(code);
    });
  }
  return folder;
}

/** What was measured, on what, and against which versions. */
async function machine(bench, { busy, quick }, loadBefore) {
  const [{ model } = { model: 'unknown' }] = cpus();
  const [curl, sqlite3] = await Promise.all([told('curl', '--version'), told('sqlite3', '--version')]);
  const versions = [
    ...['undici', 'csv-parse', 'libsql'].map((name) => `${name} ${versionOf(`node_modules/${name}`)}`),
    ...Object.entries({ curl, sqlite3 }).map(
      ([name, text]) => `${name} ${/\d+\.\d[\d.]*/.exec(text) ?? 'absent'}`,
    ),
  ];
  return [
    `revsync ${bench.version} on ${model}, ${cpus().length} cores, Node ${process.version}, load average`,
    `${loadBefore.toFixed(2)} at the beginning and ${loadavg()[0].toFixed(2)} at the end`,
    `${busy ? '(a program on each core that does nothing but that)' : ''}${quick ? ' (the quick form)' : ''};`,
    `${versions.join(', ')}.`,
  ]
    .join(' ')
    .replaceAll(' ;', ';');
}

function versionOf(folder) {
  return JSON.parse(readFileSync(new URL(`../${folder}/package.json`, import.meta.url), 'utf8')).version;
}

/** What the benchmarks tell, one after the other; a part that fails has a row that says so, and the others go on. */
async function measure(names, bench, asked) {
  const all = { rows: [], tables: [] };
  for (const name of names) {
    const { parts, ...usual } = BENCHMARKS[name];
    const rows = asked.rows ?? (asked.quick ? usual.quick : usual.rows);
    const most = asked.profile ? 1 : asked.quick ? 3 : Infinity;
    const rounds = asked.rounds ?? Math.min(usual.rounds, most);
    const profiles = asked.profile ? join(bench.folder, `profiles-${name}`) : undefined;
    for (const part of parts) {
      try {
        const told = await part({ ...bench, rounds, profiles }, rows);
        for (const [kind, list] of Object.entries(told)) all[kind].push(...list);
        await bench.write(all);
      } catch (error) {
        process.exitCode = 1;
        bench.say(`${name}: ${error instanceof Failed ? error.message : error.stack}`);
        all.rows.push(notCompared(name, '–', NOT_MEASURED));
      }
    }
    if (asked.profile) all.tables.push(...[topOf(name, profiles) ?? []].flat());
  }
  return all;
}

/** Resolves to where the vendor's report is and what it comes to, which is looked up when first asked for. */
function reports() {
  const tallies = new Map();
  let server;
  return async (rows) => {
    server ??= startReports();
    const { origin } = await server;
    if (!tallies.has(rows)) tallies.set(rows, tallyOf(origin, rows));
    return { origin, ...(await tallies.get(rows)) };
  };
}

async function main(asked) {
  const folder = ownFolder();
  const server = await startServer();
  const bench = {
    ...{ folder, server, lose: asked.lose, version: versionOf('.'), reports: reports() },
    files: filesIn(folder, server.url),
    /** Of this call, by what was read and of how many rows. */
    readings: new Map(),
    say: (text) => process.stderr.write(`${text}\n`),
  };
  const [loadBefore] = loadavg();
  if (asked.busy) makeBusy();
  const { names } = asked;
  const chosen = NAMES.filter((name) => (names.size === 0 ? !ASKED_FOR.has(name) : names.has(name)));
  const isBusy = asked.busy || loadBefore > cpus().length;
  // One after the other: what was measured stands there, whatever becomes of the rest.
  bench.write = async ({ rows, tables }) => {
    if (!asked.write) return;
    const on = await machine(bench, asked, loadBefore);
    if (rows.length > 0) writeRows(isBusy ? 'busy' : 'quiet', rows, on);
    for (const table of tables) writeTable(table, on);
  };
  const { rows, tables } = await measure(chosen, bench, asked);
  const text = [
    ...(rows.length > 0 ? [markdown(COMPARED, rows)] : []),
    'Ratios are medians of those of each round, revsync by reference. A server that is busy for well below 100 % of a\n' +
      'core, while its client sends, has been waiting for work and is not the limit.',
    ...tables.flatMap(({ title, head, rows }) => [title, markdown(head, rows)]),
    await machine(bench, asked, loadBefore),
  ];
  process.stdout.write(`${text.join('\n\n')}\n`);
}

const asked = readArguments();
if (asked.problem === undefined) {
  await main(asked);
  process.exit();
} else {
  process.stderr.write(`bench: ${asked.problem}\n`);
  process.exitCode = 2;
}
