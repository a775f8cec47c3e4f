import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { err, ok, type Result } from '../core/result.js';
import { followed, isDescriptor } from './place.js';
import { StreamFile } from './stream-file.js';
import { removeLeftovers, temporaryFor } from './temporary.js';
import { isShared } from './ledger-address.js';

export interface NewFile {
  readonly path: string;
  /** What the file is, such as `results`: problems begin with it. */
  readonly what: string;
  /** How it begins, if not with nothing. */
  readonly beginning?: string;
  /** The file whose cells it repeats. */
  readonly source?: string | undefined;
  /** Other files that are read. */
  readonly kept?: readonly string[];
  /** The option that names another place; `--out` where absent. */
  readonly option?: string;
  /** Nobody but its owner may read it. */
  readonly isPrivate?: true;
  /** Somebody named this path: what it links to is written, and the link stays. Otherwise the file takes a link's place. */
  readonly isNamed?: boolean;
  /** Ends the wait for who reads a pipe. */
  readonly interrupt?: AbortSignal | undefined;
}

/** What is written until a file is whole, and where it goes then. */
interface Partial {
  /** Undefined before the first word: a process that dies then leaves no empty file. */
  fd: number | undefined;
  readonly temporary: string;
  readonly target: string;
  readonly mode: number;
  /** The mode of the file that it replaces. */
  readonly replaced: number | undefined;
}

/**
 * A file under way: written beside its place under a name of its own, synced and renamed, so that there is
 * never half a file. A device or pipe is written as it is.
 */
export class AtomicFile {
  readonly #file: NewFile;
  readonly #to: Partial | StreamFile;
  #ended = false;

  private constructor(file: NewFile, to: Partial | StreamFile) {
    this.#file = file;
    this.#to = to;
  }

  /**
   * Opens the file and writes how it begins, so that a place that cannot be written is known in time. It has
   * the mode of the file it replaces, else it is at most as open as its source.
   */
  static open(file: NewFile): Result<AtomicFile, string> {
    const { path, what, option = '--out', beginning = '', interrupt, isNamed = true } = file;
    try {
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats?.isDirectory() === true)
        return err(`${what} ${path}: is a folder; name a file with ${option}`);
      const target = isNamed ? followed(path) : path;
      const isStream = stats !== undefined && (!stats.isFile() || isDescriptor(target));
      const to = isStream ? new StreamFile(path, beginning, interrupt) : openPartial(target, file);
      return ok(new AtomicFile(file, to));
    } catch (error) {
      return err(`${what} ${path}: ${unwritable(error, option)}`);
    }
  }

  get path(): string {
    return this.#file.path;
  }

  /** Writes on. Where it cannot, nothing is left behind. */
  async write(text: string): Promise<Result<void, string>> {
    try {
      return ok(await this.#write(text));
    } catch (error) {
      return this.#failed(error);
    }
  }

  /** Writes the rest, which may still be being made, and puts the file in its place. */
  async finish(texts: Iterable<string> | AsyncIterable<string> = []): Promise<Result<void, string>> {
    const to = this.#to;
    try {
      for await (const text of texts) await this.#write(text);
      if (to instanceof StreamFile) await to.write('');
      else fsyncSync(opened(to));
      this.#close();
      return ok(to instanceof StreamFile ? undefined : renameSync(to.temporary, to.target));
    } catch (error) {
      return this.#failed(error);
    }
  }

  async #write(text: string): Promise<void> {
    if (this.#to instanceof StreamFile) await this.#to.write(text);
    else writeAll(opened(this.#to), text);
  }

  #failed(error: unknown): Result<never, string> {
    this.discard();
    const { path, what, option } = this.#file;
    return err(`${what} ${path}: ${unwritable(error, option)}`);
  }

  /** Leaves nothing behind; a file that is in its place stays there. */
  discard(): void {
    if (!this.#ended) this.#close();
    if (!(this.#to instanceof StreamFile)) rmSync(this.#to.temporary, { force: true });
  }

  #close(): void {
    this.#ended = true;
    if (this.#to instanceof StreamFile) this.#to.close();
    else if (this.#to.fd !== undefined) closeSync(this.#to.fd);
  }
}

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
}

/** A file that was not there before: writing never goes through a link that lies in its place. */
function openPartial(target: string, { source, kept = [], beginning = '', isPrivate }: NewFile): Partial {
  const replaced = isPrivate === true ? undefined : modeOf(target);
  const others = replaced ?? (source === undefined ? undefined : modeOfSource(source)) ?? 0o666;
  const open = isPrivate === true ? 0 : others;
  removeLeftovers(target, source === undefined ? kept : [source, ...kept]);
  const temporary = temporaryFor(target);
  const file: Partial = { fd: undefined, temporary, target, mode: open | 0o600, replaced };
  const fd = opened(file);
  try {
    writeAll(fd, beginning);
    if (beginning !== '') return file;
  } catch (error) {
    closeSync(fd);
    rmSync(temporary, { force: true });
    throw error;
  }
  closeSync(fd);
  rmSync(temporary);
  return { ...file, fd: undefined };
}

/** A file that was not there before, or as it was opened then. */
function opened(file: Partial): number {
  if (file.fd !== undefined) return file.fd;
  file.fd = openSync(file.temporary, 'wx', file.mode);
  if (file.replaced !== undefined) fchmodSync(file.fd, file.replaced);
  return file.fd;
}

/** Books in a database are for those alone who may open them, as those in a file are. */
function modeOfSource(source: string): number | undefined {
  return isShared(source) ? 0o600 : modeOf(source);
}

function modeOf(path: string): number | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true ? stats.mode & 0o666 : undefined;
}

function unwritable(error: unknown, option = '--out'): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EFBIG':
    case 'EDQUOT':
      return `no more may be written there; raise the limit or choose another place with ${option}`;
    case 'ENOSPC':
      return `the disk is full; make room or choose another place with ${option}`;
    case 'ENOENT':
      return `its folder does not exist; make it or choose another place with ${option}`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `may not be written; choose another place with ${option}`;
    case 'EPIPE':
      return 'its reader has gone';
    case 'EISDIR':
      return `is a folder; name a file with ${option}`;
    default:
      return message;
  }
}
