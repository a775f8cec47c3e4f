// The long form of the crash test:
//   npm run test:crash                                          200 instants per vendor
//   npm run test:crash -- --instants 500 --seed 7 --vendor tldcrm
//   npm run test:crash -- --vendor tldcrm --seed 7 --instant 17    one instant alone
//   npm run test:crash -- --vendor pull --instants 50           pulls instead of pushes
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = { type: 'string' };
const { values } = parseArgs({ options: { instants: text, seed: text, vendor: text, instant: text } });
const env = {
  ...process.env,
  REVSYNC_CRASH_INSTANTS: values.instants ?? '200',
  REVSYNC_CRASH_SEED: values.seed ?? String(Date.now() % 1_000_000),
};
if (values.vendor !== undefined) env.REVSYNC_CRASH_VENDOR = values.vendor;
if (values.instant !== undefined) env.REVSYNC_CRASH_INSTANT = values.instant;
const files = values.vendor === 'pull' ? 'test/crash/pull.test.ts' : 'test/crash';
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', files, '--disable-console-intercept', '--reporter=verbose'],
  { cwd: root, stdio: 'inherit', env },
);
process.exitCode = status ?? 1;
