import type { Settlement } from './ledger.js';
import type { FileProblem } from './ports.js';
import type { RunBegun, RunId } from './row.js';

/** Everything a run can say while it goes on. */
export type RunEvent =
  | ({ readonly kind: 'recovered' } & Recovered)
  | { readonly kind: 'staged'; readonly input: string; readonly rows: number }
  | { readonly kind: 'file_warning'; readonly input: string; readonly problem: FileProblem }
  | { readonly kind: 'push_started'; readonly run: RunId; readonly toSend: number }
  | { readonly kind: 'settled'; readonly settlement: Settlement }
  | {
      readonly kind: 'retry';
      readonly input: string;
      readonly line: number;
      readonly message: string;
      readonly waitMs: number;
    }
  | ({ readonly kind: 'rate' } & RateChange)
  | { readonly kind: 'paused'; readonly waitMs: number; readonly message: string }
  | { readonly kind: 'stopping'; readonly stop: Stop };

/** What became of a run that was killed, as the next push of its account finds it. */
export interface Recovered extends RunBegun {
  /** Undefined where it was killed before anything was planned: nothing is left of it. */
  readonly run: RunId | undefined;
  readonly rows: number;
  readonly inFlight: number;
  /** Of those in flight, the ones that wait for a person. */
  readonly unknown: number;
  readonly notSent: number;
}

/** The rate that `--rate auto` goes on with, in requests a second, with the rows that may be in flight at once; and why. */
export interface RateChange {
  readonly perSecond: number;
  readonly inFlight: number;
  readonly because: 'begun' | 'as_fast' | 'slower' | 'turned_away' | 'unanswered';
}

/** Why a run ended before its last row. */
export type Stop =
  | { readonly kind: 'interrupted'; readonly signal: Interrupt }
  | { readonly kind: 'account_refused'; readonly message: string }
  | { readonly kind: 'storm'; readonly message: string }
  | { readonly kind: 'vendor_busy'; readonly message: string }
  /** From an address that leads elsewhere, where each request may count. */
  | { readonly kind: 'redirected'; readonly message: string }
  /** `nextAt`: epoch milliseconds from which on the next request may go. */
  | { readonly kind: 'budget_spent'; readonly message: string; readonly nextAt: number }
  | {
      readonly kind: 'ledger_failed';
      readonly message: string;
      /**
       * Rows that were answered, or claimed and never sent where that is in doubt without a word of it, and that the
       * ledger could not take: nobody else knows of them.
       */
      readonly unsaved: readonly Settlement[];
    };

/** What asks a command to end in good order: a terminal that closes, Ctrl-C, and `kill`. */
export const INTERRUPTS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;
export type Interrupt = (typeof INTERRUPTS)[number];

export type Interrupted = Extract<Stop, { kind: 'interrupted' }>;

/** The stop that an aborted signal asks for; its reason is the name of the process signal. */
export function interruptedBy(interrupt: AbortSignal): Interrupted {
  return { kind: 'interrupted', signal: INTERRUPTS.find((name) => name === interrupt.reason) ?? 'SIGINT' };
}

export type EventSink = (event: RunEvent) => void;
