import { formatAmount, type Amount } from '../core/amount.js';
import type { Failure } from '../core/outcome.js';
import {
  echoOf,
  isObject,
  jsonFlag,
  jsonObject,
  jsonText,
  messageOf,
  outcomeOfStatus,
  retryAfter,
  statedError,
} from '../core/reply.js';
import { err, ok } from '../core/result.js';
import { exactNumber, type Reply, type Vendor } from '../core/vendor.js';
import { named, RINGBA_HEADERS } from './header-names.js';

const PAGE = 'Ringba API, POST /v2/{accountId}/calls/payments/override';

const BELOW_ZERO = 'conversion would be brought below zero';

/**
 * Overrides the conversion of a call, and its payout where there is one, by absolute amounts. `/calls/payments` adds
 * and `/calls/void` subtracts, so they are never sent; the webhook pixel counts once per call and corrects nothing.
 */
export const ringba: Vendor = {
  id: 'ringba',
  title: 'Ringba',
  request: 'POST /v2/{accountId}/calls/payments/override',
  baseUrl: { env: 'RINGBA_BASE_URL', default: 'https://api.ringba.com' },

  columns: named(RINGBA_HEADERS, [
    {
      field: 'call_id',
      kind: { is: 'id' },
      required: true,
      inKey: true,
      about: "Ringba's inbound call id, such as RGB1F2E3D…",
    },
    {
      field: 'amount',
      kind: { is: 'amount' },
      required: true,
      about: 'conversion amount of the call, at most two decimals; 0.00 takes it back',
    },
    {
      field: 'payout',
      kind: { is: 'money' },
      about: 'payout of the call, at most two decimals; left alone where it is blank, 0 in a reversal',
    },
    {
      field: 'reason',
      kind: { is: 'text' },
      about: 'why it is overridden, as Ringba shows it; "Sales reconciliation" where a row has none',
    },
    { field: 'target_id', kind: { is: 'id' }, about: 'the target, which some accounts need' },
  ]),

  // Documented for reading only, 5 a second and 80 a minute, which the account's people at its UI share.
  limits: {
    decimals: 2,
    negativeAmounts: 'undocumented',
    concurrency: 2,
    rate: [
      { requests: 2, per: 'second' },
      { requests: 60, per: 'minute' },
    ],
    timeoutSeconds: 30,
  },

  semantics: {
    repeat: { kind: 'overwrites', assumed: 'the amounts are absolute by what the page calls their fields' },
    correct: { kind: 'resend', assumed: 'the amounts are absolute, so the next override replaces the last' },
    reverse: {
      kind: 'supported',
      assumed: 'an override to 0, since /calls/void subtracts; also of the payout where the row has one',
      leaves: 'an override to 0.00 stays where there was none',
    },
    clear: {
      kind: 'unsupported',
      assumed: 'no amount of null is documented; send 0.00',
      refusal: 'Ringba documents no way to empty an amount; send 0.00, or reverse the sale',
    },
    noAmount: {
      kind: 'unsupported',
      documented: `${PAGE}, newConversionAmount`,
      refusal: 'is blank; the conversion amount is what is overridden',
    },
    zero: { kind: 'amount', assumed: 'an override to 0 like any other; --zero no_sale sends none' },
    echo: { always: true, documented: `${PAGE}, result.conversionAmount and result.payoutAmount` },
  },

  secrets: [
    { name: 'RINGBA_API_TOKEN', about: 'the API token' },
    { name: 'RINGBA_ACCOUNT_ID', about: 'the account id, such as RA1F2E3D…', inPath: true },
  ],

  errorCodes: [
    { code: 'below_zero', means: 'the conversion would be brought below zero', effect: 'row rejected' },
    { code: 'not_successful', means: 'isSuccessful is false, in other words', effect: 'row rejected' },
    { code: 'http_404', means: 'no such call or account', effect: 'row rejected' },
    { code: 'http_401', means: 'the token is not valid', effect: 'run stopped' },
    { code: 'http_403', means: 'the token may not do this', effect: 'run stopped' },
  ],

  report: { source: 'ringba', call: { call: 'call_id' } },

  prepare(action, { amount, fields }) {
    const { call_id: callId = '', payout, reason = 'Sales reconciliation', target_id: target } = fields;
    if (!/^[\w-]{1,64}$/.test(callId)) {
      const message = `${JSON.stringify(callId.slice(0, 40))} is not an inbound call id; it has letters, digits, - and _ only`;
      return err([{ field: 'call_id', code: 'bad_value', message }]);
    }
    const zero = formatAmount(0 as Amount);
    const conversion = action === 'reverse' || amount === undefined ? zero : formatAmount(amount);
    const paid = payout !== undefined && action === 'reverse' ? zero : payout;
    const overrides = {
      adjustConversion: true,
      newConversionAmount: exactNumber(conversion),
      adjustPayout: paid !== undefined,
      newPayoutAmount: paid === undefined ? undefined : exactNumber(paid),
    };
    const value = { inboundCallId: callId, reason, ...overrides, targetId: target };
    const path = '/v2/{accountId}/calls/payments/override';
    return ok({
      key: callId,
      request: { method: 'POST', path, headers: {}, body: { kind: 'json', value } },
      echoes: {
        inboundCallId: { sent: callId, is: 'id', differs: 'unclear' },
        conversionAmount: { sent: conversion, is: 'amount', differs: 'echo_mismatch' },
        ...(paid === undefined
          ? {}
          : { payoutAmount: { sent: paid, is: 'amount', differs: 'echo_mismatch' } as const }),
      },
      // An edited reason is no change of what the call is worth.
      content: { callId, target, conversion, paid },
      takesBack: paid === undefined ? 1 : 3,
    });
  },

  authorize(request, { RINGBA_API_TOKEN: token = '', RINGBA_ACCOUNT_ID: account = '' }) {
    const path = request.path.replace('{accountId}', () => encodeURIComponent(account));
    return { ...request, path, headers: { ...request.headers, authorization: `Token ${token}` } };
  },

  // The body decides, whatever the status says.
  readReply(reply) {
    const byStatus = outcomeOfStatus(reply);
    const body = jsonObject(reply);
    const says = messageOf(body);
    if (jsonFlag(body?.['isRateLimited']) === 'true') return rateLimited(reply, body);
    const result = isObject(body?.['result']) ? body['result'] : {};
    const echo = echoOf({ inboundCallId: body?.['inboundCallId'], ...result }, ECHOED);
    const tellsOfMoney = 'conversionAmount' in echo || 'payoutAmount' in echo;
    if (!tellsOfMoney && says?.toLowerCase().includes(BELOW_ZERO))
      return { kind: 'rejected', code: 'below_zero', message: says };
    if (jsonFlag(body?.['isSuccessful']) === 'false' && byStatus.code === 'unclear_answer')
      return { kind: 'rejected', code: 'not_successful', message: says ?? 'the vendor gave no reason' };
    // Nobody documents a 2xx without an amount; asking again sets the same once more.
    const isTaken = tellsOfMoney && byStatus.code === 'unclear_answer' && statedError(body) === undefined;
    return isTaken ? { kind: 'applied', echo } : { ...byStatus, message: says ?? byStatus.message };
  },
};

const ECHOED = ['inboundCallId', 'conversionAmount', 'payoutAmount'];

function rateLimited(reply: Reply, body: Readonly<Record<string, unknown>> | undefined): Failure {
  const { exceedingRateLimit: exceeded, rateLimit } = body ?? {};
  const perMinute = isObject(rateLimit) ? jsonText(rateLimit['perMinute']) : undefined;
  const limit = perMinute === undefined ? '' : `, ${perMinute} a minute`;
  const message = `the account is rate limited${limit}${typeof exceeded === 'string' ? ` (${exceeded})` : ''}`;
  return { kind: 'busy', code: 'rate_limited', message, retryAfterMs: retryAfter(reply) };
}
