import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { DOCUMENTS, textOf } from '../support/documents.js';
import { fencesOf, WIDTH } from '../support/page.js';

const ROOT = new URL('../../', import.meta.url);

/** Elsewhere on the net: nowhere, so that nothing can go away. */
const ELSEWHERE: readonly string[] = [];

/** A document without what its fences and comments hold, and without code between its words. */
function prose(document: string): string[] {
  const lines = textOf(document).split('\n');
  for (const { line, lines: inside } of fencesOf(textOf(document)))
    lines.splice(line - 1, inside.length, ...inside.map(() => ''));
  return lines;
}

function linksOf(document: string): string[] {
  const text = prose(document)
    .map((line) => line.replace(/`[^`]*`/g, ''))
    .join('\n');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => to);
}

/** As the page of a repository names its headings. */
function anchorsOf(document: string): string[] {
  const headings = prose(document).flatMap((line) => /^#+ (.*)$/.exec(line)?.[1] ?? []);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The path of what a link leads to, from the top. */
function targetOf(document: string, to: string): string {
  const folder = new URL(dirname(document) === '.' ? './' : `${dirname(document)}/`, ROOT);
  return fileURLToPath(new URL(to, folder)).slice(fileURLToPath(ROOT).length);
}

describe('a link', () => {
  it.each(DOCUMENTS)('of %s leads to something that is there', (document) => {
    const dead = linksOf(document).filter((to) => {
      if (/^[a-z]+:/.test(to)) return !ELSEWHERE.includes(to);
      const [path = '', anchor] = to.split('#');
      const target = path === '' ? document : targetOf(document, path);
      if (!existsSync(new URL(target, ROOT))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    });
    expect(dead).toEqual([]);
  });
});

describe('README.md', () => {
  it('is no longer than what is read at once', () => {
    expect(textOf('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(160);
  });

  it('links every other document', () => {
    const linked = linksOf('README.md').map((to) => targetOf('README.md', to));
    expect(DOCUMENTS.filter((document) => document !== 'README.md' && !linked.includes(document))).toEqual([]);
  });

  it('has the two commands of a fresh machine', () => {
    expect(textOf('README.md')).toContain(
      '\n$ npm ci && npx revsync push fixtures/convoso/sales.csv --vendor convoso --sandbox\n',
    );
    expect(textOf('README.md')).toContain('\nnpm test\n');
  });
});

describe('a line', () => {
  it.each(DOCUMENTS)('of %s is no wider than a page', (document) => {
    const lines = document === 'README.md' ? textOf(document).split('\n') : prose(document);
    expect(lines.filter((line) => line.length > WIDTH && !/^(?:\| | {4})/.test(line))).toEqual([]);
  });
});

describe('a page', () => {
  it.each(DOCUMENTS.filter((document) => /^docs\/[a-z-]+\.md$/.test(document)))(
    '%s begins with an example',
    (document) => {
      const [first = ''] = textOf(document).split(/^## /m);
      const typed = fencesOf(first).flatMap(({ language, lines }) =>
        language === 'console' || language === 'sh' ? lines : [],
      );
      const indented = first.match(/^ {4}\$ .*$/gm) ?? [];
      expect([...typed, ...indented]).not.toEqual([]);
    },
  );
});
