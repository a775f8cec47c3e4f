import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { globSync, isDynamicPattern } from 'tinyglobby';
import { main } from '../../src/cli/main.js';
import { parseFaults } from '../../src/sandbox/faults.js';
import type { FakeRequest } from '../../src/sandbox/fake.js';
import { allFakes } from '../../src/sandbox/index.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.js';
import { VENDORS } from '../../src/vendors/index.js';
import { CREDENTIALS } from './credentials.js';
import { Captured, testHost } from './host.js';
import { shellCommands, type ShellCommand } from './shell-words.js';

/** The addresses that an example shows, and behind which a sandbox of its own answers. */
const ADDRESSES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(VENDORS.map(({ baseUrl }) => [baseUrl.env, baseUrl.default ?? ''])),
  TRACKDRIVE_BASE_URL: 'https://yours.trackdrive.example.com',
  TLDCRM_BASE_URL: 'https://yours.tldcrm.example.com',
};

/** Where an example is typed. */
const [WORK, HOME] = ['/srv/payroll', '/home/ann'];

/** When the vendors get what an example sends: the days that it asks them for are written down. */
const THAT_DAY = Date.parse('2026-11-30T12:00:00Z');

/** What an example may call beside revsync, and what it has been called for already. */
const PROGRAMS = ['cat', 'cp', 'mkdir', 'mv', 'rm', 'head'];
const DONE = ['npm', 'source', 'umask'];

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

export interface Said {
  readonly code: number;
  /** Both outputs, as a terminal shows them. */
  readonly text: string;
}

/** What an example meets that not every folder has. */
export interface Surroundings {
  readonly places?: readonly (readonly [shown: string, real: string])[];
  readonly programs?: Readonly<Record<string, (args: readonly string[]) => Promise<unknown>>>;
}

/** With what revsync is called. */
interface Called {
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  readonly script: string | undefined;
  readonly isServing: boolean;
}

/** An empty folder with credentials and vendors at hand, in which the lines of a page are typed one after the other. */
export class ExampleFolder {
  readonly #root = mkdtempSync(join(tmpdir(), 'revsync-page-'));
  readonly #env: Record<string, string> = {
    HOME,
    ...CREDENTIALS,
  };
  /** Shown and real, of folders and addresses. */
  readonly #places: (readonly [shown: string, real: string])[] = [
    [WORK, join(this.#root, 'work')],
    [HOME, join(this.#root, 'home')],
  ];
  readonly #closed: (() => Promise<unknown>)[] = [];
  #cwd = join(this.#root, 'work');
  #last = 0;
  #programs: NonNullable<Surroundings['programs']> = {};

  /** With what else there is, of places and of programs. */
  static async open({ places = [], programs = {} }: Surroundings = {}): Promise<ExampleFolder> {
    const folder = new ExampleFolder();
    folder.#places.push(...places);
    folder.#programs = programs;
    const begun = Date.now();
    mkdirSync(folder.#cwd);
    mkdirSync(join(folder.#root, 'home'));
    const fakes = allFakes(() => ({ known: undefined, journal: undefined })).map((fake) => ({
      ...fake,
      answer: (request: FakeRequest) => fake.answer({ ...request, at: request.at - begun + THAT_DAY }),
    }));
    for (const [name, shown] of Object.entries(ADDRESSES)) {
      const faults = parseFaults('');
      if (!faults.ok) throw new Error(faults.error);
      const server: Sandbox = await startSandbox({ fakes, port: 0, faults: faults.value, latencyMs: 0 });
      folder.#env[name] = shown;
      folder.#places.push([shown, server.url]);
      folder.#closed.push(() => server.close());
    }
    return folder;
  }

  async close(): Promise<void> {
    for (const close of this.#closed) await close();
    rmSync(this.#root, { recursive: true, force: true });
  }

  write(name: string, content: string | Buffer): void {
    const path = resolve(this.#cwd, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  /** Types a line. */
  async type(line: string): Promise<Said> {
    const screen = new Captured();
    let [input, then] = ['', ';'];
    const now = new Date().toISOString();
    for (const command of shellCommands(line.replace(/"\$\(date[^)]*\)"/g, now))) {
      if (then === '&&' && this.#last !== 0) break;
      input = await this.#run(command, then === '|' ? input : '', screen);
      then = command.then;
    }
    return { code: this.#last, text: this.#shown(screen.text) };
  }

  /** What it leaves for a program behind a pipe. */
  async #run(command: ShellCommand, input: string, screen: Captured): Promise<string> {
    const [first = '', ...more] = command.words.flatMap((word) => this.#expanded(word));
    const isNpx = first === 'npx';
    const [program = '', ...args] = isNpx ? more : [first, ...more];
    const env = { ...this.#env, ...command.env };
    const stdin = command.stdin === undefined ? input : readFileSync(this.#path(command.stdin), 'utf8');
    const isKept = command.stdout !== undefined || command.then === '|';
    const out = isKept ? new Captured() : screen;
    const error = command.stderr === undefined ? screen : new Captured();
    if (program === '' || program === 'export') {
      const set = program === '' ? Object.entries(command.env) : args.map((arg) => arg.split(/=(.*)/s));
      for (const [name = '', value = ''] of set) this.#env[name] = value;
      this.#last = 0;
    } else if (program === 'cd') {
      this.#cwd = this.#path(args[0] ?? HOME);
      this.#last = 0;
    } else if (program === 'echo') {
      out.write(`${args.join(' ').replace('$?', String(this.#last))}\n`);
      this.#last = 0;
    } else if (program in this.#programs) {
      await this.#programs[program]?.(args);
      this.#last = 0;
    } else if (DONE.includes(program)) this.#last = 0;
    else if (program === 'revsync') {
      const script = isNpx ? join(this.#root, '_npx', program) : undefined;
      this.#last = await this.#revsync(
        args,
        { env, stdin, script, isServing: command.then === '&' },
        out,
        error,
      );
    } else if (PROGRAMS.includes(program)) {
      const ended = spawnSync(program, args, { cwd: this.#cwd, input: stdin, encoding: 'utf8' });
      out.write(ended.stdout);
      error.write(ended.stderr);
      this.#last = ended.status ?? 1;
    } else throw new Error(`an example calls ${program}, which no test runs`);
    for (const [stream, to] of [
      [out, command.stdout],
      [error, command.stderr],
    ] as const)
      if (to !== undefined) (to.appends ? appendFileSync : writeFileSync)(this.#path(to.path), stream.text);
    return command.then === '|' ? out.text : '';
  }

  async #revsync(
    argv: readonly string[],
    { env, stdin, script, isServing }: Called,
    stdout: Captured,
    stderr: Captured,
  ): Promise<number> {
    const ending = new AbortController();
    const real = Object.entries(env).map(([name, value]) => [name, this.#real(value)]);
    const [port] = /^\d+$/.exec(argv[argv.indexOf('--port') + 1] ?? '') ?? [];
    const host = testHost({
      env: Object.fromEntries(real) as Record<string, string>,
      cwd: this.#cwd,
      signal: ending.signal,
    });
    host.stdin.end(stdin);
    const args = isServing ? argv.map((arg) => (arg === port ? '0' : arg)) : argv;
    const ended = main({ ...host, script, stdout, stderr, argv: args });
    if (!isServing) return ended;
    // What serves until it is stopped has said where by then.
    while (!stdout.text.includes('\n')) await Promise.race([once(stdout, 'drain'), pause()]);
    const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(stdout.text) ?? [];
    this.#places.push([`http://127.0.0.1:${port}`, url]);
    this.#closed.push(() => {
      ending.abort('SIGTERM');
      return ended;
    });
    return 0;
  }

  #expanded(word: string): string[] {
    const real = this.#real(word.startsWith('~/') ? `${HOME}${word.slice(1)}` : word);
    if (real.startsWith('fixtures/') && !existsSync(this.#path(real)))
      this.write(real, readFileSync(join(PROJECT, real)));
    if (!isDynamicPattern(real) || !/^[\w./*{},-]+$/.test(real)) return [real];
    const found = globSync(real, { cwd: this.#cwd }).sort();
    return found.length === 0 ? [real] : found;
  }

  #path(name: string): string {
    return resolve(this.#cwd, this.#real(name));
  }

  /** Longer ones first: an address may begin as another one does. */
  #real(text: string): string {
    return this.#swapped(text, ([shown, real]) => [shown, real]);
  }

  #shown(text: string): string {
    return this.#swapped(text, ([shown, real]) => [real, shown]);
  }

  #swapped(text: string, of: (place: readonly [string, string]) => readonly [string, string]): string {
    return this.#places
      .map(of)
      .sort(([left], [right]) => right.length - left.length)
      .reduce((done, [from, to]) => done.replaceAll(from, to), text);
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
