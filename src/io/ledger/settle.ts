import type { RunId, Settlement } from '../../core/ports.js';
import { writeRows, type Cell, type Database } from './database.js';

/**
 * Writes settled rows, the audit trail and what the vendor now holds. Runs within the caller's transaction,
 * so that a row and its entry can never disagree. A key occurs at most once in `settlements`.
 */
export function writeSettlements(
  db: Database,
  namespace: number,
  run: RunId,
  base: number,
  settlements: readonly Settlement[],
  at: number,
): void {
  writeRows(
    db,
    SETTLE_ROWS,
    settlements.map((settlement) => settledRow(settlement, base)),
  );
  const sent = settlements.filter(({ tries, doubt }) => tries.length > 0 || doubt !== undefined);
  const last = Number(db.one('select max(id) from attempts')?.[0] ?? 0);
  writeRows(
    db,
    ADD_ATTEMPTS,
    sent.map((settlement, index) => attempt(settlement, last + 1 + index, namespace, run, at)),
  );
  writeRows(
    db,
    MERGE_ENTRIES,
    sent.map((settlement, index) => entry(settlement, last + 1 + index, namespace, run, at)),
  );
}

const SETTLE_ROWS = (values: string): string => `
  with settled (id, status, http_status, code, message, ref, corrects_ref, warning, attempts, sent_at)
    as (values ${values})
  update rows set status = settled.status, http_status = settled.http_status, error_code = settled.code,
    error = settled.message, ref = settled.ref, corrects_ref = settled.corrects_ref,
    warning = coalesce(rows.warning || '; ' || settled.warning, settled.warning, rows.warning),
    attempts = settled.attempts, sent_at = settled.sent_at
  from settled where rows.id = settled.id`;

function settledRow({ row, tries, ...end }: Settlement, base: number): Cell[] {
  const last = tries.at(-1);
  return [
    base + row.position,
    end.status,
    last?.httpStatus ?? null,
    end.code ?? null,
    end.message ?? null,
    end.ref ?? null,
    end.correctsRef ?? null,
    end.warning ?? null,
    tries.length,
    last?.at ?? null,
  ];
}

const ATTEMPT_COLUMNS =
  'id, namespace, key, run, input, line, action, intent, amount, previous_amount, digest, status, tries, ' +
  'http_status, code, message, ref, corrects_ref, at';

const ADD_ATTEMPTS = (values: string): string => `
  with added (${ATTEMPT_COLUMNS}) as (values ${values})
  insert into attempts (${ATTEMPT_COLUMNS}, before)
  select added.*, (select last_attempt from entries where namespace = added.namespace and key = added.key)
  from added`;

function attempt(settlement: Settlement, id: number, namespace: number, run: RunId, at: number): Cell[] {
  const { row, tries } = settlement;
  return [
    id,
    namespace,
    row.key,
    run,
    row.input,
    row.line,
    row.action,
    row.intent,
    row.amount ?? null,
    row.previousAmount ?? null,
    row.digest,
    settlement.status,
    JSON.stringify(tries),
    tries.at(-1)?.httpStatus ?? null,
    settlement.code ?? null,
    settlement.message ?? null,
    settlement.ref ?? null,
    settlement.correctsRef ?? null,
    at,
  ];
}

/** A row that was not accepted leaves what was accepted before, and may put it in doubt. */
const MERGE_ENTRIES = (values: string): string => `
  insert into entries (namespace, key, digest, amount, intent, ref, run, at, doubt, last_attempt) values ${values}
  on conflict (namespace, key) do update set
    amount = iif(excluded.digest is null, amount, excluded.amount),
    intent = coalesce(excluded.intent, intent),
    ref = iif(excluded.digest is null, ref, excluded.ref),
    run = coalesce(excluded.run, run), at = coalesce(excluded.at, at),
    doubt = iif(excluded.digest is null, coalesce(excluded.doubt, doubt), null),
    digest = coalesce(excluded.digest, digest),
    last_attempt = excluded.last_attempt`;

function entry(settlement: Settlement, id: number, namespace: number, run: RunId, at: number): Cell[] {
  const { row, ref, doubt } = settlement;
  const accepted = settlement.status === 'accepted';
  const held = accepted
    ? [row.digest, row.amount ?? null, row.intent, ref ?? null, run, at]
    : [null, null, null, null, null, null];
  return [namespace, row.key, ...held, doubt ?? null, id];
}
