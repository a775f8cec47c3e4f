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
}

/** Tables one after the other, each followed by its rows; `refused` ends it all. */
export type ReportedItem =
  | { readonly kind: 'table'; readonly table: ReportedTable }
  | { readonly kind: 'rows'; readonly rows: readonly ReportedRow[] }
  | { readonly kind: 'refused'; readonly input: string; readonly problems: readonly FileProblem[] };

/** What counts of a row: one that says nothing of money leaves what was accepted before. */
export function amountOf({ amount, previousAmount, action, status }: ReportedRow): Amount | undefined {
  return amount ?? (action === 'correct' || status === 'unchanged' ? previousAmount : undefined);
}
