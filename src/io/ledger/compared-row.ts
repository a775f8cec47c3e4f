import type { ComparedRow, Slot } from '../../core/breaks.js';
import { flagOf, jsonOf, wordOf } from './columns.js';
import { amountOf, numberOf, textOf, type SqlValue } from './database.js';
import { leavesMoney } from './reversals.js';

/*
 * What most rows have nothing of is one column, which is null then: each column of a million rows is made and parsed.
 */

const OF_SLOT = 'slots.call, slots.name, slots.caller, slots.corrected_at';

/** Of `slots` and `claims`, for `slotOf`. */
export const SLOT = `slots.records, slots.taken_back, cast(slots.amount as text), claims.claims, slots.doubt, slots.ref,
  slots.started_at,
  iif(coalesce(${OF_SLOT}) is null and slots.order_id = '' and slots.corrections = 0 and slots.pending = 0, null,
    json_array(${OF_SLOT}, slots.order_id, slots.corrections, slots.pending))`;

export function slotOf(cells: readonly SqlValue[], from: number): Slot {
  const amount = cells[from + 2];
  const [call, name, caller, correctedAt, orderId, corrections = 0, pending = 0] =
    jsonOf<SqlValue[] | undefined>(cells[from + 7]) ?? [];
  return {
    records: Number(cells[from]),
    takenBack: flagOf(cells[from + 1]),
    amount: amount == null ? undefined : BigInt(amount),
    claims: Number(cells[from + 3]),
    doubt: wordOf(cells[from + 4]),
    call: textOf(call),
    name: textOf(name),
    orderId: orderId === '' ? undefined : textOf(orderId),
    ref: String(cells[from + 5]),
    caller: textOf(caller),
    startedAt: numberOf(cells[from + 6]),
    corrections: Number(corrections),
    correctedAt: numberOf(correctedAt),
    pending: Number(pending),
  };
}

/** What the vendor counts needs no word of what the ledger knows of it. */
const OF_ROW = `rows.error, rows.warning, sales.trouble, iif(slots.records > 0, null, known.run)`;

/** Of a row that repeats another what that one asks for. The sale whose other part is taken back is still held. */
export const COMPARED = `rows.line, rows.status, rows.key,
  iif(kept.id is null,
    iif(${leavesMoney('rows')} and slots.records > 0, 'set', rows.intent),
    iif(${leavesMoney('own')} and slots.records > 0, 'set', own.intent)),
  iif(kept.id is null, iif(${leavesMoney('rows')}, null, rows.amount), iif(${leavesMoney('own')}, null, own.amount)),
  sales.id = claims.first_sale, iif(coalesce(${OF_ROW}) is null, null, json_array(${OF_ROW}, known.ref))`;
/** Where `SLOT` begins behind the id and these. */
const SLOT_AT = 8;

export function comparedRow(columns: readonly SqlValue[]): ComparedRow {
  const [, line, status, key, intent, amount, first, more] = columns;
  const [message, warning, trouble, run, ref] = jsonOf<SqlValue[] | undefined>(more) ?? [];
  return {
    line: Number(line),
    status: wordOf(status),
    message: textOf(message),
    warning: textOf(warning),
    key: textOf(key),
    intent: wordOf(intent),
    amount: amountOf(amount),
    first: flagOf(first),
    trouble: textOf(trouble),
    acceptedIn: numberOf(run),
    acceptedAs: textOf(ref),
    slot: columns[SLOT_AT] === null ? undefined : slotOf(columns, SLOT_AT),
    cells: columns.at(-1) as unknown as readonly string[],
  };
}
