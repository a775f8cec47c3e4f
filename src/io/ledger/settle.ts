import type { Settlement } from '../../core/ledger.js';
import type { Attempt } from '../../core/outcome.js';
import type { RunId } from '../../core/row.js';
import { unusual } from './attempts.js';
import { jsonFor, type Database } from './database.js';
import { FILE_SETTLED } from './likenesses.js';
import { digestWith } from './reversals.js';
import { rowRange } from './run-rows.js';

const COLUMNS = 'position status tries http_status ref code message corrects_ref warning doubt'.split(' ');

/** A row that was sent, or that may have been, has an attempt; else its status is its own. */
function cellsOf(settlement: Settlement, at: number): unknown[] {
  const { row, status, attempts, ref, code, message, correctsRef, warning, doubt } = settlement;
  const tries = attempts.length === 0 && doubt === undefined ? undefined : triesText(attempts, at);
  const last = attempts.at(-1);
  return [row.position, status, tries, last?.httpStatus, ref, code, message, correctsRef, warning, doubt];
}

/** As `attempts.ts` says. */
function triesText(attempts: readonly Attempt[], settledAt: number): string {
  const [only, second] = attempts;
  const isPlain =
    only?.httpStatus !== undefined &&
    second === undefined &&
    (only.code ?? only.message ?? only.kept) === undefined;
  return isPlain ? String(settledAt - only.at) : JSON.stringify(attempts);
}

/**
 * Writes what became of rows, the audit trail and what the vendor now holds. Runs within the caller's transaction,
 * so that a row and its entry can never disagree. A key occurs at most once in `settlements`. Where no row of the
 * run `hasLikenesses` they are not looked for.
 */
export function writeSettlements(
  db: Database,
  namespace: number,
  run: RunId,
  settlements: readonly Settlement[],
  at: number,
  hasLikenesses: boolean,
): void {
  const [base] = rowRange(run);
  db.exec(SETTLED);
  db.run(READ, [base, jsonFor(settlements.map((settlement) => cellsOf(settlement, at)))]);
  db.run(SETTLE_UNSENT, []);
  db.run(ADD_ATTEMPTS, [namespace, run, at]);
  db.run(MERGE_ENTRIES, [namespace, run, at]);
  if (hasLikenesses) db.run(FILE_SETTLED, [namespace]);
  db.exec('delete from settled');
}

const SETTLED = `create temp table if not exists settled (row integer primary key, ${COLUMNS.slice(1).join(', ')})`;

/** Each parsed once, as JSONB: as text it would be parsed for every column. */
const READ = `
  with settlements as materialized (select jsonb(value) as settlement from json_each(?2))
  insert into settled
  select ?1 + (settlement ->> 0), ${COLUMNS.slice(1)
    .map((_, index) => `settlement ->> ${index + 1}`)
    .join(', ')}
  from settlements`;

const SETTLE_UNSENT = `
  update rows set status = settled.status, error_code = settled.code, error = settled.message,
    warning = coalesce(rows.warning || '; ' || settled.warning, settled.warning, rows.warning), attempts = 0
  from settled where rows.id = settled.row and settled.tries is null`;

const SENT_ROWS = `from settled cross join rows on rows.id = settled.row`;
const WAS_SENT = 'where settled.tries is not null';

const ADD_ATTEMPTS = `
  insert into attempts (id, namespace, key, run, input, line, action, intent, amount, previous_amount, digest, status,
    tries, http_status, code, message, ref, corrects_ref, at, before,
    warning)
  select rows.id, ?1, rows.key, ?2, cast(rows.input as blob), rows.line, ${unusual('rows', 'action')}, ${unusual('rows', 'intent')},
    iif(rows.intent = 'set' and rows.amount is null, rows.previous_amount, rows.amount), rows.previous_amount, iif(rows.intent = 'reverse', coalesce((select ${digestWith('rows', 'held')}
      from entries as held where held.namespace = ?1 and held.key = rows.key), rows.digest), rows.digest), settled.status, settled.tries, settled.http_status,
    settled.code, settled.message, settled.ref, settled.corrects_ref, ?3,
    (select last_attempt from entries where namespace = ?1 and key = rows.key), settled.warning
  ${SENT_ROWS} ${WAS_SENT}`;

/** What says nothing of money changes none. */
const KEEPS_AMOUNT = `excluded.digest is null or (excluded.intent = 'set' and excluded.amount is null)`;

/** A row that was not accepted leaves what was accepted before, and may put it in doubt. */
const MERGE_ENTRIES = `
  with sent as (
    select rows.id, settled.status = 'accepted' as accepted, rows.key, rows.digest, rows.amount,
      rows.intent, rows.net, settled.ref, settled.doubt
    ${SENT_ROWS} ${WAS_SENT}
  )
  insert into entries (namespace, key, digest, amount, net, intent, ref, run, at, doubt, last_attempt)
  select ?1, key, iif(accepted, digest, null), iif(accepted, amount, null), iif(accepted, net, null),
    iif(accepted, intent, null),
    iif(accepted, ref, null), iif(accepted, ?2, null), iif(accepted, ?3, null), doubt, id
  from sent where true
  on conflict (namespace, key) do update set
    amount = iif(${KEEPS_AMOUNT}, amount, excluded.amount),
    net = iif(${KEEPS_AMOUNT}, net, excluded.net),
    intent = coalesce(excluded.intent, intent),
    ref = iif(excluded.digest is null, ref, excluded.ref),
    run = coalesce(excluded.run, run), at = coalesce(excluded.at, at),
    doubt = iif(excluded.digest is null, coalesce(excluded.doubt, doubt), null),
    digest = coalesce(${digestWith('excluded', 'entries')}, digest),
    last_attempt = excluded.last_attempt`;
