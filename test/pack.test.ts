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
  engines?: { node?: string };
  optional?: true;
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

it('needs no later Node to be installed than to run', () => {
  const [, oldest = ''] =
    /^>=(\d+\.\d+\.\d+)$/.exec((read('package.json') as Required<Locked>).engines.node ?? '') ?? [];
  const { packages } = read('package-lock.json') as { packages: Record<string, Locked> };
  const wanting = Object.entries(packages).filter(
    ([, { engines, optional }]) => optional !== true && !allows(engines?.node ?? '*', numbers(oldest)),
  );
  expect(wanting.map(([name]) => name)).toEqual([]);
  expect([
    allows('^20.19.0 || ^22.13.0 || >=24', numbers(oldest)),
    allows('20 || >=22', numbers(oldest)),
  ]).toEqual([false, true]);
});

/** `20.18.1` as one number. */
function numbers(version: string): number {
  const [major = 0, minor = 0, patch = 0] = version
    .split('.')
    .map((part) => (part === 'x' ? 0 : Number(part)));
  return major * 1e6 + minor * 1e3 + patch;
}

/** Whether a range as packages have them takes the version. */
function allows(range: string, version: number): boolean {
  return range.split('||').some((one) => {
    const [, from, least] = /^(>=|\^|)\s*(\d+(?:\.(?:\d+|x))*)$/.exec(one.trim()) ?? [];
    if (one.trim() === '*') return true;
    if (least === undefined) throw new Error(`no test knows the range ${range}`);
    return (
      version >= numbers(least) &&
      (from === '>=' || Math.floor(version / 1e6) === Number(least.split('.')[0]))
    );
  });
}

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
