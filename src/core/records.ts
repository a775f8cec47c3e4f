import type { Amount } from './amount.js';
import type { KeyRecord } from './explained.js';
import type { Attempt } from './outcome.js';
import type { Doubt, LedgerDoubt, Namespace, PushEnd, RunReader, Totals } from './ledger.js';
import type { HeldPlan } from './plans.js';
import type { Pruned, Pruning } from './pruning.js';
import type { ReportedItem, ToldApart } from './reported.js';
import type { Result } from './result.js';
import { runName, type Row, type RunId } from './row.js';
import type { Action } from './status.js';
import { filesText, localText, plural } from './text.js';

export interface RunRecord extends Namespace {
  readonly run: RunId;
  readonly state: string;
  /** It has not ended and no process is at work. */
  readonly died: boolean;
  /** Of the push; undefined where it died, and before 0.12.0. */
  readonly exitCode: number | undefined;
  /** The run that it undoes. */
  readonly undoes: RunId | undefined;
  /** Who began it, and of one that applied a plan, the plan and who had made it; undefined before 0.14.0. */
  readonly who: string | undefined;
  readonly plan: RunId | undefined;
  readonly plannedBy: string | undefined;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  readonly inputs: readonly string[];
  /** False where `prune` forgot the source rows. */
  readonly hasRows: boolean;
  /** As it ended, but for what a person has settled since. */
  readonly totals: readonly Omit<Totals, 'action' | 'change'>[];
  /** Rows that were left open, and of whose keys a later run had something accepted. */
  readonly mended: number;
}

/** How an account stands. */
export interface AccountStatus extends Namespace {
  /** Its newest run. */
  readonly run: RunRecord | undefined;
  /** Of a run that goes on: who is at work, and how far. */
  readonly work: Work | undefined;
  /** How its last push ended. */
  readonly end: PushEnd | undefined;
}

export interface Work {
  readonly run: RunId;
  readonly files: readonly string[];
  /** Epoch milliseconds. */
  readonly since: number;
  /** Undefined where the process did not write itself down. */
  readonly process: { readonly pid: number; readonly host: string } | undefined;
  /** Rows that were read, and those of them that were sent and settled. */
  readonly rows: number;
  readonly done: number;
}

/** `run-12: sales.csv: at work since 2026-11-30 02:15:00, process 4711 on web-1, 480 of 1000 rows`. */
export function workText({ run, files, since, process, done, rows }: Work): string {
  const who = process === undefined ? '' : `, process ${process.pid} on ${process.host}`;
  const far = rows === 0 ? 'reading' : `${done} of ${plural(rows, 'row')}`;
  const what = files.length === 0 ? '' : `${filesText(files)}: `;
  return `${runName(run)}: ${what}at work since ${localText(since)}${who}, ${far}`;
}

/** A row that was to take back a sale, was not, and the money that is still held. */
export interface HeldRefund extends Namespace, Pick<Row, 'input' | 'line' | 'code' | 'message'> {
  readonly key: string;
  readonly run: RunId;
  readonly status: string;
  readonly held: Amount;
}

/** One settled row or one decision of a person, in the audit trail of a key. */
export interface HistoryRecord
  extends
    Namespace,
    Pick<Row, 'input' | 'line' | 'amount' | 'previousAmount' | 'code' | 'message' | 'ref' | 'correctsRef'> {
  readonly at: number;
  readonly run: RunId;
  /** The run that `run` undid. */
  readonly undoes: RunId | undefined;
  readonly action: Action;
  readonly status: string;
  readonly tries: readonly Attempt[];
  /** As of a `RunRecord`. */
  readonly who: string | undefined;
  readonly plan: RunId | undefined;
  readonly plannedBy: string | undefined;
}

/** A key that is in doubt, or that was settled by hand, and its last attempt. */
export interface Unsettled extends Namespace, Pick<Row, 'input' | 'line' | 'amount' | 'previousAmount'> {
  readonly key: string;
  readonly attempt: number;
  /** Epoch milliseconds of it. */
  readonly at: number;
  readonly run: RunId;
  readonly action: Action;
  /** What the row said in the vendor's fields; undefined where it was pruned. */
  readonly fields: Readonly<Record<string, string>> | undefined;
}

/** All of a run's keys, or the one named. */
export type KeyTarget = { readonly run: RunId } | { readonly key: string };

/** What a person found out at the vendor, how they know, and when they said so, in epoch milliseconds. */
export type Resolution = {
  readonly found: 'accepted' | 'not_applied';
  readonly why: string;
  readonly at: number;
};

/** What was written down of every account, to look at; and what a person may change about it. */
export interface LedgerRecords extends RunReader {
  /** The ledger to which this one was copied: it knows nothing of what was sent since. */
  movedTo(): Promise<string | undefined>;
  /** What is read from now on is of one moment, also while a push goes on beside. */
  holdStill(): Promise<void>;
  record(run: RunId): Promise<RunRecord | undefined>;
  /** Oldest first; of many the newest `last`. */
  runs(last?: number): Promise<readonly RunRecord[]>;
  /** How every account stands, in the order in which they were first pushed to. */
  accountsNow(): Promise<readonly AccountStatus[]>;
  /** Plans that wait to be applied, of every account. */
  plansWaiting(): Promise<readonly HeldPlan[]>;
  /** Keys that wait for a person, of every account, in the order of their attempts. */
  waiting(): Promise<readonly Unsettled[]>;
  /** Sales that rows were to take back, the last of each key, and that are held all the same. */
  heldRefunds(): Promise<readonly HeldRefund[]>;
  /** How the last push with a profile ended. */
  lastEndOf(profile: string): Promise<PushEnd | undefined>;
  /** When the last of them that had a file began, in epoch milliseconds. */
  lastFileOf(profile: string): Promise<number | undefined>;
  /** Everything that ever happened to a key, oldest first, in every account that knows it. */
  history(key: string): Promise<readonly HistoryRecord[]>;
  /** What is known of a key now, in every account that knows it. */
  keyRecords(key: string): Promise<readonly KeyRecord[]>;
  /** A few keys that stand next to one that nobody knows, in the order of their letters. */
  keysNear(key: string): Promise<readonly string[]>;
  /** Keys that wait for a person. */
  unsettled(target: KeyTarget): Promise<readonly Unsettled[]>;
  /** The same, and keys that the next push would send again, since what is held of them is in doubt. */
  inDoubt(target: KeyTarget): Promise<readonly Unsettled[]>;
  /** Keys of which a person's word is the last that is known. */
  settledByHand(target: KeyTarget): Promise<readonly Unsettled[]>;
  /** Writes down what was found out and frees the key, unless it was settled meanwhile. Throws as `takeBack` does where a push could send it. */
  resolve(key: Unsettled, resolution: Resolution): Promise<Result<void, string>>;
  /** Takes that back, unless something was sent since. Throws where its account is pushed to. */
  takeBack(key: Unsettled, words: Pick<Resolution, 'why' | 'at'>): Promise<Result<void, string>>;
  /** The accounts in which anything was ever accepted, is in doubt or in flight. */
  accounts(): Promise<readonly Namespace[]>;
  /**
   * What is held for every key of an account, as rows of status `accepted`, in groups where they are not told `apart`; and
   * for keys that wait for a person also the attempt in doubt, as `unknown`; rows that a run has in flight, or had when it
   * died, are in doubt as `inFlight` says. Cells are those of the row that had it accepted, none where they were pruned.
   */
  entries(
    account: Namespace,
    inFlight: (action: Action) => Doubt,
    apart: ToldApart,
  ): AsyncIterable<ReportedItem>;
  /** Of every account. */
  prune(which: Pruning): Promise<Pruned>;
  /** Forgets everything about the accounts of one origin. Only for the sandbox, whose books can be emptied. */
  forget(origin: string): Promise<void>;
  close(): Promise<void>;
}

/** What can be said of a ledger from outside, without changing it. */
export interface LedgerHealth {
  readonly bytes: number;
  /** Of them, those that hold nothing any more. */
  readonly free: number;
  /** Of the file's permissions. */
  readonly mode: number;
  readonly doubt: LedgerDoubt | undefined;
  /** What the store says of its pages and indexes, where it finds something wrong. */
  readonly damage: readonly string[];
  readonly runs: number;
  /** Keys of which something is known. */
  readonly keys: number;
  /** Those that wait for a person, and the first of them. */
  readonly blocked: number;
  readonly waiting: readonly Unsettled[];
  /** Epoch milliseconds of the newest record. */
  readonly newest: number | undefined;
  readonly open: readonly OpenRun[];
}

/** A run that has not ended: its process is at work, or died. `who`: of one that may be on another machine, which and since when. */
type OpenRun = Namespace & { readonly run: number; readonly alive: boolean; readonly who?: string };

/** What can be said of a ledger that machines share, its database and the way to it. */
export interface DatabaseHealth {
  /** `15.13` */
  readonly version: string;
  readonly isStandby: boolean;
  /** Settings without which a loss of power forgets what was sent, as far as they are off. */
  readonly off: readonly string[];
  /** Servers that follow this one; undefined where it does not say. */
  readonly standbys: number | undefined;
  /** Whether a commit waits for one of them. */
  readonly isSynchronous: boolean;
  /** Of the way; undefined where it does not leave this machine. */
  readonly cipher: string | undefined;
  /** By how many milliseconds its clock is ahead of this machine's, as far as the way lets that be known. */
  readonly ahead: number;
  /** Or why there is no ledger in it that this revsync and this role can go by, without the address. */
  readonly books: Result<SharedHealth, string>;
}

/** `pulls`: `kind/id, account`, and who. */
export type SharedHealth = Omit<LedgerHealth, 'free' | 'mode' | 'damage'> & {
  readonly movedTo: string | undefined;
  readonly pulls: readonly { readonly what: string; readonly who: string }[];
};
