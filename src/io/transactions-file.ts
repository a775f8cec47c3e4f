import { instantsIn, type InstantText } from '../core/instant.js';
import { defused } from '../core/text.js';
import type { PulledTransactions, Transaction } from '../core/transactions.js';
import { csvText } from './csv/csv-text.js';

/** The columns after the vendor's own: when the call began and when the row corrected another one, with its offset. */
const TIME_COLUMNS = ['revsync_started_at', 'revsync_corrected_at'] as const;

export interface TransactionsStyle {
  readonly format: 'csv' | 'jsonl';
  /** IANA name of the zone in which times are written. */
  readonly zone: string;
}

/**
 * The rows of a reading as CSV or JSON lines, a few hundred at a time: the vendor's columns in the order first
 * seen, as it wrote them, then `TIME_COLUMNS`. In JSON every value is text, or null where there is no time.
 */
export async function* transactionsText(
  store: Pick<PulledTransactions, 'names' | 'rows'>,
  which: 'all' | 'new',
  { format, zone }: TransactionsStyle,
): AsyncGenerator<string> {
  const names = await store.names();
  const text = instantsIn(zone);
  if (format === 'csv') yield csvText([[...names.map(defused), ...TIME_COLUMNS]]);
  for await (const rows of store.rows(which)) {
    yield format === 'csv'
      ? csvText(rows.map((row) => csvCells(names, row, text)))
      : rows.map((row) => jsonLine(row, text)).join('');
  }
}

function csvCells(names: readonly string[], row: Transaction, text: InstantText): string[] {
  const { columns } = row;
  const cells = names.map((name) => defused(Object.hasOwn(columns, name) ? (columns[name] ?? '') : ''));
  return [...cells, ...timesOf(row, text).map((time) => time ?? '')];
}

function jsonLine(row: Transaction, text: InstantText): string {
  const times = timesOf(row, text);
  const named = Object.fromEntries(TIME_COLUMNS.map((name, index) => [name, times[index] ?? null]));
  return `${JSON.stringify({ ...row.columns, ...named })}\n`;
}

function timesOf({ startedAt, correctedAt }: Transaction, text: InstantText): (string | undefined)[] {
  return [startedAt, correctedAt].map((at) => (at === undefined ? undefined : text(at)));
}
