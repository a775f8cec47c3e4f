import { AMOUNT_DECIMALS, addAmounts, formatAmount, parseAmount, type Amount } from '../core/amount.js';
import type { Ledger } from '../core/ledger.js';
import type { RepeatedRow, RowUpdate, RunId } from '../core/row.js';
import type { Sale } from '../core/sale.js';
import type { Vendor } from '../core/vendor.js';
import { digestOf } from '../sales/prepare.js';
import { contentsOf, differences, place } from './differences.js';

/** What to do with rows of one key that are not equal to the letter. */
export type OnConflict = 'refuse' | 'last' | 'sum';

/** How many lines of the files became how many rows. */
export interface Merged {
  readonly lines: number;
  readonly rows: number;
}

const BATCH = 500;

/**
 * Settles rows that share a key: of rows that are equal to the letter the first is kept; different ones are refused,
 * or the last one or their sum is sent. Afterwards every key has at most one row to be sent.
 */
export async function resolveConflicts(
  ledger: Ledger,
  run: RunId,
  vendor: Vendor,
  onConflict: OnConflict,
): Promise<Merged> {
  let updates: RowUpdate[] = [];
  let lines = 0;
  let merged = 0;
  const flush = async (): Promise<void> => {
    if (updates.length > 0) await ledger.update(run, updates);
    updates = [];
  };
  for await (const rows of ledger.repeated(run)) {
    const resolved = resolveGroup(rows, vendor, onConflict);
    for (const update of resolved.updates) updates.push(update);
    lines += resolved.merged;
    merged += resolved.merged > 0 ? 1 : 0;
    if (updates.length >= BATCH) await flush();
  }
  await flush();
  return { lines, rows: merged };
}

interface Resolved {
  readonly updates: readonly RowUpdate[];
  /** Lines that became one; 0 where none did. */
  readonly merged: number;
}

/** Rows of one key in input order, with what each says to the letter. */
interface Group {
  readonly rows: readonly RepeatedRow[];
  readonly contents: readonly string[];
  /** The first of each content. */
  readonly distinct: readonly RepeatedRow[];
}

function resolveGroup(rows: readonly RepeatedRow[], vendor: Vendor, onConflict: OnConflict): Resolved {
  const contents = contentsOf(rows);
  const seen = new Set<string>();
  const distinct = rows.filter((_, index) => seen.size !== seen.add(contents[index] ?? '').size);
  const group = { rows, contents, distinct };
  if (distinct.length > 1) {
    if (onConflict === 'refuse' || isSaleAndRefund(distinct)) return refuseAll(group, vendor);
    if (onConflict === 'sum') return sumUp(group, vendor);
  }
  const kept = onConflict === 'last' ? rows.length - 1 : 0;
  return { updates: keepOne(group, kept), merged: 0 };
}

/** Which of them holds cannot be told from their order. */
function isSaleAndRefund(rows: readonly RepeatedRow[]): boolean {
  return rows.some(isRefund) && !rows.every(isRefund);
}

function isRefund({ sale }: RepeatedRow): boolean {
  return sale.intent === 'reverse';
}

function keepOne({ rows, contents }: Group, at: number): RowUpdate[] {
  const kept = rows[at];
  if (kept === undefined) return [];
  return rows.flatMap((row, index) => {
    if (row === kept) return [];
    const message =
      contents[index] === contents[at]
        ? `same key and content as ${place(kept, row)}`
        : `replaced by ${place(kept, row)}, --on-conflict last`;
    return [{ position: row.position, status: 'duplicate', message }];
  });
}

function refuseAll({ rows, contents, distinct }: Group, vendor: Vendor): Resolved {
  const [first] = rows;
  if (first === undefined) return { updates: [], merged: 0 };
  const remedy = isSaleAndRefund(distinct)
    ? 'one of them takes the sale back; keep the one that holds'
    : `keep one of them, or use --on-conflict ${sumOf(distinct, vendor) === undefined ? 'last' : 'last or sum'}`;
  // Name the first row with other content, so that each message points at a line that disagrees.
  const opposite = rows.find((_, index) => contents[index] !== contents[0]) ?? first;
  const updates = rows.map((row, index): RowUpdate => {
    const other = contents[index] === contents[0] ? opposite : first;
    const message = `same key ${JSON.stringify(row.key)} as ${place(other, row)}, which differs in ${differences(row, other)}; ${remedy}`;
    return { position: row.position, status: 'invalid', code: 'conflict', message };
  });
  return { updates, merged: 0 };
}

function sumUp(group: Group, vendor: Vendor): Resolved {
  const { rows, distinct } = group;
  const [kept] = distinct;
  const sale = sumOf(distinct, vendor);
  const prepared = sale === undefined ? undefined : vendor.prepare('create', sale);
  if (kept === undefined || sale === undefined || prepared?.ok !== true) return refuseAll(group, vendor);

  const lines = distinct.map((row) => place(row, kept)).join(', ');
  const repeated =
    rows.length > distinct.length ? '; lines that repeat another to the letter are counted once' : '';
  const isFirst = new Set(distinct);
  const updates = rows.map((row): RowUpdate => {
    if (row === kept) {
      const digest = digestOf(prepared.value);
      return { position: row.position, sale, digest, warning: `sum of ${lines}${repeated}` };
    }
    const message = isFirst.has(row)
      ? `summed into ${place(kept, row)}`
      : `same key and content as an earlier line, not summed again`;
    return { position: row.position, status: 'duplicate', message };
  });
  return { updates, merged: distinct.length };
}

/** One sale with the money of all; undefined where the vendor keeps no one amount per key, or a row has none to add. */
function sumOf(rows: readonly RepeatedRow[], vendor: Vendor): Sale | undefined {
  const [first] = rows;
  if (first === undefined || vendor.semantics.repeat.kind === 'appends') return undefined;
  const amounts = rows.map(({ sale: { intent, amount } }) =>
    intent === 'set' || intent === 'no_sale' ? amount : undefined,
  );
  const amount = addAll(amounts);
  if (amount === undefined) return undefined;
  const fields = { ...first.sale.fields };
  for (const { field } of vendor.columns.filter(({ kind }) => kind.is === 'money')) {
    const texts = rows.flatMap(({ sale }) => sale.fields[field] ?? []);
    const sum = texts.length === 0 ? undefined : addAll(texts.map(moneyOf));
    if (sum !== undefined) fields[field] = formatAmount(sum);
  }
  return { intent: amount === 0 ? first.sale.intent : 'set', amount, fields };
}

function addAll(amounts: readonly (Amount | undefined)[]): Amount | undefined {
  return amounts.reduce(
    (total, amount) => (total === undefined || amount === undefined ? undefined : addAmounts(total, amount)),
    0 as Amount | undefined,
  );
}

/** Further money of a row as `readField` leaves it. */
function moneyOf(text: string): Amount | undefined {
  const parsed = parseAmount(text, { decimals: AMOUNT_DECIMALS });
  return parsed.ok ? parsed.value.amount : undefined;
}
