import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from './checks.js';
import { crash, DRAWS, placeOf, undisturbed, type InstantPlan, type InstantReport } from './instant.js';
import { CYCLE } from './points.js';
import { CRASH_VENDORS, type CrashVendor } from './vendors.js';
import { FAULTS, startSandboxProcess, World, type SandboxProcess } from './world.js';

export interface CrashSettings {
  readonly command: Command;
  readonly seed: number;
  /** Per vendor. */
  readonly instants: number;
  /** One instant alone, by its number. */
  readonly only?: number | undefined;
  /** Told now and then how far it is. */
  readonly progress?: (line: string) => void;
}

export interface VendorReport {
  readonly command: Command;
  readonly vendor: CrashVendor;
  readonly instants: readonly InstantReport[];
  /** Runs that ended before they came to the point at which they should have died. */
  readonly survivors: number;
  /** Everything that went wrong, with what plays it again. */
  readonly failures: readonly string[];
  readonly seconds: number;
}

const LANES = 2;
const ASK_EVERY = 7;
const MEASURE_EVERY = 10;
/** Places above those of any instant, for files that only measure. */
const UNDISTURBED = 3_000;
const MOST_INSTANTS = 2000;

/** The sandbox processes that all vendors share. */
export interface Sandboxes {
  readonly root: string;
  readonly calm: SandboxProcess;
  readonly stormy: SandboxProcess;
}

export async function startSandboxes(): Promise<Sandboxes> {
  const root = mkdtempSync(join(tmpdir(), 'revsync-crash-'));
  const [calm, stormy] = await Promise.all([
    startSandboxProcess(join(root, 'calm'), ''),
    startSandboxProcess(join(root, 'stormy'), FAULTS),
  ]);
  return { root, calm, stormy };
}

/** Ends them; everything is kept where something failed. */
export async function closeSandboxes({ root, calm, stormy }: Sandboxes, keep: boolean): Promise<void> {
  await Promise.all([calm.close(), stormy.close()]);
  if (!keep) rmSync(root, { recursive: true, force: true });
}

/** Kills pushes or applies to one vendor at so many instants. What fails keeps its folder. */
export async function crashVendor(
  vendor: CrashVendor,
  sandboxes: Sandboxes,
  settings: CrashSettings,
): Promise<VendorReport> {
  const { only, progress = () => undefined } = settings;
  if (settings.instants > MOST_INSTANTS) throw new Error(`at most ${MOST_INSTANTS} instants`);
  const began = performance.now();
  const { root } = sandboxes;
  const calm = new World(vendor, sandboxes.calm);
  const stormy = new World(vendor, sandboxes.stormy);
  const places = new Set<number>();
  const durations = new Map<World, { ms: Promise<number>; uses: number }>();
  // Measured anew now and then: other work on the machine comes and goes.
  const durationMs = (world: World): Promise<number> => {
    const known = durations.get(world);
    if (known !== undefined && known.uses < MEASURE_EVERY) {
      known.uses += 1;
      return known.ms;
    }
    const place = UNDISTURBED + places.size;
    places.add(place);
    const ms = undisturbed(vendor, world, root, place);
    durations.set(world, { ms, uses: 1 });
    return ms;
  };
  const setting = { root, calm, stormy, durationMs };
  const failures: string[] = [];
  const instants: InstantReport[] = [];
  let survivors = 0;
  const waiting = only === undefined ? [...Array(settings.instants).keys()] : [only];
  const lane = async (): Promise<void> => {
    for (let instant = waiting.shift(); instant !== undefined; instant = waiting.shift()) {
      for (let draw = 0; draw < DRAWS; draw += 1) {
        const plan = planOf(vendor, settings, instant, draw);
        places.add(placeOf(plan));
        const report = await crash(plan, setting);
        failures.push(...report.problems.map((problem) => failureOf(report, problem)));
        if (!report.survived) {
          instants.push(report);
          break;
        }
        survivors += 1;
        durations.clear();
        if (draw === DRAWS - 1) failures.push(`${titleOf(plan)}: no run died in ${DRAWS} draws`);
      }
      if (instants.length % 50 === 0)
        progress(`${vendor.id}: ${instants.length} instants, ${failures.length} failures`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  for (const world of [calm, stormy]) {
    failures.push(...(await strangers(world, places)));
    world.close();
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  return { vendor, command: settings.command, instants, survivors, failures, seconds };
}

function planOf(
  vendor: CrashVendor,
  { command, seed }: CrashSettings,
  instant: number,
  draw: number,
): InstantPlan {
  const first = CRASH_VENDORS.indexOf(vendor) * (CYCLE.length >> 1);
  const phase = CYCLE[(first + instant) % CYCLE.length] ?? 'any time';
  return { vendor, command, seed, instant, draw, phase, asks: (first + instant) % ASK_EVERY === 0 };
}

/** The process's own books against its journal: nothing is held but what came from a file of the harness. */
async function strangers(world: World, known: ReadonlySet<number>): Promise<string[]> {
  const { held, places } = await world.wholeBooks();
  const strange = places.filter((place) => !known.has(place));
  const doubled = [...held].filter(([, { live }]) => live.length > 1).map(([key]) => key);
  return [
    ...strange.map((place) => `the books hold a file ${place} that nobody pushed`),
    ...doubled.map((key) => `${key} counts twice in the whole books`),
  ];
}

function titleOf({ vendor, command, seed, instant, phase }: InstantPlan): string {
  return `${command} ${vendor.id}, seed ${seed}, instant ${instant}, ${phase}`;
}

function failureOf({ plan, deaths, folder }: InstantReport, problem: string): string {
  const died = deaths.map(({ phase, name }) => `${phase}: ${name}`).join(', then ');
  const { vendor, command, seed, instant } = plan;
  const name = command === 'push' ? vendor.id : command;
  const again = `npm run test:crash -- --vendor ${name} --seed ${seed} --instant ${instant}`;
  return `${titleOf(plan)} (died at ${died}): ${problem}\n  kept: ${folder}\n  again: ${again}`;
}
