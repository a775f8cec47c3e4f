import type { Attempt, Settlement } from '../../core/ledger.js';
import type { RunId } from '../../core/row.js';
import { rowTexts, type Database, type RowTexts } from './database.js';
import { INPUT_OF_ROW } from './run-rows.js';

/** Of a row that took one attempt and has nothing more to say; `place` is that among all that are settled together. */
const PLAIN_COLUMNS = ['place', 'position', 'status', 'attempts', 'sent_at', 'http_status', 'ref'] as const;
/** What others have beside. */
const OTHER_COLUMNS = ['code', 'message', 'corrects_ref', 'warning', 'doubt', 'tries'] as const;

export function settledTexts(settlements: readonly Settlement[]): RowTexts {
  const plain: unknown[][] = [];
  const others: unknown[][] = [];
  settlements.forEach((settlement, place) => {
    const { row, status, attempts, code, message, ref, correctsRef, warning, doubt } = settlement;
    const last = attempts.at(-1);
    const columns = [place, row.position, status, attempts.length, last?.at, last?.httpStatus, ref];
    const isPlain =
      attempts.length === 1 &&
      isPlainAttempt(attempts[0]) &&
      (code ?? message ?? correctsRef ?? warning ?? doubt) == null;
    if (isPlain) plain.push(columns);
    else others.push([...columns, code, message, correctsRef, warning, doubt, JSON.stringify(attempts)]);
  });
  return rowTexts(plain, others);
}

/** One that `PLAIN_ATTEMPT` spells. */
function isPlainAttempt(tried: Attempt | undefined): boolean {
  return tried?.httpStatus !== undefined && tried.code === undefined && tried.message === undefined;
}

const PLAIN_ATTEMPT = `'[{"at":' || settled.sent_at || ',"httpStatus":' || settled.http_status || '}]'`;

/**
 * Writes settled rows, the audit trail and what the vendor now holds. Runs within the caller's transaction,
 * so that a row and its entry can never disagree. A key occurs at most once in `settlements`.
 */
export function writeSettlements(
  db: Database,
  namespace: number,
  run: RunId,
  base: number,
  { plain, others }: RowTexts,
  at: number,
): void {
  db.exec(SETTLED);
  db.run(READ_PLAIN, [plain]);
  if (others !== undefined) db.run(READ_OTHERS, [others]);
  db.run(SETTLE_ROWS, [base]);
  const last = Number(db.one('select max(id) from attempts')?.[0] ?? 0);
  db.run(ADD_ATTEMPTS, [base, last, namespace, run, at]);
  db.run(MERGE_ENTRIES, [base, last, namespace, run, at]);
  db.exec('delete from settled');
}

const SETTLED = `create temp table if not exists settled
  (place integer primary key, ${[...PLAIN_COLUMNS.slice(1), ...OTHER_COLUMNS].join(', ')})`;

/** Each parsed once, as JSONB: as text it would be parsed for every column. */
const readStatement = (columns: readonly string[]): string => `
  with settlements as materialized (select jsonb(value) as settlement from json_each(?1))
  insert into settled (${columns.join(', ')})
  select ${columns.map((_, index) => `settlement ->> ${index}`).join(', ')} from settlements`;

const READ_PLAIN = readStatement(PLAIN_COLUMNS);
const READ_OTHERS = readStatement([...PLAIN_COLUMNS, ...OTHER_COLUMNS]);

const SETTLE_ROWS = `
  update rows set status = settled.status, http_status = settled.http_status, error_code = settled.code,
    error = settled.message, ref = settled.ref, corrects_ref = settled.corrects_ref,
    warning = coalesce(rows.warning || '; ' || settled.warning, settled.warning, rows.warning),
    attempts = settled.attempts, sent_at = settled.sent_at
  from settled where rows.id = ?1 + settled.position`;

const SETTLED_ROWS = `from settled cross join rows on rows.id = ?1 + settled.position`;
/** Rows that were never sent have no attempt. */
const WAS_SENT = 'where settled.attempts > 0 or settled.doubt is not null';

const ADD_ATTEMPTS = `
  insert into attempts (id, namespace, key, run, input, line, action, intent, amount, previous_amount, digest, status,
    tries, http_status, code, message, ref, corrects_ref, at, before)
  select ?2 + 1 + place, ?3, rows.key, ?4, inputs.name, rows.line, rows.action, rows.intent, rows.amount,
    rows.previous_amount, rows.digest, settled.status, coalesce(settled.tries, ${PLAIN_ATTEMPT}), settled.http_status,
    settled.code, settled.message, settled.ref, settled.corrects_ref, ?5,
    (select last_attempt from entries where namespace = ?3 and key = rows.key)
  ${SETTLED_ROWS} ${INPUT_OF_ROW} ${WAS_SENT}`;

/** A row that was not accepted leaves what was accepted before, and may put it in doubt. */
const MERGE_ENTRIES = `
  with sent as (
    select ?2 + 1 + place as id, settled.status = 'accepted' as accepted, rows.key, rows.digest, rows.amount,
      rows.intent, settled.ref, settled.doubt
    ${SETTLED_ROWS} ${WAS_SENT}
  )
  insert into entries (namespace, key, digest, amount, intent, ref, run, at, doubt, last_attempt)
  select ?3, key, iif(accepted, digest, null), iif(accepted, amount, null), iif(accepted, intent, null),
    iif(accepted, ref, null), iif(accepted, ?4, null), iif(accepted, ?5, null), doubt, id
  from sent where true
  on conflict (namespace, key) do update set
    amount = iif(excluded.digest is null, amount, excluded.amount),
    intent = coalesce(excluded.intent, intent),
    ref = iif(excluded.digest is null, ref, excluded.ref),
    run = coalesce(excluded.run, run), at = coalesce(excluded.at, at),
    doubt = iif(excluded.digest is null, coalesce(excluded.doubt, doubt), null),
    digest = coalesce(excluded.digest, digest),
    last_attempt = excluded.last_attempt`;
