import { formatAmount } from '../core/amount.js';
import { isObject, jsonObject, messageOf, outcomeOfStatus, jsonText } from '../core/reply.js';
import { err, ok } from '../core/result.js';
import type { RowProblem } from '../core/sale.js';
import type { Vendor } from '../core/vendor.js';
import { TRACKDRIVE_HEADERS } from './header-names.js';

const PAGE = 'TrackDrive API, Calls, PUT /api/v1/calls/:id';

/** Sets conversion and revenue of a call. `add_revenue` and `add_payout` add, so they are never sent. */
export const trackdrive: Vendor = {
  id: 'trackdrive',
  title: 'TrackDrive',
  request: 'PUT /api/v1/calls/:id',
  baseUrl: { env: 'TRACKDRIVE_BASE_URL' },

  columns: [
    {
      field: 'call_id',
      kind: { is: 'id' },
      required: true,
      about: "TrackDrive's call id or UUID",
      names: TRACKDRIVE_HEADERS.call_id,
    },
    {
      field: 'amount',
      kind: { is: 'amount' },
      required: false,
      about: 'revenue of the call, at most two decimals',
      names: TRACKDRIVE_HEADERS.amount,
    },
    {
      field: 'buyer_converted',
      kind: { is: 'flag', reversesWhen: 'false' },
      required: false,
      about:
        'whether the buyer converted; true where a row has an amount and no such cell, false is a reversal',
      names: TRACKDRIVE_HEADERS.buyer_converted,
    },
    {
      field: 'offer_converted',
      kind: { is: 'flag' },
      required: false,
      about: 'whether the offer (TS) converted; sent only if it is there',
      names: TRACKDRIVE_HEADERS.offer_converted,
    },
    {
      field: 'buyer_id',
      kind: { is: 'id' },
      required: false,
      about: 'the buyer, trackdrive_buyer_id',
      names: TRACKDRIVE_HEADERS.buyer_id,
    },
    {
      field: 'payout',
      kind: { is: 'money' },
      required: false,
      about: 'payout of the call, at most two decimals',
      names: TRACKDRIVE_HEADERS.payout,
    },
    {
      field: 'secure_token',
      kind: { is: 'secret', secret: 'TRACKDRIVE_SECURE_TOKEN' },
      required: false,
      about: "the call's own secure token",
      names: TRACKDRIVE_HEADERS.secure_token,
    },
  ],

  limits: { decimals: 2, negativeAmounts: 'undocumented', concurrency: 4, rate: 5, timeoutSeconds: 30 },

  semantics: {
    repeat: { kind: 'overwrites', documented: PAGE },
    correct: { kind: 'resend', documented: PAGE },
    reverse: {
      kind: 'supported',
      documented: `${PAGE}, buyer_converted=false makes offsetting billing entries`,
    },
    clear: { kind: 'unsupported', assumed: 'no way to empty the revenue is documented; send 0.00' },
    noAmount: { kind: 'supported', documented: `${PAGE}, each conversion is a field of its own` },
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
    const problems: RowProblem[] = [];
    const {
      call_id: callId,
      buyer_converted: buyer,
      offer_converted: offer,
      buyer_id: buyerId,
      payout,
    } = fields;
    if (callId === undefined) {
      problems.push({
        field: 'call_id',
        code: 'missing_value',
        message: "is blank; it is TrackDrive's call id or UUID",
      });
    } else if (!/^[\w-]{1,64}$/.test(callId)) {
      const message = `${JSON.stringify(callId.slice(0, 40))} is not a call id; it has letters, digits, - and _ only`;
      problems.push({ field: 'call_id', code: 'bad_value', message });
    }
    if (action === 'clear') {
      const message = 'TrackDrive documents no way to empty an amount; send 0.00, or reverse the sale';
      problems.push({ field: 'amount', code: 'cannot_clear', message });
    } else if (action !== 'reverse' && amount === undefined && buyer === undefined && offer === undefined) {
      problems.push({
        field: 'amount',
        code: 'blank_amount',
        message: 'is blank, and no conversion is given either',
      });
    }
    if (callId === undefined || problems.length > 0) return err(problems);

    const converted = action === 'reverse' ? 'false' : (buyer ?? (amount === undefined ? undefined : 'true'));
    const sent = {
      buyer_converted: converted,
      offer_converted: offer,
      revenue: action === 'reverse' || amount === undefined ? undefined : formatAmount(amount),
      trackdrive_buyer_id: buyerId,
      payout: action === 'reverse' ? undefined : payout,
    };
    const given = Object.entries(sent).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return ok({
      key: callId,
      amount: action === 'reverse' ? undefined : amount,
      request: {
        method: 'PUT',
        path: `/api/v1/calls/${callId}`,
        headers: {},
        body: { kind: 'form', fields: Object.fromEntries(given) },
      },
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
