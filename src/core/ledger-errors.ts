/** The ledger cannot be opened, read or written; the message says why and what to do. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
}

/** Another process is at work on what one at a time may have: the account of a push, the scope of a pull. */
export class LedgerLockedError extends Error {
  override readonly name = 'LedgerLockedError';
  /** Which one, with which ledger. */
  readonly other: string;

  constructor(other: string) {
    super(`${other}; wait for it to end`);
    this.other = other;
  }
}
