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
  type TransactionReport,
  type TransactionStore,
} from '../core/transactions.js';
import { GRACE_MS } from '../push/push-state.js';
import { decideRetry, type Budget } from '../push/retry.js';
import { PLAIN_STYLE, readField } from '../sales/fields.js';

export interface PullJob {
  readonly report: TransactionReport;
  readonly scope: Scope;
  readonly period: Period;
  /** Columns to ask for besides those that are always read. */
  readonly columns: readonly string[];
  /** Go on after the last row of a complete reading, instead of reading it again from the first. */
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
  readonly store: TransactionStore;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly secrets: Readonly<Record<string, string>>;
  readonly emit: (event: PullEvent) => void;
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
 * How a pull begins: at the first row, or after the last row of a complete reading, or at the first for want of one
 * (`no_last`), where an earlier pull stopped (`resumed`), at the first row since the vendor does not know the cursor
 * any more (`cursor_lost`), or not at all since everything is there (`kept`).
 */
export type Start = 'first_row' | 'after_last' | 'no_last' | 'resumed' | 'cursor_lost' | 'kept';

/** Why a pull ended before the last page. The same command goes on where it stopped. */
export type PullStop =
  | Interrupted
  | { readonly kind: 'too_soon'; readonly message: string; readonly waitMs: number }
  | { readonly kind: 'other_columns'; readonly message: string }
  | { readonly kind: 'account_refused'; readonly message: string }
  | { readonly kind: 'gave_up'; readonly message: string };

/** What came of a pull. */
export interface PullOutcome {
  /** Pages with rows, and rows, that came during this pull. */
  readonly pages: number;
  readonly rows: number;
  /** Ids of rows that an earlier reading of the period had and the vendor holds no more. */
  readonly withdrawn: readonly string[];
  readonly stop?: PullStop;
}

/**
 * Reads the pages of a report until an empty one. An incomplete reading goes on at its cursor and is no new
 * poll; a complete one is read again from its first row, or goes on after its last.
 */
export async function pull(job: PullJob, ports: PullPorts): Promise<PullOutcome> {
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
  { store, clock, emit, interrupt }: PullPorts,
): Promise<'reading' | 'kept' | PullStop> {
  const { polledAt, progress } = await store.reading();
  const rows = progress?.rows ?? 0;
  if (progress?.complete === false) {
    const asked = progress.columns?.join(',') ?? job.columns.join(',');
    if (asked !== job.columns.join(',')) return { kind: 'other_columns', message: otherColumns(job, asked) };
    emit({ kind: 'started', how: 'resumed', rows });
    return 'reading';
  }
  const waitMs = untilNextPoll(polledAt, clock.now(), job.report.pollEveryMs);
  if (waitMs > 0 && job.writesOut && progress?.writtenOut === false) {
    emit({ kind: 'started', how: 'kept', rows });
    return 'kept';
  }
  if (waitMs > 0 && !job.wait) return { kind: 'too_soon', message: tooSoon(job, waitMs), waitMs };
  if (waitMs > 0) {
    emit({ kind: 'waiting', waitMs });
    await clock.sleep(waitMs, interrupt);
  }
  if (interrupt.aborted) return interruptedBy(interrupt);
  const from = job.sinceLast && progress !== undefined ? 'after_last' : 'first_row';
  await store.begin(from, clock.now());
  if (from === 'after_last') emit({ kind: 'started', how: from, rows });
  else emit({ kind: 'started', how: job.sinceLast ? 'no_last' : from, rows: 0 });
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

async function readPages(job: PullJob, ports: PullPorts, abandon: AbortSignal): Promise<PullOutcome> {
  const { store, clock, emit, interrupt } = ports;
  const { progress } = await store.reading();
  let cursor = progress?.cursor;
  let total = progress?.rows ?? 0;
  const came = { pages: 0, rows: 0, withdrawn: [] };
  for (let isFirst = true; ; isFirst = false) {
    if (interrupt.aborted) return { ...came, stop: interruptedBy(interrupt) };
    const page = await fetchPage(job, cursor, ports, abandon);
    if (page.kind === 'rejected') {
      if (cursor === undefined || job.sinceLast || !isFirst)
        return { ...came, stop: { kind: 'gave_up', message: rejection(job, page, cursor) } };
      // A row that the vendor does not know any more would be refused every time.
      await store.forget();
      emit({ kind: 'started', how: 'cursor_lost', rows: 0 });
      cursor = undefined;
      total = 0;
      continue;
    }
    if (page.kind !== 'rows') return { ...came, stop: page };
    for (const warning of page.warnings) emit({ kind: 'warning', warning });
    const last = page.rows.at(-1);
    if (last === undefined) return { ...came, withdrawn: await store.finish(clock.now()) };
    came.pages += 1;
    const added = await store.addPage(page.rows.map(withPhone), job.columns, clock.now());
    if (added === 0) return { ...came, stop: { kind: 'gave_up', message: repeats(job, cursor) } };
    came.rows += page.rows.length;
    total += added;
    cursor = last.id;
    emit({ kind: 'page', rows: page.rows.length, total });
  }
}

function rejection(
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

function repeats({ report }: PullJob, cursor = 'the start'): string {
  return `${report.title} has answered with rows that it has told before, after ${cursor}; without an end to its pages there is no telling what it holds`;
}

type Fetched =
  | Extract<Page, { kind: 'rows' | 'rejected' }>
  | Extract<PullStop, { kind: 'interrupted' | 'account_refused' | 'gave_up' }>;

/** One page, asked for until it is there: asking is harmless. */
async function fetchPage(
  { report, scope, period, columns, budget, pageRows }: PullJob,
  cursor: string | undefined,
  { transport, clock, secrets, emit, interrupt }: PullPorts,
  abandon: AbortSignal,
): Promise<Fetched> {
  const request = report.pageRequest({ scope, period, after: cursor, columns, limit: pageRows });
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
    emit({ kind: 'retry', message, waitMs: decision.waitMs });
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
