// The long form of the power-loss test:
//   npm run test:power                                            200 images per vendor
//   npm run test:power -- --images 400 --seed 7 --vendor tldcrm
//   npm run test:power -- --vendor tldcrm --seed 7 --recording 3     the images of one recording alone
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = { type: 'string' };
const { values } = parseArgs({ options: { images: text, seed: text, vendor: text, recording: text } });
const env = {
  ...process.env,
  REVSYNC_POWER_IMAGES: values.images ?? '200',
  REVSYNC_POWER_SEED: values.seed ?? String(Date.now() % 1_000_000),
};
if (values.vendor !== undefined) env.REVSYNC_POWER_VENDOR = values.vendor;
if (values.recording !== undefined) env.REVSYNC_POWER_RECORDING = values.recording;
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--project', 'full', 'test/power', '--disable-console-intercept', '--reporter=verbose'],
  { cwd: root, stdio: 'inherit', env },
);
process.exitCode = status ?? 1;
