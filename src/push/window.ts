/**
 * At most so many starts in any `ms`. The window slides with them: where one of fixed edges would let as many again
 * begin behind an edge as before it, here each start makes room for one only once it is `ms` old.
 */
export class Window {
  readonly #most: number;
  readonly #ms: number;
  /** The newest, as many as may be; once they are, the next one goes over the oldest. */
  readonly #starts: number[];
  #next: number;

  /** `starts` are earlier ones, oldest first. */
  constructor(most: number, ms: number, starts: readonly number[] = []) {
    this.#most = most;
    this.#ms = ms;
    this.#starts = starts.slice(-most);
    this.#next = this.#starts.length % most;
  }

  /** When the next one may start. */
  get opens(): number {
    return (this.#starts[this.#next] ?? -Infinity) + this.#ms;
  }

  add(start: number): void {
    this.#starts[this.#next] = start;
    this.#next = (this.#next + 1) % this.#most;
  }
}
