import type { Ledger } from '../core/ledger.js';
import type { ClaimedRow, RunId } from '../core/row.js';
import type { Limiter } from './limiter.js';
import type { PushState } from './push-state.js';
import type { SettlementBatch } from './settlements.js';

/** Of a group. The first one is small, each after it has twice the rows: every claim costs a commit. */
const LEAST_ROWS = 16;

/**
 * The rows of a run, claimed in groups and taken one by one in input order; the next group is claimed while rows of
 * this one are sent. Where a repeated request would count twice, no row is claimed before its lane is free: a crash
 * leaves a claim behind that a person has to settle.
 */
export class Claims {
  /** Claimed rows, the next one last. */
  #rows: ClaimedRow[] = [];
  #ahead: Promise<readonly ClaimedRow[]> | undefined;
  #refilling: Promise<void> | undefined;
  /** Lanes that wait for a row. */
  #waiting = 0;
  readonly #ended = new AbortController();
  readonly #run: RunId;
  readonly #appends: boolean;
  readonly #limiter: Limiter;
  /** How many rows the next group has. */
  #size: number;
  /** The next group is claimed once no more than so many rows of this one are left. */
  #half = 0;
  readonly #ledger: Ledger;
  readonly #settlements: SettlementBatch;
  readonly #state: PushState;

  constructor(
    run: RunId,
    { appends, concurrency }: { readonly appends: boolean; readonly concurrency: number },
    limiter: Limiter,
    ledger: Ledger,
    settlements: SettlementBatch,
    state: PushState,
  ) {
    this.#run = run;
    this.#appends = appends;
    this.#limiter = limiter;
    this.#size = Math.max(LEAST_ROWS, concurrency * 4);
    this.#ledger = ledger;
    this.#settlements = settlements;
    this.#state = state;
    const end = (): void => this.#ended.abort();
    if (state.stopping.aborted) end();
    else state.stopping.addEventListener('abort', end, { once: true });
  }

  /** Aborted once there is no row left, or none may be begun any more. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** The next row, or undefined once they have ended. */
  async next(): Promise<ClaimedRow | undefined> {
    this.#waiting += 1;
    while (this.#rows.length === 0 && !this.ended.aborted) await (this.#refilling ??= this.#refill());
    this.#waiting -= 1;
    if (this.ended.aborted) return undefined;
    const row = this.#rows.pop();
    if (!this.#appends && this.#rows.length <= this.#half) this.#ahead ??= this.#claim();
    return row;
  }

  /** Whether a row is left that no lane has taken. */
  async areLeft(): Promise<boolean> {
    if (this.#rows.length > 0 || ((await this.#ahead)?.length ?? 0) > 0) return true;
    return (await this.#ledger.planned(this.#run, 1).catch(this.#failed)).length > 0;
  }

  /** Rows that were claimed and not taken, once nobody takes any more. */
  async rest(): Promise<readonly ClaimedRow[]> {
    return [...this.#rows.reverse(), ...((await this.#ahead) ?? [])];
  }

  async #refill(): Promise<void> {
    const rows = await (this.#ahead ?? this.#claim());
    this.#ahead = undefined;
    this.#rows = [...rows].reverse();
    this.#half = rows.length >> 1;
    if (rows.length === 0) this.#ended.abort();
    this.#refilling = undefined;
  }

  /** What has been settled goes before it, into the same commit: there a lane is free before it has another row. */
  #claim(): Promise<readonly ClaimedRow[]> {
    void this.#settlements.flush();
    const most = Math.min(this.#limiter.atOnce, this.#size);
    const size = this.#appends ? this.#waiting : most;
    this.#size = most * 2;
    return this.#ledger.claim(this.#run, size).catch(this.#failed);
  }

  readonly #failed = (error: unknown): readonly ClaimedRow[] => {
    this.#state.ledgerFailed(error);
    return [];
  };
}
