import type { BorneRate, LastPush, PushedInput } from './earlier-pushes.js';
import type { Amount } from './amount.js';
import type { Attempt } from './outcome.js';
import type { HeldPlan, PlanRow, PlanTerms, StaleRows } from './plans.js';
import type { Pruned, Pruning } from './pruning.js';
import type {
  ClaimedRow,
  InputFile,
  LookAlike,
  Namespace,
  SameCall,
  RepeatedRow,
  RowFailure,
  Row,
  RowUpdate,
  RunBegun,
  RunId,
  RunOrigin,
  SettledRow,
  StagedRow,
} from './row.js';
import type { Action, Intent, RowStatus } from './status.js';
import type { SentRow } from './undo.js';
import type { LikenessesOf } from './vendor.js';

export type { Namespace };

export { LedgerError, LedgerLockedError } from './ledger-errors.js';

/** How a staged row stands to what the vendor is known to hold. */
export interface KeyState {
  readonly intent: Intent;
  /**
   * `missing`: it was accepted, and a reconciliation did not find it at the vendor; `partly`: of what a reversal takes back,
   * a part was taken back before.
   */
  readonly relation: 'new' | 'same' | 'changed' | 'missing' | 'partly';
  /** `resend`: the vendor may hold something else by now; `blocked`: and repeating would count twice. */
  readonly doubt: Doubt | 'none';
}

/** Stand in the message of a rule for what the vendor calls what is held, and for the run that had it accepted. */
export const HELD_REF = '{ref}';
export const HELD_RUN = '{run}';

export type Doubt = 'resend' | 'blocked';

/** What a row is that may have been applied and of which no answer is known. */
export function statusInDoubt(doubt: Doubt): 'unknown' | 'failed' {
  return doubt === 'blocked' ? 'unknown' : 'failed';
}

/** What to do with the rows of one state. */
export type PlanRule = KeyState &
  (
    | { readonly do: 'send'; readonly action: Action }
    | { readonly do: 'keep'; readonly status: RowStatus; readonly code?: string; readonly message?: string }
  );

export interface Settlement extends Pick<Row, 'code' | 'message' | 'ref' | 'correctsRef' | 'warning'> {
  readonly row: SettledRow;
  readonly status: RowStatus;
  /** Oldest first; empty where nothing was sent after all. */
  readonly attempts: readonly Attempt[];
  /** What is in doubt at the vendor after this, if anything. */
  readonly doubt?: Doubt;
}

/** A row whose last request ended when it was no longer this process's own. */
export interface LateRow {
  readonly position: number;
  readonly key: string;
  readonly doubt: Doubt;
}

/** Rows and money by status and by action. */
export interface Totals {
  readonly status: RowStatus;
  readonly action: Action | undefined;
  readonly rows: number;
  /** In 1/10000, past the range of a single amount. */
  readonly amount: bigint;
  /** What corrections and reversals add to what was held before. */
  readonly change: bigint;
  /** Rows of which the money, or what they change of it, is not known. */
  readonly unknown: number;
}

/** The rows of a file that return to an earlier value, with the first of them. */
export interface EarlierValues {
  readonly input: string;
  /** Of the file, those that could be sent. */
  readonly rows: number;
  readonly earlier: number;
  readonly line: number;
  readonly key: string;
  readonly amount: Amount;
  /** What is held now; absent where the sale was taken back. */
  readonly held: Amount | undefined;
  readonly heldIn: RunId;
  readonly changedIn: RunId;
}

/** What the reading of files fills: see `Ledger`. */
export type Staging = Pick<
  Ledger,
  'addInput' | 'stage' | 'dropInput' | 'endInput' | 'update' | 'vendorOfRun'
>;

/**
 * What was staged, sent and accepted, for one vendor account. The implementation holds the account's lock.
 * A call that returns has been committed, and from the first claim of a run to its end also synced.
 */
export interface Ledger {
  /** Rows that are staged without a failure get an action or a status by the rules; where there are none, neither. */
  beginRun(at: number, rules?: readonly PlanRule[], origin?: RunOrigin): Promise<RunId>;
  addInput(run: RunId, input: InputFile): Promise<void>;
  /** Appends to the input added last. */
  stage(run: RunId, rows: readonly StagedRow[]): Promise<void>;
  /** Forgets the input added last and its rows. */
  dropInput(run: RunId): Promise<void>;
  /** The input added last has been read to its end. */
  endInput(run: RunId, digest: string): Promise<void>;
  /** An input with these bytes of an earlier run that reached its last row. */
  pushedBefore(digest: string): Promise<PushedInput | undefined>;
  /** Of these digests of inputs those of which a run of this account left nothing open. */
  pushedWhole(digests: readonly string[]): Promise<ReadonlySet<string>>;
  /** When the last push with a profile began that had a file, in epoch milliseconds. */
  lastFileOf(profile: string): Promise<number | undefined>;
  /**
   * Groups of rows with one key, each in input order, of which at least one has no failure, and of rows that take something
   * back; with `net` also of rows whose key had something taken back before.
   * Rows of a file that are equal to the letter share their `cells`; of more than `MOST_CONTENTS` that differ the group
   * ends with the first too many.
   */
  repeated(run: RunId, net: boolean): AsyncIterable<readonly RepeatedRow[]>;
  /** All rows of a key that could be sent get the failure. */
  refuseKey(run: RunId, key: string, failure: RowFailure): Promise<void>;
  /** A row whose content changes is planned anew. */
  update(run: RunId, updates: readonly RowUpdate[]): Promise<void>;
  /**
   * Planned rows whose key is new and which look like a sale that was accepted, or may have been, under another key:
   * within a minute, or with the same amount as many quarter hours away as a time zone can be. Where the run has that
   * other key too, they are two sales.
   */
  lookAlikes(run: RunId, likenesses: LikenessesOf): AsyncIterable<readonly LookAlike[]>;
  /**
   * Planned rows of which another planned row of the run shares a likeness and the time, or one says none, under another
   * key, where the call of one of the two is not known; each with one such row.
   */
  sameCalls(run: RunId): AsyncIterable<readonly SameCall[]>;
  /** Gives corrections that return to what was held before a later run changed it the warning `earlier_value`. */
  markEarlierValues(run: RunId): Promise<readonly EarlierValues[]>;
  /** Gives sales of 0.00 that are planned and of whose key nothing may be held the warning. */
  markFirstZeros(run: RunId, warning: string): Promise<void>;
  /** Rows planned to be sent past the first `limit` get the failure. */
  holdAfter(run: RunId, limit: number, failure: RowFailure): Promise<void>;
  /**
   * Ends a planned run and holds it as a plan, with the last attempt for each key that it would send. False, and nothing is
   * done, where a row has a credential of its own: only this process can open it.
   */
  holdPlan(run: RunId, terms: PlanTerms, at: number): Promise<boolean>;
  /** Takes the rows of a plan into a run that applies it, to be planned again but for what an earlier one had accepted. */
  copyPlan(run: RunId, plan: RunId): Promise<void>;
  /** Rows of a plan that come out otherwise in the run that applies it, or whose key something else has touched since then. */
  staleRows(run: RunId, plan: RunId, limit: number): Promise<StaleRows>;
  /** The next planned rows in input order, left as they are. */
  planned(run: RunId, limit: number): Promise<readonly ClaimedRow[]>;
  /** At most `limit` planned rows in input order. The claim is on disk before this returns. */
  claim(run: RunId, limit: number): Promise<readonly ClaimedRow[]>;
  /**
   * Whether what was claimed is still this process's own: asked before each attempt, and false as soon as another machine
   * might take it over. No attempt is begun then.
   */
  holds(): boolean;
  /**
   * Of rows of a run that this process no longer holds, whose requests may have reached the vendor after those of the machine
   * that took them over: their keys are in doubt from now on, as `doubt` says, unless nothing was sent for them since.
   */
  sentLate(run: RunId, rows: readonly LateRow[], at: number): Promise<void>;
  /** The vendor asked for no request for `ms`: a machine that comes after this one leaves it alone as long. */
  rememberPause(ms: number): void;
  /** For how many milliseconds the vendor asked another machine to leave it alone. */
  pauseLeft(): Promise<number>;
  /** A claim that is asked for in the same turn, after it, shares its commit. */
  settle(run: RunId, settlements: readonly Settlement[], at: number): Promise<void>;
  /** When attempts of this account after `since` were begun, in epoch milliseconds: the newest `limit`, oldest first. */
  attemptedSince(since: number, limit: number): Promise<readonly number[]>;
  /** What `endRun` wrote down last. */
  borneRate(): Promise<BorneRate | undefined>;
  lastPush(): Promise<LastPush>;
  /** Rows of a run of this account that were sent, in input order, each with everything that was told of its key. */
  sentRows(run: RunId): AsyncIterable<readonly SentRow[]>;
  /** The vendor to which a run that got further than its staging pushed, of whatever account. */
  vendorOfRun(run: RunId): Promise<string | undefined>;
  /** Rows still planned get the failure; the run is closed. */
  endRun(run: RunId, end: RunEnd): Promise<void>;
  /** Writes down how the push ended, for who looks the morning after. */
  writeEnd(end: Omit<PushEnd, keyof Namespace>): Promise<void>;
  totals(run: RunId): Promise<readonly Totals[]>;
  /** Runs of this account that died, with the rows they had in flight. */
  abandoned(): Promise<readonly AbandonedRun[]>;
  /** From now on keys of rows that runs have in flight are in doubt in what is planned. Only for a dry run: a push recovers. */
  countInFlight(doubtOf: (action: Action) => Doubt): Promise<void>;
  /** Forgets a run that never came to send anything. */
  dropRun(run: RunId): Promise<void>;
}

export interface RunEnd {
  readonly at: number;
  readonly state: 'finished' | 'stopped' | 'crashed' | 'planned';
  readonly rest?: RowFailure;
  /** Requests a second that the account bore, where that was found out. */
  readonly borne?: number | undefined;
}

/** How a push ended that came to open the books of its account. */
export interface PushEnd extends Namespace {
  /** Undefined where none came to be: a refused file leaves none. */
  readonly run: RunId | undefined;
  readonly profile: string | undefined;
  /** None where a profile had no file that was not pushed before. */
  readonly files: readonly string[];
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly exitCode: number;
  /** Why it did not do all that it should; undefined where it did. */
  readonly says: string | undefined;
}

export interface AbandonedRun extends RunBegun {
  readonly run: RunId;
  readonly staged: boolean;
  readonly inFlight: readonly ClaimedRow[];
}

/** One line of a results CSV, as the ledger keeps it. */
export type ResultRow = Omit<Row, 'input' | 'sale' | 'digest' | 'sealed' | 'discrepancy' | 'likenesses'> &
  Required<Pick<Row, 'status' | 'attempts'>>;

/** A row of a run with the file it came from. */
export type ProblemRow = ResultRow & Pick<Row, 'input'>;

/** A file of a run; `number` counts them from 1. */
export type RunInput = InputFile & { readonly number: number };

/** What became of the rows of a run; while it goes on, what is known by now. */
export interface RunReader {
  inputs(run: RunId): Promise<readonly RunInput[]>;
  /** The rows of one input in input order, a few hundred at a time. */
  rows(run: RunId, input: number): AsyncIterable<readonly ResultRow[]>;
  totals(run: RunId): Promise<readonly Totals[]>;
  /** The first rows with one of these statuses, in the order in which they are given, then those that were held back. */
  problems(run: RunId, statuses: readonly RowStatus[], limit: number): Promise<readonly ProblemRow[]>;
  /** Undefined where the run is no plan. */
  plan(run: RunId): Promise<HeldPlan | undefined>;
  /** The rows of a plan in input order, a few hundred at a time. */
  planRows(run: RunId): AsyncIterable<readonly PlanRow[]>;
  /** The first rows that change what was accepted before. */
  corrections(run: RunId, limit: number): Promise<readonly ProblemRow[]>;
  /**
   * Whether the results of an input go to `place`, which is written down: not where those of another file, vendor or
   * account do. What was a trial, pushed to `trial`, makes room for a push once it has ended.
   */
  takePlace(run: RunId, input: number, place: string, trial: string): Promise<boolean>;
}

/**
 * What speaks against a ledger, by what is kept beside it: it is an older copy, knows nothing, or is not the one that was
 * pushed by here; or nothing is beside it that could tell. `restored`: one that machines share is in another database.
 */
export type LedgerDoubt = 'older' | 'empty' | 'another' | 'unaccompanied' | 'restored';

/** A ledger to push by, and to read what became of it. */
export interface OpenLedger extends Ledger, RunReader {
  /** Looked for only where a repeat would count twice. */
  readonly doubt: LedgerDoubt | undefined;
  /** The accounts to which anything was pushed before this. */
  pushedAccounts(): Promise<readonly Namespace[]>;
  /**
   * Writes the ledger again where it was deleted or replaced during the run: without it the next push would
   * not know what was sent. Says what it did, or nothing where nothing happened.
   */
  rescue(): Promise<readonly string[]>;
  /** Of this account. */
  prune(which: Pruning): Promise<Pruned>;
  close(): Promise<void>;
}
