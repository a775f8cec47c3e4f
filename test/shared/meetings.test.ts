import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CRASH_VENDORS } from '../crash/vendors.js';
import { startSandboxProcess, World, type SandboxProcess } from '../crash/world.js';
import { PostgresServer } from '../support/postgres.js';
import { FAULTS, meet, type MeetingReport } from './machines.js';

const instants = Number(process.env['REVSYNC_SHARED_INSTANTS'] ?? 1);
const seed = Number(process.env['REVSYNC_SHARED_SEED'] ?? 1);
const alone = process.env['REVSYNC_SHARED_INSTANT'];
const named = process.env['REVSYNC_SHARED_VENDOR'];
const only = process.env['REVSYNC_SHARED_FAULT'];
const LANES = Number(process.env['REVSYNC_SHARED_LANES'] ?? 8);
/** Without a name the long form has all of them, and the tests the one that bills again. */
const vendors = CRASH_VENDORS.filter(({ id }) =>
  named === undefined ? instants > 1 || id === 'tldcrm' : named === id,
);
const isLong = instants > 1 || named !== undefined || only !== undefined;

describe('two machines and one ledger', () => {
  const root = mkdtempSync(join(tmpdir(), 'revsync-shared-'));
  let sandbox: SandboxProcess;
  let failed = false;
  beforeAll(async () => {
    sandbox = await startSandboxProcess(join(root, 'sandbox'), '');
  });
  afterAll(async () => {
    await sandbox.close();
    if (!failed) rmSync(root, { recursive: true, force: true });
    else console.log(`kept: ${root}`);
  });

  const cases = vendors.flatMap((vendor) =>
    FAULTS.filter(
      (fault) => (only ?? fault) === fault && (isLong || ['stopped', 'cut off'].includes(fault)),
    ).map((fault) => [vendor.id, fault, vendor] as const),
  );
  // A few wait for leases side by side; many do so within each.
  (isLong ? it : it.concurrent).each(cases)(
    '%s, the first %s',
    async (_, fault, vendor) => {
      const server = await PostgresServer.start(false);
      const world = new World(vendor, sandbox);
      const chosen = alone === undefined ? [...Array(instants).keys()] : [Number(alone)];
      const meetings = chosen.map((instant) => ({
        vendor,
        fault,
        seed,
        instant,
        place: FAULTS.indexOf(fault) * 800 + instant,
      }));
      const reports = await meet(meetings, { root, world, server }, LANES);
      const refused = server.said(/no longer this process's own/g);
      server.stop();
      world.close();
      const sum = (of: (report: MeetingReport) => number): number =>
        reports.reduce((all, one) => all + of(one), 0);
      const counts = [
        `${reports.length} instants, ${sum(({ met }) => Number(met))} met`,
        `doubled ${sum(({ doubled }) => doubled)}, lost ${sum(({ lost }) => lost)}, unknown ${sum(({ unknown }) => unknown)}`,
        `not answered in time ${sum(({ unanswered }) => unanswered)}`,
        `late writes refused ${refused}, first machines told so ${sum(({ fenced }) => Number(fenced))}`,
        `keys sent late, perhaps ${sum(({ late }) => late)}`,
      ];
      console.log(`seed ${seed}: ${vendor.id}, ${fault}: ${counts.join(', ')}`);
      const problems = reports.flatMap(({ problems }) => problems);
      failed ||= problems.length > 0;
      expect(problems).toEqual([]);
    },
    60_000 + instants * 60_000,
  );
});
