// The long form of the test of large files:
//   npm run test:large                   300,000 rows against 30,000
//   npm run test:large -- --rows 1000000
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { values } = parseArgs({ options: { rows: { type: 'string', default: '300000' } } });
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', 'test/files/large.test.ts', '--disable-console-intercept', '--reporter=verbose'],
  { cwd: root, stdio: 'inherit', env: { ...process.env, REVSYNC_LARGE_ROWS: values.rows } },
);
process.exitCode = status ?? 1;
