import Libsql from 'libsql';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../src/cli/main.js';
import { systemClock } from '../../src/io/clock.js';
import type { Fake, FakeRequest } from '../../src/sandbox/fake.js';
import type { Fault } from '../../src/sandbox/faults.js';
import { FAKES } from '../../src/sandbox/index.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.js';
import type { CrashVendor, Held as HeldKey } from '../crash/vendors.js';
import { CREDENTIALS } from '../support/credentials.js';
import { testHost } from '../support/host.js';

/** What happens to a command on its way. Requests and commits are counted from 1, anew for each command. */
export interface Fate {
  readonly faults?: (request: number) => Fault | undefined;
  /** The process is gone at that request, before or after the vendor applied it; or at that commit of the ledger. */
  readonly dies?: {
    readonly at: 'request' | 'commit';
    readonly nth: number;
    readonly when: 'before' | 'after';
  };
  /** Somebody interrupts it at that request. */
  readonly interrupted?: number;
}

export interface Ended {
  /** Undefined where it died. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly requests: number;
  /** Faults that the vendor had, by request. */
  readonly faults: ReadonlyMap<number, string>;
}

/** What a killed process cannot have taken with it: the index of the log is made anew from the log. */
const GONE_WITH_THE_PROCESS = /(-shm|\.lock-\d+)$/;

/** No process of this machine has such an id. */
const FIRST_PID = 2 ** 22 + 1;

/**
 * One vendor, and one folder with a ledger. Commands run within this process, so that a thousand sequences take minutes.
 * One that dies leaves its files as they are at that moment, as `kill -9` would: they are copied in the midst of its
 * work, and what it still does after that happens to nobody. `npm run test:crash` has real processes.
 */
export class World {
  readonly root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'revsync-model-'));
  readonly folder = join(this.root, 'desk');
  readonly #saved = join(this.root, 'saved');
  readonly vendor: CrashVendor;
  /** Files that a process takes with it when it dies: for a test of the test. */
  forgets: RegExp | undefined;
  #fake: Fake | undefined;
  #server: Sandbox | undefined;
  #fate: Fate = {};
  #requests = 0;
  #commits = 0;
  #dead = false;
  #interrupt = new AbortController();
  #faults = new Map<number, string>();
  #heard: FakeRequest[] = [];
  #applied: (request: FakeRequest) => void = () => undefined;

  private constructor(vendor: CrashVendor) {
    this.vendor = vendor;
  }

  static async open(vendor: CrashVendor): Promise<World> {
    const world = new World(vendor);
    passTimeAtOnce();
    watchCommits();
    await world.#listen();
    world.reset();
    return world;
  }

  /** An empty folder, and a vendor that has heard of these requests alone. */
  reset(requests: readonly FakeRequest[] = []): void {
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
    this.#fake = FAKES.get(this.vendor.id)?.({});
    for (const request of requests) this.#fake?.answer(request);
    this.#heard = [...requests];
  }

  /** All that the vendor has heard of. */
  get heard(): readonly FakeRequest[] {
    return [...this.#heard];
  }

  /** Does something else than `run` that sends requests, such as a process; `applied` is told what the vendor applies. */
  async serve<T>(work: () => Promise<T>, fate: Fate, applied: (request: FakeRequest) => void): Promise<T> {
    this.#begin(fate);
    this.#applied = applied;
    try {
      return await work();
    } finally {
      this.#applied = () => undefined;
    }
  }

  async #listen(): Promise<void> {
    const fake: Fake = {
      vendor: this.vendor.id,
      serves: () => true,
      books: () => this.#books,
      answer: (request) => this.#answer(request),
    };
    const port = Number(new URL(this.#server?.url ?? 'http://127.0.0.1:0').port);
    this.#server = await startSandbox({ fakes: [fake], port, faults: () => this.#arrived(), latencyMs: 0 });
  }

  async close(): Promise<void> {
    await this.#server?.close();
    rmSync(this.root, { recursive: true, force: true });
  }

  get url(): string {
    return this.#server?.url ?? '';
  }

  held(): ReadonlyMap<string, HeldKey> {
    return this.vendor.held(this.#books);
  }

  get #books(): unknown {
    return this.#fake?.books();
  }

  async run(args: readonly string[], fate: Fate = {}): Promise<Ended> {
    this.#begin(fate);
    const env = { REVSYNC_LEDGER: join(this.folder, 'ledger.db'), ...CREDENTIALS };
    const host = testHost({ env, cwd: this.folder, signal: this.#interrupt.signal });
    host.stdin.end();
    commits = (work) => this.#commit(work);
    const code = await asAnotherProcess(() => main({ ...host, argv: args, now: systemClock.now }));
    commits = (work) => work();
    const faults = this.#faults;
    const told = { stdout: host.stdout.text, stderr: host.stderr.text, requests: this.#requests, faults };
    if (this.#interrupt.signal.aborted) {
      // What was sent and nobody has read yet is read by nobody.
      await this.#server?.close();
      await this.#listen();
    }
    if (!this.#dead) return { code, ...told };
    rmSync(this.folder, { recursive: true, force: true });
    copyFolder(this.#saved, this.folder);
    for (const name of readdirSync(this.folder))
      if (this.forgets?.test(name) === true) rmSync(join(this.folder, name));
    buryHolder(join(this.folder, 'ledger.db'));
    return { code: undefined, ...told };
  }

  #begin(fate: Fate): void {
    this.#fate = fate;
    this.#requests = 0;
    this.#commits = 0;
    this.#dead = false;
    this.#interrupt = new AbortController();
    this.#faults = new Map();
  }

  /** Around each commit of a ledger of this world. */
  #commit(work: () => unknown): unknown {
    this.#commits += 1;
    const { dies } = this.#fate;
    const isIt = dies?.at === 'commit' && dies.nth === this.#commits;
    if (isIt && dies.when === 'before') this.#die();
    const done = work();
    if (isIt && dies.when === 'after') this.#die();
    return done;
  }

  #arrived(): Fault | undefined {
    if (this.#dead) return { kind: 'reset-before', ms: 0 };
    this.#requests += 1;
    const { dies, faults, interrupted } = this.#fate;
    if (interrupted === this.#requests) this.#interrupt.abort('SIGINT');
    if (dies?.at === 'request' && dies.nth === this.#requests && dies.when === 'before') {
      this.#die();
      return { kind: 'reset-before', ms: 0 };
    }
    const fault = faults?.(this.#requests);
    if (fault !== undefined) this.#faults.set(this.#requests, fault.kind);
    return fault;
  }

  #answer(request: FakeRequest): ReturnType<Fake['answer']> {
    this.#applied(request);
    this.#heard.push(request);
    const answer = this.#fake?.answer(request);
    if (answer === undefined) throw new Error(`${this.vendor.id} has no fake`);
    const { dies } = this.#fate;
    if (dies?.at === 'request' && dies.nth === this.#requests && dies.when === 'after') this.#die();
    return answer;
  }

  #die(): void {
    if (this.#dead) return;
    rmSync(this.#saved, { recursive: true, force: true });
    copyFolder(this.folder, this.#saved);
    this.#dead = true;
    this.#interrupt.abort('SIGINT');
  }
}

/** The process that died is another than this one, which goes on. */
function buryHolder(ledger: string): void {
  if (!existsSync(ledger)) return;
  const db = new Libsql(ledger);
  if (db.prepare(`select 1 from sqlite_master where name = 'holders'`).get() !== undefined)
    db.exec(`update holders set token = 'died', born = born || '0'`);
  db.close();
}

function copyFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from))
    if (!GONE_WITH_THE_PROCESS.test(name)) copyFileSync(join(from, name), join(to, name));
}

/** Around the commits of the command that runs. */
let commits = (work: () => unknown): unknown => work();
let nextPid = FIRST_PID;

/** Each command has a process id of its own, which nobody has once it has ended. */
async function asAnotherProcess<T>(work: () => Promise<T>): Promise<T> {
  const own = Object.getOwnPropertyDescriptor(process, 'pid') ?? { value: process.pid };
  Object.defineProperty(process, 'pid', { ...own, value: nextPid });
  nextPid += 1;
  try {
    return await work();
  } finally {
    Object.defineProperty(process, 'pid', own);
  }
}

/** Nobody waits longer than an answer takes here, and it is as late afterwards as if he had. */
function passTimeAtOnce(): void {
  let passed = 0;
  const { now, elapsed } = REAL_CLOCK;
  Object.assign(systemClock, {
    now: () => Math.floor(now() + passed),
    elapsed: () => elapsed() + passed,
    sleep: async (ms: number, signal?: AbortSignal) => {
      const began = elapsed();
      await REAL_CLOCK.sleep(Math.min(ms, LONGEST_WAIT_MS), signal);
      if (signal?.aborted !== true) passed += Math.max(0, ms - (elapsed() - began));
    },
  });
}

const LONGEST_WAIT_MS = 5;
const REAL_CLOCK = { ...systemClock };

let watching = false;

/** As die-at.mjs meets them: by the statement. */
function watchCommits(): void {
  if (watching) return;
  watching = true;
  const { prototype } = createRequire(import.meta.url)('libsql') as {
    prototype: { exec: (this: unknown, sql: string) => unknown };
  };
  const { exec } = prototype;
  prototype.exec = function (sql) {
    const work = (): unknown => exec.call(this, sql);
    return /^commit/i.test(sql) ? commits(work) : work();
  };
}
