import type { Clock } from '../../src/core/ports.js';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/**
 * A clock on which waiting takes no time: once nothing else is left to do, it jumps to the moment at which
 * the next sleeper wakes. Chance is always `chance`.
 */
export class VirtualClock implements Clock {
  readonly #began: number;
  readonly #chance: number;
  /** From 0, not from the epoch: there a thousandth of a millisecond would be lost, and waited for again and again. */
  #passed = 0;
  #set = 0;
  #sleepers: Sleeper[] = [];
  #jumping = false;

  constructor({ began = Date.UTC(2026, 10, 20), chance = 0.5 } = {}) {
    this.#began = began;
    this.#chance = chance;
  }

  now(): number {
    return this.#began + this.#passed + this.#set;
  }

  /** Somebody sets the clock; what is asleep sleeps as long as before. */
  set(ms: number): void {
    this.#set += ms;
  }

  elapsed(): number {
    return this.passed;
  }

  /** Milliseconds since the clock was made. */
  get passed(): number {
    return this.#passed;
  }

  random(): number {
    return this.#chance;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const wake = (): void => {
        signal?.removeEventListener('abort', wake);
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        resolve();
      };
      const sleeper = { until: this.#passed + Math.max(0, ms), wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', wake);
      this.#jumpWhenIdle();
    });
  }

  #jumpWhenIdle(): void {
    if (this.#jumping) return;
    this.#jumping = true;
    setImmediate(() => {
      this.#jumping = false;
      if (this.#sleepers.length === 0) return;
      this.#passed = Math.min(...this.#sleepers.map(({ until }) => until));
      for (const { until, wake } of this.#sleepers) if (until <= this.#passed) wake();
      if (this.#sleepers.length > 0) this.#jumpWhenIdle();
    });
  }
}
