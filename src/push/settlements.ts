import type { Ledger, Settlement } from '../core/ledger.js';
import type { Clock } from '../core/ports.js';
import type { RunId } from '../core/row.js';
import type { PushState } from './push-state.js';

/** Settled rows wait at most this long for others to share a commit with. */
const WAIT_MS = 500;
const MOST_ROWS = 1024;

/** Settles rows in groups, so that they share a commit; at once where a lost settlement would need a person. */
export class SettlementBatch {
  #failed = false;
  #waiting: Settlement[] = [];
  #writing: Promise<void> = Promise.resolve();
  readonly #run: RunId;
  readonly #appends: boolean;
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #state: PushState;

  constructor(
    run: RunId,
    appends: boolean,
    { ledger, clock }: { ledger: Ledger; clock: Clock },
    state: PushState,
  ) {
    this.#run = run;
    this.#appends = appends;
    this.#ledger = ledger;
    this.#clock = clock;
    this.#state = state;
  }

  add(settlement: Settlement): void {
    this.#waiting.push(settlement);
    if (this.#waiting.length >= MOST_ROWS) void this.flush();
    else if (this.#waiting.length === 1) {
      const group = this.#waiting;
      // Once the push is drained there are no others to wait for.
      void this.#clock.sleep(this.#appends ? 0 : WAIT_MS, this.#state.drained).then(() => {
        if (this.#waiting === group) void this.flush();
      });
    }
  }

  /** Until everything that was added has been taken, or refused. */
  flush(): Promise<void> {
    const group = this.#waiting;
    if (group.length === 0 || this.#failed) return this.#writing;
    this.#waiting = [];
    const written = this.#ledger.settle(this.#run, group, this.#clock.now()).catch((error: unknown) => {
      this.#failed = true;
      this.#waiting.unshift(...group);
      this.#state.ledgerFailed(error);
    });
    this.#writing = Promise.all([this.#writing, written]).then(() => undefined);
    return this.#writing;
  }

  /**
   * Settles the rest, with a last attempt where the ledger has failed; returns what it still does not take and the
   * next push cannot find out.
   */
  async end(): Promise<readonly Settlement[]> {
    await this.flush();
    this.#failed = false;
    await this.flush();
    return this.#waiting.filter(({ attempts }) => attempts.length > 0 || this.#appends);
  }
}
