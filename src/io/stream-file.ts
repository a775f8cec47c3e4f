import { closeSync, constants, openSync, statSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const { O_APPEND, O_NONBLOCK, O_WRONLY } = constants;
/** How often it is looked whether more can be written. */
const LOOK_MS = 20;
/** How long a reader may take for nothing once the command is to end. */
const GRACE_MS = 1000;

/**
 * A device or a pipe, written as it is. Nothing that is written holds up the process: a pipe that nobody reads is waited
 * for, until the interrupt.
 */
export class StreamFile {
  readonly #path: string;
  readonly #interrupt: AbortSignal | undefined;
  #fd: number | undefined;
  #rest = Buffer.alloc(0);

  /** Throws where it may not be written. What cannot be written of `beginning` yet comes before the next text. */
  constructor(path: string, beginning: string, interrupt: AbortSignal | undefined) {
    this.#path = path;
    this.#interrupt = interrupt;
    this.#rest = Buffer.from(beginning);
    this.#writeSome();
  }

  async write(text: string): Promise<void> {
    this.#rest = Buffer.concat([this.#rest, Buffer.from(text)]);
    for (let moved = performance.now(); ;) {
      if (this.#writeSome() > 0) moved = performance.now();
      if (this.#fd !== undefined && this.#rest.length === 0) return;
      if (this.#interrupt?.aborted === true && performance.now() - moved > GRACE_MS)
        throw new Error('nobody reads the pipe');
      await sleep(LOOK_MS);
    }
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** So many bytes as go without waiting. */
  #writeSome(): number {
    this.#fd ??= opened(this.#path);
    let done = 0;
    try {
      while (this.#fd !== undefined && done < this.#rest.length)
        done += writeSync(this.#fd, this.#rest, done);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
    this.#rest = this.#rest.subarray(done);
    return done;
  }
}

/** Undefined where it is a pipe that has no reader yet. */
function opened(path: string): number | undefined {
  try {
    return openSync(path, O_WRONLY | O_APPEND | O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENXIO' && statSync(path).isFIFO()) return undefined;
    throw error;
  }
}
