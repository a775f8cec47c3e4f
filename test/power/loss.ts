import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLedger, type LedgerCopy } from '../crash/ledger-copy.js';
import { random, type Random } from '../crash/random.js';
import { units, type Sale } from '../crash/vendors.js';
import { mended, mutate, newFile, sayings, textOf } from '../model/files.js';
import { same, type Held } from '../model/model.js';
import { FAULTS } from '../model/sequence.js';
import type { Fate, World } from '../model/world.js';
import { records } from '../support/cli.js';
import { imageAt, MODES, type Mode } from './image.js';
import { recorded, type Recording } from './recording.js';

export interface Losses {
  readonly images: number;
  readonly doubled: number;
  readonly lost: number;
  readonly unknown: number;
  /** Events on record, syncs among them. */
  readonly events: number;
  readonly syncs: number;
  readonly problems: readonly string[];
}

/** One push on record, and the file that it pushed. */
export interface Recorded {
  readonly file: readonly Sale[];
  readonly args: readonly string[];
  readonly recording: Recording;
  /** What the vendor had heard of before it. */
  readonly heard: World['heard'];
}

/**
 * Records a push of a new ledger, or of one with an older file in it, or of one that a loss of power has left behind. A
 * quarter of its requests lose their answers now and then.
 */
export async function record(world: World, recorder: string, seeds: readonly number[]): Promise<Recorded> {
  const { vendor, folder } = world;
  const chance = random(...seeds);
  let file = newFile(vendor, chance, chance.between(5, 40));
  const args = pushArgs(world, chance.between(1, 6));
  const push = async (): Promise<Recorded> => {
    writeFileSync(join(folder, 'sales.csv'), textOf(vendor, file));
    const { heard } = world;
    return { file, args, heard, recording: await recorded(world, args, fateOf(chance), recorder) };
  };
  world.reset();
  if (chance.chance(0.5)) {
    writeFileSync(join(folder, 'sales.csv'), textOf(vendor, file));
    // A process: what this one closes keeps its hold on the files for a while.
    await recorded(world, args, {}, recorder);
    for (let time = 0; time < 3; time += 1) file = mended(vendor, mutate(vendor, file, chance));
  }
  const first = await push();
  if (chance.chance(0.7)) return first;
  placeImage(world, first, chance.between(0, first.recording.events.length), chance.pick(MODES), chance);
  return push();
}

function fateOf(chance: Random): Fate {
  if (chance.chance(0.75)) return {};
  const faults = Array.from({ length: 64 }, () => (chance.chance(0.2) ? chance.pick(FAULTS) : undefined));
  return { faults: (request) => faults[request % faults.length] };
}

function pushArgs({ vendor, url }: World, concurrency: number): string[] {
  const first = vendor.appends ? ['--new-ledger'] : [];
  const wire = ['--base-url', url, '--concurrency', String(concurrency), '--rate', '100000', '--older'];
  return [
    'push',
    'sales.csv',
    '--vendor',
    vendor.id,
    ...first,
    ...(vendor.options ?? []),
    '--retries',
    '1',
    ...wire,
  ];
}

/** The folder and the vendor as they are when the power comes back. */
function placeImage(
  world: World,
  { recording, heard }: Recorded,
  moment: number,
  mode: Mode,
  chance: Random,
): ReadonlyMap<string, Buffer> {
  const sent = recording.requests.filter(({ after }) => after <= moment).map(({ request }) => request);
  world.reset([...heard, ...sent]);
  const files = imageAt(recording, moment, mode, chance);
  writeFiles(world.folder, files);
  return files;
}

function writeFiles(folder: string, files: ReadonlyMap<string, Buffer>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
}

function keep(files: ReadonlyMap<string, Buffer>): string {
  const folder = mkdtempSync(join(tmpdir(), 'revsync-image-'));
  writeFiles(folder, files);
  return folder;
}

/**
 * Loses the power at so many moments of a recording, each time on another disk, and pushes again. `keeps` the images in
 * which something is found: no recording is like another, even of one seed.
 */
export async function lose(
  world: World,
  taken: Recorded,
  images: number,
  seeds: readonly number[],
  keeps = true,
): Promise<Losses> {
  const { events, requests } = taken.recording;
  const problems: string[] = [];
  const sum = { doubled: 0, lost: 0, unknown: 0 };
  for (let image = 0; image < images; image += 1) {
    const chance = random(...seeds, image);
    const mode = MODES[image % MODES.length] ?? 'none';
    // Half of them about a request: between its claim and its settlement.
    const near =
      chance.chance(0.5) && requests.length > 0 ? chance.pick(requests).after + chance.between(-2, 6) : -1;
    const moment = near < 0 ? chance.between(0, events.length) : Math.min(near, events.length);
    const files = placeImage(world, taken, moment, mode, chance);
    const found = await afterLoss(world, taken);
    sum.doubled += found.doubled;
    sum.lost += found.lost;
    sum.unknown += found.unknown;
    if (found.problems.length === 0) continue;
    const kept = keeps ? `, kept in ${keep(files)}` : '';
    const of = `image ${image}, ${mode} after event ${moment} of ${events.length}${kept}`;
    problems.push(...found.problems.map((problem) => `${of}: ${problem}`));
  }
  return {
    ...sum,
    images,
    events: events.length,
    syncs: events.filter((event) => event.do === 'sync').length,
    problems,
  };
}

type Found = Pick<Losses, 'doubled' | 'lost' | 'unknown' | 'problems'>;

/** The same push twice and a person between, who looks up what is unknown: all is held then, and once. */
async function afterLoss(world: World, { file, args }: Recorded): Promise<Found> {
  const { vendor } = world;
  const problems = ledgerProblems(world);
  const said = sayings(vendor, file, 'refuse');
  const first = await world.run(args);
  if (first.code !== 0 && !(mayBeUnknown(world) && [1, 5].includes(first.code ?? -1)))
    problems.push(`the push after it ended ${first.code}: ${first.stderr}`);
  const unknown = resultsOf(world).filter((row) => row['revsync_status'] === 'unknown');
  for (const { revsync_key: key = '' } of unknown) {
    // A reversal was applied where nothing is held.
    const isReversal = said.get(key)?.wanted?.length === 0;
    const word = heldOf(world, key).length > 0 !== isReversal ? '--accepted' : '--not-applied';
    const { code, stderr } = await world.run(['resolve', key, word, '--why', 'looked it up']);
    if (code !== 0) problems.push(`resolve ${key} ${word} ended ${code}: ${stderr}`);
  }
  await world.run(args);
  const rows = resultsOf(world);
  let [doubled, lost] = [0, 0];
  for (const [index, sale] of file.entries()) {
    const key = vendor.key(sale);
    const wanted = said.get(key)?.wanted ?? [];
    const held = heldOf(world, key);
    const row = rows[index] ?? {};
    const cannot = row['revsync_error_code'] === 'cannot_correct' && held.length === 1;
    const isSaid = cannot || ['accepted', 'unchanged'].includes(row['revsync_status'] ?? '');
    if (held.length > 1) doubled += 1;
    else if (!isSaid || row['revsync_key'] !== key || !(cannot || same(held, wanted))) lost += 1;
    else continue;
    problems.push(
      `${key} is ${row['revsync_status'] ?? 'in no row'}: held ${held.join(', ')}, the file says ${wanted.join(', ')}`,
    );
  }
  const { requests } = await world.run(args);
  if (requests > 0) problems.push(`a push of what is held made ${requests} requests`);
  return { doubled, lost, unknown: unknown.length, problems };
}

/** What the vendor has applied, the ledger knows of as accepted or as in flight; what it has as accepted, is. */
function ledgerProblems(world: World): string[] {
  let ledger: LedgerCopy;
  try {
    ledger = readLedger(world.folder);
  } catch (error) {
    return [`the ledger cannot be read: ${(error as Error).message}`];
  }
  const flying = new Set(ledger.rows.filter(({ status }) => status === 'claimed').map(({ key }) => key));
  const problems: string[] = [];
  for (const key of world.held().keys())
    if (!flying.has(key) && !ledger.entries.has(key))
      problems.push(`${key} was sent, and the ledger does not know of it`);
  for (const [key, { accepted, doubt }] of ledger.entries) {
    if (flying.has(key) || doubt !== null) continue;
    if (!same(accepted == null ? [] : [accepted], heldOf(world, key)))
      problems.push(
        `${key}: the ledger has ${accepted ?? 'nothing'}, the vendor ${heldOf(world, key).join(', ')}`,
      );
  }
  const results = join(world.folder, 'sales.results.csv');
  if (existsSync(results) && !readFileSync(results, 'utf8').endsWith('\n'))
    problems.push('half a results file');
  return problems;
}

function mayBeUnknown({ vendor }: World): boolean {
  return vendor.appends || vendor.id === 'trackdrive';
}

function heldOf(world: World, key: string): Held {
  return (world.held().get(key)?.live ?? []).map(units);
}

function resultsOf({ folder }: World): Readonly<Record<string, string>>[] {
  const path = join(folder, 'sales.results.csv');
  return existsSync(path) ? records(readFileSync(path, 'utf8')) : [];
}
