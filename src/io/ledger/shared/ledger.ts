import type { Ledger, LedgerDoubt, Namespace, OpenLedger, RunEnd, Settlement } from '../../../core/ledger.js';
import type { Comparison } from '../../../core/breaks.js';
import type { ClaimedRow, LookAlike, RunId, StagedRow } from '../../../core/row.js';
import type { PlanTerms } from '../../../core/plans.js';
import type { SentRow } from '../../../core/undo.js';
import type { LikenessesOf } from '../../../core/vendor.js';
import { jsonFor } from '../database.js';
import { markEarlierValues } from '../earlier-values.js';
import { writeEnd } from '../ends.js';
import { attemptsSince } from '../history.js';
import { lastPush } from '../last-push.js';
import { SqliteLedger } from '../ledger.js';
import { heldPlan } from '../held-plans.js';
import { lookAlikes } from '../likenesses.js';
import { findNamespace } from '../namespaces.js';
import { rowRange, runOf } from '../run-rows.js';
import { pruneRuns } from '../pruning.js';
import { abandonedRuns } from '../runs.js';
import { sentRows } from '../sent-rows.js';
import { Books } from './books.js';
import { SharedComparison } from './comparison.js';
import { keysOf, Mirror, type Claim } from './mirror.js';
import { pagesOf, type Written } from './pages.js';
import { Shipping } from './shipping.js';
import { thisProcess } from './this-process.js';
import { claimsOf, rowsOf, settledOf } from './batches.js';

/** Who else had a key that was planned here. */
const CHANGED = {
  status: 'not_sent',
  code: 'key_changed',
  message: 'another push has sent a row with this key since this one was planned; push the file again',
} as const;

/**
 * The ledger of one vendor account in a database that several machines share. A run is staged, planned and settled in a
 * scratch file of this machine, beside what the books have of its keys; what it claims and what became of that goes to the
 * books, and is there when the call returns.
 */
export class SharedLedger extends SqliteLedger {
  readonly #books: Books;
  readonly #mirror: Mirror;
  readonly #namespace: number;
  #doubt: LedgerDoubt | undefined;
  /** Settlements that the scratch file has. */
  readonly #written = new WeakSet<Settlement>();
  readonly #shipping: Shipping;
  readonly #pages: Written = new Map();
  /** Of which the books know that it has begun. */
  #begun: RunId | undefined;

  private constructor(mirror: Mirror, books: Books, namespace: number, number: RunId | undefined) {
    super(mirror.db, namespace, undefined, () => mirror.remove(), { number });
    this.#mirror = mirror;
    this.#books = books;
    this.#shipping = new Shipping(books);
    this.#namespace = namespace;
  }

  /** To push by: throws where another process has the account. `timeoutMs`: how long a request may take; `appends`: a repeat would count twice. */
  static async push(
    url: string,
    namespace: Namespace,
    timeoutMs: number,
    appends = false,
  ): Promise<SharedLedger> {
    const books = await Books.open(url);
    try {
      const { namespace: id, number } = await books.enter(namespace, thisProcess(), timeoutMs);
      const ledger = await SharedLedger.#mirrored(books, id, number);
      if (appends && !(await books.isInPlace())) ledger.#doubt = 'restored';
      return ledger;
    } catch (error) {
      await books.close();
      throw error;
    }
  }

  /** To plan by; nothing of the books changes. */
  static async plan(url: string, namespace: Namespace): Promise<SharedLedger> {
    const books = await Books.open(url);
    try {
      books.refuseMoved();
      return await SharedLedger.#mirrored(books, namespace, undefined);
    } catch (error) {
      await books.close();
      throw error;
    }
  }

  /** With what a push asks of earlier ones, whatever its rows are. */
  static async #mirrored(
    books: Books,
    whose: number | Namespace,
    number: RunId | undefined,
  ): Promise<SharedLedger> {
    const mirror = new Mirror(books);
    await mirror.runs();
    const id = typeof whose === 'number' ? whose : findNamespace(mirror.db, whose);
    return new SharedLedger(mirror, books, id, number);
  }

  override get doubt(): LedgerDoubt | undefined {
    return this.#doubt;
  }

  override holds(): boolean {
    return this.#books.holds();
  }

  /** Whoever is at work on such a key is waited for, as long as a process that died would be. */
  override sentLate: Ledger['sentLate'] = async (run, rows, at) => {
    const [base] = rowRange(run);
    let late = rows.map(({ position, ...row }) => ({ ...row, row: base + position }));
    const { lease_ms: leaseMs, late_ms: lateMs } = this.#books.terms;
    const until = performance.now() + leaseMs + lateMs;
    while (late.length > 0 && performance.now() < until) {
      const claimed = await this.#books.tellLate(jsonFor(late), at);
      late = late.filter(({ key }) => claimed.has(key));
      if (late.length > 0) await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };

  override rememberPause: Ledger['rememberPause'] = (ms) => void this.#books.rememberPause(ms);
  override pauseLeft: Ledger['pauseLeft'] = () => this.#books.pauseLeft();

  override async stage(run: RunId, rows: readonly StagedRow[]): Promise<void> {
    await this.#mirror.keys(
      this.#namespace,
      rows.flatMap(({ key }) => (key === undefined ? [] : [key])),
    );
    return super.stage(run, rows);
  }

  /** To compare what is staged with, of this account. */
  comparison(account: Namespace): Comparison {
    return new SharedComparison(this.#mirror, this.#books, account);
  }

  /** Of a dry run: rows that others have in flight count as in doubt. */
  override countInFlight: Ledger['countInFlight'] = (doubtOf) => {
    this.#mirror.doubtOf = doubtOf;
    return Promise.resolve();
  };

  override lookAlikes: Ledger['lookAlikes'] = (...which) => this.#lookAlikes(...which);

  async *#lookAlikes(run: RunId, likenesses: LikenessesOf): AsyncGenerator<readonly LookAlike[]> {
    const [first, last] = rowRange(run);
    const wanted = this.db.all(
      `select distinct likeness.value ->> 0 from rows, json_each(rows.likenesses) as likeness
       where rows.id between ? and ? and rows.status = 'planned'`,
      first,
      last,
    );
    await this.#mirror.alike(this.#namespace, jsonFor(wanted.map(([text]) => text)));
    yield* lookAlikes(this.db, this.#namespace, run, likenesses);
  }

  override markEarlierValues: Ledger['markEarlierValues'] = async (run) => {
    const [first, last] = rowRange(run);
    const corrected = this.db.all(
      `select distinct key from rows where id between ? and ? and status = 'planned' and action = 'correct'`,
      first,
      last,
    );
    await this.#mirror.trails(
      this.#namespace,
      corrected.map(([key]) => String(key)),
    );
    return this.db.transaction(() => markEarlierValues(this.db, this.#namespace, run));
  };

  override attemptedSince: Ledger['attemptedSince'] = async (since, limit) => {
    await this.#mirror.attemptsSince(this.#namespace, since);
    return attemptsSince(this.db, this.#namespace, since, limit);
  };

  override lastPush: Ledger['lastPush'] = async () => {
    const at = await this.#books.lastAttemptAt(this.#namespace);
    return { ...lastPush(this.db, this.#namespace, 'runs'), at };
  };

  /** What processes claimed that are gone is this one's. */
  override abandoned: Ledger['abandoned'] = async () => {
    const orphans = await this.#mirror.claims(this.#namespace);
    const begun = `select id from runs where namespace = ? and state = 'pushing'`;
    const left = this.db.all(begun, this.#namespace);
    const runs = [...left.map(([id]) => Number(id)), ...orphans.map(({ claim }) => runOf(claim.row))];
    for (const run of new Set(runs)) await this.#mirror.run(run);
    await this.#mirror.keys(
      this.#namespace,
      orphans.map(({ key }) => key),
    );
    return abandonedRuns(this.db, this.#namespace);
  };

  /** After what was settled before it: until then those rows are in flight for whoever takes over. */
  override async claim(run: RunId, limit: number): Promise<readonly ClaimedRow[]> {
    await this.#shipping.settled;
    for (;;) {
      const claims = claimsOf(this.db, this.#namespace, run, this.claimedTo, limit);
      const rows = JSON.parse(claims) as Claim[];
      if (rows.length === 0) return super.claim(run, limit);
      if (this.#begun !== run) await this.#saveRun(run, 'pushing');
      this.#begun = run;
      const own = await this.#books.claim(claims);
      const lost = rows.filter(({ key }) => !own.has(key));
      const [base] = rowRange(run);
      if (lost.length > 0)
        await this.update(
          run,
          lost.map(({ claim }) => ({ position: claim.row - base, ...CHANGED })),
        );
      if (lost.length < rows.length) return super.claim(run, rows.length - lost.length);
    }
  }

  override async settle(run: RunId, settlements: readonly Settlement[], at: number): Promise<void> {
    return this.#shipping.settle(async () => {
      const fresh = settlements.filter((settlement) => !this.#written.has(settlement));
      if (fresh.length === 0) return undefined;
      await super.settle(run, fresh, at);
      for (const settlement of fresh) this.#written.add(settlement);
      const [base] = rowRange(run);
      const ids = fresh.map(({ row }) => base + row.position);
      const keys = fresh.map(({ row }) => row.key);
      return settledOf(this.db, this.#namespace, ids, keys);
    });
  }

  override sentRows: Ledger['sentRows'] = (run) => this.#sentRows(run);

  async *#sentRows(run: RunId): AsyncGenerator<readonly SentRow[]> {
    await this.#mirror.run(run);
    await this.#mirror.histories(this.#namespace, keysOf(this.db, run));
    yield* sentRows(this.db, this.#namespace, run);
  }

  override async copyPlan(run: RunId, plan: RunId): Promise<void> {
    await this.#mirror.plan(plan);
    await this.#mirror.keys(this.#namespace, keysOf(this.db, plan));
    return super.copyPlan(run, plan);
  }

  override plan: OpenLedger['plan'] = async (run) => {
    await this.#mirror.plan(run);
    return heldPlan(this.db, run);
  };

  override async holdPlan(run: RunId, terms: PlanTerms, at: number): Promise<boolean> {
    const isHeld = await super.holdPlan(run, terms, at);
    if (!isHeld) return false;
    const [first, last] = rowRange(run);
    await this.#books.write('plans', 'run', rowsOf(this.db, 'plans', 'run = ?', run));
    await this.#books.write(
      'plan_rows',
      'id',
      rowsOf(this.db, 'plan_rows', 'id between ? and ?', first, last),
    );
    await this.#saveRun(run);
    return true;
  }

  override async endRun(run: RunId, end: RunEnd): Promise<void> {
    await super.endRun(run, end);
    await this.#saveRun(run);
    if (end.borne !== undefined) await this.#books.rememberRate(end.borne, end.at);
  }

  /** Rows before the run: who finds it finds them. */
  async #saveRun(run: RunId, state?: string): Promise<void> {
    if (state !== undefined) this.db.run('update runs set state = ? where id = ?', [state, run]);
    await this.#books.writePages(pagesOf(this.db, run, this.#pages));
    await this.#books.write('inputs', 'run, number', rowsOf(this.db, 'inputs', 'run = ?', run));
    await this.#books.write('runs', 'id', rowsOf(this.db, 'runs', 'id = ?', run));
  }

  override writeEnd: Ledger['writeEnd'] = async (end) => {
    this.db.transaction(() => writeEnd(this.db, this.#namespace, end));
    const last = rowsOf(this.db, 'ends', 'id = (select max(id) from ends)');
    await this.#books.addEnd(last);
  };

  override prune: OpenLedger['prune'] = async (which) => {
    await this.#mirror.doubts();
    const pruned = pruneRuns(this.db, which, this.#namespace);
    if (which.isTrial !== true) await this.#books.forgetPages(pruned.runs);
    return pruned;
  };

  /** The scratch file is nobody's but this process's. */
  override rescue: OpenLedger['rescue'] = () => Promise.resolve([]);

  override async close(): Promise<void> {
    await this.#books.close();
    await super.close();
  }
}
