import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { identityOf } from './place.js';
import { bootId, isRunning, pidSpace } from './processes.js';

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
    if (pid === undefined || isRunning(Number(pid))) continue;
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

let known: string | undefined;

/** Where process numbers mean what they do here: this machine since it was started, and the container on it. */
function machine(): string {
  known ??= createHash('sha256')
    .update([hostname(), bootId(), pidSpace()].join('\n'))
    .digest('hex')
    .slice(0, 8);
  return known;
}
