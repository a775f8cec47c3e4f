import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CRASH_VENDORS } from '../crash/vendors.js';
import { Sequence } from './sequence.js';
import { World } from './world.js';

// The long form is `npm run test:model`, which sets these.
const long = process.env['REVSYNC_MODEL_SEQUENCES'];
const sequences = Number(long ?? 8);
const seed = Number(process.env['REVSYNC_MODEL_SEED'] ?? 1);
const only = process.env['REVSYNC_MODEL_SEQUENCE'];
const named = process.env['REVSYNC_MODEL_VENDOR'];
const vendors = CRASH_VENDORS.filter(({ id }) => named === undefined || named === id);
const PER_SEQUENCE_MS = 20_000;
const MOST_SHOWN = 5;
const say = (text: string): void => {
  if (long !== undefined) console.log(text);
};

describe.each(vendors.map((vendor) => [vendor.id, vendor] as const))('%s', (id, vendor) => {
  let world: World;
  beforeAll(async () => {
    world = await World.open(vendor);
  });
  afterAll(() => world.close());

  it(
    'holds what the model says, whatever anybody does in whatever order',
    async () => {
      const began = performance.now();
      const failures: string[] = [];
      let [commands, kills, faults] = [0, 0, 0];
      const numbers = only === undefined ? [...Array(sequences).keys()] : [Number(only)];
      for (const number of numbers) {
        world.reset();
        const played = await new Sequence(world, seed, CRASH_VENDORS.indexOf(vendor), number).play();
        commands += played.steps.filter((step) => !step.startsWith(' ')).length;
        kills += played.kills;
        faults += played.faults;
        if (played.violations.length === 0) continue;
        const again = `npm run test:model -- --vendor ${id} --seed ${seed} --sequence ${number}`;
        failures.push([...played.violations, ...played.steps, `again: ${again}`].join('\n'));
      }
      const seconds = Math.round((performance.now() - began) / 1000);
      say(
        `${id}: seed ${seed}, ${numbers.length} sequences, ${commands} commands, ${kills} kills, ${faults} faults, ${failures.length} violations, ${seconds} s`,
      );
      expect(failures.slice(0, MOST_SHOWN).join('\n\n')).toBe('');
      expect(kills).toBeGreaterThan(only === undefined ? 0 : -1);
    },
    sequences * PER_SEQUENCE_MS,
  );
});

describe('the model', () => {
  it('sees what is sent and forgotten where a process that dies takes its ledger with it', async () => {
    const vendor = CRASH_VENDORS.find(({ appends }) => appends);
    if (vendor === undefined) throw new Error('no vendor appends');
    const world = await World.open(vendor);
    world.forgets = /^ledger\.db/;
    const found: string[] = [];
    for (let number = 0; number < 20 && found.length === 0; number += 1) {
      world.reset();
      const { violations } = await new Sequence(world, 1, number).play();
      found.push(...violations.filter((violation) => /doubled|not in the ledger/.test(violation)));
    }
    await world.close();
    expect(found).not.toEqual([]);
  });
});
