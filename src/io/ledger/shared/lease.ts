import type { Namespace } from '../../../core/ledger.js';
import { LedgerError, LedgerLockedError } from '../../../core/ledger.js';
import { scopeName, type Scope } from '../../../core/transactions.js';
import { movedText } from '../remedies.js';
import type { Connection } from './connection.js';

/** How long a process holds an account from when it last said so, where the ledger says nothing else; it says so every third of that. */
export const LEASE_MS = 30_000;

/** For how long after that a request that was given up may still arrive. */
export const LATE_MS = 5_000;

/** What a ledger says of leases; the same for all machines. */
export interface Terms {
  readonly lease_ms: number;
  readonly late_ms: number;
}

/** An account, or a part of it, that this process holds. */
export interface Held {
  /** Of the account in the database. */
  readonly namespace: number;
  /** Of the part of it that is pulled. */
  readonly scope?: number;
  /** That no other process has: of its run, and of its claims. */
  readonly number: number;
}

interface Holder {
  readonly number: number;
  readonly who: string;
  readonly since: Date;
  readonly quiet_for: number;
  readonly left: number;
}

/**
 * Takes an account for this process. Where the one that had it says nothing any more, what it claimed is taken over once
 * no request of its can still be under way: the time that one of its requests may take, and be late, after its lease. Throws where another one has it.
 */
export async function takeAccount(
  db: Connection,
  namespace: Namespace,
  who: string,
  timeoutMs: number,
  terms: Terms,
): Promise<Held> {
  const { vendor, account, origin } = namespace;
  const what = `push to ${vendor}, account ${account}`;
  const quiet = timeoutMs + terms.late_ms;
  await writeAccount(db, namespace);
  return db.transaction(async () => {
    const own = await db.one<Holding>(
      'select id as namespace, id, holder from namespaces where vendor = $1 and account = $2 and origin = $3 for update',
      [vendor, account, origin],
    );
    const { id, number } = await take(db, own, { what, who, quiet, terms });
    await db.all('update namespaces set holder = $1 where id = $2', [number, id]);
    await db.all(
      `update entries set holder = $1 from (select key from entries where namespace = $2 and holder is not null order by key for update) as claimed
       where entries.namespace = $2 and entries.key = claimed.key`,
      [number, id],
    );
    return { namespace: id, number };
  });
}

/**
 * The same for the pull of a part of an account, which a push to it does not hinder. Nothing that it asks for changes anything
 * at the vendor's, so that it may be asked for as soon as the lease has run out.
 */
export async function takeScope(
  db: Connection,
  namespace: Namespace,
  scope: Scope,
  who: string,
  terms: Terms,
): Promise<Held> {
  const { vendor, account, origin } = namespace;
  const what = `pull of ${scopeName(scope)}, account ${account}`;
  await writeAccount(db, namespace);
  await db.all(
    `insert into scopes (namespace, kind, scope_id) select id, $4, $5 from namespaces
     where vendor = $1 and account = $2 and origin = $3 on conflict do nothing`,
    [vendor, account, origin, scope.kind, scope.id],
  );
  return db.transaction(async () => {
    const own = await db.one<Holding>(
      `select namespace, scopes.id, scopes.holder from scopes join namespaces on namespaces.id = namespace
       where vendor = $1 and account = $2 and origin = $3 and kind = $4 and scope_id = $5 for update of scopes`,
      [vendor, account, origin, scope.kind, scope.id],
    );
    const { id, number } = await take(db, own, { what, who, quiet: 0, terms });
    await db.all('update scopes set holder = $1 where id = $2', [number, id]);
    return { namespace: own?.namespace ?? 0, scope: id, number };
  });
}

/** Has an account be known. */
export async function writeAccount(db: Connection, { vendor, account, origin }: Namespace): Promise<void> {
  await db.all(
    'insert into namespaces (vendor, account, origin) values ($1, $2, $3) on conflict do nothing',
    [vendor, account, origin],
  );
}

/** What one process holds at a time, and which one. */
interface Holding {
  readonly namespace: number;
  readonly id: number;
  readonly holder: number | null;
}

/** Within a transaction that has what is taken locked. */
async function take(
  db: Connection,
  own: Holding | undefined,
  { what, who, quiet, terms }: { what: string; who: string; quiet: number; terms: Terms },
): Promise<{ readonly id: number; readonly number: number }> {
  const { namespace = 0, id = 0, holder = null } = own ?? {};
  const meta = await db.one<{ moved_to: string | null }>('select moved_to from meta');
  if (meta?.moved_to != null) throw new LedgerError(`ledger ${db.shown}: ${movedText(meta.moved_to)}`);
  const other = holder === null ? undefined : await holderOf(db, holder);
  if (other !== undefined && other.left > 0) throw lockedBy(db, what, other, terms);
  // What it is writing holds this row until it is done.
  await db.all('delete from holders where number = $1', [holder]);
  const entered = await db.one<{ number: number }>(
    `insert into holders (namespace, who, since, until, quiet)
     values ($1, $2, clock_timestamp(), clock_timestamp() + $3 * interval '1 ms', $4 * interval '1 ms') returning number`,
    [namespace, who, terms.lease_ms, quiet],
  );
  return { id, number: entered?.number ?? 0 };
}

function lockedBy(db: Connection, what: string, other: Holder, { lease_ms: ms }: Terms): LedgerLockedError {
  return new LedgerLockedError(
    `another ${what}, is running with ledger ${db.shown} (${holderText(other, ms)})`,
  );
}

/** Throws where a push has this key in flight, or died with it so; without a key, where one has the account. */
export async function refuseHeld(
  db: Connection,
  terms: Terms,
  namespace: number,
  key?: string,
): Promise<void> {
  const found = await db.one<{ vendor: string; account: string; holder: number }>(
    `select vendor, account, case when $2::text is null then namespaces.holder else claimed.holder end as holder
     from namespaces left join entries as claimed on namespace = namespaces.id and key = $2 where namespaces.id = $1`,
    [namespace, key ?? null],
  );
  if (found?.holder == null) return;
  const what = `push to ${found.vendor}, account ${found.account}`;
  const other = await holderOf(db, found.holder);
  if (other !== undefined && other.left > 0) throw lockedBy(db, what, other, terms);
  if (key !== undefined)
    throw new LedgerError(
      `ledger ${db.shown}: the ${what}, that was sending ${key} died; the next push there looks after what was in flight`,
    );
}

/** Who holds it, since when, and whether it says nothing any more; undefined where its claims may be taken over. */
export async function holderSaid(
  db: Connection,
  number: number,
  { lease_ms: ms }: Terms,
): Promise<string | undefined> {
  const holder = await holderOf(db, number);
  return holder === undefined || holder.left <= 0 ? undefined : holderText(holder, ms);
}

/** With how many milliseconds it is until its claims may be taken over. */
async function holderOf(db: Connection, number: number): Promise<Holder | undefined> {
  return db.one<Holder>(
    `select number, who, since, extract(epoch from quiet)::double precision * 1000 as quiet_for,
       extract(epoch from until + quiet - clock_timestamp())::double precision * 1000 as left
     from holders where number = $1`,
    [number],
  );
}

function holderText({ who, since, left, quiet_for: quiet }: Holder, leaseMs: number): string {
  const silent = leaseMs + quiet - left > leaseMs / 2;
  const gone = silent ? `; if it has died, its rows can be taken over in ${Math.ceil(left / 1000)} s` : '';
  return `${who}, since ${since.toISOString()}${gone}`;
}

/** On a clock that nobody sets, and on the one that goes on while the machine sleeps. */
export interface Moment {
  readonly elapsed: number;
  readonly at: number;
}

export function moment(): Moment {
  return { elapsed: performance.now(), at: Date.now() };
}

function after({ elapsed, at }: Moment, ms: number): Moment {
  return { elapsed: elapsed + ms, at: at + ms };
}

/** Keeps an account until it is let go of, on a connection of its own: a long statement on the other delays nothing. */
export class Lease {
  readonly #db: Connection;
  readonly #number: number;
  readonly #ms: number;
  readonly #renewing: NodeJS.Timeout;
  #until: Moment;

  /** `since`: from before the account was asked for. */
  constructor(db: Connection, number: number, since: Moment, { lease_ms: ms }: Terms) {
    this.#db = db;
    this.#number = number;
    this.#ms = ms;
    this.#until = after(since, ms);
    this.#renewing = setInterval(() => void this.#renew(), ms / 3).unref();
  }

  /** False as soon as another process might have taken over what was claimed. */
  get holds(): boolean {
    const { elapsed, at } = moment();
    return elapsed < this.#until.elapsed && at < this.#until.at;
  }

  async #renew(): Promise<void> {
    const asked = moment();
    try {
      const kept = await this.#db.one(
        `update holders set until = clock_timestamp() + $2 * interval '1 ms' where number = $1 returning number`,
        [this.#number, this.#ms],
      );
      if (kept === undefined) this.#until = after(asked, Number.NEGATIVE_INFINITY);
      else if (asked.elapsed + this.#ms > this.#until.elapsed) this.#until = after(asked, this.#ms);
    } catch {
      // It is asked for again; what is not renewed in time runs out.
    }
  }

  end(): void {
    clearInterval(this.#renewing);
  }
}

/** Lets go of an account. What is still claimed may be taken over at once: nothing of it is on its way any more. */
export async function letGo(db: Connection, { namespace, number }: Held): Promise<void> {
  await db.transaction(async () => {
    await db.all('update scopes set holder = null where namespace = $1 and holder = $2', [namespace, number]);
    const left = await db.one('select 1 from entries where namespace = $1 and holder = $2 limit 1', [
      namespace,
      number,
    ]);
    if (left === undefined) {
      await db.all('update namespaces set holder = null where id = $1 and holder = $2', [namespace, number]);
      await db.all('delete from holders where number = $1', [number]);
    } else {
      await db.all(`update holders set until = clock_timestamp(), quiet = '0 s' where number = $1`, [number]);
    }
  });
}
