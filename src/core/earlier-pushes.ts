import type { RunId } from './row.js';

/* What a ledger knows of the pushes before. */

export interface PushedInput {
  readonly run: RunId;
  readonly path: string;
  /** Epoch milliseconds at which its run ended. */
  readonly at: number;
}

/** How far pushes to an account have come; runs of which nothing was claimed are none. */
export interface LastPush {
  /** The newest run, 0 before the first. */
  readonly run: RunId;
  /** Epoch milliseconds at which the answer to what was sent last was known, if anything was sent. */
  readonly at: number | undefined;
  /** A run that goes on, or that died and was not closed by a push since. */
  readonly open?: RunId;
}

/** Requests a second that an account bore, and when that was known, in epoch milliseconds. */
export interface BorneRate {
  readonly perSecond: number;
  readonly at: number;
}
