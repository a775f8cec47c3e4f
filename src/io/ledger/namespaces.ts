import type { Namespace } from '../../core/ledger.js';
import type { Database } from './database.js';

/** What a statement that joins `namespaces` has of them. */
export const NAMESPACE = { vendor: String, account: String, origin: String };

/** The file whose lock says that a push to a vendor account is at work. */
export function lockPath(ledger: string, namespace: number): string {
  return `${ledger}.lock-${namespace}`;
}

/** The number of a namespace, which is written down if it is a new one. */
export function takeNamespace(db: Database, namespace: Namespace): number {
  return db.transaction(() => {
    const { vendor, account, origin } = namespace;
    db.run('insert or ignore into namespaces (vendor, account, origin) values (?, ?, ?)', [
      vendor,
      account,
      origin,
    ]);
    return findNamespace(db, namespace);
  });
}

/** The number of a namespace; 0, which none has, where the ledger does not know it. */
export function findNamespace(db: Database, { vendor, account, origin }: Namespace): number {
  const row = db.one(
    'select id from namespaces where vendor = ? and account = ? and origin = ?',
    vendor,
    account,
    origin,
  );
  return Number(row?.[0] ?? 0);
}
