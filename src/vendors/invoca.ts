import { formatAmount } from '../core/amount.js';
import { isObject, jsonObject, outcomeOfStatus, jsonText } from '../core/reply.js';
import { err, ok } from '../core/result.js';
import type { RowProblem } from '../core/sale.js';
import type { Vendor } from '../core/vendor.js';
import {
  CALL_COLUMNS,
  CALL_REPORT,
  callOf,
  ERROR_CODES,
  joinKey,
  NETWORK_COLUMN,
  readErrors,
  searchOf,
} from './invoca-calls.js';
import { INVOCA_HEADERS } from './header-names.js';

const PAGE = 'Invoca call outcomes API, POST /api/<version>/call_outcomes.json';
const CUSTOM_PARAMETERS = ['custom_parameter_1', 'custom_parameter_2', 'custom_parameter_3'] as const;
const LONGEST_CUSTOM_PARAMETER = 255;

/** Reports the outcome of a call. A value sent is the whole record; a second sale needs its own order id. */
export const invoca: Vendor = {
  id: 'invoca',
  title: 'Invoca call outcomes',
  request: 'POST /api/<version>/call_outcomes.json',
  baseUrl: { env: 'INVOCA_BASE_URL', default: 'https://invoca.net' },

  columns: [
    ...CALL_COLUMNS,
    NETWORK_COLUMN,
    {
      field: 'outcome_name',
      kind: { is: 'text' },
      required: true,
      about: 'what came of the call, such as Sale; upper and lower case are one name',
      names: INVOCA_HEADERS.outcome_name,
    },
    {
      field: 'partner_unique_id',
      kind: { is: 'id' },
      required: false,
      about: 'your id of the sale, needed where a call has more than one',
      names: INVOCA_HEADERS.partner_unique_id,
    },
    {
      field: 'amount',
      kind: { is: 'amount' },
      required: false,
      about: 'sale_amount, at most two decimals; left out where there was no sale',
      names: INVOCA_HEADERS.amount,
    },
    {
      field: 'value',
      kind: { is: 'flag', reversesWhen: 'false' },
      required: false,
      about: 'whether the outcome is true; false takes it back',
      names: INVOCA_HEADERS.value,
    },
    {
      field: 'occurred_at',
      kind: { is: 'instant' },
      required: false,
      about: 'when the outcome came about',
      names: INVOCA_HEADERS.occurred_at,
    },
    {
      field: 'description',
      kind: { is: 'text' },
      required: false,
      about: 'free text',
      names: INVOCA_HEADERS.description,
    },
    ...CUSTOM_PARAMETERS.map((field) => ({
      field,
      kind: { is: 'text' } as const,
      required: false,
      about: `free text, at most ${LONGEST_CUSTOM_PARAMETER} characters`,
      names: INVOCA_HEADERS[field],
    })),
  ],

  limits: { decimals: 2, negativeAmounts: 'undocumented', concurrency: 4, rate: 5, timeoutSeconds: 120 },

  semantics: {
    repeat: { kind: 'upserts', documented: PAGE },
    correct: { kind: 'resend', documented: `${PAGE}; PUT updates` },
    reverse: { kind: 'supported', documented: `${PAGE}, value=false` },
    clear: {
      kind: 'unsupported',
      assumed: 'omitted fields may or may not be cleared; take the outcome back instead',
    },
    noAmount: { kind: 'supported', documented: `${PAGE}, sale_amount is optional` },
  },

  secrets: [
    { name: 'INVOCA_OAUTH_TOKEN', about: 'the OAuth token' },
    { name: 'INVOCA_API_VERSION', about: 'the version of the API', default: '2015-08-17' },
  ],

  errorCodes: ERROR_CODES,

  report: { ...CALL_REPORT, outcome: 'outcome_name' },

  prepare(action, { amount, fields }) {
    const problems: RowProblem[] = [];
    const search = searchOf(fields, 'start_time_t', problems);
    const {
      outcome_name: name,
      partner_unique_id: orderId,
      value,
      occurred_at: occurredAt,
      description,
    } = fields;
    if (name === undefined) {
      problems.push({
        field: 'outcome_name',
        code: 'missing_value',
        message: 'is blank; it is what came of the call, such as Sale',
      });
    }
    for (const field of CUSTOM_PARAMETERS) {
      const length = fields[field]?.length ?? 0;
      if (length <= LONGEST_CUSTOM_PARAMETER) continue;
      const message = `has ${length} characters, ${LONGEST_CUSTOM_PARAMETER} at most are kept`;
      problems.push({ field, code: 'bad_value', message });
    }
    if (action === 'clear') {
      const message =
        'Invoca documents no way to empty an amount; take the outcome back, or send what remains';
      problems.push({ field: 'amount', code: 'cannot_clear', message });
    }
    if (name === undefined || problems.length > 0) return err(problems);

    const reversed = action === 'reverse';
    const outcome = {
      outcome_name: name,
      partner_unique_id: orderId,
      description,
      occurred_at_time_t: occurredAt,
      // Omitted where there was no sale, never 0.
      sale_amount: reversed || amount === undefined || amount === 0 ? undefined : formatAmount(amount),
      // An update that says nothing of it could leave an outcome that was taken back as it is.
      value: reversed
        ? false
        : value === undefined
          ? action === 'correct'
            ? true
            : undefined
          : value === 'true',
      ...Object.fromEntries(CUSTOM_PARAMETERS.map((field) => [field, fields[field]])),
    };
    return ok({
      key: joinKey([callOf(search), name.toLowerCase(), orderId ?? '']),
      amount: reversed ? undefined : amount,
      request: {
        method: action === 'correct' ? 'PUT' : 'POST',
        path: '/api/{version}/call_outcomes.json',
        headers: {},
        body: { kind: 'json', value: { search, call_outcome: outcome } },
      },
      content: { search, outcome: { ...outcome, outcome_name: name.toLowerCase() } },
    });
  },

  authorize(request, { INVOCA_OAUTH_TOKEN: token = '', INVOCA_API_VERSION: version = '' }) {
    if (request.body.kind !== 'json') return request;
    const path = request.path.replace('{version}', () => encodeURIComponent(version));
    return { ...request, path, body: { kind: 'json', value: { ...request.body.value, oauth_token: token } } };
  },

  readReply(reply) {
    const body = jsonObject(reply);
    const outcome = isObject(body?.['call_outcome']) ? body['call_outcome'] : body;
    const ref = jsonText(outcome?.['transaction_id']);
    const created = reply.status === 201 && body !== undefined;
    if (body?.['errors'] == null && (created || (reply.status === 200 && ref !== undefined))) {
      return { kind: 'applied', ref, correctsRef: jsonText(outcome?.['corrects_transaction_id']) };
    }
    // An error under a 2xx is an answer that contradicts itself.
    return reply.status < 300 ? outcomeOfStatus(reply) : readErrors(reply);
  },
};
