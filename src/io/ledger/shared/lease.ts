import type { Namespace } from '../../../core/ledger.js';
import { LedgerLockedError } from '../../../core/ledger.js';
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

/** An account that this process holds. */
export interface Held {
  /** Of the account in the database. */
  readonly namespace: number;
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
  { vendor, account, origin }: Namespace,
  who: string,
  timeoutMs: number,
  { lease_ms: leaseMs, late_ms: lateMs }: Terms,
): Promise<Held> {
  await db.all(
    'insert into namespaces (vendor, account, origin) values ($1, $2, $3) on conflict do nothing',
    [vendor, account, origin],
  );
  return db.transaction(async () => {
    const own = await db.one<{ id: number; holder: number | null }>(
      'select id, holder from namespaces where vendor = $1 and account = $2 and origin = $3 for update',
      [vendor, account, origin],
    );
    const { id = 0, holder = null } = own ?? {};
    const other = holder === null ? undefined : await holderOf(db, holder);
    if (other !== undefined && other.left > 0)
      throw new LedgerLockedError(
        `another push to ${vendor}, account ${account}, is running with ledger ${db.shown} (${holderText(other, leaseMs)}); wait for it to end`,
      );
    // A claim of its that is being made holds this row until it is done.
    await db.all('delete from holders where number = $1', [holder]);
    const entered = await db.one<{ number: number }>(
      `insert into holders (namespace, who, since, until, quiet)
       values ($1, $2, clock_timestamp(), clock_timestamp() + $3 * interval '1 ms', $4 * interval '1 ms') returning number`,
      [id, who, leaseMs, timeoutMs + lateMs],
    );
    const number = entered?.number ?? 0;
    await db.all('update namespaces set holder = $1 where id = $2', [number, id]);
    await db.all(
      `update entries set holder = $1 from (select key from entries where namespace = $2 and holder is not null order by key for update) as claimed
       where entries.namespace = $2 and entries.key = claimed.key`,
      [number, id],
    );
    return { namespace: id, number };
  });
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

/** Keeps an account until it is let go of, on a connection of its own: a long statement on the other delays nothing. */
export class Lease {
  readonly #db: Connection;
  readonly #number: number;
  readonly #ms: number;
  readonly #renewing: NodeJS.Timeout;
  /** On this process's own clock that nobody sets, and on the one that goes on while the machine sleeps. */
  #until: number;
  #untilAwake: number;

  /** `since`: from before the account was asked for, on `performance.now()`. */
  constructor(db: Connection, number: number, since: number, { lease_ms: ms }: Terms) {
    this.#db = db;
    this.#number = number;
    this.#ms = ms;
    this.#until = since + ms;
    this.#untilAwake = Date.now() - (performance.now() - since) + ms;
    this.#renewing = setInterval(() => void this.#renew(), ms / 3).unref();
  }

  /** False as soon as another process might have taken over what was claimed. */
  get holds(): boolean {
    return performance.now() < this.#until && Date.now() < this.#untilAwake;
  }

  async #renew(): Promise<void> {
    const [asked, askedAwake] = [performance.now(), Date.now()];
    try {
      const kept = await this.#db.one(
        `update holders set until = clock_timestamp() + $2 * interval '1 ms' where number = $1 returning number`,
        [this.#number, this.#ms],
      );
      this.#until = kept === undefined ? Number.NEGATIVE_INFINITY : Math.max(this.#until, asked + this.#ms);
      this.#untilAwake = askedAwake + this.#ms;
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
