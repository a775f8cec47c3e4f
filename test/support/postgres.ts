import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { initBooks } from '../../src/io/ledger/shared/init.js';
import { Connection } from '../../src/io/ledger/shared/connection.js';

/** A PostgreSQL server of its own on a port of this machine, with a template of an empty shared ledger. */
export class PostgresServer {
  readonly #folder: string;
  readonly #bin: string;
  readonly port: number;
  #databases = 0;

  private constructor(folder: string, bin: string, port: number) {
    this.#folder = folder;
    this.#bin = bin;
    this.port = port;
  }

  static async start(): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), 'revsync-postgres-'));
    const server = new PostgresServer(folder, binaries(), await freePort());
    const { uid, gid } = server.#owner();
    if (uid !== undefined) chownSync(folder, uid, gid ?? uid);
    server.#run('initdb', '-D', server.#data, '-U', 'revsync', '--auth=trust', '-E', 'UTF8', '--no-sync');
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
    this.#databases += 1;
    const name = `ledger_${this.#databases}`;
    await this.ask('postgres', `create database ${name}`);
    const url = this.url(name);
    await initBooks(url);
    await this.ask(name, 'update revsync.meta set lease_ms = $1, late_ms = $2', [leaseMs, lateMs]);
    return url;
  }

  async ask<T extends object>(database: string, sql: string, params: (string | number)[] = []): Promise<T[]> {
    const db = new Connection(this.url(database));
    try {
      return await db.all<T>(sql, params);
    } finally {
      await db.close();
    }
  }

  /** Ends it as a loss of power would, and starts it again. */
  crash(): void {
    this.#run('pg_ctl', '-D', this.#data, '-m', 'immediate', '-w', 'stop');
    this.#start();
  }

  /** How often what the log says was said. */
  said(what: RegExp): number {
    return (readFileSync(join(this.#folder, 'log'), 'utf8').match(what) ?? []).length;
  }

  stop(): void {
    this.#run('pg_ctl', '-D', this.#data, '-m', 'immediate', '-w', 'stop');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #start(): void {
    const options = `-p ${this.port} -k ${this.#folder} -c listen_addresses=127.0.0.1 -c max_connections=200`;
    this.#run('pg_ctl', '-D', this.#data, '-w', '-l', join(this.#folder, 'log'), '-o', options, 'start');
  }

  /** The superuser may not run it. */
  #owner(): { uid?: number; gid?: number } {
    if (userInfo().uid !== 0) return {};
    const { stdout } = spawnSync('id', ['-u', 'postgres'], { encoding: 'utf8' });
    const uid = Number.parseInt(stdout, 10);
    const gid = Number.parseInt(spawnSync('id', ['-g', 'postgres'], { encoding: 'utf8' }).stdout, 10);
    return Number.isNaN(uid) ? { uid: 65_534, gid: 65_534 } : { uid, gid };
  }

  #run(program: string, ...args: string[]): void {
    const { status, stderr } = spawnSync(join(this.#bin, program), args, {
      ...this.#owner(),
      encoding: 'utf8',
      cwd: this.#folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (status !== 0) throw new Error(`${program} ended ${status}: ${stderr}`);
  }
}

/** Where its programs are. */
function binaries(): string {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((one, two) => Number(two) - Number(one)) : [];
  const folders = [
    ...versions.map((version) => join(root, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(':'),
  ];
  const found = folders.find((folder) => existsSync(join(folder, 'initdb')));
  if (found === undefined) throw new Error('there is no PostgreSQL server on this machine');
  return found;
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
