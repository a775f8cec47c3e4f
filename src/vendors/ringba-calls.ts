import type { Amount } from '../core/amount.js';
import { isObject, jsonObject } from '../core/reply.js';
import { secondText } from '../core/text.js';
import type { RowWarning, Transaction, TransactionReport } from '../core/transactions.js';
import {
  amountOf,
  cellOf,
  convertedOf,
  instantOf,
  jsonText,
  textsOf,
  unreadable,
  wholeNumberOf,
} from './report-cells.js';
import { ringba } from './ringba.js';

const COLUMNS = [
  ...['inboundCallId', 'conversionAmount', 'payoutAmount', 'hasConverted', 'callDt'],
  'inboundPhoneNumber',
] as const;

/** Ringba's call log, `POST /v2/{accountId}/calllogs`: one row a call, as it stands now. */
export const ringbaCalls: TransactionReport = {
  vendor: 'ringba',
  title: 'Ringba',
  scopes: [],
  // It shows "about 10,000" rows of a window, and counts no others.
  windows: { of: 'moments', required: true, days: 1, rows: 9_000 },
  corrections: 'in_place',
  moreColumns: true,
  pageRows: 1000,
  pollEveryMs: 0,
  // Documented: 80 requests a minute, which the account's people at its UI share.
  pageEveryMs: 1000,
  timeoutSeconds: 60,
  secrets: ringba.secrets,

  request({ window, cursor = '0', limit, columns }) {
    const wanted = [...new Set([...COLUMNS, ...columns])];
    const value = {
      reportStart: secondText(window?.from ?? 0),
      reportEnd: secondText(window?.until ?? 0),
      offset: Number(cursor),
      size: limit,
      valueColumns: wanted.map((column) => ({ column })),
      // Calls that begin while the pages are read come after those that were.
      orderByColumns: [{ column: 'callDt', direction: 'asc' }],
      formatDateTime: true,
      formatTimeZone: 'UTC',
    };
    const body = { kind: 'json', value } as const;
    return { method: 'POST', path: '/v2/{accountId}/calllogs', headers: {}, body };
  },

  authorize: (request, secrets) => ringba.authorize(request, secrets),

  readPage(reply, { cursor = '0' }) {
    const outcome = ringba.readReply(reply);
    // What is no answer to an override is what is looked for here.
    if (outcome.kind !== 'applied' && outcome.code !== 'unclear_answer') return outcome;
    const report = jsonObject(reply)?.['report'];
    const records: unknown = isObject(report) ? report['records'] : undefined;
    if (!isObject(report) || !Array.isArray(records)) return unreadable('it has no report with records');
    const rows: Transaction[] = [];
    const warnings: RowWarning[] = [];
    for (const [index, item] of (records as unknown[]).entries()) {
      const id = isObject(item) ? jsonText(item['inboundCallId']) : undefined;
      if (!isObject(item) || id === undefined) return unreadable(`record ${index + 1} has no inboundCallId`);
      rows.push(transactionOf(id, item, warnings));
    }
    const total = wholeNumberOf(report['totalCount']);
    const read = Number(cursor) + rows.length;
    const isLast = rows.length === 0 || read >= (total ?? Infinity);
    return { kind: 'rows', rows, warnings, total, next: isLast ? undefined : String(read) };
  },

  control: 'in_pages',
};

function transactionOf(
  id: string,
  row: Readonly<Record<string, unknown>>,
  warnings: RowWarning[],
): Transaction {
  const amount = amountOf(id, ['conversionAmount'], row, warnings);
  return {
    id,
    call: id,
    type: 'Call',
    startedAt: startOf(row['callDt']),
    caller: jsonText(row['inboundPhoneNumber']),
    outcome: '',
    value: isSold(row['hasConverted'], amount),
    amount,
    columns: textsOf(row),
  };
}

/** An override to 0 takes a sale back, whatever the word for the call says. */
function isSold(cell: unknown, amount: Amount | undefined): boolean | undefined {
  const converted = convertedOf(cell, amount);
  return converted === true && (amount ?? 0) === 0 ? false : converted;
}

const FORMATTED = /^(\d\d?)\/(\d\d?)\/(\d{4}) (\d\d?):(\d\d):(\d\d) ([AP])M$/i;

/** As it is formatted in the zone that was asked for, UTC; or with an offset, or in milliseconds. */
function startOf(cell: unknown): number | undefined {
  const [, month, day, year, hour, minute, second, half] = FORMATTED.exec(cellOf(cell).trim()) ?? [];
  if (half === undefined) return instantOf(cell);
  const hours = (Number(hour) % 12) + (half.toUpperCase() === 'P' ? 12 : 0);
  return Date.UTC(Number(year), Number(month) - 1, Number(day), hours, Number(minute), Number(second));
}
