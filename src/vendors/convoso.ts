import { formatAmount } from '../core/amount.js';
import { echoOf, isObject, jsonObject, outcomeOfStatus, jsonText } from '../core/reply.js';
import { err, ok } from '../core/result.js';
import { GENTLE, type Vendor } from '../core/vendor.js';
import { CONVOSO_HEADERS, named } from './header-names.js';

const PAGE = 'Convoso API, Revenue, POST /v1/revenue/update';

/** Sets the revenue of a call log. Failures arrive under HTTP 200: the body decides, then the status. */
export const convoso: Vendor = {
  id: 'convoso',
  title: 'Convoso',
  request: 'POST /v1/revenue/update',
  baseUrl: { env: 'CONVOSO_BASE_URL', default: 'https://api.convoso.com' },

  columns: named(CONVOSO_HEADERS, [
    { field: 'call_id', kind: { is: 'id' }, required: true, inKey: true, about: "Convoso's call log id" },
    {
      field: 'amount',
      kind: { is: 'amount' },
      required: true,
      about: 'revenue of the call, at most two decimals; 0.00 is "no sale"',
    },
  ]),

  limits: { ...GENTLE, decimals: 2, negativeAmounts: 'undocumented', timeoutSeconds: 30 },

  semantics: {
    repeat: { kind: 'overwrites', documented: PAGE },
    correct: { kind: 'resend', documented: PAGE },
    reverse: {
      kind: 'unsupported',
      assumed: 'no reversal is documented; send 0.00 or clear the amount',
      refusal: 'Convoso documents no reversal; send the amount that remains, 0.00, or clear it',
    },
    clear: {
      kind: 'supported',
      assumed:
        'the page says "omit revenue", and code 6036 refuses a request with neither field, so return=1 alone',
    },
    noAmount: { kind: 'unsupported', documented: `${PAGE}, code 6036` },
    zero: { kind: 'amount', documented: `${PAGE}; 0.00 is "no sale" there, and an amount like others` },
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

  prepare(action, { amount, fields: { call_id: callId = '' } }) {
    if (!/^[^\s\p{C}]{1,100}$/u.test(callId)) {
      const message = `${JSON.stringify(callId.slice(0, 40))} is not a call log id like 100125; it has no spaces and at most 100 characters`;
      return err([{ field: 'call_id', code: 'bad_value', message }]);
    }
    // `return` alone is the documented-by-elimination clear; see semantics.clear.
    const revenue = amount === undefined ? '' : formatAmount(amount);
    const set: Record<string, string> = action === 'clear' ? { return: '1' } : { revenue };
    const body = { kind: 'form', fields: { call_log_id: callId, ...set } } as const;
    const held = action === 'clear' ? null : revenue;
    return ok({
      key: callId,
      request: { method: 'POST', path: '/v1/revenue/update', headers: {}, body },
      echoes: {
        call_log_id: { sent: callId, is: 'id', differs: 'unclear' },
        revenue: { sent: held, is: 'amount', differs: 'echo_mismatch' },
      },
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
      const echo = echoOf(data, ['call_log_id', 'revenue']);
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
