import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { records, type Ended } from '../support/cli.js';
import { closeSandboxes, startSandboxes, type Sandboxes } from './harness.js';
import { readLedger } from './ledger-copy.js';
import type { DieAt } from './points.js';
import { random, type Random } from './random.js';
import { settleByHand } from './settle-by-hand.js';
import { CRASH_VENDORS, units, type CrashVendor, type Held, type Sale } from './vendors.js';
import { revsync, run, World } from './world.js';

// The long form is `npm run test:crash -- --vendor undo`, which sets these.
const long = process.env['REVSYNC_CRASH_INSTANTS'];
const seed = Number(process.env['REVSYNC_CRASH_SEED'] ?? 1);
const only = process.env['REVSYNC_CRASH_INSTANT'];
const named = process.env['REVSYNC_CRASH_VENDOR'];
const instants =
  only === undefined ? Array.from({ length: Number(long ?? 2) }, (_, instant) => instant) : [Number(only)];
const PER_INSTANT_MS = 90_000;
const DRAWS = 8;

type Death = DieAt | { readonly afterMs: number };

/** Where an undo dies: while it reads the ledger, stages, claims, sends, settles, writes its results, or at any time. */
const DEATHS: readonly ((chance: Random, nth: () => number) => Death)[] = [
  (chance) => ({ afterMs: chance.between(100, 900) }),
  (_, nth) => ({ on: 'socket', step: 'send', when: 'after', nth: nth() }),
  (_, nth) => ({ on: 'socket', step: 'reply', when: 'before', nth: nth() }),
  (chance) => ({ on: 'transaction', has: 'insert into settled', when: side(chance), nth: 1 }),
  (chance) => ({ on: 'transaction', has: 'claimed_to = ?', when: side(chance), nth: 1 }),
  (chance) => ({ on: 'file', call: 'renameSync', has: '.results.csv', when: side(chance), nth: 1 }),
  (chance) => ({ afterMs: chance.between(100, 900) }),
  (_, nth) => ({ on: 'socket', step: 'reply', when: 'after', nth: nth() }),
  (_, nth) => ({ on: 'socket', step: 'send', when: 'half', nth: nth() }),
  (chance) => ({
    on: 'statement',
    has: 'with recursive page',
    when: side(chance),
    nth: chance.between(1, 2),
  }),
  (chance) => ({ on: 'transaction', has: 'insert into rows', when: side(chance), nth: 1 }),
  (chance) => ({ on: 'transaction', has: 'insert into runs', when: side(chance), nth: 1 }),
  (_, nth) => ({ on: 'socket', step: 'send', when: 'before', nth: nth() }),
  (chance) => ({ on: 'transaction', has: 'update runs set state = ?', when: side(chance), nth: 1 }),
  () => ({ on: 'file', call: 'writeSync', has: '.results.csv', when: 'half', nth: 2 }),
  (chance) => ({ on: chance.pick(['start', 'exit'] as const) }),
];

function side(chance: Random): 'before' | 'after' {
  return chance.pick(['before', 'after'] as const);
}

/** Two files of one vendor: what was held before, and a wrong file over it. */
interface Files {
  readonly before: readonly Sale[];
  readonly wrong: readonly Sale[];
  /** Keys that the wrong file changed or brought. */
  readonly changed: readonly Sale[];
}

function draw({ appends, canReverse, decimals }: CrashVendor, place: number, chance: Random): Files {
  const count = chance.between(20, 40);
  const sale = (number: number): Sale => ({
    ...{ place, number, reversed: false },
    amount: `${chance.between(1, 900)}.${String(chance.between(0, 10 ** decimals - 1)).padStart(decimals, '0')}`,
  });
  const before = Array.from({ length: count }, (_, number) => sale(number));
  const fresh = Array.from({ length: count >> 1 }, (_, number) => sale(count + number));
  const isChanged = ({ number }: Sale): boolean => !appends && number % 4 !== 0;
  const held = before.map((one): Sale => {
    if (!isChanged(one)) return one;
    return canReverse && one.number % 5 === 0
      ? { ...one, reversed: true }
      : { ...one, amount: `1${one.amount}` };
  });
  return { before, wrong: [...held, ...fresh], changed: [...held.filter(isChanged), ...fresh] };
}

function write(folder: string, { header, line }: CrashVendor, sales: readonly Sale[]): void {
  writeFileSync(join(folder, 'sales.csv'), `${header}\n${sales.map((sale) => `${line(sale)}\n`).join('')}`);
}

async function until(folder: string, args: readonly string[], death: Death): Promise<Ended> {
  const running = revsync(folder, args, 'on' in death ? death : undefined);
  const timer = 'on' in death ? undefined : setTimeout(() => running.process.kill('SIGKILL'), death.afterMs);
  const ended = await running.ended;
  clearTimeout(timer);
  return ended;
}

interface Report {
  readonly deaths: readonly Death[];
  readonly problems: readonly string[];
  readonly unknown: number;
  readonly doubled: number;
}

/** Kills an undo once or more, runs the same command until it ends, and holds books and results against what was before. */
async function crash(
  vendor: CrashVendor,
  world: World,
  folder: string,
  place: number,
  chance: Random,
  first: number,
): Promise<Report | undefined> {
  mkdirSync(folder, { recursive: true });
  const files = draw(vendor, place, chance);
  const to = ['--vendor', vendor.id, '--base-url', world.url, '--rate', '100000', ...(vendor.options ?? [])];
  const push = ['push', 'sales.csv', ...to, ...(vendor.appends ? ['--new-ledger'] : [])];
  const problems: string[] = [];
  for (const sales of [files.before, files.wrong]) {
    write(folder, vendor, sales);
    const { code, stderr } = await run(folder, ...push);
    if (code !== 0) problems.push(`a push ended ${code}: ${stderr}`);
  }
  rmSync(join(folder, 'sales.csv'));
  const wrong = world.heldOf(place, folder);
  const undo = ['undo', 'run-2', '--rate', '100000', '--concurrency', String(chance.pick([1, 4, 8]))];
  const most = vendor.appends ? 1 : files.changed.length;
  const deaths: Death[] = [];
  const mostDeaths = chance.chance(0.35) ? chance.between(2, 3) : 1;
  let ended: Ended | undefined;
  while (deaths.length < mostDeaths && ended?.signal !== null) {
    const which = deaths.length === 0 ? first : chance.between(0, DEATHS.length - 1);
    // Later runs have less to send.
    const nth = (): number => chance.between(1, Math.max(1, deaths.length === 0 ? most : 2));
    const death = DEATHS[which % DEATHS.length]?.(chance, nth) ?? { afterMs: 200 };
    ended = await until(folder, undo, death);
    if (ended.signal === 'SIGKILL') deaths.push(death);
  }
  if (deaths.length === 0) return undefined;
  let last = ended?.signal === null ? ended : await run(folder, ...undo);
  let unknown = 0;
  for (let round = 0; last.code === 5 && round < 4; round += 1) {
    unknown += rowsOf(folder).filter((row) => row['revsync_status'] === 'unknown').length;
    problems.push(...(await settleUndone(folder, world, place, wrong)));
    last = await run(folder, ...undo);
  }
  problems.push(...check(vendor, files, wrong, world.heldOf(place, folder), folder, last));
  const writes = total(world.heldOf(place, folder));
  const again = await run(folder, ...undo);
  if (total(world.heldOf(place, folder)) !== writes)
    problems.push(`the undo that follows sent something: ${again.stderr}`);
  const doubled = [...world.heldOf(place, folder).values()].filter(({ live }) => live.length > 1).length;
  return { deaths, problems, unknown, doubled };
}

/** A person looks whether the reversal is there. */
async function settleUndone(
  folder: string,
  world: World,
  place: number,
  wrong: ReadonlyMap<string, Held>,
): Promise<string[]> {
  const now = world.heldOf(place, folder);
  // What is asked is whether the last request is there: of a reversal, whether nothing counts any more.
  const found = new Map(
    [...now].map(([key, held]): [string, Held] => {
      const isTaken = held.reversed && wrong.get(key)?.reversed !== true;
      return [key, { ...held, live: isTaken ? ['taken back'] : [] }];
    }),
  );
  return settleByHand(folder, readLedger(folder), found);
}

function total(books: ReadonlyMap<string, Held>): number {
  return [...books.values()].reduce((sum, { writes }) => sum + writes, 0);
}

function rowsOf(folder: string): Record<string, string>[] {
  const path = join(folder, 'undo-run-2.results.csv');
  return existsSync(path) ? records(readFileSync(path, 'utf8')) : [];
}

function check(
  vendor: CrashVendor,
  { before, wrong: sales, changed }: Files,
  wrong: ReadonlyMap<string, Held>,
  now: ReadonlyMap<string, Held>,
  folder: string,
  last: Ended,
): string[] {
  const problems: string[] = [];
  const wanted = vendor.appends ? 1 : 0;
  if (last.code !== wanted) problems.push(`the undo ended ${last.code}: ${last.stderr}`);
  const live = new Map(before.map((sale) => [vendor.key(sale), sale.amount]));
  for (const sale of sales) {
    const key = vendor.key(sale);
    const was = vendor.appends ? wrong.get(key)?.live : live.has(key) ? [live.get(key) ?? ''] : [];
    const is = now.get(key)?.live ?? [];
    const text = (amounts: readonly string[] = []): string => amounts.map(units).join(' ');
    if (text(is) !== text(was)) problems.push(`${key} holds ${text(is)}, not ${text(was)}`);
  }
  const rows = rowsOf(folder);
  const keys = changed.map(vendor.key);
  if (rows.map((row) => row['revsync_key']).join() !== keys.join())
    problems.push(`the results have ${rows.length} rows, not one for each of ${keys.length} keys`);
  const fine = vendor.appends ? ['invalid'] : ['accepted', 'unchanged'];
  for (const row of rows)
    if (!fine.includes(row['revsync_status'] ?? ''))
      problems.push(`${row['revsync_key']} is ${row['revsync_status']} ${row['revsync_error']}`);
  const ledger = readLedger(folder);
  for (const [key, { doubt, accepted }] of ledger.entries) {
    if (doubt !== null) problems.push(`${key} is in doubt`);
    const amount = live.get(key);
    if (amount !== undefined && accepted !== units(amount))
      problems.push(`the ledger has ${accepted} for ${key}`);
  }
  for (const { run: number, state } of ledger.runs)
    if (state === 'staging' || state === 'pushing') problems.push(`run-${number} is still ${state}`);
  for (const name of readdirSync(folder)) if (name.endsWith('.partial')) problems.push(`${name} is left`);
  return problems;
}

describe('kill -9 during undo', () => {
  let sandboxes: Sandboxes;
  const failures: string[] = [];
  beforeAll(async () => {
    sandboxes = await startSandboxes();
  });
  afterAll(async () => {
    await closeSandboxes(sandboxes, failures.length > 0);
  });

  it.skipIf(named !== undefined && named !== 'undo')(
    'costs nothing but a run of the same command',
    async () => {
      const worlds = new Map<string, World>();
      const told = { instants: 0, deaths: 0, unknown: 0, doubled: 0, survivors: 0 };
      for (const instant of instants) {
        const vendor = CRASH_VENDORS[instant % CRASH_VENDORS.length] as CrashVendor;
        for (let drawn = 0; drawn < DRAWS; drawn += 1) {
          const chance = random(seed, instant, drawn, 77);
          // Where a reversal must not be repeated, what is lost before the kill is no matter of the kill.
          const isStormy = vendor.id !== 'trackdrive' && !vendor.appends && chance.chance(0.25);
          const name = `${vendor.id} ${isStormy}`;
          const world = worlds.get(name) ?? new World(vendor, isStormy ? sandboxes.stormy : sandboxes.calm);
          worlds.set(name, world);
          const folder = join(sandboxes.root, `undo-${vendor.id}-${instant}-${drawn}`);
          const kind = Math.floor(instant / CRASH_VENDORS.length) + instant;
          const report = await crash(
            vendor,
            world,
            folder,
            instant * DRAWS + drawn,
            chance,
            kind + drawn * 3,
          );
          if (report === undefined) {
            told.survivors += 1;
            rmSync(folder, { recursive: true, force: true });
            continue;
          }
          const title = `${vendor.id}, seed ${seed}, instant ${instant} (${JSON.stringify(report.deaths)})`;
          failures.push(...report.problems.map((problem) => `${title}: ${problem}\n  kept: ${folder}`));
          told.instants += 1;
          told.deaths += report.deaths.length;
          told.unknown += report.unknown;
          told.doubled += report.doubled;
          if (report.problems.length === 0) rmSync(folder, { recursive: true, force: true });
          break;
        }
        if (long !== undefined && told.instants % 20 === 0)
          console.log(`${JSON.stringify(told)}, ${failures.length} failures`);
      }
      for (const world of worlds.values()) world.close();
      if (long !== undefined) console.log(`seed ${seed}: ${JSON.stringify(told)}`);
      expect(failures).toEqual([]);
      expect(told).toMatchObject({ instants: instants.length, doubled: 0 });
    },
    instants.length * PER_INSTANT_MS,
  );
});
