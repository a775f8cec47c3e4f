import { addAmounts, formatAmount, type Amount } from '../core/amount.js';
import type { Ledger } from '../core/ledger.js';
import type { RepeatedRow, RowUpdate, RunId } from '../core/row.js';
import type { Vendor } from '../core/vendor.js';
import { digestOf } from '../sales/prepare.js';

/** What to do with rows of one key and different content. */
export type OnConflict = 'refuse' | 'last' | 'sum';

const BATCH = 500;

/**
 * Settles rows that share a key: of equal rows the first is kept; different ones are refused, or the last
 * one or their sum is sent. Afterwards every key has at most one row to be sent.
 */
export async function resolveConflicts(
  ledger: Ledger,
  run: RunId,
  vendor: Vendor,
  onConflict: OnConflict,
): Promise<void> {
  let updates: RowUpdate[] = [];
  const flush = async (): Promise<void> => {
    if (updates.length > 0) await ledger.update(run, updates);
    updates = [];
  };
  for await (const rows of ledger.repeated(run)) {
    updates.push(...resolveGroup(rows, vendor, onConflict));
    if (updates.length >= BATCH) await flush();
  }
  await flush();
}

function resolveGroup(rows: readonly RepeatedRow[], vendor: Vendor, onConflict: OnConflict): RowUpdate[] {
  const firstOfContent = new Map<string, RepeatedRow>();
  for (const row of rows) if (!firstOfContent.has(row.digest)) firstOfContent.set(row.digest, row);
  const distinct = [...firstOfContent.values()];
  if (distinct.length > 1 && onConflict === 'refuse') return refuseAll(rows, vendor);

  const kept = onConflict === 'refuse' || onConflict === 'sum' ? distinct[0] : rows.at(-1);
  if (kept === undefined) return [];
  if (distinct.length > 1 && onConflict === 'sum') return sumInto(kept, rows, distinct, vendor);
  return rows
    .filter((row) => row !== kept)
    .map((row) => {
      const same = row.digest === kept.digest;
      const message = same
        ? `same key and content as ${place(kept, row)}`
        : `replaced by ${place(kept, row)}, --on-conflict last`;
      return { position: row.position, status: 'duplicate', message };
    });
}

function refuseAll(rows: readonly RepeatedRow[], vendor: Vendor): RowUpdate[] {
  const options = vendor.semantics.repeat.kind === 'appends' ? 'last' : 'last or sum';
  const [first, ...others] = rows;
  if (first === undefined) return [];
  // Name the first row with other content, so that each message points at a line that disagrees.
  const opposite = others.find((row) => row.digest !== first.digest) ?? first;
  return rows.map((row) => {
    const other = row.digest === first.digest ? opposite : first;
    const message =
      `same key ${JSON.stringify(row.key)} as ${place(other, row)}, which says ${said(other)} where this row says ${said(row)}; ` +
      `keep one of them, or use --on-conflict ${options}`;
    return { position: row.position, status: 'invalid', code: 'conflict', message };
  });
}

function sumInto(
  kept: RepeatedRow,
  rows: readonly RepeatedRow[],
  distinct: readonly RepeatedRow[],
  vendor: Vendor,
): RowUpdate[] {
  const sum = distinct.reduce<Amount | undefined>(
    (total, row) =>
      total === undefined || row.amount === undefined || row.sale.intent !== 'set'
        ? undefined
        : addAmounts(total, row.amount),
    0 as Amount,
  );
  if (sum === undefined) return refuseAll(rows, vendor);
  const prepared = vendor.prepare('create', { ...kept.sale, amount: sum });
  if (!prepared.ok) return refuseAll(rows, vendor);

  const lines = distinct.map((row) => place(row, kept)).join(', ');
  const repeated =
    rows.length > distinct.length ? '; lines that repeat another to the letter are counted once' : '';
  return rows.map((row) => {
    if (row === kept) {
      const digest = digestOf(prepared.value);
      return { position: row.position, amount: sum, digest, warning: `sum of ${lines}${repeated}` };
    }
    const first = distinct.includes(row);
    const message = first
      ? `summed into ${place(kept, row)}`
      : `same key and content as an earlier line, not summed again`;
    return { position: row.position, status: 'duplicate', message };
  });
}

/** A row as another one of the same run speaks of it. */
function place(row: RepeatedRow, from: RepeatedRow): string {
  return row.input === from.input ? `line ${row.line}` : `${row.input}:${row.line}`;
}

function said(row: RepeatedRow): string {
  return row.amount === undefined ? `"${row.sale.intent}"` : formatAmount(row.amount);
}
