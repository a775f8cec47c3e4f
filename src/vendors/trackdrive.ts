import { formatAmount, type Amount } from '../core/amount.js';
import type { Echo, Echoed } from '../core/echo.js';
import { flagOf } from '../core/flag.js';
import {
  echoOf,
  isObject,
  jsonObject,
  jsonText,
  messageOf,
  outcomeOfStatus,
  statedError,
} from '../core/reply.js';
import { err, ok } from '../core/result.js';
import type { RowProblem, Sale } from '../core/sale.js';
import { withPlainUuids } from '../core/uuid.js';
import { exactNumber, GENTLE, type Vendor } from '../core/vendor.js';
import { named, TRACKDRIVE_HEADERS } from './header-names.js';

const PAGE = 'TrackDrive API, Calls, PUT /api/v1/calls/:id';

/** Sets conversion and revenue of a call. `add_revenue` and `add_payout` add, so they are never sent. */
export const trackdrive: Vendor = {
  id: 'trackdrive',
  title: 'TrackDrive',
  request: 'PUT /api/v1/calls/:id',
  baseUrl: { env: 'TRACKDRIVE_BASE_URL' },

  columns: named(TRACKDRIVE_HEADERS, [
    {
      field: 'call_id',
      kind: { is: 'id' },
      required: true,
      inKey: true,
      about: "TrackDrive's call id or UUID",
    },
    { field: 'amount', kind: { is: 'amount' }, about: 'revenue of the call, at most two decimals' },
    {
      field: 'buyer_converted',
      kind: { is: 'flag', reversesWhen: 'false' },
      about:
        'whether the buyer converted; true where a row has an amount other than 0.00 and no such cell, false is a reversal',
    },
    {
      field: 'offer_converted',
      kind: { is: 'flag', reversesWhen: 'false', alone: { refund_sides: 'offer' } },
      about:
        "whether the offer (TS) converted; sent only if it is there; false and nothing else of a sale is the offer side's reversal",
    },
    {
      field: 'refund_sides',
      kind: { is: 'text' },
      about:
        "which sides a reversal takes back: buyer, offer or both; the setting's where a row does not say",
    },
    { field: 'buyer_id', kind: { is: 'id' }, about: 'the buyer, trackdrive_buyer_id' },
    { field: 'payout', kind: { is: 'money' }, about: 'payout of the call, at most two decimals' },
    {
      field: 'secure_token',
      kind: { is: 'secret', secret: 'TRACKDRIVE_SECURE_TOKEN' },
      about: "the call's own secure token",
    },
  ]),

  limits: { ...GENTLE, decimals: 2, negativeAmounts: 'undocumented', timeoutSeconds: 30 },

  semantics: {
    repeat: {
      kind: 'overwrites',
      assumed:
        'revenue sets, which add_revenue beside it says; what a second identical request does is not documented',
    },
    repeatedReversal: {
      kind: 'appends',
      assumed:
        'a flag that goes back to false makes offsetting billing entries, and nobody documents that a second one makes none',
    },
    correct: {
      kind: 'resend',
      assumed:
        'revenue sets, which add_revenue beside it says; what a changed one does to billing is not documented',
    },
    reverse: {
      kind: 'supported',
      documented: `${PAGE}, a flag that goes back to false makes offsetting billing entries; of the sides that refund_sides names`,
      leaves: 'the call stays told of as not converted, and billing has both entries',
    },
    clear: {
      kind: 'unsupported',
      assumed: 'no way to empty the revenue is documented; send 0.00',
      refusal: 'TrackDrive documents no way to empty an amount; send 0.00, or reverse the sale',
    },
    noAmount: {
      kind: 'supported',
      documented: `${PAGE}, each conversion is a field of its own`,
      withOneOf: ['buyer_converted', 'offer_converted'],
      refusal: 'is blank, and no conversion is given either',
    },
    zero: {
      kind: 'no_sale',
      assumed:
        'an amount converts the call, and 0.00 is no sale; with --zero amount the revenue is set and no conversion told',
    },
  },

  secrets: [
    {
      name: 'TRACKDRIVE_API_KEY',
      about: 'public:private of the API key, or both already encoded',
      anyOf: 'key',
    },
    {
      name: 'TRACKDRIVE_SECURE_TOKEN',
      about: 'the secure token of the account, or a column secure_token',
      anyOf: 'key',
    },
  ],

  errorCodes: [
    { code: 'http_401', means: 'the key or token is not valid', effect: 'run stopped' },
    { code: 'http_403', means: 'the key may not do this', effect: 'run stopped' },
    { code: 'http_404', means: 'no such call', effect: 'row rejected' },
    { code: 'http_422', means: 'a value was refused', effect: 'row rejected' },
  ],

  report: {
    source: 'trackdrive',
    call: { call: 'call_id' },
    // What became of the offer's side is not read.
    hides: ({ offer_converted: offer, refund_sides: sides = 'buyer' }) =>
      offer !== undefined || sides !== 'buyer',
  },

  prepare(action, { amount, fields }) {
    const { call_id: callId = '', buyer_id: buyerId, payout, refund_sides: sides = 'buyer' } = fields;
    const { buyer_converted: buyer, offer_converted: offer } = fields;
    const problems = [callIdProblem(callId), sidesProblem(sides)].filter((one) => one !== undefined);
    if (problems.length > 0) return err(problems);
    // 0.00 tells of no conversion.
    const sold = amount === undefined || amount === 0 ? undefined : 'true';
    const takenBack = (side: string): string | undefined =>
      [side, 'both'].includes(sides) ? 'false' : undefined;
    const reversed = action === 'reverse';
    const all = {
      buyer_converted: reversed ? takenBack('buyer') : (buyer ?? sold),
      offer_converted: reversed ? takenBack('offer') : offer,
      revenue: reversed || amount === undefined ? undefined : formatAmount(amount),
      trackdrive_buyer_id: buyerId,
      payout: reversed ? undefined : payout,
    };
    const sent = given(all);
    const path = `/api/v1/calls/${callId}`;
    const value = Object.fromEntries(Object.entries(sent).map(written));
    const body = { kind: 'json', value } as const;
    // As older ledgers know it: a form, and a reversal of the buyer's side with the offer's flag.
    const known = reversed && sides === 'buyer' ? given({ ...all, offer_converted: offer }) : sent;
    return ok({
      key: callId,
      request: { method: 'PUT', path, headers: {}, body },
      echoes: { ...echoesOf(sent), ...idsOf([callId], (id) => ({ sent: id, is: 'id', differs: 'unclear' })) },
      content: { path, body: { kind: 'form', fields: known } },
      takesBack: (takenBack('buyer') === undefined ? 0 : 1) | (takenBack('offer') === undefined ? 0 : 2),
    });
  },

  toTakeBack({ amount, fields }, before) {
    const sides = sidesOf(amount, fields).filter(
      (side) => before === undefined || !sidesOf(before.amount, before.fields).includes(side),
    );
    const [side, other] = sides;
    return side === undefined ? undefined : { refund_sides: other === undefined ? side : 'both' };
  },

  namedBy(key) {
    return /^\d+$/.test(key) ? 'number' : 'UUID';
  },

  // With a secure token the token is part of the path and the values are documented in the query.
  authorize(request, { TRACKDRIVE_SECURE_TOKEN: token, TRACKDRIVE_API_KEY: key = '' }) {
    if (token !== undefined && request.body.kind === 'json') {
      const secure = `/api/v1/secure/${encodeURIComponent(token)}/calls/`;
      const path = request.path.replace('/api/v1/calls/', () => secure);
      const query = Object.fromEntries(
        Object.entries(request.body.value).map(([name, value]) => [name, queryText(value)]),
      );
      return { ...request, path, query, body: { kind: 'none' } };
    }
    const encoded = key.includes(':') ? base64(key) : key;
    return { ...request, headers: { ...request.headers, authorization: `Basic ${encoded}` } };
  },

  readReply(reply) {
    const byStatus = outcomeOfStatus(reply);
    if (reply.status < 200 || reply.status >= 300) {
      if (byStatus.kind !== 'rejected') return byStatus;
      return { ...byStatus, message: messageOf(jsonObject(reply)) ?? byStatus.message };
    }
    // Answer bodies are not documented, but a page, a text and a list are no answer of this API.
    const body = jsonObject(reply);
    if (body === undefined && !/^\s*(?:"?ok"?|true)?\s*$/i.test(reply.text)) return byStatus;
    const call = isObject(body?.['call']) ? body['call'] : body;
    const error = statedError(body) ?? statedError(call);
    if (error !== undefined) return { ...byStatus, message: error };
    const [id, uuid] = [jsonText(call?.['id']), jsonText(call?.['uuid'])];
    return {
      kind: 'applied',
      ref: id ?? uuid,
      echo: { ...toldOf(call), ...idsOf([uuid, id], (one) => one) },
    };
  },
};

/** The fields that an answer may repeat; flags and amounts are truth values and numbers in JSON. */
const FIELDS: Readonly<Record<string, 'flag' | 'amount' | 'id'>> = {
  buyer_converted: 'flag',
  offer_converted: 'flag',
  revenue: 'amount',
  payout: 'amount',
  trackdrive_buyer_id: 'id',
};

function written([name, text]: [string, string]): [string, unknown] {
  return [name, { flag: text === 'true', amount: exactNumber(text), id: text }[FIELDS[name] ?? 'id']];
}

/** A key's user may not write every field, and what is dropped is told by nothing else than the answer. */
function echoesOf(sent: Readonly<Record<string, string>>): Record<string, Echoed> {
  const told = Object.entries(sent).flatMap(([name, text]): [string, Echoed][] => {
    const is = FIELDS[name];
    return is === undefined ? [] : [[name, { sent: text, is, differs: 'echo_mismatch' }]];
  });
  return Object.fromEntries(told);
}

/** A word for a conversion that nobody documents says nothing. */
function toldOf(call: Readonly<Record<string, unknown>> | undefined): Echo {
  const told = Object.entries(echoOf(call, Object.keys(FIELDS)));
  return Object.fromEntries(
    told.filter(([name, text]) => text === null || FIELDS[name] !== 'flag' || flagOf(text) !== undefined),
  );
}

/** A call is named by its number or by its UUID: only two of one form can be compared. */
function idsOf<T>(ids: readonly (string | undefined)[], of: (id: string) => T): Record<string, T> {
  const named = ids
    .filter((id) => id !== undefined)
    .map((id) => [/^\d+$/.test(id) ? 'id' : 'uuid', of(withPlainUuids(id))]);
  return Object.fromEntries(named.reverse()) as Record<string, T>;
}

function queryText(value: unknown): string {
  return isObject(value) ? String(value['exact']) : String(value);
}

function given(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}

/** Those that a sale converts. */
function sidesOf(amount: Amount | undefined, fields: Sale['fields']): ('buyer' | 'offer')[] {
  const sold = amount === undefined || amount === 0 ? undefined : 'true';
  const { buyer_converted: buyer = sold, offer_converted: offer } = fields;
  return [...(buyer === 'true' ? ['buyer' as const] : []), ...(offer === 'true' ? ['offer' as const] : [])];
}

function callIdProblem(callId: string): RowProblem | undefined {
  if (/^[\w-]{1,64}$/.test(callId)) return undefined;
  const message = `${JSON.stringify(callId.slice(0, 40))} is not a call id; it has letters, digits, - and _ only`;
  return { field: 'call_id', code: 'bad_value', message };
}

function sidesProblem(sides: string): RowProblem | undefined {
  if (['buyer', 'offer', 'both'].includes(sides)) return undefined;
  const message = `${JSON.stringify(sides.slice(0, 40))} is not a side; write buyer, offer or both`;
  return { field: 'refund_sides', code: 'bad_value', message };
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
