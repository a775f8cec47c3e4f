import { plural } from '../core/text.js';
import { scopeName, type ReportQuery, type TransactionReport } from '../core/transactions.js';
import type { Budget } from '../push/retry.js';
import type { Span } from './place.js';

export interface PullJob extends Span, Pick<ReportQuery, 'scope' | 'columns'> {
  /** Write only what no file has had; without days, go on after the last row of a complete reading. */
  readonly sinceLast: boolean;
  /** Wait until the scope may be polled again, instead of refusing. */
  readonly wait: boolean;
  /** Whether the rows go to a file: one that an earlier pull did not come to write needs no new poll. */
  readonly writesOut: boolean;
  /** Of each page. */
  readonly budget: Budget;
  /** Rows of a page at most. */
  readonly pageRows: number;
}

/** What the vendor's own count says of the rows that came; `total` is undefined where it could not be told. */
export interface Control {
  readonly rows: number;
  readonly total: number | undefined;
  readonly same: boolean | undefined;
}

export function tooSoon({ report, scope, sinceLast }: PullJob, waitMs: number): string {
  const every = `${report.title} asks for ${report.pollEveryMs / 60_000} minutes between polls`;
  const goOn = sinceLast ? '' : ', which reads the period anew';
  return `${scopeName(scope)}: ${every}; pull again in ${Math.ceil(waitMs / 1000)} s${goOn}, or use --wait`;
}

/** Rows of one reading that had been asked for differently would leave holes in its file. */
export function otherColumns({ scope }: PullJob, asked: string): string {
  const option = asked === '' ? 'without --columns' : `with --columns ${asked}`;
  return `${scopeName(scope)}: the last pull of these dates did not come to its end, and it was ${option}; run it so once more, then pull with other columns`;
}

export function rejection(
  { report, sinceLast }: PullJob,
  { code, message }: { code: string; message: string },
  cursor: string | undefined,
): string {
  const refused = `${report.title} refused the request: ${message} (${code})`;
  if (cursor === undefined) return refused;
  return sinceLast
    ? `${refused}; if it does not know row ${cursor} any more, pull without --since-last`
    : `${refused}; row ${cursor} was told by the page before`;
}

export function repeats({ report }: PullJob, cursor = 'the start'): string {
  return `${report.title} has answered with rows that it has told before, after ${cursor}; without an end to its pages there is no telling what it holds`;
}

export function tooMany({ report }: PullJob): string {
  return `${report.title} holds more rows of one second than it shows of a window`;
}

/** What is said of rows that are not as many as the vendor counts. */
export function controlText({ title }: Pick<TransactionReport, 'title'>, { rows, total }: Control): string {
  const counts =
    total === undefined ? 'counts others in some of these days' : `counts ${plural(total, 'row')}`;
  return `${title} ${counts}, and ${plural(rows, 'row')} came`;
}
