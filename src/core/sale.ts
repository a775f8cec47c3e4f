import type { Amount } from './amount.js';
import type { Code } from './codes.js';
import type { Intent } from './status.js';

/** What a row says, in the vendor's fields: read once, stored with the row, and all that is sent of it. No secret stands in it. */
export interface Sale {
  readonly intent: Intent;
  /** Absent for a clear, a reversal, and a row that says nothing of money. */
  readonly amount?: Amount;
  /** Of a refund: what it says is taken back, 0 where it does not say, which is all of it. Not sent. */
  readonly refund?: Amount;
  /** Cells as their columns' kinds have them, trimmed, blank ones left out. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Codes of a refund that is refused as such, though it can be read. */
export const REFUND_REFUSED: ReadonlySet<string> = new Set<Code>([
  'negative_amount',
  'cannot_reverse',
  'cannot_clear',
]);

/** One reason why a row cannot be sent. `message` says what was found, what was wanted and what to do. */
export interface RowProblem {
  readonly field: string;
  readonly code: Code;
  readonly message: string;
  /** Other fields that would settle it. Where one of them is there and cannot be read, only that is said. */
  readonly unless?: readonly string[];
}
