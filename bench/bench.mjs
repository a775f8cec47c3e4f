// How fast revsync is and how much memory it takes, as ratios to named references in the same run. Every reading is
// checked to have done its work. After `npm run build`:
//   npm run bench                                  all but growth
//   npm run bench -- push dry-run                  those
//   npm run bench -- memory --rows 50000           rows in place of each benchmark's own number
//   npm run bench -- start --rounds 50
//   npm run bench -- push --lose 7                 the vendor forgets a request: the checks have to find out
// Exit code 0 whatever the ratios are, 1 where something could not be run or had not done its work. It needs some GB
// of room for temporary files; growth, with its ledger of 10,000,000 entries, 6 GB.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BENCHMARKS } from './benchmarks.mjs';
import { filesIn } from './files.mjs';
import { endAll, Failed, startServer } from './processes.mjs';
import { COMPARED, markdown, notCompared } from './table.mjs';

const NAMES = Object.keys(BENCHMARKS);
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** What is asked for, or what is wrong with it. */
function readArguments() {
  const count = { type: 'string' };
  try {
    const { values, positionals } = parseArgs({
      options: { rows: count, rounds: count, lose: { ...count, default: '0' } },
      allowPositionals: true,
    });
    const unknown = positionals.filter((name) => !NAMES.includes(name));
    if (unknown.length > 0) throw new Error(`there is no benchmark ${unknown.join(', ')}`);
    const numbers = Object.entries(values).map(([name, text]) => {
      const number = /^\d+$/.test(text) ? Number(text) : NaN;
      if (number >= (name === 'lose' ? 0 : 1)) return [name, number];
      throw new Error(`--${name} ${text}: write a whole number, such as 5`);
    });
    return { names: new Set(positionals), ...Object.fromEntries(numbers) };
  } catch (error) {
    return { problem: `${error.message}; use any of ${NAMES.join(', ')}, with --rows N and --rounds N` };
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

function machine(loadBefore) {
  const [{ model } = { model: 'unknown' }] = cpus();
  const versions = ['undici', 'csv-parse'].map((name) => `${name} ${versionOf(`node_modules/${name}`)}`);
  return [
    `${model}, ${cpus().length} cores, Node ${process.version}, load average ${loadBefore.toFixed(2)} at the beginning`,
    `and ${loadavg()[0].toFixed(2)} at the end; ${versions.join(', ')}.`,
  ].join(' ');
}

function versionOf(folder) {
  return JSON.parse(readFileSync(new URL(`../${folder}/package.json`, import.meta.url), 'utf8')).version;
}

/** What the benchmarks tell, one after the other; a part that fails has a row that says so, and the others go on. */
async function measure(names, bench, asked) {
  const all = { rows: [], notes: [], tables: [] };
  for (const name of names) {
    const { parts, rounds, rows } = BENCHMARKS[name];
    for (const part of parts) {
      try {
        const told = await part({ ...bench, rounds: asked.rounds ?? rounds }, asked.rows ?? rows);
        for (const [kind, list] of Object.entries(told)) all[kind].push(...list);
      } catch (error) {
        process.exitCode = 1;
        bench.say(`${name}: ${error instanceof Failed ? error.message : error.stack}`);
        all.rows.push(notCompared(name, '–', 'could not be measured'));
      }
    }
  }
  return all;
}

async function main(asked) {
  const folder = ownFolder();
  const server = await startServer();
  const bench = {
    ...{ folder, server, lose: asked.lose, version: versionOf('.') },
    files: filesIn(folder, server.url),
    /** Of this call, by what was read and of how many rows. */
    readings: new Map(),
    say: (text) => process.stderr.write(`${text}\n`),
  };
  const [loadBefore] = loadavg();
  const { names } = asked;
  const chosen = NAMES.filter((name) => (names.size === 0 ? name !== 'growth' : names.has(name)));
  const { rows, notes, tables } = await measure(chosen, bench, asked);
  await server.stop();
  const text = [
    markdown(COMPARED, rows),
    'Ratios are medians of those of each round, revsync by reference. A server that is busy for well below 100 % of a\n' +
      'core, while its client sends, has been waiting for work and is not the limit.',
    ...notes,
    ...tables.flatMap(({ title, head, rows }) => [title, markdown(head, rows)]),
    machine(loadBefore),
  ];
  process.stdout.write(`${text.join('\n\n')}\n`);
}

const asked = readArguments();
if (asked.problem === undefined) await main(asked);
else {
  process.stderr.write(`bench: ${asked.problem}\n`);
  process.exitCode = 2;
}
