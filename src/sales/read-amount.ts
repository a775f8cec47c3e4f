import { type Amount, type AmountStyle, type Rounding, formatAmount, parseAmount } from '../core/amount.js';
import type { RowProblem } from '../core/sale.js';
import { keepsOneAmount, type Vendor } from '../core/vendor.js';
import { damageOf } from './spreadsheet-damage.js';

export interface AmountOptions {
  /** What a blank amount asks for; the default refuses it. `omit` sends the row without one. */
  readonly blankAmount: 'refuse' | 'clear' | 'omit';
  readonly round: Rounding | undefined;
  /** What an amount below zero asks for; the default refuses it, `net` takes it off the sale. */
  readonly negativeAmounts: 'refuse' | 'reverse' | 'net' | 'send';
  readonly style: { readonly amounts: AmountStyle };
}

type ReadAmount =
  | { readonly kind: 'amount'; readonly amount: Amount; readonly rounded: boolean }
  /** Where it is not an amount like others. */
  | { readonly kind: 'negative'; readonly amount: Amount }
  | { readonly kind: 'clear' | 'none' }
  | { readonly kind: 'problem'; readonly problem: RowProblem };

/** What the text of an amount asks for. */
export function readAmount(text: string, field: string, vendor: Vendor, options: AmountOptions): ReadAmount {
  const problem = (code: RowProblem['code'], message: string): ReadAmount => ({
    kind: 'problem',
    problem: { field, code, message },
  });
  if (text === '') {
    if (options.blankAmount === 'clear') return { kind: 'clear' };
    if (options.blankAmount === 'omit') return { kind: 'none' };
    const { clear, noAmount } = vendor.semantics;
    const ways = [
      ...(clear.kind === 'supported' ? [', --blank-amount clear empties it'] : []),
      ...(noAmount.kind === 'supported' ? [', --blank-amount omit sends the row without one'] : []),
    ];
    return problem('blank_amount', `is blank, which is not 0.00; write 0.00${ways.join('')}`);
  }
  const damage = damageOf({ is: 'amount' }, text);
  if (damage !== undefined) return problem(damage.code, damage.message);
  const { decimals } = vendor.limits;
  const parsed = parseAmount(text, { decimals, round: options.round, ...options.style.amounts });
  if (!parsed.ok) return problem(parsed.error.code, parsed.error.message);
  const { amount, rounded } = parsed.value;
  const { negativeAmounts } = options;
  const isDocumented = negativeAmounts === 'refuse' && vendor.limits.negativeAmounts === 'documented';
  if (amount < 0 && negativeAmounts !== 'send' && !isDocumented) return { kind: 'negative', amount };
  return { kind: 'amount', amount, rounded };
}

export function negativeRefused(amount: Amount, field: string, vendor: Vendor): RowProblem {
  const net = keepsOneAmount(vendor) ? ', or let --negative-amounts net send it' : '';
  const message = `${formatAmount(amount)} is negative, which ${vendor.title} does not document; send the amount that remains, or 0.00${net}`;
  return { field, code: 'negative_amount', message };
}

export const ZERO_REFUSED = {
  code: 'zero_amount',
  message:
    'is 0.00, which --zero refuse does not send; --zero amount does, --zero no_sale leaves the row out',
} as const;
