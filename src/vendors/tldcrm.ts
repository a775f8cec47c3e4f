import { formatAmount } from '../core/amount.js';
import type { Failure, Outcome } from '../core/outcome.js';
import {
  echoOf,
  isObject,
  jsonFlag,
  jsonObject,
  jsonText,
  keptOf,
  outcomeOfStatus,
  saysNothing,
  statedError,
} from '../core/reply.js';
import { err, ok } from '../core/result.js';
import type { RowProblem } from '../core/sale.js';
import { GENTLE, type ErrorCode, type Vendor } from '../core/vendor.js';
import { named, TLDCRM_HEADERS } from './header-names.js';

const PAGE = 'TLDCRM ingress API, POST /api/ingress/calls/inbound/billable/{did}/{cid}';

/** The vendor gives texts and no codes; each line is one of them, the code is ours. */
const ERROR_TEXTS: readonly (Omit<ErrorCode, 'means'> & { text: string; means?: string })[] = [
  { text: 'Missing or Invalid DID', code: 'missing_or_invalid_did', effect: 'row rejected' },
  { text: 'Missing or Invalid CID', code: 'missing_or_invalid_cid', effect: 'row rejected' },
  { text: 'Invalid DID', code: 'invalid_did', effect: 'row rejected' },
  { text: 'Invalid CID', code: 'invalid_cid', effect: 'row rejected' },
  { text: 'No API ID Provided', code: 'no_api_id', effect: 'run stopped' },
  { text: 'No API Key Provided', code: 'no_api_key', effect: 'run stopped' },
  { text: 'Not Allowed', code: 'not_allowed', effect: 'run stopped' },
  { text: 'TLDialer Not Enabled', code: 'tldialer_not_enabled', effect: 'run stopped' },
  { text: 'Advanced Call Log Not Enabled', code: 'advanced_call_log_not_enabled', effect: 'run stopped' },
  {
    text: 'TLDialer Connection Error',
    code: 'tldialer_connection_error',
    means: 'TLDialer Connection Error: it may have been applied',
    effect: 'row unknown',
  },
];

const NO_WAY_BACK = 'TLDCRM documents no way to take a cost back; do it there by hand';

/** Adds a cost row to a call. Every accepted request adds one more, and nobody documents how to remove it. */
export const tldcrm: Vendor = {
  id: 'tldcrm',
  title: 'TLDCRM',
  request: 'POST /api/ingress/calls/inbound/billable/{did}/{cid}',
  baseUrl: { env: 'TLDCRM_BASE_URL' },

  columns: named(TLDCRM_HEADERS, [
    {
      field: 'did',
      kind: { is: 'phone' },
      required: true,
      inKey: true,
      about: 'the number that was called, 10 or 11 digits',
      blank: 'it is a number of 10 or 11 digits',
    },
    {
      field: 'cid',
      kind: { is: 'phone' },
      required: true,
      inKey: true,
      about: 'the number that called, 10 or 11 digits',
      blank: 'it is a number of 10 or 11 digits',
    },
    {
      field: 'call_date',
      kind: { is: 'local_time' },
      required: true,
      inKey: true,
      about: 'when the call was, which is how it is found; the vendor would take the present time',
      blank:
        'without it the vendor would look for a call at the present time; --allow-missing-call-date sends it so',
    },
    {
      field: 'amount',
      kind: { is: 'amount' },
      required: true,
      about: 'cost of the call, at most four decimals',
    },
    { field: 'date_billed', kind: { is: 'local_time' }, about: 'when it was billed' },
    { field: 'notes', kind: { is: 'text' }, about: 'free text' },
  ]),

  limits: { ...GENTLE, decimals: 4, negativeAmounts: 'undocumented', timeoutSeconds: 30 },

  refNames: ['cost_id'],

  semantics: {
    repeat: { kind: 'appends', documented: `${PAGE}: inserts a cost row` },
    correct: { kind: 'unsupported', assumed: 'no way to change a cost row is documented' },
    reverse: {
      kind: 'unsupported',
      assumed: 'no way to remove a cost row is documented',
      refusal: NO_WAY_BACK,
    },
    clear: {
      kind: 'unsupported',
      assumed: 'no way to remove a cost row is documented',
      refusal: NO_WAY_BACK,
    },
    noAmount: {
      kind: 'unsupported',
      documented: `${PAGE}: cost is required`,
      refusal: 'is blank; the cost is required',
    },
    amount: {
      kind: 'cost',
      keys: String.raw`^\d{10}\|\d{10}\|(\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d([+-]\d\d:\d\d)?)?)?$`,
      documented: `${PAGE}: cost is what the call is billed`,
    },
    zero: {
      kind: 'amount',
      assumed:
        'a cost of 0.00 is a record like others, and cannot be changed either; --zero no_sale adds none',
    },
    looksSent: {
      kind: 'held',
      assumed:
        'one cost of one call within a minute, or some quarter hours apart with the same cost, is told again with another time',
    },
    missingCallDate: {
      kind: 'accepted',
      documented: `${PAGE}: call_date is the present time if it is left out`,
    },
  },

  setup: [
    'the API key needs the endpoint protection /api/ingress/calls/inbound/billable*',
    'the account needs TLDialer and the Advanced Call Log',
  ],

  secrets: [
    { name: 'TLDCRM_API_ID', about: 'the API id' },
    { name: 'TLDCRM_API_KEY', about: 'the API key' },
  ],

  errorCodes: [
    ...ERROR_TEXTS.map(({ text, code, means = text, effect }) => ({ code, means, effect })),
    { code: 'vendor_error', means: 'any other text: it may have been applied', effect: 'row unknown' },
  ],

  prepare(_action, { amount, fields }) {
    const problems: RowProblem[] = [];
    const did = dialable('did', fields, problems);
    const cid = dialable('cid', fields, problems);
    if (problems.length > 0) return err(problems);

    const { call_date: found, date_billed: dateBilled, notes } = fields;
    const callDate = clockOf(found);
    const cost = amount === undefined ? undefined : formatAmount(amount);
    const value = { cost, call_date: callDate, date_billed: clockOf(dateBilled), notes };
    const path = `/api/ingress/calls/inbound/billable/${did}/${cid}`;
    return ok({
      key: `${did}|${cid}|${found ?? ''}`,
      request: { method: 'POST', path, headers: {}, body: { kind: 'json', value } },
      // An edited note must not look like a cost that has changed and cannot be corrected.
      content: { cost },
      echoes: {
        cost: { sent: cost ?? null, is: 'amount', differs: 'cost_differs' },
        'inserted.cost': { sent: cost ?? null, is: 'amount', differs: 'cost_differs' },
        'inserted.did': { sent: did, is: 'id', differs: 'unclear' },
        'inserted.cid': { sent: cid, is: 'id', differs: 'unclear' },
        ...(callDate === undefined
          ? {}
          : { 'inserted.call_date': { sent: callDate, is: 'text', differs: 'call_date_not_taken' } }),
      },
    });
  },

  likenesses(key) {
    const [did = '', cid = '', callDate = ''] = key.split('|');
    // Whichever of two columns either was taken from.
    const pair = [did, cid].sort().join('|');
    const clock = clockOf(callDate);
    // Of a call without a time nothing tells whether it is the one of another day.
    if (clock === undefined) return [{ same: `${pair}|` }];
    const at = Date.parse(`${clock.replace(' ', 'T')}Z`) / 1000;
    // Two times of which the clocks showed the same are an hour apart.
    const call = callDate.slice(clock.length) || undefined;
    const numbers = numbersOf(clock);
    const reordered = numbers === undefined ? [] : [{ same: `${pair}|${numbers}`, call }];
    return [{ same: pair, at, call }, ...reordered];
  },

  authorize(request, { TLDCRM_API_ID: id = '', TLDCRM_API_KEY: key = '' }) {
    return { ...request, headers: { ...request.headers, 'tld-api-id': id, 'tld-api-key': key } };
  },

  readReply(reply) {
    const byStatus = outcomeOfStatus(reply);
    const body = jsonObject(reply);
    if (body === undefined) return byStatus;
    const error = statedError(body);
    const ref = idOf(body['cost_id']);
    if (ref !== undefined) return readCost(body, ref, error);
    return error === undefined ? byStatus : readError(error, body, byStatus);
  },
};

/** A time as the vendor takes it, which knows no offset; a day alone is that of the push, and is not sent. */
function clockOf(time: string | undefined): string | undefined {
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.exec(time ?? '')?.[0];
}

/** The numbers of a date in no order, with its time, where they are another date that is not far in another order. */
function numbersOf(clock: string): string | undefined {
  const [year = '', month = '', day = ''] = clock.slice('20'.length, 'YYYY-MM-DD'.length).split('-');
  const [years, days] = [Number(year), Number(day)];
  const isAnother =
    days <= 12 ? day !== month : years <= 31 && days !== years && Math.abs(days - years) <= 10;
  return isAnother ? [year, month, day].sort().join('-') + clock.slice('YYYY-MM-DD'.length) : undefined;
}

/** A cost row was inserted, whatever the status says. */
function readCost(body: Readonly<Record<string, unknown>>, ref: string, error: string | undefined): Outcome {
  if (error !== undefined) {
    const message = `the answer has the cost_id ${ref}, and the error: ${error}`;
    return { kind: 'in_doubt', code: 'unclear_answer', message };
  }
  const lead = isObject(body['lead']) ? idOf(body['lead']['lead_id']) : undefined;
  const inserted = isObject(body['inserted']) ? body['inserted'] : {};
  const told = Object.entries(echoOf(inserted, ['cost', 'call_date', 'did', 'cid']));
  const whose = (name: string, text: string | null): string | null =>
    text === null || !['did', 'cid'].includes(name)
      ? text
      : text.replace(/\D/g, '').replace(/^1(?=\d{10}$)/, '');
  const none = body['updated'] === false || jsonText(body['updated']) === '0' || lead === undefined;
  return {
    kind: 'applied',
    ref,
    echo: {
      ...echoOf(body, ['cost']),
      ...Object.fromEntries(told.map(([name, text]) => [`inserted.${name}`, whose(name, text)])),
    },
    warnings: none ? ['no_lead_updated'] : [],
    kept: { ...(lead === undefined ? {} : { lead_id: lead }), ...keptOf(body, ['first_contact', 'updated']) },
  };
}

/** An id that stands for something: a blank, 0, a negative one or a word for nothing is none. */
function idOf(value: unknown): string | undefined {
  const text = jsonText(value)?.trim() ?? '';
  const isId = /^\w[\w-]*$/.test(text) && !/^(?:0+|null|none|nil|undefined|nan|true|false)$/i.test(text);
  return isId ? text : undefined;
}

/** What only an answer has something in that tells of a cost. */
const SUCCESS = ['inserted', 'updated', 'lead', 'first_contact'];

/** An error in the body is a failure whatever the status says; one in words nobody documents may hide an insert. */
function readError(text: string, body: Readonly<Record<string, unknown>>, byStatus: Failure): Failure {
  if (jsonFlag(body['success']) === 'true' || SUCCESS.some((name) => !saysNothing(body[name]))) {
    const message = `the answer tells of a success, and of the error: ${text}`;
    return { kind: 'in_doubt', code: 'unclear_answer', message };
  }
  const plain = text.trim().toLowerCase();
  const known = ERROR_TEXTS.find((known) => known.text.toLowerCase() === plain);
  switch (known?.effect) {
    case 'row rejected':
      return { kind: 'rejected', code: known.code, message: text };
    case 'run stopped':
      return { kind: 'refused', code: known.code, message: text };
    case 'row unknown':
      return { kind: 'in_doubt', code: known.code, message: text };
    case undefined:
      if (byStatus.kind === 'refused') return { ...byStatus, message: text };
      return { kind: 'in_doubt', code: 'vendor_error', message: text };
  }
}

/** North American numbers as ten digits, which is one spelling for `5125550123` and `15125550123`. */
function dialable(
  field: 'did' | 'cid',
  fields: Readonly<Record<string, string>>,
  problems: RowProblem[],
): string {
  const number = fields[field] ?? '';
  const [, digits] = /^\+1(\d{10})$/.exec(number) ?? [];
  if (digits !== undefined) return digits;
  const message = `${number} is not a number of 10 digits, or of 11 with a leading 1, as the vendor needs it`;
  problems.push({ field, code: 'not_a_phone', message });
  return number;
}
