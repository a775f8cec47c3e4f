import type { StagedRow } from '../../core/row.js';
import type { Sale } from '../../core/sale.js';
import { jsonFor, type Database } from './database.js';
import { likenessCells } from './likenesses.js';
import { leavesMoney } from './reversals.js';
import { PLAN, PLAN_COLUMNS, RULE_OF_STAGED } from './planning.js';

const NOTHING: Partial<Sale> = {};

function cellsOf(row: StagedRow, index: number): unknown[] {
  const { line, cells, sale, key, digest, status, code, message, warning, sealed, discrepancy } = row;
  const likenesses = row.likenesses?.map(likenessCells);
  // A row that cannot be sent asks for nothing and counts for nothing.
  const { intent, amount, refund } = digest === undefined ? NOTHING : (sale ?? NOTHING);
  const columns = [index, line, cells, sale?.fields, key, intent, amount, digest];
  if ((status ?? warning ?? sealed ?? discrepancy ?? likenesses ?? refund) === undefined) return columns;
  // Most rows have nothing of it: they are read in half the time for its being one column.
  const { found, asOf, asOfRun } = discrepancy ?? {};
  return [...columns, [status, code, message, warning, sealed, found, asOf, likenesses, refund, asOfRun]];
}

/**
 * Writes rows and what they are planned to be. Each is parsed once, as JSONB: as text it would be parsed for every
 * column. ?1 is the namespace, ?2 the id of the first row, ?3 the input, ?4 the rows.
 */
const STAGE = `
  with parsed as materialized (select jsonb(value) as row from json_each(?4)),
  staged as materialized (
    select ?2 + (row ->> 0) as id, row ->> 1 as line, row -> 2 as cells, row ->> 3 as sale, row ->> 4 as key,
      row ->> 5 as intent, row ->> 6 as amount, row ->> 7 as digest, more ->> 0 as status, more ->> 1 as error_code,
      more ->> 2 as error, more ->> 3 as warning, more ->> 4 as sealed, more ->> 5 as dispute,
      more ->> 6 as disputed_at, more ->> 7 as likenesses, more ->> 8 as refund, more ->> 9 as disputed_run
    from (select row, row -> 8 as more from parsed)
  )
  insert into rows (id, input, line, cells, sale, key, intent, amount, digest, warning, sealed, dispute, disputed_at,
    disputed_run, likenesses, refund, ${PLAN_COLUMNS})
  select staged.id, ?3, staged.line, staged.cells, staged.sale, staged.key, staged.intent,
    iif(${leavesMoney('staged')}, held.amount, staged.amount), staged.digest, staged.warning, staged.sealed, staged.dispute, staged.disputed_at, staged.disputed_run,
    staged.likenesses, staged.refund, ${PLAN}
  from staged ${RULE_OF_STAGED}`;

/** Adds rows of an input, the first of them with the id `first`. */
export function stageRows(
  db: Database,
  namespace: number,
  first: number,
  input: number,
  rows: readonly StagedRow[],
): void {
  db.run(STAGE, [namespace, first, input, jsonFor(rows.map(cellsOf))]);
}
