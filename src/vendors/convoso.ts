import { formatAmount } from '../core/amount.js';
import { isObject, jsonObject, outcomeOfStatus, jsonText } from '../core/reply.js';
import { err, ok } from '../core/result.js';
import type { RowProblem } from '../core/sale.js';
import type { Vendor } from '../core/vendor.js';
import { CONVOSO_HEADERS } from './header-names.js';

const PAGE = 'Convoso API, Revenue, POST /v1/revenue/update';

/** Sets the revenue of a call log. Failures arrive under HTTP 200: the body decides, then the status. */
export const convoso: Vendor = {
  id: 'convoso',
  title: 'Convoso',
  request: 'POST /v1/revenue/update',
  baseUrl: { env: 'CONVOSO_BASE_URL', default: 'https://api.convoso.com' },

  columns: [
    {
      field: 'call_id',
      kind: { is: 'id' },
      required: true,
      about: "Convoso's call log id",
      names: CONVOSO_HEADERS.call_id,
    },
    {
      field: 'amount',
      kind: { is: 'amount' },
      required: true,
      about: 'revenue of the call, at most two decimals; 0.00 is "no sale"',
      names: CONVOSO_HEADERS.amount,
    },
  ],

  limits: { decimals: 2, negativeAmounts: 'undocumented', concurrency: 4, rate: 5, timeoutSeconds: 30 },

  semantics: {
    repeat: { kind: 'overwrites', documented: PAGE },
    correct: { kind: 'resend', documented: PAGE },
    reverse: { kind: 'unsupported', assumed: 'no reversal is documented; send 0.00 or clear the amount' },
    clear: {
      kind: 'supported',
      assumed:
        'the page says "omit revenue", and code 6036 refuses a request with neither field, so return=1 alone',
    },
    noAmount: { kind: 'unsupported', documented: `${PAGE}, code 6036` },
    // An older article says that return=1 marks the call refunded, so it is sent only when asked for.
    echo: { add: { return: '1' }, documented: PAGE },
  },

  secrets: [{ name: 'CONVOSO_AUTH_TOKEN', about: 'the API auth token of the account' }],

  errorCodes: [
    { code: '6032', means: 'Missing Call Log ID', effect: 'row rejected' },
    { code: '6033', means: 'No such Call Log', effect: 'row rejected' },
    { code: '6036', means: 'Either Revenue or Return need to have value', effect: 'row rejected' },
    { code: '5001', means: 'the auth token is not valid', effect: 'run stopped' },
    { code: '403', means: 'the account may not do this', effect: 'run stopped' },
  ],

  prepare(action, sale) {
    const problems: RowProblem[] = [];
    const { call_id: callId } = sale.fields;
    if (callId === undefined) {
      problems.push({
        field: 'call_id',
        code: 'missing_value',
        message: "is blank; it is Convoso's call log id",
      });
    } else if (!/^[^\s\p{C}]{1,100}$/u.test(callId)) {
      problems.push({
        field: 'call_id',
        code: 'bad_value',
        message: `${JSON.stringify(callId.slice(0, 40))} is not a call log id like 100125; it has no spaces and at most 100 characters`,
      });
    }
    if (action === 'reverse') {
      problems.push({
        field: 'amount',
        code: 'cannot_reverse',
        message: 'Convoso documents no reversal; send the amount that remains, 0.00, or clear it',
      });
    } else if (action !== 'clear' && sale.amount === undefined) {
      problems.push({ field: 'amount', code: 'blank_amount', message: 'is blank' });
    }
    if (callId === undefined || problems.length > 0) return err(problems);

    // `return` alone is the documented-by-elimination clear; see semantics.clear.
    const amount = action === 'clear' ? undefined : sale.amount;
    const fields: Record<string, string> =
      amount === undefined
        ? { call_log_id: callId, return: '1' }
        : { call_log_id: callId, revenue: formatAmount(amount) };
    return ok({
      key: callId,
      amount,
      request: { method: 'POST', path: '/v1/revenue/update', headers: {}, body: { kind: 'form', fields } },
    });
  },

  // The vendor's page shows the token in the URL; access logs keep URLs, so it goes into the body.
  authorize(request, secrets) {
    if (request.body.kind !== 'form') return request;
    const { method, path, headers, body } = request;
    const fields = { auth_token: secrets['CONVOSO_AUTH_TOKEN'] ?? '', ...body.fields };
    return { method, path, headers, body: { kind: 'form', fields } };
  },

  readReply(reply) {
    const byStatus = outcomeOfStatus(reply);
    if (byStatus.kind === 'busy') return byStatus;
    const body = jsonObject(reply);
    if (body?.['success'] === true) {
      const data = isObject(body['data']) ? body['data'] : {};
      const ref = jsonText(data['call_log_id']);
      const echo = jsonText(data['revenue']);
      return { kind: 'applied', ref, echo };
    }
    if (body?.['success'] !== false || byStatus.kind === 'refused') return byStatus;

    const code = jsonText(body['code']);
    const message = jsonText(body['text']) ?? 'the vendor gave no reason';
    const known = convoso.errorCodes.find((known) => known.code === code);
    if (known === undefined && reply.status >= 500) return byStatus;
    return {
      kind: known?.effect === 'run stopped' ? 'refused' : 'rejected',
      code: code ?? 'http_200',
      message,
    };
  },
};
