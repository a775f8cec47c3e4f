import { AMOUNT_DECIMALS, parseAmount, type Amount } from '../core/amount.js';
import { isObject, outcomeOfStatus } from '../core/reply.js';
import { quoted } from '../core/text.js';
import type { Page, RowWarning, Transaction, TransactionReport } from '../core/transactions.js';
import type { Reply } from '../core/vendor.js';
import { readErrors } from './invoca-calls.js';

/** Left out unless asked for by name. */
const SIGNAL_COLUMNS = ['signal_name', 'signal_partner_unique_id', 'signal_value'] as const;

/** Invoca's Transactions API, `GET /api/<version>/{networks|advertisers|affiliates}/transactions/<id>.json`. */
export const invocaTransactions: TransactionReport = {
  vendor: 'invoca',
  title: 'Invoca',
  pageRows: 4000,
  pollEveryMs: 5 * 60_000,
  timeoutSeconds: 120,
  secrets: [
    { name: 'INVOCA_OAUTH_TOKEN', about: 'the OAuth token' },
    {
      name: 'INVOCA_TRANSACTIONS_API_VERSION',
      about: 'the version of the API; rows differ by it',
      default: '2020-10-01',
    },
  ],

  pageRequest({ scope, period, after, limit, columns }) {
    const wanted = new Set(['$invoca_default_columns', ...SIGNAL_COLUMNS, ...columns]);
    return {
      method: 'GET',
      path: `/api/{version}/${scope.kind}/transactions/${encodeURIComponent(scope.id)}.json`,
      query: {
        limit: String(limit),
        ...(period.from === '' ? {} : { from: period.from, to: period.to }),
        include_columns: [...wanted].join(','),
        ...(after === undefined ? {} : { start_after_transaction_id: after }),
      },
      headers: {},
      body: { kind: 'none' },
    };
  },

  authorize(request, { INVOCA_OAUTH_TOKEN: token = '', INVOCA_TRANSACTIONS_API_VERSION: version = '' }) {
    const path = request.path.replace('{version}', () => encodeURIComponent(version));
    // Bare: a scheme such as `Bearer` before it is not documented.
    return { ...request, path, headers: { ...request.headers, authorization: token } };
  },

  readPage(reply) {
    if (reply.status !== 200) return reply.status < 300 ? outcomeOfStatus(reply) : readErrors(reply);
    const list = jsonArray(reply);
    if (list === undefined) return unreadable('it is not a whole JSON array');
    const rows: Transaction[] = [];
    const warnings: RowWarning[] = [];
    for (const [index, item] of list.entries()) {
      const id = isObject(item) ? jsonText(item['transaction_id']) : undefined;
      if (!isObject(item) || id === undefined) return unreadable(`row ${index + 1} has no transaction_id`);
      rows.push(transactionOf(id, item, warnings));
    }
    return { kind: 'rows', rows, warnings };
  },
};

function unreadable(why: string): Page {
  return { kind: 'in_doubt', code: 'unclear_answer', message: `the page cannot be read: ${why}` };
}

function jsonArray(reply: Reply): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(reply.text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function transactionOf(
  id: string,
  row: Readonly<Record<string, unknown>>,
  warnings: RowWarning[],
): Transaction {
  const type = jsonText(row['transaction_type']) ?? '';
  // Older accounts report a sale as a row of its own, without the name of an outcome.
  const outcome = jsonText(row['signal_name']) ?? (type === 'Sale' ? 'Sale' : undefined);
  return {
    id,
    call: jsonText(row['complete_call_id']) ?? id,
    corrects: jsonText(row['corrects_transaction_id']),
    correctedAt: instantOf(row['corrected_at']),
    type,
    startedAt: instantOf(row['start_time_utc']),
    caller: jsonText(row['calling_phone_number']),
    duration: secondsOf(row['duration']),
    outcome,
    orderId: jsonText(row['signal_partner_unique_id']),
    value: flagOf(row['signal_value']),
    amount: amountOf(id, type, row, warnings),
    columns: Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cellOf(value)])),
  };
}

/** What was sold. The `revenue` of a row of type `Call` is what the call itself brought, which is no sale. */
function amountOf(
  id: string,
  type: string,
  row: Readonly<Record<string, unknown>>,
  warnings: RowWarning[],
): Amount | undefined {
  const names = type === 'Call' ? ['sale_amount'] : ['sale_amount', 'revenue'];
  const name = names.find((name) => cellOf(row[name]).trim() !== '');
  if (name === undefined) return undefined;
  const text = cellOf(row[name]);
  const parsed = parseAmount(text, { decimals: AMOUNT_DECIMALS });
  if (parsed.ok && isExact(row[name])) return parsed.value.amount;
  const shown = quoted(text);
  warnings.push({ id, message: `${name} ${shown} cannot be read as an exact amount` });
  return undefined;
}

/** A JSON number with more digits than these may not be the one that was written. */
const EXACT_DIGITS = 15;

function isExact(value: unknown): boolean {
  return typeof value !== 'number' || String(value).replace(/\D/g, '').length <= EXACT_DIGITS;
}

/** A blank text is none; neither is a number that JSON may have rounded. */
function jsonText(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  return JSON.stringify(value);
}

const LATEST_INSTANT = 8.64e15;
const WITH_OFFSET = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?) ?(Z|[+-]\d\d:?\d\d)$/;

/** Epoch milliseconds as a number or its digits, or a time that has its offset. One without is not guessed at. */
function instantOf(value: unknown): number | undefined {
  const text = jsonText(value)?.trim() ?? '';
  if (/^\d{1,16}$/.test(text)) return Number(text) <= LATEST_INSTANT ? Number(text) : undefined;
  const [, day, time, offset] = WITH_OFFSET.exec(text) ?? [];
  if (day === undefined || time === undefined || offset === undefined) return undefined;
  const at = Date.parse(`${day}T${time}${offset.replace(/^(.\d\d)(\d\d)$/, '$1:$2')}`);
  return Number.isNaN(at) ? undefined : at;
}

function secondsOf(value: unknown): number | undefined {
  const text = jsonText(value)?.trim() ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function flagOf(value: unknown): boolean | undefined {
  const text = cellOf(value).trim().toLowerCase();
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : undefined;
}
