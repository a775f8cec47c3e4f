import type { RunId } from './row.js';

/**
 * Source rows of runs that ended before `before` are forgotten: never entries and the audit trail, nor a run of which a
 * key is in doubt, nor what is to be filed yet of vendors that look back for likenesses.
 */
export interface Pruning {
  /** Epoch milliseconds. */
  readonly before: number;
  readonly lookBack: readonly string[];
  /** Only what would be forgotten is looked for. */
  readonly isTrial?: boolean;
}

/** Runs that were forgotten, and those that are old enough and were kept. */
export interface Pruned {
  readonly forgotten: number;
  readonly kept: number;
  /** Those that were forgotten, or would be, the oldest first. */
  readonly runs: readonly RunId[];
}
