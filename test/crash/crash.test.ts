import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeSandboxes, crashVendor, startSandboxes, type Sandboxes, type VendorReport } from './harness.js';
import { CYCLE } from './points.js';
import { tables } from './tables.js';
import { CRASH_VENDORS } from './vendors.js';

// The long form is `npm run test:crash`, which sets these.
const long = process.env['REVSYNC_CRASH_INSTANTS'];
const seed = Number(process.env['REVSYNC_CRASH_SEED'] ?? 1);
const only = process.env['REVSYNC_CRASH_INSTANT'];
const named = process.env['REVSYNC_CRASH_VENDOR'];
const instants = Number(long ?? CYCLE.length >> 1);
const vendors = CRASH_VENDORS.filter(({ id }) => named === undefined || named === id);
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
  say(`seed ${seed}, ${instants} instants per vendor`);

  it.each(vendors.map((vendor) => [vendor.id, vendor] as const))(
    'costs %s nothing but a run of the same command',
    async (_, vendor) => {
      const settings = { seed, instants, only: only === undefined ? undefined : Number(only), progress: say };
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
