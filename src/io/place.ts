import { readlinkSync, realpathSync, statSync, type BigIntStats } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** What a process has open, by its number: a link that leads to no name of its own. */
const DESCRIPTOR = /^(?:\/proc\/[^/]+(?:\/task\/[^/]+)?|\/dev)\/fd\/\d+$/;
/** As many links as Linux follows. */
const MOST_LINKS = 40;

/** Whether the place, of `followed`, is what a process has open, whatever that is. */
export function isDescriptor(place: string): boolean {
  return DESCRIPTOR.test(place);
}

/** Where a path leads once its links are followed, also those to what is not there yet. */
export function followed(path: string): string {
  let at = path;
  for (let links = 0; links < MOST_LINKS; links += 1) {
    at = placedAt(at);
    const link = isDescriptor(at) ? undefined : attempt(() => readlinkSync(at));
    if (link === undefined) return at;
    at = resolve(dirname(at), link);
  }
  return at;
}

/** A path through no link but what its last name may be. */
export function placedAt(path: string): string {
  const named = resolve(path);
  return join(realFolder(dirname(named)), basename(named));
}

/**
 * What a path stands for, the same text for whatever names it: device and inode, or of what is not there yet those of
 * its folder, with the name. Undefined for a device, which many may write to.
 */
export function identityOf(path: string): string | undefined {
  const stats = statsOf(path);
  if (stats?.isCharacterDevice() === true) return undefined;
  if (stats !== undefined) return `${stats.dev}:${stats.ino}`;
  const place = followed(path);
  const folder = statsOf(dirname(place));
  return folder === undefined ? place : `${folder.dev}:${folder.ino}/${basename(place)}`;
}

function realFolder(folder: string): string {
  return attempt(() => realpathSync(folder)) ?? folder;
}

function statsOf(path: string): BigIntStats | undefined {
  return attempt(() => statSync(path, { bigint: true }));
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

/** A file that a command reads, or that it writes: an option, or the words that name it. */
export interface NamedFile {
  readonly name: string;
  /** Absolute; `-` and undefined stand for no file. */
  readonly path: string | undefined;
  /** What to do about it, where it is not to name another one. */
  readonly remedy?: string;
}

/** Files beside a ledger that are part of it. */
const BESIDE_LEDGER = ['-wal', '-shm', '-journal'];

/** A ledger, with the files beside it that are part of it. */
export function ledgerFiles(path: string): NamedFile[] {
  const own = followed(path);
  return [path, ...BESIDE_LEDGER.map((end) => `${own}${end}`)].map((path) => ({ name: 'the ledger', path }));
}

/** Of files that are written, those that are a file which is read or another one that is written, however it is named. */
export function clashes(reads: readonly NamedFile[], writes: readonly NamedFile[]): string[] {
  const readFiles = byIdentity(reads);
  const written = byIdentity(writes);
  const found = written.flatMap(([one, { name, remedy = 'name another file' }], index) => {
    const read = readFiles.find(([other]) => other === one)?.[1];
    if (read !== undefined) return [`${name} would overwrite ${read.name}; ${remedy}`];
    const twin = written.slice(0, index).find(([other]) => other === one)?.[1];
    if (twin === undefined || twin.name === name) return [];
    return [
      `${name} and ${twin.name} name one file; ${remedy === 'name another file' ? 'name another' : remedy}`,
    ];
  });
  return [...new Set(found)];
}

function byIdentity(files: readonly NamedFile[]): [string, NamedFile][] {
  return files.flatMap((file): [string, NamedFile][] => {
    const { path } = file;
    const identity = path === undefined || path === '-' ? undefined : identityOf(path);
    return identity === undefined ? [] : [[identity, file]];
  });
}
