import type { Amount } from './amount.js';
import type { InputFile, Ledger, RunId, Totals, Attempt } from './ports.js';
import type { ReportedItem } from './reported.js';
import type { Result } from './result.js';
import type { Action, RowStatus } from './status.js';

/** Whose keys these are: ledgers of a vendor's accounts and of its test hosts never mix. */
export interface Namespace {
  readonly vendor: string;
  readonly account: string;
  readonly origin: string;
}

/** The ledger cannot be opened, read or written; the message says why and what to do. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
}

/** Another process pushes to the same vendor account. */
export class LedgerLockedError extends Error {
  override readonly name = 'LedgerLockedError';
}

/** One line of a results CSV, as the ledger keeps it. */
export interface ResultRow {
  readonly position: number;
  readonly line: number;
  readonly cells: readonly string[];
  readonly key: string | undefined;
  readonly action: Action | undefined;
  readonly status: RowStatus;
  readonly amount: Amount | undefined;
  readonly previousAmount: Amount | undefined;
  readonly httpStatus: number | undefined;
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly ref: string | undefined;
  readonly correctsRef: string | undefined;
  readonly warning: string | undefined;
  readonly attempts: number;
  /** Epoch milliseconds at which the last attempt was begun. */
  readonly sentAt: number | undefined;
}

/** A row of a run with the file it came from. */
export type ProblemRow = ResultRow & { readonly input: string };

/** A file of a run; `number` counts them from 1. */
export type RunInput = InputFile & { readonly number: number };

/** What became of the rows of a run; while it goes on, what is known by now. */
export interface RunReader {
  inputs(run: RunId): Promise<readonly RunInput[]>;
  /** The rows of one input in input order, a few hundred at a time. */
  rows(run: RunId, input: number): AsyncIterable<readonly ResultRow[]>;
  totals(run: RunId): Promise<readonly Totals[]>;
  /** The first rows with one of these statuses, in the order in which they are given, then held corrections. */
  problems(run: RunId, statuses: readonly RowStatus[], limit: number): Promise<readonly ProblemRow[]>;
  /** The first rows that change what was accepted before. */
  corrections(run: RunId, limit: number): Promise<readonly ProblemRow[]>;
}

/** A ledger to push by, and to read what became of it. */
export interface OpenLedger extends Ledger, RunReader {
  /**
   * Writes the ledger again where it was deleted or replaced during the run: without it the next push would
   * not know what was sent. Says what it did, or nothing where nothing happened.
   */
  rescue(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface RunRecord extends Namespace {
  readonly run: RunId;
  readonly state: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  readonly inputs: readonly string[];
  /** False where `prune` forgot the source rows. */
  readonly hasRows: boolean;
  readonly totals: readonly { status: RowStatus; rows: number; amount: bigint }[];
}

/** One settled row or one decision of a person, in the audit trail of a key. */
export interface HistoryRecord extends Namespace {
  readonly at: number;
  readonly run: RunId;
  readonly input: string;
  readonly line: number;
  readonly action: Action;
  readonly amount: Amount | undefined;
  readonly previousAmount: Amount | undefined;
  readonly status: string;
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly ref: string | undefined;
  readonly correctsRef: string | undefined;
  readonly tries: readonly Attempt[];
}

/** A key that waits for a person, and the attempt in doubt. */
export interface Unsettled extends Namespace {
  readonly key: string;
  readonly attempt: number;
  readonly amount: Amount | undefined;
}

/** What a person found out at the vendor, how they know, and when they said so. */
export interface Resolution {
  readonly found: 'accepted' | 'not_applied';
  readonly why: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What was written down of every account, to look at; and what a person may change about it. */
export interface LedgerRecords extends RunReader {
  /** What is read from now on is of one moment, also while a push goes on beside. */
  holdStill(): Promise<void>;
  /** Oldest first. */
  runs(): Promise<readonly RunRecord[]>;
  /** Everything that ever happened to a key, oldest first, in every account that knows it. */
  history(key: string): Promise<readonly HistoryRecord[]>;
  /** Keys that wait for a person: all of a run's, or the one named, in every account. */
  unsettled(target: { readonly run: RunId } | { readonly key: string }): Promise<readonly Unsettled[]>;
  /** Writes down what a person found out and frees the key, unless it was settled meanwhile. */
  resolve(key: Unsettled, resolution: Resolution): Promise<Result<void, string>>;
  /** The accounts in which anything was ever accepted or is in doubt. */
  accounts(): Promise<readonly Namespace[]>;
  /**
   * What is held for every key of an account, as rows of status `accepted`; and for keys that wait for a person also
   * the attempt in doubt, as `unknown`. Cells are those of the row that had it accepted, none where they were pruned.
   */
  entries(account: Namespace): AsyncIterable<ReportedItem>;
  /** Forgets source rows of runs that ended before `before`, never entries or the audit trail; of how many runs. */
  prune(before: number): Promise<number>;
  /** Forgets everything about the accounts of one origin. Only for the sandbox, whose books can be emptied. */
  forget(origin: string): Promise<void>;
  close(): Promise<void>;
}

/** What can be said of a ledger from outside, without changing it. */
export interface LedgerHealth {
  readonly bytes: number;
  /** Permission bits of the file. */
  readonly mode: number;
  /** What the store says of its pages and indexes, where it finds something wrong. */
  readonly damage: readonly string[];
  readonly runs: number;
  /** Keys of which something is known. */
  readonly keys: number;
  /** Keys that wait for a person. */
  readonly blocked: number;
  /** Epoch milliseconds of the newest record. */
  readonly newest: number | undefined;
  readonly open: readonly OpenRun[];
}

/** A run that has not ended: its process is at work, or died. */
interface OpenRun extends Namespace {
  readonly run: number;
  readonly alive: boolean;
}
