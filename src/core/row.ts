import type { Amount } from './amount.js';
import type { Sale } from './sale.js';
import type { Action, Intent, RowStatus } from './status.js';
import type { Likeness } from './vendor.js';

/*
 * The words that every room uses:
 *
 * record        what a file has between two line ends: its cells as they are written
 * row           a record in the ledger, from the moment it is staged until it is settled
 * sale          what a row says, in the vendor's fields
 * intent        what a sale asks for: set an amount, reverse a sale, clear an amount, or nothing where there was none
 * action        what is sent for it: create, correct, reverse, clear
 * key           what rows about one thing at the vendor share
 * digest        of what would be sent: two rows with one digest say the same
 * run           one staging of files, and the push of what is planned of it
 * stage         write a row to the ledger before anything of its file is sent
 * plan          give a staged row its action, or the status with which it is left
 * claim         say on disk that a row is about to be sent
 * in flight     claimed and not settled
 * attempt       one request on the wire; a row may take several
 * settle        write down what became of a claimed row
 * in doubt      it may have been applied, and nobody knows
 * entry         what the vendor last accepted for a key
 * discrepancy   what a reconciliation found about a row: missing at the vendor, or other there
 * control total what a file comes to as it is written
 * semantics     what a vendor's requests do when they are repeated, corrected, reversed, cleared
 */

export type RunId = number;

/** Whose keys these are: ledgers of a vendor's accounts and of its test hosts never mix. */
export interface Namespace {
  readonly vendor: string;
  readonly account: string;
  readonly origin: string;
}

/** Row number within a run, from 1, in input order. */
export type Position = number;

/** One row of a run, from staged to settled: each step adds to it, and none gives it another form. */
export interface Row {
  readonly position: Position;
  /** The file, as the user named it. */
  readonly input: string;
  /** Line of the file where the record starts, from 1. */
  readonly line: number;
  /** The source's own cells. */
  readonly cells: readonly string[];
  /** Absent where the record could not be read as one. A row that cannot be sent has what could be read of it. */
  readonly sale?: Sale;
  /** Absent where the row cannot be sent. */
  readonly key?: string;
  /** Of what is sent, not of what was in the file. */
  readonly digest?: string;
  /** The row's own credential, readable by this process only. */
  readonly sealed?: string;
  readonly discrepancy?: Discrepancy;
  /** By what the same sale may have been sent under another key. */
  readonly likenesses?: readonly Likeness[];
  readonly action?: Action;
  /** Absent until the row is planned or found unfit. */
  readonly status?: RowStatus;
  /** What counts: of a row to be sent, the amount of its sale. */
  readonly amount?: Amount;
  /** What the vendor was known to hold before. */
  readonly previousAmount?: Amount;
  readonly code?: string;
  readonly message?: string;
  readonly warning?: string;
  /** How often it was sent. */
  readonly attempts?: number;
  /** Epoch milliseconds at which the last attempt was begun. */
  readonly sentAt?: number;
  /** Of the last reply. */
  readonly httpStatus?: number;
  /** What the vendor calls what it accepted, and what that corrects. */
  readonly ref?: string;
  readonly correctsRef?: string;
}

/** A row as it is staged: its place in the run is where it is written. */
export type StagedRow = Pick<
  Row,
  | 'line'
  | 'cells'
  | 'sale'
  | 'key'
  | 'digest'
  | 'sealed'
  | 'discrepancy'
  | 'likenesses'
  | 'status'
  | 'code'
  | 'message'
  | 'warning'
>;

/** A row that can be sent. */
type SendableRow = Pick<Row, 'position' | 'input' | 'line' | 'amount'> &
  Required<Pick<Row, 'key' | 'sale' | 'digest'>>;

/** A row that shares its key with another row of the same run, or that takes something back. */
/** How many rows of one key may differ and still be looked at one by one. */
export const MOST_CONTENTS = 1000;

export type RepeatedRow = SendableRow &
  Pick<Row, 'cells'> & {
    /** The names of its cells. */
    readonly header: readonly string[];
    /** Whether it was found unfit as it was read, and is here for the sake of the others. */
    readonly isRefused: boolean;
    /** Whether what it says is not known: it may be the one that holds. */
    readonly isUnread: boolean;
    /** What the vendor is known to hold for the key. */
    readonly held: HeldSale | undefined;
  };

/** What was accepted last for a key. */
export interface HeldSale {
  readonly intent: Intent;
  readonly amount: Amount | undefined;
  /** What it remains of, where something was taken back. */
  readonly net: string | undefined;
  /** The vendor may hold something else by now. */
  readonly inDoubt: boolean;
}

/** A row that is about to be sent. */
export type ClaimedRow = SendableRow &
  Pick<Row, 'previousAmount' | 'sealed'> &
  Required<Pick<Row, 'action'>> & {
    /** A create of 0.00 whose key an earlier attempt may have filled. */
    readonly mayBeHeld?: boolean;
  };

/** What names a row once it is settled: its sale need not be kept until the ledger has that. */
export type SettledRow = Pick<ClaimedRow, 'position' | 'input' | 'line' | 'key' | 'action' | 'amount'>;

/** A change to a staged row after the whole file has been read. With a status it is no longer sent; a sale takes the place of its own. */
export type RowUpdate = Pick<
  Row,
  'position' | 'status' | 'code' | 'message' | 'sale' | 'digest' | 'warning'
> & {
  /** What its amount remains of; kept with what the vendor holds once it is accepted. */
  readonly net?: string;
};

/** Why a row is not sent. */
export type RowFailure = Required<Pick<Row, 'status' | 'code' | 'message'>>;

/** A row whose key is new, and what was sent before under another key that may be the same sale. */
export interface LookAlike {
  readonly position: Position;
  /** Where the other row was sent. */
  readonly run: RunId;
  readonly input: string;
  readonly line: number;
  readonly key: string;
  /** By how many seconds the row's time is later; absent where one of them says no time. */
  readonly gap?: number | undefined;
  /** Whether it is one record of a file, which is read otherwise now. */
  readonly isRecord: boolean;
}

/** Where a row stands, and its key. */
export interface KeyedRow {
  readonly input: string;
  readonly line: number;
  readonly key: string;
}

/** A row, and another one of its run that may be of the same call. */
export interface SameCall extends KeyedRow {
  readonly position: Position;
  readonly other: KeyedRow;
}

/** What a reconciliation found about a row: it takes precedence over what the ledger remembers of that time. */
export interface Discrepancy {
  /** `missing` at the vendor, as a person confirmed of this row or not, or the vendor's `differs`. */
  readonly found: 'missing' | 'confirmed_missing' | 'differs';
  /** When the vendor's books were seen, in epoch milliseconds. */
  readonly asOf?: number;
  /** The newest run of then: what a later one had accepted is not in question. Of an older revsync only the time is known. */
  readonly asOfRun?: RunId;
}

/** So many rows, or a share of them. */
export type RowLimit =
  { readonly kind: 'rows'; readonly rows: number } | { readonly kind: 'percent'; readonly percent: number };

/** The columns after the source's own. A contract: never renamed, never reordered. */
export const RESULT_COLUMNS = [
  'revsync_line',
  'revsync_key',
  'revsync_action',
  'revsync_status',
  'revsync_amount',
  'revsync_previous_amount',
  'revsync_http_status',
  'revsync_error_code',
  'revsync_error',
  'revsync_vendor_ref',
  'revsync_corrects_ref',
  'revsync_warning',
  'revsync_attempts',
  'revsync_sent_at',
  'revsync_run',
] as const;

/** How people and results files name a run: never to be taken for a key. */
export function runName(run: RunId): string {
  return `run-${run}`;
}

/** What is written down of a run as it begins. */
export interface RunOrigin {
  /** Who began it, such as `ann@desk-1`. */
  readonly who?: string | undefined;
  /** The plan that it applies. */
  readonly plan?: RunId | undefined;
  /** The run that it undoes. */
  readonly undoes?: RunId | undefined;
}

/** With what a run was begun, and when it was last heard of; in epoch milliseconds. */
export interface RunBegun {
  readonly files: readonly string[];
  readonly startedAt: number;
  /** When its last answer was written down; undefined where none was. */
  readonly lastAt: number | undefined;
}

/** A file of a run. */
export interface InputFile {
  readonly name: string;
  readonly path: string;
  readonly header: readonly string[];
  /** It begins with a byte order mark, and so do its results. */
  readonly isMarked?: boolean | undefined;
}
