import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { SecretName } from '../../src/core/vendor.js';
import * as secrets from '../../src/io/secrets.js';
import { dummySecrets, secretOnly, type Environment } from '../../src/io/secrets.js';

const folder = mkdtempSync(join(tmpdir(), 'revsync-secrets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function readSecrets(names: readonly SecretName[], env: Environment): ReturnType<typeof secrets.readSecrets> {
  return secrets.readSecrets(names, { env, cwd: folder });
}

function withEnvFile(env: Environment, path: string): ReturnType<typeof secrets.withEnvFile> {
  return secrets.withEnvFile({ env, cwd: folder }, path);
}

const TOKEN: SecretName = { name: 'TOKEN', about: 'the API token' };
const EITHER: readonly SecretName[] = [
  { name: 'KEY', about: 'the key', anyOf: 'key' },
  { name: 'LOGIN', about: 'the login', anyOf: 'key' },
];
const ACCOUNT: SecretName = { name: 'ACCOUNT', about: 'the account id', inPath: true };
const VERSION: SecretName = { name: 'VERSION', about: 'the API version', default: '2026-10' };

describe('the credentials of a vendor', () => {
  it('come from the environment, without the white space around them', () => {
    expect(readSecrets([TOKEN], { TOKEN: ' s3cret\n' })).toEqual({ ok: true, value: { TOKEN: 's3cret' } });
  });

  it('come from the file that NAME_FILE names', () => {
    const path = file('token', 'from a file\r\n');
    expect(readSecrets([TOKEN], { TOKEN: '', TOKEN_FILE: path })).toEqual({
      ok: true,
      value: { TOKEN: 'from a file' },
    });
  });

  it('come from the variable where there is a file too', () => {
    const path = file('token', 'from a file');
    expect(readSecrets([TOKEN], { TOKEN: 'direct', TOKEN_FILE: path })).toEqual({
      ok: true,
      value: { TOKEN: 'direct' },
    });
  });

  it('are one of a group where one is enough', () => {
    expect(readSecrets(EITHER, { LOGIN: 'it is me' })).toEqual({ ok: true, value: { LOGIN: 'it is me' } });
  });

  it('have their default where nothing else is said', () => {
    expect(readSecrets([VERSION], {})).toEqual({ ok: true, value: { VERSION: '2026-10' } });
    expect(readSecrets([VERSION], { VERSION: '2027-01' })).toEqual({
      ok: true,
      value: { VERSION: '2027-01' },
    });
  });

  it('are all named where all are missing', () => {
    expect(readSecrets([TOKEN, ...EITHER], { TOKEN: '  ' })).toEqual({
      ok: false,
      error: [
        'TOKEN is not set; it holds the API token: set it, or TOKEN_FILE to the path of a file, or use --env-file',
        'set KEY (the key) or LOGIN (the login), or its _FILE to the path of a file, or use --env-file',
      ],
    });
  });

  it('are not taken from a file that is empty or missing', () => {
    const empty = file('empty', ' \n');
    const missing = join(folder, 'missing');
    const other: SecretName = { name: 'OTHER', about: 'another' };
    expect(readSecrets([TOKEN, other], { TOKEN_FILE: empty, OTHER_FILE: missing })).toEqual({
      ok: false,
      error: [
        `TOKEN_FILE: ${empty} is empty; it should hold the API token`,
        `OTHER_FILE: ${missing}: cannot be read (ENOENT)`,
      ],
    });
  });

  it('have one line, so that none can add a header', () => {
    const problem = 'TOKEN has more than one line; it should hold the API token';
    expect(readSecrets([TOKEN], { TOKEN: 'one\nx-two: 2' })).toEqual({ ok: false, error: [problem] });
    expect(readSecrets([TOKEN], { TOKEN_FILE: file('two', 'one\rtwo') })).toEqual({
      ok: false,
      error: [problem],
    });
  });

  it('are refused where they are too short to be blotted out', () => {
    const short = 'shorter than 4 characters, which cannot be blotted out of what is shown';
    const refused = (problem: string): object => ({
      ok: false,
      error: [`TOKEN ${problem}; it should hold the API token`],
    });
    expect(readSecrets([TOKEN], { TOKEN: 'abc' })).toEqual(refused(`is ${short}`));
    expect(readSecrets([TOKEN], { TOKEN_FILE: file('short', '12\n') })).toEqual(refused(`is ${short}`));
    expect(readSecrets([TOKEN], { TOKEN: 'public:pri' })).toEqual(refused(`has a second half ${short}`));
    for (const fine of ['abcd', 'pu:priv', 'public:'])
      expect(readSecrets([TOKEN], { TOKEN: fine })).toEqual({ ok: true, value: { TOKEN: fine } });
    expect(readSecrets([ACCOUNT, VERSION], { ACCOUNT: 'R1', VERSION: '2' })).toMatchObject({ ok: true });
  });

  it('may be made up where none is needed, one of each group', () => {
    expect(dummySecrets([TOKEN, ...EITHER, VERSION, ACCOUNT])).toEqual({
      TOKEN: 'sandbox:TOKEN',
      KEY: 'sandbox:KEY',
      VERSION: '2026-10',
      ACCOUNT: 'sandbox',
    });
  });

  it('are no settings and no ids of a path', () => {
    const values = { TOKEN: 's3cret', VERSION: '2026-10', ACCOUNT: 'RA12' };
    expect(secretOnly([TOKEN, VERSION, ACCOUNT], values)).toEqual({ TOKEN: 's3cret' });
    expect(secretOnly([TOKEN], dummySecrets([TOKEN]))).toEqual({});
  });

  it('have an id of the path among them that is needed, and can lead nowhere else', () => {
    expect(readSecrets([ACCOUNT], { ACCOUNT: ' RA12_b-3 ' })).toEqual({
      ok: true,
      value: { ACCOUNT: 'RA12_b-3' },
    });
    expect(readSecrets([ACCOUNT], {})).toMatchObject({ ok: false });
    for (const id of ['RA1/../2', 'RA%2F', 'a b', 'x?y', 'RA'.repeat(40)])
      expect(readSecrets([ACCOUNT], { ACCOUNT: id })).toEqual({
        ok: false,
        error: ['ACCOUNT is no id of letters, digits, - and _; it should hold the account id'],
      });
    expect(readSecrets([ACCOUNT], { ACCOUNT: '..' })).toMatchObject({ ok: false });
  });
});

describe('--env-file', () => {
  it('lies below the environment', () => {
    const path = file('.env', '# of the night run\nTOKEN="from the file"\nOTHER=2\n');
    expect(withEnvFile({ TOKEN: 'from outside' }, path)).toEqual({
      ok: true,
      value: { TOKEN: 'from outside', OTHER: '2' },
    });
  });

  it('is named where it cannot be read', () => {
    const path = join(folder, 'none.env');
    expect(withEnvFile({}, path)).toEqual({
      ok: false,
      error: `--env-file ${path}: cannot be read (ENOENT)`,
    });
  });
});
