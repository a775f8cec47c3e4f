import type { StagedRow } from '../../core/ports.js';
import { rowTexts, type Database, type RowTexts } from './database.js';
import { PLAN, PLAN_COLUMNS, RULE_OF_STAGED } from './planning.js';

/** Rows to be staged; the plain ones are to be sent as they are. */
export interface StagedTexts extends RowTexts {
  readonly count: number;
}

export function stagedTexts(rows: readonly StagedRow[]): StagedTexts {
  const plain: unknown[][] = [];
  const others: unknown[][] = [];
  rows.forEach((row, index) => {
    const { line, cells, key, intent, amount, digest, failure, warning, sealed, discrepancy } = row;
    const columns = [index, line, cells, key, intent, amount, digest];
    const isPlain =
      failure === undefined && warning === undefined && sealed === undefined && discrepancy === undefined;
    if (isPlain) plain.push(columns);
    else {
      const { status, code, message } = failure ?? {};
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
    select ?2 + (row ->> 0) as id, row ->> 1 as line, row -> 2 as cells, row ->> 3 as key, row ->> 4 as intent,
      row ->> 5 as amount, row ->> 6 as digest, ${other(7)} as status, ${other(8)} as error_code,
      ${other(9)} as error, ${other(10)} as warning, ${other(11)} as sealed, ${other(12)} as dispute,
      ${other(13)} as disputed_at
    from parsed
  )
  insert into rows (id, input, line, cells, key, intent, amount, digest, warning, sealed, dispute, disputed_at,
    ${PLAN_COLUMNS})
  select staged.id, ?3, staged.line, staged.cells, staged.key, staged.intent, staged.amount, staged.digest,
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
