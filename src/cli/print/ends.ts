import { formatTotal, grouped } from '../../core/amount.js';
import type { RunRecord } from '../../core/records.js';
import { localText } from '../../core/text.js';
import { EXIT } from '../exit-codes.js';
import { seconds } from '../progress.js';

/*
 * How pushes ended, in a few words, wherever it is told.
 */

const EXIT_WORDS: ReadonlyMap<number, string> = new Map([
  [EXIT.done, 'all done'],
  [EXIT.someRowsBad, 'some rows were left'],
  [EXIT.usage, 'nothing was sent'],
  [EXIT.fileRefused, 'the file was refused and nothing was sent'],
  [EXIT.stopped, 'it was stopped'],
  [EXIT.unknownRows, 'rows are unknown'],
  [EXIT.locked, 'another push was at work'],
  [EXIT.hungUp, 'its terminal was closed'],
  [EXIT.interrupted, 'it was interrupted'],
  [EXIT.terminated, 'it was terminated'],
]);

/** `exit 5, rows are unknown`. */
export function exitText(exitCode: number): string {
  const words = EXIT_WORDS.get(exitCode);
  return `exit ${exitCode}${words === undefined ? '' : `, ${words}`}`;
}

/** `accepted 480 (12,340.00), unknown 1 (120.00)`. */
export function totalsText(of: Pick<RunRecord, 'totals'>): string {
  const counts = [...sumsByStatus(of)].map(([status, { rows, amount, unknown }]) => {
    const money = unknown === rows ? 'amount unknown' : grouped(formatTotal(amount));
    return `${status} ${rows} (${money})`;
  });
  return counts.join(', ');
}

/** Rows and money of a run by status, whatever was asked for. */
export function sumsByStatus({
  totals,
}: Pick<RunRecord, 'totals'>): ReadonlyMap<string, { rows: number; amount: bigint; unknown: number }> {
  const sums = new Map<string, { rows: number; amount: bigint; unknown: number }>();
  for (const { status, rows, amount, unknown } of totals) {
    const sum = sums.get(status) ?? { rows: 0, amount: 0n, unknown: 0 };
    sums.set(status, {
      rows: sum.rows + rows,
      amount: sum.amount + amount,
      unknown: sum.unknown + unknown,
    });
  }
  return sums;
}

/** `24 h, and the last one was 30 h ago, 2026-11-29 02:15:00`. */
export function lateText(everyMs: number, last: number | undefined, now: number): string {
  const hours = everyMs / 3_600_000;
  const every = hours > 24 && hours % 24 === 0 ? `${hours / 24} d` : `${hours} h`;
  if (last === undefined) return `${every}, and there was none yet`;
  return `${every}, and the last one was ${seconds(now - last)} ago, ${localText(last)}`;
}
