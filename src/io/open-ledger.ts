import { existsSync, rmSync } from 'node:fs';
import type { Comparison } from '../core/breaks.js';
import type { PlannedRows } from '../core/explained.js';
import type { Namespace, OpenLedger, Ledger, PushEnd } from '../core/ledger.js';
import type { DatabaseHealth, LedgerHealth, LedgerRecords } from '../core/records.js';
import type { Result } from '../core/result.js';
import type { Period, PulledTransactions, Scope } from '../core/transactions.js';
import type { LikenessesOf } from '../core/vendor.js';
import { SqliteComparison } from './ledger/comparison.js';
import { compact } from './ledger/compact.js';
import { Database } from './ledger/database.js';
import { acceptGeneration, generationPath } from './ledger/generation.js';
import { writeEnd } from './ledger/ends.js';
import { ledgerHealth } from './ledger/health.js';
import { SqliteLedger } from './ledger/ledger.js';
import { findAddressed, takeNamespace } from './ledger/namespaces.js';
import { heldEntry, plannedRow } from './ledger/planned-row.js';
import { SqliteRecords } from './ledger/records.js';
import { isOfThisVersion, migrate } from './ledger/schema.js';
import { isShared } from './ledger-address.js';
import type { Tally } from './ledger/shared/checksum.js';
import type { Roles } from './ledger/shared/grants.js';
import type { Initialised } from './ledger/shared/init.js';
import { SharedRecords } from './ledger/shared/records.js';
import type { SharedLedger } from './ledger/shared/ledger.js';
import { SqliteTransactions } from './ledger/transactions.js';

export { movedText, RESTORE } from './ledger/remedies.js';
export { generationPath, ledgerHealth };

/**
 * The ledger of one account, to push by: a file is made if need be. Throws where another push has its lock. `timeoutMs`:
 * how long a request may take.
 */
export async function openForPush(
  path: string,
  namespace: Namespace,
  appends: boolean,
  timeoutMs: number,
): Promise<OpenLedger> {
  if (isShared(path)) return (await sharedLedger()).push(path, namespace, timeoutMs, appends);
  return SqliteLedger.open(path, namespace, appends);
}

/** Makes what a database needs to be a ledger, or what an older one lacks. */
export async function initShared(address: string, roles: Roles): Promise<Initialised> {
  return (await import('./ledger/shared/init.js')).initBooks(address, roles);
}

/** See `checkBooks`. */
export async function checkShared(
  address: string,
): Promise<Pick<LedgerHealth, 'bytes' | 'runs' | 'keys' | 'damage'>> {
  return (await import('./ledger/shared/check.js')).checkBooks(address);
}

/** See `databaseHealth`. */
export async function databaseHealth(address: string): Promise<Result<DatabaseHealth, string>> {
  return (await import('./ledger/shared/health.js')).databaseHealth(address);
}

/** See `copyLedger`. */
export async function copyLedger(
  from: string,
  to: string,
  likenesses: (vendor: string) => LikenessesOf | undefined,
): Promise<readonly Tally[] | undefined> {
  return (await import('./ledger/shared/copy.js')).copyLedger(from, to, likenesses);
}

/** Loaded for such an address only. */
async function sharedLedger(): Promise<typeof SharedLedger> {
  return (await import('./ledger/shared/ledger.js')).SharedLedger;
}

/** A ledger that plans against the books at `path`, if there are any, and leaves them untouched. */
export async function openForDryRun(
  path: string,
  namespace: Namespace,
  appends: boolean,
): Promise<SqliteLedger> {
  if (isShared(path)) return (await sharedLedger()).plan(path, namespace);
  return SqliteLedger.dryRun(path, namespace, appends);
}

/** The same, and by what its rows were planned. */
export async function openForExplain(
  path: string,
  namespace: Namespace,
  appends: boolean,
): Promise<PlannedRows & { readonly ledger: OpenLedger }> {
  const ledger = await openForDryRun(path, namespace, appends);
  const id = findAddressed(ledger.db, namespace);
  return {
    ledger,
    rowAt: async (run, line) => plannedRow(ledger.db, id, run, line),
    heldFor: async (key) => heldEntry(ledger.db, id, key),
  };
}

/** A ledger of nothing, that remembers nothing. */
export function openForTrial(namespace: Namespace): OpenLedger {
  return SqliteLedger.dryRun('', namespace);
}

/** Writes everything that a ledger knows to a new file, also while a push goes on; what the file holds then. */
export function backUpLedger(path: string, target: string): Result<LedgerHealth, string> {
  const db = Database.open(path);
  try {
    db.check();
    db.copyTo(target);
  } finally {
    db.close();
  }
  return ledgerHealth(target);
}

/** Gives back the room that a ledger does not use, which is free of damage. Throws where a push or a pull is at work. */
export function compactLedger(path: string): void {
  compact(migrate(Database.open(path)));
}

/** Has a ledger be gone by as it is; where there is none, as if there had never been one. */
export async function acceptLedger(path: string): Promise<void> {
  if (isShared(path)) return (await import('./ledger/shared/books.js')).Books.accept(path);
  if (!existsSync(path)) return rmSync(generationPath(path), { force: true });
  const db = migrate(Database.open(path));
  acceptGeneration(db);
  db.close();
}

/** What was written down of every account; undefined where there is no ledger. */
export function openRecords(path: string): LedgerRecords | undefined {
  if (isShared(path)) return new SharedRecords(path);
  if (!existsSync(path)) return undefined;
  return new SqliteRecords(migrate(Database.open(path)));
}

/**
 * The same where it can be read as it is: nothing about the file changes. Undefined for one of another version, too. Of one
 * that machines share, what is not read `withinMs` fails.
 */
export function peekRecords(path: string, withinMs?: number): LedgerRecords | undefined {
  if (isShared(path)) return new SharedRecords(path, withinMs);
  if (!existsSync(path)) return undefined;
  const db = Database.reader(path);
  if (isOfThisVersion(db)) return new SqliteRecords(db);
  db.close();
  return undefined;
}

/** Writes down how a push ended that came not so far as to open its books; nothing where there is no ledger. */
export async function recordEnd(path: string, pushed: PushEnd): Promise<void> {
  if (isShared(path)) return (await import('./ledger/shared/books.js')).Books.recordEnd(path, pushed);
  if (!existsSync(path)) return;
  const { vendor, account, origin, ...end } = pushed;
  const db = migrate(Database.open(path));
  try {
    const namespace = takeNamespace(db, { vendor, account, origin });
    db.transaction(() => writeEnd(db, namespace, end));
  } finally {
    db.close();
  }
}

/** Reads files as a dry run does, to compare them with what the vendor holds. */
export async function openForReconcile(
  path: string,
  namespace: Namespace,
): Promise<{ readonly ledger: Ledger; readonly comparison: Comparison; close(): Promise<void> }> {
  if (isShared(path)) {
    const shared = await (await sharedLedger()).plan(path, namespace);
    return { ledger: shared, comparison: shared.comparison(namespace), close: () => shared.close() };
  }
  const ledger = SqliteLedger.dryRun(path, namespace);
  return { ledger, comparison: new SqliteComparison(ledger.db, namespace), close: () => ledger.close() };
}

/** The transactions of one scope and period. Throws where another pull of the scope has its lock. */
export async function openForPull(
  path: string,
  namespace: Namespace,
  scope: Scope,
  period: Period,
): Promise<PulledTransactions> {
  if (!isShared(path)) return SqliteTransactions.open(path, namespace, scope, period);
  const { SharedTransactions } = await import('./ledger/shared/transactions.js');
  return SharedTransactions.pull(path, namespace, scope, period);
}
