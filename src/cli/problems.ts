import { CODES, type Code } from '../core/codes.js';
import type { Interrupt } from '../core/events.js';
import type { FileProblem } from '../core/ports.js';
import type { Failure, Problem } from './outputs.js';
import { VERSION } from './version.js';

/** What keeps a command from doing all that it should, beside what a row may have: codes of `--json`, and what to do. */
export const PROBLEMS = {
  usage: 'do what the message says; --help lists the options',
  profile: 'mend the file of profiles',
  credentials: 'set what is missing in the environment, or name a file of it with --env-file',
  ledger: 'do what the message says; `revsync doctor` looks at the ledger',
  locked: 'wait for the other run to end',
  file_refused: 'mend the file, or say what the message asks for; nothing was sent',
  rows_left: 'look at the rows in the results; the same command goes on with them',
  not_written: 'make room, or name another place; the ledger has every row',
  breaks: 'look at the breaks, then push them',
  not_whole: 'pull these days again',
  unreadable: 'look at the row at the vendor',
  not_found: 'look whether it is written as the vendor or the ledger has it',
  too_soon: 'wait until the next poll is allowed, or use --wait',
  other_columns: 'do what the message says',
  gave_up: 'the same command goes on',
  nothing_written: 'do what the message says',
  declined: 'say yes, or give --yes',
  died: 'push the same file again, which looks after what was in flight',
  late: 'see why its file did not come',
  plan_waits: 'look at the plan, and apply it or make another one',
  held_refund: 'take the sale back at the vendor, or mend the row and push it again',
  bug: 'tell who maintains revsync, with what stands on standard error',
} as const satisfies Record<string, string>;

interface Where {
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  /** What to do, where there is more to say than goes for every such problem. */
  readonly remedy?: string | undefined;
}

export type ProblemCode = keyof typeof PROBLEMS;

/** A problem as every command tells it; `code` is the vendor's where it is about a row that has one. */
export function problem(code: string, message: string, { file, line, remedy }: Where = {}): Problem {
  const known = Object.hasOwn(PROBLEMS, code)
    ? PROBLEMS[code as ProblemCode]
    : Object.hasOwn(CODES, code)
      ? CODES[code as Code].remedy
      : undefined;
  return { code, message, file: file ?? null, line: line ?? null, remedy: remedy ?? known ?? null };
}

/** Why a file was refused. */
export function fileProblems(file: string, problems: readonly FileProblem[]): Problem[] {
  return problems.map(({ line, message }) => problem('file_refused', message, { file, line }));
}

/** What a person can mend of what a command threw. */
export function problemsOfError(error: Error): Problem[] {
  const other = error.name === 'LedgerLockedError' ? 'locked' : 'ledger';
  // As a `UsageError` has them.
  const { code = other, problems = [error.message] } = error as {
    readonly code?: ProblemCode | 'interrupted';
    readonly problems?: readonly string[];
  };
  return problems.map((message) => problem(code, message));
}

/** What `--json` prints of a command that has nothing else to tell; `command` is null where none was called. */
export function failureData(command: string | null, exitCode: number, problems: readonly Problem[]): Failure {
  return { ...headOf(command, exitCode), problems };
}

/** With what the object of every command begins. */
export function headOf<const C extends string | null>(command: C, exitCode: number) {
  return { revsync: VERSION, command, exit_code: exitCode };
}

/** What is said, and the object of `--json`, where a signal ends the process before its command has ended. */
export function endedText(
  argv: readonly string[],
  signal: Interrupt,
  isSecond: boolean,
  exitCode: number,
): { readonly says: string; readonly json: string | undefined } {
  const command = commandIn(argv);
  const flying =
    command === 'push'
      ? '; the next push of the same file looks after the rows that were in flight'
      : command === 'undo'
        ? '; the same undo looks after the rows that were in flight'
        : '';
  const says = isSecond ? `${signal} again: ended at once${flying}` : `interrupted by ${signal}`;
  const data = failureData(command, exitCode, [problem('interrupted', says)]);
  return { says, json: wantsJson(argv) ? `${JSON.stringify(data)}\n` : undefined };
}

/** Whether the object of `--json` is wanted, by what was typed, which may be something that no command takes. */
export function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  return words.includes('--json');
}

/** The command that was typed; null where none was. */
export function commandIn(argv: readonly string[]): string | null {
  return argv.find((word) => !word.startsWith('-')) ?? null;
}
