import { err, ok, type Result } from '../core/result.js';
import { isKnown, json, type FakeAnswer } from './fake.js';
import type { Sent } from './invoca-held.js';
import type { InvocaCall } from './invoca-transactions.js';
import { jsonText, type JsonObject } from './request-parts.js';

/** Tokens with this beginning are refused. */
export const BAD_TOKEN = 'bad';
/** Tokens with this beginning are good, and may not do anything: `UnauthorizedOperation`. */
export const IDLE_TOKEN_MARK = 'readonly';
/** An `advertiser_id_from_network`, or the `transaction_id` of a call, of an advertiser that the token may not see. */
export const OTHER_ADVERTISER_MARK = '403404';

/** Before its transaction id, the record of a call; no transaction id begins so. */
const RECORD_MARK = 'REC-';

const FILTERS = [
  'calling_phone_number',
  'duration_in_seconds',
  'advertiser_id_from_network',
  'advertiser_campaign_id_from_network',
  'network_id',
] as const;
/** Epoch seconds or milliseconds. */
const TIME = /^\d{10}(\d{3})?$/;

export function refused(status: number, errorClass: string, invalidData?: string): FakeAnswer {
  return json(status, { errors: { class: errorClass, invalid_data: invalidData } });
}

export function methodNotAllowed(): FakeAnswer {
  return refused(405, 'MethodNotAllowed');
}

/** A token is one word: a scheme before it, as in `Bearer …`, is not documented and is refused. */
export function tokenRefusal(token: string | undefined): FakeAnswer | undefined {
  if (token === undefined || !/^\S+$/.test(token) || token.startsWith(BAD_TOKEN))
    return refused(401, 'Unauthorized', 'Invalid or missing oauth token');
  return token.startsWith(IDLE_TOKEN_MARK)
    ? refused(403, 'UnauthorizedOperation', 'You are not authorized to perform this operation')
    : undefined;
}

/** What is wrong with a search for a call by one of `ids`, or by start time and another field. */
export function searchProblems(search: JsonObject, ids: readonly string[]): string[] {
  if (ids.some((name) => jsonText(search[name]) !== undefined)) return [];
  const time = startIn(search);
  if (time === undefined) return [`${ids.join(', ')} or start_time_t must be present`];
  const problems: string[] = [];
  if (!TIME.test(time)) problems.push('start_time_t must have 10 or 13 digits');
  if (FILTERS.every((name) => jsonText(search[name]) === undefined))
    problems.push(`start_time_t needs one of ${FILTERS.join(', ')}`);
  const phone = phoneIn(search);
  if (phone !== undefined && !/^\+[1-9]\d{6,14}$/.test(phone))
    problems.push('calling_phone_number must be in E.164 format');
  const duration = jsonText(search['duration_in_seconds']);
  if (duration !== undefined && !/^\d+$/.test(duration))
    problems.push('duration_in_seconds must be a whole number');
  return problems;
}

/** Finds the call of a search without problems; by the first of `ids` that it has, which makes other fields idle. */
export function findCall(
  search: JsonObject,
  ids: readonly string[],
  known: ReadonlySet<string> | undefined,
): Result<InvocaCall, FakeAnswer> {
  const by = ids.find((name) => jsonText(search[name]) !== undefined);
  const id = by && jsonText(search[by]);
  const advertiser = jsonText(search['advertiser_id_from_network']);
  if ([advertiser, id].some((text) => text?.startsWith(OTHER_ADVERTISER_MARK)))
    return err(refused(403, 'UnauthorizedAdvertiser', 'You do not have access to this advertiser'));
  if (id !== undefined) {
    if (!isKnown(id, known) || (by === 'transaction_id' && id.startsWith(RECORD_MARK))) return err(noCall());
    const call = by === 'call_record_id' ? { id: callOf(id), record: id } : { id, record: recordOf(id) };
    return ok({ ...call, start: undefined, calling_phone_number: null, duration: null });
  }
  const time = startIn(search) ?? '';
  const phone = phoneIn(search);
  if (!isKnown(phone?.replace(/^\+1?/, '') ?? time, known)) return err(noCall());
  const start = time.length === 10 ? Number(time) * 1000 : Number(time);
  const parts = FILTERS.map((name) => (name === 'calling_phone_number' ? phone : jsonText(search[name])));
  const found = ['at', start, ...parts.filter((part) => part !== undefined)].join('-');
  const duration = jsonText(search['duration_in_seconds']);
  return ok({
    id: found,
    record: recordOf(found),
    start,
    calling_phone_number: phone ?? null,
    duration: duration === undefined ? null : Number(duration),
  });
}

function recordOf(call: string): string {
  return `${RECORD_MARK}${call}`;
}

/** The transaction id of the call that a record is about. */
export function callOf(record: string): string {
  return record.startsWith(RECORD_MARK) ? record.slice(RECORD_MARK.length) : record;
}

function startIn(search: JsonObject): string | undefined {
  // The newer API calls it call_start_time.
  return jsonText(search['start_time_t'] ?? search['call_start_time']);
}

function phoneIn(search: JsonObject): string | undefined {
  return jsonText(search['calling_phone_number'])?.replaceAll(' ', '');
}

function noCall(): FakeAnswer {
  return refused(404, 'RecordNotFound', 'No call found. Please refer to the documentation.');
}

/** Reads what an outcome and a signal say alike, in fields with other `names`; adds what is wrong to `problems`. */
export function readReport(
  fields: JsonObject,
  names: { readonly name: string; readonly amount: string },
  problems: string[],
): Sent {
  const name = jsonText(fields[names.name]);
  if (name === undefined) problems.push(`${titled(names.name)} can't be blank`);
  const amount = textOrNull(fields[names.amount]);
  if (amount === undefined ? names.amount in fields : amount !== null && !isMoney(amount))
    problems.push(`${titled(names.amount)} must be a number without symbols or separators`);
  const value = truthOf(fields['value']);
  if (value === undefined && 'value' in fields) problems.push('Value must be true or false');
  return { name: name ?? '', partner_unique_id: jsonText(fields['partner_unique_id']) ?? '', amount, value };
}

/** A field's text, or null where it is that; undefined where it is absent or no text. */
export function textOrNull(value: unknown): string | null | undefined {
  return value === null ? null : jsonText(value);
}

/** `sale_amount` as the vendor's messages write it: `Sale amount`. */
function titled(field: string): string {
  return field.charAt(0).toUpperCase() + field.slice(1).replaceAll('_', ' ');
}

/** Money as it is to be sent: no sign, no symbol, no separator, two decimals at most. */
function isMoney(text: string): boolean {
  return /^\d+(\.\d{1,2})?$/.test(text);
}

/** Undefined where it is no truth value. */
export function truthOf(value: unknown): boolean | undefined {
  const text = typeof value === 'boolean' ? String(value) : jsonText(value);
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : undefined;
}
