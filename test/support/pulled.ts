import { Database } from '../../src/io/ledger/database.js';
import { SqliteLedger, type Namespace } from '../../src/io/ledger/ledger.js';
import type { Scope, Transaction } from '../../src/core/transaction.js';

export const NETWORK: Scope = { kind: 'networks', id: '33' };

export interface PulledBooks {
  readonly namespace: Namespace;
  readonly scope?: Scope;
  readonly rows: readonly Transaction[];
  /** Epoch milliseconds. */
  readonly polledAt?: number;
  readonly ranges?: readonly { readonly from: string; readonly to: string; readonly complete: boolean }[];
}

/** Writes into a ledger what a pull would have read: one more scope, with all its rows. */
export function pullInto(path: string, books: PulledBooks): void {
  const { namespace, scope = NETWORK, rows, polledAt = Date.now() } = books;
  const { ranges = [{ from: '', to: '', complete: true }] } = books;
  SqliteLedger.open(path, namespace).close();
  const db = Database.open(path);
  db.run(
    `insert into scopes (namespace, kind, scope_id, polled_at)
     select id, ?, ?, ? from namespaces where vendor = ? and account = ? and origin = ?`,
    [scope.kind, scope.id, polledAt, namespace.vendor, namespace.account, namespace.origin],
  );
  const id = Number(db.one('select max(id) from scopes')?.[0]);
  db.transaction(() => {
    for (const { from, to, complete } of ranges) {
      db.run('insert into ranges (scope, from_date, to_date, complete) values (?, ?, ?, ?)', [
        id,
        from,
        to,
        complete ? 1 : 0,
      ]);
    }
    for (const row of rows) {
      db.run(
        `insert into transactions (scope, id, call, corrects, corrected_at, type, started_at, caller, duration, outcome,
           order_id, value, amount, columns) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          id,
          row.id,
          row.call,
          row.corrects ?? null,
          row.correctedAt ?? null,
          row.type,
          row.startedAt ?? null,
          row.caller ?? null,
          row.duration ?? null,
          row.outcome ?? null,
          row.orderId ?? null,
          row.value === undefined ? null : Number(row.value),
          row.amount ?? null,
          JSON.stringify(row.columns),
        ],
      );
    }
  });
  db.close();
}
