import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { records } from '../support/cli.js';
import type { Scene } from './checks.js';
import { readLedger } from './ledger-copy.js';
import { units, type Held } from './vendors.js';
import { run } from './world.js';

/** Asks the commands that look back, and pushes or applies once more: they tell what the ledger has, and nothing is sent. */
export async function askTheProgram(
  { vendor, command, folder, sales, claimedAtDeath }: Scene,
  again: readonly string[],
  books: () => ReadonlyMap<string, Held>,
): Promise<string[]> {
  const problems: string[] = [];
  const expect = (holds: boolean, problem: string): void => {
    if (!holds) problems.push(problem);
  };
  const { runs } = readLedger(folder);

  const listed = JSON.parse((await run(folder, 'runs', '--json')).stdout) as { run: string; state: string }[];
  const wanted = runs.map(({ run, state }) => ({ run: `run-${run}`, state }));
  expect(
    JSON.stringify(listed.map(({ run, state }) => ({ run, state }))) === JSON.stringify(wanted),
    `runs tells ${JSON.stringify(listed)}, the ledger has ${JSON.stringify(wanted)}`,
  );

  const last = runs.at(-1);
  const written = readFileSync(join(folder, 'sales.results.csv'), 'utf8');
  const retold = await run(folder, 'results', `run-${last?.run ?? 0}`, '--out', '-');
  expect(retold.stdout === written, 'results of the last run are not what its file has');
  const dead = runs.find(({ state }) => state === 'crashed');
  if (dead !== undefined) {
    const rows = records((await run(folder, 'results', `run-${dead.run}`, '--out', '-')).stdout);
    expect(
      rows.length === sales.length,
      `results run-${dead.run} has ${rows.length} of ${sales.length} rows`,
    );
    for (const row of rows) {
      const status = row['revsync_status'] ?? '';
      const known = ['accepted', 'unchanged', 'failed', 'unknown', 'not_sent'].includes(status);
      expect(known, `results run-${dead.run}: ${row['revsync_key'] ?? ''} is ${status}`);
    }
  }

  const sale = sales.find((sale) => claimedAtDeath.has(vendor.key(sale))) ?? sales[0];
  if (sale !== undefined) {
    const key = vendor.key(sale);
    const told = await run(folder, 'history', key, '--json');
    const history = JSON.parse(told.stdout) as { status: string; amount: string | null }[];
    const end = history.at(-1);
    const amount = end?.amount == null ? null : units(end.amount);
    expect(
      end?.status === 'accepted' && amount === (sale.reversed ? null : units(sale.amount)),
      `history of ${key} ends with ${JSON.stringify(end)}`,
    );
  }

  const before = writes(books());
  const ended = await run(folder, ...again);
  expect(ended.code === 0, `one more ${command} ended ${ended.code}: ${ended.stderr}`);
  const now = readFileSync(join(folder, 'sales.results.csv'), 'utf8');
  const rows = records(now);
  expect(
    command === 'apply'
      ? now === written && ended.stderr.includes('was applied whole by')
      : rows.length === sales.length && rows.every((row) => row['revsync_status'] === 'unchanged'),
    `one more ${command} found rows that were not unchanged`,
  );
  expect(writes(books()) === before, `one more ${command} made ${writes(books()) - before} writes`);
  return problems;
}

function writes(books: ReadonlyMap<string, Held>): number {
  return [...books.values()].reduce((sum, held) => sum + held.writes, 0);
}
