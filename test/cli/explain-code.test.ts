import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CODE_EXAMPLES } from '../../src/cli/code-examples.js';
import { knownCodes } from '../../src/cli/explain-code.js';
import { main } from '../../src/cli/main.js';
import { CODES } from '../../src/core/codes.js';
import { VENDORS } from '../../src/vendors/index.js';
import { FIXTURES } from '../support/cli.js';
import { testHost } from '../support/host.js';
import { expectOutput } from '../support/output-schema.js';

async function explain(
  ...args: readonly string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const host = testHost();
  const code = await main({ ...host, argv: ['explain', ...args] });
  return { code, stdout: host.stdout.text, stderr: host.stderr.text };
}

interface Told {
  readonly codes: readonly Record<string, unknown>[];
}

async function told(...args: readonly string[]): Promise<Told> {
  const { code, stdout } = await explain(...args, '--json');
  return expectOutput(['explain', ...args, '--json'], code, stdout) as Told;
}

describe('explain CODE', () => {
  it("says of one of revsync's what it means, what to do, and an example", async () => {
    expect(await explain('conflict')).toEqual({
      code: 0,
      stderr: '',
      stdout: `conflict  a code of a row: revsync_error_code
  means    ${CODES.conflict.means}
  to do    ${CODES.conflict.remedy}
  example  conflict.csv:2: same key "7001" as line 3, which differs in revenue ("6", here "5"); keep one of them, or use --on-conflict last or sum
`,
    });
  });

  it('knows every code of every vendor, and every status, break and problem', async () => {
    for (const code of knownCodes()) expect((await told(code)).codes).not.toEqual([]);
    for (const { id, errorCodes } of VENDORS)
      for (const { code, means, effect } of errorCodes)
        expect((await told(code, '--vendor', id)).codes).toContainEqual(
          expect.objectContaining({ vendor: id, code, means, effect }),
        );
  });

  it('reads an HTTP status as a push would, vendor by vendor', async () => {
    const { codes } = await told('http_422');
    expect(codes.map(({ vendor, effect }) => [vendor, effect])).toMatchObject([
      ['trackdrive', 'row rejected'],
      ['convoso', 'row rejected'],
      ['tldcrm', 'row may have been applied'],
      ['invoca', 'row rejected'],
      ['invoca-signals', 'row rejected'],
      ['ringba', 'row rejected'],
    ]);
    expect((await told('http_503', '--vendor', 'convoso')).codes).toMatchObject([
      { means: expect.stringContaining('(Service Unavailable)') as string },
    ]);
  });

  it('has the words of fixtures/bad for its examples', () => {
    const manifest = readFileSync(`${FIXTURES}bad/expected.txt`, 'utf8').split('\n');
    for (const [code, example] of Object.entries(CODE_EXAMPLES)) {
      const [, place = '', line = '', says = ''] = /^(\S+):(\d+): (.*)$/.exec(example) ?? [];
      expect(manifest.map((text) => text.trim())).toContain(
        [`${place}:${line}: invalid ${code}: ${says}`, `${line}: skipped ${code}: ${says}`].find((text) =>
          manifest.some((said) => said.trim() === text),
        ),
      );
    }
  });

  it('names the nearest of what it does not know', async () => {
    expect(await explain('conflit')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('did you mean conflict?') as string,
    });
    expect((await explain('http_404', '--vendor', 'nobody')).code).toBe(2);
  });
});
