import type { Ledger } from '../core/ledger.js';
import type { LookAlike, RowUpdate, RunId } from '../core/row.js';
import { plural } from '../core/text.js';
import type { Vendor } from '../core/vendor.js';

/**
 * Holds rows that are new by their key and look like a sale that was sent under another one: a file that was saved
 * again without its seconds, or read in another time zone, must not send every sale a second time.
 */
export async function holdLookAlikes(ledger: Ledger, run: RunId, { likenesses }: Vendor): Promise<void> {
  if (likenesses === undefined) return;
  for await (const found of ledger.lookAlikes(run, likenesses)) await ledger.update(run, found.map(held));
}

function held({ position, run, input, line, key, gap }: LookAlike): RowUpdate {
  const message =
    `looks like line ${line} of ${input} in run-${run}, which was sent as ${key}: ${differenceOf(gap)}; ` +
    'nothing was sent now; if it is another sale, push it with --send-again';
  return { position, status: 'not_sent', code: 'looks_sent', message };
}

function differenceOf(gap: number | undefined): string {
  if (gap === undefined || gap === 0) return 'it is the same but for what its call is found by';
  const seconds = Math.abs(gap);
  const later = gap > 0 ? 'later' : 'earlier';
  if (seconds <= 60) return `all but its time is the same, and that is ${plural(seconds, 'second')} ${later}`;
  const [hours, minutes] = [Math.floor(seconds / 3600), (seconds / 60) % 60];
  const parts = [
    ...(hours > 0 ? [plural(hours, 'hour')] : []),
    ...(minutes > 0 ? [plural(minutes, 'minute')] : []),
  ];
  return `all but its time is the same, and that is ${parts.join(' and ')} ${later}, as in another time zone`;
}
