import { Chalk, supportsColorStderr, type ChalkInstance } from 'chalk';
import type { Redact } from '../io/secrets.js';
import { plainLines } from './plain-text.js';

/** A mistake in how revsync was called or configured; nothing was sent. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** stderr for people and stdout for what was asked for. A reader that went away is not an error. */
export class Console {
  readonly paint: ChalkInstance;
  readonly interactive: boolean;
  redact: Redact = (text) => text;
  #line = '';

  constructor(color: boolean | undefined) {
    this.paint = new Chalk({ level: colorLevel(color) });
    this.interactive = process.stderr.isTTY && process.env['TERM'] !== 'dumb';
    for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  }

  /** One or more lines on stderr. */
  say(text: string): void {
    this.#erase();
    this.#write(`${plainLines(this.redact(text))}\n`);
    if (this.#line !== '') this.#write(this.#line);
  }

  /** The line at the bottom that is written over; only on a terminal. */
  status(text: string): void {
    if (!this.interactive) return;
    const width = process.stderr.columns > 0 ? process.stderr.columns - 1 : 79;
    this.#erase();
    this.#line = this.redact(text).slice(0, width);
    if (this.#line !== '') this.#write(this.#line);
  }

  /** What was asked for, on stdout. Waits for a slow reader; false once the reader has gone. */
  async print(text: string): Promise<boolean> {
    const { stdout } = process;
    if (stdout.destroyed || stdout.writableEnded) return false;
    return new Promise((resolve) => stdout.write(this.redact(text), (error) => resolve(error == null)));
  }

  #erase(): void {
    if (this.#line !== '') this.#write('\r\u001b[2K');
  }

  #write(text: string): void {
    if (!process.stderr.destroyed) process.stderr.write(text);
  }
}

function colorLevel(color: boolean | undefined): 0 | 1 | 2 | 3 {
  if (color === false) return 0;
  if (color === true) return 1;
  if ((process.env['NO_COLOR'] ?? '') !== '') return 0;
  return supportsColorStderr === false ? 0 : supportsColorStderr.level;
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
}
