import { formatTotal } from '../core/amount.js';
import type { BookedRow, Span } from '../core/breaks.js';
import { timeText } from '../sales/time.js';
import { foldCall, type FoldedCall } from './fold-call.js';

/** The columns of a folded call. A contract: never renamed, never reordered. */
export const FOLDED_COLUMNS = [
  'call',
  'started_at',
  'caller',
  'duration',
  'outcomes',
  'sales',
  'amount',
  'corrections',
  'corrected_at',
  'pending',
] as const;

/**
 * Folds pages of rows, in which all rows of one call stand together, into calls that began within `span`.
 * Holds one page and one call. A call whose beginning nobody knows is always among them.
 */
export async function* foldedCalls(
  pages: AsyncIterable<readonly BookedRow[]>,
  span: Span = {},
): AsyncGenerator<FoldedCall> {
  let rows: BookedRow[] = [];
  const within = (call: FoldedCall): boolean => isWithin(call.startedAt, span);
  for await (const page of pages) {
    for (const row of page) {
      if (rows[0] !== undefined && rows[0].call !== row.call) {
        const call = foldCall(rows);
        rows = [];
        if (within(call)) yield call;
      }
      rows.push(row);
    }
  }
  if (rows.length === 0) return;
  const call = foldCall(rows);
  if (within(call)) yield call;
}

export function isWithin(at: number | undefined, { from, until }: Span): boolean {
  return at === undefined || ((from === undefined || from <= at) && (until === undefined || at < until));
}

/**
 * A folded call as the cells of `FOLDED_COLUMNS`, with times told in the zone, or in UTC. Outcomes that were taken back
 * stand there with a minus and count for nothing.
 */
export function foldedCells(call: FoldedCall, zone?: string): string[] {
  const live = call.outcomes.filter(({ value }) => value);
  const outcomes = call.outcomes.map(({ name, orderId, value }) => {
    const named = orderId === undefined ? name : `${name} (${orderId})`;
    return value ? named : `-${named}`;
  });
  return [
    call.call,
    timeText(call.startedAt, zone),
    call.caller ?? '',
    String(call.duration ?? ''),
    outcomes.join('; '),
    String(live.length),
    formatTotal(live.reduce((sum, { amount }) => sum + BigInt(amount ?? 0), 0n)),
    String(call.corrections),
    timeText(call.correctedAt, zone),
    [...call.pending.map(({ id, corrects }) => `${id} corrects ${corrects}`), ...call.circular].join('; '),
  ];
}
