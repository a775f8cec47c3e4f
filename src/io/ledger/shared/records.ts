import { LedgerLockedError, type Namespace, type ResultRow } from '../../../core/ledger.js';
import type { PlanRow } from '../../../core/plans.js';
import type { KeyTarget, LedgerRecords, Resolution, Unsettled } from '../../../core/records.js';
import type { ReportedItem } from '../../../core/reported.js';
import { err, ok, type Result } from '../../../core/result.js';
import type { RunId } from '../../../core/row.js';
import { withPlainUuids } from '../../../core/uuid.js';
import { resolve, takeBack } from '../by-hand.js';
import type { Database } from '../database.js';
import { findNamespace } from '../namespaces.js';
import { SqliteRecords } from '../records.js';
import { rowsOf } from './batches.js';
import type { Books } from './books.js';
import { pagesOf } from './pages.js';
import { WideMirror } from './wide-mirror.js';

type Reading = { [K in keyof LedgerRecords]: LedgerRecords[K] };

/**
 * Everything in books that machines share, to look at: what is asked for is read into a scratch file of this machine
 * once, and told by the statements of a file ledger.
 */
export class SharedRecords implements LedgerRecords {
  readonly #address: string;
  readonly #withinMs: number | undefined;
  #books: Promise<Books> | undefined;
  #mirror: Promise<WideMirror> | undefined;

  /** See `Books.open`. */
  constructor(address: string, withinMs?: number) {
    this.#address = address;
    this.#withinMs = withinMs;
  }

  movedTo: Reading['movedTo'] = async () => (await this.#opened()).movedTo;
  holdStill: Reading['holdStill'] = async () => {
    await this.#told();
  };
  inputs: Reading['inputs'] = async (run) => (await this.#told()).inputs(run);
  rows: Reading['rows'] = (run, input) => this.#rows(run, input);
  totals: Reading['totals'] = async (run) => (await this.#ofRun(run)).totals(run);
  problems: Reading['problems'] = async (run, ...which) => (await this.#ofRun(run)).problems(run, ...which);
  plan: Reading['plan'] = async (run) => (await this.#ofPlan(run)).plan(run);
  planRows: Reading['planRows'] = (run) => this.#planRows(run);
  corrections: Reading['corrections'] = async (run, limit) =>
    (await this.#ofRun(run)).corrections(run, limit);
  takePlace: Reading['takePlace'] = async (run, input, place, trial) => {
    const isOwn = await (await this.#told()).takePlace(run, input, place, trial);
    await (await this.#opened()).place(run, input, isOwn ? place : '');
    return isOwn;
  };
  record: Reading['record'] = async (run) => (await this.#ofRecord(run)).record(run);
  runs: Reading['runs'] = async (last) => (await this.#told((mirror) => mirror.open(last))).runs(last);
  accountsNow: Reading['accountsNow'] = async () =>
    (await this.#told((mirror) => mirror.newest())).accountsNow();
  plansWaiting: Reading['plansWaiting'] = async () => (await this.#ofPlans()).plansWaiting();
  heldRefunds: Reading['heldRefunds'] = async () =>
    (await this.#told((mirror) => mirror.open())).heldRefunds();
  waiting: Reading['waiting'] = async () => (await this.#told((mirror) => mirror.doubts())).waiting();
  lastEndOf: Reading['lastEndOf'] = async (profile) => (await this.#told()).lastEndOf(profile);
  lastFileOf: Reading['lastFileOf'] = async (profile) => (await this.#told()).lastFileOf(profile);
  history: Reading['history'] = async (key) => (await this.#ofTarget({ key })).history(key);
  keyRecords: Reading['keyRecords'] = async (key) => (await this.#ofTarget({ key })).keyRecords(key);
  keysNear: Reading['keysNear'] = async (key) =>
    (await this.#told((mirror) => mirror.near(key))).keysNear(key);
  inDoubt: Reading['inDoubt'] = async (target) => (await this.#ofTarget(target)).inDoubt(target);
  unsettled: Reading['unsettled'] = async (target) => (await this.#ofTarget(target)).unsettled(target);
  settledByHand: Reading['settledByHand'] = async (target) =>
    (await this.#ofTarget(target)).settledByHand(target);
  entries: Reading['entries'] = (account, ...which) => this.#entries(account, ...which);
  accounts: Reading['accounts'] = async () => (await this.#told((mirror) => mirror.accounts())).accounts();

  async *#rows(...[run, input]: Parameters<Reading['rows']>): AsyncGenerator<readonly ResultRow[]> {
    yield* (await this.#ofRun(run)).rows(run, input);
  }

  async *#planRows(run: RunId): AsyncGenerator<readonly PlanRow[]> {
    yield* (await this.#ofPlan(run)).planRows(run);
  }

  async *#entries(...[account, ...which]: Parameters<Reading['entries']>): AsyncGenerator<ReportedItem> {
    yield* (await this.#ofAccount(account)).entries(account, ...which);
  }

  async resolve(key: Unsettled, resolution: Resolution): Promise<Result<void, string>> {
    return this.#say(
      key,
      (db) => resolve(db, key, resolution),
      `${key.key} was settled meanwhile; look at its history`,
    );
  }

  async takeBack(key: Unsettled, words: Pick<Resolution, 'why' | 'at'>): Promise<Result<void, string>> {
    return this.#say(
      key,
      (db) => takeBack(db, key, words),
      `something was sent for ${key.key} meanwhile; look at its history`,
    );
  }

  /** What a person says is worked out in the scratch file, and said to the books if nothing came in between there. */
  async #say(
    key: Unsettled,
    work: (db: Database) => Result<void, string>,
    late: string,
  ): Promise<Result<void, string>> {
    const { db } = await this.#ofTarget({ key: key.key });
    await this.#ofRun(key.run);
    const namespace = findNamespace(db, key);
    const books = await this.#opened();
    const said = await workedOut(db, work, () => books.refuseHeld(namespace));
    if (!said.ok) return said;
    const entry = rowsOf(db, 'entries', 'namespace = ? and key = ?', namespace, key.key);
    const word = rowsOf(
      db,
      'attempts',
      'id = (select last_attempt from entries where namespace = ? and key = ?)',
      namespace,
      key.key,
    );
    books.refuseMoved();
    if (!(await books.say(namespace, key.attempt, entry, word))) {
      await books.refuseHeld(namespace, key.key);
      return err(late);
    }
    await books.correctPages(pagesOf(db, key.run, new Map()));
    return ok(undefined);
  }

  prune: Reading['prune'] = async (which) => {
    const records = await this.#told((mirror) => mirror.doubts());
    const pruned = await records.prune(which);
    if (which.isTrial !== true) {
      const books = await this.#opened();
      books.refuseMoved();
      await books.forgetPages(pruned.runs);
    }
    return pruned;
  };

  forget: Reading['forget'] = () => {
    throw new Error('books that machines share are not of a sandbox');
  };

  async close(): Promise<void> {
    const [mirror, books] = [this.#mirror, this.#books];
    (await mirror)?.close();
    await (await books)?.close();
  }

  /** The driver is loaded with them. */
  async #open(): Promise<Books> {
    return (await import('./books.js')).Books.open(this.#address, this.#withinMs);
  }

  async #opened(): Promise<Books> {
    this.#books ??= this.#open();
    return this.#books;
  }

  async #mirrored(): Promise<WideMirror> {
    this.#mirror ??= this.#opened().then((books) => new WideMirror(books));
    return this.#mirror;
  }

  /** What tells of all that is mirrored once `read` has been. */
  async #told(read?: (mirror: WideMirror) => Promise<void>): Promise<SqliteRecords> {
    const mirror = await this.#mirrored();
    await mirror.runs();
    await mirror.holders();
    await read?.(mirror);
    return new SqliteRecords(mirror.db);
  }

  async #ofTarget(target: KeyTarget): Promise<SqliteRecords> {
    return this.#told((mirror) =>
      'key' in target ? mirror.history(withPlainUuids(target.key)) : mirror.keysOfRun(target.run),
    );
  }

  /** A run, with what became of the keys that it left open. */
  async #ofRecord(run: RunId): Promise<SqliteRecords> {
    return this.#told((mirror) => mirror.openRun(run));
  }

  async #ofAccount(account: Namespace): Promise<SqliteRecords> {
    return this.#told((mirror) => mirror.account(findNamespace(mirror.db, account)));
  }

  async #ofPlan(run: RunId): Promise<SqliteRecords> {
    return this.#told((mirror) => mirror.plan(run));
  }

  async #ofPlans(): Promise<SqliteRecords> {
    return this.#told((mirror) => mirror.plans());
  }

  async #ofRun(run: RunId): Promise<SqliteRecords> {
    return this.#told((mirror) => mirror.run(run));
  }
}

/** The scratch file knows that another process has the account, and not by which ledger: `held` says that. */
async function workedOut<T>(db: Database, work: (db: Database) => T, held: () => Promise<void>): Promise<T> {
  try {
    return work(db);
  } catch (error) {
    if (error instanceof LedgerLockedError) await held();
    throw error;
  }
}
