import type { RunId } from '../../core/ports.js';
import type { RESULT_COLUMNS } from '../../core/row.js';
import type { Database } from './database.js';
import { rowRange } from './run-rows.js';

const ROWS_PER_PAGE = 250;

/** Where the own columns of a results CSV come from, in their order; ?4 is the name of the run. */
const CELLS: Readonly<Record<(typeof RESULT_COLUMNS)[number], string>> = {
  revsync_line: 'line',
  revsync_key: 'key',
  revsync_action: 'action',
  revsync_status: 'status',
  revsync_amount: amountText('amount'),
  revsync_previous_amount: amountText('previous_amount'),
  revsync_http_status: 'http_status',
  revsync_error_code: 'error_code',
  revsync_error: 'error',
  revsync_vendor_ref: 'ref',
  revsync_corrects_ref: 'corrects_ref',
  revsync_warning: 'warning',
  revsync_attempts: 'coalesce(attempts, 0)',
  // SQLite takes ten times as long where it has to write a fraction itself.
  revsync_sent_at: `replace(datetime(sent_at / 1000, 'unixepoch'), ' ', 'T') || format('.%03dZ', sent_at % 1000)`,
  revsync_run: '?4',
};

/** As `formatAmount` writes it. */
function amountText(column: string): string {
  const more = `iif(${column} % 100 = 0, '', rtrim(format('%02d', abs(${column}) % 100), '0'))`;
  return `iif(${column} is null, null, format('%s%d.%02d%s', iif(${column} < 0, '-', ''), abs(${column}) / 10000,
    abs(${column}) % 10000 / 100, ${more}))`;
}

const ROW = `rtrim(cells, ']') || iif(cells = '[]', '', ',') || substr(json_array(${Object.values(CELLS).join(', ')}), 2)`;

const PAGE = `select max(id), '[' || group_concat(row) || ']' from (
  select id, ${ROW} as row from rows where id > ?1 and id <= ?2 and input = ?3 order by id limit ${ROWS_PER_PAGE})`;

/** A cell of a results CSV; null is a blank one. */
export type ResultCell = string | number | null;

/** The rows of an input in input order, the source's own cells before ours: pages of them, each JSON of `ResultCell[][]`. */
export function* resultCells(db: Database, run: RunId, input: number, runName: string): Generator<string> {
  const [base, last] = rowRange(run);
  for (let after = base; ;) {
    const [end, page] = db.one(PAGE, after, last, input, runName) ?? [];
    if (end == null) return;
    after = Number(end);
    yield String(page);
  }
}

const SETTLED_ON_PAGE = `select count(*) from rows
  where id between ?1 and ?2 and input = ?3 and status not in ('planned', 'claimed')`;

/** Whether none of the rows on a page of the first input, 0 being its first page, will change any more. */
export function isPageSettled(db: Database, run: RunId, input: number, page: number): boolean {
  const [base] = rowRange(run);
  const [first, last] = [base + page * ROWS_PER_PAGE + 1, base + (page + 1) * ROWS_PER_PAGE];
  return db.one(SETTLED_ON_PAGE, first, last, input)?.[0] === ROWS_PER_PAGE;
}
