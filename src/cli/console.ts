import { Chalk, supportsColorStderr, type ChalkInstance } from 'chalk';
import type { FileProblem } from '../core/ports.js';
import type { Redact } from '../io/secrets.js';

/** A mistake in how revsync was called or configured; nothing was sent. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Control characters, and those that turn the direction of what follows. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const CONTROLS = new RegExp(CONTROL, 'g');
/** The colours of `Console.paint` and line ends; else a control character. */
const LINES = new RegExp(`(\\u001b\\[(?:1|22|31|32|33|39)m|\\n)|${CONTROL.source}`, 'g');

/**
 * Text from a file, its name or a vendor as one line of text: a control character in it could rewrite the
 * terminal, and a line end could pass for a line of revsync's own.
 */
export function plain(text: string): string {
  return text.replace(CONTROLS, pictured);
}

/** What is wrong with a file, and on which line of it. */
export function problemText(input: string, { line, message }: FileProblem): string {
  return `${input}${line === undefined ? '' : `:${line}`}: ${message}`;
}

/** U+2400 and on are pictures of the control characters. */
function pictured(control: string): string {
  const code = control.charCodeAt(0);
  if (code === 0x7f) return '\u2421';
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\ufffd';
}

/** Lines that may be painted, with nothing else in them that a terminal would act on. */
export function plainLines(text: string): string {
  return text.replace(LINES, (found, own?: string) => own ?? pictured(found));
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
