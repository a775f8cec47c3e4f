import type { ComparedRow, Slot } from '../../core/breaks.js';
import { flagOf, wordOf } from './columns.js';
import { amountOf, numberOf, textOf, type SqlValue } from './database.js';
import { leavesMoney } from './reversals.js';

/** Of `slots` and `claims`, for `slotOf`. */
export const SLOT = `slots.slot, slots.records, slots.taken_back, cast(slots.amount as text), claims.claims, slots.doubt,
  slots.call, slots.name, slots.order_id, slots.ref, slots.caller, slots.started_at, slots.corrections,
  slots.corrected_at, slots.pending`;

export function slotOf(cells: readonly SqlValue[], from: number): Slot {
  const [slot, records, takenBack, amount, claims, doubt, call, name, orderId, ref, caller, startedAt] =
    cells.slice(from);
  return {
    slot: String(slot),
    records: Number(records),
    takenBack: flagOf(takenBack),
    amount: amount == null ? undefined : BigInt(amount),
    claims: Number(claims),
    doubt: wordOf(doubt),
    call: textOf(call),
    name: textOf(name),
    orderId: orderId === '' ? undefined : textOf(orderId),
    ref: String(ref),
    caller: textOf(caller),
    startedAt: numberOf(startedAt),
    corrections: Number(cells[from + 12]),
    correctedAt: numberOf(cells[from + 13]),
    pending: Number(cells[from + 14]),
  };
}

/** Of a row that repeats another what that one asks for. The sale whose other part is taken back is still held. */
export const COMPARED = `rows.line, rows.status, rows.error, rows.warning, rows.key,
  iif(kept.id is null,
    iif(${leavesMoney('rows')} and slots.records > 0, 'set', rows.intent),
    iif(${leavesMoney('own')} and slots.records > 0, 'set', own.intent)),
  iif(kept.id is null, iif(${leavesMoney('rows')}, null, rows.amount), iif(${leavesMoney('own')}, null, own.amount)),
  sales.id = claims.first_sale, sales.trouble, known.run, known.ref`;
/** Where `SLOT` begins behind the id and these. */
const SLOT_AT = 12;

export function comparedRow(columns: readonly SqlValue[]): ComparedRow {
  const [, line, status, message, warning, key, intent, amount, first, trouble, run, ref] = columns;
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
