/**
 * A reversal is known by what it takes back, whatever else its row says: its digest begins with this, the parts of the
 * sale as a number of bits, and `:`; what follows is the digest by which ledgers before 0.11.0 know it. No parts: the whole.
 */
export const TAKEN_BACK = 'back:';

/** The part of a sale that has its money. */
export const MONEY_PART = 1;

/** Stands for parts that a ledger before 0.11.0 did not write down. */
export const UNKNOWN_PART = 128;

export function reversalDigest(parts: number, digest: string): string {
  return `${TAKEN_BACK}${parts}:${digest}`;
}
