import type { Namespace } from '../../../core/ledger.js';
import type { Scope } from '../../../core/transactions.js';
import { Books } from './books.js';
import { Fenced } from './connection.js';
import { takeScope, type Held } from './lease.js';
import { batchOf, COLUMNS, listOf } from './tables.js';

/** What one step of a pull changes: JSON arrays of rows, and of the ids of rows that are no more. */
export interface PulledStep {
  /** When the vendor was asked last. */
  readonly polledAt: number | null;
  readonly ranges: string;
  readonly told: string;
  readonly transactions: string;
  /** Transactions that the vendor holds no more. */
  readonly gone: string;
  /** Readings of which nobody wants to know any more what they had. */
  readonly forgotten: string;
  /** Rows of a reading from a number on are in a file. */
  readonly had?: { readonly reading: number; readonly from: number };
}

const TEXTS = 'array(select jsonb_array_elements_text';

/** The books of one part of an account, for one pull of it at a time on all machines. */
export class PulledBooks extends Books {
  /** Throws where another process pulls it. */
  async enterScope(namespace: Namespace, scope: Scope, who: string): Promise<Held> {
    return this.take((terms) => takeScope(this.db, namespace, scope, who, terms));
  }

  async nextReading(): Promise<number> {
    const found = await this.db.one<{ reading: number }>(`select nextval('readings') as reading`);
    return found?.reading ?? 0;
  }

  /** All or nothing; the same once more changes nothing. Throws `Fenced` where another process has taken the pull over. */
  async keep(step: PulledStep): Promise<void> {
    const { scope = 0, number } = this.own();
    const { polledAt, ranges, told, transactions, gone, forgotten, had } = step;
    const kept = await this.again(async () =>
      this.db.all(
        `with own as materialized (select id from scopes where id = $1 and holder = $2 for update),
         polled as (update scopes set polled_at = $3 from own where scopes.id = own.id),
         ranged as (${upsert('ranges', '$4', 'scope, from_date, to_date')}),
         kept as (${upsert('transactions', '$5', 'scope, id')}),
         said as (${upsert('told', '$6', 'reading, id')}),
         gone as (delete from transactions using own where scope = own.id and transactions.id = any(${TEXTS}($7::jsonb)))),
         forgotten as (delete from told using own where reading = any(${TEXTS}($8::jsonb)::bigint))),
         written as (update told set had = 1 from own where reading = $9 and number >= $10 and had = 0)
         select id from own`,
        [
          ...[scope, number, polledAt, ranges, transactions, told, gone, forgotten],
          ...[had?.reading ?? null, had?.from ?? null],
        ],
      ),
    );
    if (kept.length === 0)
      throw new Fenced(`ledger ${this.db.shown}: another process has taken this pull over`);
  }
}

/** Rows of a batch, in place of those that are there, as long as the scope is this process's own. */
function upsert(table: 'ranges' | 'told' | 'transactions', param: string, key: string): string {
  const set = Object.keys(COLUMNS[table]).map((name) => `"${name}" = excluded."${name}"`);
  return `insert into ${table} (${listOf(table)}) select ${listOf(table)} from ${batchOf(table, param)}
    where exists (select 1 from own) on conflict (${key}) do update set ${set.join(', ')}`;
}
