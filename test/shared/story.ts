import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { main } from '../../src/cli/main.js';
import { Workspace } from '../support/cli.js';
import { testHost } from '../support/host.js';
import { vendorServer, type VendorServer } from '../support/vendor-server.js';

/** What is the same for every command of a story. */
export interface StoryOf {
  readonly vendor: string;
  /** Of the fake vendor. */
  readonly faults?: string;
  readonly latencyMs?: number;
}

/** A desk at which a story is played by one ledger, and what was said there. */
export class Story {
  readonly space = new Workspace();
  readonly vendor: string;
  readonly server: VendorServer<unknown>;
  readonly ledger: string;
  readonly #said: string[] = [];
  readonly #files = new Map<string, string>();
  readonly #runs = new Map<string, string>();

  private constructor(vendor: string, server: VendorServer<unknown>, ledger: string | undefined) {
    this.vendor = vendor;
    this.server = server;
    this.ledger = ledger ?? this.space.ledger;
    this.space.env = { ...this.space.env, REVSYNC_LEDGER: this.ledger };
    mkdirSync(dirname(this.space.ledger), { recursive: true });
  }

  /** By the ledger at that address, or a file. */
  static async begin(of: StoryOf, ledger: string | undefined): Promise<Story> {
    return new Story(of.vendor, await vendorServer(of.vendor, of), ledger);
  }

  get whom(): readonly string[] {
    return ['--vendor', this.vendor, '--base-url', this.server.url];
  }

  /** Options of a push: its rows go in their order. */
  get to(): readonly string[] {
    return [...this.whom, '--rate', '0', '--retries', '0', '--concurrency', '1', '--timeout', '1'];
  }

  /** A file that a command is given. */
  write(name: string, text: string): void {
    this.space.write(name, text);
    this.#files.set(name, text);
  }

  async tell(...argv: readonly string[]): Promise<number> {
    return this.tellAs('ann', ...argv);
  }

  /** Runs a command, and keeps all that it says and the files that it writes. */
  async tellAs(user: string, ...argv: readonly string[]): Promise<number> {
    const host = testHost({ env: this.space.env, cwd: this.space.folder, user, now: Date.now() });
    host.stdin.end('');
    let code: number;
    try {
      code = await main({ ...host, argv });
    } catch (error) {
      code = -1;
      host.stderr.write(error instanceof Error ? `${error.name}: ${error.message}\n` : String(error));
    }
    const text = `$ revsync ${argv.join(' ')}\n${host.stdout.text}${host.stderr.text}exit ${code}\n`;
    this.#said.push(this.#plain(`${text}${this.#written()}`));
    return code;
  }

  /** A process that pushes, until the vendor has had so many requests; once it counts as dead. */
  async killed(requests: number, ...argv: readonly string[]): Promise<void> {
    const running = this.space.start(...argv);
    while (this.server.requests() < requests) await new Promise((resolve) => setTimeout(resolve, 5));
    running.process.kill('SIGKILL');
    await running.ended;
    do await this.tell('runs', '--last', '1');
    while (/at work/.test(this.#said.pop() ?? ''));
  }

  /** The keys of a results file that have a status. */
  keys(name: string, status: string): string[] {
    const rows = this.space.rows(name).filter((row) => row['revsync_status'] === status);
    return rows.map((row) => row['revsync_key'] ?? '');
  }

  /** Files that are new or other than they were. */
  #written(): string {
    const { folder } = this.space;
    const names = readdirSync(folder).filter((name) => /\.(csv|json|jsonl)$/.test(name));
    return names
      .sort()
      .flatMap((name) => {
        const text = readFileSync(join(folder, name), 'utf8');
        if (this.#files.get(name) === text) return [];
        this.#files.set(name, text);
        return [`-> ${name}\n${text}`];
      })
      .join('');
  }

  /** Without what two ledgers, two folders and two moments cannot have in common. */
  #plain(text: string): string {
    return text
      .replaceAll(this.space.folder, 'FOLDER')
      .replaceAll(this.server.url, 'URL')
      .replaceAll(this.ledger.replace(this.space.folder, 'FOLDER'), 'LEDGER')
      .replace(/\brun-(\d+)/g, (_, run: string) => {
        const known = this.#runs.get(run) ?? `run-${this.#runs.size + 1}`;
        this.#runs.set(run, known);
        return known.replace('-', '_');
      })
      .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?/g, 'WHEN')
      .replace(
        /"(ledger|took_ms|ms|rows_per_second|seconds|duration_ms)": ("[0-9a-f]{16}"|[\d.]+)/g,
        '"$1": *',
      )
      .replace(/sha256:[0-9a-f]+/g, 'CHECKSUM')
      .replace(/\b\d+(\.\d+)? (ms|s)\b/g, 'TOOK')
      .replace(/[\d.]+ rows?\/s/g, 'PACE')
      .replace(/process \d+ on [\w-]+/g, 'PROCESS')
      .replace(/ {2,}/g, '  ')
      .replace(/-{3,}/g, '---');
  }

  /** The newest run that anything was said of. */
  get lastRun(): string {
    return `run-${Math.max(...[...this.#runs.keys()].map(Number))}`;
  }

  /** What was said, a text for each command. */
  get said(): readonly string[] {
    return this.#said;
  }

  exists(name: string): boolean {
    return existsSync(this.space.path(name));
  }
}
