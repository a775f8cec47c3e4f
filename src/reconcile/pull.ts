import { plural } from '../core/text.js';
import { interruptedBy, type Interrupted } from '../core/events.js';
import type { Clock, Transport } from '../core/ports.js';
import type { Reply } from '../core/vendor.js';
import {
  scopeName,
  type Page,
  type Period,
  type RowWarning,
  type Scope,
  type Transaction,
  type TransactionBooks,
  type TransactionReport,
} from '../core/transactions.js';
import { PLAIN_STYLE, readField } from '../sales/fields.js';
import { decideRetry, type Budget } from '../push/retry.js';

export interface PullJob {
  readonly report: TransactionReport;
  readonly scope: Scope;
  readonly period: Period;
  /** Columns to ask for besides those that are always read. */
  readonly columns: readonly string[];
  /** Go on after the last row of a complete reading, instead of reading it anew. */
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

export interface PullPorts {
  readonly books: TransactionBooks;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly secrets: Readonly<Record<string, string>>;
  readonly tell: (event: PullEvent) => void;
  /** Ends the pull after the page in flight; its reason is the name of the process signal. */
  readonly interrupt: AbortSignal;
}

/** Everything a pull can say while it goes on. */
export type PullEvent =
  | { readonly kind: 'waiting'; readonly waitMs: number }
  /** `rows` were there before. */
  | { readonly kind: 'started'; readonly how: Start; readonly rows: number }
  | { readonly kind: 'page'; readonly rows: number; readonly total: number }
  | { readonly kind: 'warning'; readonly warning: RowWarning }
  | { readonly kind: 'retry'; readonly message: string; readonly waitMs: number };

/**
 * How a pull begins: at the first row, after the last row of a complete reading (or at the first for want of
 * one), where an earlier pull stopped, at the first row again since the vendor does not know the cursor any
 * more, or not at all since everything is there.
 */
export type Start = 'anew' | 'on' | 'no_last' | 'resumed' | 'again' | 'kept';

/** Why a pull ended before the last page. The same command goes on where it stopped. */
export type PullStop =
  | Interrupted
  | { readonly kind: 'too_soon'; readonly message: string; readonly waitMs: number }
  | { readonly kind: 'other_columns'; readonly message: string }
  | { readonly kind: 'account_refused'; readonly message: string }
  | { readonly kind: 'gave_up'; readonly message: string };

export interface Pulled {
  /** Pages with rows, and rows, that came during this pull. */
  readonly pages: number;
  readonly rows: number;
  /** Ids of rows that an earlier reading of the period had and the vendor holds no more. */
  readonly withdrawn: readonly string[];
  readonly stop?: PullStop;
}

/** How long a page in flight may still take after an interrupt. */
const GRACE_MS = 10_000;

/**
 * Reads the pages of a report until an empty one. An incomplete reading goes on at its cursor and is no new
 * poll; a complete one is read anew, or from its last row on.
 */
export async function pull(job: PullJob, ports: PullPorts): Promise<Pulled> {
  const { clock, interrupt } = ports;
  const finished = new AbortController();
  const abandon = new AbortController();
  const onInterrupt = (): void => {
    void clock.sleep(GRACE_MS, finished.signal).then(() => abandon.abort());
  };
  if (interrupt.aborted) onInterrupt();
  else interrupt.addEventListener('abort', onInterrupt, { once: true });
  const nothing = { pages: 0, rows: 0, withdrawn: [] };
  try {
    const begun = await begin(job, ports);
    if (begun === 'kept') return nothing;
    return begun === 'reading' ? await readPages(job, ports, abandon.signal) : { ...nothing, stop: begun };
  } finally {
    interrupt.removeEventListener('abort', onInterrupt);
    finished.abort();
  }
}

async function begin(
  job: PullJob,
  { books, clock, tell, interrupt }: PullPorts,
): Promise<'reading' | 'kept' | PullStop> {
  const { polledAt, progress } = await books.reading();
  const rows = progress?.rows ?? 0;
  if (progress?.complete === false) {
    const asked = progress.columns?.join(',') ?? job.columns.join(',');
    if (asked !== job.columns.join(',')) return { kind: 'other_columns', message: otherColumns(job, asked) };
    tell({ kind: 'started', how: 'resumed', rows });
    return 'reading';
  }
  const waitMs = untilNextPoll(polledAt, clock.now(), job.report.pollEveryMs);
  if (waitMs > 0 && job.writesOut && progress?.writtenOut === false) {
    tell({ kind: 'started', how: 'kept', rows });
    return 'kept';
  }
  if (waitMs > 0 && !job.wait) return { kind: 'too_soon', message: tooSoon(job, waitMs), waitMs };
  if (waitMs > 0) {
    tell({ kind: 'waiting', waitMs });
    await clock.sleep(waitMs, interrupt);
  }
  if (interrupt.aborted) return interruptedBy(interrupt);
  const on = job.sinceLast && progress !== undefined;
  await books.begin(on ? 'on' : 'anew', clock.now());
  tell({ kind: 'started', how: on ? 'on' : job.sinceLast ? 'no_last' : 'anew', rows: on ? rows : 0 });
  return 'reading';
}

/** A poll in the future is of a clock that has been set back: waited for once, and no longer. */
function untilNextPoll(polledAt: number | undefined, now: number, everyMs: number): number {
  if (polledAt === undefined) return 0;
  return Math.min(everyMs, Math.max(0, polledAt + everyMs - now));
}

function tooSoon({ report, scope, sinceLast }: PullJob, waitMs: number): string {
  const every = `${report.title} asks for ${report.pollEveryMs / 60_000} minutes between polls`;
  const goOn = sinceLast ? '' : ', which reads the period anew';
  return `${scopeName(scope)}: ${every}; pull again in ${Math.ceil(waitMs / 1000)} s${goOn}, or use --wait`;
}

/** Rows of one reading that had been asked for differently would leave holes in its file. */
function otherColumns({ scope }: PullJob, asked: string): string {
  const option = asked === '' ? 'without --columns' : `with --columns ${asked}`;
  return `${scopeName(scope)}: the last pull of these dates did not come to its end, and it was ${option}; run it so once more, then pull with other columns`;
}

async function readPages(job: PullJob, ports: PullPorts, abandon: AbortSignal): Promise<Pulled> {
  const { books, clock, tell, interrupt } = ports;
  const { progress } = await books.reading();
  let after = progress?.cursor;
  const seen = { pages: 0, rows: 0, withdrawn: [] };
  let total = progress?.rows ?? 0;
  let isFirst = true;
  for (;;) {
    if (interrupt.aborted) return { ...seen, stop: interruptedBy(interrupt) };
    const page = await fetchPage(job, after, ports, abandon);
    if (page.kind === 'rejected') {
      if (after === undefined || job.sinceLast || !isFirst)
        return { ...seen, stop: { kind: 'gave_up', message: rejection(job, page, after) } };
      // A row that the vendor does not know any more would be refused every time.
      await books.forget();
      tell({ kind: 'started', how: 'again', rows: 0 });
      after = undefined;
      total = 0;
      continue;
    }
    isFirst = false;
    if (page.kind !== 'rows') return { ...seen, stop: page };
    for (const warning of page.warnings) tell({ kind: 'warning', warning });
    const last = page.rows.at(-1);
    if (last === undefined) return { ...seen, withdrawn: await books.finish(clock.now()) };
    seen.pages += 1;
    const added = await books.addPage(page.rows.map(withPhone), job.columns, clock.now());
    if (added === 0) {
      const message = `${job.report.title} has answered with rows that it has told before, after ${after ?? 'the start'}; without an end to its pages there is no telling what it holds`;
      return { ...seen, stop: { kind: 'gave_up', message } };
    }
    seen.rows += page.rows.length;
    total += added;
    after = last.id;
    tell({ kind: 'page', rows: page.rows.length, total });
  }
}

function rejection(
  { report, sinceLast }: PullJob,
  { code, message }: { code: string; message: string },
  after: string | undefined,
): string {
  const refused = `${report.title} refused the request: ${message} (${code})`;
  if (after === undefined) return refused;
  return sinceLast
    ? `${refused}; if it does not know row ${after} any more, pull without --since-last`
    : `${refused}; row ${after} was told by the page before`;
}

type Fetched =
  | Extract<Page, { kind: 'rows' | 'rejected' }>
  | Extract<PullStop, { kind: 'interrupted' | 'account_refused' | 'gave_up' }>;

/** One page, asked for until it is there: asking is harmless. */
async function fetchPage(
  { report, scope, period, columns, budget, pageRows }: PullJob,
  after: string | undefined,
  { transport, clock, secrets, tell, interrupt }: PullPorts,
  abandon: AbortSignal,
): Promise<Fetched> {
  const request = report.pageRequest({ scope, period, after, columns, limit: pageRows });
  const began = clock.elapsed();
  for (let attempts = 1; ; attempts += 1) {
    const read = (reply: Reply): Page => report.readPage(reply);
    const { outcome } = await transport.send(report.authorize(request, secrets), read, abandon, {});
    if (outcome.kind === 'rows' || outcome.kind === 'rejected') return outcome;
    const { code, message } = outcome;
    if (outcome.kind === 'refused') {
      const why = `${report.title} refused the account: ${message} (${code})`;
      return { kind: 'account_refused', message: why };
    }
    const elapsedMs = clock.elapsed() - began;
    const decision = decideRetry(outcome, 'overwrites', attempts, elapsedMs, budget, clock.random());
    if (interrupt.aborted) return interruptedBy(interrupt);
    if (decision.kind === 'give_up') {
      const tried = plural(attempts, 'attempt');
      const late = decision.because === 'deadline' ? '; the next would be past --deadline' : '';
      return { kind: 'gave_up', message: `${report.title}: ${message} (${code}, ${tried}${late})` };
    }
    tell({ kind: 'retry', message, waitMs: decision.waitMs });
    await clock.sleep(decision.waitMs, interrupt);
    if (interrupt.aborted) return interruptedBy(interrupt);
  }
}

/** The caller as E.164, so that it can be compared with a sale's; what cannot be read as that stays as it is. */
function withPhone(row: Transaction): Transaction {
  if (row.caller === undefined) return row;
  const phone = readField({ is: 'phone' }, row.caller.trim(), 0, PLAIN_STYLE);
  return phone.ok ? { ...row, caller: phone.value } : row;
}
