import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { onTestFinished } from 'vitest';
import { main } from '../../src/cli/main.js';
import { isShared } from '../../src/io/ledger-address.js';
import { wantsJson } from '../../src/cli/problems.js';
import { CREDENTIALS } from './credentials.js';
import { testHost } from './host.js';
import { expectOutput } from './output-schema.js';

export const BIN = fileURLToPath(new URL('../../bin/revsync.js', import.meta.url));
export const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
}

/** A folder of its own with a ledger and a credential, removed after the test. */
export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), 'revsync-test-'));
  ledger = join(this.folder, 'state', 'ledger.db');
  readonly token = CREDENTIALS.CONVOSO_AUTH_TOKEN;
  env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    REVSYNC_LEDGER: this.ledger,
    ...CREDENTIALS,
  };

  /** A concurrent test gives the hook of its own context. */
  constructor(finished: (clean: () => void) => void = onTestFinished) {
    finished(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, content: string | Buffer): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  /** Files that are not whole and in their place yet, by the names they will have. */
  partial(): string[] {
    const ends = readdirSync(this.folder).filter((name) => name.endsWith('.partial'));
    return ends.map((name) => name.replace(/\.[0-9a-f]+-\d+-[0-9a-f]+\.partial$/, ''));
  }

  /** The records of a results file by column name. */
  rows(name: string): Record<string, string>[] {
    return records(this.read(name));
  }

  start(...args: string[]): Running {
    return startRevsync(args, this.folder, this.env);
  }

  /** Any program, in the folder. */
  spawn(program: string, args: readonly string[]): Running {
    return startProgram(program, args, this.folder, this.env);
  }

  /** Runs the command within this process, with nothing on standard input. */
  run(...args: string[]): Promise<Ended> {
    return this.feed('', ...args);
  }

  /** Like `run`, with `input` on standard input. */
  feed(input: string | Buffer, ...args: string[]): Promise<Ended> {
    return runRevsync(args, this.folder, this.env, input);
  }

  /** Like `run`, bound by the permissions of files even for the superuser. */
  async runBound(...args: string[]): Promise<Ended> {
    if (process.getuid?.() !== 0) return this.start(...args).ended;
    const bound = ['--bounding-set', '-dac_override,-dac_read_search', process.execPath, BIN];
    return this.spawn('setpriv', [...bound, ...toNewLedger(args, this.env)]).ended;
  }
}

/**
 * A test's first push or pull is meant: its ledger's folder is there, and a vendor that would bill again is told so.
 * Tests that are about that have other ledgers, or say `--new-ledger`.
 */
function toNewLedger(args: readonly string[], env: Readonly<Record<string, string>>): readonly string[] {
  if (isShared(env['REVSYNC_LEDGER'] ?? '')) return args;
  if (['push', 'pull', 'doctor', 'explain'].includes(args[0] ?? ''))
    mkdirSync(dirname(env['REVSYNC_LEDGER'] ?? '/'), { recursive: true });
  const isFirst = args[0] === 'push' && args.includes('tldcrm') && !existsSync(env['REVSYNC_LEDGER'] ?? '/');
  const isAsked = ['--dry-run', '--sandbox', '--ledger', '--new-ledger'].some((option) =>
    args.includes(option),
  );
  return isFirst && !isAsked ? ['push', '--new-ledger', ...args.slice(1)] : args;
}

/** Runs a command as a process would, within this one; in a process where Node itself is told something. */
export async function runRevsync(
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
  input: string | Buffer = '',
): Promise<Ended> {
  if (Object.keys(env).some((name) => name.startsWith('NODE_'))) {
    const running = startRevsync(args, folder, env);
    running.process.stdin.end(input);
    return running.ended;
  }
  const host = testHost({ env, cwd: folder });
  host.stdin.end(input);
  const code = await main({ ...host, argv: toNewLedger(args, env) }).catch((error: unknown) => {
    host.stderr.write(error instanceof Error ? `${error.stack}\n` : String(error));
    return 1;
  });
  const { text: stdout } = host.stdout;
  if (wantsJson(args)) expectOutput(args, code, stdout);
  return { code, signal: null, stdout, stderr: host.stderr.text };
}

/** The program as a process, in that folder and with that environment alone. */
export function startRevsync(
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
): Running {
  return startProgram(process.execPath, [BIN, ...toNewLedger(args, env)], folder, env);
}

function startProgram(
  program: string,
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
): Running {
  const child = spawn(program, args, { cwd: folder, env });
  const out = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (out.stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...out }));
  });
  return { process: child, ended };
}

/** What was said, but for the line about a first push. */
export function afterNews(stderr: string): string {
  return stderr.replace(/^(new ledger|first push to) .*\n/gm, '');
}

export function records(text: string): Record<string, string>[] {
  return parse<Record<string, string>>(text, { columns: true });
}

/** A sales file: `[call id, amount]` lines. */
export function sales(lines: readonly (readonly [string, string])[]): string {
  return `call_log_id,revenue\n${lines.map((line) => line.join(',')).join('\n')}\n`;
}

/** `count` sales with ids from `1000001` and different amounts. */
export function manySales(count: number): string {
  return sales(Array.from({ length: count }, (_, index) => [String(1_000_001 + index), `${index % 500}.25`]));
}
