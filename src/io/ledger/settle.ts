import type { RunId, Settlement } from '../../core/ports.js';
import { jsonFor, type Database } from './database.js';

/** Settlements as the JSON array of columns that the statements below read; `COLUMNS` has their order. */
export function settledText(settlements: readonly Settlement[]): string {
  return jsonFor(settlements.map(columnsOf));
}

const COLUMNS = [
  ...[
    'position',
    'status',
    'http_status',
    'code',
    'message',
    'ref',
    'corrects_ref',
    'warning',
    'attempts',
    'sent_at',
  ],
  ...['key', 'input', 'line', 'action', 'intent', 'amount', 'previous_amount', 'digest', 'tries', 'doubt'],
] as const;

function columnsOf(settlement: Settlement): unknown[] {
  const { row, tries } = settlement;
  const last = tries.at(-1);
  return [
    row.position,
    settlement.status,
    last?.httpStatus,
    settlement.code,
    settlement.message,
    settlement.ref,
    settlement.correctsRef,
    settlement.warning,
    tries.length,
    last?.at,
    row.key,
    row.input,
    row.line,
    row.action,
    row.intent,
    row.amount,
    row.previousAmount,
    row.digest,
    JSON.stringify(tries),
    settlement.doubt,
  ];
}

/**
 * Writes settled rows, the audit trail and what the vendor now holds. Runs within the caller's transaction,
 * so that a row and its entry can never disagree. A key occurs at most once in `settlements`, which is what
 * `settledText` makes of them.
 */
export function writeSettlements(
  db: Database,
  namespace: number,
  run: RunId,
  base: number,
  settlements: string,
  at: number,
): void {
  db.run(SETTLE_ROWS, [settlements, base]);
  const last = Number(db.one('select max(id) from attempts')?.[0] ?? 0);
  db.run(ADD_ATTEMPTS, [settlements, last, namespace, run, at]);
  db.run(MERGE_ENTRIES, [settlements, last, namespace, run, at]);
}

function column(name: (typeof COLUMNS)[number]): string {
  return `settlement ->> ${COLUMNS.indexOf(name)}`;
}

function columns(names: readonly (typeof COLUMNS)[number][]): string {
  return names.map((name) => `${column(name)} as ${name}`).join(', ');
}

/** Each parsed once, as JSONB: as text it would be parsed for every column. */
const SETTLEMENTS = `with settlements as materialized (select key as place, jsonb(value) as settlement from json_each(?1))`;

/** Rows that were never sent have no attempt. */
const SENT = `from settlements where ${column('attempts')} > 0 or ${column('doubt')} is not null`;

const SETTLE_ROWS = `
  ${SETTLEMENTS}, settled as (
    select ${columns(COLUMNS.slice(0, 10))} from settlements
  )
  update rows set status = settled.status, http_status = settled.http_status, error_code = settled.code,
    error = settled.message, ref = settled.ref, corrects_ref = settled.corrects_ref,
    warning = coalesce(rows.warning || '; ' || settled.warning, settled.warning, rows.warning),
    attempts = settled.attempts, sent_at = settled.sent_at
  from settled where rows.id = ?2 + settled.position`;

const ADDED = [
  ...['key', 'input', 'line', 'action', 'intent', 'amount', 'previous_amount', 'digest', 'status', 'tries'],
  ...['http_status', 'code', 'message', 'ref', 'corrects_ref'],
] as const;

const ADD_ATTEMPTS = `
  ${SETTLEMENTS}, added as (
    select ?2 + 1 + place as id, ${columns(ADDED)} ${SENT}
  )
  insert into attempts (id, namespace, run, at, ${ADDED.join(', ')}, before)
  select id, ?3, ?4, ?5, ${ADDED.map((name) => `added.${name}`).join(', ')},
    (select last_attempt from entries where namespace = ?3 and key = added.key)
  from added`;

/** A row that was not accepted leaves what was accepted before, and may put it in doubt. */
const MERGE_ENTRIES = `
  ${SETTLEMENTS}, settled as (
    select ?2 + 1 + place as id, ${column('status')} = 'accepted' as accepted,
      ${columns(['key', 'digest', 'amount', 'intent', 'ref', 'doubt'])} ${SENT}
  )
  insert into entries (namespace, key, digest, amount, intent, ref, run, at, doubt, last_attempt)
  select ?3, key, iif(accepted, digest, null), iif(accepted, amount, null), iif(accepted, intent, null),
    iif(accepted, ref, null), iif(accepted, ?4, null), iif(accepted, ?5, null), doubt, id
  from settled where true
  on conflict (namespace, key) do update set
    amount = iif(excluded.digest is null, amount, excluded.amount),
    intent = coalesce(excluded.intent, intent),
    ref = iif(excluded.digest is null, ref, excluded.ref),
    run = coalesce(excluded.run, run), at = coalesce(excluded.at, at),
    doubt = iif(excluded.digest is null, coalesce(excluded.doubt, doubt), null),
    digest = coalesce(excluded.digest, digest),
    last_attempt = excluded.last_attempt`;
