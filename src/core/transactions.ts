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

/** Whose transactions are read: in the vendor's own words, such as `networks` and `33`; or `ACCOUNT`. */
export interface Scope {
  readonly kind: string;
  readonly id: string;
}

/** The scope of a report that is about the whole account. */
export const ACCOUNT: Scope = { kind: 'account', id: '' };

/** How messages name a scope, such as `networks/33`. */
export function scopeName({ kind, id }: Scope): string {
  return id === '' ? kind : `${kind}/${id}`;
}

/** Days as `YYYY-MM-DD`, both included; both empty where nothing bounds them. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** Epoch milliseconds: from the first, up to and without the second. */
export interface Window {
  readonly from: number;
  readonly until: number;
}

/** What is asked for, whatever page of it. */
export interface ReportQuery {
  readonly scope: Scope;
  readonly period: Period;
  /** Where the report is read by moments: those of the period's days, or of a part of them. Absent without days. */
  readonly window?: Window | undefined;
  /** IANA name of the zone in which the days begin. */
  readonly zone: string;
  /** Columns to ask for besides those that `Transaction` is made of. */
  readonly columns: readonly string[];
  /** All rows of one call, by its id, or one row by its own; only where the report can be asked so. */
  readonly only?: { readonly call: string } | { readonly row: string } | undefined;
}

export interface PageQuery extends ReportQuery {
  /** What the page before said comes next; absent for the first one. */
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** A row that was kept, and what of it could not be read. */
export interface RowWarning {
  readonly id: string;
  readonly message: string;
}

/** One page of a report, or why there is none. */
export type Page =
  | {
      readonly kind: 'rows';
      readonly rows: readonly Transaction[];
      readonly warnings: readonly RowWarning[];
      /** The cursor of the page after it, opaque to all but the report; absent where this is the last one. */
      readonly next?: string | undefined;
      /** How many rows all pages have together, by the vendor's own count. */
      readonly total?: number | undefined;
    }
  | Failure;

/** Parts of an account of which each has a report of its own: the vendor's word, and the option that names one. */
export interface ScopeKind {
  readonly kind: string;
  readonly option: string;
}

/** What a report can be asked for at once. */
export interface WindowRules {
  /** `days` as they are, in a zone of the vendor's own; or the `moments` at which they begin and end in the pull's zone. */
  readonly of: 'days' | 'moments';
  /** Whether a pull has to name days. */
  readonly required?: true;
  /** The longest window. */
  readonly days?: number;
  /** A window of as many rows, or more, is read in parts: the vendor may not show all of it. */
  readonly rows?: number;
}

/** A vendor's report API: like `Vendor`, data and pure functions. */
export interface TransactionReport {
  /** The vendor's id, whose credentials and address it has. */
  readonly vendor: string;
  readonly title: string;
  /** One of these is to be named; none where the account is the scope. */
  readonly scopes: readonly ScopeKind[];
  readonly windows: WindowRules;
  /**
   * `added`: a correction is a row of its own, so that rows can be folded, and read on after the last one. `in_place`: a
   * row is what the vendor holds now, so that a pull reads everything anew.
   */
  readonly corrections: 'added' | 'in_place';
  /** Whether one call or one row can be asked for, whatever its day is. */
  readonly looksUp?: true;
  /** Whether columns can be asked for. */
  readonly moreColumns: boolean;
  /** Rows of a page at most. */
  readonly pageRows: number;
  /** The shortest time between two polls of one scope; 0 where none is asked for. */
  readonly pollEveryMs: number;
  /** The time between two pages, where the vendor asks for some. */
  readonly pageEveryMs?: number;
  readonly timeoutSeconds: number;
  readonly secrets: readonly SecretName[];
  request(query: PageQuery): VendorRequest;
  /** Adds the secrets, by the names in `secrets`. Called once per attempt; its result is never stored. */
  authorize(request: VendorRequest, secrets: Readonly<Record<string, string>>): VendorRequest;
  /** The answer to `query`. Total: any status and any text give a page; never throws. A row is never left out of one. */
  readPage(reply: Reply, query: PageQuery): Page;
  /** How many rows there are by the vendor's own count: its pages say so (`Page.total`), or another answer. */
  readonly control?: 'in_pages' | ControlTotal;
}

export interface ControlTotal {
  /** Undefined where it cannot be asked for. */
  request(query: ReportQuery): VendorRequest | undefined;
  /** Undefined where the answer does not tell. Total. */
  readTotal(reply: Reply): number | undefined;
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
    /** In whose zone the days begin; absent where the ledger is of an older revsync. */
    readonly zone?: string;
  };
}

/** Where a reading goes on, and the columns that its pages are asked for. */
export interface NextPage {
  readonly cursor: string;
  readonly columns: readonly string[];
}

/**
 * Where a pull keeps the transactions of one scope and period. The implementation holds the scope's lock. A call
 * that returns has been committed and synced.
 */
export interface TransactionStore {
  reading(): Promise<Reading>;
  /** A new poll of days in this zone: from the first row, or after the last one of a complete reading. */
  begin(from: 'first_row' | 'after_last', zone: string, at: number): Promise<void>;
  /**
   * Adds rows that were asked for with these columns, moves the cursor and notes the poll, all or nothing. Returns
   * how many ids were new to the reading.
   */
  addPage(rows: readonly Transaction[], next: NextPage, at: number): Promise<number>;
  /**
   * The last page has come. Rows that an earlier reading had and this one has not are removed; their ids. `control`
   * is what the vendor's own count has against the reading.
   */
  finish(at: number, control?: string): Promise<readonly string[]>;
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
