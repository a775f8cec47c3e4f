import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  LedgerError,
  type Namespace,
  type OpenLedger,
  type Ledger,
  type LedgerDoubt,
  type RunEnd,
  type Settlement,
  type Totals,
} from '../../core/ledger.js';
import type { PlanTerms } from '../../core/plans.js';
import { Database } from './database.js';
import type { ClaimedRow, InputFile, RowFailure, RowUpdate, StagedRow, RunId } from '../../core/row.js';
import { ledgerFile } from './file.js';
import { advance, beginBeside, doubtAbout, isAsLeft, keepBeside, refuseMovedAt, seal } from './generation.js';
import { attemptsSince } from './history.js';
import { markEarlierValues } from './earlier-values.js';
import { lastPush, pushedWhole, vendorOfRun } from './last-push.js';
import { countInFlight } from './in-flight.js';
import { AccountLock } from './lock.js';
import { lookAlikes } from './likenesses.js';
import { borneRate, findAddressed, pushedAccounts, rememberRate, takeNamespace } from './namespaces.js';
import { updateRows, holdRowsAfter, pushedInput, refuseKey, repeatedRows, writeRules } from './planning.js';
import { claimedRows, markFirstZeros, PLANNED_AFTER, resultRows, rowRange, totalsOf } from './run-rows.js';
import { copyPlan, holdPlan, staleRows } from './held-plans.js';
import { SqliteRuns } from './records.js';
import { rescueLedger } from './rescue.js';
import { dropRun, pruneRuns } from './pruning.js';
import { abandonedRuns, addInput, beginRun, closeRun, endInput, holdRest } from './runs.js';
import { lastFileOf, writeEnd } from './ends.js';
import { GroupCommit } from './group-commit.js';
import { createScratch, migrate } from './schema.js';
import { sameCalls } from './same-calls.js';
import { writeSettlements } from './settle.js';
import { sentRows } from './sent-rows.js';
import { stageRows } from './staging.js';

/** The SQLite ledger of one vendor account, locked for one push at a time. */
export class SqliteLedger extends SqliteRuns implements OpenLedger {
  readonly #namespace: number;
  #doubt: LedgerDoubt | undefined;
  /** Whether its claims are counted beside it. */
  #hasGeneration = false;
  /** Undefined for a dry run. */
  readonly #lock: AccountLock | undefined;
  /** Once the database is closed. */
  readonly #onClose: () => void;
  #input = 0;
  #first = 0;
  #next = 0;
  protected claimedTo = 0;
  readonly #batch: GroupCommit;
  #pushing = false;
  /** A run whose rows, staged by this process, have no likenesses. */
  #plain = 0;
  #known: { readonly run: RunId; readonly totals: readonly Totals[] } | undefined;
  readonly #runsBefore: 'runs' | 'books.runs';
  /** The number of its next run, where it is not the one after the last. */
  readonly #number: RunId | undefined;

  protected constructor(
    db: Database,
    namespace: number,
    lock: AccountLock | undefined,
    onClose: () => void,
    { runsBefore = 'runs', number }: { runsBefore?: 'runs' | 'books.runs'; number?: RunId | undefined } = {},
  ) {
    super(db);
    this.#runsBefore = runsBefore;
    this.#namespace = namespace;
    this.#lock = lock;
    this.#onClose = onClose;
    this.#number = number;
    this.#batch = new GroupCommit(db, () => lock?.check());
  }

  /** `appends`: a repeat would count twice, so that an older or damaged ledger is recognised. */
  static open(path: string, namespace: Namespace, appends = false): SqliteLedger {
    const wasLeftSo = existsSync(path) && isAsLeft(ledgerFile(path));
    const db = Database.open(path);
    if (appends && !wasLeftSo) db.check();
    migrate(db);
    const id = takeNamespace(db, namespace);
    const lock = AccountLock.take(db, id, namespace);
    const ledger = new SqliteLedger(db, id, lock, () => undefined);
    if (appends) ledger.#goBy(doubtAbout(db, db.path, 'main'));
    return ledger;
  }

  /** A ledger that plans against the books at `path` and leaves them untouched: for a dry run. */
  static dryRun(path: string, namespace: Namespace, appends = false): SqliteLedger {
    refuseMovedAt(path);
    const folder = mkdtempSync(join(tmpdir(), 'revsync-'));
    const db = Database.scratch(join(folder, 'dry-run.db'));
    const hasBooks = createScratch(db, existsSync(path) ? ledgerFile(path) : undefined);
    const ledger = new SqliteLedger(
      db,
      findAddressed(db, namespace),
      undefined,
      () => rmSync(folder, { recursive: true, force: true }),
      { runsBefore: hasBooks ? 'books.runs' : 'runs' },
    );
    if (appends) ledger.#doubt = doubtAbout(db, path, hasBooks ? 'books' : 'main');
    return ledger;
  }

  get doubt(): LedgerDoubt | undefined {
    return this.#doubt;
  }

  #goBy(doubt: LedgerDoubt | undefined): void {
    this.#doubt = doubt;
    if (doubt !== undefined) return;
    this.#hasGeneration = true;
    beginBeside(this.db);
  }

  rescue: OpenLedger['rescue'] = async () => rescueLedger(this.db);

  async close(): Promise<void> {
    this.#lock?.leave();
    if (this.#hasGeneration && this.db.place === 'kept') seal(this.db);
    this.db.close();
    this.#lock?.release();
    this.#onClose();
  }

  beginRun: Ledger['beginRun'] = async (at, rules = [], origin = {}) => {
    // What is staged is nothing to lose until a row of it is claimed.
    this.db.syncs(false);
    const run = beginRun(this.db, this.#namespace, at, origin, this.#number);
    writeRules(this.db, rules);
    this.#input = 0;
    this.#plain = run;
    this.#next = rowRange(run)[0] + 1;
    this.claimedTo = rowRange(run)[0];
    this.#pushing = false;
    return run;
  };

  async addInput(run: RunId, input: InputFile): Promise<void> {
    this.#input += 1;
    this.#first = this.#next;
    addInput(this.db, run, this.#input, input);
  }

  async stage(_run: RunId, rows: readonly StagedRow[]): Promise<void> {
    this.#known = undefined;
    this.db.transaction(() => stageRows(this.db, this.#namespace, this.#next, this.#input, rows));
    this.#next += rows.length;
    if (rows.some(({ likenesses }) => likenesses !== undefined)) this.#plain = 0;
  }

  async dropInput(run: RunId): Promise<void> {
    this.#known = undefined;
    this.db.transaction(() => {
      this.db.run('delete from rows where id >= ? and id < ?', [this.#first, this.#next]);
      this.db.run('delete from inputs where run = ? and number = ?', [run, this.#input]);
    });
    this.#next = this.#first;
    this.#input -= 1;
    return Promise.resolve();
  }

  endInput: Ledger['endInput'] = async (run, digest) => endInput(this.db, run, this.#input, digest);

  attemptedSince: Ledger['attemptedSince'] = async (since, limit) =>
    attemptsSince(this.db, this.#namespace, since, limit);
  borneRate: Ledger['borneRate'] = async () => borneRate(this.db, this.#namespace);
  /** No other machine pushes by it. */
  sentLate: Ledger['sentLate'] = async () => undefined;
  rememberPause: Ledger['rememberPause'] = () => undefined;
  pauseLeft: Ledger['pauseLeft'] = async () => 0;
  pushedBefore: Ledger['pushedBefore'] = async (digest) => pushedInput(this.db, this.#namespace, digest);
  pushedWhole: Ledger['pushedWhole'] = async (digests) =>
    pushedWhole(this.db, this.#namespace, digests, this.#runsBefore);
  lastFileOf: Ledger['lastFileOf'] = async (profile) => lastFileOf(this.db, profile);
  lastPush: Ledger['lastPush'] = async () => lastPush(this.db, this.#namespace, this.#runsBefore);
  sentRows: Ledger['sentRows'] = (run) => sentRows(this.db, this.#namespace, run);
  vendorOfRun: Ledger['vendorOfRun'] = async (run) => vendorOfRun(this.db, run, this.#runsBefore);
  pushedAccounts: OpenLedger['pushedAccounts'] = async () => pushedAccounts(this.db, this.#runsBefore);
  abandoned: Ledger['abandoned'] = async () => abandonedRuns(this.db, this.#namespace);
  countInFlight: Ledger['countInFlight'] = async (doubtOf) =>
    countInFlight(this.db, this.#namespace, doubtOf);
  prune: OpenLedger['prune'] = async (which) => pruneRuns(this.db, which, this.#namespace);
  writeEnd: Ledger['writeEnd'] = async (end) =>
    this.db.transaction(() => writeEnd(this.db, this.#namespace, end));

  dropRun: Ledger['dropRun'] = async (run) => dropRun(this.db, run);
  repeated: Ledger['repeated'] = (run, net) => repeatedRows(this.db, this.#namespace, run, net);
  override rows: OpenLedger['rows'] = (run, input) => resultRows(this.db, run, input, this.#tableOf(run));
  override totals: Ledger['totals'] = async (run) => this.#totals(run);
  planned: Ledger['planned'] = async (run, limit) => this.#plannedAfter(run, this.claimedTo, limit);

  async refuseKey(run: RunId, key: string, failure: RowFailure): Promise<void> {
    this.#known = undefined;
    refuseKey(this.db, run, key, failure);
  }

  async update(run: RunId, updates: readonly RowUpdate[]): Promise<void> {
    this.#known = undefined;
    updateRows(this.db, this.#namespace, run, updates);
  }

  lookAlikes: Ledger['lookAlikes'] = (...which) => lookAlikes(this.db, this.#namespace, ...which);
  sameCalls: Ledger['sameCalls'] = (run) => sameCalls(this.db, run);
  markEarlierValues: Ledger['markEarlierValues'] = async (run) =>
    this.db.transaction(() => markEarlierValues(this.db, this.#namespace, run));
  markFirstZeros: Ledger['markFirstZeros'] = async (run, warning) => markFirstZeros(this.db, run, warning);

  async holdAfter(run: RunId, limit: number, failure: RowFailure): Promise<void> {
    this.#known = undefined;
    holdRowsAfter(this.db, run, limit, failure);
  }

  #plannedAfter(run: RunId, after: number, limit: number): ClaimedRow[] {
    return claimedRows(this.db, run, PLANNED_AFTER, after, rowRange(run)[1], limit);
  }

  async claim(run: RunId, limit: number): Promise<readonly ClaimedRow[]> {
    if (this.db.place !== 'kept')
      throw new LedgerError(`ledger ${this.db.path}: was deleted or replaced during the run`);
    if (!this.#pushing) this.db.syncs(true);
    this.#pushing = true;
    let generation: ReturnType<typeof advance> | undefined;
    const claimed = this.#batch.commit(() => {
      const rows = this.#plannedAfter(run, this.claimedTo, limit);
      const last = rows.at(-1);
      if (last === undefined) return rows;
      this.#known = undefined;
      this.claimedTo = rowRange(run)[0] + last.position;
      this.db.run(`update runs set state = 'pushing', claimed_to = ? where id = ?`, [this.claimedTo, run]);
      if (this.#hasGeneration) generation = advance(this.db);
      return rows;
    });
    if (generation !== undefined) keepBeside(this.db, generation);
    return claimed;
  }

  /** Its lock ends with the process, and each commit looks whether somebody has taken the account over. */
  holds(): boolean {
    return true;
  }

  async settle(run: RunId, settlements: readonly Settlement[], at: number): Promise<void> {
    const isPlain = run === this.#plain;
    return this.#batch.add(() => {
      this.#known = undefined;
      writeSettlements(this.db, this.#namespace, run, settlements, at, !isPlain);
    });
  }

  async copyPlan(run: RunId, plan: RunId): Promise<void> {
    this.#plain = 0;
    this.db.transaction(() => copyPlan(this.db, this.#namespace, run, plan));
  }

  staleRows: Ledger['staleRows'] = async (...which) => staleRows(this.db, this.#namespace, ...which);

  async holdPlan(run: RunId, terms: PlanTerms, at: number): Promise<boolean> {
    return this.#ending(() => {
      const isHeld = holdPlan(this.db, this.#namespace, run, terms);
      if (isHeld) closeRun(this.db, run, { at, state: 'planned' }, this.#totals(run));
      return isHeld;
    });
  }

  async endRun(run: RunId, end: RunEnd): Promise<void> {
    this.#ending(() => {
      if (end.rest !== undefined) {
        this.#known = undefined;
        holdRest(this.db, run, end.rest);
      }
      closeRun(this.db, run, end, this.#totals(run));
      if (end.borne !== undefined) rememberRate(this.db, this.#namespace, end.borne, end.at);
    });
  }

  #ending<T>(work: () => T): T {
    this.db.syncs(true);
    return this.db.transaction(() => {
      this.#lock?.check();
      return work();
    });
  }

  /** Every row is read for them, so they are kept until one changes. */
  #totals(run: RunId): readonly Totals[] {
    if (this.#known?.run !== run) this.#known = { run, totals: totalsOf(this.db, run, this.#tableOf(run)) };
    return this.#known.totals;
  }

  #tableOf(run: RunId): 'run_rows' | 'rows' {
    return this.claimedTo === rowRange(run)[0] ? 'rows' : 'run_rows';
  }
}
