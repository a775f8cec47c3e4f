import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { withParts } from './doc-parts.js';
import type { Surroundings } from './example-folder.js';
import { asRun } from './page.js';

const ROOT = new URL('../../', import.meta.url);

/** Whether what the program says is to be written into the documents: `npm run docs`. */
const WRITES = process.env['REVSYNC_DOCS'] === 'write';

/** Every document but the list of changes, by its path from the top. */
export const DOCUMENTS: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(new URL('docs/', ROOT))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

export function textOf(document: string): string {
  return readFileSync(new URL(document, ROOT), 'utf8');
}

/** A document says what the program says, and its examples print what it shows. */
export async function expectTrue(document: string, surroundings: Surroundings = {}): Promise<void> {
  const text = textOf(document);
  const now = await asRun(withParts(text), surroundings);
  if (WRITES && now !== text) writeFileSync(new URL(document, ROOT), now);
  else expect(now, `${document} is not what the program says; \`npm run docs\` writes it`).toBe(text);
}
