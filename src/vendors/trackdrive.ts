import { formatAmount } from '../core/amount.js';
import { isObject, jsonObject, messageOf, outcomeOfStatus, jsonText } from '../core/reply.js';
import { err, ok } from '../core/result.js';
import { GENTLE, type Vendor } from '../core/vendor.js';
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
      kind: { is: 'flag' },
      about: 'whether the offer (TS) converted; sent only if it is there',
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
    correct: {
      kind: 'resend',
      assumed:
        'revenue sets, which add_revenue beside it says; what a changed one does to billing is not documented',
    },
    reverse: {
      kind: 'supported',
      documented: `${PAGE}, buyer_converted=false makes offsetting billing entries`,
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

  prepare(action, { amount, fields }) {
    const { call_id: callId = '', buyer_id: buyerId, payout } = fields;
    const { buyer_converted: buyer, offer_converted: offer } = fields;
    if (!/^[\w-]{1,64}$/.test(callId)) {
      const message = `${JSON.stringify(callId.slice(0, 40))} is not a call id; it has letters, digits, - and _ only`;
      return err([{ field: 'call_id', code: 'bad_value', message }]);
    }
    const reversed = action === 'reverse';
    // 0.00 tells of no conversion.
    const sold = amount === undefined || amount === 0 ? undefined : 'true';
    const sent = {
      buyer_converted: reversed ? 'false' : (buyer ?? sold),
      offer_converted: offer,
      revenue: reversed || amount === undefined ? undefined : formatAmount(amount),
      trackdrive_buyer_id: buyerId,
      payout: reversed ? undefined : payout,
    };
    const given = Object.entries(sent).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const body = { kind: 'form', fields: Object.fromEntries(given) } as const;
    return ok({
      key: callId,
      request: { method: 'PUT', path: `/api/v1/calls/${callId}`, headers: {}, body },
    });
  },

  // With a secure token the token is part of the path and the values are documented in the query.
  authorize(request, { TRACKDRIVE_SECURE_TOKEN: token, TRACKDRIVE_API_KEY: key = '' }) {
    if (token !== undefined && request.body.kind === 'form') {
      const path = request.path.replace(
        '/api/v1/calls/',
        () => `/api/v1/secure/${encodeURIComponent(token)}/calls/`,
      );
      return { ...request, path, query: request.body.fields, body: { kind: 'form', fields: {} } };
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
    // Answer bodies are not documented, but a web page is no answer of an API.
    if (/^\s*</.test(reply.text)) return byStatus;
    const body = jsonObject(reply);
    const call = isObject(body?.['call']) ? body['call'] : body;
    return { kind: 'applied', ref: jsonText(call?.['id']) ?? jsonText(call?.['uuid']) };
  },
};

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
