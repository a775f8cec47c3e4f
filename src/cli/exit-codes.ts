import type { Interrupt } from '../core/events.js';
import { unreachable } from '../core/result.js';
import { SETTLED_WELL, type RowStatus } from '../core/status.js';
import type { PushOutcome } from '../push/run.js';
import type { Tally } from '../reconcile/breaks-csv.js';
import type { PullOutcome } from '../reconcile/pull.js';

/** Exit codes: a contract, never renumbered. */
export const EXIT = {
  done: 0,
  someRowsBad: 1,
  usage: 2,
  fileRefused: 3,
  stopped: 4,
  unknownRows: 5,
  locked: 6,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

/** For docs/codes.md and `--help`. */
export const EXIT_MEANINGS: readonly { code: number; means: string }[] = [
  {
    code: 0,
    means:
      'every row is accepted, unchanged, duplicate or skipped; a dry run in which every row could be sent; both sides tie out',
  },
  { code: 1, means: 'finished, but some rows are invalid, rejected, failed or held; or there are breaks' },
  { code: 2, means: 'usage or configuration; nothing was sent' },
  { code: 3, means: 'the file was refused, or none came; nothing was sent' },
  {
    code: 4,
    means:
      "the vendor refused the account, an error storm stopped the run, or the day's budget is spent; the rest is not_sent",
  },
  { code: 5, means: 'some row is unknown: a person has to look' },
  { code: 6, means: "another run holds this vendor account's ledger" },
  {
    code: 129,
    means: 'the terminal was closed (SIGHUP); rows in flight were finished, the next run goes on',
  },
  { code: 130, means: 'interrupted (SIGINT); rows in flight were finished, the next run goes on' },
  { code: 143, means: 'terminated (SIGTERM); rows in flight were finished, the next run goes on' },
];

/** Of several pushes that were one command: which of their codes is its own, the first of these that one has. */
const WORST_FIRST: readonly number[] = [
  ...[EXIT.terminated, EXIT.interrupted, EXIT.hungUp],
  ...[EXIT.unknownRows, EXIT.stopped, EXIT.fileRefused, EXIT.usage, EXIT.locked, EXIT.someRowsBad, EXIT.done],
];

/** The worst of these exit codes. */
export function worstOf(codes: readonly number[]): number {
  return WORST_FIRST.find((code) => codes.includes(code)) ?? EXIT.done;
}

/** Errors by their names: their classes come with what a command loads. */
const EXPLAINED: ReadonlyMap<string, number> = new Map([
  ['UsageError', EXIT.usage],
  ['RefusedError', EXIT.fileRefused],
  ['LedgerError', EXIT.usage],
  ['LedgerLockedError', EXIT.locked],
]);

/** An interrupt that came before there was anything to end in good order. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  /** Of `problem`. */
  readonly code = 'interrupted';
  readonly signal: Interrupt;

  constructor(signal: Interrupt, then: string) {
    super(`interrupted by ${signal}; ${then}`);
    this.signal = signal;
  }
}

/** The exit code of what a command throws and a person can mend; undefined for a bug. */
export function exitCodeOfError(error: unknown): number | undefined {
  if (error instanceof InterruptedError) return interruptCode(error.signal);
  return error instanceof Error ? EXPLAINED.get(error.name) : undefined;
}

/**
 * The exit code of a push. An interrupt is what the caller asked for, so it goes first. Rows may all be fine and their
 * results unwritten: then the exit code may not say that all is well.
 */
export function exitCodeOfPush({
  dryRun,
  unusable,
  refused,
  stop,
  totals = [],
  failures,
}: PushOutcome): number {
  if (unusable !== undefined) return EXIT.usage;
  if (refused !== undefined) return EXIT.fileRefused;
  if (stop?.kind === 'interrupted') return interruptCode(stop.signal);
  const rowsOf = (wanted: (status: RowStatus) => boolean): boolean =>
    totals.some(({ status, rows }) => rows > 0 && wanted(status));
  if (rowsOf((status) => status === 'unknown')) return EXIT.unknownRows;
  if (stop !== undefined) return EXIT.stopped;
  const fine = (status: RowStatus): boolean => SETTLED_WELL.has(status) || (dryRun && status === 'planned');
  return rowsOf((status) => !fine(status)) || failures.length > 0 ? EXIT.someRowsBad : EXIT.done;
}

/**
 * The exit code of a pull. A row whose amount cannot be read is one that someone has to look at, and so is one that the
 * vendor counts and did not show.
 */
export function exitCodeOfPull({
  stop,
  failure,
  warnings,
  control,
}: Pick<PullOutcome, 'stop' | 'control'> & {
  readonly failure?: string;
  readonly warnings: { readonly count: number };
}): number {
  switch (stop?.kind) {
    case undefined:
      return failure === undefined && warnings.count === 0 && control?.same !== false
        ? EXIT.done
        : EXIT.someRowsBad;
    case 'interrupted':
      return interruptCode(stop.signal);
    case 'too_soon':
    case 'other_columns':
      return EXIT.usage;
    case 'account_refused':
    case 'gave_up':
      return EXIT.stopped;
    default:
      return unreachable(stop);
  }
}

/** The exit code of a reconciliation: whether the two sides tie out. */
export function exitCodeOfReconcile({
  tally,
  refused,
  interrupted,
  failure,
}: {
  readonly tally?: Pick<Tally, 'tiesOut'>;
  readonly refused?: object;
  readonly interrupted?: Interrupt;
  readonly failure?: string;
}): number {
  if (interrupted !== undefined) return interruptCode(interrupted);
  if (refused !== undefined) return EXIT.fileRefused;
  return tally?.tiesOut === true && failure === undefined ? EXIT.done : EXIT.someRowsBad;
}

export function interruptCode(signal: Interrupt): number {
  return { SIGHUP: EXIT.hungUp, SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated }[signal];
}
