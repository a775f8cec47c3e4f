import { formatAmount } from '../core/amount.js';
import type { Failure, Outcome } from '../core/outcome.js';
import {
  echoOf,
  isObject,
  jsonObject,
  jsonText,
  keptOf,
  messageOf,
  outcomeOfStatus,
  statedError,
} from '../core/reply.js';
import { err, ok } from '../core/result.js';
import { GENTLE, type ErrorCode, type Vendor } from '../core/vendor.js';
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
        'the page says "omit revenue", and code 6036 refuses a request with neither field, so return=1 alone, of which an older article says that it marks the call refunded',
      leaves: 'by an older article of theirs the call is marked refunded in the conversion report',
    },
    noAmount: { kind: 'unsupported', documented: `${PAGE}, code 6036` },
    zero: { kind: 'amount', documented: `${PAGE}; 0.00 is "no sale" there, and an amount like others` },
    echo: {
      add: { return: '1' },
      documented: `${PAGE}, return=1 answers with the call log; an older article of the vendor's says that it marks the call refunded in the conversion report, so it is sent only when asked for, and to clear`,
    },
  },

  secrets: [{ name: 'CONVOSO_AUTH_TOKEN', about: 'the API auth token of the account' }],

  errorCodes: [
    { code: '6032', means: 'Missing Call Log ID', effect: 'row rejected' },
    { code: '6033', means: 'No such Call Log', effect: 'row rejected' },
    { code: '6036', means: 'Either Revenue or Return need to have value', effect: 'row rejected' },
    {
      code: '5001',
      means: 'the auth token is not valid; a text about the token is read as this',
      effect: 'run stopped',
    },
    { code: '401', means: 'the auth token is not valid', effect: 'run stopped' },
    {
      code: '403',
      means: 'the account may not do this',
      effect: 'run stopped',
    },
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
    const body = jsonObject(reply);
    if (body === undefined) return byStatus;
    if (body['success'] === true && byStatus.kind !== 'refused') return readSuccess(body);
    return readFailure(body, byStatus, reply.status);
  },
};

function readSuccess(body: Readonly<Record<string, unknown>>): Outcome {
  const [code, text] = [body['code'], body['text']].map(jsonText);
  const isFailure = (known: ErrorCode): boolean => known.code === code || known.means === text;
  const contradiction = convoso.errorCodes.find(isFailure)?.means ?? statedError(body);
  if (contradiction !== undefined) {
    const message = `the answer says success, and also: ${contradiction}`;
    return { kind: 'in_doubt', code: 'unclear_answer', message };
  }
  // An answer that names the call log or the amount elsewhere than documented is compared too.
  const data = isObject(body['data']) ? { ...body, ...body['data'] } : body;
  return {
    kind: 'applied',
    ref: jsonText(data['call_log_id']),
    echo: echoOf(data, ['call_log_id', 'revenue']),
    kept: keptOf(data, ['lead_id', 'campaign_id', 'call_date', 'status']),
  };
}

/** The code decides, or a text about the token; then what the body calls a failure, as far as the status lets it. */
function readFailure(body: Readonly<Record<string, unknown>>, byStatus: Failure, status: number): Failure {
  const code = jsonText(body['code']);
  const texts = [body['text'], body['error'], body['message']].map(jsonText);
  const reason = texts.find((text) => text !== undefined && text !== '') ?? messageOf(body);
  const known = convoso.errorCodes.find((known) => known.code === code);
  const told = { code: code ?? byStatus.code, message: reason ?? byStatus.message };
  const aboutToken = known === undefined && /(?<!unexpected )token/i.test(reason ?? '');
  if (byStatus.kind === 'refused' || known?.effect === 'run stopped' || aboutToken)
    return { kind: 'refused', ...told };
  if (known !== undefined) return { kind: 'rejected', ...told };
  const leavesOpen = byStatus.kind === 'busy' || (byStatus.kind === 'in_doubt' && status >= 300);
  if (body['success'] !== false || leavesOpen) return { ...byStatus, message: told.message };
  return { kind: 'rejected', code: code ?? `http_${status}`, message: reason ?? 'the vendor gave no reason' };
}
