import type { FileProblem } from '../core/ports.js';
import { pictured } from '../core/text.js';
import type { Redact } from '../io/redact.js';
import { EXIT } from './exit-codes.js';
import type { Host, OutputStream } from './host.js';
import type { ProblemCode } from './problems.js';

/** Text in a style, or as it is where there are no colours. */
export type Paint = Readonly<Record<'bold' | 'green' | 'yellow' | 'red', (text: string) => string>>;

/** Mistakes in how revsync was called or configured, of one kind; nothing was sent. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly problems: readonly string[];
  readonly code: ProblemCode;

  constructor(problems: string | readonly string[], code: ProblemCode = 'usage') {
    super([problems].flat().join('\n'));
    this.problems = [problems].flat();
    this.code = code;
  }
}

/** A file that says something else than it should. Exit code 3. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly code: ProblemCode = 'file_refused';
}

/** The messages that hold, in their order. */
export function problemsOf(holds: Readonly<Record<string, boolean>>): string[] {
  return Object.keys(holds).filter((message) => holds[message] === true);
}

/** All of them at once, a line each; none are no mistake. */
export function throwProblems(problems: readonly string[]): void {
  if (problems.length > 0) throw new UsageError(problems);
}

/** stderr for people and stdout for what was asked for. A reader that went away is not an error. */
export class Console {
  readonly paint: Paint;
  readonly interactive: boolean;
  redact: Redact = (text) => text;
  readonly #host: Host;
  #line = '';

  constructor(host: Host, paint: Paint = PLAIN) {
    this.#host = host;
    this.paint = paint;
    this.interactive = host.stderr.isTTY === true && host.env['TERM'] !== 'dumb';
    if (HEARD.has(host.stderr)) return;
    HEARD.add(host.stderr);
    // What was done does not depend on who is told of it: what cannot be said is lost. What was asked for is not.
    host.stderr.on('error', () => undefined);
    host.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') LOST.set(host.stdout, error);
    });
  }

  /** In colours where `--color` says so or, without it, a terminal shows them; what paints is loaded only then. */
  static async open(host: Host, color: boolean | undefined): Promise<Console> {
    if (!(color ?? showsColors(host))) return new Console(host);
    const { Chalk } = await import('chalk');
    return new Console(host, new Chalk({ level: 1 }));
  }

  /** One or more lines on stderr. */
  say(text: string): void {
    this.#erase();
    this.#write(`${plainLines(this.redact(text))}\n`);
    if (this.#line !== '') this.#write(this.#line);
  }

  /** Of a log: `text` for people, or an object with the `data` of the event. */
  log(
    { logFormat }: { readonly logFormat: 'text' | 'json' },
    event: string,
    text: string,
    data: object,
  ): void {
    const at = new Date().toISOString();
    this.say(logFormat === 'json' ? JSON.stringify({ at, event, ...data }) : plain(text));
  }

  /** The line at the bottom that is written over, the first of these that has room; only on a terminal. */
  status(...texts: readonly string[]): void {
    if (!this.interactive) return;
    const { columns = 0 } = this.#host.stderr;
    const width = columns > 0 ? columns - 1 : 79;
    this.#erase();
    this.#line = texts.map(this.redact).find((text) => text.length <= width) ?? '';
    if (this.#line !== '') this.#write(this.#line);
  }

  /** What was asked for, on stdout. Waits for a slow reader; false once the reader has gone. */
  async print(text: string): Promise<boolean> {
    return this.#put(this.redact(text));
  }

  /**
   * How a command ends, with its exit code: `text` for people, unless `--quiet` and all is well, and the object of
   * `--json`.
   */
  async conclude(
    exitCode: number,
    { quiet, json }: { readonly quiet?: true | undefined; readonly json?: true | undefined },
    text: string,
    data: object,
  ): Promise<number> {
    if (quiet !== true || exitCode !== EXIT.done) this.say(text);
    if (json === true) await this.printJson(data);
    return exitCode;
  }

  /** The one object, or list, of `--json`. */
  async printJson(data: object): Promise<void> {
    ANSWERED.add(this.#host.stdout);
    const clean = (_: string, value: unknown): unknown =>
      typeof value === 'string' ? this.redact(value) : value;
    await this.#put(`${JSON.stringify(data, clean)}\n`);
  }

  async #put(text: string): Promise<boolean> {
    const { stdout } = this.#host;
    if (stdout.destroyed || stdout.writableEnded) return false;
    return new Promise((resolve) => stdout.write(text, (error) => resolve(error == null)));
  }

  #erase(): void {
    if (this.#line !== '') this.#write('\r\u001b[2K');
  }

  #write(text: string): void {
    const { stderr } = this.#host;
    if (!stderr.destroyed) stderr.write(text);
  }
}

/** Streams of errors that somebody listens to; they come with the other one. */
const HEARD = new WeakSet<OutputStream>();

/** Streams that took less than was asked for, though their reader was there. */
const LOST = new WeakMap<OutputStream, Error>();

/** Why standard output has not all that was printed; a reader that went away wanted no more. */
export function lostOutput({ stdout }: Host): Error | undefined {
  return LOST.get(stdout);
}

/** Streams that have the object of `--json`. */
const ANSWERED = new WeakSet<OutputStream>();

/** Whether that was printed. */
export function isAnswered({ stdout }: Host): boolean {
  return ANSWERED.has(stdout);
}

const asItIs = (text: string): string => text;
const PLAIN: Paint = { bold: asItIs, green: asItIs, yellow: asItIs, red: asItIs };

/** Where neither `--color` nor `--no-color` says so: NO_COLOR and FORCE_COLOR do, else the terminal. */
function showsColors({ env, stderr }: Host): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced === '' || forced === 'true' || Number.parseInt(forced, 10) > 0;
  return stderr.isTTY === true && stderr.hasColors?.(env) === true;
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

/** Lines that may be painted, with nothing else in them that a terminal would act on. */
export function plainLines(text: string): string {
  return text.replace(LINES, (found, own?: string) => own ?? pictured(found));
}
