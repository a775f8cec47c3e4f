import type { Amount } from '../../src/core/amount.js';
import type { Namespace } from '../../src/core/ledger.js';
import { openForPull } from '../../src/io/open-ledger.js';
import type { Period, Scope, Transaction } from '../../src/core/transactions.js';

export const NETWORK: Scope = { kind: 'networks', id: '33' };
/** When the calls below began. */
export const START = Date.parse('2026-11-20T15:00:00Z');

/** A row about a call alone. */
export function callRow(id: string, fields: Partial<Transaction> = {}): Transaction {
  return { id, call: id, type: 'Call', startedAt: START, caller: '+15125550123', columns: {}, ...fields };
}

/** A sale on a call, or another outcome of it. */
export function outcomeRow(
  call: string,
  id: string,
  cents: number | undefined,
  fields: Partial<Transaction> = {},
): Transaction {
  const amount = cents === undefined ? undefined : ((cents * 100) as Amount);
  const sale = { type: 'Reported Conversion', outcome: 'Sale', value: true, amount };
  return { ...callRow(call), id, ...sale, ...fields };
}

export interface PulledBooks {
  readonly namespace: Namespace;
  readonly scope?: Scope;
  readonly rows: readonly Transaction[];
  /** Epoch milliseconds. */
  readonly polledAt?: number;
  /** Periods that were pulled, the rows in each of them. */
  readonly ranges?: readonly (Period & { readonly complete: boolean })[];
}

/** Writes into a ledger what a pull would have read. */
export async function pullInto(path: string, books: PulledBooks): Promise<void> {
  const { namespace, scope = NETWORK, rows, polledAt = Date.now() } = books;
  const { ranges = [{ from: '', to: '', complete: true }] } = books;
  for (const { complete, ...period } of ranges) {
    const transactions = await openForPull(path, namespace, scope, period);
    await transactions.begin('first_row', 'UTC', polledAt);
    await transactions.addPage(rows, { cursor: '', columns: [] }, polledAt);
    if (complete) await transactions.finish(polledAt);
    await transactions.close();
  }
}
