// Runs the suite on other versions of Node, from the registry's `node` package:
//   npm run test:nodes            every version that CI knows, and the oldest that is supported
//   npm run test:nodes -- 22 24   these
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const named = process.argv.slice(2).filter((word) => /^\d/.test(word));
const files = process.argv.slice(2).filter((word) => !/^\d/.test(word));
const versions = named.length > 0 ? named : ['20.18.1', '20', '22', '24', '26'];
const results = [];

for (const version of versions) {
  const folder = mkdtempSync(join(tmpdir(), 'revsync-node-'));
  // npm runs the script that fetches the binary only where the folder says that it may.
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, allowScripts: { node: true } }),
  );
  const installed = spawnSync('npm', ['install', '--no-audit', `node@${version}`], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const node = join(folder, 'node_modules', 'node', 'bin', 'node');
  const told = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout?.trim();
  if (installed.status !== 0 || !told) {
    results.push([version, 'could not be installed']);
    rmSync(folder, { recursive: true, force: true });
    continue;
  }
  const suite = spawnSync(node, [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...files], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` },
  });
  results.push([told, suite.status === 0 ? 'passed' : `failed (${suite.status})`]);
  rmSync(folder, { recursive: true, force: true });
}

for (const [version, result] of results) console.log(`${version.padEnd(12)} ${result}`);
process.exitCode = results.every(([, result]) => result === 'passed') ? 0 : 1;
