import { DAY_MS } from '../core/instant.js';
import pLimit from 'p-limit';
import type { RateChange, Stop } from '../core/events.js';
import type { Clock } from '../core/ports.js';
import { plural, secondText } from '../core/text.js';
import type { RateLimit } from '../core/vendor.js';
import type { AutoRate, Verdict } from './auto-rate.js';
import { Window } from './window.js';

const LONGEST_OPENING_MS = 1000;
const MOST_AT_ONCE = 256;
const MINUTE_MS = 60_000;
/**
 * How long the next request of a day is waited for before the day's budget is spent: yesterday's run may have sent its
 * rows at the hours at which today's sends them.
 */
const LONGEST_WAIT_MS = MINUTE_MS;

/** The stop of a run that has spent a day's budget. */
type BudgetSpent = Extract<Stop, { kind: 'budget_spent' }>;

export interface Pace {
  readonly concurrency: number;
  /** None for no limit. */
  readonly rate: readonly RateLimit[];
}

/**
 * How many rows are in flight, how fast they start and when all of them wait. One lane until the first row
 * has been settled, so that a refused account costs one request; then `concurrency`, halved by each pause
 * that the vendor asks for and grown back by one for every full round that was taken. With `auto` both the lanes and
 * the limit of a second are what it says.
 */
export class Limiter {
  /** Its `concurrency` is the number of lanes that may be busy now. */
  readonly #lanes = pLimit(1);
  /** One waits for the turn, the others for that one. */
  readonly #turns = pLimit(1);
  readonly #clock: Clock;
  readonly #concurrency: number;
  readonly #auto: AutoRate | undefined;
  readonly #rate: readonly RateLimit[];
  readonly #windows: Window[] = [];
  readonly #day: { readonly requests: number; readonly window: Window } | undefined;
  #begun = 0;
  #nextStart = -Infinity;
  #pausedUntil = -Infinity;
  /** How far apart the next rows start, so that lanes do not answer all at once. */
  #opening = { rows: 0, gapMs: 0 };
  #succeeded = 0;
  #isOpen = false;

  /** `spent` says of requests of the last day how long ago each was begun, in milliseconds, oldest first. */
  constructor(clock: Clock, { concurrency, rate }: Pace, spent: readonly number[] = [], auto?: AutoRate) {
    this.#clock = clock;
    this.#concurrency = concurrency;
    this.#rate = rate;
    this.#auto = auto;
    const [minute, day] = [this.#most('minute'), this.#most('day')];
    const now = clock.elapsed();
    if (minute !== undefined) this.#windows.push(new Window(minute, MINUTE_MS));
    if (day === undefined) return;
    this.#day = {
      requests: day,
      window: new Window(
        day,
        DAY_MS,
        spent.map((ago) => now - ago),
      ),
    };
    this.#windows.push(this.#day.window);
  }

  #most(unit: RateLimit['per']): number | undefined {
    return this.#rate.find(({ per }) => per === unit)?.requests;
  }

  /** Requests a second, at present. */
  get #perSecond(): number {
    return this.#auto?.perSecond ?? this.#most('second') ?? Infinity;
  }

  get #mostLanes(): number {
    return this.#auto?.lanes ?? this.#concurrency;
  }

  /** Lanes that may be busy now. */
  get lanes(): number {
    return this.#lanes.concurrency;
  }

  /** Rows to claim at once where a repeated request is harmless: no more than may go in a second. */
  get atOnce(): number {
    const limits = [this.#perSecond, this.#most('minute'), this.#most('day')].map((most) => most ?? Infinity);
    return Math.min(MOST_AT_ONCE, ...limits.map(Math.ceil));
  }

  /**
   * Carries out `step` again and again in every lane that is allowed, each until it gives false. At most one step a
   * lane is queued, however many rows there are.
   */
  async run(step: () => Promise<boolean>): Promise<void> {
    const lane = async (): Promise<void> => {
      while (await this.#lanes(step));
    };
    await Promise.all(Array.from({ length: this.#auto?.mostLanes ?? this.#concurrency }, lane));
  }

  /**
   * Until a request may start: the shared pause is over and every limit allows one more. First come, first served. False
   * where none may: the signal is aborted, or the day's budget is `spent`.
   */
  async waitForTurn(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    if (this.#turns.activeCount === 0 && this.#takeTurn()) return true;
    return this.#turns(async () => {
      while (!signal.aborted && this.spent === undefined) {
        if (this.#takeTurn()) return true;
        await this.#clock.sleep(this.#untilTurn(), signal);
      }
      return false;
    });
  }

  /** Where nothing is left of a day's budget for longer than a run waits. */
  get spent(): BudgetSpent | undefined {
    if (this.#day === undefined) return undefined;
    const { requests, window } = this.#day;
    const waitMs = window.opens - this.#clock.elapsed();
    if (waitMs <= LONGEST_WAIT_MS) return undefined;
    const nextAt = Math.ceil((this.#clock.now() + waitMs) / 1000) * 1000;
    const own = Math.min(this.#begun, requests);
    const budget = `the budget of ${plural(requests, 'request')} in any 24 hours is spent`;
    const message = `${budget}, ${requests - own} before this run and ${own} by it; the next may go at ${secondText(nextAt)}`;
    return { kind: 'budget_spent', message, nextAt };
  }

  #untilTurn(): number {
    let opens = Math.max(this.#pausedUntil, this.#nextStart);
    for (const window of this.#windows) opens = Math.max(opens, window.opens);
    return opens - this.#clock.elapsed();
  }

  #takeTurn(): boolean {
    if (this.#untilTurn() > 0) return false;
    const gapMs = this.#gap();
    const now = this.#clock.elapsed();
    this.#nextStart = Math.max(this.#nextStart, now - gapMs) + gapMs;
    for (const window of this.#windows) window.add(now);
    this.#begun += 1;
    return true;
  }

  /** No request starts for `ms`, whatever row it is for. */
  pause(ms: number): void {
    const now = this.#clock.elapsed();
    if (this.#auto === undefined && now >= this.#pausedUntil)
      this.#lanes.concurrency = Math.max(1, Math.floor(this.lanes / 2));
    this.#pausedUntil = Math.max(this.#pausedUntil, now + ms);
    this.#succeeded = 0;
  }

  #gap(): number {
    const gapMs = 1000 / this.#perSecond;
    if (this.#opening.rows === 0) return gapMs;
    this.#opening.rows -= 1;
    return Math.max(gapMs, this.#opening.gapMs);
  }

  /**
   * The first row is settled and the account was not refused. The other lanes begin one after the other, spread over
   * the `tookMs` that it took: begun at once, their answers would come at once too, round after round, and wait for
   * each other.
   */
  openAll(tookMs: number): void {
    const lanes = this.#mostLanes;
    this.#isOpen = true;
    this.#lanes.concurrency = lanes;
    this.#opening = { rows: lanes, gapMs: Math.min(tookMs, LONGEST_OPENING_MS) / lanes };
  }

  /** An attempt that was begun at `began`, on the clock's `elapsed`, has ended. The rate of `auto` where it is new. */
  answered(verdict: Verdict, began: number): RateChange | undefined {
    if (this.#auto !== undefined) {
      const change = this.#auto.answered(verdict, began, this.#clock.elapsed());
      if (change !== undefined && this.#isOpen) this.#lanes.concurrency = change.inFlight;
      return change;
    }
    if (verdict === 'taken') this.#succeed();
    return undefined;
  }

  #succeed(): void {
    this.#succeeded += 1;
    if (this.lanes < this.#concurrency && this.#succeeded >= this.lanes) {
      this.#lanes.concurrency += 1;
      this.#succeeded = 0;
    }
  }
}
