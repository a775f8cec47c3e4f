// What a row costs when there are more of them, and when more of them lie behind.
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { centsIn } from './files.mjs';
import { timed } from './processes.mjs';
import { alternate } from './rounds.mjs';
import * as subjects from './subjects.mjs';
import { compared, grouped, MEASURES, median } from './table.mjs';

const LEDGER_BEHIND = fileURLToPath(new URL('ledger-behind.mjs', import.meta.url));
/** Entries behind a push, for every row of the longest file. */
const BEHIND = 10;

/** One size, once: every command on the ledger that the push has left. */
async function readSize(bench, rows) {
  const ledger = subjects.newLedger(bench, 'growth');
  const number = Math.floor(rows / 2);
  const units = centsIn(rows) / 100;
  return {
    push: await subjects.push(bench, { rows, ledger }),
    results: await subjects.results(bench, { rows, run: 'run-1', ledger }),
    history: await subjects.history(bench, { number, ledger }),
    runs: await subjects.runs(bench, { rows, ledger }),
    're-push': await subjects.rePush(bench, { rows, ledger }),
    report: await subjects.report(bench, { entries: rows, ledger, units }),
    'dry run': await subjects.dryRun(bench, { rows }),
    pull: await subjects.pull(bench, { rows, folded: false }),
    'pull folded': await subjects.pull(bench, { rows }),
    reconcile: await subjects.reconcile(bench, { rows }),
  };
}

/** Seconds of CPU per 100,000 rows; a look-up is no longer for more rows, so it is in milliseconds as it is. */
const LINES = {
  push: perRows,
  'dry run': perRows,
  're-push': perRows,
  results: perRows,
  report: perRows,
  pull: perRows,
  'pull folded': perRows,
  reconcile: perRows,
  history: MEASURES.startTime,
  runs: MEASURES.startTime,
};

function perRows(rows) {
  return { of: (reading) => (MEASURES.cpu.of(reading) * 100_000) / rows, text: MEASURES.cpu.text };
}

/** What a row costs in files of three sizes, the longest a hundred times the shortest. */
export async function bySize(bench, rows) {
  const sizes = [...new Set([rows / 100, rows / 10, rows].map((size) => Math.max(2, Math.round(size))))];
  const readingsOf = new Map(sizes.map((size) => [size, []]));
  for (let round = 0; round < bench.rounds; round += 1) {
    for (const size of round % 2 === 0 ? sizes : sizes.toReversed()) {
      const readings = await readSize(bench, size);
      readingsOf.get(size).push(readings);
      const said = Object.entries(readings).map(([name, { seconds }]) => `${name} ${seconds.toFixed(2)} s`);
      bench.say(`growth, round ${round + 1} of ${bench.rounds}: ${size} rows: ${said.join(', ')}`);
    }
  }
  const lines = Object.entries(LINES).map(([name, measure]) => {
    const { text } = typeof measure === 'function' ? measure(rows) : measure;
    const values = sizes.map((size) => {
      const { of } = typeof measure === 'function' ? measure(size) : measure;
      return readingsOf.get(size).map((readings) => of(readings[name]));
    });
    const growth = values.at(-1).map((value, round) => value / values[0][round]);
    return [name, ...values.map((one) => text(median(one))), median(growth).toFixed(2)];
  });
  const head = ['', ...sizes.map((size) => `${grouped(size)} rows`), 'longest against shortest'];
  const growth = {
    place: 'growth',
    title: 'Growth, CPU per 100,000 rows; of history and runs the wall time as it is:',
    head,
    rows: lines,
  };
  return { rows: [], tables: [growth] };
}

/** What a few rows cost with ten times as many entries behind them as the longest file has rows. */
export async function behind(bench, rows) {
  const few = Math.max(2, Math.round(rows / 100));
  const entries = rows * BEHIND;
  const ledger = subjects.newLedger(bench, 'behind');
  bench.say(`growth: a ledger with ${entries} entries`);
  await timed(process.execPath, [LEDGER_BEHIND, ledger, bench.server.origin, String(entries)], {});
  subjects.settleOnDisk(ledger);
  bench.say(`growth: it has ${Math.round(statSync(ledger).size / 1024 / 1024)} MB`);
  // Sales that it does not have yet, others in each round.
  const from = (round) => entries + round * few;
  const table = [];
  const row = (what, by, { revsync, reference }) =>
    compared({ what, by, revsync, reference: 'an empty ledger', readings: reference });
  const pushes = await alternate(bench, `growth, ${entries} entries behind`, bench.rounds, {
    revsync: (round) => subjects.push(bench, { rows: few, from: from(round), ledger }),
    reference: (round) => subjects.push(bench, { rows: few, from: from(round) }),
  });
  table.push(row(`push, ${grouped(few)} rows, ${grouped(entries)} entries behind`, 'speed', pushes));
  const plans = await alternate(bench, `growth, ${entries} entries behind`, bench.rounds, {
    revsync: () => subjects.dryRun(bench, { rows: few, from: from(bench.rounds), ledger }),
    reference: () => subjects.dryRun(bench, { rows: few, from: from(bench.rounds) }),
  });
  table.push(row(`push --dry-run, ${grouped(few)} rows, ${grouped(entries)} entries behind`, 'time', plans));
  const pushed = subjects.newLedger(bench, 'few');
  await subjects.push(bench, { rows: few, ledger: pushed });
  const trails = await alternate(bench, `growth, ${entries} entries behind`, bench.rounds, {
    revsync: (round) => subjects.history(bench, { number: round * 7, ledger }),
    reference: () => subjects.history(bench, { number: 1, ledger: pushed }),
  });
  const [revsync, readings] = [trails.revsync, trails.reference];
  const what = `history, ${grouped(entries)} entries behind`;
  table.push(compared({ what, by: 'startTime', revsync, reference: `${grouped(few)} entries`, readings }));
  return { rows: table, tables: [] };
}
