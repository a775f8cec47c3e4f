import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeSandboxes, crashVendor, startSandboxes, type Sandboxes, type VendorReport } from './harness.js';
import type { Command } from './checks.js';
import { CYCLE } from './points.js';
import { tables } from './tables.js';
import { CRASH_VENDORS, type CrashVendor } from './vendors.js';

// The long form is `npm run test:crash`, which sets these.
const long = process.env['REVSYNC_CRASH_INSTANTS'];
const seed = Number(process.env['REVSYNC_CRASH_SEED'] ?? 1);
const only = process.env['REVSYNC_CRASH_INSTANT'];
const named = process.env['REVSYNC_CRASH_VENDOR'];
/** One vendor that overwrites and one that appends have their plans applied, too. */
const APPLIED = ['convoso', 'tldcrm'];
const cases = (['push', 'apply'] as const).flatMap((command) =>
  CRASH_VENDORS.filter(({ id }) => command === 'push' || APPLIED.includes(id))
    .filter(({ id }) => named === undefined || named === (command === 'push' ? id : command))
    .map((vendor): readonly [Command, string, CrashVendor] => [command, vendor.id, vendor]),
);
const instantsOf = (command: Command): number => Number(long ?? (command === 'push' ? CYCLE.length >> 1 : 1));
const PER_INSTANT_MS = 20_000;
const say = (text: string): void => {
  if (long !== undefined) console.log(text);
};

describe('kill -9', () => {
  const reports: VendorReport[] = [];
  let sandboxes: Sandboxes;
  beforeAll(async () => {
    sandboxes = await startSandboxes();
  });
  afterAll(async () => {
    await closeSandboxes(
      sandboxes,
      reports.some(({ failures }) => failures.length > 0),
    );
  });
  say(`seed ${seed}, ${long ?? 'a few'} instants per vendor`);

  it.each(cases)(
    'of %s to %s costs nothing but a run of the same command',
    async (command, _, vendor) => {
      const instants = instantsOf(command);
      const settings = {
        command,
        seed,
        instants,
        only: only === undefined ? undefined : Number(only),
        progress: say,
      };
      const report = await crashVendor(vendor, sandboxes, settings);
      reports.push(report);
      if (command === cases.at(-1)?.[0] && vendor === cases.at(-1)?.[2]) say(tables(reports));
      expect(report.failures).toEqual([]);
      expect(report.instants).toHaveLength(only === undefined ? instants : 1);
      for (const { doubled, lost } of report.instants)
        expect({ doubled, lost }).toEqual({ doubled: 0, lost: 0 });
      if (!vendor.appends) for (const { unknown } of report.instants) expect(unknown).toBe(0);
    },
    Number(long ?? CYCLE.length) * PER_INSTANT_MS,
  );
});
