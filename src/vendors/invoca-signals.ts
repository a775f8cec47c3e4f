import type { Outcome } from '../core/outcome.js';
import { echoOf, isObject, jsonObject, outcomeOfStatus, jsonText, statedError } from '../core/reply.js';
import { err, ok } from '../core/result.js';
import type { RowProblem } from '../core/sale.js';
import { GENTLE, type Vendor } from '../core/vendor.js';
import {
  CALL_COLUMNS,
  echoesOf,
  ERROR_CODES,
  inSeconds,
  joinKey,
  moneyContent,
  readErrors,
  REMAINS,
  REPORT,
  searchOf,
  secondsOf,
  toldOf,
} from './invoca-calls.js';
import { INVOCA_SIGNALS_HEADERS, named } from './header-names.js';

const PAGE = 'Invoca Signal API, POST /api/2018-02-01/transactions.json';
const TO_ZERO = 'Invoca, "How to correct revenue values to zero"';

/** Ids of a call, in the order in which one is searched by. */
const CALL_IDS = ['transaction_id', 'call_record_id', 'external_call_unique_id'] as const;

/** Applies one signal to a call. In accounts that roll signals up, the order id alone is the key. */
export const invocaSignals: Vendor = {
  id: 'invoca-signals',
  title: 'Invoca signals',
  request: 'POST /api/2018-02-01/transactions.json',
  baseUrl: { env: 'INVOCA_BASE_URL', default: 'https://invoca.net' },

  columns: named(INVOCA_SIGNALS_HEADERS, [
    ...CALL_COLUMNS,
    {
      field: 'call_record_id',
      kind: { is: 'id' },
      about: "Invoca's id of the complete call, by which it is found where the transaction id is blank",
    },
    {
      field: 'external_call_unique_id',
      kind: { is: 'id' },
      about: 'the id of the call in another system that told Invoca of it, where both are blank',
    },
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
    reverse: { kind: 'supported', documented: `${PAGE}, value=false`, leaves: REMAINS },
    clear: { kind: 'supported', documented: `${TO_ZERO}: revenue=null` },
    noAmount: { kind: 'supported', documented: `${PAGE}, revenue is optional` },
    zero: {
      kind: 'amount',
      documented: `${TO_ZERO}: a later 0.00 is told as 0.00. Assumed: a first one is told without an amount; --zero no_sale tells of a signal whose value is false`,
      firstIs: 'sale_without_amount',
      tellsNoSale: true,
    },
    looksSent: {
      kind: 'held',
      assumed:
        'one signal of one order id whose call began within a minute, or some quarter hours apart with the same revenue, is told again with another time',
    },
    echo: { always: true, documented: `${PAGE}: the answer repeats the signal` },
  },

  secrets: [{ name: 'INVOCA_OAUTH_TOKEN', about: 'the OAuth token' }],

  errorCodes: [
    ...ERROR_CODES,
    { code: 'http_400', means: 'the version of the API is not valid', effect: 'run stopped' },
  ],

  report: { ...REPORT, outcome: 'signal_name' },

  prepare(action, sale, mayBeHeld = false) {
    const { amount, fields } = sale;
    const problems: RowProblem[] = [];
    const search = searchOf(fields, CALL_IDS, 'call_start_time', problems);
    if (problems.length > 0) return err(problems);

    const { signal_name: name = '', partner_unique_id: orderId = '' } = fields;
    const named = Object.entries(fields).filter(([field]) => field.startsWith('custom_data.'));
    const data = named.map(([field, text]) => ({ name: field.slice('custom_data.'.length), value: text }));
    const customData = data.length > 0 ? data : undefined;
    const told = toldOf(action, sale, mayBeHeld);
    const { money, value } = told;
    const content = {
      name: name.toLowerCase(),
      partner_unique_id: orderId,
      occurred_at_time: fields['occurred_at'],
      revenue: moneyContent(action, amount),
      value: value === 'true',
    };
    const occurredAt = inSeconds(fields['occurred_at']);
    const signal = { ...content, name, occurred_at_time: occurredAt, revenue: money, value };
    return ok({
      key: joinKey([orderId]),
      request: {
        method: 'POST',
        path: '/api/2018-02-01/transactions.json',
        headers: {},
        body: { kind: 'json', value: { search, signals: [signal], custom_data: customData } },
      },
      echoes: echoesOf(told, { name }, orderId, 'revenue'),
      content: { search, signal: content, customData },
    });
  },

  likenesses(key, fields) {
    const { start_time: start } = fields;
    const hasId = CALL_IDS.some((id) => id in fields);
    return hasId || start === undefined ? [] : [{ same: key, at: secondsOf(start) }];
  },

  authorize(request, { INVOCA_OAUTH_TOKEN: token = '' }) {
    return { ...request, headers: { ...request.headers, authorization: token } };
  },

  readReply(reply) {
    const byStatus = outcomeOfStatus(reply);
    // A 201 is for calls in progress, whose errors it hides.
    if (reply.status === 200) return readApplied(jsonObject(reply)) ?? byStatus;
    if (reply.status < 300) return byStatus;
    const error = readErrors(reply);
    return reply.status === 400 && error.kind === 'rejected' ? { ...error, kind: 'refused' } : error;
  },
};

/** What an answer says of the one signal that a request has; of custom data alone, it is the call that was corrected. */
function readApplied(body: Readonly<Record<string, unknown>> | undefined): Outcome | undefined {
  const signals = body?.['signals'];
  if (!Array.isArray(signals) || signals.length > 1) return undefined;
  const isCustomData = signals.length === 0;
  const told: unknown = isCustomData ? body?.['call'] : signals[0];
  if (!isObject(told) || (statedError(body) ?? statedError(told)) !== undefined) return undefined;
  const ref = jsonText(told['transaction_id']);
  if (ref === undefined) return undefined;
  const echo = isCustomData
    ? { partner_unique_id: null }
    : echoOf(told, ['name', 'partner_unique_id', 'revenue', 'value']);
  return { kind: 'applied', ref, correctsRef: jsonText(told['corrects_transaction_id']), echo };
}
