import { LedgerError, type Namespace, type PushEnd } from '../../../core/ledger.js';
import { movedText } from '../remedies.js';
import type { Page } from './book-reader.js';
import { OpenBooks } from './open-books.js';
import { together } from './pages.js';
import { Connection, Fenced, Lost } from './connection.js';
import {
  LATE_MS,
  Lease,
  LEASE_MS,
  letGo,
  moment,
  refuseHeld,
  takeAccount,
  type Held,
  type Terms,
} from './lease.js';
import { newerText } from './init.js';
import { pauseLeft, rememberPause, rememberRate } from './pace.js';
import { acceptPlace, isInPlace } from './place.js';
import { batchOf, COLUMNS, listOf, VERSION } from './tables.js';

/** What became of a group of rows: JSON arrays of what the scratch file has of them. */
export interface Settled {
  readonly attempts: string;
  /** With the entries as they are now; a claim that was let go of without an attempt has its entry as it was. */
  readonly entries: string;
  readonly likenesses: string;
}

interface Meta extends Terms {
  readonly version: number;
  readonly min_writer: number;
  readonly id: string;
  readonly moved_to: string | null;
}

function otherSchema({ version, min_writer: needed }: Meta): string | undefined {
  if (version >= VERSION) return newerText(needed);
  return `was made by an older revsync (schema ${version}, this one needs ${VERSION}); \`revsync ledger init\` brings it along, and nothing is lost`;
}

/** What is written of a run as such. */
type Told = 'runs' | 'inputs' | 'plans' | 'plan_rows';

/** The columns of an entry, as a row has them. */
function entryOf(row: string): string {
  return Object.keys(COLUMNS.entries)
    .map((name) => `${row}.${name}`)
    .join(', ');
}

/** Whether the account is still this process's, until what is written has been. */
const OWN = 'exists (select 1 from namespaces where id = $2 and holder = $3 for share)';

/** What several machines keep together: what is held, what was sent and by whom, and who has an account. */
export class Books extends OpenBooks {
  readonly #leases: Connection;
  #terms: Terms = { lease_ms: LEASE_MS, late_ms: LATE_MS };
  #held: Held | undefined;
  #lease: Lease | undefined;

  constructor(address: string) {
    super(address);
    this.#leases = new Connection(address);
  }

  /** The ledger to which it was copied, by which pushes go since then. */
  movedTo: string | undefined;

  /** Books that are there. After `withinMs` nothing is asked of them any more, and what was asked has failed. */
  static async open<T extends Books>(
    this: new (address: string) => T,
    url: string,
    withinMs?: number,
  ): Promise<T> {
    const books = new this(url);
    if (withinMs !== undefined) setTimeout(() => books.db.cut(), withinMs).unref();
    try {
      const meta = await books.db.one<Meta>(
        'select version, min_writer, id, lease_ms, late_ms, moved_to from meta',
      );
      const wrong = meta === undefined ? 'is empty; `revsync ledger init` makes it' : otherSchema(meta);
      if (meta === undefined || wrong !== undefined)
        throw new LedgerError(`ledger ${books.db.shown}: ${wrong}`);
      books.id = meta.id;
      books.movedTo = meta.moved_to ?? undefined;
      books.#terms = meta;
      books.db.timeoutMs = meta.lease_ms;
      books.#leases.timeoutMs = meta.lease_ms;
      return books;
    } catch (error) {
      await books.close();
      throw error;
    }
  }

  get terms(): Terms {
    return this.#terms;
  }

  /** Throws where it was copied, so that it does not know what was sent since. */
  refuseMoved(): void {
    if (this.movedTo !== undefined)
      throw new LedgerError(`ledger ${this.db.shown}: ${movedText(this.movedTo)}`);
  }

  /** Writes down how a push ended that came not so far as to enter its account. */
  static async recordEnd(url: string, end: PushEnd): Promise<void> {
    await Books.#once(url, (books) => books.addEarlyEnd(end));
  }

  /** Takes the account for this process; throws where another one has it. Returns what is the process's own. */
  async enter(namespace: Namespace, who: string, timeoutMs: number): Promise<Held> {
    return this.take((terms) => takeAccount(this.db, namespace, who, timeoutMs, terms));
  }

  protected async take(taking: (terms: Terms) => Promise<Held>): Promise<Held> {
    const since = moment();
    const held = await taking(this.#terms);
    this.#held = held;
    this.#lease = new Lease(this.#leases, held.number, since, this.#terms);
    return held;
  }

  /** See `isInPlace` of place.ts. */
  async isInPlace(): Promise<boolean> {
    return isInPlace(this.db);
  }

  /** From now on this database is the one to go by. */
  static async accept(url: string): Promise<void> {
    await Books.#once(url, (books) => acceptPlace(books.db));
  }

  /** Opened for one thing. */
  static async #once(url: string, work: (books: Books) => Promise<void>): Promise<void> {
    const books = await Books.open(url);
    try {
      await work(books);
    } finally {
      await books.close();
    }
  }

  holds(): boolean {
    return this.#lease?.holds ?? false;
  }

  /**
   * Of `wanted`, a JSON array of `{key, seen, claim}`, the keys that are claimed for this process on return: those that nobody
   * else claims and of which nothing was written since `seen`, the last attempt known.
   */
  async claim(wanted: string): Promise<ReadonlySet<string>> {
    const { namespace, number } = this.own();
    const claimed = await this.again(async () =>
      this.db.all<{ key: string | null }>(
        `with alive as materialized (
           select number from holders where number = $2 and until > clock_timestamp() for key share
         ), had as (
           insert into entries as held (namespace, key, last_attempt, holder, claim)
           select $1, key, seen, alive.number, claim
           from jsonb_to_recordset($3::jsonb) as wanted (key text, seen bigint, claim jsonb), alive order by key
           on conflict (namespace, key) do update set holder = excluded.holder, claim = excluded.claim
           where held.last_attempt is not distinct from excluded.last_attempt
             and (held.holder is null or (held.holder = excluded.holder and held.claim = excluded.claim))
           returning key
         )
         select key from had union all select null from alive`,
        [namespace, number, wanted],
      ),
    );
    // Nothing at all where the lease has run out.
    if (claimed.length === 0) throw this.#fenced();
    return new Set(claimed.flatMap(({ key }) => key ?? []));
  }

  /** All or nothing, and on the disk on return; the same once more changes nothing. Throws `Fenced` where a claim is not ours any more. */
  async commit({ attempts, entries, likenesses }: Settled): Promise<void> {
    const { namespace, number } = this.own();
    await this.again(async () =>
      this.db.all(
        `with alive as materialized (select number from holders where number = $2 for key share),
         batch as materialized (select * from ${batchOf('entries', '$3')}),
         done as (
           update entries as held set (${listOf('entries')}, holder, claim) = (${entryOf('batch')}, null, null)
           from batch, alive where held.namespace = $1 and held.key = batch.key and held.holder = alive.number returning held.key
         ), told as (
           insert into attempts (namespace, ${listOf('attempts')})
           select $1, ${listOf('attempts')} from ${batchOf('attempts', '$4')} on conflict (id) do nothing
         ), filed as (
           insert into likenesses (namespace, ${listOf('likenesses')})
           select $1, ${listOf('likenesses')} from ${batchOf('likenesses', '$5')}
           on conflict (namespace, same, at, key) do update set attempt = excluded.attempt
         )
         select fenced(count(*)) from batch
         left join done on done.key = batch.key
         left join lateral (
           select 1 as settled from entries as held where held.namespace = $1 and held.key = batch.key
             and held.holder is distinct from $2 and (${entryOf('held')}) is not distinct from (${entryOf('batch')}) limit 1
         ) as once on true
         where done.key is null and settled is null`,
        [namespace, number, entries, attempts, likenesses],
      ),
    );
  }

  /**
   * Writes rows of this process's run, in place of those that are there; `key` are the columns by which they are known. Throws
   * `Fenced` where the account is another process's by now.
   */
  async write(table: Told, key: string, rows: string): Promise<void> {
    const set = Object.keys(COLUMNS[table]).map((name) => `${name} = excluded.${name}`);
    const { namespace, number } = this.own();
    const written = await this.again(async () =>
      this.db.all(
        `insert into ${table} (${listOf(table)}) select ${listOf(table)} from ${batchOf(table, '$1')} where ${OWN}
         on conflict (${key}) do update set ${set.join(', ')} returning 1`,
        [rows, namespace, number],
      ),
    );
    if (written.length === 0 && rows !== '[]') throw this.#fenced();
  }

  /** Rows of this process's run. */
  async writePages(pages: Iterable<Page>): Promise<void> {
    const { namespace, number } = this.own();
    for (const { rows, run, first } of together(pages)) {
      const written = await this.again(async () =>
        this.db.all(
          `insert into pages (rows, run, first) select * from unnest($1::bytea[], $4::bigint[], $5::bigint[]) where ${OWN}
           on conflict (run, first) do update set rows = excluded.rows returning 1`,
          [rows, namespace, number, run, first],
        ),
      );
      if (written.length === 0) throw this.#fenced();
    }
  }

  #fenced(): Fenced {
    return new Fenced(`ledger ${this.db.shown}: another process has taken this account over`);
  }

  async addEnd(end: string): Promise<void> {
    await this.db.all(
      `insert into ends (${listOf('ends')}) select ${listOf('ends')} from ${batchOf('ends', '$1')}`,
      [end],
    );
  }

  tellLate(late: string, at: number): Promise<ReadonlySet<string>> {
    const { namespace, number } = this.own();
    return this.addLate(namespace, number, late, at);
  }

  rememberRate = (perSecond: number, at: number): Promise<void> =>
    rememberRate(this.db, this.own(), perSecond, at);
  rememberPause = (ms: number): Promise<void> => rememberPause(this.db, this.own(), ms);
  pauseLeft = (): Promise<number> => pauseLeft(this.db, this.own());

  async close(): Promise<void> {
    this.#lease?.end();
    try {
      if (this.#held !== undefined) await letGo(this.db, this.#held);
    } catch {
      // Who comes next finds that the lease has run out.
    }
    await Promise.all([this.db.close(), this.#leases.close()]);
  }

  /** See `refuseHeld` of lease.ts. */
  async refuseHeld(namespace: number, key?: string): Promise<void> {
    return refuseHeld(this.db, this.#terms, namespace, key);
  }

  protected own(): Held {
    if (this.#held === undefined) throw new Error('the account was not entered');
    return this.#held;
  }

  /**
   * What changes nothing when it is asked once more is, as long as the account is this process's, where the connection was
   * lost; also where it found what it was asked before at work still, and so its claims as good as gone.
   */
  protected async again<T>(ask: () => Promise<T>): Promise<T> {
    for (let tries = 0, lost = false; ; tries += 1) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof Lost || (lost && error instanceof Fenced)) || !this.holds()) throw error;
        lost = error instanceof Lost;
        await new Promise((resolve) => setTimeout(resolve, Math.min(100 * 2 ** tries, 2000)));
      }
    }
  }
}
