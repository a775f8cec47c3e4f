import type { Namespace, Row, RunId } from './row.js';

/** A plan is a run that was read, validated and planned, and is held: nothing of it is sent but by a run that applies it. */

/** With what a plan was made: it is planned again by that when it is applied. */
export interface PlanTerms {
  /** As `PlanPolicy`. */
  readonly policy: {
    readonly holdCorrections: boolean;
    readonly force: boolean;
    readonly sendAgain: boolean;
  };
  /** Somebody else than who made it has to apply it. */
  readonly approve?: 'other' | undefined;
  /** Of `reportColumns`, where the agent stands. */
  readonly agent?: string | undefined;
  /** The profile that it was made by, and the file of profiles, where one was named. */
  readonly profile?: string | undefined;
  readonly config?: string | undefined;
  /** What makes it anew, and the folder in which that was typed. */
  readonly command: string;
  readonly cwd: string;
}

/** What was said when the plan was made, as data for others to read. */
export function policyData({ holdCorrections, force, sendAgain }: PlanTerms['policy']) {
  return { correct: !holdCorrections, force, send_again: sendAgain };
}

/** A run that applied a plan, or that began to. */
export interface AppliedPlan {
  readonly run: RunId;
  readonly who: string | undefined;
  readonly state: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** It came to its end, and its results say of each row of the plan that it is held: none was settled by hand since. */
  readonly isWhole: boolean;
}

export interface HeldPlan extends Namespace {
  readonly run: RunId;
  /** Who made it, such as `ann@desk-1`, and when, in epoch milliseconds. */
  readonly who: string | undefined;
  readonly at: number;
  /** Of the ledger that holds it. */
  readonly ledger: string;
  readonly terms: PlanTerms;
  readonly files: readonly string[];
  /** False where `prune` forgot them: then it cannot be applied. */
  readonly hasRows: boolean;
  /** Rows that it would send and that no run which applied it has had accepted. */
  readonly left: number;
  /** Oldest first. */
  readonly applied: readonly AppliedPlan[];
}

/** A row of a plan, sent or not. */
export interface PlanRow extends Pick<
  Row,
  'line' | 'cells' | 'key' | 'action' | 'amount' | 'previousAmount' | 'code' | 'message' | 'warning'
> {
  /** Number of its file, from 1. */
  readonly input: number;
  readonly status: NonNullable<Row['status']>;
  /** What is sent of it, in the vendor's fields. */
  readonly fields: Readonly<Record<string, string>>;
  /** By how much, in 1/10000, it changes what is held; undefined where that is not known. */
  readonly change: number | undefined;
}

/** A row of a plan that would not be sent as it was planned, since what is held has changed. */
export interface StaleRow extends Pick<Row, 'line' | 'amount'> {
  readonly input: string;
  readonly key: string;
  readonly planned: Outlook;
  readonly now: Outlook;
  /** The run that was last to touch the key, if any did. */
  readonly touchedBy: RunId | undefined;
}

/** What would become of a row; the amount is what is held before. */
export type Outlook = Pick<Row, 'action' | 'status' | 'previousAmount' | 'message'>;

export interface StaleRows {
  readonly count: number;
  /** The first of them. */
  readonly rows: readonly StaleRow[];
}

/** Who a process works for. */
export interface Person {
  readonly name: string;
  /** The machine's. */
  readonly host: string;
}

/** `ann@desk-1`. */
export function personText({ name, host }: Person): string {
  return `${name}@${host}`;
}

/** Whether they are one person, whatever machine they were at. */
export function isSamePerson(one: string, other: string): boolean {
  const nameOf = (text: string): string => text.replace(/@[^@]*$/, '');
  return nameOf(one) === nameOf(other);
}
