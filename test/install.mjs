// Installs what the tests of the page need and nothing else does, a browser above all, beside the tests: a user's `npm ci`
// goes without. What is there already is left as it is.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('./', import.meta.url));
const mark = `${folder}node_modules/.installed.json`;

/** As vitest's global setup too, so that no test can miss it. */
export function setup() {
  const wanted = readFileSync(`${folder}package-lock.json`, 'utf8');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return;
  const npm = ['ci', '--prefix', folder, '--no-audit', '--prefer-offline'];
  const { status, error } = spawnSync('npm', npm, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0)
    throw new Error('the browser that the tests need could not be installed; run node test/install.mjs', {
      cause: error,
    });
  writeFileSync(mark, wanted);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setup();
