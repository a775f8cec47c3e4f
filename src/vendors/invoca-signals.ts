import { jsonObject, outcomeOfStatus, jsonText } from '../core/reply.js';
import { err, ok } from '../core/result.js';
import type { RowProblem } from '../core/sale.js';
import { GENTLE, type Vendor } from '../core/vendor.js';
import {
  CALL_COLUMNS,
  ERROR_CODES,
  joinKey,
  readErrors,
  REPORT,
  revenueOf,
  searchOf,
  secondsOf,
} from './invoca-calls.js';
import { INVOCA_SIGNALS_HEADERS, named } from './header-names.js';

const PAGE = 'Invoca Signal API, POST /api/2018-02-01/transactions.json';

/** Applies one signal to a call. In accounts that roll signals up, the order id alone is the key. */
export const invocaSignals: Vendor = {
  id: 'invoca-signals',
  title: 'Invoca signals',
  request: 'POST /api/2018-02-01/transactions.json',
  baseUrl: { env: 'INVOCA_BASE_URL', default: 'https://invoca.net' },

  columns: named(INVOCA_SIGNALS_HEADERS, [
    ...CALL_COLUMNS,
    { field: 'signal_name', kind: { is: 'text' }, required: true, about: 'the signal, such as Sale' },
    {
      field: 'partner_unique_id',
      kind: { is: 'id', own: true },
      required: true,
      inKey: true,
      about: 'your id of the sale, which no other sale has: the order id',
      blank: 'it is an id that no other sale has, such as the order id',
    },
    {
      field: 'amount',
      kind: { is: 'amount' },
      about: 'revenue, at most two decimals; left out where there was no sale',
    },
    {
      field: 'value',
      kind: { is: 'flag', reversesWhen: 'false' },
      about: 'whether the signal is true; false takes it back',
    },
    { field: 'occurred_at', kind: { is: 'instant' }, about: 'when the signal came about' },
    {
      field: 'custom_data',
      kind: { is: 'named_texts' },
      about: 'custom data of the call, one column per name with a header such as custom_data.channel',
    },
  ]),

  limits: { ...GENTLE, decimals: 2, negativeAmounts: 'undocumented', timeoutSeconds: 120 },

  semantics: {
    repeat: { kind: 'upserts', documented: PAGE },
    correct: { kind: 'resend', documented: PAGE },
    reverse: { kind: 'supported', documented: `${PAGE}, value=false` },
    clear: {
      kind: 'unsupported',
      assumed: 'no way to empty the revenue is documented; take the signal back instead',
      refusal: 'Invoca documents no way to empty the revenue; take the signal back, or send what remains',
    },
    noAmount: { kind: 'supported', documented: `${PAGE}, revenue is optional` },
    zero: { kind: 'amount', assumed: 'the signal is told without an amount; --zero no_sale tells nothing' },
    looksSent: {
      kind: 'held',
      assumed:
        'one signal of one order id whose call began within a minute, or some quarter hours apart with the same revenue, is told again with another time',
    },
  },

  secrets: [{ name: 'INVOCA_OAUTH_TOKEN', about: 'the OAuth token' }],

  errorCodes: [
    ...ERROR_CODES,
    { code: 'http_400', means: 'the version of the API is not valid', effect: 'run stopped' },
  ],

  report: {
    ...REPORT,
    outcome: 'signal_name',
    asked: {
      call: 'call_record_id',
      row: 'transaction_id',
      caller: 'calling_phone_number',
      startedAt: 'start_time',
    },
  },

  prepare(action, { amount, fields }) {
    const problems: RowProblem[] = [];
    const search = searchOf(fields, 'call_start_time', problems);
    if (problems.length > 0) return err(problems);

    const { signal_name: name = '', partner_unique_id: orderId = '' } = fields;
    const named = Object.entries(fields).filter(([field]) => field.startsWith('custom_data.'));
    const data = named.map(([field, text]) => ({ name: field.slice('custom_data.'.length), value: text }));
    const customData = data.length > 0 ? data : undefined;
    const signal = {
      name,
      partner_unique_id: orderId,
      occurred_at_time: fields['occurred_at'],
      revenue: revenueOf(action, amount),
      value: action !== 'reverse' && fields['value'] !== 'false',
    };
    return ok({
      key: joinKey([orderId]),
      request: {
        method: 'POST',
        path: '/api/2018-02-01/transactions.json',
        headers: {},
        body: { kind: 'json', value: { search, signals: [signal], custom_data: customData } },
      },
      content: { search, signal: { ...signal, name: name.toLowerCase() }, customData },
    });
  },

  likenesses(key, { transaction_id: call, start_time: start }) {
    return call !== undefined || start === undefined ? [] : [{ same: key, at: secondsOf(start) }];
  },

  authorize(request, { INVOCA_OAUTH_TOKEN: token = '' }) {
    return { ...request, headers: { ...request.headers, authorization: token } };
  },

  readReply(reply) {
    const byStatus = outcomeOfStatus(reply);
    const body = jsonObject(reply);
    // What a 200 says beyond itself is not documented; a page or a list is no answer of this API.
    if ((reply.status === 200 || reply.status === 201) && body !== undefined && body['errors'] == null) {
      return {
        kind: 'applied',
        ref: jsonText(body['transaction_id']),
        correctsRef: jsonText(body['corrects_transaction_id']),
      };
    }
    if (reply.status < 300) return byStatus;
    const error = readErrors(reply);
    return reply.status === 400 && error.kind === 'rejected' ? { ...error, kind: 'refused' } : error;
  },
};
