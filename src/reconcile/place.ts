import type { Page, Period, TransactionReport, Window } from '../core/transactions.js';
import { dayStart, nextDay, timeText } from '../sales/time.js';

/** Rows that came of windows that were read to their ends, beside what the vendor counts in them. */
export interface Counted {
  readonly rows: number;
  readonly total: number;
  /** Whether they differ in any one window. */
  readonly differs: boolean;
  /** Whether the vendor told no total of some window. */
  readonly unclear: boolean;
}

/** Where a reading stands: what its next page is of. */
export interface Place {
  /** Absent where the report is not read by moments, or without days. */
  readonly window?: Window | undefined;
  /** The vendor's own; absent at the first page of a window. */
  readonly cursor?: string | undefined;
  /** Rows of the window that have come. */
  readonly rows: number;
  readonly counted: Counted;
  /** Nothing is left to ask for. */
  readonly ended: boolean;
}

/** What a reading is of. */
export interface Span {
  readonly report: TransactionReport;
  readonly period: Period;
  /** IANA name of the zone in which the days begin. */
  readonly zone: string;
}

const NOTHING: Counted = { rows: 0, total: 0, differs: false, unclear: false };

/** The first page of the first window. */
export function firstPlace(span: Span): Place {
  const whole = wholeWindow(span);
  const window = whole === undefined ? undefined : windowFrom(whole.from, span);
  return { window, rows: 0, counted: NOTHING, ended: false };
}

/** All of what is read by moments. */
export function wholeWindow(span: Span): Window | undefined {
  const { report, period, zone } = span;
  const byMoments = report.windows.of === 'moments' && period.from !== '';
  return byMoments ? { from: dayStart(period.from, zone), until: endOf(span) } : undefined;
}

function endOf({ period, zone }: Span): number {
  return dayStart(nextDay(period.to), zone);
}

/** The window that begins there: whole days of the period, as many as may be asked for at once. */
function windowFrom(from: number, span: Span): Window {
  const { report, zone } = span;
  const end = endOf(span);
  const { days } = report.windows;
  if (days === undefined) return { from, until: end };
  let day = timeText(from, zone).slice(0, 10);
  for (let count = 0; count < days; count += 1) day = nextDay(day);
  return { from, until: Math.min(end, dayStart(day, zone)) };
}

/** Where it goes on after a page. `rows` are those of the window so far, this page's among them. */
export function placeAfter(
  place: Place,
  { next, total }: Extract<Page, { kind: 'rows' }>,
  rows: number,
  span: Span,
): Place {
  if (next !== undefined) return { ...place, cursor: next, rows };
  const counted = counting(place.counted, rows, total);
  const { window } = place;
  const hasMore = window !== undefined && window.until < endOf(span);
  if (!hasMore) return { window, rows, counted, ended: true };
  return { window: windowFrom(window.until, span), rows: 0, counted, ended: false };
}

function counting(counted: Counted, rows: number, total: number | undefined): Counted {
  return {
    rows: counted.rows + rows,
    total: counted.total + (total ?? 0),
    differs: counted.differs || (total !== undefined && rows !== total),
    unclear: counted.unclear || total === undefined,
  };
}

/** The first half of the window, for one of which the vendor does not show all; undefined where there is none. */
export function narrowed(place: Place): Place | undefined {
  if (place.window === undefined) return undefined;
  const { from, until } = place.window;
  const half = Math.floor((until - from) / 2000) * 1000;
  if (half === 0) return undefined;
  return { ...place, window: { from, until: from + half }, cursor: undefined, rows: 0 };
}

/** As the ledger keeps it: the vendor's cursor where that says it all. */
export function placeText({ window, cursor, rows, counted, ended }: Place): string {
  if (window === undefined && !ended && cursor !== undefined) return cursor;
  const { differs, unclear } = counted;
  return JSON.stringify({
    ...(window === undefined ? {} : { window: [window.from, window.until] }),
    ...(cursor === undefined ? {} : { cursor }),
    rows,
    counted: [counted.rows, counted.total, Number(differs), Number(unclear)],
    ...(ended ? { ended } : {}),
  });
}

interface WrittenPlace {
  readonly window?: readonly [number, number];
  readonly cursor?: string;
  readonly rows: number;
  readonly counted: readonly [number, number, number, number];
  readonly ended?: true;
}

/** The place that `placeText` wrote, `rows` of the reading before it. */
export function placeOf(text: string, rows: number): Place {
  if (!text.startsWith('{"')) return { cursor: text, rows, counted: NOTHING, ended: false };
  const { window, cursor, counted, ended, ...rest } = JSON.parse(text) as WrittenPlace;
  const [counts, total, differs, unclear] = counted;
  return {
    ...rest,
    ...(window === undefined ? {} : { window: { from: window[0], until: window[1] } }),
    cursor,
    counted: { rows: counts, total, differs: differs === 1, unclear: unclear === 1 },
    ended: ended === true,
  };
}
