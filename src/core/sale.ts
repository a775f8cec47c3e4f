import type { Amount } from './amount.js';
import type { Code } from './codes.js';

/** One sale as a vendor sees it: mapped cells, trimmed, blank ones left out. */
export interface Sale {
  /** Absent for a clear, and for a reversal whose cell was blank. */
  readonly amount?: Amount;
  readonly fields: Readonly<Record<string, string>>;
  /** Required fields whose absence the user has accepted. */
  readonly waived?: readonly string[];
}

/** One reason why a row cannot be sent. `message` says what was found, what was wanted and what to do. */
export interface RowProblem {
  readonly field: string;
  readonly code: Code;
  readonly message: string;
  /** Other fields that would settle it. Where one of them is there and cannot be read, only that is said. */
  readonly unless?: readonly string[];
}
