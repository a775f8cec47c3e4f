import { formatAmount, type Amount } from '../core/amount.js';
import type { Unsettled } from '../core/records.js';
import type { ReportFields } from '../core/vendor.js';
import type { FoldedCall, FoldedOutcome } from './fold-call.js';

/** What was sent of a sale of which no one knows whether it arrived. */
export type SentSale = Pick<Unsettled, 'action' | 'amount' | 'previousAmount'> & {
  readonly fields: Readonly<Record<string, string>>;
};

/** What that comes to beside what the vendor shows, and the words for what it shows. */
export interface Finding {
  readonly found: 'accepted' | 'not_applied' | 'cannot_tell';
  /** After the vendor's name, such as `holds 100.00 (T-1)`. */
  readonly shows: string;
}

/** One outcome as the vendor shows it. */
interface Shown {
  /** False where it was taken back, undefined where that is not told. */
  readonly value: boolean | undefined;
  readonly amount: Amount | undefined;
  readonly id: string;
}

/**
 * Whether the vendor holds what was sent, by the calls that could be the sale's: it holds nothing of it only where its
 * call is shown. Pure.
 */
export function findSale(sent: SentSale, report: ReportFields, calls: readonly FoldedCall[]): Finding {
  if (calls.length === 0) return { found: 'cannot_tell', shows: 'does not show the call' };
  const outcomes = calls.flatMap((call) => call.outcomes);
  const [shown, ...others] = outcomesOfSale(sent.fields, report, outcomes);
  if (others.length > 0)
    return { found: 'cannot_tell', shows: `holds ${others.length + 1} outcomes that could be it` };
  if (shown === undefined)
    return sent.action === 'reverse'
      ? { found: 'cannot_tell', shows: 'holds nothing of it that could be taken back' }
      : { found: 'not_applied', shows: 'holds nothing of it' };
  const found = isHeld(sent, shown);
  const shows = `${textOf(shown)} (${shown.id})`;
  if (report.hides?.(sent.fields) !== true || hasOtherMoney(sent, shown)) return { found, shows };
  return { found: 'cannot_tell', shows: `${shows}, which is not all that was sent` };
}

function outcomesOfSale(
  fields: SentSale['fields'],
  report: ReportFields,
  outcomes: readonly FoldedOutcome[],
): Shown[] {
  const name = fields[report.outcome ?? '']?.toLowerCase() ?? '';
  const orderId = fields[report.orderId ?? ''];
  const named = outcomes.filter(
    (one) => one.name.toLowerCase() === name || one.signals?.[name] !== undefined,
  );
  const exact = outcomes.filter(
    (one) => one.orderId === orderId && (one.signals !== undefined || named.includes(one)),
  );
  // Without an id of its own a sale is the one outcome of its name.
  return (orderId === undefined && exact.length === 0 ? named : exact).map(
    ({ id, amount, value, signals, unpaired }) => ({
      id,
      amount,
      value: unpaired ? undefined : signals === undefined ? value : (signals[name] ?? undefined),
    }),
  );
}

/** Then it does not hold what was sent, whatever else there is. */
function hasOtherMoney({ action, amount }: SentSale, shown: Shown): boolean {
  return action !== 'reverse' && amount !== undefined && (shown.amount ?? 0) !== amount;
}

function isHeld({ action, amount = 0 as Amount, previousAmount }: SentSale, shown: Shown): Finding['found'] {
  if (shown.value === undefined) return 'cannot_tell';
  if (action === 'reverse') return shown.value ? 'not_applied' : 'accepted';
  const wanted: number = action === 'clear' ? 0 : amount;
  if (!shown.value || (shown.amount ?? 0) !== wanted) return 'not_applied';
  // What it held before would look the same.
  return action === 'correct' && previousAmount === amount ? 'cannot_tell' : 'accepted';
}

function textOf({ value, amount }: Shown): string {
  const money = amount === undefined ? 'no amount' : formatAmount(amount);
  if (value === undefined) return `has ${money} of it, and does not say whether that is held`;
  return value ? `holds ${money}` : `says that it was taken back, with ${money}`;
}
