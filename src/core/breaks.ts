import type { Staging } from './ledger.js';
import type { FileProblem } from './ports.js';
import type { Row, RunId } from './row.js';
import type { Sale } from './sale.js';
import type { Intent } from './status.js';
import type { BookedRow, Period, Scope } from './transactions.js';

/**
 * How a row of the file and what the vendor holds stand to each other: the words of `revsync_break`. A breaks CSV
 * that is pushed sends the rows whose word disputes what the ledger remembers, and no other.
 */
const MEANINGS = [
  {
    word: 'matched',
    means: 'both have it and say the same; or the file takes the sale back and the vendor holds nothing',
    tiesOut: true,
  },
  {
    word: 'amount_differs',
    means: 'both have it and say different things; or the file takes the sale back and the vendor holds it',
    disputes: 'differs',
  },
  {
    word: 'missing_at_vendor',
    means: 'the file has a sale of which the vendor holds nothing',
    disputes: 'missing',
  },
  {
    word: 'missing_in_file',
    means: 'the vendor holds money, or a sale of a name that the file uses, that no row is about',
  },
  {
    word: 'doubled_at_vendor',
    means: 'the vendor holds the sale more than once; the vendor amount is what it all comes to',
  },
  {
    word: 'reversed_at_vendor',
    means: 'the file has a sale that was taken back at the vendor',
  },
  {
    word: 'ambiguous',
    means: 'several things could be meant, or something about it is unsettled; revsync_error says what',
  },
  {
    word: 'invalid',
    means: 'the row cannot be compared, for the reason for which a push would not send it',
  },
  {
    word: 'skipped',
    means: "a blank row, a total that was checked, or a row that the profile's `only` leaves out",
    tiesOut: true,
  },
] as const;

export interface BreakMeaning {
  readonly word: Break;
  readonly means: string;
  /** Of the words that leave nothing to look after. */
  readonly tiesOut?: true;
  readonly disputes?: 'missing' | 'differs';
}

export const BREAKS: readonly BreakMeaning[] = MEANINGS;

export type Break = (typeof MEANINGS)[number]['word'];

/** Days that were pulled. */
export interface PulledRange extends Period {
  readonly complete: boolean;
  /** In whose zone they begin; absent where the ledger is of an older revsync. */
  readonly zone?: string | undefined;
  /** What the vendor's own count has against it. */
  readonly control?: string | undefined;
}

/** A scope of which anything was ever pulled. */
export interface PulledScope extends Scope {
  /** Its number in the ledger. */
  readonly scope: number;
  /** Epoch milliseconds. */
  readonly polledAt: number | undefined;
  readonly ranges: readonly PulledRange[];
}

/** Epoch milliseconds: from the first, up to and without the second. */
export interface Span {
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

/** A staged row that is about a sale. */
export interface StagedSale extends Pick<Row, 'position' | 'input' | 'cells' | 'key'> {
  readonly sale: Sale;
  /** False where the row was found invalid: it is not compared, but what it is about is not missing in the file. */
  readonly live: boolean;
}

/** What a sale is found by at the vendor. Either `slot`, or a call with the name of the outcome. */
export interface SaleIdentity extends Pick<StagedSale, 'position' | 'key' | 'live'> {
  readonly slot?: string | undefined;
  /** The id of the call, or of any row about it. */
  readonly call?: string | undefined;
  readonly caller?: string | undefined;
  /** Epoch milliseconds. */
  readonly startedAt?: number | undefined;
  /** In lower case. */
  readonly outcome?: string | undefined;
  readonly orderId?: string | undefined;
  /** Why it cannot be looked for. */
  readonly trouble?: string | undefined;
}

/**
 * Why nothing can be said for certain: an attempt of an earlier push is `unsettled`, or it is not told which of a
 * call's sale rows belongs to which of its signal rows (`unpaired`), or whether there was a sale at all, with money (`untold`) or without (`unread`).
 */
export type HeldDoubt = 'unsettled' | 'unpaired' | 'untold' | 'unread';

/** One record of money at the vendor. Records of one slot are about one sale. */
export interface HeldRecord extends Pick<
  BookedRow,
  'orderId' | 'amount' | 'caller' | 'startedAt' | 'correctedAt' | 'signals'
> {
  readonly slot: string;
  readonly call?: string | undefined;
  readonly name?: string | undefined;
  /** Whether it counts; neither that nor taken back where the vendor does not say. */
  readonly live: boolean;
  readonly takenBack: boolean;
  readonly ref: string;
  readonly corrections: number;
  /** Rows whose chain of corrections has no beginning that was seen. */
  readonly pending: number;
  /** False outside the days that were asked for: no matter if the file has no row for it. */
  readonly within: boolean;
  readonly doubt?: HeldDoubt | undefined;
}

/** A call, to be found by who called and when. */
export interface HeldCall {
  readonly call: string;
  readonly caller: string;
  readonly startedAt: number;
}

const OUTCOME_SLOT = '\u001f';

/**
 * The slot of an outcome: its call, its name in lower case and its order id, which may be empty. Where the order id
 * finds it whatever the call is, the call is empty; where one record stands for several names, the name is too.
 */
export function outcomeSlot(call: string, name: string, orderId = ''): string {
  return [call, name.toLowerCase(), orderId].join(OUTCOME_SLOT);
}

/** Whether a slot is such a one, and no key. */
export function isOutcomeSlot(slot: string): boolean {
  return slot.includes(OUTCOME_SLOT);
}

/** Everything that the vendor holds about one sale. */
export interface Slot extends Omit<HeldRecord, 'slot' | 'amount' | 'within' | 'live' | 'signals'> {
  /** How often the vendor counts it. */
  readonly records: number;
  /** What is counted, in 1/10000; undefined where nothing is. */
  readonly amount: bigint | undefined;
  /** Rows of the file that are about it. */
  readonly claims: number;
}

/** Of which no row of the file is. */
export interface UnclaimedSlot extends Slot {
  readonly slot: string;
}

/** A row of the file beside what the vendor holds about it; a `duplicate` beside what that row's is. */
export interface ComparedRow extends Pick<
  Row,
  'line' | 'cells' | 'status' | 'message' | 'warning' | 'key' | 'amount'
> {
  /** Of the row that is kept, where this one repeats it; as `amount` is. */
  readonly intent: Intent | undefined;
  readonly slot: Slot | undefined;
  /** Whether it is the first row about the slot, beside which the vendor's money stands. */
  readonly first: boolean;
  readonly trouble: string | undefined;
  /** Of what the vendor does not count: the run that had it accepted, as far as the ledger knows, and what the vendor called it then. */
  readonly acceptedIn: RunId | undefined;
  readonly acceptedAs: string | undefined;
}

/**
 * Sales and what a vendor holds, side by side, in a store of their own: neither has to fit into memory. Filled
 * first, then linked, then read.
 */
export interface Comparison {
  /** What was pulled of a vendor's books. */
  pulled(source: string): Promise<readonly PulledScope[]>;
  /** Every row of a scope, all rows of one call together. */
  transactions(scope: number): AsyncIterable<readonly BookedRow[]>;
  /**
   * Takes up the staged rows that are or could be sales and have all of `fields`, each found by those; without `fields`,
   * rows that have a key, found by that.
   */
  addKeyed(run: RunId, fields?: readonly string[]): Promise<void>;
  /** Staged rows that are or could be sales and are not taken up, in input order. */
  sales(run: RunId): AsyncIterable<readonly StagedSale[]>;
  addSales(sales: readonly SaleIdentity[]): Promise<void>;
  addHeld(records: readonly HeldRecord[], calls: readonly HeldCall[]): Promise<void>;
  /** Where an export is staged, its references in the field `ref`. */
  exported(ref: string): Omit<Staging, 'vendorOfRun'>;
  /**
   * The rows of the staged export are what the vendor holds. The slot of a row is that of the sale which was accepted
   * under its reference; else its key.
   */
  holdExport(): Promise<void>;
  /** What the ledger knows to be accepted is what the vendor holds; the key is the slot. */
  holdEntries(span: Span): Promise<void>;
  /** The first rows of the staged export that cannot be read. */
  invalidExported(limit: number): Promise<readonly FileProblem[]>;
  /** Finds the slot of every sale. `scope` is where calls are looked up by the ids of their rows. */
  link(lookup?: { readonly scope: number; readonly toleranceMs: number }): Promise<void>;
  /** Where there are sales and nothing was found that any of them is about, the slots of the first on both sides. */
  foundNothing(): Promise<{ readonly sale: string; readonly held: string | undefined } | undefined>;
  /** Rows of the file in input order. */
  compared(run: RunId): AsyncIterable<readonly ComparedRow[]>;
  /** What no row of the file is about, by the time of the call. */
  unclaimed(): AsyncIterable<readonly UnclaimedSlot[]>;
}
