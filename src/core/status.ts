/** What happened to a row: the words of the results CSV, the ledger and the summary, in the summary's order. */
export const STATUSES = [
  { status: 'accepted', means: 'the vendor confirmed it', again: 'no' },
  {
    status: 'unchanged',
    means: 'an earlier run had the same content accepted; nothing was sent',
    again: 'no',
  },
  {
    status: 'duplicate',
    means: 'every cell is as in an earlier line of this run, or the row became part of one; nothing was sent',
    again: 'no',
  },
  {
    status: 'skipped',
    means:
      "a blank row, a total that was checked, a row that the profile's `only` leaves out, a 0.00 that is no sale where nothing is held, or one of a breaks CSV that needs no push",
    again: 'no',
  },
  { status: 'invalid', means: 'the row cannot be sent; nothing was sent', again: 'yes, if mended' },
  { status: 'rejected', means: 'the vendor refused this row for good', again: 'yes' },
  {
    status: 'failed',
    means: 'gave up after retries; it was certainly not applied, or repeating is harmless',
    again: 'yes',
  },
  {
    status: 'unknown',
    means: 'it may have been applied and repeating would count twice; blocks its key',
    again: 'no, until `revsync resolve` settles it',
  },
  { status: 'not_sent', means: 'the run ended first, or the row was held back', again: 'yes' },
  { status: 'planned', means: 'dry run: what would be sent', again: '-' },
] as const;

export type RowStatus = (typeof STATUSES)[number]['status'];

const WORDS: ReadonlySet<string> = new Set<RowStatus>(STATUSES.map(({ status }) => status));

export function isStatus(word: string): word is RowStatus {
  return WORDS.has(word);
}

/** What a row asks for: record a sale, take one back, empty the vendor's amount, or nothing, since there was no sale. */
export type Intent = 'set' | 'reverse' | 'clear' | 'no_sale';

export const INTENTS: readonly Intent[] = ['set', 'reverse', 'clear', 'no_sale'];

/** What is sent for a row. `correct` is a sale whose key the vendor already holds with other content. */
export const ACTIONS = ['create', 'correct', 'reverse', 'clear'] as const;

export type Action = (typeof ACTIONS)[number];

/** Statuses of rows that need someone, the gravest first; what was merely not reached does not. */
export const NEEDS_SOMEONE: readonly RowStatus[] = ['unknown', 'failed', 'rejected', 'invalid'];

/** Statuses of rows that a run leaves open, what it merely did not reach too. */
export const LEFT_OPEN: readonly RowStatus[] = [...NEEDS_SOMEONE, 'not_sent'];

/** Statuses that end a run with exit code 0. */
export const SETTLED_WELL: ReadonlySet<RowStatus> = new Set([
  'accepted',
  'unchanged',
  'duplicate',
  'skipped',
]);
