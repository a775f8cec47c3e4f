import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { readlinkSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { copyOf, dockerfile, ROOT, variablesOf, type Stage } from './dockerfile.js';

/** Mounts need the superuser. */
const AS_ROOT = process.getuid?.() === 0 ? [] : ['sudo', '-n'];

/** What the machine has in the place of an image's base, read-only: its programs, their libraries and settings. */
const NODE = dirname(dirname(process.execPath));
const BASE = ['/usr', '/bin', '/sbin', '/lib', '/lib64', '/etc', ...(NODE.startsWith('/usr') ? [] : [NODE])];
const PATH = `${NODE}/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`;

/** npm's own settings of this machine, and where it keeps what it has fetched. */
const CACHE = '/var/npm-cache';
const FOR_BUILD = Object.fromEntries(
  Object.entries(process.env).filter(([name]) =>
    /^(npm_config_|NODE_EXTRA_CA_CERTS$|\w+_proxy$)/i.test(name),
  ),
);

export interface Built {
  readonly root: string;
  workdir: string;
  user: string;
  env: Record<string, string>;
  entrypoint: string[];
  cmd: string[];
}

export interface Container {
  /** The process by which signals reach it: the first one within. */
  readonly pid: () => number;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

/** Carries the Dockerfile out in a folder, with this machine in the place of the base image, and runs what came of it. */
export class Image {
  folder = '';
  readonly #stages: Record<string, Built> = {};
  #last: Built | undefined;

  build(): void {
    this.folder = mkdtempSync(join(tmpdir(), 'revsync-image-'));
    for (const [index, stage] of dockerfile().entries()) {
      this.#last = this.#carryOut(stage, join(this.folder, `stage-${index}`));
      if (stage.name !== undefined) this.#stages[stage.name] = this.#last;
    }
  }

  get built(): Built {
    if (this.#last === undefined) throw new Error('the image has not been built');
    return this.#last;
  }

  /** A new folder that belongs to the image's user, as a volume does. */
  volume(name: string, user = this.built.user): string {
    const [uid = '', gid = ''] = user.split(':');
    const folder = join(this.folder, name);
    asRoot('install', '-d', '-o', uid, '-g', gid, '-m', '0755', folder);
    return folder;
  }

  /** A file of the image's user; empty where there is none. */
  read(path: string): string {
    return asRoot('sh', '-c', 'if [ -e "$0" ]; then cat "$0"; fi', path);
  }

  /** Whose it is, and its mode. */
  owner(path: string): string {
    return asRoot('stat', '-c', '%u %a', path).trim();
  }

  remove(): void {
    asRoot('rm', '-rf', '--one-file-system', this.folder);
  }

  /**
   * A container whose root filesystem is read-only, without any privilege; `volumes` are folders of this machine by where
   * they stand within, ending in `:ro` where they are read-only.
   */
  run(
    volumes: Readonly<Record<string, string>>,
    args: readonly string[],
    changed: Partial<Built> = {},
  ): Container {
    const { root, workdir, user, env, entrypoint } = { ...this.built, ...changed };
    const [uid = '', gid = ''] = user.split(':');
    for (const place of Object.keys(volumes)) asRoot('mkdir', '-p', join(root, place));
    const within = mkdtempSync(join(this.folder, 'container-'));
    const script = [
      ...['set -e', `mount --bind ${root} ${within}`, ...baseMounts(within)],
      ...Object.entries(volumes).flatMap(([place, folder]) => {
        const [path = '', mode] = folder.split(':');
        return bind(path, `${within}${place}`, mode === 'ro');
      }),
      ...[`mount -t proc proc ${within}/proc`, `mount -o remount,bind,ro ${within}`],
      `exec chroot ${within} setpriv --reuid ${uid} --regid ${gid} --clear-groups --no-new-privs --bounding-set=-all env -i ${assigned({ PATH, HOME: '/home', ...env })} sh -c 'cd ${workdir} && exec "$@"' sh "$@"`,
    ];
    const line = ['unshare', '--mount', '--pid', '--fork', 'sh', '-c', script.join('\n'), 'sh'];
    const [program = '', ...rest] = [...AS_ROOT, ...line, ...entrypoint, ...args];
    const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((done, failed) => {
      child.on('error', failed).on('close', (code) => done({ code, stdout, stderr }));
    });
    return { pid: () => lastOf(child.pid ?? 0), ended };
  }

  #carryOut(stage: Stage, root: string): Built {
    layBase(root);
    const built: Built = { root, workdir: '/', user: '0:0', env: {}, entrypoint: [], cmd: [] };
    for (const { name, text } of stage.instructions) {
      if (name === 'WORKDIR') {
        built.workdir = resolve(built.workdir, text);
        mkdirSync(join(root, built.workdir), { recursive: true });
      } else if (name === 'COPY') this.#copy(text, built);
      else if (name === 'RUN') runWithin(built, text);
      else if (name === 'ENV') Object.assign(built.env, variablesOf(text));
      else if (name === 'USER') built.user = text;
      else if (name === 'ENTRYPOINT') built.entrypoint = JSON.parse(text) as string[];
      else built.cmd = JSON.parse(text) as string[];
    }
    return built;
  }

  /** A folder's contents go where its name says, as Docker has it. */
  #copy(text: string, { root, workdir }: Built): void {
    const { from, files, to } = copyOf(text);
    const source = from === undefined ? ROOT : this.#stages[from]?.root;
    if (source === undefined) throw new Error(`there is no stage ${String(from)}`);
    const place = join(root, resolve(workdir, to));
    for (const file of files) {
      const path = join(source, file);
      const isFolder = lstatSync(path).isDirectory();
      cpSync(path, isFolder ? place : join(place, basename(file)), {
        recursive: true,
        verbatimSymlinks: true,
      });
    }
  }
}

/** What the program says. */
function asRoot(...line: string[]): string {
  const [program = '', ...args] = [...AS_ROOT, ...line];
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  const hint =
    AS_ROOT.length > 0 ? ' (these tests mount folders: run them as root, or where sudo asks nothing)' : '';
  if (status !== 0) throw new Error(`${line.join(' ')}${hint}: ${error?.message ?? stderr}`);
  return stdout;
}

/** The folders that an image has, and the base's to be mounted on. */
function layBase(root: string): void {
  for (const path of [...BASE, '/proc', '/dev', '/tmp', '/root', '/home', CACHE]) {
    if (!existsSync(path) && BASE.includes(path)) continue;
    if (BASE.includes(path) && lstatSync(path).isSymbolicLink())
      symlinkSync(readlinkSync(path), join(root, path));
    else mkdirSync(join(root, path), { recursive: true });
  }
}

function bind(path: string, place: string, isReadOnly: boolean): string[] {
  const mount = `mount --bind ${path} ${place}`;
  return isReadOnly ? [mount, `mount -o remount,bind,ro ${place}`] : [mount];
}

function baseMounts(root: string): string[] {
  const own = BASE.filter((path) => existsSync(path) && !lstatSync(path).isSymbolicLink());
  return [...own.flatMap((path) => bind(path, `${root}${path}`, true)), `mount --rbind /dev ${root}/dev`];
}

function runWithin({ root, workdir, env }: Built, command: string): void {
  const told = spawnSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).stdout.trim();
  const script = [
    ...['set -e', ...baseMounts(root), `mount -t proc proc ${root}/proc`],
    // Only what the superuser of this machine fetched for itself can be shared with one who is it.
    ...(AS_ROOT.length === 0 && existsSync(told) ? bind(told, `${root}${CACHE}`, false) : []),
    `exec chroot ${root} env -i ${assigned({ ...FOR_BUILD, PATH, HOME: '/root', npm_config_cache: CACHE, npm_config_prefer_offline: 'true', ...env })} sh -c "$0"`,
  ];
  asRoot('unshare', '--mount', 'sh', '-c', script.join('\n'), `cd ${workdir} && ${command}`);
}

/** As arguments of `env`. */
function assigned(env: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(env)
    .map(([name, value = '']) => `'${`${name}=${value}`.replaceAll("'", `'\\''`)}'`)
    .join(' ');
}

/** The last one of a chain of processes, each the only child of the one before. */
function lastOf(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const [child] = tasks.flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter((one) => one !== ''),
  );
  return child === undefined ? pid : lastOf(Number(child));
}
