import { echoOf, isObject, jsonObject, outcomeOfStatus, jsonText, statedError } from '../core/reply.js';
import { err, ok } from '../core/result.js';
import type { RowProblem } from '../core/sale.js';
import { GENTLE, type Vendor } from '../core/vendor.js';
import {
  CALL_COLUMNS,
  callOf,
  echoesOf,
  ERROR_CODES,
  inSeconds,
  joinKey,
  likenessesOf,
  namedBy,
  LOOKS_SENT,
  moneyContent,
  readErrors,
  REMAINS,
  REPORT,
  searchOf,
  START_TIME,
  toldOf,
} from './invoca-calls.js';
import { INVOCA_HEADERS, named } from './header-names.js';

const PAGE = 'Invoca call outcomes API, POST /api/<version>/call_outcomes.json';
const CUSTOM_PARAMETERS = ['custom_parameter_1', 'custom_parameter_2', 'custom_parameter_3'] as const;
const LONGEST_CUSTOM_PARAMETER = 255;

/** Reports the outcome of a call. A value sent is the whole record; a second sale needs its own order id. */
export const invoca: Vendor = {
  id: 'invoca',
  title: 'Invoca call outcomes',
  request: 'POST /api/<version>/call_outcomes.json',
  baseUrl: { env: 'INVOCA_BASE_URL', default: 'https://invoca.net' },

  columns: named(INVOCA_HEADERS, [
    ...CALL_COLUMNS.map((column) => ({ ...column, inKey: true as const })),
    {
      field: 'call_record_id',
      kind: { is: 'text' },
      about: "Invoca's id of the complete call: not sent, since no call outcome is found by it; signals are",
    },
    {
      field: 'outcome_name',
      kind: { is: 'text' },
      required: true,
      inKey: true,
      about: 'what came of the call, such as Sale; upper and lower case are one name',
      blank: 'it is what came of the call, such as Sale',
    },
    {
      field: 'partner_unique_id',
      kind: { is: 'id', own: true },
      about: 'your id of the sale, needed where a call has more than one',
    },
    {
      field: 'amount',
      kind: { is: 'amount' },
      about: 'sale_amount, at most two decimals; left out where there was no sale',
    },
    {
      field: 'value',
      kind: { is: 'flag', reversesWhen: 'false' },
      about: 'whether the outcome is true; false takes it back',
    },
    { field: 'occurred_at', kind: { is: 'instant' }, about: 'when the outcome came about' },
    { field: 'description', kind: { is: 'text' }, about: 'free text' },
    ...CUSTOM_PARAMETERS.map((field) => ({
      field,
      kind: { is: 'text' } as const,
      about: `free text, at most ${LONGEST_CUSTOM_PARAMETER} characters`,
    })),
  ]),

  limits: { ...GENTLE, decimals: 2, negativeAmounts: 'undocumented', timeoutSeconds: 120 },

  semantics: {
    repeat: { kind: 'upserts', documented: PAGE },
    correct: { kind: 'resend', documented: `${PAGE}; PUT updates` },
    reverse: { kind: 'supported', documented: `${PAGE}, value=false`, leaves: REMAINS },
    clear: {
      kind: 'supported',
      assumed: `${PAGE}: sale_amount defaults to null, which is sent; documented for signals`,
    },
    noAmount: { kind: 'supported', documented: `${PAGE}, sale_amount is optional` },
    zero: {
      kind: 'amount',
      assumed:
        'a first 0.00 is told without an amount, a later one as 0.00; --zero no_sale tells of an outcome whose value is false',
      firstIs: 'sale_without_amount',
      tellsNoSale: true,
    },
    looksSent: LOOKS_SENT,
    echo: { always: true, documented: `${PAGE}: the answer repeats the record` },
  },

  secrets: [
    { name: 'INVOCA_OAUTH_TOKEN', about: 'the OAuth token' },
    { name: 'INVOCA_API_VERSION', about: 'the version of the API', default: '2015-08-17' },
  ],

  errorCodes: ERROR_CODES,

  report: {
    ...REPORT,
    call: { call: 'transaction_id', caller: 'calling_phone_number', startedAt: 'start_time' },
    outcome: 'outcome_name',
  },

  prepare(action, sale, mayBeHeld = false) {
    const { amount, fields } = sale;
    const problems: RowProblem[] = [];
    const search = searchOf(fields, ['transaction_id'], START_TIME, problems);
    for (const field of CUSTOM_PARAMETERS) {
      const text = fields[field] ?? '';
      const length = text.length <= LONGEST_CUSTOM_PARAMETER ? 0 : Array.from(text).length;
      if (length <= LONGEST_CUSTOM_PARAMETER) continue;
      const message = `has ${length} characters, ${LONGEST_CUSTOM_PARAMETER} at most are kept`;
      problems.push({ field, code: 'bad_value', message });
    }
    if (problems.length > 0) return err(problems);

    const { outcome_name: name = '', partner_unique_id: orderId, occurred_at: occurredAt } = fields;
    const told = toldOf(action, sale, mayBeHeld);
    const { money, value } = told;
    const isSaid = value === 'false' || fields['value'] !== undefined;
    const content = {
      outcome_name: name.toLowerCase(),
      partner_unique_id: orderId,
      description: fields['description'],
      occurred_at_time_t: occurredAt,
      sale_amount: moneyContent(action, amount),
      value: isSaid ? value === 'true' : undefined,
      custom_parameter_1: fields['custom_parameter_1'],
      custom_parameter_2: fields['custom_parameter_2'],
      custom_parameter_3: fields['custom_parameter_3'],
    };
    const outcome = {
      ...content,
      outcome_name: name,
      occurred_at_time_t: inSeconds(occurredAt),
      sale_amount: money,
      value,
    };
    return ok({
      key: joinKey([callOf(search), name.toLowerCase(), orderId ?? '']),
      request: {
        method: action === 'correct' ? 'PUT' : 'POST',
        path: '/api/{version}/call_outcomes.json',
        headers: {},
        body: { kind: 'json', value: { search, call_outcome: outcome } },
      },
      echoes: echoesOf(told, { outcome_name: name }, orderId, 'sale_amount'),
      content: { search, outcome: content },
    });
  },

  likenesses: likenessesOf,

  namedBy,

  authorize(request, { INVOCA_OAUTH_TOKEN: token = '', INVOCA_API_VERSION: version = '' }) {
    if (request.body.kind !== 'json') return request;
    const path = request.path.replace('{version}', () => encodeURIComponent(version));
    return { ...request, path, body: { kind: 'json', value: { ...request.body.value, oauth_token: token } } };
  },

  readReply(reply) {
    const body = jsonObject(reply);
    const outcome = isObject(body?.['call_outcome']) ? body['call_outcome'] : body;
    const ref = jsonText(outcome?.['transaction_id']);
    const isTaken = (reply.status === 201 || reply.status === 200) && ref !== undefined;
    if (isTaken && (statedError(body) ?? statedError(outcome)) === undefined) {
      const echo = echoOf(outcome, ['outcome_name', 'partner_unique_id', 'sale_amount', 'value']);
      return { kind: 'applied', ref, correctsRef: jsonText(outcome?.['corrects_transaction_id']), echo };
    }
    // An error under a 2xx is an answer that contradicts itself.
    return reply.status < 300 ? outcomeOfStatus(reply) : readErrors(reply);
  },
};
