import type { ProblemRow, ResultRow, RunInput, Totals } from '../../core/ledger.js';
import type { ClaimedRow, RepeatedRow, RunId } from '../../core/row.js';
import { REFUND_REFUSED, type Sale } from '../../core/sale.js';
import { LEFT_OPEN, type Action, type Intent, type RowStatus } from '../../core/status.js';
import { jsonTextOf } from './columns.js';
import { amountOf, numberOf, textOf, type SqlValue, type Database } from './database.js';

export const RUN_STRIDE = 2 ** 32;

/** First and last row id of a run. */
export function rowRange(run: RunId): [number, number] {
  return [run * RUN_STRIDE, run * RUN_STRIDE + RUN_STRIDE - 1];
}

/** The run of a row, or of an attempt that is named by its row. */
export function runOf(id: number): RunId {
  return Math.floor(id / RUN_STRIDE);
}

/** Whether the rows of a run are there, which `prune` forgets. */
export function hasRows(db: Database, run: RunId): boolean {
  return db.one('select 1 from rows where id between ? and ? limit 1', ...rowRange(run)) !== undefined;
}

/** For a statement that reads `rows`. */
export const INPUT_OF_ROW = `join inputs on inputs.run = rows.id / ${RUN_STRIDE} and inputs.number = rows.input`;

/** Whether an earlier attempt for the key of `rows` was applied, or may have been. */
const MAY_BE_HELD = `exists (select 1 from entries as held where held.namespace =
  (select namespace from runs where runs.id = rows.id >> 32) and held.key = rows.key
  and (held.digest is not null or held.doubt is not null))`;
const IS_ZERO_SALE = `rows.action = 'create' and rows.intent = 'set' and rows.amount = 0`;
const CLAIMED_ROW = `select rows.id, inputs.name, line, ${jsonTextOf('sale')}, key, intent, action, amount, previous_amount, digest, sealed,
  iif(${IS_ZERO_SALE}, ${MAY_BE_HELD}, 0) from run_rows as rows ${INPUT_OF_ROW}`;

/** Of `rows`, those to be claimed next: behind the first parameter, up to the second, as many as the third. */
export const PLANNED_AFTER = `where rows.id > ? and rows.id <= ? and rows.status = 'planned' order by rows.id limit ?`;

/** Rows of a run that a statement on from `CLAIMED_ROW` finds. */
export function claimedRows(db: Database, run: RunId, where: string, ...params: SqlValue[]): ClaimedRow[] {
  const [base] = rowRange(run);
  return db.page(`${CLAIMED_ROW} ${where}`, ...params).map((cells) => claimedRow(cells, base));
}

function claimedRow(cells: readonly SqlValue[], base: number): ClaimedRow {
  const [id, input, line, json, key, intent, action, amount, previousAmount, digest, sealed, held] = cells;
  return {
    position: Number(id) - base,
    input: String(input),
    line: Number(line),
    sale: saleOf(json, intent, amount),
    key: String(key),
    action: action as Action,
    amount: amountOf(amount),
    previousAmount: amountOf(previousAmount),
    digest: String(digest),
    sealed: sealed == null ? undefined : String(sealed),
    mayBeHeld: held === 1 || undefined,
  };
}

/** Gives sales of 0.00 that are planned and of whose key nothing may be held the warning. */
export function markFirstZeros(db: Database, run: RunId, warning: string): void {
  db.run(
    `update rows set warning = iif(warning is null, '', warning || '; ') || ?
     where id between ? and ? and status = 'planned' and ${IS_ZERO_SALE} and not ${MAY_BE_HELD}`,
    [warning, ...rowRange(run)],
  );
}

/** Rows of one input share its header. */
export function repeatedRow(
  columns: readonly SqlValue[],
  base: number,
  inputs: ReadonlyMap<number, RunInput>,
): RepeatedRow {
  const [id, input, line, key, intent, amount, digest, json, cells, refund, code] = columns;
  const { name = '', header = [] } = inputs.get(Number(input)) ?? {};
  return {
    position: Number(id) - base,
    input: name,
    header,
    cells: JSON.parse(String(cells)) as string[],
    line: Number(line),
    sale: { ...saleOf(json, intent, amount), ...(refund === null ? {} : { refund: amountOf(refund) }) },
    key: String(key),
    amount: amountOf(amount),
    digest: String(digest),
    isUnread: columns[15] === 1,
    isRefused: columns[15] === 1 || REFUND_REFUSED.has(String(code)),
    held: heldSale(columns.slice(11)),
  };
}

function heldSale([intent, amount, net, inDoubt]: readonly SqlValue[]): RepeatedRow['held'] {
  if (intent === null || intent === undefined) return undefined;
  return { intent: intent as Intent, amount: amountOf(amount), net: textOf(net), inDoubt: inDoubt === 1 };
}

/**
 * The sale of a row, from its fields in JSON and the columns that the ledger reckons with. What a row that cannot be
 * sent asks for is not kept, nor what an older revsync read.
 */
export function saleOf(fields: SqlValue | undefined, intent?: SqlValue, amount?: SqlValue): Sale {
  return {
    intent: (intent as Intent | null | undefined) ?? 'set',
    amount: amountOf(amount),
    fields: JSON.parse(String(fields ?? '{}')) as Sale['fields'],
  };
}

/** Where rows of a run are read from: before its first claim they have themselves all there is to know of them. */
type RowTable = 'run_rows' | 'rows';

/** What a vendor holds that a reconciliation found to be other is not known, nor what a reversal takes back of nothing. */
export const IS_UNKNOWN = `case action when 'create' then 0
  when 'correct' then dispute is not null
  when 'reverse' then previous_amount is null when 'clear' then previous_amount is null
  else amount is null and status in (${LEFT_OPEN.map((status) => `'${status}'`).join(', ')}) end`;
export const CHANGE = `case action when 'correct' then iif(dispute is null, coalesce(amount - coalesce(previous_amount, 0), 0), 0)
  when 'reverse' then coalesce(amount, 0) - previous_amount when 'clear' then -previous_amount end`;

export function totalsOf(db: Database, run: RunId, table: RowTable = 'run_rows'): Totals[] {
  const [first, last] = rowRange(run);
  return db
    .all(
      `select status, action, count(*), cast(coalesce(sum(amount), 0) as text),
         cast(coalesce(sum(${CHANGE}), 0) as text), sum(${IS_UNKNOWN})
       from ${table} where id between ? and ? group by status, action`,
      first,
      last,
    )
    .map(([status, action, rows, amount, change, unknown]) => ({
      status: status as RowStatus,
      action: (action as Action | null) ?? undefined,
      rows: Number(rows),
      amount: BigInt(String(amount)),
      change: BigInt(String(change)),
      unknown: Number(unknown),
    }));
}

const ROWS_PER_READ = 250;

const RESULT_FIELDS = `id, line, key, action, status, amount, previous_amount, http_status, error_code, error,
  ref, corrects_ref, warning, attempts, sent_at`;
/** A row as JSON, with its cells, which are JSON too: a page is parsed once. */
const RESULT_ROW = `'[' || json_array(${RESULT_FIELDS}) || ',' || json(cells) || ']'`;

/** The rows of one input in input order, a few hundred at a time. */
export async function* resultRows(
  db: Database,
  run: RunId,
  input: number,
  table: RowTable = 'run_rows',
): AsyncGenerator<readonly ResultRow[]> {
  const [base, last] = rowRange(run);
  let after = base;
  for (;;) {
    await Promise.resolve();
    const [page] =
      db.one(
        `select '[' || group_concat(row) || ']' from (select ${RESULT_ROW} as row
         from ${table} where id > ? and id <= ? and input = ? order by id limit ${ROWS_PER_READ})`,
        after,
        last,
        input,
      ) ?? [];
    const rows = (JSON.parse(String(page ?? '[]')) as [SqlValue[], string[]][]).map(([columns, cells]) =>
      resultRow(columns, cells, base),
    );
    const end = rows.at(-1);
    if (end === undefined) return;
    after = base + end.position;
    yield rows;
  }
}

/** The first rows with one of these statuses, in the order in which they are given, then those that were held back. */
export function problemRows(
  db: Database,
  run: RunId,
  statuses: readonly RowStatus[],
  limit: number,
): ProblemRow[] {
  const list = statuses.map((status) => `'${status}'`).join(',');
  const rank = `case status ${statuses.map((status, index) => `when '${status}' then ${index}`).join(' ')} else ${statuses.length} end`;
  const held = `(status = 'not_sent' and error_code in ('correction_held', 'looks_sent', 'was_accepted'))`;
  return rowsWhere(db, run, `(status in (${list}) or ${held}) order by ${rank}, rows.id limit ${limit}`);
}

/** The first rows that change what was accepted before. */
export function correctedRows(db: Database, run: RunId, limit: number): ProblemRow[] {
  return rowsWhere(db, run, `action = 'correct' order by rows.id limit ${limit}`);
}

export function rowsWhere(db: Database, run: RunId, where: string): ProblemRow[] {
  const [base, last] = rowRange(run);
  return db
    .all(
      `select ${RESULT_FIELDS}, ${jsonTextOf('cells')}, inputs.name from run_rows as rows join inputs on inputs.run = ? and inputs.number = rows.input
       where rows.id between ? and ? and ${where}`,
      run,
      base,
      last,
    )
    .map((columns) => {
      const [cells, input] = columns.slice(-2);
      return { ...resultRow(columns, JSON.parse(String(cells)) as string[], base), input: String(input) };
    });
}

function resultRow(columns: readonly SqlValue[], cells: readonly string[], base: number): ResultRow {
  const [id, line, key, action, status, amount, previous, httpStatus, code, message, ref, correctsRef] =
    columns;
  return {
    position: Number(id) - base,
    line: Number(line),
    cells,
    key: textOf(key),
    action: (action as Action | null) ?? undefined,
    status: status as RowStatus,
    amount: amountOf(amount),
    previousAmount: amountOf(previous),
    httpStatus: numberOf(httpStatus),
    code: textOf(code),
    message: textOf(message),
    ref: textOf(ref),
    correctsRef: textOf(correctsRef),
    warning: textOf(columns[12]),
    attempts: Number(columns[13] ?? 0),
    sentAt: numberOf(columns[14]),
  };
}
