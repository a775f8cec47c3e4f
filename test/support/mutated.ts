import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { expect } from 'vitest';

/** One way at a time in which a module could be wrong: what stands there, once, and what would stand there. */
export type Mutation = readonly [fault: string, is: string, becomes: string];

const IMPORT = /^import (\{.*?\}|\w+) from '(.*?)';$/gms;

/** A module of `src` with a fault in it; what it imports is sound. */
export async function mutated<M>(source: string, [, is, becomes]: Mutation): Promise<M> {
  const url = new URL(`../../src/${source}`, import.meta.url);
  const sound = readFileSync(fileURLToPath(url), 'utf8');
  expect(sound.split(is)).toHaveLength(2);
  const { outputText } = transpileModule(
    sound.replace(is, () => becomes),
    { compilerOptions: { module: ModuleKind.ESNext, target: ScriptTarget.ES2022 } },
  );
  // A module by its text has no place that others could be found from.
  const imported: Record<string, unknown> = {};
  for (const [, , name = ''] of outputText.matchAll(IMPORT))
    imported[name] = await import(
      /* @vite-ignore */ name.startsWith('.') ? fileURLToPath(new URL(name.replace(/js$/, 'ts'), url)) : name
    );
  Object.assign(globalThis, { imported });
  const code = outputText.replace(
    IMPORT,
    (_, names: string, name) =>
      `const ${names} = globalThis.imported['${name}']${names.startsWith('{') ? '' : '.default'};`,
  );
  const encoded = Buffer.from(code).toString('base64');
  return (await import(/* @vite-ignore */ `data:text/javascript;base64,${encoded}`)) as M;
}
