/** A window is as many answers, in no less than a second; fewer will do once they have taken long enough. */
const WINDOW = { answers: 20, ms: 1_000, fewAnswers: 5, longMs: 5_000 };

/** Answers to what was begun at one rate. */
export class AnswerWindow {
  unclear = 0;
  readonly since: number;
  readonly #tookMs: number[] = [];
  #sumMs = 0;
  /** All that came since the first one did, whenever it was begun. */
  #ended = 0;
  #firstEnd = 0;
  #lastEnd = 0;

  constructor(since: number) {
    this.since = since;
  }

  /** One that was begun `since`, and ended `now`. */
  add(tookMs: number, now: number, isUnclear: boolean): void {
    if (this.answers === 0) this.#firstEnd = now;
    this.#tookMs.push(tookMs);
    this.#sumMs += tookMs;
    if (isUnclear) this.unclear += 1;
    this.passed(now);
  }

  /** One that was begun before. */
  passed(now: number): void {
    if (this.answers === 0) return;
    this.#ended += 1;
    this.#lastEnd = now;
  }

  get answers(): number {
    return this.#tookMs.length;
  }

  /** Where all lanes are taken, answers come in swarms, as far apart as one takes: fewer would show a swarm alone. */
  isWhole(now: number): boolean {
    const ms = now - this.since;
    if (this.#lastEnd - this.#firstEnd < this.meanMs) return false;
    const isFull = this.answers >= WINDOW.answers && ms >= WINDOW.ms;
    return isFull || (this.answers >= WINDOW.fewAnswers && ms >= WINDOW.longMs);
  }

  get medianMs(): number {
    const sorted = [...this.#tookMs].sort((left, right) => left - right);
    return sorted[sorted.length >> 1] ?? 0;
  }

  get meanMs(): number {
    return this.#sumMs / this.answers;
  }

  /** How many came a second. */
  get perSecond(): number {
    const ms = this.#lastEnd - this.#firstEnd;
    return ms > 0 ? ((this.#ended - 1) * 1000) / ms : Infinity;
  }
}
