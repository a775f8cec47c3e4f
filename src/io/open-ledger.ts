import { existsSync } from 'node:fs';
import type { Comparison } from '../core/breaks.js';
import type { Namespace, OpenLedger, Ledger } from '../core/ledger.js';
import type { LedgerRecords } from '../core/records.js';
import { SqliteComparison } from './ledger/comparison.js';
import { Database } from './ledger/database.js';
import { SqliteLedger } from './ledger/ledger.js';
import { SqliteRecords } from './ledger/records.js';
import { migrate } from './ledger/schema.js';
import { SqliteTransactions } from './ledger/transactions.js';

export { RESTORE } from './ledger/database.js';
export { ledgerHealth } from './ledger/health.js';

/** The ledger of one account, to push by: it is made if need be. Throws where another push has its lock. */
export async function openForPush(path: string, namespace: Namespace): Promise<OpenLedger> {
  return SqliteLedger.open(path, namespace);
}

/** A ledger that plans against the books at `path`, if there are any, and leaves them untouched. */
export async function openForDryRun(path: string, namespace: Namespace): Promise<OpenLedger> {
  return SqliteLedger.dryRun(path, namespace);
}

/** A ledger of nothing, that remembers nothing. */
export function openForTrial(namespace: Namespace): OpenLedger {
  return SqliteLedger.dryRun('', namespace);
}

/** What was written down of every account; undefined where there is no ledger. */
export function openRecords(path: string): LedgerRecords | undefined {
  if (!existsSync(path)) return undefined;
  return new SqliteRecords(migrate(Database.open(path)));
}

/** Reads files as a dry run does, to compare them with what the vendor holds. */
export function openForReconcile(
  path: string,
  namespace: Namespace,
): { readonly ledger: Ledger; readonly comparison: Comparison; close(): Promise<void> } {
  const ledger = SqliteLedger.dryRun(path, namespace);
  return {
    ledger,
    comparison: new SqliteComparison(ledger.db, namespace),
    close: () => ledger.close(),
  };
}

/** The transactions of one scope and period. Throws where another pull of the scope has its lock. */
export const openForPull = SqliteTransactions.open;
