// The long forms of tests that go through random cases: a number of them a vendor, from a seed that is printed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Runs `what` through `REVSYNC_<what>_…`: `--<many> N` cases a vendor, or `--<one> N` alone; `argsOf` says what vitest
 * runs for a vendor.
 */
export function runLong({ what, many, one, usual, argsOf }) {
  const text = { type: 'string' };
  const { values } = parseArgs({ options: { [many]: text, seed: text, vendor: text, [one]: text } });
  const set = {
    [many]: values[many] ?? usual,
    seed: values.seed ?? String(Date.now() % 1_000_000),
    vendor: values.vendor,
    [one]: values[one],
  };
  const env = { ...process.env };
  for (const [name, value] of Object.entries(set))
    if (value !== undefined) env[`REVSYNC_${what}_${name.toUpperCase()}`] = value;
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const { status } = spawnSync(
    process.execPath,
    [vitest, 'run', ...argsOf(values.vendor), '--disable-console-intercept', '--reporter=verbose'],
    { cwd: root, stdio: 'inherit', env },
  );
  process.exitCode = status ?? 1;
}
