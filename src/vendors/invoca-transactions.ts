import { isObject, jsonIn, outcomeOfStatus } from '../core/reply.js';
import type {
  ReportQuery,
  RowWarning,
  Signals,
  Transaction,
  TransactionReport,
} from '../core/transactions.js';
import { readErrors } from './invoca-calls.js';
import {
  amountOf,
  cellOf,
  flagOf,
  instantOf,
  jsonText,
  wholeNumberOf,
  textsOf,
  unreadable,
} from './report-cells.js';

/** Left out unless asked for by name. A rolled-up account has no `signal_value`; what it has instead is `custom_data`. */
const SIGNAL_COLUMNS = ['signal_name', 'signal_partner_unique_id', 'signal_value', 'custom_data'] as const;

/** Types of rows, in lower case. */
const CALL = 'call';
const REPORTED: ReadonlySet<string> = new Set(['sale', 'reported conversion']);

/** Invoca's Transactions API, `GET /api/<version>/{networks|advertisers|affiliates}/transactions/<id>.json`. */
export const invocaTransactions: TransactionReport = {
  vendor: 'invoca',
  title: 'Invoca',
  scopes: [
    { kind: 'networks', option: 'network' },
    { kind: 'advertisers', option: 'advertiser' },
    { kind: 'affiliates', option: 'affiliate' },
  ],
  windows: { of: 'days' },
  corrections: 'added',
  looksUp: true,
  moreColumns: true,
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

  request({ scope, period, cursor, limit, columns, only }) {
    const wanted = new Set(['$invoca_default_columns', ...SIGNAL_COLUMNS, ...columns]);
    return {
      method: 'GET',
      path: `/api/{version}/${scope.kind}/transactions/${encodeURIComponent(scope.id)}.json`,
      query: {
        limit: String(limit),
        ...(period.from === '' ? {} : { from: period.from, to: period.to }),
        ...lookUpOf(only),
        include_columns: [...wanted].join(','),
        ...(cursor === undefined ? {} : { start_after_transaction_id: cursor }),
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

  readPage(reply, { only }) {
    if (reply.status !== 200) return reply.status < 300 ? outcomeOfStatus(reply) : readErrors(reply);
    const list = jsonIn(reply.text);
    if (!Array.isArray(list)) return unreadable('it is not a whole JSON array');
    const rows: Transaction[] = [];
    const warnings: RowWarning[] = [];
    for (const [index, item] of (list as unknown[]).entries()) {
      const id = isObject(item) ? jsonText(item['transaction_id']) : undefined;
      if (!isObject(item) || id === undefined) return unreadable(`row ${index + 1} has no transaction_id`);
      rows.push(transactionOf(id, item, warnings));
    }
    // Only an empty page is certainly the last one: the id of its last row leads on from every other. All rows of one call
    // come at once.
    return { kind: 'rows', rows, warnings, next: only === undefined ? rows.at(-1)?.id : undefined };
  },
};

/** `transaction_id` is on the vendor's page beside `call_record_id`: a specific transaction, or nothing. */
function lookUpOf(only: ReportQuery['only']): Readonly<Record<string, string>> {
  if (only === undefined) return {};
  return 'call' in only ? { call_record_id: only.call } : { transaction_id: only.row };
}

function transactionOf(
  id: string,
  row: Readonly<Record<string, unknown>>,
  warnings: RowWarning[],
): Transaction {
  const type = jsonText(row['transaction_type']) ?? '';
  return {
    id,
    call: jsonText(row['complete_call_id']) ?? id,
    corrects: jsonText(row['corrects_transaction_id']),
    correctedAt: instantOf(row['corrected_at']),
    type,
    startedAt: instantOf(row['start_time_utc']),
    caller: jsonText(row['calling_phone_number']),
    duration: wholeNumberOf(row['duration']),
    ...(type.toLowerCase() === CALL ? {} : outcomeOf(id, type, row, warnings)),
    columns: textsOf(row),
  };
}

/**
 * What came of the call: none of that is in a row of type `Call`, whose names are those of all signals that were true
 * when it ended, and whose money is what the call itself brought.
 */
function outcomeOf(
  id: string,
  type: string,
  row: Readonly<Record<string, unknown>>,
  warnings: RowWarning[],
): Pick<Transaction, 'outcome' | 'orderId' | 'value' | 'signals' | 'amount'> {
  const name = jsonText(row['signal_name']);
  const value = flagOf(row['signal_value']);
  const signals = value === undefined ? signalsOf(type, name, row) : undefined;
  // Older accounts report a sale as a row of its own, without the name of an outcome.
  const unnamed = signals === undefined ? undefined : Object.keys(signals).join(',');
  return {
    outcome: name ?? unnamed ?? (type === 'Sale' ? 'Sale' : undefined),
    orderId: jsonText(row['signal_partner_unique_id']),
    value,
    signals,
    amount: amountOf(id, signals === undefined ? ['sale_amount', 'revenue'] : ['revenue'], row, warnings),
  };
}

/**
 * What a row of a rolled-up account says of each of its signals: `custom_data` has those that are not null, and a column
 * of the signal's name 1, 0 or null. `signal_name` has all of their names, with commas between.
 */
function signalsOf(
  type: string,
  name: string | undefined,
  row: Readonly<Record<string, unknown>>,
): Signals | undefined {
  const said = new Map<string, boolean | null>();
  const data: unknown = row['custom_data'];
  for (const item of Array.isArray(data) ? (data as unknown[]) : []) {
    if (!isObject(item) || cellOf(item['data_type']).toLowerCase() !== 'signal') continue;
    const signal = jsonText(item['name']) ?? jsonText(item['partner_name']);
    const value = flagOf(item['value']) ?? null;
    // What says both says neither.
    if (signal !== undefined) said.set(signal, (said.get(signal) ?? value) === value ? value : null);
  }
  const isRolledUp = said.size > 0 || !Object.hasOwn(row, 'signal_value');
  const known = new Set([...said.keys()].map((signal) => signal.toLowerCase()));
  for (const part of isRolledUp && !known.has(name?.toLowerCase() ?? '') ? (name ?? '').split(',') : []) {
    const signal = part.trim();
    if (signal !== '' && !known.has(signal.toLowerCase()))
      said.set(signal, flagOf(columnOf(row, signal)) ?? null);
  }
  // A conversion that was reported as such needs no signal to say so.
  const isSaid = !REPORTED.has(type.toLowerCase()) || [...said.values()].some((value) => value !== null);
  return said.size > 0 && isSaid ? Object.fromEntries(said) : undefined;
}

function columnOf(row: Readonly<Record<string, unknown>>, signal: string): unknown {
  const wanted = signal.toLowerCase();
  return Object.entries(row).find(([name]) => name.toLowerCase() === wanted)?.[1];
}
