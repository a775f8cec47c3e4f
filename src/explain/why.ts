import { formatAmount, type Amount } from '../core/amount.js';
import type { PlannedRow } from '../core/explained.js';
import { runName } from '../core/row.js';
import type { Sale } from '../core/sale.js';
import { unreachable } from '../core/result.js';
import { repeatOf, type Vendor } from '../core/vendor.js';

/** What a row asks for. */
export function asksFor({ intent, amount, refund }: Sale): string {
  const money = (of: Amount | undefined): string => (of === undefined ? 'no amount' : formatAmount(of));
  switch (intent) {
    case 'set':
      return refund === undefined
        ? `record a sale of ${money(amount)}`
        : `take ${money(refund)} off the sale`;
    case 'reverse':
      return `take the sale back${refund === undefined || refund === 0 ? '' : `; the refund is ${money(refund)}`}`;
    case 'clear':
      return 'empty the amount';
    case 'no_sale':
      return 'nothing: 0.00 is no sale';
    default:
      return unreachable(intent);
  }
}

/** What would become of a row that was planned, and why, a sentence each. */
export function whyOf(row: PlannedRow, vendor: Vendor): string[] {
  const { status, message, warning, held } = row;
  const warned = warning === undefined ? [] : [`warning: ${warning}`];
  if (status === 'planned') return [...relationSays(row), actionSays(row, vendor), ...warned];
  if (status === 'unchanged') return [`${runOf(held)} had the same accepted, so nothing is sent`, ...warned];
  return message === undefined ? [warning ?? 'nothing is sent'] : [message, ...warned];
}

function runOf(held: PlannedRow['held']): string {
  return held?.run === undefined ? 'an earlier run' : runName(held.run);
}

function relationSays({ relation, held }: PlannedRow): string[] {
  const amount = held?.amount === undefined ? 'no amount' : formatAmount(held.amount);
  const doubts =
    held?.doubt === undefined
      ? []
      : [
          'an earlier attempt may have been applied, and repeating it is harmless, so it is sent whatever was accepted before',
        ];
  switch (relation) {
    case 'new':
      return [
        held?.isHeld === true
          ? 'a reconciliation did not find what was accepted, so it counts as new'
          : 'the ledger knows of nothing that is held for this key',
        ...doubts,
      ];
    case 'same':
      return [
        `${runOf(held)} had the same accepted`,
        ...(doubts.length > 0 ? doubts : ['it is to be sent again all the same']),
      ];
    case 'changed':
      return [`${runOf(held)} had something else accepted: ${amount}`, ...doubts];
    case 'partly':
      return [`a part of what the row takes back was taken back before, by ${runOf(held)}`, ...doubts];
    case 'missing':
    case undefined:
      return doubts;
    default:
      return unreachable(relation);
  }
}

const REPEATS = {
  overwrites: 'a second identical request would set it again',
  upserts: 'a second identical request would update it',
  appends: 'a second identical request would add another record, so it is sent once and never again in doubt',
} as const;

function actionSays({ action = 'create', amount, previousAmount }: PlannedRow, vendor: Vendor): string {
  const money = amount === undefined ? 'no amount' : formatAmount(amount);
  const before = previousAmount === undefined ? '' : `${formatAmount(previousAmount)} becomes `;
  const repeats = REPEATS[repeatOf(vendor, action)];
  switch (action) {
    case 'create':
      return `it is sent as a new sale of ${money}; at ${vendor.title} ${repeats}`;
    case 'correct':
      return `it is sent as a correction: ${before}${money}; at ${vendor.title} ${repeats}`;
    case 'reverse':
      return `it is sent as a reversal of what is held; at ${vendor.title} ${repeats}`;
    case 'clear':
      return `it is sent so that ${vendor.title} forgets the amount; ${repeats}`;
    default:
      return unreachable(action);
  }
}
