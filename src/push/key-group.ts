import { AMOUNT_DECIMALS, addAmounts, formatAmount, parseAmount, type Amount } from '../core/amount.js';
import { MOST_CONTENTS, type RepeatedRow, type RowFailure, type RowUpdate } from '../core/row.js';
import type { Sale } from '../core/sale.js';
import { appends, keepsOneAmount, type Vendor } from '../core/vendor.js';
import { digestOf } from '../sales/prepare.js';
import { contentsOf, differences, place } from './differences.js';

/** What to do with rows of one key that are not equal to the letter. */
export type OnConflict = 'refuse' | 'last' | 'sum';

/** Rows of one key in input order, with what each says to the letter. */
export interface KeyGroup {
  readonly rows: readonly RepeatedRow[];
  readonly contents: readonly string[];
  /** The first of each content. */
  readonly distinct: readonly RepeatedRow[];
}

/** What becomes of the rows of one key. */
export interface Resolved {
  readonly updates: Iterable<RowUpdate>;
  /** Lines that became one; 0 where none did. */
  readonly merged: number;
}

/** What becomes of each row, said as it is asked for: a key may have as many rows as a file. */
export function* updatesOf(
  rows: readonly RepeatedRow[],
  of: (row: RepeatedRow, index: number) => Omit<RowUpdate, 'position'> | undefined,
): Generator<RowUpdate> {
  for (const [index, row] of rows.entries()) {
    const update = of(row, index);
    if (update !== undefined) yield { position: row.position, ...update };
  }
}

/** What becomes of a key that more different rows have than sales of one call can be. */
export function refuseCrowd(key: string): RowFailure {
  const message = `same key ${JSON.stringify(key)} as more than ${MOST_CONTENTS} other rows that differ; its columns do not tell sales apart: choose others with --column`;
  return { status: 'invalid', code: 'conflict', message };
}

export function keyGroup(rows: readonly RepeatedRow[]): KeyGroup {
  const contents = contentsOf(rows);
  const seen = new Set<string>();
  const distinct = rows.filter((_, index) => seen.size !== seen.add(contents[index] ?? '').size);
  return { rows, contents, distinct };
}

/**
 * Rows of one key of which each says something, else the end of those that do: what could not be read may be the row that
 * holds. Where `lastHolds` only the last row is.
 */
export function withoutUnread(
  rows: readonly RepeatedRow[],
  lastHolds: boolean,
): readonly RepeatedRow[] | Resolved {
  const unread = (lastHolds ? rows.slice(-1) : rows).find(({ isUnread }) => isUnread);
  if (unread === undefined) return rows.filter(({ isUnread }) => !isUnread);
  const updates = updatesOf(rows, (row) => {
    if (row.isRefused) return undefined;
    const message = `same key ${JSON.stringify(row.key)} as ${place(unread, row)}, which cannot be sent as it is written; correct that one, or take the one out that does not hold`;
    return { status: 'invalid', code: 'conflict', message };
  });
  return { updates, merged: 0 };
}

export function isRefund({ sale }: RepeatedRow): boolean {
  return sale.refund !== undefined;
}

/** Which of them holds cannot be told from their order. */
export function isSaleAndRefund(rows: readonly RepeatedRow[]): boolean {
  return rows.some(isRefund) && !rows.every(isRefund);
}

/** Each row with the columns in which another one of the key differs. */
export function refuseAll({ rows, contents, distinct }: KeyGroup, vendor: Vendor, why?: string): Resolved {
  const [first] = rows;
  if (first === undefined) return { updates: [], merged: 0 };
  // Name the first row with other content, so that each message points at a line that disagrees.
  const opposite = rows.find((_, index) => contents[index] !== contents[0]) ?? first;
  const remedy = [why, remedyFor(distinct, vendor)].filter((text) => text !== undefined).join('; ');
  const updates = updatesOf(rows, (row, index) => {
    const other = contents[index] === contents[0] ? opposite : first;
    const message = `same key ${JSON.stringify(row.key)} as ${place(other, row)}, which differs in ${differences(row, other)}; ${remedy}`;
    return { status: 'invalid', code: 'conflict', message };
  });
  return { updates, merged: 0 };
}

function remedyFor(distinct: readonly RepeatedRow[], vendor: Vendor): string {
  if (isSaleAndRefund(distinct)) {
    const net = keepsOneAmount(vendor) ? ', or send what remains with --negative-amounts net' : '';
    return `one of them takes the sale back; keep the one that holds${net}`;
  }
  return `keep one of them, or use --on-conflict ${sumOf(distinct, vendor) === undefined ? 'last' : 'last or sum'}`;
}

/**
 * One sale with the money of all; undefined where the vendor keeps no one amount per key, a row has none to add, or
 * something else that is sent of them differs.
 */
export function sumOf(rows: readonly RepeatedRow[], vendor: Vendor): Sale | undefined {
  const [first] = rows;
  if (first === undefined || appends(vendor)) return undefined;
  const amounts = rows.map(({ sale: { intent, amount } }) =>
    intent === 'set' || intent === 'no_sale' ? amount : undefined,
  );
  const amount = addAll(amounts);
  if (amount === undefined) return undefined;
  const money: Record<string, string> = {};
  for (const { field } of vendor.columns.filter(({ kind }) => kind.is === 'money')) {
    const texts = rows.flatMap(({ sale }) => sale.fields[field] ?? []);
    const sum = texts.length === 0 ? undefined : addAll(texts.map(moneyOf));
    if (sum !== undefined) money[field] = formatAmount(sum);
  }
  const intent = amount === 0 ? first.sale.intent : 'set';
  const sums = rows.map(({ sale }): Sale => ({ intent, amount, fields: { ...sale.fields, ...money } }));
  const said = new Set(sums.map((sale) => sentOf(sale, vendor)));
  return said.size === 1 ? sums[0] : undefined;
}

function sentOf(sale: Sale, vendor: Vendor): string | undefined {
  const prepared = vendor.prepare('create', sale);
  return prepared.ok ? digestOf(prepared.value, 'create') : undefined;
}

export function addAll(amounts: readonly (Amount | undefined)[]): Amount | undefined {
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
