// The long form of the model test:
//   npm run test:model                                            1000 sequences per vendor
//   npm run test:model -- --sequences 50 --seed 7 --vendor tldcrm
//   npm run test:model -- --vendor tldcrm --seed 7 --sequence 17     one sequence alone
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = { type: 'string' };
const { values } = parseArgs({ options: { sequences: text, seed: text, vendor: text, sequence: text } });
const env = {
  ...process.env,
  REVSYNC_MODEL_SEQUENCES: values.sequences ?? '1000',
  REVSYNC_MODEL_SEED: values.seed ?? String(Date.now() % 1_000_000),
};
if (values.vendor !== undefined) env.REVSYNC_MODEL_VENDOR = values.vendor;
if (values.sequence !== undefined) env.REVSYNC_MODEL_SEQUENCE = values.sequence;
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--project', 'fast', 'test/model', '--disable-console-intercept', '--reporter=verbose'],
  { cwd: root, stdio: 'inherit', env },
);
process.exitCode = status ?? 1;
