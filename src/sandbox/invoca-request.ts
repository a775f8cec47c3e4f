import { err, ok, type Result } from '../core/result.js';
import { isKnown, json, type FakeAnswer } from './fake.js';
import { jsonText, type JsonObject } from './request-parts.js';

/** The call that a search found. */
export interface InvocaCall {
  /** The `transaction_id` searched for, or one made of the search, so that the same search finds the same call. */
  readonly id: string;
  /** Epoch milliseconds; undefined where the search did not name it. */
  readonly start: number | undefined;
  readonly calling_phone_number: string | null;
  readonly duration: number | null;
}

/** Tokens with this beginning are refused. */
export const BAD_TOKEN = 'bad';
/** A `transaction_id` with this beginning belongs to an advertiser that the token may not see. */
export const OTHER_ADVERTISER_MARK = '403404';

const FILTERS = [
  'calling_phone_number',
  'duration_in_seconds',
  'advertiser_id_from_network',
  'advertiser_campaign_id_from_network',
  'network_id',
] as const;
/** Epoch seconds or milliseconds. */
export const TIME = /^\d{10}(\d{3})?$/;

export function refused(status: number, errorClass: string, invalidData?: string): FakeAnswer {
  return json(status, { errors: { class: errorClass, invalid_data: invalidData } });
}

export function invalid(what: string): FakeAnswer {
  return refused(403, 'RecordInvalid', `Validation failed: ${what}`);
}

export function methodNotAllowed(): FakeAnswer {
  return refused(405, 'MethodNotAllowed');
}

export function unauthorized(): FakeAnswer {
  return refused(401, 'Unauthorized', 'Invalid or missing oauth token');
}

/** A token is one word: a scheme before it, as in `Bearer …`, is not documented and is refused. */
export function tokenIsGood(token: string | undefined): boolean {
  return token !== undefined && /^\S+$/.test(token) && !token.startsWith(BAD_TOKEN);
}

/** Finds a call by `transaction_id`, which makes the other fields idle, or by start time and another field. */
export function findCall(
  search: JsonObject,
  known: ReadonlySet<string> | undefined,
): Result<InvocaCall, FakeAnswer> {
  const id = jsonText(search['transaction_id']);
  if (id !== undefined) {
    if (id.startsWith(OTHER_ADVERTISER_MARK))
      return err(refused(403, 'UnauthorizedAdvertiser', 'You do not have access to this advertiser'));
    return isKnown(id, known)
      ? ok({ id, start: undefined, calling_phone_number: null, duration: null })
      : err(noCall());
  }
  // The newer API calls it call_start_time.
  const time = jsonText(search['start_time_t'] ?? search['call_start_time']);
  if (time === undefined) return err(invalid('transaction_id or start_time_t must be present'));
  if (!TIME.test(time)) return err(invalid('start_time_t must have 10 or 13 digits'));
  const filters = FILTERS.flatMap((name) => {
    const value = jsonText(search[name]);
    return value === undefined ? [] : [{ name, value }];
  });
  if (filters.length === 0) return err(invalid(`start_time_t needs one of ${FILTERS.join(', ')}`));
  const phone = jsonText(search['calling_phone_number'])?.replaceAll(' ', '');
  if (phone !== undefined && !/^\+[1-9]\d{6,14}$/.test(phone))
    return err(invalid('calling_phone_number must be in E.164 format'));
  const duration = jsonText(search['duration_in_seconds']);
  if (duration !== undefined && !/^\d+$/.test(duration))
    return err(invalid('duration_in_seconds must be a whole number'));
  if (!isKnown(phone?.replace(/^\+1?/, '') ?? time, known)) return err(noCall());
  const start = time.length === 10 ? Number(time) * 1000 : Number(time);
  const parts = filters.map(({ name, value }) => (name === 'calling_phone_number' ? phone : value));
  return ok({
    id: ['at', start, ...parts].join('-'),
    start,
    calling_phone_number: phone ?? null,
    duration: duration === undefined ? null : Number(duration),
  });
}

/** What an outcome and a signal say alike, in fields that are named differently. */
export interface InvocaReport {
  readonly name: string;
  readonly partner_unique_id: string;
  /** As it was sent. */
  readonly amount: string | null;
  readonly value: boolean;
}

/** Reads these; `names` are those of the fields in which the name and the amount stand. */
export function readReport(
  fields: JsonObject,
  names: { readonly name: string; readonly amount: string },
): Result<InvocaReport, FakeAnswer> {
  const name = jsonText(fields[names.name]);
  if (name === undefined) return err(invalid(`${titled(names.name)} can't be blank`));
  const amount = jsonText(fields[names.amount]);
  if (amount === undefined ? names.amount in fields : !isMoney(amount))
    return err(
      invalid(`${titled(names.amount)} must be a number greater than 0 without symbols or separators`),
    );
  const value = truthOf(fields['value']);
  if (value === undefined) return err(invalid('Value must be true or false'));
  const partner = jsonText(fields['partner_unique_id']) ?? '';
  return ok({ name, partner_unique_id: partner, amount: amount ?? null, value });
}

/** `sale_amount` as the vendor's messages write it: `Sale amount`. */
function titled(field: string): string {
  return field.charAt(0).toUpperCase() + field.slice(1).replaceAll('_', ' ');
}

/** Money as it is to be sent: no sign, no symbol, no separator, two decimals at most, never zero. */
function isMoney(text: string): boolean {
  return /^\d+(\.\d{1,2})?$/.test(text) && /[1-9]/.test(text);
}

/** `true` where the field is absent, as documented; undefined where it is no truth value. */
export function truthOf(value: unknown): boolean | undefined {
  if (value === undefined) return true;
  const text = typeof value === 'boolean' ? String(value) : jsonText(value);
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : undefined;
}

function noCall(): FakeAnswer {
  return refused(404, 'RecordNotFound', 'No call found. Please refer to the documentation.');
}
