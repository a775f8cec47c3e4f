import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { err, ok, type Result } from '../core/result.js';

interface NewFile {
  readonly path: string;
  /** What the file is, such as `results`: problems begin with it. */
  readonly what: string;
  /** How it begins, if not with nothing. */
  readonly beginning?: string;
  /** The file whose cells it repeats. */
  readonly source?: string | undefined;
  /** The option that names another place; `--out` where absent. */
  readonly option?: string;
}

/**
 * A file under way: written beside its place under a temporary name, synced and renamed, so that there is
 * never half a file. A device or pipe is written as it is.
 */
export class AtomicFile {
  readonly #file: NewFile;
  readonly #temporary: string;
  readonly #fd: number;
  #ended = false;

  private constructor(file: NewFile, temporary: string, fd: number) {
    this.#file = file;
    this.#temporary = temporary;
    this.#fd = fd;
  }

  /**
   * Opens the file and writes how it begins, so that a place that cannot be written is known in time. It has
   * the mode of the file it replaces, else it is at most as open as its source.
   */
  static open(file: NewFile): Result<AtomicFile, string> {
    const { path, what, beginning = '', source, option = '--out' } = file;
    const target = statSync(path, { throwIfNoEntry: false });
    if (target?.isDirectory() === true)
      return err(`${what} ${path}: is a folder; name a file with ${option}`);
    const temporary = target === undefined || target.isFile() ? `${path}.partial` : path;
    try {
      const fd = temporary === path ? openSync(path, 'w') : openFresh(temporary, path, source);
      const opened = new AtomicFile(file, temporary, fd);
      try {
        writeAll(fd, beginning);
      } catch (error) {
        opened.discard();
        throw error;
      }
      return ok(opened);
    } catch (error) {
      return err(`${what} ${path}: ${unwritable(error, option)}`);
    }
  }

  get path(): string {
    return this.#file.path;
  }

  /** Writes on. Where it cannot, nothing is left behind. */
  write(text: string): Result<void, string> {
    try {
      return ok(writeAll(this.#fd, text));
    } catch (error) {
      return this.#failed(error);
    }
  }

  /** Writes the rest, which may still be being made, and puts the file in its place. */
  async finish(texts: Iterable<string> | AsyncIterable<string> = []): Promise<Result<void, string>> {
    try {
      for await (const text of texts) writeAll(this.#fd, text);
      if (this.#isPartial) fsyncSync(this.#fd);
      this.#close();
      return ok(this.#isPartial ? renameSync(this.#temporary, this.path) : undefined);
    } catch (error) {
      return this.#failed(error);
    }
  }

  /** Whether it takes its place only when it is whole. */
  get #isPartial(): boolean {
    return this.#temporary !== this.path;
  }

  #failed(error: unknown): Result<never, string> {
    this.discard();
    const { path, what, option } = this.#file;
    return err(`${what} ${path}: ${unwritable(error, option)}`);
  }

  /** Leaves nothing behind; a file that is in its place stays there. */
  discard(): void {
    if (!this.#ended) this.#close();
    if (this.#isPartial) rmSync(this.#temporary, { force: true });
  }

  #close(): void {
    this.#ended = true;
    closeSync(this.#fd);
  }
}

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
}

/** A file that was not there before: writing never goes through a link that lies in its place. */
function openFresh(temporary: string, path: string, source: string | undefined): number {
  const replaced = modeOf(path);
  const open = replaced ?? (source === undefined ? undefined : modeOf(source)) ?? 0o666;
  rmSync(temporary, { force: true });
  const fd = openSync(temporary, 'wx', open | 0o600);
  if (replaced !== undefined) fchmodSync(fd, replaced);
  return fd;
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
    case 'EISDIR':
      return `is a folder; name a file with ${option}`;
    default:
      return message;
  }
}
