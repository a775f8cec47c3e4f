import { flagOf } from '../core/flag.js';
import { formatAmount, parseAmount, type AmountStyle } from '../core/amount.js';
import { err, ok, type Result } from '../core/result.js';
import type { ColumnKind } from '../core/vendor.js';
import { damageOf, type FieldProblem } from './spreadsheet-damage.js';
import { readPhone } from './phone.js';
import { readInstant, readLocalTime, type TimeStyle } from './read-time.js';

/** How a file writes what is not plain text. */
export interface FieldStyle extends TimeStyle {
  readonly amounts: AmountStyle;
}

/** ISO 8601, and amounts as digits with at most one point. */
export const PLAIN_STYLE: FieldStyle = { timezone: undefined, dateOrder: undefined, amounts: {} };

/** A cell as its column's kind has it, or why it cannot be read with certainty. `text` is trimmed and not blank. */
export function readField(
  kind: ColumnKind,
  text: string,
  decimals: number,
  style: FieldStyle,
): Result<string, FieldProblem> {
  const damage = damageOf(kind, text);
  if (damage !== undefined) return err(damage);
  switch (kind.is) {
    case 'flag':
      return readFlag(text);
    case 'phone':
      return readPhone(text);
    case 'instant':
      return readInstant(text, style);
    case 'local_time':
      return readLocalTime(text, style);
    case 'money': {
      const parsed = parseAmount(text, { decimals, ...style.amounts });
      return parsed.ok ? ok(formatAmount(parsed.value.amount)) : parsed;
    }
    case 'text':
    case 'id':
    case 'amount':
    case 'named_texts':
    case 'secret':
      return ok(text);
  }
}

function readFlag(text: string): Result<string, FieldProblem> {
  const flag = flagOf(text);
  if (flag !== undefined) return ok(flag);
  return err({
    code: 'not_a_flag',
    message: `${JSON.stringify(text)} is neither true nor false; write true or false`,
  });
}
