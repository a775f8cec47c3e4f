import type { Amount } from './amount.js';

/**
 * One row of a vendor's own books, as its report API tells it. A correction is a row that names the one it
 * replaces; all rows of one call have the same `call`.
 */
export interface Transaction {
  readonly id: string;
  /** The id of the call that the row is about; the row's own id where the vendor names none. */
  readonly call: string;
  /** The id of the row that this one replaces. */
  readonly corrects?: string;
  /** Epoch milliseconds. */
  readonly correctedAt?: number;
  /** The vendor's own word, such as `Call` or `Post Call Event`. */
  readonly type: string;
  /** Epoch milliseconds at which the call began. */
  readonly startedAt?: number;
  /** E.164 where it can be read as that, else as the vendor wrote it. */
  readonly caller?: string;
  /** Seconds. */
  readonly duration?: number;
  /** Name of the outcome or signal; absent for a row that is about the call only. */
  readonly outcome?: string;
  /** The seller's own id of the sale. */
  readonly orderId?: string;
  /** False takes the outcome back. */
  readonly value?: boolean;
  readonly amount?: Amount;
  /** Every column as the vendor wrote it. */
  readonly columns: Readonly<Record<string, string>>;
}
