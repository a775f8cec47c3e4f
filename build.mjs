// Builds `dist` from `src` with the packages that it needs, but for the ledger's binary: files that are split by command, as
// CommonJS, which Node starts with in less time, each with a source map; and `modules.json`, what came of what.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const ROOT = fileURLToPath(new URL('.', import.meta.url));
const OUT = 'dist/cli/';
const FOR_NODE = { platform: 'node', target: 'node20.18', legalComments: 'none', logLevel: 'warning' };

/** What is loaded where a value needs it, at once: a file of its own. */
const ON_DEMAND = { 'libphonenumber-js/min': 'phone-numbers' };

/** Parts of Node that a package loads for what revsync never asks of it, and which take longer than the package. */
const NEVER_USED = { undici: 'http2', commander: 'child_process' };

/** By which `pg` asks whether it runs at Cloudflare's: Node would load its own `fetch` to answer. */
const NOT_THERE = { navigator: 'undefined', Response: 'undefined' };

/**
 * How the ledger's package finds its binary, in place of its own way, which writes a report of the whole process: on
 * Linux the head of Node's own file names the loader that came with its libc.
 */
const REQUIRE_NATIVE = `function requireNative() {
  const beside = require('node:module').createRequire(require.resolve('libsql'));
  const libc = process.platform === 'linux' ? libcOf(process.execPath) : undefined;
  const target = libc ? 'linux-' + process.arch + '-' + libc : beside('@neon-rs/load').currentTarget();
  return beside('@libsql/' + target);
}

function libcOf(file) {
  const fs = require('node:fs');
  const head = Buffer.alloc(4096);
  const node = fs.openSync(file, 'r');
  fs.readSync(node, head, 0, head.length, 0);
  fs.closeSync(node);
  if (process.arch === 'arm') return undefined;
  return head.includes('/ld-musl-') ? 'musl' : head.includes('/ld-linux-') ? 'gnu' : undefined;
}
`;

/** The text with one part in place of another, which must be there. */
function replaced(path, part, other) {
  const text = readFileSync(path, 'utf8');
  const changed = text.replace(part, () => other);
  if (changed === text) throw new Error(`${path} is not as this build knows it`);
  return changed;
}

const resolving = {
  name: 'revsync',
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /\/src\/sales\/phone\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: replaced(path, 'const require = createRequire(import.meta.url);', ''),
    }));
    onLoad({ filter: /\/libsql\/index\.js$/ }, ({ path }) => ({
      contents: replaced(path, /const \{ load, currentTarget \}[^]*?\n}\n/, REQUIRE_NATIVE),
    }));
    onResolve({ filter: new RegExp(`^(${Object.keys(ON_DEMAND).join('|')})$`) }, ({ kind, path }) =>
      kind === 'require-call' ? { path: `./${ON_DEMAND[path]}.js`, external: true } : undefined,
    );
    for (const [name, part] of Object.entries(NEVER_USED))
      onResolve({ filter: new RegExp(`^(node:)?${part}$`) }, ({ importer }) =>
        importer.includes(`/node_modules/${name}/`) ? { path: part, namespace: 'never-used' } : undefined,
      );
    onLoad({ filter: /.*/, namespace: 'never-used' }, () => ({
      contents: 'module.exports = { constants: {} };',
    }));
  },
};

const { outputFiles, metafile } = await build({
  ...FOR_NODE,
  absWorkingDir: ROOT,
  entryPoints: { start: 'src/cli/start.ts' },
  outdir: OUT,
  bundle: true,
  splitting: true,
  format: 'esm',
  chunkNames: '[name]-[hash]',
  define: { 'import.meta.url': '__filename', ...NOT_THERE },
  plugins: [resolving],
  sourcemap: 'inline',
  sourcesContent: false,
  metafile: true,
  write: false,
});

rmSync(`${ROOT}dist`, { recursive: true, force: true });
mkdirSync(`${ROOT}${OUT}`, { recursive: true });
writeFileSync(`${ROOT}dist/package.json`, '{ "type": "commonjs" }\n');
await Promise.all(
  outputFiles.map(async ({ path, text }) => {
    const { code, map } = await transform(text, {
      ...FOR_NODE,
      format: 'cjs',
      supported: { 'dynamic-import': false },
      minifySyntax: true,
      minifyWhitespace: true,
      sourcemap: true,
      sourcesContent: false,
      sourcefile: path,
    });
    const name = path.slice(path.lastIndexOf('/') + 1);
    writeFileSync(path, `${code}//# sourceMappingURL=${name}.map\n`);
    writeFileSync(`${path}.map`, map);
  }),
);
await build({
  ...FOR_NODE,
  absWorkingDir: ROOT,
  entryPoints: Object.fromEntries(Object.entries(ON_DEMAND).map(([name, file]) => [file, name])),
  outdir: OUT,
  bundle: true,
  format: 'cjs',
  minify: true,
});
const modules = Object.entries(metafile.outputs).map(([path, { inputs }]) => [
  path.slice(OUT.length),
  Object.keys(inputs),
]);
writeFileSync(`${ROOT}dist/modules.json`, JSON.stringify(Object.fromEntries(modules)));
