import type { StagedRow } from '../../core/ports.js';
import { jsonFor, type Database } from './database.js';

/** Rows to be staged, as JSON arrays of their columns: a text takes a third of the time of so many values. */
export interface StagedTexts {
  /** Rows that are to be sent as they are. */
  readonly plain: string;
  /** Rows of which there is more to say. */
  readonly others: string | undefined;
  readonly count: number;
}

export function stagedTexts(rows: readonly StagedRow[]): StagedTexts {
  const plain: unknown[][] = [];
  const others: unknown[][] = [];
  rows.forEach((row, index) => {
    const { line, cells, key, intent, amount, digest, verdict, warning, sealed, dispute } = row;
    const columns = [index, line, cells, key, intent, amount, digest];
    const isPlain =
      verdict === undefined && warning === undefined && sealed === undefined && dispute === undefined;
    if (isPlain) plain.push(columns);
    else {
      const { status, code, message } = verdict ?? {};
      others.push([...columns, status, code, message, warning, sealed, dispute?.found, dispute?.asOf]);
    }
  });
  return {
    plain: jsonFor(plain),
    others: others.length === 0 ? undefined : jsonFor(others),
    count: rows.length,
  };
}

/** Each parsed once, as JSONB: as text it would be parsed for every column. */
const STAGED = 'with staged as materialized (select jsonb(value) as row from json_each(?3))';

const STAGE_PLAIN = `
  ${STAGED}
  insert into rows (id, input, line, cells, key, intent, amount, digest)
  select ?1 + (row ->> 0), ?2, row ->> 1, row -> 2, row ->> 3, row ->> 4, row ->> 5, row ->> 6 from staged`;

const STAGE_OTHERS = `
  ${STAGED}
  insert into rows (id, input, line, cells, key, intent, amount, digest, status, error_code, error, warning, sealed,
    dispute, disputed_at)
  select ?1 + (row ->> 0), ?2, row ->> 1, row -> 2, row ->> 3, row ->> 4, row ->> 5, row ->> 6, row ->> 7,
    row ->> 8, row ->> 9, row ->> 10, row ->> 11, row ->> 12, row ->> 13
  from staged`;

/** Adds rows of an input, the first of them with the id `first`. */
export function stageRows(db: Database, first: number, input: number, { plain, others }: StagedTexts): void {
  db.run(STAGE_PLAIN, [first, input, plain]);
  if (others !== undefined) db.run(STAGE_OTHERS, [first, input, others]);
}
