import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { VENDORS } from '../src/vendors/index.js';

const SRC = fileURLToPath(new URL('../src/', import.meta.url));

/** Who may import which layer, and which packages and Node built-ins. */
const RULES: Readonly<Record<string, { layers: readonly string[]; packages: 'any' | readonly string[] }>> = {
  core: { layers: ['core'], packages: [] },
  sales: {
    layers: ['sales', 'core'],
    packages: ['node:crypto', 'node:module', 'libphonenumber-js/min'],
  },
  push: { layers: ['push', 'sales', 'core'], packages: ['p-limit'] },
  init: { layers: ['init', 'sales', 'core'], packages: ['fastest-levenshtein'] },
  explain: { layers: ['explain', 'push', 'sales', 'core'], packages: [] },
  reconcile: { layers: ['reconcile', 'push', 'sales', 'core'], packages: [] },
  report: { layers: ['report', 'sales', 'core'], packages: ['node:crypto', 'd3-scale'] },
  io: { layers: ['io', 'core'], packages: 'any' },
  vendors: { layers: ['vendors', 'core'], packages: [] },
  sandbox: {
    layers: ['sandbox', 'core'],
    packages: ['node:http', 'node:net', 'node:fs', 'node:path', 'node:stream', 'node:util'],
  },
  cli: {
    layers: [
      'cli',
      'push',
      'init',
      'explain',
      'reconcile',
      'report',
      'sales',
      'io',
      'vendors',
      'sandbox',
      'core',
    ],
    packages: 'any',
  },
};

const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

function importsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const statements = /^(?:import|export)\b[^;]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;
  return [...text.matchAll(statements)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

/** Files that reach themselves by their imports, each circle as the way that was followed. */
function circles(): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  const follow = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(' -> '));
    if (seen.has(file)) return;
    seen.add(file);
    for (const name of importsOf(file)) {
      if (name.startsWith('.')) follow(join(dirname(file), name).replace(/\.js$/, '.ts'), [...way, file]);
    }
  };
  for (const file of FILES) follow(file, []);
  return found;
}

describe('the import table', () => {
  it('knows every folder of src', () => {
    const folders = new Set(FILES.map((file) => file.split('/')[0]));
    expect([...folders].sort()).toEqual(Object.keys(RULES).sort());
  });

  it.each(FILES.map((file) => [file]))('%s imports only what its layer may', (file) => {
    const rule = RULES[file.split('/')[0] ?? ''];
    const forbidden = importsOf(file).filter((name) => {
      if (!name.startsWith('.')) return rule?.packages !== 'any' && rule?.packages.includes(name) !== true;
      const target = relative(SRC, join(SRC, dirname(file), name));
      return rule?.layers.includes(target.split('/')[0] ?? '') !== true;
    });
    expect(forbidden).toEqual([]);
  });

  it.each(FILES.filter((file) => /^(cli|report|reconcile|push|init)\//.test(file)).map((file) => [file]))(
    '%s knows the ledger by its port alone',
    (file) => {
      const ledger = importsOf(file).filter((name) => name.includes('/ledger/'));
      expect(ledger).toEqual([]);
      const code = readFileSync(join(SRC, file), 'utf8');
      const sql = /\b(select\b[^;]*?\bfrom\b|insert into|delete from|create (temp )?table|update \w+ set)\b/;
      const texts = code.match(/`[^`]*`|'[^'\n]*'/g) ?? [];
      expect(texts.filter((text) => sql.test(text))).toEqual([]);
    },
  );

  it('has no circle of files, types included', () => {
    expect(circles()).toEqual([]);
  });

  it.each(
    FILES.filter((file) => /^(core|sales|push|init|reconcile|report)\//.test(file)).map((file) => [file]),
  )('%s names no vendor', (file) => {
    const code = readFileSync(join(SRC, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    expect(VENDORS.map(({ id }) => id).filter((id) => code.toLowerCase().includes(id))).toEqual([]);
  });
});

describe('the list of vendors', () => {
  it('has every file of src/vendors that defines one', () => {
    const defining = FILES.filter((file) => /^vendors\//.test(file)).filter((file) =>
      /: Vendor = \{/.test(readFileSync(join(SRC, file), 'utf8')),
    );
    expect(defining.sort()).toEqual(VENDORS.map(({ id }) => `vendors/${id}.ts`).sort());
  });
});
