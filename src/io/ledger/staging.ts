import type { StagedRow } from '../../core/row.js';
import type { Sale } from '../../core/sale.js';
import { jsonFor, type Database } from './database.js';
import { likenessCells } from './likenesses.js';
import { leavesMoney } from './reversals.js';
import { PLAN, PLAN_COLUMNS, RULE_OF_STAGED } from './planning.js';

const NOTHING: Partial<Sale> = {};

/** Most rows have nothing of it. */
function moreOf(
  { status, code, message, warning, sealed, discrepancy, likenesses, sale }: StagedRow,
  isSent: boolean,
) {
  const refund = isSent ? sale?.refund : undefined;
  if ((status ?? warning ?? sealed ?? discrepancy ?? likenesses ?? refund) === undefined) return undefined;
  const { found, asOf, asOfRun } = discrepancy ?? {};
  const alike = likenesses?.map(likenessCells);
  return [status, code, message, warning, sealed, found, asOf, alike, refund, asOfRun];
}

function cellsOf(row: StagedRow, index: number): unknown[] {
  const { line, cells, sale, key, digest } = row;
  // A row that cannot be sent asks for nothing and counts for nothing.
  const { intent, amount } = digest === undefined ? NOTHING : (sale ?? NOTHING);
  const columns = [index, line, cells, sale?.fields, key, intent, amount, digest];
  const more = moreOf(row, digest !== undefined);
  return more === undefined ? columns : [...columns, more];
}

const MORE =
  'status, error_code, error, warning, sealed, dispute, disputed_at, likenesses, refund, disputed_run'.split(
    ', ',
  );

/**
 * Writes rows and what they are planned to be. Each is parsed once, as JSONB, and its columns are taken out of it once.
 * ?1 is the namespace, ?2 the id of the first row, ?3 the input, ?4 the rows.
 */
const STAGE = `
  with parsed as materialized (select jsonb(value) as row from json_each(?4)),
  taken as materialized (
    select ?2 + (row ->> 0) as id, row ->> 1 as line, jsonb_extract(row, '$[2]') as cells, jsonb_extract(row, '$[3]') as sale, row ->> 4 as key,
      row ->> 5 as intent, row ->> 6 as amount, row ->> 7 as digest, jsonb_extract(row, '$[8]') as more
    from parsed
  ),
  staged as not materialized (
    select taken.*, ${MORE.map((name, index) => `more ->> ${index} as ${name}`).join(', ')} from taken
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
