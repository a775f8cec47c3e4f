import { formatChange, formatTotal, grouped } from '../../core/amount.js';
import type { Totals } from '../../core/ledger.js';
import type { Action, RowStatus } from '../../core/status.js';
import type { PushOutput } from '../outputs.js';

/** Rows and money. What is not known is no 0.00. */
type Sum = Pick<Totals, 'rows' | 'amount' | 'change' | 'unknown'>;

function summed(totals: readonly Totals[], ...actions: readonly (Action | undefined)[]): Sum {
  const sum = { rows: 0, amount: 0n, change: 0n, unknown: 0 };
  for (const { rows, amount, change, unknown } of totals.filter(({ action }) => actions.includes(action))) {
    sum.rows += rows;
    sum.amount += amount;
    sum.change += change;
    sum.unknown += unknown;
  }
  return sum;
}

/** Of all rows, those whose own money is not known: what a row changes of what was held is another matter. */
function allOf(totals: readonly Totals[]): Sum {
  const { unknown } = summed(totals, undefined);
  return { ...summed(totals, undefined, 'create', 'correct', 'reverse', 'clear'), unknown };
}

/** For `--json`, as decimal text: the amount is null where none is known, and `unknown` says of how many rows it is not. */
export function sumData(totals: readonly Totals[]): PushOutput['statuses'][RowStatus] {
  const { rows, amount, unknown } = allOf(totals);
  if (unknown === 0) return { rows, amount: formatTotal(amount) };
  return { rows, amount: unknown === rows ? null : formatTotal(amount), unknown };
}

/** For `--json`: how many rows are new, and what the others change of what was held before. */
export function changesData(totals: readonly Totals[]): PushOutput['changes'] {
  const changeData = ({ rows, change, unknown }: Sum): PushOutput['changes']['corrected'] => {
    if (unknown === 0) return { rows, change: formatTotal(change) };
    return { rows, change: unknown === rows ? null : formatTotal(change), unknown };
  };
  const { rows, amount } = summed(totals, 'create');
  return {
    new: { rows, amount: formatTotal(amount) },
    corrected: changeData(summed(totals, 'correct')),
    taken_back: changeData(summed(totals, 'reverse', 'clear')),
  };
}

/** The rows and the money of a status: `4,376.00`, and after it ` (new 80, corrected 4: +166.00, taken back 4: -150.00)`. */
export function moneyText(totals: readonly Totals[]): { rows: number; money: string; more: string } {
  const { rows, amount, unknown } = allOf(totals);
  const more = changesText(totals);
  if (totals[0]?.status === 'skipped') return { rows, money: '–', more };
  if (unknown === 0) return { rows, money: grouped(formatTotal(amount)), more };
  if (unknown === rows) return { rows, money: 'unknown', more };
  return { rows, money: grouped(formatTotal(amount)), more: ` and ${unknown} unknown${more}` };
}

/** Nothing where all are new, or nothing is sent for them. */
function changesText(totals: readonly Totals[]): string {
  const created = summed(totals, 'create');
  const corrected = summed(totals, 'correct');
  const takenBack = summed(totals, 'reverse', 'clear');
  if (corrected.rows + takenBack.rows === 0) return '';
  const parts = [
    ...(created.rows > 0 ? [`new ${created.rows}`] : []),
    ...(corrected.rows > 0 ? [`corrected ${corrected.rows}: ${changeText(corrected)}`] : []),
    ...(takenBack.rows > 0 ? [`taken back ${takenBack.rows}: ${changeText(takenBack)}`] : []),
  ];
  return ` (${parts.join(', ')})`;
}

function changeText({ rows, change, unknown }: Sum): string {
  if (unknown === rows) return 'unknown';
  return unknown === 0 ? formatChange(change) : `${formatChange(change)} and ${unknown} unknown`;
}

/** What would be sent of an action: `create 80 (4360.00)`, `reverse 4 (-150.00)`. */
export function actionText(action: Action, totals: readonly Totals[]): string {
  const sum = summed(totals, action);
  const takesBack = action === 'reverse' || action === 'clear';
  return `${action} ${sum.rows} (${takesBack ? changeText(sum) : formatTotal(sum.amount)})`;
}
