import type { RowLimit } from '../core/row.js';

export const DEFAULT_MAX_ERRORS: RowLimit = { kind: 'percent', percent: 50 };

const WINDOW = 200;
const AT_LEAST = 20;

/**
 * Trips when sending as such fails, not when rows are bad: `failed` and `unknown` rows count, a row the
 * vendor rejected is an answer. A share is taken of the last 200 settled rows once there are 20.
 */
export class ErrorThreshold {
  readonly #most: RowLimit;
  readonly #window: boolean[] = [];
  /** Where the next row goes: over the oldest once the window is full. */
  #next = 0;
  #errors = 0;

  /** `most` is of the whole run, a share of the last rows settled. */
  constructor(most: RowLimit) {
    this.#most = most;
  }

  /** Counts a settled row; a message means that the run should stop. */
  count(error: boolean): string | undefined {
    if (error) this.#errors += 1;
    if (this.#most.kind === 'rows') {
      if (!error || this.#errors < this.#most.rows) return undefined;
      return this.#errors === 1 ? 'a row failed' : `${this.#errors} rows failed`;
    }
    if (this.#window[this.#next] === true) this.#errors -= 1;
    this.#window[this.#next] = error;
    this.#next = (this.#next + 1) % WINDOW;
    const settled = this.#window.length;
    const tripped = settled >= AT_LEAST && this.#errors * 100 >= this.#most.percent * settled && error;
    return tripped ? `${this.#errors} of the last ${settled} rows failed` : undefined;
  }
}
