import { formatTotal } from '../core/amount.js';
import type { BookedRow, Span } from '../core/breaks.js';
import { timeText } from '../sales/time.js';
import { foldCall, type FoldedCall } from './fold-call.js';

/** The columns of a folded call. A contract: never renamed, never reordered. */
export const CALL_COLUMNS = [
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

/** Folds pages of rows, in which all rows of one call stand together: of each page the calls that end there. */
export async function* foldCalls(
  pages: AsyncIterable<readonly BookedRow[]>,
): AsyncGenerator<readonly FoldedCall[]> {
  let rows: BookedRow[] = [];
  for await (const page of pages) {
    const calls: FoldedCall[] = [];
    for (const row of page) {
      if (rows[0] !== undefined && rows[0].call !== row.call) {
        calls.push(foldCall(rows));
        rows = [];
      }
      rows.push(row);
    }
    yield calls;
  }
  if (rows.length > 0) yield [foldCall(rows)];
}

/** Whether a call began within the span; one whose beginning no one knows always counts as such. */
export function isWithin(at: number | undefined, { from, until }: Span): boolean {
  return at === undefined || ((from === undefined || from <= at) && (until === undefined || at < until));
}

/**
 * A folded call as the cells of `CALL_COLUMNS`, with times in the zone, or in UTC. Outcomes that were taken back stand
 * there with a minus and count for nothing.
 */
export function callCells(call: FoldedCall, zone?: string): string[] {
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
