import type { StagedRow } from '../../core/row.js';
import type { Sale } from '../../core/sale.js';
import { rowTexts, type Database, type RowTexts } from './database.js';
import { PLAN, PLAN_COLUMNS, RULE_OF_STAGED } from './planning.js';

/** Rows to be staged; the plain ones are to be sent as they are. */
export interface StagedTexts extends RowTexts {
  readonly count: number;
}

const NOTHING: Partial<Sale> = {};

export function stagedTexts(rows: readonly StagedRow[]): StagedTexts {
  const plain: unknown[][] = [];
  const others: unknown[][] = [];
  rows.forEach((row, index) => {
    const { line, cells, sale, key, digest, status, code, message, warning, sealed, discrepancy } = row;
    // A row that cannot be sent asks for nothing and counts for nothing.
    const { intent, amount } = key === undefined ? NOTHING : (sale ?? NOTHING);
    const columns = [index, line, cells, sale?.fields, key, intent, amount, digest];
    const isPlain =
      status === undefined && warning === undefined && sealed === undefined && discrepancy === undefined;
    if (isPlain) plain.push(columns);
    else {
      others.push([
        ...columns,
        status,
        code,
        message,
        warning,
        sealed,
        discrepancy?.found,
        discrepancy?.asOf,
      ]);
    }
  });
  return { ...rowTexts(plain, others), count: rows.length };
}

/**
 * Writes rows and what they are planned to be. Each is parsed once, as JSONB: as text it would be parsed for every
 * column. ?1 is the namespace, ?2 the id of the first row, ?3 the input, ?4 the rows; `other` says where the columns
 * come from that only some rows have.
 */
const stageStatement = (other: (column: number) => string): string => `
  with parsed as materialized (select jsonb(value) as row from json_each(?4)),
  staged as materialized (
    select ?2 + (row ->> 0) as id, row ->> 1 as line, row -> 2 as cells, row ->> 3 as sale, row ->> 4 as key,
      row ->> 5 as intent, row ->> 6 as amount, row ->> 7 as digest, ${other(8)} as status,
      ${other(9)} as error_code, ${other(10)} as error, ${other(11)} as warning, ${other(12)} as sealed,
      ${other(13)} as dispute, ${other(14)} as disputed_at
    from parsed
  )
  insert into rows (id, input, line, cells, sale, key, intent, amount, digest, warning, sealed, dispute, disputed_at,
    ${PLAN_COLUMNS})
  select staged.id, ?3, staged.line, staged.cells, staged.sale, staged.key, staged.intent, staged.amount, staged.digest,
    staged.warning, staged.sealed, staged.dispute, staged.disputed_at, ${PLAN}
  from staged ${RULE_OF_STAGED}`;

const STAGE_PLAIN = stageStatement(() => 'null');
const STAGE_OTHERS = stageStatement((column) => `row ->> ${column}`);

/** Adds rows of an input, the first of them with the id `first`. */
export function stageRows(
  db: Database,
  namespace: number,
  first: number,
  input: number,
  { plain, others }: StagedTexts,
): void {
  db.run(STAGE_PLAIN, [namespace, first, input, plain]);
  if (others !== undefined) db.run(STAGE_OTHERS, [namespace, first, input, others]);
}
