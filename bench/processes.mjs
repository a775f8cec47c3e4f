// Every process of a benchmark is started here, timed from its start to its end, and ended with it.
import { fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const SAMPLE_MS = 20;
const MOST_TEXT = 100_000;
const SERVER = fileURLToPath(new URL('server.mjs', import.meta.url));
const REPORT_SERVER = fileURLToPath(new URL('report-server.mjs', import.meta.url));
/** What a shell makes of SIGKILL. */
const KILLED = 137;

/** Something could not be run, or had not done its work; the message says which and how. */
export class Failed extends Error {
  name = 'Failed';
}

/** Each leads a process group, with which it is ended: xargs has children of its own. */
const alive = new Set();

export function endAll() {
  for (const child of alive) {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has just ended by itself.
    }
  }
}

function started(child) {
  if (child.pid === undefined) return child;
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  return child;
}

/** Runs the rest of its words, and then writes to descriptor 3 which CPU time they and their children took. */
const COUNTED = ['-c', 'TIMEFORMAT=\'%3U %3S\'; exec 4>&2 2>&3; time "$@" 2>&4 3>&- 4>&-', 'bash'];
const HAS_BASH = spawnSync('bash', ['-c', 'true']).status === 0;
/** What calls itself `#!/usr/bin/env node` runs with the same Node as the benchmarks. */
const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);

/**
 * Runs a program to its end. `seconds` by the wall clock, from before it is started; `cpuSeconds`, that of all its
 * threads and children, undefined where there is no bash to count it; `peakMb`, the most memory it held at a sample,
 * or undefined where the system does not tell; `endedAt` in milliseconds of `hrtime`. Throws `Failed` where it cannot
 * be started or does not exit with `code`, with what it said last. `stdin` is a file descriptor; `endWhen` a promise
 * after which the program is killed, which is then its end.
 */
export async function timed(program, args, { cwd, env = {}, stdin = 'ignore', endWhen }) {
  const began = performance.now();
  const words = HAS_BASH ? ['bash', ...COUNTED, program, ...args] : [program, ...args];
  const child = started(
    spawn(words[0], words.slice(1), {
      cwd,
      env: { PATH, ...env },
      stdio: [stdin, 'pipe', 'pipe', 'pipe'],
      detached: true,
    }),
  );
  const reading = { seconds: 0, cpuSeconds: undefined, peakMb: undefined, stdout: '', stderr: '' };
  const told = { 1: '', 2: '', 3: '' };
  for (const number of [1, 2, 3])
    child.stdio[number]
      ?.setEncoding('utf8')
      .on('data', (text) => (told[number] = (told[number] + text).slice(-MOST_TEXT)));
  const sampling = setInterval(() => (reading.peakMb = peakOf(child.pid) ?? reading.peakMb), SAMPLE_MS);
  child.once('exit', () => {
    reading.seconds = (performance.now() - began) / 1000;
    reading.endedAt = now();
  });
  endWhen?.then(() => killCounted(child.pid));
  try {
    const [code, signal] = await once(child, 'close').catch((error) => {
      throw new Failed(`${program}: cannot be started: ${error.message}`);
    });
    Object.assign(reading, { stdout: told[1], stderr: told[2], cpuSeconds: cpuIn(told[3]) });
    const isDone = endWhen === undefined ? code === 0 : code === KILLED || signal === 'SIGKILL';
    if (isDone) return reading;
    const said = reading.stderr.trim().split('\n').slice(-5).join('\n');
    throw new Failed(`${program} ${args.join(' ')}: ended with ${code ?? signal}, wanted 0\n${said}`);
  } finally {
    clearInterval(sampling);
  }
}

/** The first line of what a tool says of itself, or undefined where it cannot be run. */
export async function told(program, ...args) {
  try {
    return (await timed(program, args, {})).stdout.split('\n')[0];
  } catch {
    return undefined;
  }
}

/** Milliseconds on the clock that all processes of a machine share. */
function now() {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** The program that a shell counts, while it runs; without a shell, it is the child itself. */
function countedPid(pid) {
  if (!HAS_BASH) return pid;
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')[0]) || undefined;
  } catch {
    return undefined;
  }
}

function killCounted(pid) {
  const counted = countedPid(pid);
  if (counted !== undefined) process.kill(counted, 'SIGKILL');
}

/** User and system seconds, as bash writes them last: of a program that was killed it says that before. */
function cpuIn(text) {
  const [, user, system] = /(\d+\.\d+) (\d+\.\d+)\n$/.exec(text) ?? [];
  return user === undefined ? undefined : Number(user) + Number(system);
}

/** In MB. */
function peakOf(pid) {
  try {
    const [, kilobytes] =
      /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${countedPid(pid)}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}

/** A program on each core that does nothing but that, until the benchmarks end. */
export function makeBusy() {
  for (const _ of cpus())
    started(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore', detached: true }));
}

/** A server as a child, its address, and what it is asked and answers over IPC. */
async function startChild(path) {
  const child = started(fork(path, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], detached: true }));
  const died = new Promise((_, reject) => {
    child.once('exit', (code, signal) => reject(new Failed(`the server has ended with ${code ?? signal}`)));
  });
  died.catch(() => undefined);
  const heard = async () => (await Promise.race([once(child, 'message'), died]))[0];
  const { port } = await heard();
  return {
    origin: `http://127.0.0.1:${port}`,
    ask: (message) => {
      child.send(message);
      return heard();
    },
    stop: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}

/**
 * The vendor. `reset` empties its books and says after how many milliseconds it answers and which request it is to
 * lose (0: none); `books` are as server.mjs tells them; `first` is heard when a request has come.
 */
export async function startServer() {
  const { origin, ask, stop } = await startChild(SERVER);
  return {
    origin,
    url: `${origin}/v1/revenue/update`,
    reset: (latencyMs, lose) => ask({ ask: 'reset', latencyMs, lose }),
    books: () => ask({ ask: 'books' }),
    first: () => ask({ ask: 'first' }),
    stop,
  };
}

/** The vendor's report, in which a network has as many rows as its number says. */
export async function startReports() {
  const { origin, stop } = await startChild(REPORT_SERVER);
  return { origin, stop };
}
