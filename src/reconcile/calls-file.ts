import { formatTotal } from '../core/amount.js';
import { timeText } from '../sales/time.js';
import type { FoldedCall } from './fold-call.js';

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

/**
 * A folded call as the cells of `CALL_COLUMNS`, with times in the zone, or in UTC. Outcomes that were taken back stand
 * there with a minus, those that may have been with a question mark, and both count for nothing.
 */
export function callCells(call: FoldedCall, zone?: string): string[] {
  const live = call.outcomes.filter(({ value }) => value === true);
  const outcomes = call.outcomes.map(({ name, orderId, value }) => {
    const named = orderId === undefined ? name : `${name} (${orderId})`;
    return value === undefined ? `?${named}` : value ? named : `-${named}`;
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
