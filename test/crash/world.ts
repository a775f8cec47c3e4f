import { closeSync, mkdirSync, openSync, readSync, fstatSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAKES } from '../../src/sandbox/index.js';
import { CREDENTIALS } from '../support/credentials.js';
import { startRevsync, type Ended, type Running } from '../support/cli.js';
import type { DieAt } from './points.js';
import type { CrashVendor, Held } from './vendors.js';

const PRELOAD = new URL('die-at.mjs', import.meta.url).href;

/** Connections are cut after the request was applied; the other two turn requests away unprocessed. */
export const FAULTS = 'reset-after@7%,429=0@3%,503=0@3%';
const LATENCY_MS = 5;

/** A revsync process in a folder of its own with a ledger of its own, to be killed at an operation or not at all. */
export function revsync(folder: string, args: readonly string[], dieAt?: DieAt): Running {
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    REVSYNC_LEDGER: join(folder, 'ledger.db'),
    ...CREDENTIALS,
  };
  if (dieAt !== undefined) {
    env['NODE_OPTIONS'] = `--import ${PRELOAD}`;
    env['REVSYNC_DIE_AT'] = JSON.stringify(dieAt);
  }
  const running = startRevsync(args, folder, env);
  running.process.stdin.end();
  return running;
}

export function run(folder: string, ...args: string[]): Promise<Ended> {
  return revsync(folder, args).ended;
}

/** `revsync sandbox` as a process, which serves every vendor. */
export interface SandboxProcess {
  readonly url: string;
  /** The folder of its journals. */
  readonly books: string;
  close(): Promise<void>;
}

export async function startSandboxProcess(folder: string, faults: string): Promise<SandboxProcess> {
  const books = join(folder, 'books');
  mkdirSync(books, { recursive: true });
  const args = ['sandbox', '--books', books, '--latency', String(LATENCY_MS), '--faults', faults];
  const running = revsync(folder, args);
  const url = await new Promise<string>((resolve, reject) => {
    running.process.stdout.once('data', (text: string) => resolve(text.trim()));
    void running.ended.then(({ stderr }) => reject(new Error(`the sandbox ended: ${stderr}`)));
  });
  const close = async (): Promise<void> => {
    running.process.kill('SIGTERM');
    await running.ended;
  };
  return { url, books, close };
}

/** One vendor of a sandbox process, and its journal as it grows. */
export class World {
  readonly url: string;
  readonly #vendor: CrashVendor;
  readonly #journal: number;
  readonly #lines = new Map<number, string[]>();
  #read = 0;
  #rest = '';

  constructor(vendor: CrashVendor, { url, books }: SandboxProcess) {
    this.url = url;
    this.#vendor = vendor;
    this.#journal = openSync(join(books, `${vendor.id}.jsonl`), 'a+');
  }

  /**
   * What the books hold of one sales file: the lines of the journal that came from it, added up by the fake
   * vendor as it adds up its own. They are left in `folder` for a person to look at.
   */
  heldOf(place: number, folder: string): ReadonlyMap<string, Held> {
    this.#follow();
    const journal = join(folder, 'books.jsonl');
    writeFileSync(journal, (this.#lines.get(place) ?? []).map((line) => `${line}\n`).join(''));
    const books = FAKES.get(this.#vendor.id)?.({ journal }).books();
    return this.#vendor.held(books);
  }

  /** How often the vendor has written down something that came from one sales file. */
  writesOf(place: number): number {
    this.#follow();
    return this.#lines.get(place)?.length ?? 0;
  }

  /** The whole books as the process tells them, and the places of which they hold anything. */
  async wholeBooks(): Promise<{ held: ReadonlyMap<string, Held>; places: readonly number[] }> {
    const response = await fetch(`${this.url}/_sandbox/books`);
    const books = (await response.json()) as Record<string, unknown>;
    this.#follow();
    return { held: this.#vendor.held(books[this.#vendor.id]), places: [...this.#lines.keys()] };
  }

  close(): void {
    closeSync(this.#journal);
  }

  #follow(): void {
    const more = Buffer.alloc(fstatSync(this.#journal).size - this.#read);
    this.#read += readSync(this.#journal, more, 0, more.length, this.#read);
    const lines = (this.#rest + more.toString('utf8')).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const place = this.#vendor.placeOf(JSON.parse(line));
      const known = this.#lines.get(place);
      if (known === undefined) this.#lines.set(place, [line]);
      else known.push(line);
    }
  }
}
