import type { Stop } from '../core/events.js';
import type { Totals } from '../core/ports.js';
import { unreachable } from '../core/result.js';
import { SETTLED_WELL, type RowStatus } from '../core/status.js';

/** Exit codes: a contract, never renumbered. */
export const EXIT = {
  done: 0,
  someRowsBad: 1,
  usage: 2,
  fileRefused: 3,
  stopped: 4,
  unknownRows: 5,
  locked: 6,
  interrupted: 130,
  terminated: 143,
} as const;

/** For the README and `--help`. */
export const EXIT_MEANINGS: readonly { code: number; means: string }[] = [
  {
    code: 0,
    means:
      'every row is accepted, unchanged, duplicate or skipped; a dry run in which every row could be sent; both sides tie out',
  },
  { code: 1, means: 'finished, but some rows are invalid, rejected, failed or held; or there are breaks' },
  { code: 2, means: 'usage or configuration; nothing was sent' },
  { code: 3, means: 'the file was refused; nothing was sent' },
  {
    code: 4,
    means: 'the vendor refused the account, or an error storm stopped the run; the rest is not_sent',
  },
  { code: 5, means: 'some row is unknown: a person has to look' },
  { code: 6, means: "another run holds this vendor account's ledger" },
  { code: 130, means: 'interrupted (SIGINT); rows in flight were finished, the next run goes on' },
  { code: 143, means: 'terminated (SIGTERM); rows in flight were finished, the next run goes on' },
];

/** The exit code of a run that came to an end. An interrupt is what the caller asked for, so it goes first. */
export function exitCodeOf(totals: readonly Totals[], stop: Stop | undefined, dryRun: boolean): number {
  if (stop?.kind === 'interrupted') return interruptCode(stop.signal);
  const rowsOf = (wanted: (status: RowStatus) => boolean): boolean =>
    totals.some(({ status, rows }) => rows > 0 && wanted(status));
  if (rowsOf((status) => status === 'unknown')) return EXIT.unknownRows;
  if (stop !== undefined) return EXIT.stopped;
  const fine = (status: RowStatus): boolean => SETTLED_WELL.has(status) || (dryRun && status === 'planned');
  return rowsOf((status) => !fine(status)) ? EXIT.someRowsBad : EXIT.done;
}

export function interruptCode(signal: 'SIGINT' | 'SIGTERM'): number {
  switch (signal) {
    case 'SIGINT':
      return EXIT.interrupted;
    case 'SIGTERM':
      return EXIT.terminated;
    default:
      return unreachable(signal);
  }
}
