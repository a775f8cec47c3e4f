import { IANAZone } from 'luxon';
import { defused } from '../core/spreadsheet.js';
import type { Transaction } from '../core/transaction.js';
import type { SqliteTransactions } from './ledger/transactions.js';
import { csvText } from './output-file.js';

export type TransactionsFormat = 'csv' | 'jsonl';

/** The columns after the vendor's own: when the call began and when the row corrected another one, with its offset. */
export const TIME_COLUMNS = ['revsync_started_at', 'revsync_corrected_at'] as const;

export interface TransactionsStyle {
  readonly format: TransactionsFormat;
  /** IANA name of the zone in which times are written. */
  readonly zone: string;
}

/**
 * The rows of a reading as CSV or JSON lines, a few hundred at a time: the vendor's columns in the order first
 * seen, as it wrote them, then `TIME_COLUMNS`. In JSON every value is text, or null where there is no time.
 */
export function* transactionsText(
  books: SqliteTransactions,
  which: 'all' | 'new',
  { format, zone }: TransactionsStyle,
): Generator<string> {
  const names = books.names();
  const text = timesIn(zone);
  if (format === 'csv') yield csvText([[...names.map(defused), ...TIME_COLUMNS]]);
  for (const rows of books.rows(which)) {
    yield format === 'csv'
      ? csvText(rows.map((row) => csvCells(names, row, text)))
      : rows.map((row) => jsonLine(row, text)).join('');
  }
}

function csvCells(names: readonly string[], row: Transaction, text: TimeText): string[] {
  const { columns } = row;
  const cells = names.map((name) => defused(Object.hasOwn(columns, name) ? (columns[name] ?? '') : ''));
  return [...cells, ...timesOf(row, text).map((time) => time ?? '')];
}

function jsonLine(row: Transaction, text: TimeText): string {
  const times = timesOf(row, text);
  const named = Object.fromEntries(TIME_COLUMNS.map((name, index) => [name, times[index] ?? null]));
  return `${JSON.stringify({ ...row.columns, ...named })}\n`;
}

function timesOf({ startedAt, correctedAt }: Transaction, text: TimeText): (string | undefined)[] {
  return [startedAt, correctedAt].map((at) => (at === undefined ? undefined : text(at)));
}

type TimeText = (at: number) => string | undefined;

/** No zone has ever changed its clocks in the middle of one of these. */
const QUARTER_HOUR_MS = 15 * 60_000;
const LATEST_INSTANT = 8.64e15;

/**
 * Writes epoch milliseconds as ISO 8601 in the zone, with its offset; undefined beyond what a date can be. Offsets
 * are remembered, since looking one up takes longer than everything else about a row.
 */
export function timesIn(zoneName: string): TimeText {
  const zone = IANAZone.create(zoneName);
  const offsets = new Map<number, { readonly ms: number; readonly text: string }>();
  const offsetAt = (quarter: number): { readonly ms: number; readonly text: string } => {
    const at = quarter * QUARTER_HOUR_MS;
    return { ms: zone.offset(at) * 60_000, text: zone.formatOffset(at, 'short') };
  };
  return (at) => {
    const quarter = Math.floor(at / QUARTER_HOUR_MS);
    const offset = offsets.get(quarter) ?? offsetAt(quarter);
    offsets.set(quarter, offset);
    const local = at + offset.ms;
    if (!(Math.abs(local) <= LATEST_INSTANT)) return undefined;
    return new Date(local).toISOString().replace(/(\.000)?Z$/, offset.text);
  };
}
