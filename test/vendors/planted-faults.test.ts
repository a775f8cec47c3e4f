import { describe, expect, it } from 'vitest';
import { type Amount, formatAmount } from '../../src/core/amount.js';
import type { Echoes } from '../../src/core/echo.js';
import { jsonObject, jsonText, outcomeOfStatus } from '../../src/core/reply.js';
import type { Sale } from '../../src/core/sale.js';
import type { Prepared, Reply, Vendor, VendorRequest } from '../../src/core/vendor.js';
import { BATTERY, modesOf } from './battery.js';
import { HARNESSES } from './harnesses.js';

interface PlantedFault {
  readonly vendor: string;
  readonly fault: string;
  readonly plant: (vendor: Vendor) => Partial<Vendor>;
}

/** The prepared row of a sound vendor, spoilt. */
function prepared(spoil: (row: Prepared, sale: Sale) => Prepared): PlantedFault['plant'] {
  return (vendor) => ({
    prepare: (action, sale, mayBeHeld) => {
      const result = vendor.prepare(action, sale, mayBeHeld);
      return result.ok ? { ok: true, value: spoil(result.value, sale) } : result;
    },
  });
}

function echoes(spoil: (echoes: Echoes) => Echoes): PlantedFault['plant'] {
  return prepared((row) => ({ ...row, echoes: spoil(row.echoes ?? {}) }));
}

function request(spoil: (request: VendorRequest) => VendorRequest): PlantedFault['plant'] {
  return prepared((row) => ({ ...row, request: spoil(row.request) }));
}

function fields(spoil: (fields: Record<string, string>) => Record<string, string>): PlantedFault['plant'] {
  return request((request) =>
    request.body.kind === 'form'
      ? { ...request, body: { kind: 'form', fields: spoil({ ...request.body.fields }) } }
      : request,
  );
}

type Json = Record<string, unknown>;

function json(spoil: (value: Json) => Json): PlantedFault['plant'] {
  return request((request) =>
    request.body.kind === 'json'
      ? { ...request, body: { kind: 'json', value: spoil(structuredClone(request.body.value)) } }
      : request,
  );
}

function outcome(spoil: (value: Json) => void): PlantedFault['plant'] {
  return json((value) => {
    spoil(value['call_outcome'] as Json);
    return value;
  });
}

function signal(spoil: (value: Json) => void): PlantedFault['plant'] {
  return json((value) => {
    for (const sent of value['signals'] as Json[]) spoil(sent);
    return value;
  });
}

function reply(
  read: (reply: Reply, vendor: Vendor) => ReturnType<Vendor['readReply']>,
): PlantedFault['plant'] {
  return (vendor) => ({ readReply: (reply) => read(reply, vendor) });
}

function semantics(spoilt: Partial<Vendor['semantics']>): PlantedFault['plant'] {
  return (vendor) => ({ semantics: { ...vendor.semantics, ...spoilt } });
}

function limits(spoilt: Partial<Vendor['limits']>): PlantedFault['plant'] {
  return (vendor) => ({ limits: { ...vendor.limits, ...spoilt } });
}

const rejected = { kind: 'rejected', code: 'x', message: 'x' } as const;
const PAGE = 'a page that says so';

/** One way at a time in which a vendor could be wrong. The list only grows. */
const FAULTS: readonly PlantedFault[] = [
  {
    vendor: 'convoso',
    fault: 'puts the token into the URL',
    plant: (vendor) => ({
      authorize: (request, secrets) => ({
        ...vendor.authorize(request, secrets),
        query: { auth_token: secrets['CONVOSO_AUTH_TOKEN'] ?? '' },
      }),
    }),
  },
  { vendor: 'convoso', fault: 'leaves the token out', plant: () => ({ authorize: (request) => request }) },
  {
    vendor: 'convoso',
    fault: 'puts the token into the prepared row',
    plant: fields((all) => ({ ...all, auth_token: 'NEEDLE-convoso' })),
  },
  {
    vendor: 'convoso',
    fault: 'believes HTTP 200',
    plant: reply((reply, vendor) => (reply.status === 200 ? { kind: 'applied' } : vendor.readReply(reply))),
  },
  {
    vendor: 'convoso',
    fault: 'believes any 2xx that is an object',
    plant: reply((reply, vendor) =>
      reply.status === 200 && reply.text.startsWith('{') ? { kind: 'applied' } : vendor.readReply(reply),
    ),
  },
  {
    vendor: 'convoso',
    fault: 'throws at a page',
    plant: reply((reply, vendor) => (JSON.parse(reply.text) === 0 ? rejected : vendor.readReply(reply))),
  },
  {
    vendor: 'convoso',
    fault: 'reads 502 as a rejection',
    plant: reply((reply, vendor) => (reply.status === 502 ? rejected : vendor.readReply(reply))),
  },
  {
    vendor: 'convoso',
    fault: 'reads 502 as success',
    plant: reply((reply, vendor) => (reply.status === 502 ? { kind: 'applied' } : vendor.readReply(reply))),
  },
  {
    vendor: 'convoso',
    fault: 'reads 429 as a rejection',
    plant: reply((reply, vendor) => (reply.status === 429 ? rejected : vendor.readReply(reply))),
  },
  {
    vendor: 'convoso',
    fault: 'halves Retry-After',
    plant: reply((reply, vendor) => {
      const read = vendor.readReply(reply);
      return read.kind === 'busy' ? { ...read, retryAfterMs: (read.retryAfterMs ?? 0) / 2 } : read;
    }),
  },
  {
    vendor: 'convoso',
    fault: 'reads a dead token as a rejected row',
    plant: reply((reply, vendor) => {
      const read = vendor.readReply(reply);
      return read.kind === 'refused' ? rejected : read;
    }),
  },
  {
    vendor: 'convoso',
    fault: 'reads a rejected row as a dead token',
    plant: reply((reply, vendor) => {
      const read = vendor.readReply(reply);
      return read.kind === 'rejected' ? { ...read, kind: 'refused' } : read;
    }),
  },
  {
    vendor: 'convoso',
    fault: 'follows a redirect in spirit',
    plant: reply((reply, vendor) => (reply.status === 302 ? { kind: 'applied' } : vendor.readReply(reply))),
  },
  {
    vendor: 'convoso',
    fault: 'sends whole units',
    plant: fields((all) => ({ ...all, revenue: (all['revenue'] ?? '').split('.')[0] ?? '' })),
  },
  {
    vendor: 'convoso',
    fault: 'sends cents',
    plant: fields((all) => ({ ...all, revenue: (all['revenue'] ?? '').replace('.', '') })),
  },
  {
    vendor: 'convoso',
    fault: 'goes through a float',
    plant: fields((all) => ({ ...all, revenue: String(parseFloat(all['revenue'] ?? '')) })),
  },
  {
    vendor: 'convoso',
    fault: 'flips the sign',
    plant: fields((all) => ({ ...all, revenue: `-${all['revenue'] ?? ''}` })),
  },
  { vendor: 'convoso', fault: 'takes four decimals', plant: limits({ decimals: 4 }) },
  { vendor: 'convoso', fault: 'takes negative amounts', plant: limits({ negativeAmounts: 'documented' }) },
  {
    vendor: 'convoso',
    fault: 'has one key for all calls',
    plant: prepared((row) => ({ ...row, key: 'call' })),
  },
  {
    vendor: 'convoso',
    fault: 'drops leading zeros of ids',
    plant: prepared((row) => ({ ...row, key: row.key.replace(/^0+/, '') })),
  },
  {
    vendor: 'convoso',
    fault: 'has the amount in its key',
    plant: prepared((row, sale) => ({ ...row, key: `${row.key}:${sale.amount ?? 0}` })),
  },
  {
    vendor: 'convoso',
    fault: 'clears with zero',
    plant: (vendor) => ({
      prepare: (action, sale) =>
        vendor.prepare(
          action === 'clear' ? 'create' : action,
          action === 'clear' ? { ...sale, amount: 0 as Amount } : sale,
        ),
    }),
  },
  {
    vendor: 'convoso',
    fault: 'sends return with every sale and no revenue',
    plant: fields(({ call_log_id: id = '' }) => ({ call_log_id: id, return: '1' })),
  },
  {
    vendor: 'convoso',
    fault: 'claims that it adds a record',
    plant: semantics({ repeat: { kind: 'appends', documented: PAGE } }),
  },
  {
    vendor: 'convoso',
    fault: 'claims without a source',
    plant: semantics({ clear: { kind: 'supported', documented: '' } }),
  },
  {
    vendor: 'convoso',
    fault: 'claims that nothing can be corrected',
    plant: (vendor) => ({
      semantics: { ...vendor.semantics, correct: { kind: 'unsupported', assumed: PAGE } },
      prepare: (action, sale) => vendor.prepare(action, { ...sale, amount: 600_000 as Amount }),
    }),
  },
  {
    vendor: 'convoso',
    fault: 'needs no call id column',
    plant: (vendor) => ({ columns: vendor.columns.map((column) => ({ ...column, required: false })) }),
  },
  {
    vendor: 'convoso',
    fault: 'has one header name twice',
    plant: (vendor) => ({
      columns: vendor.columns.map((column) => ({ ...column, names: [...column.names, 'total'] })),
    }),
  },
  {
    vendor: 'trackdrive',
    fault: 'adds revenue',
    plant: json(({ revenue, ...all }) => ({ ...all, add_revenue: revenue })),
  },
  {
    vendor: 'trackdrive',
    fault: 'does not say that the buyer converted',
    plant: json(({ buyer_converted: _flag, ...all }) => all),
  },
  {
    vendor: 'trackdrive',
    fault: 'reverses with true',
    plant: json((all) => ({ ...all, buyer_converted: true })),
  },
  {
    vendor: 'trackdrive',
    fault: 'sends a form',
    plant: request((request) => ({ ...request, body: { kind: 'form', fields: { revenue: '50.00' } } })),
  },
  {
    vendor: 'trackdrive',
    fault: 'sends revenue as a float',
    plant: json((all) => ({ ...all, revenue: Number((all['revenue'] as { exact: string }).exact) })),
  },
  {
    vendor: 'trackdrive',
    fault: "takes back the offer's side",
    plant: (vendor) => ({
      prepare: (action, sale) =>
        vendor.prepare(action, { ...sale, fields: { ...sale.fields, refund_sides: 'offer' } }),
    }),
  },
  {
    vendor: 'trackdrive',
    fault: 'takes back both sides',
    plant: (vendor) => ({
      prepare: (action, sale) =>
        vendor.prepare(action, { ...sale, fields: { ...sale.fields, refund_sides: 'both' } }),
    }),
  },
  {
    vendor: 'trackdrive',
    fault: 'believes a 2xx with an error in it',
    plant: reply((reply, vendor) => {
      const ref = jsonText(jsonObject(reply)?.['id']);
      return reply.status === 200 && reply.text.includes('error') && ref !== undefined
        ? { kind: 'applied', ref }
        : vendor.readReply(reply);
    }),
  },
  {
    vendor: 'trackdrive',
    fault: 'believes a 2xx that says success false',
    plant: reply((reply, vendor) =>
      reply.text.includes('"success":false') ? { kind: 'applied' } : vendor.readReply(reply),
    ),
  },
  {
    vendor: 'trackdrive',
    fault: 'takes an empty list of errors for one',
    plant: reply((reply, vendor) =>
      reply.status === 200 && jsonObject(reply)?.['errors'] != null
        ? { kind: 'in_doubt', code: 'unclear_answer', message: 'x' }
        : vendor.readReply(reply),
    ),
  },
  {
    vendor: 'trackdrive',
    fault: 'does not look which revenue is held',
    plant: echoes(({ revenue: _, ...others }) => others),
  },
  {
    vendor: 'trackdrive',
    fault: 'does not look which conversion is held',
    plant: echoes(({ buyer_converted: _, ...others }) => others),
  },
  {
    vendor: 'trackdrive',
    fault: 'believes an answer about another call',
    plant: echoes(({ id: _id, uuid: _uuid, ...others }) => others),
  },
  {
    vendor: 'trackdrive',
    fault: 'claims that nothing can be taken back',
    plant: (vendor) => ({
      semantics: { ...vendor.semantics, reverse: { kind: 'unsupported', assumed: PAGE } },
      prepare: (action, sale) => vendor.prepare(action === 'create' ? 'reverse' : action, sale),
    }),
  },
  {
    vendor: 'trackdrive',
    fault: 'sends the key unencoded',
    plant: () => ({
      authorize: (request, secrets) => ({
        ...request,
        headers: { authorization: `Basic ${secrets['TRACKDRIVE_API_KEY'] ?? ''}` },
      }),
    }),
  },
  {
    vendor: 'trackdrive',
    fault: 'reads 422 as success',
    plant: reply((reply, vendor) => (reply.status === 422 ? { kind: 'applied' } : vendor.readReply(reply))),
  },
  {
    vendor: 'trackdrive',
    fault: 'believes a web page',
    plant: reply((reply, vendor) => (reply.status === 200 ? { kind: 'applied' } : vendor.readReply(reply))),
  },
  {
    vendor: 'tldcrm',
    fault: 'claims that a second request sets the same',
    plant: semantics({ repeat: { kind: 'overwrites', documented: PAGE } }),
  },
  {
    vendor: 'tldcrm',
    fault: 'claims that a cost can be corrected',
    plant: semantics({ correct: { kind: 'resend', documented: PAGE } }),
  },
  { vendor: 'tldcrm', fault: 'keeps two decimals', plant: limits({ decimals: 2 }) },
  {
    vendor: 'tldcrm',
    fault: 'rounds the cost',
    plant: json((value) => ({ ...value, cost: Number(value['cost']).toFixed(2) })),
  },
  {
    vendor: 'tldcrm',
    fault: 'swaps the numbers',
    plant: request((request) => ({ ...request, path: request.path.replace(/(\d+)\/(\d+)$/, '$2/$1') })),
  },
  {
    vendor: 'tldcrm',
    fault: 'leaves the call date out',
    plant: json(({ call_date: _date, ...value }) => value),
  },
  {
    vendor: 'tldcrm',
    fault: 'forgets the call date in the key',
    plant: prepared((row) => ({ ...row, key: row.key.split('|').slice(0, 2).join('|') })),
  },
  {
    vendor: 'tldcrm',
    fault: 'takes numbers as they are spelled',
    plant: (vendor) => ({
      columns: vendor.columns.map((column) => ({
        ...column,
        kind: column.kind.is === 'phone' ? { is: 'text' } : column.kind,
      })),
    }),
  },
  {
    vendor: 'tldcrm',
    fault: 'believes HTTP 200 with an error',
    plant: reply((reply, vendor) =>
      reply.status === 200 ? { kind: 'applied', ref: '1' } : vendor.readReply(reply),
    ),
  },
  {
    vendor: 'tldcrm',
    fault: 'reads a broken connection to the dialer as a rejection',
    plant: reply((reply, vendor) =>
      reply.text.includes('Connection Error') ? rejected : vendor.readReply(reply),
    ),
  },
  {
    vendor: 'tldcrm',
    fault: 'has no warning for a missing lead',
    plant: reply((reply, vendor) => {
      const read = vendor.readReply(reply);
      return read.kind === 'applied' ? { ...read, warnings: [] } : read;
    }),
  },
  {
    vendor: 'convoso',
    fault: 'believes an answer about another call log',
    plant: echoes(({ call_log_id: _, ...others }) => others),
  },
  {
    vendor: 'convoso',
    fault: 'does not look at what a clear leaves',
    plant: echoes(({ revenue, ...others }) => (revenue?.sent == null ? others : { ...others, revenue })),
  },
  {
    vendor: 'convoso',
    fault: 'compares an amount only where one was asked for',
    plant: reply((reply, vendor) => {
      const read = vendor.readReply(reply);
      return read.kind === 'applied' && read.kept === undefined ? { ...read, echo: undefined } : read;
    }),
  },
  {
    vendor: 'convoso',
    fault: 'reads the code 401 in a body as a rejected row',
    plant: reply((reply, vendor) => (/"code":401/.test(reply.text) ? rejected : vendor.readReply(reply))),
  },
  {
    vendor: 'convoso',
    fault: 'reads a text about the token as a rejected row',
    plant: reply((reply, vendor) => (/auth.token/i.test(reply.text) ? rejected : vendor.readReply(reply))),
  },
  {
    vendor: 'convoso',
    fault: 'believes a success that has the code of a failure',
    plant: reply((reply, vendor) =>
      reply.text.includes('"success":true') ? { kind: 'applied', ref: '100125' } : vendor.readReply(reply),
    ),
  },
  {
    vendor: 'convoso',
    fault: 'forgets what a confirmed answer tells of the call',
    plant: reply((reply, vendor) => {
      const read = vendor.readReply(reply);
      return read.kind === 'applied' ? { ...read, kept: undefined } : read;
    }),
  },
  {
    vendor: 'tldcrm',
    fault: 'sends again at 429, though a cost was inserted',
    plant: reply((reply, vendor) =>
      reply.status === 429 ? outcomeOfStatus(reply) : vendor.readReply(reply),
    ),
  },
  {
    vendor: 'tldcrm',
    fault: 'reads an error in words nobody documents as a rejection',
    plant: reply((reply, vendor) => {
      const read = vendor.readReply(reply);
      return read.kind === 'in_doubt' && read.code === 'vendor_error' ? { ...read, kind: 'rejected' } : read;
    }),
  },
  {
    vendor: 'tldcrm',
    fault: 'reads a page under 404 as a rejection',
    plant: reply((reply, vendor) => (reply.status === 404 ? rejected : vendor.readReply(reply))),
  },
  {
    vendor: 'tldcrm',
    fault: 'takes an empty error for one',
    plant: reply((reply, vendor) =>
      (jsonObject(reply)?.['error'] ?? false) === false ? vendor.readReply(reply) : rejected,
    ),
  },
  {
    vendor: 'tldcrm',
    fault: 'believes a cost id beside an error',
    plant: reply((reply, vendor) => {
      const ref = jsonObject(reply)?.['cost_id'];
      return typeof ref === 'number' && ref > 0
        ? { kind: 'applied', ref: String(ref) }
        : vendor.readReply(reply);
    }),
  },
  {
    vendor: 'tldcrm',
    fault: 'takes 0 for a cost id',
    plant: reply((reply, vendor) =>
      jsonObject(reply)?.['cost_id'] === 0 ? { kind: 'applied', ref: '0' } : vendor.readReply(reply),
    ),
  },
  {
    vendor: 'tldcrm',
    fault: 'rounds a long cost id',
    plant: reply((reply, vendor) => {
      const read = vendor.readReply(reply);
      return read.kind === 'applied' ? { ...read, ref: String(Number(read.ref)) } : read;
    }),
  },
  {
    vendor: 'tldcrm',
    fault: 'takes a blank lead for one',
    plant: reply((reply, vendor) => {
      const read = vendor.readReply(reply);
      return read.kind === 'applied' && reply.text.includes('"lead":') ? { ...read, warnings: [] } : read;
    }),
  },
  {
    vendor: 'tldcrm',
    fault: 'does not look which cost was inserted',
    plant: echoes(({ cost: _, ...others }) => others),
  },
  {
    vendor: 'tldcrm',
    fault: 'does not look under which time a cost was filed',
    plant: echoes(({ 'inserted.call_date': _, ...others }) => others),
  },
  {
    vendor: 'invoca',
    fault: 'tells names apart by case',
    plant: (vendor) => ({
      prepare: (action, sale) => {
        const result = vendor.prepare(action, sale);
        return result.ok
          ? {
              ok: true,
              value: {
                ...result.value,
                key: result.value.key.replace('sale', sale.fields['outcome_name'] ?? ''),
              },
            }
          : result;
      },
    }),
  },
  {
    vendor: 'invoca',
    fault: 'forgets the order id in the key',
    plant: prepared((row) => ({ ...row, key: row.key.split('|').slice(0, 2).join('|') })),
  },
  {
    vendor: 'invoca',
    fault: 'does not send the order id',
    plant: outcome((sent) => delete sent['partner_unique_id']),
  },
  {
    vendor: 'invoca',
    fault: 'sends a currency sign',
    plant: outcome((sent) => (sent['sale_amount'] = `$${String(sent['sale_amount'])}`)),
  },
  { vendor: 'invoca', fault: 'reverses with true', plant: outcome((sent) => (sent['value'] = 'true')) },
  {
    vendor: 'invoca',
    fault: 'corrects to 0.00 by leaving the amount out',
    plant: outcome((sent) => sent['sale_amount'] === '0.00' && delete sent['sale_amount']),
  },
  {
    vendor: 'invoca',
    fault: 'takes back by leaving the amount out',
    plant: outcome((sent) => sent['value'] === 'false' && delete sent['sale_amount']),
  },
  {
    vendor: 'invoca',
    fault: 'clears by leaving the amount out',
    plant: outcome(
      (sent) => sent['value'] === 'true' && sent['sale_amount'] === null && delete sent['sale_amount'],
    ),
  },
  {
    vendor: 'invoca',
    fault: 'takes a key whose answer was lost for one that was never told',
    plant: (vendor) => ({ prepare: (action, sale) => vendor.prepare(action, sale) }),
  },
  {
    vendor: 'invoca',
    fault: 'believes an answer that holds another amount',
    plant: echoes(({ sale_amount: _, ...others }) => others),
  },
  {
    vendor: 'invoca',
    fault: 'believes an answer that says the outcome is not true',
    plant: echoes(({ value: _, ...others }) => others),
  },
  {
    vendor: 'invoca',
    fault: 'believes an answer about another order',
    plant: echoes(({ partner_unique_id: _, ...others }) => others),
  },
  {
    vendor: 'invoca',
    fault: 'puts the token into a header',
    plant: () => ({
      authorize: (request, secrets) => ({
        ...request,
        path: request.path.replace('{version}', '2015-08-17'),
        headers: { authorization: secrets['INVOCA_OAUTH_TOKEN'] ?? '' },
      }),
    }),
  },
  {
    vendor: 'invoca',
    fault: 'reads every 403 as a dead token',
    plant: reply((reply, vendor) =>
      reply.status === 403 ? { kind: 'refused', code: 'x', message: 'x' } : vendor.readReply(reply),
    ),
  },
  {
    vendor: 'invoca',
    fault: 'reads no 403 as a dead token',
    plant: reply((reply, vendor) => (reply.status === 403 ? rejected : vendor.readReply(reply))),
  },
  {
    vendor: 'invoca',
    fault: 'loses the id that a correction replaces',
    plant: reply((reply, vendor) => {
      const read = vendor.readReply(reply);
      return read.kind === 'applied' ? { ...read, correctsRef: undefined } : read;
    }),
  },
  {
    vendor: 'invoca-signals',
    fault: 'puts the token into the body',
    plant: (vendor) => ({
      authorize: (request, secrets) =>
        request.body.kind === 'json'
          ? {
              ...vendor.authorize(request, secrets),
              body: {
                kind: 'json',
                value: { ...request.body.value, oauth_token: secrets['INVOCA_OAUTH_TOKEN'] },
              },
            }
          : request,
    }),
  },
  {
    vendor: 'invoca-signals',
    fault: 'says Bearer',
    plant: () => ({
      authorize: (request, secrets) => ({
        ...request,
        headers: { authorization: `Bearer ${secrets['INVOCA_OAUTH_TOKEN'] ?? ''}` },
      }),
    }),
  },
  {
    vendor: 'invoca-signals',
    fault: 'sets call_in_progress',
    plant: json((value) => ({ ...value, call_in_progress: true })),
  },
  {
    vendor: 'invoca-signals',
    fault: 'sends the signal twice in one request',
    plant: json((value) => ({
      ...value,
      signals: [{ ...((value['signals'] as Json[])[0] ?? {}), partner_unique_id: 'A-99' }],
    })),
  },
  {
    vendor: 'invoca-signals',
    fault: 'takes the reference of the call for that of the signal',
    plant: reply((reply, vendor) => {
      const read = vendor.readReply(reply);
      const call = jsonObject(reply)?.['call'] as Json | undefined;
      return read.kind === 'applied' ? { ...read, ref: String(call?.['transaction_id']) } : read;
    }),
  },
  {
    vendor: 'invoca-signals',
    fault: 'believes any object under 200',
    plant: reply((reply, vendor) =>
      reply.status === 200 && jsonObject(reply) !== undefined ? { kind: 'applied' } : vendor.readReply(reply),
    ),
  },
  {
    vendor: 'invoca-signals',
    fault: 'corrects to 0.00 by leaving the revenue out',
    plant: signal((sent) => sent['revenue'] === '0.00' && delete sent['revenue']),
  },
  {
    vendor: 'invoca-signals',
    fault: 'takes back by leaving the revenue out',
    plant: signal((sent) => sent['value'] === 'false' && delete sent['revenue']),
  },
  {
    vendor: 'invoca-signals',
    fault: 'needs no order id',
    plant: (vendor) => ({
      columns: vendor.columns.map((column) => ({ ...column, required: column.field === 'signal_name' })),
    }),
  },
  {
    vendor: 'invoca-signals',
    fault: 'formats the revenue anew',
    plant: json((value) => {
      const [signal] = value['signals'] as Json[];
      return {
        ...value,
        signals: [
          {
            ...signal,
            revenue:
              signal?.['revenue'] === undefined
                ? undefined
                : formatAmount(Math.round(Number(signal['revenue']) * 10_000) as Amount).replace(/0$/, ''),
          },
        ],
      };
    }),
  },
  ...(['/calls/payments', '/calls/void'] as const).map((route) => ({
    vendor: 'ringba',
    fault: `sends to ${route}, which does not override`,
    plant: request((request) => ({
      ...request,
      path: request.path.replace('/calls/payments/override', route),
    })),
  })),
  {
    vendor: 'ringba',
    fault: 'goes through a float',
    plant: json((all) => ({
      ...all,
      newConversionAmount: Number((all['newConversionAmount'] as { exact: string }).exact),
    })),
  },
  {
    vendor: 'ringba',
    fault: 'sends the amount as a text',
    plant: json((all) => ({
      ...all,
      newConversionAmount: (all['newConversionAmount'] as { exact: string }).exact,
    })),
  },
  {
    vendor: 'ringba',
    fault: 'does not adjust the conversion',
    plant: json((all) => ({ ...all, adjustConversion: false })),
  },
  {
    vendor: 'ringba',
    fault: 'overrides the payout though the row has none',
    plant: json((all) => ({ ...all, adjustPayout: true, newPayoutAmount: { exact: '0.00' } })),
  },
  {
    vendor: 'ringba',
    fault: 'takes a sale back with its amount',
    plant: (vendor) => ({
      prepare: (action, sale) =>
        vendor.prepare(action === 'reverse' ? 'create' : action, {
          ...sale,
          amount: sale.amount ?? sale.refund ?? (500_000 as Amount),
        }),
    }),
  },
  {
    vendor: 'ringba',
    fault: 'says Bearer',
    plant: (vendor) => ({
      authorize: (request, secrets) => {
        const { RINGBA_API_TOKEN: token = '' } = secrets;
        return { ...vendor.authorize(request, secrets), headers: { authorization: `Bearer ${token}` } };
      },
    }),
  },
  {
    vendor: 'ringba',
    fault: 'leaves the account out of the path',
    plant: (vendor) => ({
      authorize: (request, secrets) => ({ ...vendor.authorize(request, secrets), path: request.path }),
    }),
  },
  {
    vendor: 'ringba',
    fault: 'believes a result beside isSuccessful false',
    plant: reply((reply, vendor) =>
      reply.status === 200 && reply.text.includes('"result":{"c')
        ? { kind: 'applied' }
        : vendor.readReply(reply),
    ),
  },
  {
    vendor: 'ringba',
    fault: 'believes a 2xx without an amount',
    plant: reply((reply, vendor) => {
      const read = vendor.readReply(reply);
      return reply.status === 200 && read.kind === 'in_doubt' ? { kind: 'applied' } : read;
    }),
  },
  {
    vendor: 'ringba',
    fault: 'reads isRateLimited as a rejected row',
    plant: reply((reply, vendor) =>
      reply.text.includes('isRateLimited') && reply.status < 429 ? rejected : vendor.readReply(reply),
    ),
  },
  {
    vendor: 'ringba',
    fault: 'stops the run at isRateLimited under 403',
    plant: reply((reply, vendor) =>
      reply.status === 403
        ? { kind: 'refused', code: 'http_403', message: 'Forbidden' }
        : vendor.readReply(reply),
    ),
  },
  {
    vendor: 'ringba',
    fault: 'sends again what would be below zero under 500',
    plant: reply((reply, vendor) => (reply.status >= 500 ? outcomeOfStatus(reply) : vendor.readReply(reply))),
  },
  {
    vendor: 'ringba',
    fault: 'does not look which amount is held',
    plant: echoes(({ conversionAmount: _, ...others }) => others),
  },
  {
    vendor: 'ringba',
    fault: 'believes an answer about another call',
    plant: echoes(({ inboundCallId: _, ...others }) => others),
  },
  {
    vendor: 'ringba',
    fault: 'claims that it adds a record',
    plant: semantics({ repeat: { kind: 'appends', documented: PAGE } }),
  },
  {
    vendor: 'tldcrm',
    fault: 'takes what a cache makes of a lost answer for one that turns the row away',
    plant: reply((reply, vendor) =>
      reply.status === 503 && reply.text.includes('Guru')
        ? { kind: 'busy', code: 'x', message: 'x' }
        : vendor.readReply(reply),
    ),
  },
  {
    vendor: 'tldcrm',
    fault: 'takes 429 beside a list of costs for one that turns the row away',
    plant: reply((reply, vendor) =>
      reply.status === 429 && reply.text.startsWith('[')
        ? { kind: 'busy', code: 'x', message: 'x' }
        : vendor.readReply(reply),
    ),
  },
  {
    vendor: 'tldcrm',
    fault: 'takes a page under 403 for the end of the account alone',
    plant: reply((reply, vendor) =>
      reply.status === 403 ? { kind: 'refused', code: 'x', message: 'x' } : vendor.readReply(reply),
    ),
  },
  {
    vendor: 'tldcrm',
    fault: 'reads an error beside what was inserted as a rejection',
    plant: reply((reply, vendor) =>
      reply.text.includes('Invalid CID') ? rejected : vendor.readReply(reply),
    ),
  },
  {
    vendor: 'tldcrm',
    fault: 'takes a word for a cost id',
    plant: reply((reply, vendor) =>
      reply.text.includes('"null"') ? { kind: 'applied', ref: 'null' } : vendor.readReply(reply),
    ),
  },
  {
    vendor: 'trackdrive',
    fault: 'believes a list in a 2xx',
    plant: reply((reply, vendor) =>
      reply.text.startsWith('[') ? { kind: 'applied' } : vendor.readReply(reply),
    ),
  },
  {
    vendor: 'trackdrive',
    fault: 'believes words in a 2xx',
    plant: reply((reply, vendor) =>
      reply.text.startsWith('Call') ? { kind: 'applied' } : vendor.readReply(reply),
    ),
  },
  {
    vendor: 'trackdrive',
    fault: 'believes a 2xx whose status is error',
    plant: reply((reply, vendor) =>
      reply.text.includes('"status":"error"') ? { kind: 'applied' } : vendor.readReply(reply),
    ),
  },
  {
    vendor: 'invoca',
    fault: 'believes 201 that names no transaction',
    plant: reply((reply, vendor) => (reply.status === 201 ? { kind: 'applied' } : vendor.readReply(reply))),
  },
  {
    vendor: 'invoca-signals',
    fault: 'believes a signal beside an error',
    plant: reply((reply, vendor) =>
      reply.status === 200 && reply.text.includes('T-6')
        ? { kind: 'applied', ref: 'T-6' }
        : vendor.readReply(reply),
    ),
  },
  {
    vendor: 'convoso',
    fault: 'believes a success that has the text of a failure',
    plant: reply((reply, vendor) =>
      reply.text.includes('"success":true,"text"') ? { kind: 'applied' } : vendor.readReply(reply),
    ),
  },
  {
    vendor: 'ringba',
    fault: 'believes a result beside an error',
    plant: reply((reply, vendor) =>
      reply.text.includes('"error":"No') ? { kind: 'applied' } : vendor.readReply(reply),
    ),
  },
  {
    vendor: 'tldcrm',
    fault: 'only warns of another cost',
    plant: echoes((all) =>
      Object.fromEntries(
        Object.entries(all).map(([name, one]) => [name, { ...one, differs: 'call_date_not_taken' }]),
      ),
    ),
  },
  {
    vendor: 'tldcrm',
    fault: 'does not look whose cost was inserted',
    plant: echoes(({ 'inserted.cid': _, ...others }) => others),
  },
  {
    vendor: 'trackdrive',
    fault: 'claims that a second reversal sets the same',
    plant: (vendor) => {
      const { repeatedReversal: _, ...semantics } = vendor.semantics;
      return { semantics };
    },
  },
  {
    vendor: 'trackdrive',
    fault: 'takes a reversal with a buyer for another one',
    plant: prepared((row, { fields }) => ({
      ...row,
      takesBack: (row.takesBack ?? 0) | (fields['buyer_id'] === undefined ? 0 : 4),
    })),
  },
  {
    vendor: 'trackdrive',
    fault: 'takes a reversal with a flag for another one',
    plant: prepared((row, { fields }) => ({
      ...row,
      takesBack: (row.takesBack ?? 0) | (fields['offer_converted'] === undefined ? 0 : 2),
    })),
  },
  {
    vendor: 'invoca',
    fault: 'claims that a second reversal takes back twice',
    plant: semantics({ repeatedReversal: { kind: 'appends', assumed: PAGE } }),
  },
  {
    vendor: 'invoca',
    fault: 'believes an answer about another outcome',
    plant: echoes(({ outcome_name: _, ...others }) => others),
  },
  {
    vendor: 'invoca-signals',
    fault: 'believes an answer about another signal',
    plant: echoes(({ name: _, ...others }) => others),
  },
];

/** How long a check that noticed nothing took, in milliseconds. */
const took = new Map<string, number>();

/** Most faults are noticed by checks that take next to nothing. */
function quickestFirst(): typeof BATTERY {
  return BATTERY.toSorted((one, other) => (took.get(one.name) ?? 0) - (took.get(other.name) ?? 0));
}

/** The first check that fails for the broken vendor. */
async function noticedBy({ vendor: id, plant }: PlantedFault): Promise<string | undefined> {
  const harness = HARNESSES.find(({ vendor }) => vendor.id === id);
  if (harness === undefined) throw new Error(`no harness for ${id}`);
  for (const [, mode] of modesOf({ ...harness, vendor: { ...harness.vendor, ...plant(harness.vendor) } })) {
    for (const check of quickestFirst()) {
      const began = performance.now();
      try {
        await check.run(mode);
      } catch {
        return check.name;
      }
      took.set(check.name, performance.now() - began);
    }
  }
  return undefined;
}

describe('the battery notices', () => {
  it.each(FAULTS.map((fault) => [fault.vendor, fault.fault, fault] as const))(
    '%s: %s',
    async (_vendor, _fault, planted) => {
      expect(await noticedBy(planted)).toBeDefined();
    },
  );
});
