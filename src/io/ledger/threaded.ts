import { Worker } from 'node:worker_threads';
import type { RowStatus } from '../../core/status.js';
import {
  LedgerError,
  LedgerLockedError,
  type Namespace,
  type OpenLedger,
  type ProblemRow,
  type ResultRow,
  type RunInput,
  type AbandonedRun,
  type InputFile,
  type PlanRule,
  type PushedInput,
  type RunEnd,
  type Settlement,
  type Totals,
} from '../../core/ledger.js';
import { Database } from './database.js';
import { SqliteRuns } from './records.js';
import type { ClaimedRow, RepeatedRow, RowFailure, RowUpdate, StagedRow, RunId } from '../../core/row.js';
import { claimedRows } from './run-rows.js';
import { settledTexts } from './settle.js';
import { stagedTexts } from './staging.js';
import type { Call, CallAnswer, Calls, ThreadStart } from './thread.js';

/** Where a new space for young objects would only grow: what the thread makes is gone with the next call. */
const YOUNG_SPACE_MB = 4;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A ledger that works in a thread of its own, so that no request waits for its disk. Calls are carried out in the
 * order in which they are made, whether or not they are waited for.
 */
export class ThreadedLedger implements OpenLedger {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #failure: Error | undefined;
  #database: Database | undefined;

  private constructor(start: ThreadStart) {
    this.#worker = new Worker(new URL('thread.js', import.meta.url), {
      workerData: start,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_SPACE_MB },
    });
    this.#worker.on('message', (answer: CallAnswer) => {
      const waiting = this.#waiting.shift();
      if ('error' in answer) waiting?.reject(errorOf(answer));
      else waiting?.resolve(answer.value);
    });
    this.#worker.on('error', (error: Error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('the thread of the ledger has ended')));
  }

  /** As `SqliteLedger.open` does, or `SqliteLedger.dryRun`. */
  static async open(path: string, namespace: Namespace, dryRun: boolean): Promise<ThreadedLedger> {
    const ledger = new ThreadedLedger({ path, namespace, dryRun });
    try {
      ledger.#database = Database.reader(await ledger.#call('open'));
      return ledger;
    } catch (error) {
      await ledger.#worker.terminate();
      throw error;
    }
  }

  inputs(run: RunId): Promise<readonly RunInput[]> {
    return this.#runs.inputs(run);
  }

  rows(run: RunId, input: number): AsyncIterable<readonly ResultRow[]> {
    return this.#runs.rows(run, input);
  }

  problems(run: RunId, statuses: readonly RowStatus[], limit: number): Promise<readonly ProblemRow[]> {
    return this.#runs.problems(run, statuses, limit);
  }

  corrections(run: RunId, limit: number): Promise<readonly ProblemRow[]> {
    return this.#runs.corrections(run, limit);
  }

  get #runs(): SqliteRuns {
    return new SqliteRuns(this.database);
  }

  /** What has been committed, to read. */
  get database(): Database {
    if (this.#database === undefined) throw new Error('the ledger is not open');
    return this.#database;
  }

  rescue(): Promise<readonly string[]> {
    return this.#call('rescue');
  }

  async close(): Promise<void> {
    this.#database?.close();
    if (this.#failure === undefined) await this.#call('close');
  }

  beginRun(at: number, rules: readonly PlanRule[] = []): Promise<RunId> {
    return this.#call('beginRun', at, rules);
  }

  addInput(run: RunId, input: InputFile): Promise<void> {
    return this.#call('addInput', run, input);
  }

  stage(_run: RunId, rows: readonly StagedRow[]): Promise<void> {
    return this.#call('stage', stagedTexts(rows));
  }

  endInput(run: RunId, digest: string): Promise<void> {
    return this.#call('endInput', run, digest);
  }

  pushedBefore(digest: string): Promise<PushedInput | undefined> {
    return this.#call('pushedBefore', digest);
  }

  async *repeated(run: RunId): AsyncGenerator<readonly RepeatedRow[]> {
    for (;;) {
      const rows = await this.#call('repeated', run);
      if (rows === undefined) return;
      yield rows;
    }
  }

  update(run: RunId, updates: readonly RowUpdate[]): Promise<void> {
    return this.#call('update', run, updates);
  }

  holdAfter(run: RunId, limit: number, failure: RowFailure): Promise<void> {
    return this.#call('holdAfter', run, limit, failure);
  }

  planned(run: RunId, limit: number): Promise<readonly ClaimedRow[]> {
    return this.#call('planned', run, limit);
  }

  async claim(run: RunId, limit: number): Promise<readonly ClaimedRow[]> {
    return claimedRows(run, await this.#call('claim', run, limit));
  }

  settle(run: RunId, settlements: readonly Settlement[], at: number): Promise<void> {
    return this.#call('settle', run, settledTexts(settlements), at);
  }

  endRun(run: RunId, end: RunEnd): Promise<void> {
    return this.#call('endRun', run, end);
  }

  totals(run: RunId): Promise<readonly Totals[]> {
    return this.#call('totals', run);
  }

  abandoned(): Promise<readonly AbandonedRun[]> {
    return this.#call('abandoned');
  }

  dropRun(run: RunId): Promise<void> {
    return this.#call('dropRun', run);
  }

  #call<M extends keyof Calls>(
    method: M,
    ...args: Parameters<Calls[M]>
  ): Promise<Awaited<ReturnType<Calls[M]>>> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      this.#waiting.push({ resolve: resolve as Waiting['resolve'], reject });
      this.#worker.postMessage({ method, args } satisfies Call);
    });
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}

/** Errors lose their class on the way between threads. */
function errorOf({ error, name }: Extract<CallAnswer, { error: Error }>): Error {
  if (name === 'LedgerError') return new LedgerError(error.message, { cause: error });
  if (name === 'LedgerLockedError') return new LedgerLockedError(error.message, { cause: error });
  return error;
}
