import type {
  HistoryRecord,
  LedgerRecords,
  Namespace,
  ProblemRow,
  Resolution,
  ResultRow,
  RunInput,
  RunReader,
  RunRecord,
  Unsettled,
  Totals,
} from '../../core/ledger.js';
import type { RunId } from '../../core/row.js';
import type { ReportedItem } from '../../core/reported.js';
import type { Result } from '../../core/result.js';
import type { RowStatus } from '../../core/status.js';
import type { Database } from './database.js';
import { bookedAccounts, heldRows } from './entries.js';
import { historyOf, resolve, unsettled } from './history.js';
import { correctedRows, problemRows, resultRows, totalsOf } from './run-rows.js';
import { forgetOrigin, inputsOf, listRuns, pruneRuns } from './runs.js';

/** The rows of runs in a SQLite ledger. */
export class SqliteRuns implements RunReader {
  protected readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  async inputs(run: RunId): Promise<readonly RunInput[]> {
    return Promise.resolve(inputsOf(this.db, run));
  }

  rows(run: RunId, input: number): AsyncIterable<readonly ResultRow[]> {
    return resultRows(this.db, run, input);
  }

  async totals(run: RunId): Promise<readonly Totals[]> {
    return Promise.resolve(totalsOf(this.db, run));
  }

  async problems(run: RunId, statuses: readonly RowStatus[], limit: number): Promise<readonly ProblemRow[]> {
    return Promise.resolve(problemRows(this.db, run, statuses, limit));
  }

  async corrections(run: RunId, limit: number): Promise<readonly ProblemRow[]> {
    return Promise.resolve(correctedRows(this.db, run, limit));
  }
}

/** Everything in a SQLite ledger, of every account. */
export class SqliteRecords extends SqliteRuns implements LedgerRecords {
  async holdStill(): Promise<void> {
    return Promise.resolve(this.db.exec('begin'));
  }

  async runs(): Promise<readonly RunRecord[]> {
    return Promise.resolve(listRuns(this.db));
  }

  async history(key: string): Promise<readonly HistoryRecord[]> {
    return Promise.resolve(historyOf(this.db, key));
  }

  async unsettled(target: { readonly run: RunId } | { readonly key: string }): Promise<readonly Unsettled[]> {
    return Promise.resolve(unsettled(this.db, target));
  }

  async resolve(key: Unsettled, resolution: Resolution): Promise<Result<void, string>> {
    return Promise.resolve(resolve(this.db, key, resolution));
  }

  async accounts(): Promise<readonly Namespace[]> {
    return Promise.resolve(bookedAccounts(this.db));
  }

  entries(account: Namespace): AsyncIterable<ReportedItem> {
    return heldRows(this.db, account);
  }

  async prune(before: number): Promise<number> {
    return Promise.resolve(pruneRuns(this.db, before));
  }

  async forget(origin: string): Promise<void> {
    return Promise.resolve(forgetOrigin(this.db, origin));
  }

  async close(): Promise<void> {
    return Promise.resolve(this.db.close());
  }
}
