import { interruptedBy, type Interrupted } from '../core/events.js';
import { type RowWarning, type Transaction, type TransactionStore } from '../core/transactions.js';
import { GRACE_MS } from '../push/push-state.js';
import {
  controlText,
  otherColumns,
  rejection,
  repeats,
  tooMany,
  tooSoon,
  type Control,
  type PullJob,
} from './pull-job.js';
import { ask, askTotal, type AskPorts, type RetryNote, type Rows, type Told } from './ask.js';
import { PLAIN_STYLE, readField } from '../sales/fields.js';
import { firstPlace, narrowed, placeAfter, placeOf, placeText, wholeWindow, type Place } from './place.js';

export interface PullPorts extends AskPorts {
  readonly store: TransactionStore;
  readonly emit: (event: PullEvent) => void;
}

/** Everything a pull can say while it goes on. */
export type PullEvent =
  | { readonly kind: 'waiting'; readonly waitMs: number }
  /** `rows` were there before. */
  | { readonly kind: 'started'; readonly how: Start; readonly rows: number }
  | { readonly kind: 'page'; readonly rows: number; readonly total: number }
  | { readonly kind: 'warning'; readonly warning: RowWarning }
  | RetryNote;

/**
 * How a pull begins: at the first row, or after the last row of a complete reading, or at the first for want of one
 * (`no_last`) or since its days are read anew (`anew`), where an earlier pull stopped (`resumed`), at the first row since the vendor does not know the cursor
 * any more (`cursor_lost`), or not at all since everything is there (`kept`).
 */
export type Start = 'first_row' | 'after_last' | 'no_last' | 'anew' | 'resumed' | 'cursor_lost' | 'kept';

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
  /** Absent where the vendor has no count of its own, or the pull did not come to its end. */
  readonly control?: Control;
  readonly stop?: PullStop;
}

/**
 * Reads the pages of a report until the last one. An incomplete reading goes on at its cursor and is no new
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
  if (progress?.complete === false && isOfSameDays(job, progress.zone)) {
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
  const hasLast = progress?.complete === true;
  const from = readsOn(job) && hasLast ? 'after_last' : 'first_row';
  await store.begin(from, job.zone, clock.now());
  if (from === 'after_last') emit({ kind: 'started', how: from, rows });
  else emit({ kind: 'started', how: job.sinceLast ? (hasLast ? 'anew' : 'no_last') : from, rows: 0 });
  return 'reading';
}

/**
 * Rows of days stand in the order of their calls: a late correction of an early call lies before the last row, so that
 * such a reading always begins at the first one.
 */
function readsOn({ sinceLast, period }: PullJob): boolean {
  return sinceLast && period.from === '';
}

/** Days that the vendor knows by their names are the same in whatever zone the pull is. */
function isOfSameDays({ report, period, zone }: PullJob, before: string | undefined): boolean {
  return report.windows.of === 'days' || period.from === '' || before === zone;
}

/** A poll in the future is of a clock that has been set back: waited for once, and no longer. */
function untilNextPoll(polledAt: number | undefined, now: number, everyMs: number): number {
  if (polledAt === undefined) return 0;
  return Math.min(everyMs, Math.max(0, polledAt + everyMs - now));
}

async function readPages(job: PullJob, ports: PullPorts, abandon: AbortSignal): Promise<PullOutcome> {
  const { store, clock, emit, interrupt } = ports;
  const { progress } = await store.reading();
  let total = progress?.rows ?? 0;
  let place = progress?.cursor === undefined ? firstPlace(job) : placeOf(progress.cursor, total);
  const came = { pages: 0, rows: 0, withdrawn: [] };
  const seen = new Set<string>();
  for (let isFirst = true; !place.ended; isFirst = false) {
    if (!isFirst && job.report.pageEveryMs !== undefined)
      await clock.sleep(job.report.pageEveryMs, interrupt);
    if (interrupt.aborted) return { ...came, stop: interruptedBy(interrupt) };
    const page = await askPage(job, place, ports, abandon);
    if (page.kind === 'rejected') {
      if (place.cursor === undefined || readsOn(job) || !isFirst)
        return { ...came, stop: { kind: 'gave_up', message: rejection(job, page, place.cursor) } };
      // A row that the vendor does not know any more would be refused every time.
      await store.forget();
      emit({ kind: 'started', how: 'cursor_lost', rows: 0 });
      place = firstPlace(job);
      total = 0;
      continue;
    }
    if (page.kind !== 'rows') return { ...came, stop: page };
    if (isCut(job, place, page)) {
      const part = narrowed(place);
      if (part === undefined) return { ...came, stop: { kind: 'gave_up', message: tooMany(job) } };
      place = part;
      continue;
    }
    for (const warning of page.warnings) emit({ kind: 'warning', warning });
    const rows = isCounted(job) ? place.rows + newOnes(page.rows, place, seen) : 0;
    const next = placeAfter(place, page, rows, job);
    if (page.rows.length > 0) {
      came.pages += 1;
      const following = { cursor: placeText(next), columns: job.columns };
      const added = await store.addPage(withPhones(page.rows), following, clock.now());
      if (page.next !== undefined && added === 0 && job.report.windows.rows === undefined)
        return { ...came, stop: { kind: 'gave_up', message: repeats(job, place.cursor) } };
      came.rows += page.rows.length;
      total += added;
      emit({ kind: 'page', rows: page.rows.length, total });
    }
    if (page.next !== undefined && page.next === place.cursor)
      return { ...came, stop: { kind: 'gave_up', message: repeats(job, place.cursor) } };
    place = next;
  }
  return finish(job, place, came, ports, abandon);
}

/** How many rows of a page are no repetition of what its window has shown; `seen` has the ids of that. */
function newOnes(rows: readonly Transaction[], { cursor }: Place, seen: Set<string>): number {
  if (cursor === undefined) seen.clear();
  const before = seen.size;
  for (const { id } of rows) seen.add(id);
  return seen.size - before;
}

/** Whether anything is told by how many rows came. Where nothing is, no one keeps the ids of millions. */
function isCounted({ report }: PullJob): boolean {
  return report.control !== undefined || report.windows.rows !== undefined;
}

/** Whether the vendor may hold more of the window than it shows. */
function isCut({ report }: PullJob, { rows }: Place, page: Rows): boolean {
  const most = report.windows.rows ?? Infinity;
  return (page.total ?? rows + page.rows.length) >= most;
}

async function finish(
  job: PullJob,
  { counted }: Place,
  came: PullOutcome,
  ports: PullPorts,
  abandon: AbortSignal,
): Promise<PullOutcome> {
  const { store, clock } = ports;
  const { control: source } = job.report;
  if (source === undefined) return { ...came, withdrawn: await store.finish(clock.now()) };
  let control: Control;
  if (source === 'in_pages') {
    const { rows, total, differs, unclear } = counted;
    const told = unclear ? undefined : total;
    control = { rows, total: told, same: differs ? false : unclear ? undefined : true };
  } else {
    const request = source.request({ ...job, window: wholeWindow(job) });
    const answer = request && (await askTotal(job, request, source, ports, abandon));
    if (answer?.kind === 'interrupted') return { ...came, stop: answer };
    const total = answer?.kind === 'total' ? answer.total : undefined;
    control = { rows: counted.rows, total, same: total === undefined ? undefined : total === counted.rows };
  }
  const against = control.same === false ? controlText(job.report, control) : undefined;
  return { ...came, withdrawn: await store.finish(clock.now(), against), control };
}

function askPage(
  job: PullJob,
  { window, cursor }: Place,
  ports: PullPorts,
  abandon: AbortSignal,
): Promise<Told<Rows>> {
  const { report, scope, period, zone, columns, pageRows: limit } = job;
  const query = { scope, period, window, zone, columns, cursor, limit };
  return ask(job, report.request(query), (reply) => report.readPage(reply, query), ports, abandon);
}

/** Callers as E.164, so that they can be compared with a sale's; what cannot be read as that stays as it is. */
function withPhones(rows: readonly Transaction[]): Transaction[] {
  // Rows of one call mostly stand together.
  let [last, phone]: [string | undefined, string | undefined] = [undefined, undefined];
  return rows.map((row) => {
    if (row.caller === undefined) return row;
    if (row.caller !== last) {
      last = row.caller;
      const read = readField({ is: 'phone' }, last.trim(), 0, PLAIN_STYLE);
      phone = read.ok ? read.value : last;
    }
    return { ...row, caller: phone };
  });
}
