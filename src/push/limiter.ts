import pLimit from 'p-limit';
import type { Clock } from '../core/ports.js';

const LONGEST_OPENING_MS = 1000;

/**
 * How many rows are in flight, how fast they start and when all of them wait. One lane until the first row
 * has been settled, so that a refused account costs one request; then `concurrency`, halved by each pause
 * that the vendor asks for and grown back by one for every full round that was taken.
 */
export class Limiter {
  /** Its `concurrency` is the number of lanes that may be busy now. */
  readonly #lanes = pLimit(1);
  /** One waits for the turn, the others for that one. */
  readonly #turns = pLimit(1);
  readonly #clock: Clock;
  readonly #most: number;
  readonly #gapMs: number;
  #nextStart = -Infinity;
  #pausedUntil = -Infinity;
  /** How far apart the next rows start, so that lanes do not answer all at once. */
  #opening = { rows: 0, gapMs: 0 };
  #succeeded = 0;

  /** `rate` is in requests a second, 0 for no limit. */
  constructor(clock: Clock, { concurrency, rate }: { concurrency: number; rate: number }) {
    this.#clock = clock;
    this.#most = concurrency;
    this.#gapMs = rate > 0 ? 1000 / rate : 0;
  }

  /** Lanes that may be busy now. */
  get lanes(): number {
    return this.#lanes.concurrency;
  }

  /**
   * Carries out `step` again and again in every lane that is allowed, each until it gives false. At most one step a
   * lane is queued, however many rows there are.
   */
  async run(step: () => Promise<boolean>): Promise<void> {
    const lane = async (): Promise<void> => {
      while (await this.#lanes(step));
    };
    await Promise.all(Array.from({ length: this.#most }, lane));
  }

  /** Until a request may start: the shared pause is over and the rate allows one more. First come, first served. */
  async waitForTurn(signal: AbortSignal): Promise<void> {
    if (signal.aborted || (this.#turns.activeCount === 0 && this.#takeTurn())) return;
    await this.#turns(async () => {
      while (!signal.aborted && !this.#takeTurn()) await this.#clock.sleep(this.#untilTurn(), signal);
    });
  }

  #untilTurn(): number {
    return Math.max(this.#pausedUntil, this.#nextStart) - this.#clock.elapsed();
  }

  #takeTurn(): boolean {
    if (this.#untilTurn() > 0) return false;
    const gapMs = this.#gap();
    this.#nextStart = Math.max(this.#nextStart, this.#clock.elapsed() - gapMs) + gapMs;
    return true;
  }

  /** No request starts for `ms`, whatever row it is for. */
  pause(ms: number): void {
    const now = this.#clock.elapsed();
    if (now >= this.#pausedUntil) this.#lanes.concurrency = Math.max(1, Math.floor(this.lanes / 2));
    this.#pausedUntil = Math.max(this.#pausedUntil, now + ms);
    this.#succeeded = 0;
  }

  #gap(): number {
    if (this.#opening.rows === 0) return this.#gapMs;
    this.#opening.rows -= 1;
    return Math.max(this.#gapMs, this.#opening.gapMs);
  }

  /**
   * The first row is settled and the account was not refused. The other lanes begin one after the other, spread over
   * the `tookMs` that it took: begun at once, their answers would come at once too, round after round, and wait for
   * each other.
   */
  openAll(tookMs: number): void {
    this.#lanes.concurrency = this.#most;
    this.#opening = { rows: this.#most, gapMs: Math.min(tookMs, LONGEST_OPENING_MS) / this.#most };
  }

  /** The vendor took a request. */
  succeeded(): void {
    this.#succeeded += 1;
    if (this.lanes < this.#most && this.#succeeded >= this.lanes) {
      this.#lanes.concurrency += 1;
      this.#succeeded = 0;
    }
  }
}
