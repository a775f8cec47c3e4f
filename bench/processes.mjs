// Every process of a benchmark is started here, timed from its start to its end, and ended with it.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SAMPLE_MS = 20;
const MOST_TEXT = 100_000;
const SERVER = fileURLToPath(new URL('server.mjs', import.meta.url));

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

/**
 * Runs a program to its end. `seconds` by the wall clock, from before it is started; `peakMb`, the most memory it
 * held at a sample, or undefined where the system does not tell. Throws `Failed` where it cannot be started or does
 * not exit with 0, with what it said last. `stdin` is a file descriptor.
 */
export async function timed(program, args, { cwd, env = {}, stdin = 'ignore' }) {
  const began = performance.now();
  const child = started(
    spawn(program, args, {
      cwd,
      env: { PATH: process.env.PATH, ...env },
      stdio: [stdin, 'pipe', 'pipe'],
      detached: true,
    }),
  );
  const reading = { seconds: 0, peakMb: undefined, stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'])
    child[name]
      .setEncoding('utf8')
      .on('data', (text) => (reading[name] = (reading[name] + text).slice(-MOST_TEXT)));
  const sampling = setInterval(() => (reading.peakMb = peakOf(child.pid) ?? reading.peakMb), SAMPLE_MS);
  child.once('exit', () => (reading.seconds = (performance.now() - began) / 1000));
  try {
    const [code, signal] = await once(child, 'close').catch((error) => {
      throw new Failed(`${program}: cannot be started: ${error.message}`);
    });
    if (code === 0) return reading;
    const said = reading.stderr.trim().split('\n').slice(-5).join('\n');
    throw new Failed(`${program} ${args.join(' ')}: ended with ${code ?? signal}, wanted 0\n${said}`);
  } finally {
    clearInterval(sampling);
  }
}

/** In MB. */
function peakOf(pid) {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}

/**
 * The vendor. `reset` empties its books and says after how many milliseconds it answers and which request it is to
 * lose (0: none); `books` are as server.mjs tells them.
 */
export async function startServer() {
  const child = started(fork(SERVER, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], detached: true }));
  const died = new Promise((_, reject) => {
    child.once('exit', (code, signal) => reject(new Failed(`the server has ended with ${code ?? signal}`)));
  });
  died.catch(() => undefined);
  const heard = async () => (await Promise.race([once(child, 'message'), died]))[0];
  const ask = (message) => {
    child.send(message);
    return heard();
  };
  const { port } = await heard();
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    url: `${origin}/v1/revenue/update`,
    reset: (latencyMs, lose) => ask({ ask: 'reset', latencyMs, lose }),
    books: () => ask({ ask: 'books' }),
    stop: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}
