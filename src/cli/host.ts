import { resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Person } from '../core/plans.js';
import type { Environment } from '../io/secrets.js';

/** Where a command reads from: the process's standard input, or what a test hands in. */
type InputStream = Readable & { readonly isTTY?: boolean };

/** Where a command writes to; the last three as a terminal has them. */
export type OutputStream = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly hasColors?: (env?: object) => boolean;
};

/** All that a command sees of what it runs in. Nothing else in src/cli looks at the process, so that many can run in one. */
export interface Host {
  /** What was typed after the program's name. */
  readonly argv: readonly string[];
  /** The file that is run as the program, as it was called; undefined where there is none. */
  readonly script: string | undefined;
  readonly env: Environment;
  /** The folder that paths are relative to, absolute. */
  readonly cwd: string;
  /** The present in epoch milliseconds, from which no time of a sale is far. */
  readonly now: () => number;
  /** Whom the command works for. */
  readonly person: () => Promise<Person>;
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /**
   * Aborted where the command is to end in good order; the reason is one of `INTERRUPTS`. A command that asks for
   * it heeds it; one that never does may be ended at once.
   */
  readonly signal: AbortSignal;
}

/** The absolute path of a file that somebody named; `-` stays. */
export function pathOf({ cwd }: Pick<Host, 'cwd'>, name: string): string {
  return name === '-' ? name : resolve(cwd, name);
}
