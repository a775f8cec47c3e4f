import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { identityOf } from './place.js';

const ENDING = '.partial';

/** A name beside `path` that no other file under way has; it says which process of which machine made it. */
export function temporaryFor(path: string): string {
  return `${path}.${machine()}-${process.pid}-${randomBytes(4).toString('hex')}${ENDING}`;
}

/**
 * Removes what processes that died left behind on the way to `path`. One that may be at work, here or elsewhere, keeps
 * its file, and so does one that is among `kept`.
 */
export function removeLeftovers(path: string, kept: readonly string[]): void {
  const folder = dirname(path);
  const start = `${basename(path)}.${machine()}-`;
  const pattern = /^(\d+)-[0-9a-f]{8}$/;
  for (const name of namesIn(folder)) {
    if (!name.startsWith(start) || !name.endsWith(ENDING)) continue;
    const [, pid] = pattern.exec(name.slice(start.length, -ENDING.length)) ?? [];
    const left = join(folder, name);
    if (pid === undefined || isAlive(Number(pid))) continue;
    const identity = identityOf(left);
    if (!kept.some((file) => identityOf(file) === identity)) rmSync(left, { force: true });
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

let known: string | undefined;

/** Where process numbers mean what they do here: this machine since it was started, and the container on it. */
function machine(): string {
  known ??= createHash('sha256')
    .update([hostname(), read('boot_id'), namespace()].join('\n'))
    .digest('hex')
    .slice(0, 8);
  return known;
}

function read(name: string): string {
  try {
    return readFileSync(`/proc/sys/kernel/random/${name}`, 'utf8');
  } catch {
    return '';
  }
}

function namespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
