import type { Amount } from './amount.js';
import type { RunId } from './row.js';
import type { Sale } from './sale.js';
import type { Action, Intent } from './status.js';

/** One attempt for a key, or what a person said of one, as the audit trail has it. */
export interface Told {
  readonly run: RunId;
  /** The run that `run` undid. */
  readonly undoes: RunId | undefined;
  readonly status: string;
  readonly code: string | undefined;
  readonly action: Action;
  readonly intent: Intent;
  /** What was to be held: of a sale that says nothing of money what was held before. */
  readonly amount: Amount | undefined;
  readonly digest: string;
  readonly ref: string | undefined;
  /** Absent where it was forgotten, and of what a person said. */
  readonly row: ToldRow | undefined;
}

/** What is kept of the row of an attempt. */
export interface ToldRow {
  readonly amount: Amount | undefined;
  readonly fields: Sale['fields'];
  /** What its amount remains of. */
  readonly net: string | undefined;
  /** What a reconciliation had found about it: that the vendor's was missing, or was another. */
  readonly found: 'missing' | 'confirmed_missing' | 'differs' | undefined;
}

/** A row that was sent, with everything that was ever told of its key. */
export interface SentRow {
  /** The number of its input. */
  readonly input: number;
  readonly line: number;
  /** The source's own; absent where they were forgotten. */
  readonly cells: readonly string[] | undefined;
  readonly key: string;
  /** Newest first. */
  readonly trail: readonly Told[];
  /** What is in doubt of the key now. */
  readonly doubt: 'resend' | 'blocked' | undefined;
}
