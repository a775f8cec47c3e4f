// Each benchmark by its name: how many rows it has unless told otherwise, how often it is repeated, and its parts. A
// part resolves to rows of the table and may have notes for below it and, of what is no comparison, tables of its own.
import { growth } from './growth.mjs';
import { alternate } from './rounds.mjs';
import * as subjects from './subjects.mjs';
import { compared, grouped, MEASURES, median, notCompared } from './table.mjs';

const { push, dryRun, dryRunWritten, rePush, undiciLoop, booksLoop, drain } = subjects;

async function pushAgainstLoop(bench, rows) {
  const { revsync, loop, books } = await alternate(bench, 'push', bench.rounds, {
    revsync: () => push(bench, { rows }),
    loop: () => undiciLoop(bench, { rows }),
    books: () => booksLoop(bench, { rows }),
  });
  bench.readings.set(`push ${rows}`, revsync);
  const what = `push, ${grouped(rows)} rows`;
  return {
    rows: [
      ...againstLoop(what, revsync, loop, { atLeast: 0.8 }),
      compared({ what, by: 'speed', revsync, reference: 'books-loop', readings: books }),
    ],
  };
}

function againstLoop(what, revsync, loop, wanted) {
  const pair = { revsync, readings: loop, reference: 'undici-loop' };
  return [
    compared({ ...pair, what, by: 'speed', wanted }),
    compared({ ...pair, what: `${what}, sending alone`, by: 'sendingSpeed' }),
  ];
}

/** What people do without revsync. One that this machine lacks has a row that says so. */
async function pushAgainstScripts(bench, most) {
  const rows = Math.min(most, 20_000);
  const fewest = Math.min(most, 2_000);
  const [python, curl, xargs] = await Promise.all([
    subjects.told('python3', '-c', 'import sys, requests; print(sys.executable)'),
    subjects.told('curl', '--version'),
    subjects.told('xargs', 'true'),
  ]);
  const readings = await alternate(bench, 'push', bench.rounds, {
    revsync: () => push(bench, { rows, concurrency: 50 }),
    books: () => booksLoop(bench, { rows, concurrency: 50 }),
    ...(curl !== undefined && { curl: () => subjects.curlParallel(bench, { rows }) }),
    ...(python !== undefined && { requests: () => subjects.requestsLoop(bench, { rows }, python) }),
    ...(curl !== undefined &&
      xargs !== undefined && { xargs: () => subjects.xargsCurl(bench, { rows: fewest }) }),
  });
  const against = (name, reference, wanted, note = '') => {
    const what = `push, ${grouped(rows)} rows${note}`;
    const { revsync, [name]: theirs } = readings;
    if (theirs === undefined) return notCompared(what, reference, 'not on this machine');
    return compared({ what, by: 'speed', revsync, reference, readings: theirs, wanted });
  };
  return {
    rows: [
      against('requests', 'Python requests.post, one at a time', { atLeast: 8 }),
      against('curl', 'curl --parallel --parallel-max 50', { atLeast: 0.6 }),
      against('books', 'books-loop'),
      against('xargs', 'xargs -P 16 curl', undefined, `, of which xargs gets the first ${grouped(fewest)}`),
    ],
  };
}

async function latencyBenchmark(bench, rows) {
  const latencyMs = 50;
  const ideal = 64 / (latencyMs / 1000);
  const { revsync, loop } = await alternate(bench, 'latency', bench.rounds, {
    revsync: () => push(bench, { rows, latencyMs }),
    loop: () => undiciLoop(bench, { rows, latencyMs }),
  });
  const what = `push at ${latencyMs} ms latency, ${grouped(rows)} rows`;
  const share = (readings, { of }) => `${((100 * median(readings.map(of))) / ideal).toFixed(1)} %`;
  const shares = ({ speed, sendingSpeed }) =>
    [revsync, loop].map((one) => `${share(one, speed)} (sending alone ${share(one, sendingSpeed)})`);
  const [ours, theirs] = shares(MEASURES);
  return {
    rows: againstLoop(what, revsync, loop, { atLeast: 0.97 }),
    notes: [`Of the ideal ${grouped(ideal)} rows/s, 64 at a time: revsync ${ours}, undici-loop ${theirs}.`],
  };
}

async function dryRunBenchmark(bench, rows) {
  const readings = await alternate(bench, 'dry-run', bench.rounds, {
    revsync: () => dryRun(bench, { rows }),
    written: () => dryRunWritten(bench, { rows }),
    objects: () => drain(bench, { rows }),
    arrays: () => drain(bench, { rows, shape: 'arrays' }),
  });
  const { revsync, written, objects, arrays } = readings;
  bench.readings.set(`dry run ${rows}`, written);
  const [what, whatWritten] = ['', ' --out'].map((more) => `push --dry-run${more}, ${grouped(rows)} rows`);
  const againstDrain = {
    by: 'time',
    reference: 'csv-parse drain',
    readings: objects,
    wanted: { atMost: 2.5 },
  };
  return {
    rows: [
      compared({ ...againstDrain, what, revsync }),
      compared({ ...againstDrain, what: whatWritten, revsync: written }),
      compared({ what, by: 'time', revsync, reference: 'csv-parse drain, as arrays', readings: arrays }),
    ],
  };
}

/** A ledger into which the file was pushed once. */
async function pushedLedger(bench, rows) {
  const ledger = subjects.newLedger(bench, `pushed-${rows}`);
  bench.say(`a first push of ${rows} rows`);
  bench.readings.set(`push ${rows}`, [await push(bench, { rows, ledger })]);
  return ledger;
}

async function rePushBenchmark(bench, rows) {
  const pushed = await pushedLedger(bench, rows);
  const { revsync, objects } = await alternate(bench, 're-push', bench.rounds, {
    // Every push adds a run to its ledger.
    revsync: () => rePush(bench, { rows, ledger: subjects.copyLedger(bench, pushed, 're-push') }),
    objects: () => drain(bench, { rows }),
  });
  bench.readings.set(`re-push ${rows}`, revsync);
  return {
    rows: [
      compared({
        what: `re-push of ${grouped(rows)} unchanged rows`,
        by: 'time',
        revsync,
        reference: 'csv-parse drain',
        readings: objects,
        wanted: { atMost: 3 },
      }),
    ],
  };
}

/** One reading is enough for memory; those that another benchmark of this call has are not read again. */
async function memoryBenchmark(bench, rows) {
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
    ['dry run', dryRunWritten],
  ]) {
    const [many, few] = [
      await reading(name, rows, () => read(bench, { rows })),
      await reading(name, fewer, () => read(bench, { rows: fewer })),
    ].map((readings) => [middleOf(readings)]);
    const [what, reference] = [`peak memory, ${name}, ${grouped(rows)} rows`, `${grouped(fewer)} rows`];
    const wanted = { atMost: 1.2, mostMb: 200 };
    table.push(
      many[0].peakMb === undefined
        ? notCompared(what, reference, 'this system does not tell')
        : compared({ what, by: 'memory', revsync: many, reference, readings: few, wanted }),
    );
  }
  return { rows: table };
}

/** The reading in the middle, by peak memory. */
function middleOf(readings) {
  const sorted = readings.toSorted((left, right) => left.peakMb - right.peakMb);
  return sorted[Math.floor(sorted.length / 2)];
}

async function startBenchmark(bench) {
  const { version, help, node } = await alternate(bench, 'start', bench.rounds, {
    version: () => subjects.version(bench),
    help: () => subjects.help(bench),
    node: () => subjects.emptyNode(bench),
  });
  const against = { by: 'startTime', reference: 'node -e 0', readings: node };
  return {
    rows: [
      compared({ ...against, what: 'revsync --version', revsync: version, wanted: { atMost: 2.5 } }),
      compared({ ...against, what: 'revsync --help', revsync: help }),
    ],
  };
}

async function reconcileBenchmark(bench, rows) {
  const { revsync, both } = await alternate(bench, 'reconcile', bench.rounds, {
    revsync: () => subjects.reconcile(bench, { rows }),
    both: () => drain(bench, { rows, kinds: ['sales', 'exported'] }),
  });
  const what = `reconcile, ${grouped(rows)} rows on each side`;
  return {
    rows: [
      compared({ what, by: 'time', revsync, reference: 'csv-parse drain of both files', readings: both }),
    ],
  };
}

/** In the order in which they run; memory comes last, for what the others have read. */
export const BENCHMARKS = {
  start: { rounds: 20, parts: [startBenchmark] },
  push: { rows: 100_000, rounds: 5, parts: [pushAgainstLoop, pushAgainstScripts] },
  latency: { rows: 100_000, rounds: 5, parts: [latencyBenchmark] },
  'dry-run': { rows: 1_000_000, rounds: 5, parts: [dryRunBenchmark] },
  're-push': { rows: 1_000_000, rounds: 5, parts: [rePushBenchmark] },
  reconcile: { rows: 200_000, rounds: 5, parts: [reconcileBenchmark] },
  memory: { rows: 1_000_000, rounds: 1, parts: [memoryBenchmark] },
  growth: { rows: 1_000_000, rounds: 5, parts: [growth] },
};
