import type { Amount } from '../../core/amount.js';
import type { ClaimedRow, RepeatedRow, RunId, Totals } from '../../core/ports.js';
import type { Action, Intent, RowStatus } from '../../core/status.js';
import type { Cell, Database } from './database.js';

const RUN_STRIDE = 2 ** 32;

/** First and last row id of a run. */
export function rowRange(run: RunId): [number, number] {
  return [run * RUN_STRIDE, run * RUN_STRIDE + RUN_STRIDE - 1];
}

/** For a statement that reads `rows`. */
export const INPUT_OF_ROW = `join inputs on inputs.run = rows.id / ${RUN_STRIDE} and inputs.number = rows.input`;

/** What `claimedRows` reads, and how many columns it is. */
export const CLAIMED_COLUMNS = 11;
export const CLAIMED_ROW = `select rows.id, inputs.name, line, cells, key, intent, action, amount, previous_amount, digest, sealed
  from rows ${INPUT_OF_ROW}`;

/** Rows that `Database.pageText` has read. */
export function claimedRows(run: RunId, page: string): ClaimedRow[] {
  const [base] = rowRange(run);
  return (JSON.parse(page) as Cell[][]).map((cells) => claimedRow(cells, base));
}

function claimedRow(cells: readonly Cell[], base: number): ClaimedRow {
  const [id, input, line, json, key, intent, action, amount, previousAmount, digest, sealed] = cells;
  return {
    position: Number(id) - base,
    input: String(input),
    line: Number(line),
    cells: JSON.parse(String(json)) as string[],
    key: String(key),
    intent: intent as Intent,
    action: action as Action,
    amount: amountOf(amount),
    previousAmount: amountOf(previousAmount),
    digest: String(digest),
    sealed: sealed == null ? undefined : String(sealed),
  };
}

export function repeatedRow(cells: readonly Cell[], base: number): RepeatedRow {
  const [id, input, line, key, intent, amount, digest, json] = cells;
  return {
    position: Number(id) - base,
    input: String(input),
    line: Number(line),
    key: String(key),
    intent: intent as Intent,
    amount: amountOf(amount),
    digest: String(digest),
    cells: JSON.parse(String(json)) as string[],
  };
}

export function amountOf(cell: Cell | undefined): Amount | undefined {
  return cell === null || cell === undefined ? undefined : (Number(cell) as Amount);
}

export function totalsOf(db: Database, run: RunId): Totals[] {
  const [first, last] = rowRange(run);
  return db
    .all(
      `select status, action, count(*), cast(coalesce(sum(amount), 0) as text) from rows
       where id between ? and ? group by status, action`,
      first,
      last,
    )
    .map(([status, action, rows, amount]) => ({
      status: status as RowStatus,
      action: (action as Action | null) ?? undefined,
      rows: Number(rows),
      amount: BigInt(String(amount)),
    }));
}
