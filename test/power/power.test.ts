import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { random } from '../crash/random.js';
import { CRASH_VENDORS } from '../crash/vendors.js';
import { World } from '../model/world.js';
import { imageAt, MODES, withoutSyncs } from './image.js';
import { lose, record } from './loss.js';
import { buildRecorder, type Recording } from './recording.js';

// The long form is `npm run test:power`, which sets these.
const long = process.env['REVSYNC_POWER_IMAGES'];
const seed = Number(process.env['REVSYNC_POWER_SEED'] ?? 1);
const only = process.env['REVSYNC_POWER_RECORDING'];
const named = process.env['REVSYNC_POWER_VENDOR'];
const images = Number(long ?? 20);
const PER_RECORDING = 20;
const vendors = CRASH_VENDORS.filter(({ id }) => named === undefined || named === id);
const MOST_SHOWN = 20;
const say = (text: string): void => {
  if (long !== undefined) console.log(text);
};

describe('a loss of power', () => {
  const folder = mkdtempSync(join(tmpdir(), 'revsync-power-'));
  let recorder = '';
  beforeAll(() => {
    recorder = buildRecorder(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(vendors.map((vendor) => [vendor.id, vendor] as const))(
    'doubles and loses nothing of %s, whatever the disk made of what was not synced',
    async (id, vendor) => {
      const began = performance.now();
      const world = await World.open(vendor);
      const sum = { images: 0, doubled: 0, lost: 0, unknown: 0, events: 0, syncs: 0 };
      const problems: string[] = [];
      const recordings =
        only === undefined ? [...Array(Math.ceil(images / PER_RECORDING)).keys()] : [Number(only)];
      for (const number of recordings) {
        const seeds = [seed, CRASH_VENDORS.indexOf(vendor), number];
        const taken = await record(world, recorder, seeds);
        const losses = await lose(world, taken, PER_RECORDING, seeds);
        for (const name of ['images', 'doubled', 'lost', 'unknown', 'events', 'syncs'] as const)
          sum[name] += losses[name];
        const again = `npm run test:power -- --vendor ${id} --seed ${seed} --recording ${number}`;
        problems.push(...losses.problems.map((problem) => `${problem}\n  again: ${again}`));
      }
      await world.close();
      const seconds = Math.round((performance.now() - began) / 1000);
      say(`${id}: seed ${seed}, ${JSON.stringify(sum)}, ${problems.length} problems, ${seconds} s`);
      expect(problems.slice(0, MOST_SHOWN).join('\n')).toBe('');
      expect(sum).toMatchObject({ doubled: 0, lost: 0 });
      // Nothing would be found in a recording of nothing; a push of three rows syncs nine times.
      expect(sum.syncs).toBeGreaterThan(recordings.length * 5);
    },
  );

  it.each(MODES)(
    'leaves what was synced, %s of the rest or not, by a name that was removed before',
    (mode) => {
      const recording: Recording = {
        before: new Map([['a', Buffer.from('old')]]),
        events: [
          { do: 'remove', name: 'a' },
          { do: 'open', name: 'a' },
          { do: 'write', name: 'a', at: 0, bytes: Buffer.from('new') },
          { do: 'sync', name: 'a' },
        ],
        ...{ requests: [], code: 0, stderr: '' },
      };
      for (let draw = 0; draw < 20; draw += 1)
        expect(imageAt(recording, 4, mode, random(draw)).get('a')?.toString()).toBe('new');
    },
  );

  it('would be seen to double what a ledger sends that does not wait for the disk', async () => {
    const vendor = CRASH_VENDORS.find(({ appends }) => appends);
    if (vendor === undefined) throw new Error('no vendor appends');
    const world = await World.open(vendor);
    const taken = await record(world, recorder, [1]);
    const recording = withoutSyncs(taken.recording, /^ledger\.db/);
    const { doubled } = await lose(world, { ...taken, recording }, PER_RECORDING, [1], false);
    await world.close();
    expect(doubled).toBeGreaterThan(0);
  });
});
