import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { records, type Ended } from '../support/cli.js';
import { checkDead, checkEnded, resultsProblems, type Command, type Findings, type Scene } from './checks.js';
import { readLedger, type LedgerCopy } from './ledger-copy.js';
import { drawDeath, drawDeathInTime, PHASES, type Death, type Phase, type RunShape } from './points.js';
import { random, type Random } from './random.js';
import { settleByHand } from './settle-by-hand.js';
import { CRASH_VENDORS, type CrashVendor, type Held, type Sale } from './vendors.js';
import { askTheProgram } from './ask.js';
import { revsync, run, type World } from './world.js';

/** Everything that one instant needs to be played again. */
export interface InstantPlan {
  readonly vendor: CrashVendor;
  readonly command: Command;
  readonly seed: number;
  readonly instant: number;
  /** A run may end before it is killed; the instant is drawn again then. */
  readonly draw: number;
  readonly phase: Phase;
  /** Whether the commands that tell what happened are asked too. */
  readonly asks: boolean;
}

export interface Setting {
  /** Where the instant's folder is made. */
  readonly root: string;
  readonly calm: World;
  /** The same vendor with faults, so that retries are under way at the kill. */
  readonly stormy: World;
  /** How long an undisturbed run takes there. */
  readonly durationMs: (world: World) => Promise<number>;
}

export interface InstantReport extends Findings {
  readonly plan: InstantPlan;
  readonly deaths: readonly Death[];
  /** The run that should have died first ended before it came to its point. */
  readonly survived: boolean;
  readonly rows: number;
  readonly folder: string;
}

export const DRAWS = 8;

/** The number of a sales file: no two instants share one. */
export function placeOf({ instant, draw }: Pick<InstantPlan, 'instant' | 'draw'>): number {
  return instant * DRAWS + draw;
}

/** Kills a push or an apply once or more, lets it end, and holds books, ledger and results against each other. */
export async function crash(plan: InstantPlan, setting: Setting): Promise<InstantReport> {
  const { vendor, command, instant, draw } = plan;
  const chance = random(plan.seed, CRASH_VENDORS.indexOf(vendor), instant, draw);
  const folder = join(setting.root, `${command}-${vendor.id}-${instant}${draw === 0 ? '' : `-${draw}`}`);
  mkdirSync(folder, { recursive: true });
  const isStormy = chance.chance(0.25);
  const world = isStormy ? setting.stormy : setting.calm;
  const concurrency = chance.pick([4, 6, 8, 12]);
  const sales = drawSales(vendor, placeOf(plan), isStormy ? 40 : chance.between(50, 90), chance);
  const older = chance.chance(0.25) ? olderSales(vendor, sales) : [];
  const mostDeaths = chance.chance(0.3) ? (chance.chance(0.3) ? 3 : 2) : 1;

  const scene: Scene = {
    vendor,
    command,
    folder,
    sales: older.length > 0 ? withReversals(vendor, sales, older) : sales,
    older,
    isStormy,
    concurrency,
    claimedAtDeath: new Map(),
  };
  const push = pushArgs(vendor, world, concurrency);
  const killed = command === 'push' ? push : ['apply', 'plan.json', ...pace(concurrency)];
  const books = (): ReadonlyMap<string, Held> => world.heldOf(placeOf(plan), folder);
  const problems: string[] = [];
  const deaths: Death[] = [];

  if (older.length > 0) {
    writeSales(folder, vendor, older);
    const before = await run(folder, ...push);
    // Where a reply was lost, a row that appends is unknown before anything is killed.
    if (before.code !== 0 && !(isStormy && vendor.appends && before.code === 5))
      problems.push(`the push of the older file ended ${told(before)}`);
  }
  writeSales(folder, vendor, scene.sales);
  if (command === 'apply') {
    // What is in doubt when a plan is made is none of what it sends.
    problems.push(...(await settleByHand(folder, readLedger(folder), books())));
    problems.push(...(await makePlan(scene, push)));
  }

  let last: Ended | undefined;
  while (deaths.length < mostDeaths && last === undefined) {
    const shape = shapeOf(scene, readLedger(folder));
    const phase = deaths.length === 0 ? plan.phase : chance.pick(LATER_PHASES);
    const death = drawDeath(phase, shape, chance) ?? drawDeathInTime(chance, await setting.durationMs(world));
    const before = resultsOf(folder);
    const ended = await runUntil(folder, killed, death);
    if (ended.signal !== 'SIGKILL') {
      if (death.kind === 'point')
        problems.push(`the run never came to ${death.name} ${JSON.stringify(death.at)}`);
      last = ended;
      break;
    }
    deaths.push(death);
    const ledger = readLedger(folder);
    const found = [
      ...resultsProblems(before, resultsOf(folder), scene, ledger),
      ...checkDead(scene, ledger, books()),
    ];
    problems.push(...found.map((problem) => `after death ${deaths.length}: ${problem}`));
  }
  const survived = deaths.length === 0;
  last ??= await run(folder, ...killed);

  const findings = checkEnded(scene, readLedger(folder), books(), endOf(folder, last));
  problems.push(...findings.problems);
  let { unknown } = findings;
  // Where replies are lost, the push that follows may lose another.
  const mostRounds = isStormy ? 5 : 1;
  for (let round = 1; unknown > 0 && round <= mostRounds; round += 1) {
    problems.push(...(await settleByHand(folder, readLedger(folder), books())));
    const settled = await run(folder, ...killed);
    const after = checkEnded(scene, readLedger(folder), books(), endOf(folder, settled));
    problems.push(...after.problems.map((problem) => `after settling by hand: ${problem}`));
    findings.doubled = Math.max(findings.doubled, after.doubled);
    findings.lost = Math.max(findings.lost, after.lost);
    unknown = after.unknown;
  }
  if (unknown > 0) problems.push(`${unknown} rows are unknown after they were settled by hand`);
  if (plan.asks) problems.push(...(await askTheProgram(scene, killed, books)));

  if (problems.length === 0) rmSync(folder, { recursive: true, force: true });
  return { ...findings, problems, plan, deaths, survived, rows: sales.length, folder };
}

/** How long a push of such a file takes when nobody disturbs it. */
export async function undisturbed(
  vendor: CrashVendor,
  world: World,
  root: string,
  place: number,
): Promise<number> {
  const folder = join(root, `${vendor.id}-undisturbed-${place}`);
  mkdirSync(folder, { recursive: true });
  writeSales(folder, vendor, drawSales(vendor, place, 60, random(place)));
  const began = performance.now();
  const { code, stderr } = await run(folder, ...pushArgs(vendor, world, 8));
  if (code !== 0 && code !== 5) throw new Error(`an undisturbed push ended ${code}: ${stderr}`);
  const took = performance.now() - began;
  rmSync(folder, { recursive: true, force: true });
  return took;
}

/** Where a run dies that follows a dead one. */
const LATER_PHASES: readonly Phase[] = ['recovery', 'recovery', ...PHASES.slice(1)];

function pushArgs(vendor: CrashVendor, world: World, concurrency: number): string[] {
  const first = vendor.appends ? ['--new-ledger'] : [];
  const to = ['--vendor', vendor.id, '--base-url', world.url];
  return ['push', 'sales.csv', ...to, ...first, ...(vendor.options ?? []), ...pace(concurrency)];
}

function pace(concurrency: number): string[] {
  return ['--concurrency', String(concurrency), '--rate', '100000'];
}

/** Plans the sales file, then puts another in its place, of which nothing may ever be sent. */
async function makePlan({ vendor, folder, sales }: Scene, push: readonly string[]): Promise<string[]> {
  const { code, stderr } = await run(folder, ...push, '--plan', 'plan.json');
  const others = sales.map((sale): Sale => ({ ...sale, amount: `9${sale.amount}` }));
  writeSales(folder, vendor, [...others, ...others.map((sale) => ({ ...sale, number: sale.number + 500 }))]);
  return code === 0 ? [] : [`the plan ended ${code}: ${stderr}`];
}

function drawSales({ decimals }: CrashVendor, place: number, count: number, chance: Random): Sale[] {
  return Array.from({ length: count }, (_, number) => {
    const fraction = String(chance.between(0, 10 ** decimals - 1)).padStart(decimals, '0');
    return { place, number, amount: `${chance.between(1, 900)}.${fraction}`, reversed: false };
  });
}

/** Half of the sales as an earlier file had them: at other amounts, where the vendor can be corrected. */
function olderSales({ appends }: CrashVendor, sales: readonly Sale[]): Sale[] {
  const half = sales.slice(0, sales.length >> 1);
  return half.map((sale) => ({ ...sale, amount: appends ? sale.amount : `1${sale.amount}` }));
}

/** Some of the sales that the vendor holds already are taken back. */
function withReversals(vendor: CrashVendor, sales: readonly Sale[], older: readonly Sale[]): readonly Sale[] {
  if (!vendor.canReverse) return sales;
  return sales.map((sale, index) => ({ ...sale, reversed: index < older.length && index % 5 === 0 }));
}

function writeSales(folder: string, { header, line }: CrashVendor, sales: readonly Sale[]): void {
  writeFileSync(join(folder, 'sales.csv'), `${header}\n${sales.map((sale) => `${line(sale)}\n`).join('')}`);
}

async function runUntil(folder: string, args: readonly string[], death: Death): Promise<Ended> {
  const running = revsync(folder, args, death.kind === 'point' ? death.at : undefined);
  if (death.kind === 'point') return running.ended;
  const timer = setTimeout(() => running.process.kill('SIGKILL'), death.ms);
  const ended = await running.ended;
  clearTimeout(timer);
  return ended;
}

function resultsOf(folder: string): string | undefined {
  const path = join(folder, 'sales.results.csv');
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function endOf(folder: string, ended: Ended): Parameters<typeof checkEnded>[3] {
  const text = resultsOf(folder);
  const files = readdirSync(folder);
  return { ended: told(ended), code: ended.code, results: text === undefined ? [] : records(text), files };
}

function told({ code, signal, stderr }: Ended): string {
  return `${code ?? signal ?? '?'}: ${stderr.trim().split('\n').slice(-3).join(' / ')}`;
}

function shapeOf({ vendor, command, sales, concurrency }: Scene, ledger: LedgerCopy): RunShape {
  const claimed = new Set(ledger.rows.filter(({ status }) => status === 'claimed').map(({ key }) => key));
  const settled = sales.filter((sale) => {
    const key = vendor.key(sale);
    const entry = ledger.entries.get(key);
    if (vendor.appends)
      return claimed.has(key) || entry?.doubt === 'blocked' || entry?.accepted !== undefined;
    // Whether the amount is the same is not asked: the operations of a run are never counted too high.
    return !claimed.has(key) && entry?.accepted !== undefined;
  });
  const state = ledger.runs.at(-1)?.state;
  return {
    toSend: sales.length - settled.length,
    concurrency,
    appends: vendor.appends,
    applies: command === 'apply',
    newLedger: !ledger.hasSchema,
    left:
      state === 'staging'
        ? 'staging'
        : state !== 'pushing'
          ? 'nothing'
          : claimed.size > 0
            ? 'claims'
            : 'pushing',
  };
}
