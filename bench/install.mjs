// A stranger's clock: how long it takes from a clone, and from the packed file, until a first push to the sandbox has said
// what became of each row, and how much room that takes. A home, an npm prefix and a cache of their own; the first round
// fills the cache, the others are medians.
//   npm run bench:install                  five rounds
//   npm run bench:install -- --rounds 3    as many
import { spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './table.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const at = process.argv.indexOf('--rounds');
const rounds = at < 0 ? 5 : Number(process.argv[at + 1]);
const folder = mkdtempSync(join(tmpdir(), 'revsync-clock-'));
const npmOf = (name) =>
  spawnSync('npm', ['config', 'get', name], { cwd: root, encoding: 'utf8' }).stdout.trim();
const registry = Object.entries({ registry: npmOf('registry'), cafile: npmOf('cafile') })
  .filter(([, value]) => !['', 'null', 'undefined'].includes(value))
  .map(([name, value]) => [`npm_config_${name}`, value]);

/** Says on standard error what CPU a line took, and on standard output what the line says. */
const TIMED = 'TIMEFORMAT="%U %S"; { time "$@" 2>&3; } 3>&1';

/** Runs it to its end in a folder, as a user who has nothing; the seconds that it took, and those of CPU. */
function seconds(home, line, { cwd = home, codes = [0] } = {}) {
  const env = {
    ...Object.fromEntries(registry),
    PATH: [join(home, 'prefix', 'bin'), dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(
      delimiter,
    ),
    HOME: home,
    npm_config_prefix: join(home, 'prefix'),
    npm_config_cache: join(folder, 'cache'),
    npm_config_audit: 'false',
  };
  const began = performance.now();
  const timed = ['-c', TIMED, 'bash', ...line];
  const { status, stdout, stderr } = spawnSync('bash', timed, { cwd, env, encoding: 'utf8' });
  if (!codes.includes(status)) throw new Error(`${line.join(' ')}: ${status}\n${stdout}`);
  const [user, system] = stderr.trim().split(' ').map(Number);
  return { wall: (performance.now() - began) / 1000, cpu: user + system };
}

/** One after the other. */
function sum(times) {
  return {
    wall: times.reduce((total, { wall }) => total + wall, 0),
    cpu: times.reduce((total, { cpu }) => total + cpu, 0),
  };
}

/** What files and folders take on the disk, in MB. */
function megabytes(path) {
  const stat = lstatSync(path);
  const below = stat.isDirectory() ? readdirSync(path).map((name) => megabytes(join(path, name))) : [];
  return below.reduce((sum, one) => sum + one, (stat.blocks * 512) / 1e6);
}

const sizes = {};

function clone(home) {
  const cwd = join(home, 'revsync');
  const push = ['npx', 'revsync', 'push', 'fixtures/convoso/sales.csv', '--vendor', 'convoso', '--sandbox'];
  const took = sum([
    seconds(home, ['git', 'clone', '--quiet', '--depth', '1', `file://${root}`, cwd]),
    seconds(home, ['npm', 'ci'], { cwd }),
    // That day has rows with problems.
    seconds(home, push, { cwd, codes: [1] }),
  ]);
  sizes.clone = megabytes(join(cwd, 'node_modules'));
  return took;
}

function tarball(home) {
  writeFileSync(join(home, 'sales.csv'), 'Call Log ID,Sale Amount\n100125,50.00\n');
  const took = sum([
    seconds(home, ['npm', 'install', '--global', packed]),
    seconds(home, ['revsync', 'push', 'sales.csv', '--vendor', 'convoso', '--sandbox']),
  ]);
  sizes.tarball = megabytes(join(home, 'prefix', 'lib', 'node_modules', 'revsync'));
  return took;
}

/** In a home that is new every time. */
function timed(way) {
  return Array.from({ length: rounds + 1 }, () => {
    const home = mkdtempSync(join(folder, 'home-'));
    mkdirSync(join(home, 'prefix'));
    const took = way(home);
    rmSync(home, { recursive: true, force: true });
    return took;
  });
}

const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
const [{ filename }] = JSON.parse(spawnSync('npm', pack, { cwd: root, encoding: 'utf8' }).stdout);
const packed = join(folder, filename);
sizes.packed = megabytes(packed);
try {
  console.log(
    '| from | empty cache | warm cache | CPU of that | on the disk |\n| --- | --- | --- | --- | --- |',
  );
  for (const [name, way] of [
    ['a clone: `git clone`, `npm ci`, a push', clone],
    ['the packed file: `npm install -g`, a push', tarball],
  ]) {
    const [first, ...others] = timed(way);
    const times = [first.wall, median(others.map(({ wall }) => wall)), median(others.map(({ cpu }) => cpu))];
    const cells = [name, ...times.map((time) => `${time.toFixed(1)} s`), `${sizes[way.name].toFixed(0)} MB`];
    console.log(`| ${cells.join(' | ')} |`);
  }
  console.log(
    `\nThe packed file is ${sizes.packed.toFixed(1)} MB. Node ${process.version}, ${cpus().length} cores.`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
