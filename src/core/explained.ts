import type { Doubt, KeyState, ProblemRow } from './ledger.js';
import type { ClaimedRow, Row, RunId } from './row.js';
import type { Intent } from './status.js';

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

/** Of a run of one input that is planned, the last row that begins on a line or before it. */
export type RowAt = (run: RunId, line: number) => Promise<PlannedRow | undefined>;
