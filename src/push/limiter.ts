import type { Clock } from '../core/ports.js';

const LONGEST_OPENING_MS = 1000;

/**
 * How many rows are in flight, how fast they start and when all of them wait. One lane until the first row
 * has been settled, so that a refused account costs one request; then `concurrency`, halved by each pause
 * that the vendor asks for and grown back by one for every full round that was taken.
 */
export class Limiter {
  #lanes = 1;
  #inFlight = 0;
  readonly #clock: Clock;
  readonly #most: number;
  readonly #gapMs: number;
  #nextStart = -Infinity;
  #pausedUntil = -Infinity;
  /** How far apart the next rows start, so that lanes do not answer all at once. */
  #opening = { rows: 0, gapMs: 0 };
  #taken = 0;
  #wake: () => void = () => undefined;
  /** Signals that end the waiting: one listener each, however often it is waited for. */
  readonly #heard = new WeakSet<AbortSignal>();

  /** `rate` is in requests a second, 0 for no limit. */
  constructor(clock: Clock, { concurrency, rate }: { concurrency: number; rate: number }) {
    this.#clock = clock;
    this.#most = concurrency;
    this.#gapMs = rate > 0 ? 1000 / rate : 0;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get free(): number {
    return Math.max(0, this.#lanes - this.#inFlight);
  }

  /** Starts a row; call only with a free lane. */
  start(task: () => Promise<void>): void {
    this.#inFlight += 1;
    void task().finally(() => {
      this.#inFlight -= 1;
      this.#wake();
    });
  }

  /** Until fewer rows than `most` are in flight, or `signal` is aborted. */
  async below(most: () => number, signal?: AbortSignal): Promise<void> {
    if (signal !== undefined && !this.#heard.has(signal)) {
      this.#heard.add(signal);
      signal.addEventListener('abort', () => this.#wake(), { once: true });
    }
    while (this.#inFlight >= most() && signal?.aborted !== true) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async waitForSlot(signal: AbortSignal): Promise<void> {
    await this.below(() => this.#lanes, signal);
  }

  /** Until a request may start: the shared pause is over and the rate allows one more. */
  async waitForTurn(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const now = this.#clock.elapsed();
      const wait = Math.max(this.#pausedUntil, this.#nextStart) - now;
      if (wait <= 0) {
        const gapMs = this.#gap();
        this.#nextStart = Math.max(this.#nextStart, now - gapMs) + gapMs;
        return;
      }
      await this.#clock.sleep(wait, signal);
    }
  }

  /** No request starts for `ms`, whatever row it is for. */
  pause(ms: number): void {
    const now = this.#clock.elapsed();
    if (now >= this.#pausedUntil) this.#lanes = Math.max(1, Math.floor(this.#lanes / 2));
    this.#pausedUntil = Math.max(this.#pausedUntil, now + ms);
    this.#taken = 0;
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
    this.#lanes = this.#most;
    this.#opening = { rows: this.#most, gapMs: Math.min(tookMs, LONGEST_OPENING_MS) / this.#most };
  }

  /** The vendor took a request. */
  succeeded(): void {
    this.#taken += 1;
    if (this.#lanes < this.#most && this.#taken >= this.#lanes) {
      this.#lanes += 1;
      this.#taken = 0;
    }
  }
}
