import type { Amount } from './amount.js';
import type { Failure } from './outcome.js';
import type { Reply, SecretName, VendorRequest } from './vendor.js';

/**
 * One row of a vendor's own books, as its report API tells it. A correction is a row that names the one it
 * replaces; all rows of one call have the same `call`.
 */
export interface Transaction {
  readonly id: string;
  /** The id of the call that the row is about; the row's own id where the vendor names none. */
  readonly call: string;
  /** The id of the row that this one replaces. */
  readonly corrects?: string;
  /** Epoch milliseconds. */
  readonly correctedAt?: number;
  /** The vendor's own word, such as `Call` or `Post Call Event`. */
  readonly type: string;
  /** Epoch milliseconds at which the call began. */
  readonly startedAt?: number;
  /** E.164 where it can be read as that, else as the vendor wrote it. */
  readonly caller?: string;
  /** Seconds. */
  readonly duration?: number;
  /** Name of the outcome or signal; absent for a row that is about the call only. */
  readonly outcome?: string;
  /** The seller's own id of the sale. */
  readonly orderId?: string;
  /** False takes the outcome back; absent where the row does not say. */
  readonly value?: boolean;
  /** Where one row stands for several outcomes: what is true of each, by its name; null where it says nothing. */
  readonly signals?: Signals;
  readonly amount?: Amount;
  /** Every column as the vendor wrote it. */
  readonly columns: Readonly<Record<string, string>>;
}

export type Signals = Readonly<Record<string, boolean | null>>;

/** The same without the vendor's own texts, which are most of it. */
export type BookedRow = Omit<Transaction, 'columns'>;

/** Whose transactions are read: in the vendor's own words, such as `networks` and `33`. */
export interface Scope {
  readonly kind: string;
  readonly id: string;
}

/** How messages name a scope, such as `networks/33`. */
export function scopeName({ kind, id }: Scope): string {
  return `${kind}/${id}`;
}

/** Days as `YYYY-MM-DD`, both included; both empty where nothing bounds them. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

export interface PageQuery {
  readonly scope: Scope;
  readonly period: Period;
  /** The id of the last row of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
  /** Columns to ask for besides those that `Transaction` is made of. */
  readonly columns: readonly string[];
}

/** A row that was kept, and what of it could not be read. */
export interface RowWarning {
  readonly id: string;
  readonly message: string;
}

/** One page of a report, or why there is none; no rows mean that there are no more. */
export type Page =
  | { readonly kind: 'rows'; readonly rows: readonly Transaction[]; readonly warnings: readonly RowWarning[] }
  | Failure;

/** A vendor's report API: like `Vendor`, data and pure functions. */
export interface TransactionReport {
  /** The vendor's id, whose credentials and address it has. */
  readonly vendor: string;
  readonly title: string;
  /** Rows of a page at most. */
  readonly pageRows: number;
  /** The shortest time between two polls of one scope. */
  readonly pollEveryMs: number;
  readonly timeoutSeconds: number;
  readonly secrets: readonly SecretName[];
  pageRequest(query: PageQuery): VendorRequest;
  /** Adds the secrets, by the names in `secrets`. Called once per attempt; its result is never stored. */
  authorize(request: VendorRequest, secrets: Readonly<Record<string, string>>): VendorRequest;
  /** Total: any status and any text give a page; never throws. A row is never left out of one. */
  readPage(reply: Reply): Page;
}

/** How far the rows of one scope and period have been read. */
export interface Reading {
  /** Epoch milliseconds at which the scope was last asked, for whatever period. */
  readonly polledAt?: number;
  /** Absent where the period has never been begun. */
  readonly progress?: {
    readonly cursor?: string;
    readonly complete: boolean;
    readonly rows: number;
    /** Whether there is nothing that has not been written out yet. */
    readonly writtenOut: boolean;
    /** The columns that the pages so far were asked for; absent where none has come since the poll began. */
    readonly columns?: readonly string[];
  };
}

/**
 * Where a pull keeps the transactions of one scope and period. The implementation holds the scope's lock. A call
 * that returns has been committed and synced.
 */
export interface TransactionStore {
  reading(): Promise<Reading>;
  /** A new poll: from the first row, or after the last one of a complete reading. */
  begin(from: 'first_row' | 'after_last', at: number): Promise<void>;
  /**
   * Adds rows that were asked for with these columns, moves the cursor after the last one and notes the poll, all
   * or nothing. Returns how many ids were new to the reading.
   */
  addPage(rows: readonly Transaction[], columns: readonly string[], at: number): Promise<number>;
  /** The last page has come. Rows that an earlier reading had and this one has not are removed; their ids. */
  finish(at: number): Promise<readonly string[]>;
  /** The cursor is of no use any more: the reading begins at the first row. */
  forget(): Promise<void>;
  /** The rows of a complete reading are in their file. */
  writtenOut(): Promise<void>;
}

/** The same, and the rows to be written into a file: those of the reading, or of it that no file has had. */
export interface PulledTransactions extends TransactionStore {
  /** Every column of the reading, in the order first seen. */
  names(): Promise<readonly string[]>;
  /** In the vendor's order, a few hundred at a time. */
  rows(which: 'all' | 'new'): AsyncIterable<readonly Transaction[]>;
  /** Every row that the scope has of the calls of those rows, all rows of one call together. */
  callPages(which: 'all' | 'new'): AsyncIterable<readonly BookedRow[]>;
  close(): Promise<void>;
}
