import { formatAmount, type Amount } from '../core/amount.js';
import type { Ledger } from '../core/ledger.js';
import { MOST_CONTENTS, type RepeatedRow, type RowUpdate, type RunId } from '../core/row.js';
import { keepsOneAmount, type Vendor } from '../core/vendor.js';
import { digestOf } from '../sales/prepare.js';
import { place } from './differences.js';
import {
  isSaleAndRefund,
  keyGroup,
  refuseAll,
  refuseCrowd,
  updatesOf,
  withoutUnread,
  sumOf,
  type KeyGroup,
  type OnConflict,
  type Resolved,
} from './key-group.js';
import { resolveNet, type NetPolicy } from './net.js';

/** How many lines of the files became how many rows. */
export interface Merged {
  readonly lines: number;
  readonly rows: number;
}

export interface ConflictPolicy extends NetPolicy {
  /** Refunds are taken off their sales, and what remains is sent. */
  readonly net: boolean;
}

const BATCH = 500;

/**
 * Settles rows that share a key: of rows that are equal to the letter the first is kept; different ones are refused,
 * or the last one or their sum is sent; beside one that could not be read none is; a refund is compared with what is held, or taken off it. Afterwards every key
 * has at most one row to be sent.
 */
export async function resolveConflicts(
  ledger: Ledger,
  run: RunId,
  vendor: Vendor,
  policy: ConflictPolicy,
): Promise<Merged> {
  let updates: RowUpdate[] = [];
  let lines = 0;
  let merged = 0;
  const flush = async (): Promise<void> => {
    if (updates.length > 0) await ledger.update(run, updates);
    updates = [];
  };
  for await (const rows of ledger.repeated(run, policy.net)) {
    const [first] = rows;
    if (first !== undefined && isCrowd(rows)) {
      await ledger.refuseKey(run, first.key, refuseCrowd(first.key));
      continue;
    }
    const resolved = resolveRows(rows, vendor, policy);
    for (const update of resolved.updates) {
      updates.push(update);
      if (updates.length >= BATCH) await flush();
    }
    lines += resolved.merged;
    merged += resolved.merged > 0 ? 1 : 0;
  }
  await flush();
  return { lines, rows: merged };
}

/** Whether more rows differ than are looked at one by one; few groups are as long as that. */
function isCrowd(rows: readonly RepeatedRow[]): boolean {
  return rows.length > MOST_CONTENTS && new Set(rows.map(({ cells }) => cells)).size > MOST_CONTENTS;
}

function resolveRows(rows: readonly RepeatedRow[], vendor: Vendor, policy: ConflictPolicy): Resolved {
  const readable = withoutUnread(rows, policy.onConflict === 'last' && !policy.net);
  if ('updates' in readable) return readable;
  const group = keyGroup(readable);
  const netted = policy.net ? resolveNet(group, vendor, policy) : undefined;
  return netted ?? resolveGroup(group, vendor, policy.onConflict);
}

function resolveGroup(group: KeyGroup, vendor: Vendor, onConflict: OnConflict): Resolved {
  const { rows, distinct } = group;
  if (distinct.length > 1) {
    if (onConflict === 'refuse' || isSaleAndRefund(distinct)) return refuseAll(group, vendor);
    if (onConflict === 'sum') return sumUp(group, vendor);
  }
  const at = onConflict === 'last' ? rows.length - 1 : 0;
  const updates = function* (): Generator<RowUpdate> {
    yield* keepOne(group, at);
    yield* partialRefund(rows[at], vendor);
  };
  return { updates: updates(), merged: 0 };
}

function keepOne({ rows, contents }: KeyGroup, at: number): Iterable<RowUpdate> {
  const kept = rows[at];
  if (kept === undefined) return [];
  return updatesOf(rows, (row, index) => {
    // What was refused as it was read keeps its reason.
    if (row === kept || row.isRefused) return undefined;
    const message =
      contents[index] === contents[at]
        ? `same key and content as ${place(kept, row)}`
        : `replaced by ${place(kept, row)}, --on-conflict last`;
    return { status: 'duplicate', message };
  });
}

/** A reversal takes back all that is held, so a refund of another amount is none. */
function partialRefund(row: RepeatedRow | undefined, vendor: Vendor): RowUpdate[] {
  const { refund = 0 as Amount } = row?.sale ?? {};
  const { intent, amount } = row?.held ?? {};
  if (row === undefined || row.isRefused || refund === 0 || refund === amount) return [];
  if (intent !== 'set' || amount === undefined) return [];
  const remedy =
    refund < amount && keepsOneAmount(vendor)
      ? 'a reversal would take back all of it; --negative-amounts net sends what remains'
      : 'find out which is right';
  const message = `${formatAmount(refund)} is taken back, and ${formatAmount(amount)} is held; ${remedy}`;
  return [{ position: row.position, status: 'invalid', code: 'partial_refund', message }];
}

function sumUp(group: KeyGroup, vendor: Vendor): Resolved {
  const { rows, distinct } = group;
  const [kept] = distinct;
  const sale = sumOf(distinct, vendor);
  const prepared = sale === undefined ? undefined : vendor.prepare('create', sale);
  if (kept === undefined || sale === undefined || prepared?.ok !== true)
    return refuseAll(group, vendor, 'what else is sent of them differs, or has no sum');

  const lines = distinct.map((row) => place(row, kept)).join(', ');
  const repeated =
    rows.length > distinct.length ? '; lines that repeat another to the letter are counted once' : '';
  const isFirst = new Set(distinct);
  const updates = updatesOf(rows, (row) => {
    if (row === kept) {
      const digest = digestOf(prepared.value, 'create');
      return { sale, digest, warning: `sum of ${lines}${repeated}` };
    }
    const message = isFirst.has(row)
      ? `summed into ${place(kept, row)}`
      : `same key and content as an earlier line, not summed again`;
    return { status: 'duplicate', message };
  });
  return { updates, merged: distinct.length };
}
