import { formatAmount } from '../../src/core/amount.js';
import { jsonObject, outcomeOfStatus, jsonText } from '../../src/core/reply.js';
import { err, ok } from '../../src/core/result.js';
import type { Vendor } from '../../src/core/vendor.js';

const PAGE = 'Ringbooks API, PUT /v3/calls/{call}/value';

/** A vendor that nobody has: one file, and nothing else had to be touched. */
export const ringbooks: Vendor = {
  id: 'ringbooks',
  title: 'Ringbooks',
  request: 'PUT /v3/calls/{call}/value',
  baseUrl: { env: 'RINGBOOKS_BASE_URL', default: 'https://api.ringbooks.example' },
  columns: [
    { field: 'call', kind: { is: 'text' }, required: true, about: 'the call', names: ['call number'] },
    {
      field: 'amount',
      kind: { is: 'amount' },
      required: true,
      about: 'its value',
      names: ['value', 'revenue'],
    },
  ],
  limits: {
    decimals: 3,
    negativeAmounts: 'undocumented',
    concurrency: 2,
    rate: [{ requests: 10, per: 'second' }],
    timeoutSeconds: 10,
  },
  semantics: {
    repeat: { kind: 'overwrites', documented: PAGE },
    correct: { kind: 'resend', documented: PAGE },
    reverse: { kind: 'unsupported', assumed: 'no reversal is documented' },
    clear: { kind: 'unsupported', assumed: 'no way to empty a value is documented' },
    noAmount: { kind: 'unsupported', documented: PAGE },
    zero: { kind: 'amount', documented: PAGE },
  },
  secrets: [{ name: 'RINGBOOKS_TOKEN', about: 'the token' }],
  errorCodes: [{ code: 'no_call', means: 'no such call', effect: 'row rejected' }],

  prepare(action, { amount, fields }) {
    const { call } = fields;
    if (call === undefined) return err([{ field: 'call', code: 'missing_value', message: 'is blank' }]);
    if (action === 'reverse')
      return err([{ field: 'amount', code: 'cannot_reverse', message: 'is not possible' }]);
    if (action === 'clear')
      return err([{ field: 'amount', code: 'cannot_clear', message: 'is not possible' }]);
    if (amount === undefined) return err([{ field: 'amount', code: 'blank_amount', message: 'is blank' }]);
    const path = `/v3/calls/${encodeURIComponent(call)}/value`;
    const body = { kind: 'json', value: { value: formatAmount(amount) } } as const;
    return ok({ key: call, amount, request: { method: 'PUT', path, headers: {}, body } });
  },

  authorize: (request, { RINGBOOKS_TOKEN: token = '' }) => ({ ...request, headers: { 'x-token': token } }),

  readReply(reply) {
    const body = jsonObject(reply);
    if (body?.['ok'] === true) return { kind: 'applied' };
    const code = jsonText(body?.['error']);
    return code === 'no_call' ? { kind: 'rejected', code, message: 'no such call' } : outcomeOfStatus(reply);
  },
};
