import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { VendorRequest } from '../core/vendor.js';
import { proxyOf } from './http/proxy.js';
import { HttpTransport } from './http/transport.js';
import type { Redact } from './redact.js';
import type { Environment } from './secrets.js';
import type { Notify } from './telling.js';

/** How long somebody who is told may take, and all of them together. */
export const TELLING_MS = 10_000;

/** Of what a command says. */
const MOST_OUTPUT = 64 * 1024;

type Command = NonNullable<Notify['command']>;

interface Call {
  readonly env: Environment;
  readonly cwd: string;
  readonly input: string;
  /** Gives it up: it and everything that it began are ended. */
  readonly signal: AbortSignal;
}

/** What a command said, on whichever of its outputs, and why it failed; undefined where it did not. */
interface Ran {
  readonly output: string;
  readonly failure: string | undefined;
}

/** Runs a command to its end: a text by the shell, a list as a program and its arguments. */
export async function runCommand(command: Command, call: Call): Promise<Ran> {
  try {
    return await run(command, call);
  } catch (error) {
    return { output: '', failure: (error as Error).message };
  }
}

async function run(command: Command, { env, cwd, input, signal }: Call): Promise<Ran> {
  const [program = '', ...args] = typeof command === 'string' ? [command] : command;
  // A group of its own, which can be ended as a whole.
  const own = { detached: process.platform !== 'win32', shell: typeof command === 'string' };
  const child = spawn(program, args, { ...own, env, cwd, stdio: 'pipe' });
  const kill = (): void => killGroup(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      if (output.length < MOST_OUTPUT) output += text;
    });
  // One that reads nothing is as good.
  child.stdin.on('error', () => undefined).end(input);
  process.on('exit', kill);
  if (signal.aborted) kill();
  else signal.addEventListener('abort', kill);
  const failure = await new Promise<string | undefined>((resolve) => {
    child.on('error', ({ message }) => resolve(message));
    child.on('close', (code, by) => resolve(code === 0 ? undefined : `it ended with ${code ?? by}`));
  });
  process.off('exit', kill);
  signal.removeEventListener('abort', kill);
  return { output: output.slice(0, MOST_OUTPUT), failure: signal.aborted ? GIVEN_UP : failure };
}

const GIVEN_UP = `no end within ${TELLING_MS / 1000} s`;

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    if (process.platform === 'win32') spawn('taskkill', ['/pid', `${pid}`, '/T', '/F']);
    else process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

interface Wire {
  readonly env: Environment;
  readonly redact: Redact;
  readonly signal: AbortSignal;
}

/**
 * Asks an address once, with a body of JSON or none; why it failed, undefined where it did not. Redirects are not
 * followed: what is told may be for nobody else.
 */
export async function ask(
  url: URL,
  body: Readonly<Record<string, unknown>> | undefined,
  { env, redact, signal }: Wire,
): Promise<string | undefined> {
  const proxy = proxyOf(url, env);
  if (!proxy.ok) return proxy.error;
  const transport = new HttpTransport({
    ...{ baseUrl: new URL(url.origin), connections: 1, timeoutMs: TELLING_MS, freshConnections: true },
    ...{ redact, env },
  });
  const request: VendorRequest = {
    method: body === undefined ? 'GET' : 'POST',
    path: `${url.pathname}${url.search}`,
    headers: {},
    body: body === undefined ? { kind: 'none' } : { kind: 'json', value: body },
  };
  try {
    const sent = transport.send(request, ({ status }) => status, signal);
    // A connection that is being made cannot be given up.
    const answer = await Promise.race([sent, aborted(signal)]);
    if (answer === undefined) return GIVEN_UP;
    const { outcome } = answer;
    if (typeof outcome !== 'number') return signal.aborted ? GIVEN_UP : outcome.message;
    if (outcome >= 300 && outcome < 400) return `it answered ${outcome}, and redirects are not followed`;
    return outcome >= 200 && outcome < 300 ? undefined : `it answered ${outcome}`;
  } finally {
    await transport.close();
  }
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted) await once(signal, 'abort');
  return undefined;
}
