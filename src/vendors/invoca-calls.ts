import { formatAmount, type Amount } from '../core/amount.js';
import type { Echoed, Echoes } from '../core/echo.js';
import type { Failure } from '../core/outcome.js';
import { isObject, jsonObject, messageOf, outcomeOfStatus, jsonText } from '../core/reply.js';
import { quoted } from '../core/text.js';
import type { RowProblem, Sale } from '../core/sale.js';
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
  { field: 'network_id', kind: { is: 'id' }, about: 'the network' },
];

/** The Transactions API tells what both of them wrote. */
export const REPORT = {
  source: 'invoca',
  asked: {
    call: 'call_record_id',
    row: 'transaction_id',
    caller: 'calling_phone_number',
    startedAt: 'start_time',
  },
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

/** What is there of an outcome that was taken back and had not been there before. */
export const REMAINS = 'the outcome stays, with the value false and no amount';

/** What call outcomes call the start of a call. */
export const START_TIME = 'start_time_t';

/** Why a row is held that looks like one of another key. */
export const LOOKS_SENT = {
  kind: 'held',
  assumed:
    'one outcome of one caller or order id within a minute, or some quarter hours apart with the same amount, is told again with another time; so is one whose call is now found by its id',
} as const;

/**
 * The `search` of a row, in the vendor's names; a call is found by one of its `ids`, the first that there is, or by its
 * start time and more.
 */
export function searchOf(
  fields: Readonly<Record<string, string>>,
  ids: readonly string[],
  startTimeName: string,
  problems: RowProblem[],
): Readonly<Record<string, string>> {
  for (const field of ids) {
    const id = fields[field];
    if (id !== undefined) return { [field]: id };
  }
  const { start_time: startTime, duration_in_seconds: duration, calling_phone_number: phone } = fields;
  const { advertiser_id_from_network: advertiser, advertiser_campaign_id_from_network: campaign } = fields;
  const { network_id: network } = fields;
  if (duration !== undefined && !/^\d{1,6}$/.test(duration)) {
    const message = `${JSON.stringify(duration)} is not a number of seconds`;
    problems.push({ field: 'duration_in_seconds', code: 'bad_value', message });
  }
  const found: Record<string, string> = {};
  if (startTime !== undefined) found[startTimeName] = startTime;
  if (phone !== undefined) found['calling_phone_number'] = phone;
  if (duration !== undefined) found['duration_in_seconds'] = duration;
  if (advertiser !== undefined) found['advertiser_id_from_network'] = advertiser;
  if (campaign !== undefined) found['advertiser_campaign_id_from_network'] = campaign;
  if (network !== undefined) found['network_id'] = network;
  if (startTime !== undefined && Object.keys(found).length > 1) return found;
  const unless = ['start_time', 'calling_phone_number'];
  const message = whyNotFound(startTime, fields['call_record_id']);
  problems.push({ field: 'transaction_id', code: 'missing_value', message, unless });
  return {};
}

/** Why a call without an id of its own is not searched for. */
function whyNotFound(startTime: string | undefined, recordId: string | undefined): string {
  if (recordId !== undefined)
    return `is blank, and the call record id ${quoted(recordId)} is another id, by which no call outcome is found; fill in the transaction id, or use --vendor invoca-signals, which finds calls by it`;
  if (startTime === undefined)
    return 'is blank, and so is the start time: the call cannot be found; fill in one of them';
  return 'is blank, and nothing else says which of the calls near the start time it is, such as the phone number; Invoca would take the nearest one, and it is a rule of revsync that a start time alone is not sent';
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
  return searchOf(fields, [], START_TIME, []);
}

/** By what the call of a key is found: its id, or a start time and more. */
export function namedBy(key: string): string {
  const [call = ''] = splitKey(key);
  return call.startsWith(`${START_TIME}=`) ? Object.keys(searchIn(call)).join(' and ') : 'transaction_id';
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

/** What is told of a sale: whether it is one, and its money; null takes money back, undefined says nothing of it. */
interface Told {
  readonly value: 'true' | 'false';
  readonly money: string | null | undefined;
  /** The money that is there afterwards, none being 0.00; undefined where the row says nothing of it. */
  readonly held: string | undefined;
}

/**
 * Whether an update keeps what it leaves out is not documented. So a reversal, a clear and 0.00 say what they mean, and
 * only a first 0.00 is told without an amount, unless something may be held.
 */
export function toldOf(action: Action, { intent, amount, fields }: Sale, mayBeHeld: boolean): Told {
  const isNoSale = action === 'reverse' || intent === 'no_sale';
  const value = isNoSale || fields['value'] === 'false' ? 'false' : 'true';
  if (isNoSale || action === 'clear') return { value, money: null, held: '0.00' };
  if (amount === undefined) return { value, money: undefined, held: undefined };
  const held = formatAmount(amount);
  const isLeftOut = amount === 0 && action === 'create' && !mayBeHeld;
  return { value, money: isLeftOut ? undefined : held, held };
}

/** The record that an answer repeats, with its money under the name that the API has for it. */
export function echoesOf(
  { value, held }: Told,
  named: Readonly<Record<string, string>>,
  orderId: string | undefined,
  money: string,
): Echoes {
  const echoes: Record<string, Echoed> = {};
  for (const [field, sent] of Object.entries(named)) echoes[field] = { sent, is: 'name', differs: 'unclear' };
  echoes['partner_unique_id'] = { sent: orderId ?? null, is: 'id', differs: 'unclear' };
  if (held !== undefined) echoes[money] = { sent: held, is: 'amount', differs: 'echo_mismatch' };
  echoes['value'] = { sent: value, is: 'flag', differs: 'echo_mismatch' };
  return echoes;
}

/** The money of a sale as its content has it: spelled as ever, so that what was pushed by an older revsync is known again. */
export function moneyContent(action: Action, amount: Amount | undefined): string | null | undefined {
  if (action === 'clear') return null;
  return action === 'reverse' || amount === undefined || amount === 0 ? undefined : formatAmount(amount);
}

/** An instant as a cell has it, in ten digits: only the start of a call may have milliseconds. */
export function inSeconds(instant: string | undefined): string | undefined {
  return instant === undefined ? undefined : String(secondsOf(instant));
}

/** Parts of a key, so that no part can pass for two. */
export function joinKey(parts: readonly string[]): string {
  return parts
    .map((part) => (/[%|]/.test(part) ? part.replaceAll('%', '%25').replaceAll('|', '%7C') : part))
    .join('|');
}

function splitKey(key: string): string[] {
  const parts = key.split('|');
  return key.includes('%') ? parts.map((part) => part.replaceAll('%7C', '|').replaceAll('%25', '%')) : parts;
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
