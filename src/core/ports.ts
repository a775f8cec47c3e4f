import type { Unanswered } from './outcome.js';
import type { Reply, VendorRequest } from './vendor.js';
import type { ClaimedRow, RepeatedRow, RowFailure, RowUpdate, SettledRow, StagedRow } from './row.js';
import type { Action, Intent, RowStatus } from './status.js';

/** Time and chance, so that what waits and what is drawn can be given by a test. */
export interface Clock {
  /** Epoch milliseconds: for what is written down. Somebody may set it, forward or back. */
  now(): number;
  /** Milliseconds since some moment that stays: for how long something takes or has to wait. */
  elapsed(): number;
  /** Resolves after `ms`, or at once when `signal` is aborted. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** In [0, 1). */
  random(): number;
}

/** What came of an attempt on the wire; `httpStatus` is absent where there was no reply to read. */
export interface Answer<T> {
  readonly outcome: T | Unanswered;
  readonly httpStatus?: number;
}

export interface Transport {
  /**
   * One attempt; `read` says what its reply means. Rejects only where `read` throws. `signal` gives the attempt up;
   * what is in `rowSecrets` is blotted out of the reply before it is read.
   */
  send<T>(
    request: VendorRequest,
    read: (reply: Reply) => T,
    signal: AbortSignal,
    rowSecrets: Readonly<Record<string, string>>,
  ): Promise<Answer<T>>;
}

/** Hides what must not be on disk; only the process that sealed it can open it. */
export interface Sealer {
  seal(text: string): string;
  open(sealed: string): string;
}

/** One record of a source file. `line` is where it starts, counted from 1. */
export interface SourceRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Why a file was refused, with its line where there is one. */
export interface FileProblem {
  readonly line?: number;
  readonly message: string;
}

export type SourceItem =
  | {
      readonly kind: 'header';
      readonly line: number;
      readonly cells: readonly string[];
      /** The first lines of the file, in case that another one is the header. */
      readonly opening: readonly SourceRecord[];
    }
  | { readonly kind: 'records'; readonly records: readonly SourceRecord[] }
  /** The file has been read to its end; `digest` is of its bytes. */
  | { readonly kind: 'end'; readonly digest: string }
  | { readonly kind: 'refused'; readonly problem: FileProblem };

/** A sales file: one header, then records in batches, then `end`; `refused` ends it too. */
export interface Source {
  /** As the user named it; `-` is standard input. */
  readonly name: string;
  /** Absolute; `-` is standard input. */
  readonly path: string;
  read(signal: AbortSignal): AsyncIterable<SourceItem>;
}

/** How a staged row stands to what the vendor is known to hold. */
export interface KeyState {
  readonly intent: Intent;
  readonly relation: 'new' | 'same' | 'changed';
  /** `resend`: the vendor may hold something else by now; `blocked`: and repeating would count twice. */
  readonly doubt: Doubt | 'none';
}

export type Doubt = 'resend' | 'blocked';

/** What to do with the rows of one state. */
export type PlanRule = KeyState &
  (
    | { readonly do: 'send'; readonly action: Action }
    | { readonly do: 'keep'; readonly status: RowStatus; readonly code?: string; readonly message?: string }
  );

/** One attempt as the audit trail keeps it. */
export interface Attempt {
  /** Epoch milliseconds at which it was begun. */
  readonly at: number;
  readonly httpStatus?: number;
  readonly code?: string;
  readonly message?: string;
}

export interface Settlement {
  readonly row: SettledRow;
  readonly status: RowStatus;
  /** Oldest first; empty where nothing was sent after all. */
  readonly attempts: readonly Attempt[];
  readonly code?: string;
  readonly message?: string;
  readonly ref?: string;
  readonly correctsRef?: string;
  readonly warning?: string;
  /** What is in doubt at the vendor after this, if anything. */
  readonly doubt?: Doubt;
}

/** Rows and money by status and by action. */
export interface Totals {
  readonly status: RowStatus;
  readonly action: Action | undefined;
  readonly rows: number;
  /** In 1/10000, past the range of a single amount. */
  readonly amount: bigint;
}

export interface PushedInput {
  readonly run: RunId;
  readonly path: string;
  /** Epoch milliseconds at which its run ended. */
  readonly at: number;
}

export interface InputFile {
  readonly name: string;
  readonly path: string;
  readonly header: readonly string[];
}

/**
 * What was staged, sent and accepted, for one vendor account. The implementation holds the account's lock.
 * A call that returns has been committed, and from the first claim of a run to its end also synced.
 */
export interface Ledger {
  /** Rows that are staged without a failure get an action or a status by the rules; where there are none, neither. */
  beginRun(at: number, rules?: readonly PlanRule[]): Promise<RunId>;
  addInput(run: RunId, input: InputFile): Promise<void>;
  /** Appends to the input added last. */
  stage(run: RunId, rows: readonly StagedRow[]): Promise<void>;
  /** The input added last has been read to its end. */
  endInput(run: RunId, digest: string): Promise<void>;
  /** An input with these bytes of an earlier run that reached its last row. */
  pushedBefore(digest: string): Promise<PushedInput | undefined>;
  /** Groups of rows with one key and no failure, each in input order. */
  repeated(run: RunId): AsyncIterable<readonly RepeatedRow[]>;
  /** A row whose content changes is planned anew. */
  update(run: RunId, updates: readonly RowUpdate[]): Promise<void>;
  /** Rows planned to be sent past the first `limit` get the failure. */
  holdAfter(run: RunId, limit: number, failure: RowFailure): Promise<void>;
  /** The next planned rows in input order, left as they are. */
  planned(run: RunId, limit: number): Promise<readonly ClaimedRow[]>;
  /** At most `limit` planned rows in input order. The claim is on disk before this returns. */
  claim(run: RunId, limit: number): Promise<readonly ClaimedRow[]>;
  settle(run: RunId, settlements: readonly Settlement[], at: number): Promise<void>;
  /** Rows still planned get the failure; the run is closed. */
  endRun(run: RunId, end: RunEnd): Promise<void>;
  totals(run: RunId): Promise<readonly Totals[]>;
  /** Runs of this account that died, with the rows they had in flight. */
  abandoned(): Promise<readonly AbandonedRun[]>;
  /** Forgets a run that never came to send anything. */
  dropRun(run: RunId): Promise<void>;
}

export type RunId = number;

export interface RunEnd {
  readonly at: number;
  readonly state: 'finished' | 'stopped' | 'crashed';
  readonly rest?: RowFailure;
}

export interface AbandonedRun {
  readonly run: RunId;
  readonly staged: boolean;
  readonly inFlight: readonly ClaimedRow[];
}
