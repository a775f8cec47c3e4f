import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../', import.meta.url);
const TEXT = readFileSync(new URL('docs/ARCHITECTURE.md', ROOT), 'utf8');

describe('docs/ARCHITECTURE.md', () => {
  it('names no file or folder that is not there', () => {
    const named = [...TEXT.matchAll(/`((?:src|test|docs)\/[\w./-]+)`/g)].map(([, path = '']) => path);
    expect(named.filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([]);
  });

  const walk = [...TEXT.matchAll(/^\| (.+?) +\| `(src\/[^`]+)` +\| `(\w+)` +\|$/gm)];

  it('leads to at least ten behaviours', () => {
    expect(walk.length).toBeGreaterThanOrEqual(10);
  });

  it.each(walk.map(([, what = '', file = '', word = '']) => [what, file, word] as const))(
    'leads to %s',
    (_, file, word) => {
      expect(readFileSync(new URL(file, ROOT), 'utf8')).toMatch(
        new RegExp(`\\bexport (?:async )?(?:function\\*?|class|const) ${word}\\b`),
      );
    },
  );
});
