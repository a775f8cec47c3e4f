import type { Amount, AmountStyle } from '../core/amount.js';
import type { RowProblem, Sale } from '../core/sale.js';
import type { ColumnMap } from './columns.js';
import { otherCurrency } from './currency-column.js';
import { saidOf } from './refund-words.js';

/** What columns beside those of the vendor say against a row that is about to be sent. `known` are its other problems. */
export function saidBeside(
  sale: Sale,
  known: readonly RowProblem[],
  cells: readonly string[],
  { currency, reversal, header }: ColumnMap,
  { currency: spellings }: AmountStyle,
): readonly RowProblem[] {
  const problems: RowProblem[] = [];
  if (currency !== undefined && spellings !== undefined && !known.some(isOtherCurrency)) {
    const name = header[currency]?.trim() ?? '';
    const other = otherCurrency(cells[currency] ?? '', name, spellings);
    if (other !== undefined) problems.push(other);
  }
  if (reversal !== undefined) {
    const unlisted = unlistedRefund(sale, cells[reversal] ?? '', header[reversal]?.trim() ?? '');
    if (unlisted !== undefined) problems.push(unlisted);
  }
  return problems;
}

function isOtherCurrency({ code }: RowProblem): boolean {
  return code === 'other_currency';
}

const SOME = 1 as Amount;

/** A sale of which the reversal column says that it was taken back, in a word that is not among those that mean it. */
function unlistedRefund(
  { intent, amount = SOME }: Sale,
  written: string,
  header: string,
): RowProblem | undefined {
  const text = written.trim();
  if (intent !== 'set' || amount <= 0 || text === '' || saidOf(text, true) === 'nothing') return undefined;
  const message = `${JSON.stringify(text)} is no sale, and the reversal values do not list it; add it to --reversal-values, or take the row out`;
  return { field: header, code: 'unlisted_refund', message };
}
