import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { READS_ENV_FILE } from '../support/own-node.js';
import { Image, type Built } from './container.js';
import { CronJob, fence, unit } from './page.js';
import { copyOf, dockerfile, ROOT, variablesOf } from './dockerfile.js';

const STAGES = dockerfile();
const LAST = STAGES.at(-1);
const textsOf = (name: string): string[] =>
  (LAST?.instructions ?? []).filter((one) => one.name === name).map(({ text }) => text);
const COPIES = STAGES.flatMap(({ instructions }) =>
  instructions.filter(({ name }) => name === 'COPY').map(({ text }) => copyOf(text)),
);

describe('the Dockerfile', () => {
  it('starts from one version of Node on a slim Debian, which CI knows', () => {
    expect(new Set(STAGES.map(({ base }) => base)).size).toBe(1);
    const [, major = ''] = /^node:(\d+)-bookworm-slim$/.exec(STAGES[0]?.base ?? '') ?? [];
    const [, tested = ''] =
      /node: \[(.*)\]/.exec(readFileSync(`${ROOT}.github/workflows/ci.yml`, 'utf8')) ?? [];
    expect(tested.split(', ')).toContain(major);
  });

  it('ends as a user by number who is not root, with a program that no shell stands before', () => {
    const names = LAST?.instructions.map(({ name }) => name) ?? [];
    expect(textsOf('USER')).toEqual(['1000:1000']);
    expect(names.slice(-3)).toEqual(['USER', 'ENTRYPOINT', 'CMD']);
    expect(JSON.parse(textsOf('CMD')[0] ?? '')).toEqual(['--help']);
  });

  it('starts Node as bin/revsync.js does, and leaves every option to revsync', () => {
    const [, flags = ''] =
      /^#!\/usr\/bin\/env -S (.*)\n/.exec(readFileSync(`${ROOT}bin/revsync.js`, 'utf8')) ?? [];
    const started = flags.split(' ').filter((word) => word !== '--');
    expect(JSON.parse(textsOf('ENTRYPOINT')[0] ?? '')).toEqual([...started, '--', '/app/bin/revsync.js']);
  });

  it('copies what is there, and is given nothing else', () => {
    const copied = COPIES.filter(({ from }) => from === undefined).flatMap(({ files }) => files);
    expect(copied.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
    const [all, ...given] = readFileSync(`${ROOT}.dockerignore`, 'utf8').trim().split('\n');
    expect(all).toBe('*');
    expect(given).toEqual([...new Set(copied)].map((file) => `!${file}`).sort());
    expect(COPIES.flatMap(({ from }) => from ?? []).filter((from) => from !== STAGES[0]?.name)).toEqual([]);
  });

  it('holds no secret and no setting but where the ledger is', () => {
    expect(textsOf('ENV').map(variablesOf)).toEqual([{ XDG_STATE_HOME: '/ledger', TMPDIR: '/ledger' }]);
  });
});

describe('the image, carried out and run without root on a read-only root filesystem', () => {
  const image = new Image();
  const push = ['push', 'sales.csv', '--vendor', 'convoso', '--sandbox', '--out', '/ledger/results.csv'];

  beforeAll(() => image.build());
  afterAll(() => image.remove());

  /** A new volume for the user, and a folder of files that nobody can write to. */
  function volumes(name: string, rows: number, user?: string): { '/ledger': string; '/data': string } {
    const data = join(image.folder, `${name}-data`);
    mkdirSync(data);
    const sales = Array.from({ length: rows }, (_, index) => `${100_125 + index},50.00\n`);
    writeFileSync(join(data, 'sales.csv'), `Call Log ID,Sale Amount\n${sales.join('')}`);
    return { '/ledger': image.volume(`${name}-ledger`, user), '/data': `${data}:ro` };
  }

  it('has of the project what runs it, and the driver for its own libc alone', () => {
    const app = join(image.built.root, 'app');
    expect(readdirSync(app).sort()).toEqual(['LICENSE', 'bin', 'dist', 'node_modules', 'package.json']);
    const modules = readdirSync(join(app, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(modules).toEqual(['@libsql', '@neon-rs', 'detect-libc', 'libsql']);
    expect(readdirSync(join(app, 'node_modules', '@libsql'))).toHaveLength(1);
    for (const [folder, mode] of [
      ['ledger', 0o700],
      ['data', 0o755],
    ] as const) {
      const { uid, gid, mode: bits } = statSync(join(image.built.root, folder));
      expect([uid, gid, bits & 0o777]).toEqual([1000, 1000, mode]);
    }
  });

  it('is a user who can write to the volume and nowhere else', async () => {
    const tries = ['/app', '/data', '/etc', '/tmp', '/ledger'].map(
      (folder) => `touch ${folder}/x && echo ${folder}`,
    );
    const { stdout } = await image.run(volumes('writes', 1), ['-c', `id -u; id -g; ${tries.join('; ')}`], {
      entrypoint: ['sh'],
    }).ended;
    expect(stdout).toBe('1000\n1000\n/ledger\n');
  });

  it('pushes; a second container with the same volume knows what was sent', async () => {
    const mounted = volumes('push', 2);
    const first = await image.run(mounted, push).ended;
    expect(first.stderr).toMatch(/^ +accepted +2 +100\.00$/m);
    expect(first.code).toBe(0);
    expect(image.owner(join(mounted['/ledger'], 'revsync', 'ledger.db'))).toBe('1000 600');
    const again = await image.run(mounted, push).ended;
    expect(again.stderr).toMatch(/^ +unchanged +2 +100\.00$/m);
    expect(again.code).toBe(0);
    expect(readdirSync(mounted['/ledger']).filter((name) => name.startsWith('revsync-'))).toEqual([]);
  });

  it('pushes nothing without a volume, and says why', async () => {
    const { '/data': data } = volumes('none', 1);
    expect(await image.run({ '/data': data }, push).ended).toEqual({
      code: 2,
      stdout: '',
      stderr: 'revsync: ledger /ledger/revsync/ledger.db: its disk is read-only; make it writable\n',
    });
  });

  it('takes options that Node has too for its own', async () => {
    const { code, stderr } = await image.run(volumes('option', 1), [...push, '--env-file', 'none.env']).ended;
    expect(code).toBe(READS_ENV_FILE ? 9 : 2);
    expect(stderr).toMatch(READS_ENV_FILE ? /^node: none\.env/ : /^revsync: .*none\.env/);
  });

  it('ends in good order when it is told to, as the first process of its container, and goes on in the next', async () => {
    const mounted = volumes('ends', 40);
    const running = image.run(mounted, [...push, '--rate', '2']);
    const books = join(mounted['/ledger'], 'revsync', 'ledger.db.sandbox', 'convoso.default.jsonl');
    while (image.read(books) === '') await delay(50);
    process.kill(running.pid(), 'SIGTERM');
    const { code, stderr } = await running.ended;
    expect(stderr).toMatch(/^ +not_sent +\d+/m);
    expect(code).toBe(143);
    const results = image.read(join(mounted['/ledger'], 'results.csv'));
    expect(results.trim().split('\n')).toHaveLength(41);
    const again = await image.run(mounted, push).ended;
    expect(again.code).toBe(0);
    const counts = [...again.stderr.matchAll(/^ +(?:accepted|unchanged) +(\d+)/gm)].map(([, count]) =>
      Number(count),
    );
    expect(counts).toHaveLength(2);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(40);
  });

  describe('as docs/install.md says', () => {
    const TOKEN = 'CONVOSO_AUTH_TOKEN_FILE';

    /** A folder with the token as a file of that name, which its user can read. */
    function secret(name: string): string {
      const folder = join(image.folder, `${name}-secret`);
      mkdirSync(folder);
      writeFileSync(join(folder, 'convoso'), 'a-token\n');
      return `${folder}:ro`;
    }

    /** A push to the sandbox, twice, and what a real one would need besides, which nothing is sent for. */
    async function shown(
      mounted: Record<string, string>,
      args: readonly string[],
      changed: Partial<Built>,
    ): Promise<void> {
      const line = args.includes('--sandbox') ? args : [...args, '--sandbox'];
      const first = await image.run(mounted, line, changed).ended;
      expect(first.stderr).toMatch(/^ +accepted +3 +150\.00$/m);
      expect(first.code).toBe(0);
      expect((await image.run(mounted, line, changed).ended).stderr).toMatch(/^ +unchanged +3 +150\.00$/m);
      if (changed.env === undefined) return;
      const { code, stdout } = await image.run(mounted, ['doctor', '--vendor', 'convoso'], changed).ended;
      expect(stdout).not.toContain('CONVOSO_AUTH_TOKEN is not set');
      expect(code).toBe(0);
      const without = { ...changed, env: { ...changed.env, [TOKEN]: '/none' } };
      expect((await image.run(mounted, ['doctor', '--vendor', 'convoso'], without).ended).code).toBe(2);
    }

    it('by docker run', async () => {
      const [, line = ''] = fence('console')[0]?.split('\n') ?? [];
      const words = line.split(' ');
      expect(words.slice(0, 2)).toEqual(['docker', 'run']);
      expect(words).toContain('--read-only');
      const places = words.flatMap((word, at) => (words[at - 1] === '-v' ? word.replaceAll('"', '') : []));
      expect(places).toEqual(['revsync-ledger:/ledger', '$PWD:/data:ro']);
      await shown(volumes('docker', 3), words.slice(words.lastIndexOf('revsync') + 1), {});
    });

    it('by the CronJob', async () => {
      const { job, pod, container } = new CronJob();
      expect(job).toMatchObject({ concurrencyPolicy: 'Forbid', jobTemplate: { spec: { backoffLimit: 0 } } });
      expect(pod.restartPolicy).toBe('Never');
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true });
      const { runAsUser, runAsGroup } = pod.securityContext;
      expect(`${runAsUser}:${runAsGroup}`).toBe(image.built.user);
      expect(container.securityContext).toEqual({
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      });
      expect(pod.volumes.map(({ name }) => name)).toEqual(container.volumeMounts.map(({ name }) => name));
      const mounted: Record<string, string> = volumes('kubernetes', 3);
      const places = { '/run/secrets/revsync': secret('kubernetes'), ...mounted };
      expect(container.volumeMounts.map(({ mountPath }) => mountPath).sort()).toEqual(
        Object.keys(places).sort(),
      );
      for (const { mountPath, readOnly } of container.volumeMounts)
        expect([mountPath, readOnly === true]).toEqual([mountPath, mountPath !== '/ledger']);
      const own = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
      await shown(places, container.args, { env: { ...image.built.env, ...own } });
    });

    it('by the systemd service, as a user who has been made up for it', async () => {
      const service = unit('service');
      const user = '61184:61184';
      const { '/data': data, '/ledger': state } = volumes('systemd', 3, user);
      const credentials = '/run/credentials/revsync.service';
      const filled = (text: string): string =>
        text.replaceAll('%S', '/var/lib').replaceAll('%d', credentials);
      const [program, ...args] = filled(service('ExecStart')[0] ?? '').split(' ');
      expect(program).toBe('/usr/local/bin/revsync');
      expect(service('LoadCredential')).toEqual(['convoso:/etc/revsync/convoso.token']);
      expect(service('DynamicUser')).toEqual(['yes']);
      expect(service('ProtectSystem')).toEqual(['strict']);
      const [workdir = ''] = service('WorkingDirectory');
      const [name = ''] = service('StateDirectory');
      const mounted = { [`/var/lib/${name}`]: state, [workdir]: data, [credentials]: secret('systemd') };
      const env = Object.fromEntries(
        service('Environment').map((pair) => filled(pair).split('=') as [string, string]),
      );
      await shown(mounted, args, { user, workdir, env });
    });
  });
});
