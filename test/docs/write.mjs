// Writes what the program says into README, CONTRIBUTING.md and docs/, what examples print among it; read what it wrote.
// The page of a shared ledger needs the programs of a PostgreSQL server.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('../../', import.meta.url));
const env = { ...process.env, REVSYNC_DOCS: 'write' };
for (const project of ['fast', 'shared']) {
  const run = ['node_modules/vitest/vitest.mjs', 'run', '--project', project, 'test/docs'];
  process.exitCode ||= spawnSync(process.execPath, run, { cwd, env, stdio: 'inherit' }).status ?? 1;
}
