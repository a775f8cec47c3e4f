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
const commands: readonly (readonly [Command, readonly CrashVendor[]])[] = (['push', 'apply'] as const).map(
  (command) => [
    command,
    CRASH_VENDORS.filter(({ id }) => command === 'push' || APPLIED.includes(id)).filter(
      ({ id }) => named === undefined || named === (command === 'push' ? id : command),
    ),
  ],
);
const PER_INSTANT_MS = 20_000;
const say = (text: string): void => {
  if (long !== undefined) console.log(text);
};

// Each command has sandboxes of its own: its instants have the places of the other's.
describe.each(commands.filter(([, vendors]) => vendors.length > 0))('kill -9 of %s', (command, vendors) => {
  const instants = Number(long ?? (command === 'push' ? CYCLE.length >> 1 : 1));
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
  say(`seed ${seed}, ${instants} instants per vendor`);

  it.each(vendors.map((vendor) => [vendor.id, vendor] as const))(
    'costs %s nothing but a run of the same command',
    async (_, vendor) => {
      const settings = {
        command,
        seed,
        instants,
        only: only === undefined ? undefined : Number(only),
        progress: say,
      };
      const report = await crashVendor(vendor, sandboxes, settings);
      reports.push(report);
      if (vendor === vendors.at(-1)) say(tables(reports));
      expect(report.failures).toEqual([]);
      expect(report.instants).toHaveLength(only === undefined ? instants : 1);
      for (const { doubled, lost } of report.instants)
        expect({ doubled, lost }).toEqual({ doubled: 0, lost: 0 });
      if (!vendor.appends) for (const { unknown } of report.instants) expect(unknown).toBe(0);
    },
    instants * PER_INSTANT_MS,
  );
});
