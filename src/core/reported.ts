import type { Amount } from './amount.js';
import type { FileProblem } from './ports.js';
import type { Row, RunId } from './row.js';

/** What became of one row of a sales file: a line of a results file, or what the ledger has in its place. */
export type ReportedRow = Pick<
  Row,
  'line' | 'key' | 'action' | 'amount' | 'previousAmount' | 'code' | 'message' | 'sentAt'
> &
  Required<Pick<Row, 'status'>> & {
    /** The sales file's own cells, in the order of the table's header; none where they were forgotten. */
    readonly cells: readonly string[];
    readonly run: RunId | undefined;
    /** A later run of the same report tells the same key anew: what this row says is over. */
    readonly superseded?: true;
  };

/** What the rows of one file have in common. */
export interface ReportedTable {
  /** The file, as messages name it. */
  readonly input: string;
  /** The sales file's own columns. */
  readonly header: readonly string[];
  /** Whom the rows were sent to, and in which account; undefined where a results file does not say. */
  readonly vendor: string | undefined;
  readonly account: string | undefined;
  /** Where all its rows are of one run. */
  readonly run?: RunId;
  /** By field, the header that somebody chose for it; where absent, what is chosen for all. */
  readonly columns?: ReadonlyMap<'agent' | 'campaign' | 'time', string>;
}

/** Rows of one table that a report has no reason to tell apart. */
export interface AlikeRows {
  /** The first of them. All have its status, its action and those of its cells that were asked for. */
  readonly row: ReportedRow;
  readonly count: number;
  /** What their amounts come to in 1/10000, and what counts of them: see `amountOf`. */
  readonly amount: bigint;
  readonly counted: bigint;
  readonly previousAmount: bigint;
  /** Of how many nobody knows what money they are about. */
  readonly unknown: number;
  /** Of how many what counts is above zero, and of how many it is not zero. */
  readonly above: number;
  readonly nonzero: number;
  /** Epoch milliseconds. */
  readonly sent: { readonly first: number; readonly last: number } | undefined;
}

/** By what a report tells rows apart, beside what became of them. */
export interface ToldApart {
  /** Indexes of cells of a table, three at most, as many for each. */
  readonly cells: (table: ReportedTable) => readonly (number | undefined)[];
  /** Whether by the quarter hour in which they were sent. */
  readonly sentAt: boolean;
  /** Whether each row that changed what was held stands for itself. */
  readonly changes: boolean;
}

/** Tables one after the other, each followed by its rows; `refused` ends it all. */
export type ReportedItem = SingleItem | { readonly kind: 'alike'; readonly rows: AlikeRows };

/** Of what has every row by itself. */
export type SingleItem =
  | { readonly kind: 'table'; readonly table: ReportedTable }
  | { readonly kind: 'rows'; readonly rows: readonly ReportedRow[] }
  | { readonly kind: 'refused'; readonly input: string; readonly problems: readonly FileProblem[] };

/** A row by itself. */
export function alone(row: ReportedRow): AlikeRows {
  const { amount = 0, previousAmount = 0, sentAt } = row;
  const counted = amountOf(row) ?? 0;
  return {
    row,
    count: 1,
    amount: BigInt(amount),
    counted: BigInt(counted),
    previousAmount: BigInt(previousAmount),
    unknown: hasUnknownMoney(row) ? 1 : 0,
    above: counted > 0 ? 1 : 0,
    nonzero: counted === 0 ? 0 : 1,
    sent: sentAt === undefined ? undefined : { first: sentAt, last: sentAt },
  };
}

/** What counts of a row: one that says nothing of money leaves what was accepted before. */
export function amountOf({ amount, previousAmount, action, status }: ReportedRow): Amount | undefined {
  return amount ?? (action === 'correct' || status === 'unchanged' ? previousAmount : undefined);
}

/** Whether a row is about money that nobody knows. */
export function hasUnknownMoney(row: ReportedRow): boolean {
  return amountOf(row) === undefined && row.action === undefined && row.status !== 'skipped';
}
