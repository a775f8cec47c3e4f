import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { invocaFake } from '../../src/sandbox/invoca.js';
import { parseFaults } from '../../src/sandbox/faults.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.js';
import { addChains, letTimePass } from '../support/pull.js';
import type { DieAt } from './points.js';
import { random, type Random } from './random.js';
import { revsync, run } from './world.js';

// The long form is `npm run test:crash -- --vendor pull`, which sets these.
const long = process.env['REVSYNC_CRASH_INSTANTS'];
const seed = Number(process.env['REVSYNC_CRASH_SEED'] ?? 1);
const only = process.env['REVSYNC_CRASH_INSTANT'];
const named = process.env['REVSYNC_CRASH_VENDOR'];
const instants =
  only === undefined ? Array.from({ length: Number(long ?? 8) }, (_, instant) => instant) : [Number(only)];
const PER_INSTANT_MS = 60_000;
const PAGE_ROWS = 7;

type Death = { readonly at: DieAt } | { readonly afterMs: number };

/**
 * Ways to die between pages, within one, or in what comes before and after all of them. The first deaths of the
 * instants go through them one after the other, so that a few instants show the most telling.
 */
const DEATHS: readonly ((chance: Random, nth: number) => Death)[] = [
  (_, nth) => ({ at: { on: 'transaction', has: 'into told', when: 'before', nth } }),
  (_, nth) => ({ at: { on: 'transaction', has: 'into told', when: 'after', nth } }),
  (chance) => ({ afterMs: chance.between(200, 1500) }),
  (chance) => ({ at: { on: 'transaction', has: 'set complete = 1', when: beforeOrAfter(chance), nth: 1 } }),
  (chance) => ({ at: { ...FILE, call: 'renameSync', when: beforeOrAfter(chance) } }),
  (chance, nth) => ({ at: { on: 'socket', step: 'reply', when: beforeOrAfter(chance), nth } }),
  (chance, nth) => ({ at: { on: 'transaction', has: 'update scopes', when: beforeOrAfter(chance), nth } }),
  (chance) => ({ at: { on: 'statement', has: 'set written_out = 1', when: beforeOrAfter(chance), nth: 1 } }),
  (_, nth) => ({ at: { on: 'socket', step: 'send', when: 'half', nth } }),
  (chance, nth) => ({ at: { on: 'statement', has: 'into told', when: beforeOrAfter(chance), nth } }),
  (chance) => ({ at: { ...FILE, call: 'openSync', when: beforeOrAfter(chance) } }),
  () => ({ at: { ...FILE, call: 'writeSync', when: 'half', nth: 2 } }),
  (chance) => ({ at: { ...FILE, call: 'fsyncSync', when: beforeOrAfter(chance) } }),
];
const FILE = { on: 'file', has: '.partial', nth: 1 } as const;

function isNew(kind: Kind): boolean {
  return OPTIONS[kind].includes('--since-last');
}

function beforeOrAfter(chance: Random): 'before' | 'after' {
  return chance.pick(['before', 'after']);
}

/** What is pulled: everything or what is new since the first pull, as it came or folded. */
const KINDS = ['all', 'new', 'all folded', 'new folded'] as const;
type Kind = (typeof KINDS)[number];

const OPTIONS: Readonly<Record<Kind, readonly string[]>> = {
  all: [],
  new: ['--since-last'],
  'all folded': ['--folded'],
  'new folded': ['--since-last', '--folded'],
};

describe.skipIf(named !== undefined && named !== 'pull')('kill -9 of a pull', () => {
  const root = mkdtempSync(join(tmpdir(), 'revsync-crash-pull-'));
  const failed: string[] = [];
  let kills = 0;
  let sandbox: Sandbox;
  /** What pulls that nobody killed have written. */
  const whole: Record<Kind, string> = { all: '', new: '', 'all folded': '', 'new folded': '' };

  const argsOf = (kind: Kind): string[] => {
    const where = [
      '--network',
      '33',
      '--from',
      '2026-11-01',
      '--to',
      '2026-11-30',
      '--base-url',
      sandbox.url,
    ];
    const paging = [
      '--page-rows',
      String(PAGE_ROWS),
      '--out',
      'pulled.csv',
      '--timezone',
      'America/New_York',
    ];
    return ['pull', 'invoca', ...where, ...paging, ...OPTIONS[kind]];
  };
  const written = (folder: string): string | undefined =>
    existsSync(join(folder, 'pulled.csv')) ? readFileSync(join(folder, 'pulled.csv'), 'utf8') : undefined;
  /** An empty folder, or one with the ledger of the first pull. */
  const folderOf = (name: string, kind: Kind): string => {
    const folder = join(root, name);
    mkdirSync(folder);
    if (isNew(kind)) copyFileSync(join(root, 'first', 'ledger.db'), join(folder, 'ledger.db'));
    return folder;
  };
  const pullWhole = async (name: string, kind: Kind): Promise<string> => {
    const folder = folderOf(name, kind);
    const { code, stderr } = await run(folder, ...argsOf(kind));
    expect([code, stderr]).toEqual([0, stderr]);
    return written(folder) ?? '';
  };

  beforeAll(async () => {
    // Slow pages, and pages that fail half-way.
    const faults = parseFaults('slow=20@every:4,cut@4%');
    if (!faults.ok) throw new Error(faults.error);
    const fake = invocaFake({});
    sandbox = await startSandbox({ fakes: [fake], port: 0, faults: faults.value, latencyMs: 3 });
    addChains(fake, 30, 3);
    await pullWhole('first', 'all');
    await letTimePass(join(root, 'first', 'ledger.db'));
    addChains(fake, 15, 3, 'LATE');
    for (const kind of KINDS) whole[kind] = await pullWhole(`whole ${kind}`, kind);
    const rows = KINDS.map((kind) => whole[kind].split('\n').length - 2);
    expect(rows).toEqual([135, 45, 45, 15]);
  });

  afterAll(async () => {
    await sandbox.close();
    if (failed.length === 0) rmSync(root, { recursive: true, force: true });
    else console.log(`left for a look: ${failed.join(', ')}`);
  });

  it.each(instants)(
    `leaves the same file, seed ${seed}, instant %i`,
    async (instant) => {
      const chance = random(seed, 66, instant);
      const kind = chance.pick(KINDS);
      const folder = folderOf(`instant-${instant}`, kind);
      failed.push(folder);
      const most = chance.between(1, 3);
      for (let deaths = most; deaths > 0; deaths -= 1) {
        const draw = deaths === most ? DEATHS[instant % DEATHS.length] : chance.pick(DEATHS);
        const death = draw?.(chance, chance.between(1, isNew(kind) ? 6 : 19)) ?? { afterMs: 0 };
        const running = revsync(folder, argsOf(kind), 'at' in death ? death.at : undefined);
        const timer =
          'at' in death ? undefined : setTimeout(() => running.process.kill('SIGKILL'), death.afterMs);
        const { signal, code, stderr } = await running.ended;
        clearTimeout(timer);
        if (signal === 'SIGKILL') kills += 1;
        else expect([code, stderr]).toEqual([code === 2 ? 2 : 0, stderr]);
        // Half a file is never there.
        expect([undefined, whole[kind]]).toContain(written(folder));
      }
      const before = written(folder);
      const { code, stderr } = await run(folder, ...argsOf(kind));
      // One that had come to its end but for saying so has nothing left to ask.
      if (before !== undefined && code === 2) expect(stderr).toContain('5 minutes between polls');
      else expect([code, stderr]).toEqual([0, stderr]);
      expect(written(folder)).toBe(whole[kind]);
      expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([]);
      failed.pop();
    },
    PER_INSTANT_MS,
  );

  it('has killed a pull at half of the instants or more', () => {
    if (long !== undefined) console.log(`${kills} kills at ${instants.length} instants`);
    expect(kills).toBeGreaterThanOrEqual(instants.length / 2);
  });
});
