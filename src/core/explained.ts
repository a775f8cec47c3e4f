import type { Doubt, KeyState, Namespace, ProblemRow } from './ledger.js';
import type { ClaimedRow, Row, RunId } from './row.js';
import type { Action, Intent } from './status.js';

/** What the ledger knows of a key at the vendor. */
export interface HeldEntry extends Pick<Row, 'amount' | 'ref'> {
  /** False where nothing was ever accepted, and only something is in doubt. */
  readonly isHeld: boolean;
  readonly intent: Intent | undefined;
  /** The run that had it accepted. */
  readonly run: RunId | undefined;
  /** When, in epoch milliseconds. */
  readonly at: number | undefined;
  readonly doubt: Doubt | undefined;
}

/** A row of a run of which nothing has been sent, and by what it was planned. */
export interface PlannedRow extends ProblemRow {
  /** What it says in the vendor's fields; undefined where it could not be read as a sale. */
  readonly fields: Readonly<Record<string, string>> | undefined;
  /** How it stands to what is held; undefined where it was not asked, since the row is not sent for other reasons. */
  readonly relation: KeyState['relation'] | undefined;
  /** Undefined where the ledger knows nothing of its key. */
  readonly held: HeldEntry | undefined;
  /** Where it would be sent. */
  readonly request: ClaimedRow | undefined;
}

/** Where rows that were planned, and what is held, are looked up. */
export interface PlannedRows {
  /** Of a run of one input that is planned, the last row that begins on a line or before it. */
  rowAt(run: RunId, line: number): Promise<PlannedRow | undefined>;
  /** What is known of a key; undefined where nothing is. */
  heldFor(key: string): Promise<HeldEntry | undefined>;
}

/** A row that was sent, as it was read. */
export interface LastRow extends Pick<Row, 'input' | 'line' | 'cells'> {
  readonly run: RunId;
  readonly header: readonly string[];
  /** In the vendor's fields; undefined of an older revsync. */
  readonly fields: Readonly<Record<string, string>> | undefined;
}

/** What an account knows of a key now. */
export interface KeyRecord extends Namespace {
  readonly key: string;
  readonly held: HeldEntry | undefined;
  /** The last that was sent for it; undefined where its source rows were forgotten. */
  readonly last: LastRow | undefined;
  /** A row that a run has on its way, or had when it died. */
  readonly inFlight:
    { readonly run: RunId | undefined; readonly line: number; readonly action: Action } | undefined;
}
