import { readFileSync } from 'node:fs';
import prettier from 'prettier';
import { describe, expect, it } from 'vitest';
import { outputJsonSchema, SCHEMA_WORDS } from '../../src/cli/schema.js';
import { SETTINGS } from '../../src/cli/settings.js';
import { Workspace } from '../support/cli.js';

const ROOT = new URL('../../', import.meta.url);

describe('revsync schema', () => {
  it('prints what the package has; `npx vitest run test/cli/schema.test.ts -u` writes it anew', async () => {
    const { stdout, code } = await new Workspace().run('schema');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(outputJsonSchema());
    const path = new URL('revsync.output.schema.json', ROOT).pathname;
    const style = { ...(await prettier.resolveConfig(path)), parser: 'json' };
    await expect(await prettier.format(stdout, style)).toMatchFileSnapshot(path);
  });

  it('has every command that takes --json, and names them where another is asked for', async () => {
    expect([...SCHEMA_WORDS].sort()).toEqual([...SETTINGS.json.on, 'config'].sort());
    const space = new Workspace();
    const { code, stderr } = await space.run('schema', 'nonsense');
    expect(code).toBe(2);
    expect(stderr).toContain(`there is no schema of "nonsense"; use one of ${SCHEMA_WORDS.join(', ')}`);
    for (const word of SCHEMA_WORDS) expect((await space.run('schema', word)).code).toBe(0);
  });

  it('config is that of the profiles, and no word of it is about what is printed', async () => {
    const { stdout } = await new Workspace().run('schema', 'config');
    const file = readFileSync(new URL('revsync.schema.json', ROOT), 'utf8');
    expect(JSON.parse(stdout)).toEqual(JSON.parse(file));
    expect(stdout).not.toContain('exit_code');
  });
});
