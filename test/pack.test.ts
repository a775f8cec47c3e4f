import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
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
  const sources = readdirSync(`${ROOT}src`, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const wanted = [
    ...sources.map((name) => `dist/${name.replace(/\.ts$/, '.js')}`),
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'bin/revsync.js',
    'package.json',
    'revsync.schema.json',
  ];
  expect(packed?.files.map(({ path }) => path).sort()).toEqual(wanted.sort());
});
