import type { Echo } from './echo.js';

/** What came of one attempt to send a row. A vendor's reader and the transport tell it alike. */
export type Outcome =
  /**
   * `echo` is what the vendor says it holds now, as it wrote it, by the names of `Prepared.echoes`; `warnings` are
   * codes; `kept` is what else the answer says that goes into the audit trail.
   */
  | {
      readonly kind: 'applied';
      readonly ref?: string;
      readonly correctsRef?: string;
      readonly echo?: Echo;
      readonly warnings?: readonly string[];
      readonly kept?: Kept;
    }
  /** Refused for this row for good; not applied. */
  | { readonly kind: 'rejected'; readonly code: string; readonly message: string }
  /** The account is refused: nothing more may be sent. `mayBeApplied`: the answer leaves open whether this row was. */
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly message: string;
      readonly mayBeApplied?: true;
    }
  /** Turned away unprocessed; may be sent again, not before `retryAfterMs`. */
  | { readonly kind: 'busy'; readonly code: string; readonly message: string; readonly retryAfterMs?: number }
  /** It may have been applied: no answer came, or one that does not say. */
  | { readonly kind: 'in_doubt'; readonly code: string; readonly message: string }
  /** No byte of the request left this machine. */
  | { readonly kind: 'not_sent'; readonly code: string; readonly message: string };

/** Texts of an answer by their names in it. */
export type Kept = Readonly<Record<string, string>>;

/** Every outcome but success. */
export type Failure = Exclude<Outcome, { kind: 'applied' }>;

/** Outcomes of an attempt without a reply: the transport's own. */
export type Unanswered = Extract<Outcome, { kind: 'in_doubt' | 'not_sent' }>;

/** Outcomes that settle nothing: whether the row is sent again decides what becomes of it. */
export type Unsettled = Extract<Outcome, { kind: 'busy' | 'in_doubt' | 'not_sent' }>;

/** One attempt as the audit trail keeps it. */
export interface Attempt {
  /** Epoch milliseconds at which it was begun. */
  readonly at: number;
  readonly httpStatus?: number;
  readonly code?: string;
  readonly message?: string;
  /** What else the answer said, of one that accepted the row. */
  readonly kept?: Kept;
}
