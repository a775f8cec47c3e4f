import type { Namespace } from '../../src/io/ledger/ledger.js';
import { SqliteTransactions } from '../../src/io/ledger/transactions.js';
import type { Period, Scope, Transaction } from '../../src/core/transaction.js';

export const NETWORK: Scope = { kind: 'networks', id: '33' };

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
    const transactions = SqliteTransactions.open(path, namespace, scope, period);
    await transactions.begin('anew', polledAt);
    await transactions.addPage(rows, [], polledAt);
    if (complete) await transactions.finish(polledAt);
    transactions.close();
  }
}
