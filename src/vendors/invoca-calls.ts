import { formatAmount, type Amount } from '../core/amount.js';
import type { Failure } from '../core/outcome.js';
import { isObject, jsonObject, messageOf, outcomeOfStatus, jsonText } from '../core/reply.js';
import type { RowProblem } from '../core/sale.js';
import type { Action } from '../core/status.js';
import type { Column, ErrorCode, Likeness, Reply } from '../core/vendor.js';

/** What both Invoca APIs share: how a call is found, and how errors are told. */
export const CALL_COLUMNS: readonly Omit<Column, 'names'>[] = [
  {
    field: 'transaction_id',
    kind: { is: 'id' },
    about:
      "Invoca's transaction id of the call; without it the call is found by start time and one thing more",
  },
  { field: 'start_time', kind: { is: 'instant' }, about: 'when the call began' },
  { field: 'calling_phone_number', kind: { is: 'phone' }, about: 'the number that called' },
  { field: 'duration_in_seconds', kind: { is: 'text' }, about: 'length of the call in seconds' },
  {
    field: 'advertiser_id_from_network',
    kind: { is: 'id' },
    about: 'the advertiser, as the network numbers it',
  },
  {
    field: 'advertiser_campaign_id_from_network',
    kind: { is: 'id' },
    about: 'the campaign, as the network numbers it',
  },
];

/** The Transactions API tells what both of them wrote. */
export const REPORT = {
  source: 'invoca',
  orderId: 'partner_unique_id',
} as const;

export const ERROR_CODES: readonly ErrorCode[] = [
  { code: 'RecordNotFound', means: 'no such call', effect: 'row rejected' },
  { code: 'RecordInvalid', means: 'a value was refused', effect: 'row rejected' },
  { code: 'UnauthorizedAdvertiser', means: "the call is another advertiser's", effect: 'row rejected' },
  { code: 'InvalidInput', means: 'a value was refused', effect: 'row rejected' },
  { code: 'UnauthorizedOperation', means: 'the token may not do this', effect: 'run stopped' },
  { code: 'http_401', means: 'the token is not valid', effect: 'run stopped' },
];

/** What call outcomes call the start of a call. */
export const START_TIME = 'start_time_t';

/** Why a row is held that looks like one of another key. */
export const LOOKS_SENT = {
  kind: 'held',
  assumed:
    'one outcome of one caller or order id within a minute, or some quarter hours apart with the same amount, is told again with another time; so is one whose call is now found by its id',
} as const;

/** The `search` of a row, in the vendor's names; a call is found by its id, or by its start time and more. */
export function searchOf(
  fields: Readonly<Record<string, string>>,
  startTimeName: string,
  problems: RowProblem[],
): Readonly<Record<string, string>> {
  const {
    transaction_id: transactionId,
    start_time: startTime,
    duration_in_seconds: duration,
    ...others
  } = fields;
  if (transactionId !== undefined) return { transaction_id: transactionId };
  const { calling_phone_number: phone } = others;
  const { advertiser_id_from_network: advertiser, advertiser_campaign_id_from_network: campaign } = others;
  const { network_id: network } = others;
  if (duration !== undefined && !/^\d{1,6}$/.test(duration)) {
    const message = `${JSON.stringify(duration)} is not a number of seconds`;
    problems.push({ field: 'duration_in_seconds', code: 'bad_value', message });
  }
  const more = Object.entries({
    calling_phone_number: phone,
    duration_in_seconds: duration,
    advertiser_id_from_network: advertiser,
    advertiser_campaign_id_from_network: campaign,
    network_id: network,
  }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  if (startTime === undefined || more.length === 0) {
    const message =
      'is blank, and so is the start time, or every field that narrows it down: the call cannot be found';
    const unless = ['start_time', 'calling_phone_number'];
    problems.push({ field: 'transaction_id', code: 'missing_value', message, unless });
    return {};
  }
  return { [startTimeName]: startTime, ...Object.fromEntries(more) };
}

/** A call in a key: its id, or what it is searched by. */
export function callOf({ transaction_id: id, ...search }: Readonly<Record<string, string>>): string {
  const parts = Object.entries(search).map(([name, value]) => `${name}=${value.replaceAll('&', '%26')}`);
  return id ?? parts.join('&');
}

/**
 * What an outcome shares with itself under another key: where its call was found by when it began, all else it was
 * found by; the caller alone; the user's own id of the sale.
 */
export function likenessesOf(key: string, fields: Readonly<Record<string, string>>): readonly Likeness[] {
  const [call = '', name = '', orderId = ''] = splitKey(key);
  const isSearch = call.startsWith(`${START_TIME}=`);
  const { [START_TIME]: start, ...others } = isSearch ? searchIn(call) : foundBy(fields);
  const phone = others['calling_phone_number'];
  const ways = new Set<string>();
  if (start !== undefined && Object.keys(others).length > 0) ways.add(callOf(others));
  if (start !== undefined && phone !== undefined) ways.add(callOf({ calling_phone_number: phone }));
  if (orderId !== '') ways.add('');
  const at = start === undefined ? undefined : secondsOf(start);
  return [...ways].map((way) => ({
    same: joinKey([way, name, orderId]),
    at,
    call: isSearch ? undefined : call,
  }));
}

/** What a search of these fields would be, were there no id of the call. */
function foundBy({
  transaction_id: _,
  ...fields
}: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return searchOf(fields, START_TIME, []);
}

function searchIn(call: string): Readonly<Record<string, string>> {
  const parts = call.split('&').map((part): [string, string] => {
    const [name = '', value = ''] = part.split('=');
    return [name, value.replaceAll('%26', '&')];
  });
  return Object.fromEntries(parts);
}

/** An instant as keys have it, seconds or milliseconds, in seconds. */
export function secondsOf(text: string): number {
  return text.length >= 13 ? Math.floor(Number(text) / 1000) : Number(text);
}

/** What is sent as the money of a sale: nothing where there was none, never 0. */
export function revenueOf(action: Action, amount: Amount | undefined): string | undefined {
  return action === 'reverse' || amount === undefined || amount === 0 ? undefined : formatAmount(amount);
}

/** Parts of a key, so that no part can pass for two. */
export function joinKey(parts: readonly string[]): string {
  return parts.map((part) => part.replaceAll('%', '%25').replaceAll('|', '%7C')).join('|');
}

function splitKey(key: string): string[] {
  return key.split('|').map((part) => part.replaceAll('%7C', '|').replaceAll('%25', '%'));
}

/** Outcomes other than success: the class in `errors` decides, which may also be `{"field":["message"]}`. */
export function readErrors(reply: Reply): Failure {
  const byStatus = outcomeOfStatus(reply);
  if (byStatus.kind === 'busy' || byStatus.kind === 'in_doubt') return byStatus;
  const body = jsonObject(reply);
  const errors = isObject(body?.['errors']) ? body['errors'] : {};
  const { class: errorClass, ...details } = errors;
  const code = jsonText(errorClass);
  const told = Object.keys(details).length > 0 ? { errors: details } : body;
  const message = messageOf(told) ?? byStatus.message;
  if (reply.status === 401) return { ...byStatus, message };
  const known = ERROR_CODES.find((known) => known.code === code);
  if (known !== undefined) {
    return { kind: known.effect === 'run stopped' ? 'refused' : 'rejected', code: known.code, message };
  }
  // A 403 that names fields is about the row; one that says nothing may be about the account.
  const aboutFields = Object.values(errors).some(Array.isArray);
  const kind = reply.status === 403 && aboutFields ? 'rejected' : byStatus.kind;
  return { ...byStatus, kind, code: code ?? byStatus.code, message };
}
