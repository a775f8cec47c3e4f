import type { Unsettled } from '../core/outcome.js';
import type { Totals } from '../core/ledger.js';
import { unreachable } from '../core/result.js';
import { repeatOf, type Semantics, type Vendor } from '../core/vendor.js';

export interface Budget {
  /** Further attempts after the first, whatever made them necessary. */
  readonly retries: number;
  /** From the row's first attempt to the start of its last, waits included. */
  readonly deadlineMs: number;
}

export type Decision =
  | { readonly kind: 'again'; readonly waitMs: number }
  | {
      readonly kind: 'give_up';
      readonly status: 'failed' | 'unknown';
      readonly because: 'semantics' | 'retries' | 'deadline';
    };

/** Whether a row is to be sent of which a second request would count twice, so that a crash must leave few of them open. */
export function mayCountTwice(vendor: Vendor, totals: readonly Totals[]): boolean {
  return totals.some(({ status, action }) => status === 'planned' && repeatOf(vendor, action) === 'appends');
}

const BACKOFF_MS = { first: 500, most: 30_000 };
/** Busy without `Retry-After`: five waits of these outlast the usual one-minute window. */
const BUSY_MS = { first: 5_000, most: 60_000 };

/**
 * Whether a row is sent again, and after how long. The vendor's documented semantics decide, never the HTTP
 * method. `attempts` counts those made, from 1; `random` is in [0, 1).
 */
export function decideRetry(
  outcome: Unsettled,
  repeat: Semantics['repeat']['kind'],
  attempts: number,
  elapsedMs: number,
  budget: Budget,
  random: number,
): Decision {
  if (outcome.kind === 'in_doubt' && repeat === 'appends') {
    return { kind: 'give_up', status: 'unknown', because: 'semantics' };
  }
  if (attempts > budget.retries) return { kind: 'give_up', status: 'failed', because: 'retries' };
  const waitMs = Math.ceil(waitFor(outcome, attempts, random));
  if (elapsedMs + waitMs > budget.deadlineMs)
    return { kind: 'give_up', status: 'failed', because: 'deadline' };
  return { kind: 'again', waitMs };
}

function waitFor(outcome: Unsettled, attempts: number, random: number): number {
  switch (outcome.kind) {
    case 'busy': {
      if (outcome.retryAfterMs !== undefined) {
        return Math.max(outcome.retryAfterMs, random * ceiling(BACKOFF_MS, attempts));
      }
      const most = ceiling(BUSY_MS, attempts);
      return most / 2 + (random * most) / 2;
    }
    case 'not_sent':
    case 'in_doubt':
      return random * ceiling(BACKOFF_MS, attempts);
    default:
      return unreachable(outcome);
  }
}

function ceiling({ first, most }: { first: number; most: number }, attempts: number): number {
  return Math.min(most, first * 2 ** (attempts - 1));
}
