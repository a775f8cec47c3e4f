import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

it('packs what running needs and nothing else', () => {
  const text = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [packed] = JSON.parse(text) as { files: { path: string }[] }[];
  const wanted = [
    ...Object.keys(read('dist/modules.json') as object).flatMap((name) => [
      `dist/cli/${name}`,
      `dist/cli/${name}.map`,
    ]),
    'dist/cli/phone-numbers.js',
    'dist/package.json',
    ...readdirSync(`${ROOT}docs`).map((name) => `docs/${name}`),
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'bin/package.json',
    'bin/revsync.js',
    'package.json',
    'revsync.output.schema.json',
    'revsync.schema.json',
  ];
  expect(packed?.files.map(({ path }) => path).sort()).toEqual(wanted.sort());
});

/** A file of the project as JSON. */
function read(name: string): unknown {
  return JSON.parse(readFileSync(`${ROOT}${name}`, 'utf8'));
}

it('builds itself where it is cloned and packed, and runs nothing where it is installed', () => {
  const { scripts } = read('package.json') as { scripts: Record<string, string> };
  const atInstall = /^(pre|post)?(install|prepare|prepublish|pack|publish|dependencies)$/;
  // With `prepare`, npm would tell whoever installs the packed file of a script that it did not run.
  expect(
    Object.entries(scripts).filter(([name]) => atInstall.test(name) || /^(pre|post)/.test(name)),
  ).toEqual([
    ['postprepare', 'npm run build'],
    ['prepack', 'npm run build'],
  ]);
  expect(scripts['build']).toBe('node build.mjs');
});

interface Locked {
  resolved?: string;
  integrity?: string;
  hasInstallScript?: true;
  dev?: true;
}

it('locks every dependency to its content, from whatever registry, and knows those that run a script', () => {
  const dependencies = ['package-lock.json', 'test/package-lock.json'].flatMap((lock) => {
    const { packages } = read(lock) as { packages: Record<string, Locked> };
    return Object.entries(packages).filter(([name]) => name !== '');
  });
  expect(dependencies.length).toBeGreaterThan(50);
  expect(dependencies.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  expect(dependencies.filter(([, { integrity }]) => integrity?.startsWith('sha512-') !== true)).toEqual([]);
  const scripted = dependencies.filter(([, { hasInstallScript }]) => hasInstallScript === true);
  // Checks that the binary of its platform, a dependency of its own, can be run; only in development, and not by ours.
  expect(scripted.map(([name, { dev }]) => [name, dev])).toEqual([['node_modules/esbuild', true]]);
  expect(read('package.json')).toHaveProperty('allowScripts', { esbuild: false });
});

it("installs the ledger's driver beside it, and has every other package in its files", () => {
  const { dependencies } = read('package.json') as { dependencies: Record<string, string> };
  expect(Object.keys(dependencies)).toEqual(['libsql']);
  const outside = new Set<string>();
  for (const name of Object.keys(read('dist/modules.json') as object))
    for (const [, needed = ''] of readFileSync(`${ROOT}dist/cli/${name}`, 'utf8').matchAll(
      /(?:\b|_)require(?:\.resolve)?\("([^"]+)"\)/g,
    ))
      if (!needed.startsWith('./') && !isBuiltin(needed)) outside.add(needed);
  // What walks folders would take the second one where it is there, and does without it.
  expect([...outside].sort()).toEqual(['libsql', 'picomatch']);
});
