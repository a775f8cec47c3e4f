// Each benchmark by its name: how many rows it has unless told otherwise, how often it is repeated, and its parts. A
// part resolves to rows of the table and may have, of what is no comparison, tables of its own.
import { behind, bySize } from './growth.mjs';
import { told } from './processes.mjs';
import * as references from './references.mjs';
import { alternate } from './rounds.mjs';
import { shared } from './shared.mjs';
import * as subjects from './subjects.mjs';
import { compared, grouped, MEASURES, notCompared } from './table.mjs';

const { push, dryRun, rePush } = subjects;
const { undiciLoop, booksLoop, drain } = references;
const DRAIN = 'csv-parse drain';

/** What a job of ten rows costs beside Node itself: how long it starts and how long it ends. */
async function smallPush(bench, rows) {
  const { revsync, node } = await alternate(bench, 'small', bench.rounds, {
    revsync: () => push(bench, { rows, concurrency: 4 }),
    node: () => references.emptyNode(bench),
  });
  const what = `push of ${grouped(rows)} rows`;
  return {
    rows: [
      compared({
        ...{ what, by: 'cpu', revsync, reference: 'node -e 0', readings: node },
        wanted: { atMost: 7 },
      }),
      compared({ what, by: 'exit', revsync, wanted: { most: 0.2 } }),
      compared({ what, by: 'memory', revsync, wanted: { most: 80 } }),
    ],
  };
}

async function start(bench, rows) {
  const ledger = subjects.newLedger(bench, 'start');
  await push(bench, { rows, ledger });
  const readings = await alternate(bench, 'start', bench.rounds, {
    version: () => subjects.version(bench),
    help: () => subjects.help(bench),
    runs: () => subjects.runs(bench, { rows, ledger }),
    node: () => references.emptyNode(bench),
  });
  const against = { by: 'cpu', reference: 'node -e 0', readings: readings.node };
  const row = (what, revsync, atMost) => compared({ ...against, what, revsync, wanted: { atMost } });
  return {
    rows: [
      row('revsync --version', readings.version, 1.2),
      row('revsync --help', readings.help, 1.6),
      row('revsync runs', readings.runs, 2),
    ],
  };
}

async function night(bench, rows) {
  const how = { rows, latencyMs: 200, concurrency: 16 };
  const { revsync, loop } = await alternate(bench, 'night', bench.rounds, {
    revsync: () => push(bench, how),
    loop: () => undiciLoop(bench, how),
  });
  const pair = { what: `night: ${grouped(rows)} rows, 200 ms, 16 lanes`, revsync };
  const against = { ...pair, reference: 'undici-loop', readings: loop };
  return {
    rows: [
      compared({ ...against, by: 'cpu', wanted: { atMost: 1.1 } }),
      compared({ ...against, by: 'time', wanted: { atMost: 1.08 } }),
      compared({ ...pair, by: 'memory', wanted: { most: 80 } }),
    ],
  };
}

/** Itself, with a disk that takes 5 ms longer for every sync. */
async function slowDisk(bench, rows) {
  const how = { rows, latencyMs: 50 };
  const what = `sending, ${grouped(rows)} rows, 50 ms, 64 lanes, each sync 5 ms longer`;
  const reference = 'the same on a fast disk';
  const run = await subjects.slowDisk(bench, 5);
  if (run === undefined) return { rows: [notCompared(what, reference, 'no cc for glibc on this machine')] };
  const { slow, fast } = await alternate(bench, 'slow-disk', bench.rounds, {
    slow: () => push(bench, { ...how, run }),
    fast: () => push(bench, how),
  });
  return {
    rows: [
      compared({ what, by: 'sending', revsync: slow, reference, readings: fast, wanted: { atMost: 1.03 } }),
    ],
  };
}

async function latency(bench, rows) {
  const latencyMs = 50;
  const { revsync, loop } = await alternate(bench, 'latency', bench.rounds, {
    revsync: () => push(bench, { rows, latencyMs }),
    loop: () => undiciLoop(bench, { rows, latencyMs }),
  });
  const pair = { what: `${grouped(rows)} rows, 50 ms, 64 lanes`, revsync, reference: 'undici-loop' };
  const row = (by, wanted) => compared({ ...pair, by, readings: loop, wanted });
  return { rows: [row('sending', { atMost: 1 }), row('time')] };
}

async function longPush(bench, rows) {
  const { revsync, loop, books } = await alternate(bench, 'push', bench.rounds, {
    revsync: () => push(bench, { rows }),
    loop: () => undiciLoop(bench, { rows }),
    books: () => booksLoop(bench, { rows }),
  });
  bench.readings.set(`push ${rows}`, revsync);
  const pair = { what: `push, ${grouped(rows)} rows, no latency`, revsync };
  const against = (reference, readings, by, atLeast) =>
    compared({ ...pair, by, reference, readings, wanted: { atLeast } });
  return {
    rows: [
      against('books-loop', books, 'speed', 0.95),
      against('undici-loop', loop, 'speed', 0.52),
      against('undici-loop', loop, 'sendingSpeed'),
    ],
  };
}

async function mediumPush(bench, most) {
  const rows = Math.max(1, Math.round(most / 5));
  const curl = await told('curl', '--version');
  const { revsync, books, parallel } = await alternate(bench, 'push', bench.rounds, {
    revsync: () => push(bench, { rows }),
    books: () => booksLoop(bench, { rows }),
    ...(curl !== undefined && { parallel: () => references.curlParallel(bench, { rows }) }),
  });
  const what = `push, ${grouped(rows)} rows, no latency`;
  const [books_, curl_] = ['books-loop', 'curl --parallel --parallel-max 50'];
  return {
    rows: [
      compared({ what, by: 'cpu', revsync, reference: books_, readings: books, wanted: { atMost: 1.05 } }),
      parallel === undefined
        ? notCompared(what, curl_, 'not on this machine')
        : compared({ what, by: 'speed', revsync, reference: curl_, readings: parallel }),
    ],
  };
}

/** What people write in an afternoon, whose requests wait for each other or for a process. */
async function scripts(bench, rows) {
  const [python, xargs] = await Promise.all([
    told('python3', '-c', 'import sys, requests; print(sys.executable)'),
    told('xargs', '--no-run-if-empty', 'curl', '--version'),
  ]);
  const readings = await alternate(bench, 'scripts', bench.rounds, {
    revsync: () => push(bench, { rows }),
    ...(python !== undefined && { requests: () => references.requestsLoop(bench, { rows }, python) }),
    ...(xargs !== undefined && { xargs: () => references.xargsCurl(bench, { rows }) }),
  });
  const what = `push, ${grouped(rows)} rows, no latency`;
  const against = (name, reference) =>
    readings[name] === undefined
      ? notCompared(what, reference, 'not on this machine')
      : compared({ what, by: 'speed', revsync: readings.revsync, reference, readings: readings[name] });
  return {
    rows: [against('requests', 'Python requests.post, one at a time'), against('xargs', 'xargs -P 16 curl')],
  };
}

function firstRequestOf(share, atMost) {
  return async (bench, most) => {
    const rows = Math.max(1, Math.round(most * share));
    const { revsync, objects } = await alternate(bench, 'first-request', bench.rounds, {
      revsync: () => subjects.firstRequest(bench, { rows }),
      objects: () => drain(bench, { rows }),
    });
    const what = `first request of ${grouped(rows)} rows`;
    const pair = { what, by: 'cpu', revsync, reference: DRAIN, readings: objects };
    return { rows: [compared({ ...pair, wanted: { atMost } })] };
  };
}

async function dryRunOf(bench, rows) {
  const { revsync, objects } = await alternate(bench, 'dry-run', bench.rounds, {
    revsync: () => dryRun(bench, { rows }),
    objects: () => drain(bench, { rows }),
  });
  bench.readings.set(`dry run ${rows}`, revsync);
  const pair = { what: `dry run, ${grouped(rows)} rows`, by: 'cpu', revsync, reference: DRAIN };
  return { rows: [compared({ ...pair, readings: objects, wanted: { atMost: 2.5 } })] };
}

/** A ledger into which the file was pushed once. */
async function pushedLedger(bench, rows) {
  const ledger = subjects.newLedger(bench, `pushed-${rows}`);
  bench.say(`a first push of ${rows} rows`);
  const reading = await push(bench, { rows, ledger });
  if (!bench.readings.has(`push ${rows}`)) bench.readings.set(`push ${rows}`, [reading]);
  return ledger;
}

async function rePushOf(bench, rows) {
  const pushed = await pushedLedger(bench, rows);
  const { revsync, objects } = await alternate(bench, 're-push', bench.rounds, {
    // Every push adds a run to its ledger.
    revsync: () => rePush(bench, { rows, ledger: subjects.copyLedger(bench, pushed, 're-push') }),
    objects: () => drain(bench, { rows }),
  });
  bench.readings.set(`re-push ${rows}`, revsync);
  const pair = { what: `re-push, ${grouped(rows)} unchanged rows`, by: 'cpu', revsync, reference: DRAIN };
  return { rows: [compared({ ...pair, readings: objects, wanted: { atMost: 3 } })] };
}

async function pull(bench, rows) {
  const { revsync, plain } = await alternate(bench, 'pull', bench.rounds, {
    revsync: () => subjects.pull(bench, { rows }),
    plain: () => references.fetchParseWrite(bench, { rows }),
  });
  const pair = { what: `pull folded, ${grouped(rows)} rows`, by: 'cpu', revsync };
  const reference = 'fetch, parse, write';
  return { rows: [compared({ ...pair, reference, readings: plain, wanted: { atMost: 2.5 } })] };
}

async function reconcile(bench, rows) {
  const [sqlite3, duckdb] = await Promise.all([told('sqlite3', '--version'), references.duckdb()]);
  const { revsync, both, ...peers } = await alternate(bench, 'reconcile', bench.rounds, {
    revsync: () => subjects.reconcile(bench, { rows }),
    both: () => drain(bench, { rows, kinds: ['sales', 'exported'] }),
    ...(duckdb !== undefined && { duckdb: () => references.duckdbJoin(bench, { rows }, duckdb) }),
    ...(sqlite3 !== undefined && { sqlite3: () => references.sqlite3Join(bench, { rows }) }),
  });
  const what = `reconcile, ${grouped(rows)} rows a side`;
  const pair = { what, by: 'cpu', revsync };
  const drained = { reference: `${DRAIN} of both files`, readings: both, wanted: { atMost: 2.5 } };
  return {
    rows: [
      compared({ ...pair, ...drained }),
      ...['duckdb', 'sqlite3'].map((reference) =>
        peers[reference] === undefined
          ? notCompared(`${what}, ${MEASURES.cpu.name}`, reference, 'not on this machine')
          : compared({ ...pair, reference, readings: peers[reference] }),
      ),
    ],
  };
}

async function report(bench, entries) {
  const ledger = await subjects.ledgerBehind(bench, entries);
  const { units } = await references.sqlSum(bench, { entries, ledger });
  const { revsync, sum } = await alternate(bench, 'report', bench.rounds, {
    revsync: () => subjects.report(bench, { entries, ledger, units }),
    sum: () => references.sqlSum(bench, { entries, ledger }),
  });
  const pair = { what: `report --ledger, ${grouped(entries)} entries`, by: 'cpu', revsync };
  return {
    rows: [compared({ ...pair, reference: 'one SQL sum', readings: sum, wanted: { atMost: 5 } })],
  };
}

async function reportFiles(bench, rows) {
  const file = await subjects.resultsFile(bench, rows);
  const { revsync, objects } = await alternate(bench, 'report-files', bench.rounds, {
    revsync: () => subjects.reportFile(bench, { rows, file }),
    objects: () => references.drainOf(bench, { rows, file }),
  });
  const pair = { what: `report, a results file of ${grouped(rows)} rows`, by: 'cpu', revsync };
  return { rows: [compared({ ...pair, reference: DRAIN, readings: objects })] };
}

/** One reading is enough for memory; those that another benchmark of this call has are not read again. */
async function memory(bench, rows) {
  const fewer = Math.max(1, Math.round(rows / 10));
  const reading = async (name, count, read) => {
    const known = bench.readings.get(`${name} ${count}`);
    if (known !== undefined) return known;
    bench.say(`memory: ${name} of ${count} rows`);
    return [await read()];
  };
  const table = [];
  for (const [name, read] of [
    // First, since it brings a push with it.
    ['re-push', async (_, { rows }) => rePush(bench, { rows, ledger: await pushedLedger(bench, rows) })],
    ['push', push],
    ['dry run', dryRun],
  ]) {
    const [revsync, readings] = [
      await reading(name, rows, () => read(bench, { rows })),
      await reading(name, fewer, () => read(bench, { rows: fewer })),
    ].map((all) => [all.toSorted((left, right) => left.peakMb - right.peakMb)[Math.floor(all.length / 2)]]);
    const pair = { what: `${name}, ${grouped(rows)} rows`, reference: `${grouped(fewer)} rows` };
    table.push(compared({ ...pair, by: 'memory', revsync, readings, wanted: { atMost: 1.2, most: 200 } }));
  }
  return { rows: table };
}

/** In the order in which they run; memory comes after those that it may take its readings from. */
export const BENCHMARKS = {
  small: { rows: 10, quick: 10, rounds: 5, parts: [smallPush] },
  night: { rows: 500, quick: 100, rounds: 5, parts: [night] },
  'slow-disk': { rows: 1000, quick: 500, rounds: 5, parts: [slowDisk] },
  latency: { rows: 20_000, quick: 2_000, rounds: 5, parts: [latency] },
  push: { rows: 100_000, quick: 10_000, rounds: 5, parts: [mediumPush, longPush] },
  scripts: { rows: 200, quick: 50, rounds: 5, parts: [scripts] },
  'first-request': {
    ...{ rows: 200_000, quick: 20_000, rounds: 5 },
    parts: [firstRequestOf(0.1, 2), firstRequestOf(1, 2.8)],
  },
  'dry-run': { rows: 1_000_000, quick: 50_000, rounds: 5, parts: [dryRunOf] },
  're-push': { rows: 1_000_000, quick: 20_000, rounds: 5, parts: [rePushOf] },
  pull: { rows: 60_000, quick: 6_000, rounds: 5, parts: [pull] },
  reconcile: { rows: 200_000, quick: 20_000, rounds: 5, parts: [reconcile] },
  report: { rows: 10_000_000, quick: 50_000, rounds: 5, parts: [report] },
  'report-files': { rows: 500_000, quick: 20_000, rounds: 5, parts: [reportFiles] },
  start: { rows: 10, quick: 10, rounds: 15, parts: [start] },
  memory: { rows: 1_000_000, quick: 20_000, rounds: 1, parts: [memory] },
  shared: { rows: 20_000, quick: 5_000, rounds: 5, parts: [shared] },
  growth: { rows: 1_000_000, quick: 10_000, rounds: 5, parts: [bySize, behind] },
};
