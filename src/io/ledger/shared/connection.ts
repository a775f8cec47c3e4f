import { readFileSync } from 'node:fs';
import { isIP, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import pg from 'pg';
import { LedgerError } from '../../../core/ledger.js';
import { passwordFor } from '../../ledger-address.js';
import { reasonOf } from './reasons.js';
import { SCHEMA } from './tables.js';

/** What a statement is given: batches are JSON texts. */
export type Param = string | number | Buffer | null | readonly (number | Buffer)[];

/** A claim that is settled is another machine's by now. */
export class Fenced extends LedgerError {}

/**
 * The connection was lost, or the server gave up a statement in favour of another one: it may have been carried out, and may
 * be asked again.
 */
export class Lost extends LedgerError {}

const FENCED = 'RS001';

/**
 * One connection, opened when it is first needed and again where it was lost. It keeps nothing of a session but what is
 * set as it is opened, so that a pooler may stand between.
 */
export class Connection {
  /** Its address, without a password. */
  readonly shown: string;
  /** Within which a statement has an answer, or its connection counts as lost. */
  timeoutMs = 30_000;
  #client: pg.Client | undefined;
  #connecting: Promise<pg.Client> | undefined;
  /** Its statements go over no other connection than the one it began on. */
  #isInTransaction = false;
  /** Statements that wait for their answer or their turn. */
  #open = 0;
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(shown: string) {
    this.shown = shown;
  }

  /** Rows as objects, whole numbers as numbers, JSON as text. One statement is asked after the other. */
  async all<T extends object>(sql: string, params: readonly Param[] = []): Promise<T[]> {
    this.#asked(1);
    const answer = this.#last.then(async () => this.#ask<T>(await this.#connected(), sql, params));
    this.#last = answer.catch(() => undefined);
    try {
      return await answer;
    } finally {
      this.#asked(-1);
    }
  }

  async one<T extends object>(sql: string, params: readonly Param[] = []): Promise<T | undefined> {
    return (await this.all<T>(sql, params))[0];
  }

  /**
   * Commits what `work` wrote, or nothing of it: nothing else is asked meanwhile. The server undoes it where nothing is asked for
   * a while: a machine that stands still keeps nobody from what it has locked.
   */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.all(`begin; set local idle_in_transaction_session_timeout = ${Math.ceil(this.timeoutMs / 3)}`);
    this.#isInTransaction = true;
    try {
      const value = await work();
      await this.all('commit');
      return value;
    } catch (error) {
      await this.all('rollback').catch(() => undefined);
      throw error;
    } finally {
      this.#isInTransaction = false;
    }
  }

  /** How what is said is encrypted; undefined where it is not, on this machine. */
  get cipher(): string | undefined {
    const stream = this.#client === undefined ? undefined : inside(this.#client).stream;
    return stream instanceof TLSSocket ? (stream.getProtocol() ?? undefined) : undefined;
  }

  /** At once, whatever it is asked or about to reach. */
  cut(): void {
    this.#isClosed = true;
    if (this.#client !== undefined) this.#drop(this.#client);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) await end(client);
  }

  /** A connection of which nothing is asked keeps no process from its end. */
  #asked(more: number): void {
    this.#open += more;
    if (this.#client === undefined) return;
    const { stream } = inside(this.#client);
    if (this.#open > 0) stream.ref();
    else stream.unref();
  }

  async #ask<T extends object>(client: pg.Client, sql: string, params: readonly Param[] = []): Promise<T[]> {
    try {
      // The driver knows this setting of a statement; its types do not.
      const query = { text: sql, values: [...params], query_timeout: this.timeoutMs };
      return (await client.query<T>(query)).rows;
    } catch (error) {
      const failure = failureOf(error, this.shown);
      if (failure instanceof Lost) this.#drop(client);
      throw failure;
    }
  }

  async #connected(): Promise<pg.Client> {
    if (this.#isClosed) throw new LedgerError(`ledger ${this.shown}: was closed`);
    if (this.#isInTransaction && this.#client === undefined)
      throw new Lost(`ledger ${this.shown}: the connection was lost in a transaction`);
    this.#connecting ??= this.#connect();
    return this.#connecting;
  }

  async #connect(): Promise<pg.Client> {
    const client: pg.Client = new pg.Client({
      ...settingsOf(this.shown),
      password: () => passwordOf(this.shown, client),
      connectionTimeoutMillis: Math.min(10_000, this.timeoutMs),
    });
    const drop = (): void => this.#drop(client);
    client.on('error', drop);
    client.on('end', drop);
    this.#client = client;
    try {
      await client.connect();
      await this.#ask(client, SESSION);
      return client;
    } catch (error) {
      this.#drop(client);
      throw error instanceof LedgerError ? error : failureOf(error, this.shown);
    }
  }

  /** Whatever it was asked fails; nothing of it stays open. */
  #drop(client: pg.Client): void {
    if (this.#client === client) {
      this.#client = undefined;
      this.#connecting = undefined;
    }
    inside(client).stream.destroy();
  }
}

const SESSION = `set search_path = ${SCHEMA}; set synchronous_commit = on; set standard_conforming_strings = on;
  set enable_seqscan = off; set jit = off`;

function failureOf(error: unknown, shown: string): LedgerError {
  const { message } = error as Error;
  const code = error instanceof pg.DatabaseError ? error.code : undefined;
  if (code === FENCED) return new Fenced(`ledger ${shown}: ${message}`);
  const said = `ledger ${shown}: ${reasonOf(code ?? (error as { code?: string }).code ?? '', message)}`;
  const isLost = code === undefined || GIVEN_UP.test(code);
  return isLost ? new Lost(said, { cause: error }) : new LedgerError(said, { cause: error });
}

/** By a connection, by a server that ends, begins, has no room or is no primary any more, by a deadlock. */
const GIVEN_UP = /^(08|40|53|57P|25006|25P03)/;

/** Asked for where the server wants one: as it was given, else what the file has that `PGPASSFILE` names. */
async function passwordOf(shown: string, { host, port, database, user = '' }: pg.Client): Promise<string> {
  const given = passwordFor(shown);
  if (given !== undefined) return given;
  const { default: passwordInFile } = await import('pgpass');
  return new Promise((resolve) =>
    passwordInFile({ host, port, database, user }, (found) => resolve(found ?? '')),
  );
}

/** Its socket, which its types do not tell of. */
function inside(client: pg.Client): { readonly stream: Socket } {
  return (client as unknown as { connection: { stream: Socket } }).connection;
}

/** How long a server may take to see a connection off. */
const FAREWELL_MS = 1000;

/** Also where nobody is at the other end any more, or nothing comes from there. */
async function end(client: pg.Client): Promise<void> {
  const { stream } = inside(client);
  const destroy = setTimeout(() => stream.destroy(), FAREWELL_MS);
  await client.end().catch(() => undefined);
  clearTimeout(destroy);
}

/** Off this machine the server's certificate has to be the host's. */
function settingsOf(url: string): pg.ClientConfig {
  const { hostname, port, pathname, username, searchParams } = new URL(url);
  const host = searchParams.get('host') ?? (decodeURIComponent(hostname) || (process.env['PGHOST'] ?? ''));
  const mode = searchParams.get('sslmode');
  const isHere = host === '' || host.startsWith('/') || host === 'localhost' || isLoopback(host);
  const root = searchParams.get('sslrootcert');
  refuseParameters(url, searchParams, isHere);
  const given = {
    host: host === '' ? undefined : host,
    port: port === '' ? undefined : Number(port),
    database: pathname.length > 1 ? decodeURIComponent(pathname.slice(1)) : undefined,
    user: username === '' ? undefined : decodeURIComponent(username),
  };
  const known = Object.entries(given).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(known),
    ssl:
      isHere && mode !== 'verify-full'
        ? false
        : { rejectUnauthorized: true, ...(root !== null && { ca: certificate(url, root) }) },
    application_name: 'revsync',
    keepAlive: true,
    types: { getTypeParser: typeParser },
  };
}

const PARAMETERS = ['host', 'sslmode', 'sslrootcert'];

/** What is asked for and cannot be had is not passed over. */
function refuseParameters(url: string, parameters: URLSearchParams, isHere: boolean): void {
  const other = [...parameters.keys()].find((name) => !PARAMETERS.includes(name));
  if (other !== undefined)
    throw new LedgerError(`ledger ${url}: ${other} is not known; known are ${PARAMETERS.join(', ')}`);
  const mode = parameters.get('sslmode') ?? 'verify-full';
  if (!isHere && mode !== 'verify-full')
    throw new LedgerError(
      `ledger ${url}: sslmode=${mode} would let others on the way read the password and change what was sent; use verify-full, with sslrootcert=FILE where the server's certificate is of your own authority`,
    );
  if (isHere && !['disable', 'allow', 'prefer', 'verify-full'].includes(mode))
    throw new LedgerError(`ledger ${url}: sslmode=${mode} is not for this machine; leave it out`);
}

function certificate(url: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new LedgerError(`ledger ${url}: sslrootcert ${path} cannot be read (${(error as Error).message})`);
  }
}

function isLoopback(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '');
  return isIP(address) !== 0 && (address === '::1' || address.startsWith('127.'));
}

/** By the number of a type, which its types have as a list. */
const parserOf = pg.types.getTypeParser as (oid: number) => (text: string) => unknown;

const INT8 = 20;
const JSONS = [114, 3802];

function typeParser(oid: number): (text: string) => unknown {
  if (oid === INT8) return Number;
  if (JSONS.includes(oid)) return (text) => text;
  return parserOf(oid);
}
