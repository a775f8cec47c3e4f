import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Workspace } from '../support/cli.js';

const DIST = new URL('../../dist/', import.meta.url);
/** The files of `dist/cli`, and of which they are made. */
const MODULES = JSON.parse(readFileSync(new URL('modules.json', DIST), 'utf8')) as Record<string, string[]>;

/** The modules that a command loads of revsync by their path under `src`, of others by package. */
async function loadedBy(
  space: Workspace,
  ...args: string[]
): Promise<Record<'own' | 'packages' | 'paths', string[]>> {
  space.env['NODE_V8_COVERAGE'] = space.path('loaded');
  expect((await space.run(...args)).code).toBe(0);
  const scripts = readdirSync(space.path('loaded')).map((file) => {
    const { result } = JSON.parse(space.read(`loaded/${file}`)) as { result: { url: string }[] };
    return result.map(({ url }) => url);
  });
  const urls = scripts.find((loaded) => loaded.some((url) => url.endsWith('/dist/cli/start.js'))) ?? [];
  const loaded = urls.flatMap((url) => MODULES[/\/dist\/cli\/(.*)$/.exec(url)?.[1] ?? ''] ?? [url]);
  const packages = loaded.flatMap(
    (url) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? [],
  );
  const own = loaded.flatMap((path) => /^src\/(.*)\.ts$/.exec(path)?.[1] ?? []);
  return { paths: loaded, own: own.sort(), packages: [...new Set(packages)].sort() };
}

describe('a command loads what it needs', () => {
  it('and --version next to nothing', async () => {
    const { own, packages } = await loadedBy(new Workspace(), '--version');
    expect(packages).toEqual([]);
    expect(own).toEqual([
      'cli/exit-codes',
      'cli/main',
      'cli/start',
      'cli/version',
      'core/events',
      'core/result',
      'core/status',
    ]);
  });

  it.each([
    ['--help', ['commander', 'fastest-levenshtein']],
    ['completion bash', ['@bomb.sh/tab', 'commander', 'fastest-levenshtein']],
    ['completion complete -- push --vendor invoca', ['@bomb.sh/tab', 'commander', 'fastest-levenshtein']],
  ])('and %s no ledger, HTTP, YAML or CSV', async (line, wanted) => {
    const { own, packages } = await loadedBy(new Workspace(), ...line.split(' '));
    expect(packages).toEqual(wanted);
    expect(own.filter((file) => /^io\/(?:ledger\/|http|csv|config|results)/.test(file))).toEqual([]);
  });

  it('and a dry run of amounts no HTTP, YAML, times or phone numbers', async () => {
    const space = new Workspace();
    space.write('sales.csv', 'Call Log ID,Sale Amount\n100125,50.00\n');
    const args = ['push', 'sales.csv', '--vendor', 'convoso', '--dry-run', '--ledger', space.path('l.db')];
    const { packages } = await loadedBy(space, ...args);
    const csv = ['csv-parse', 'csv-stringify'];
    expect(packages).toEqual(['commander', ...csv, 'fastest-levenshtein', 'libsql'].sort());
  });

  it('and runs no CSV, HTTP or YAML, and a push of what HTTP takes the client alone', async () => {
    const space = new Workspace();
    space.write('sales.csv', 'Call Log ID,Sale Amount\n100125,50.00\n');
    expect((await space.run('push', 'sales.csv', '--vendor', 'convoso', '--sandbox')).code).toBe(0);
    const { packages, paths } = await loadedBy(space, 'runs');
    expect(packages).toEqual(['commander', 'fastest-levenshtein', 'libsql'].sort());
    expect(paths.filter((path) => path.includes('undici'))).toEqual([]);
    const push = new Workspace();
    push.write('sales.csv', 'Call Log ID,Sale Amount\n100125,50.00\n');
    const loaded = await loadedBy(push, 'push', 'sales.csv', '--vendor', 'convoso', '--sandbox');
    expect(loaded.packages).not.toContain('zod');
    expect(loaded.packages).not.toContain('yaml');
    expect(loaded.paths).toContain('node_modules/undici/lib/dispatcher/client.js');
    expect(loaded.paths).not.toContain('node_modules/undici/index.js');
  });
});
