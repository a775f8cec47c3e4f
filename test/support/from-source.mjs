import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What modules of `src`, named like `io/csv/reader`, export: for what Node runs itself. */
export async function fromSource(...names) {
  return import(await builtFrom(...names));
}

/** The file that they become, which is an ES module. */
export async function builtFrom(...names) {
  const folder = `${ROOT}node_modules/.cache/revsync/`;
  mkdirSync(folder, { recursive: true });
  const outfile = `${folder}${names.join('+').replaceAll('/', '-')}-${process.pid}.mjs`;
  const contents = names.map((name) => `export * from './src/${name}.ts';`).join('\n');
  const stdin = { contents, resolveDir: ROOT };
  await build({ stdin, outfile, bundle: true, platform: 'node', format: 'esm', packages: 'external' });
  return outfile;
}
