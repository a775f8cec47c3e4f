import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGE, typed } from './page.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { version: string };

const OPENING = typed('Install');
const UPGRADE = typed('The packed file').slice(0, -1);
const REMOVAL = typed('The packed file').at(-1);

/** The npm that came with the oldest Node that is supported. */
const OLDEST_NPM = '10.8.2';

/** A machine's user with nothing: a home, an npm prefix and a cache of their own. */
const folder = mkdtempSync(join(tmpdir(), 'revsync-install-'));
const prefix = join(folder, 'prefix');
const bin = join(prefix, 'bin');
const home = join(folder, 'home');
const env: Record<string, string> = {
  PATH: [bin, dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
  HOME: home,
  npm_config_prefix: prefix,
  npm_config_cache: join(folder, 'cache'),
  npm_config_update_notifier: 'false',
};

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, ...args: string[]): Ran {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: home, env, encoding: 'utf8' });
  if (error !== undefined) throw error;
  return { code: status, stdout, stderr };
}

/** A line of the page, as a shell runs it. */
function type(line = ''): Ran {
  return run('sh', '-c', line);
}

/** Every file and folder below, by its path from there. */
function everythingBelow(path: string): string[] {
  return existsSync(path) ? readdirSync(path, { recursive: true, encoding: 'utf8' }).sort() : [];
}

let tarball = '';

beforeAll(() => {
  mkdirSync(home);
  // The registry of whoever runs the tests, and how it is reached, are the machine's.
  for (const name of ['registry', 'cafile', 'https-proxy', 'proxy', 'noproxy']) {
    const told = spawnSync('npm', ['config', 'get', name], { cwd: ROOT, encoding: 'utf8' }).stdout.trim();
    if (!['', 'null', 'undefined'].includes(told)) env[`npm_config_${name.replace('-', '_')}`] = told;
  }
  const packed = spawnSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', home], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const [{ filename } = { filename: '' }] = JSON.parse(packed.stdout) as { filename: string }[];
  tarball = filename;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('npm install -g of the packed file, for a user who has nothing', () => {
  const package_ = join(prefix, 'lib', 'node_modules', 'revsync');
  const revsync = join(prefix, 'bin', 'revsync');

  it("brings revsync, the ledger's driver and nothing else", () => {
    expect(type(OPENING[0])).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(join(prefix, 'lib', 'node_modules'))).toEqual(['revsync']);
    const modules = readdirSync(join(package_, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(modules).toEqual(['@libsql', '@neon-rs', 'detect-libc', 'libsql']);
    expect(readdirSync(join(prefix, 'bin'))).toEqual(['revsync']);
  });

  it('runs: a version, what is there, a push of a file to the sandbox, twice, and what it left', () => {
    expect(run(revsync, '--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    expect(run(revsync, 'doctor')).toMatchObject({ code: 0 });
    expect(type(OPENING[1])).toEqual({ code: 0, stdout: '', stderr: '' });
    const first = type(OPENING[2]);
    const seconds = /in \d\.\d s/;
    const said = first.stderr.replace(seconds, 'in 0.2 s').replaceAll(home, '/home/ada');
    expect(PAGE).toContain(said.replaceAll(/^(?=.)/gm, '    '));
    expect(first).toMatchObject({ code: 0, stdout: '' });
    expect(type(OPENING[2]).stderr).toMatch(/^ +unchanged +1\b/m);
    expect(run(revsync, 'doctor').stdout).toContain('2 runs, 1 key');
    expect(readdirSync(home).sort()).toEqual(['.local', tarball, 'sales.csv', 'sales.results.csv'].sort());
  });

  it('is upgraded with a backup of the ledger first', () => {
    for (const line of UPGRADE) expect([line, type(line).code]).toEqual([line, 0]);
    const backups = everythingBelow(join(home, '.local')).filter((name) => name.includes('backup'));
    expect(backups).toHaveLength(1);
    expect(run(revsync, 'runs').stdout).toMatch(/^run-2\b/m);
  });

  it('goes without leaving a file, but for the ledger, which is the user’s', () => {
    const ledger = everythingBelow(join(home, '.local'));
    expect(type(REMOVAL)).toMatchObject({ code: 0, stderr: '' });
    expect(everythingBelow(prefix)).toEqual(['bin', 'lib', join('lib', 'node_modules')]);
    expect(everythingBelow(join(home, '.local'))).toEqual(ledger);
    expect(ledger).toContain(join('state', 'revsync', 'ledger.db'));
  });

  it(`installs with the npm of the oldest Node too, ${OLDEST_NPM}, and from what npm keeps, without a network`, () => {
    const old = join(folder, 'old');
    const add = ['install', '--prefix', old, '--no-audit', '--no-fund', `npm@${OLDEST_NPM}`];
    expect(run('npm', ...add).code).toBe(0);
    const npm = join(old, 'node_modules', '.bin', 'npm');
    expect(run(npm, '--version').stdout.trim()).toBe(OLDEST_NPM);
    expect(
      run(npm, 'install', '--global', '--offline', '--no-audit', '--no-fund', `./${tarball}`),
    ).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(run(revsync, '--version').stdout).toBe(`${version}\n`);
    expect(run(revsync, 'runs').stdout).toMatch(/^run-2\b/m);
    expect(run(npm, 'uninstall', '--global', 'revsync').code).toBe(0);
    expect(everythingBelow(prefix)).toEqual(['bin', 'lib', join('lib', 'node_modules')]);
  });
});
