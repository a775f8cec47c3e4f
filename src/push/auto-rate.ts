import type { RateChange } from '../core/events.js';
import { DAY_MS } from '../core/instant.js';
import type { BorneRate } from '../core/earlier-pushes.js';
import type { Ledger } from '../core/ledger.js';
import type { Clock } from '../core/ports.js';
import { AnswerWindow } from './answer-window.js';

/** How far `--rate auto` may go. */
export interface AutoBounds {
  /** Requests a second that anyone may send: what a run begins with where nothing is known of the account. */
  readonly start: number;
  /** Requests a second at most. */
  readonly most: number;
  /** Rows in flight, to begin with and at most. */
  readonly lanes: { readonly start: number; readonly most: number };
  /** It may only slow down. */
  readonly held?: true;
}

/**
 * What an attempt says of the rate: `taken` was processed, `unclear` says nothing of it, and whoever was `turned_away`
 * or got no answer asked too much.
 */
export type Verdict = 'taken' | 'unclear' | 'turned_away' | 'unanswered';

/** What came of it, in requests a second. */
export interface AutoReport {
  readonly began: number;
  readonly highest: number;
  readonly last: number;
  readonly most: number;
  readonly held: boolean;
  /** The highest at which a whole window was answered as fast as the first, lowered by whatever came after it. */
  readonly borne: number | undefined;
  /** Attempts that were turned away, and how often the rate was halved for these, for none or for slow answers. */
  readonly turnedAway: number;
  readonly halved: number;
  /** What the next run begins with. */
  readonly next: number;
}

/** After that nobody knows any more what an account bears. */
const REMEMBERED_MS = 30 * DAY_MS;

/**
 * What a run begins with: half of what the account bore, as if it had been turned away once since, which is three
 * windows from it; never less than anyone may send, unless it bore less.
 */
export function beginsWith({ start, most }: AutoBounds, borne: BorneRate | undefined, now: number): number {
  if (borne === undefined || now - borne.at > REMEMBERED_MS) return Math.min(start, most);
  return Math.min(most, borne.perSecond, Math.max(start, borne.perSecond / 2));
}

/** Where being turned away may leave a row of which nobody knows: it may only slow down, and is back where it began. */
function withoutGrowth({ start, most, lanes }: AutoBounds): AutoBounds {
  return { start, most: Math.min(start, most), lanes: { start: lanes.start, most: lanes.start }, held: true };
}

/** The rate of a run; `appends`: a second request of a row would count twice, as `mayCountTwice` has it. */
export async function autoRate(
  bounds: AutoBounds | undefined,
  appends: boolean,
  { ledger, clock }: { readonly ledger: Pick<Ledger, 'borneRate'>; readonly clock: Clock },
): Promise<AutoRate | undefined> {
  if (bounds === undefined) return undefined;
  // What an account bore is of no use where the rate may not grow.
  if (appends) return new AutoRate(withoutGrowth(bounds));
  return new AutoRate(bounds, beginsWith(bounds, await ledger.borneRate(), clock.now()));
}

/** By how much it grows a window: below what anyone may send, up to where it was in trouble, and past that. */
const GROWTH = { regain: 2, free: 1.25, probe: 1.05 };
/** A rate is not grown past where less of it was used: what was not sent was not borne. */
const USED = 0.8;
/** Of answers that say nothing, a window may have one in so many. */
const UNCLEAR = 10;
/** Answers that took so much longer than the first ones are no longer as fast, and twice as slow. */
const AS_FAST = 1.5;
const SLOW = 2;
/** So many windows say how fast answers are at first. */
const MEASURED = 4;
/** Below that it is this machine's own load that makes the difference. */
const QUICK_MS = 10;
/** How long a rate that was too much is not tried again, twice as long each time. */
const HOLD_MS = { first: 60_000, most: 960_000 };
/** The share of `start` below which it does not fall: what is longer than that a vendor says in `Retry-After`. */
const LEAST = 0.1;

/**
 * The rate of `--rate auto`. It grows with each window of answers that were as fast as the first ones while all of it
 * was used, and is halved once for each time that answers take twice as long or requests are turned away; then it stays
 * below that rate for a while. Slow answers never bring it below `start`. What was begun before a change says nothing of
 * the rate after it. A function of what it is told: times are in milliseconds on one clock.
 */
export class AutoRate {
  readonly #bounds: AutoBounds;
  readonly #began: number;
  #rate: number;
  #lanes: number;
  #highest: number;
  #borne: number | undefined;
  #turnedAway = 0;
  #halved = 0;
  /** What an answer takes that nothing holds up; undefined until a window has been answered. */
  #baseMs: number | undefined;
  /** Of how many windows that is the mean. */
  #measured = 0;
  /** Whether the last window was slow: one alone may be chance. */
  #isSlow = false;
  #window = new AnswerWindow(-Infinity);
  /** What was too much, and until when it is not tried again. */
  #trouble: { readonly rate: number; readonly lanes: number; until: number } | undefined;
  #holdMs = HOLD_MS.first / 2;
  /** Whether a window was answered since. */
  #isOver = true;

  /** `began`: requests a second to begin with. */
  constructor(bounds: AutoBounds, began = bounds.start) {
    this.#bounds = bounds;
    this.#began = Math.min(began, bounds.most);
    this.#rate = this.#began;
    this.#highest = this.#began;
    this.#lanes = bounds.lanes.start;
  }

  /** Requests a second. */
  get perSecond(): number {
    return this.#rate;
  }

  /** Rows in flight at most: twice those that the rate needs while answers are as fast (Little's law). */
  get lanes(): number {
    return this.#lanes;
  }

  /** What a run begins with. */
  get begun(): RateChange {
    return { perSecond: this.#rate, inFlight: this.#lanes, because: 'begun' };
  }

  get mostLanes(): number {
    return this.#bounds.lanes.most;
  }

  get report(): AutoReport {
    const { most, held = false } = this.#bounds;
    const borne = this.#borne;
    const known = borne === undefined || held ? undefined : { perSecond: borne, at: 0 };
    return {
      ...{ began: this.#began, highest: this.#highest, last: this.#rate, most, held, borne },
      ...{ turnedAway: this.#turnedAway, halved: this.#halved },
      next: known === undefined ? this.#began : beginsWith(this.#bounds, known, 0),
    };
  }

  /** An attempt that was begun at `began` has ended `now`. What changed by it, if anything did. */
  answered(verdict: Verdict, began: number, now: number): RateChange | undefined {
    if (verdict === 'turned_away') this.#turnedAway += 1;
    if (this.#window.since === -Infinity) {
      // The first one opened a connection, and is not like the others.
      this.#window = new AnswerWindow(now);
      if (verdict === 'taken' || verdict === 'unclear') return undefined;
    } else if (began < this.#window.since) {
      this.#window.passed(now);
      return undefined;
    }
    if (verdict === 'turned_away' || verdict === 'unanswered') return this.#halve(verdict, now);
    this.#window.add(now - began, now, verdict === 'unclear');
    return this.#window.isWhole(now) ? this.#judge(this.#window, now) : undefined;
  }

  #judge(window: AnswerWindow, now: number): RateChange | undefined {
    const { medianMs, meanMs, perSecond } = window;
    this.#window = new AnswerWindow(now);
    const base = this.#measure(medianMs);
    const wasSlow = this.#isSlow;
    this.#isSlow = medianMs >= base * SLOW;
    if (this.#isSlow) return wasSlow ? this.#slower(medianMs, now) : undefined;
    this.#isOver = true;
    if (medianMs > base * AS_FAST || window.unclear * UNCLEAR > window.answers) return undefined;
    this.#borne = Math.max(this.#borne ?? 0, Math.min(perSecond, this.#rate));
    const rate = perSecond < this.#rate * USED ? this.#rate : this.#grown(now);
    return this.#change(rate, this.#lanesFor(rate, meanMs, now), 'as_fast');
  }

  /** Never fewer than there are: what is not needed does not start. */
  #lanesFor(rate: number, meanMs: number, now: number): number {
    const { start, most } = this.#bounds.lanes;
    const needed = Math.max(start, Math.ceil(2 * rate * (meanMs / 1000)) + 1);
    const wasTooMany =
      this.#trouble !== undefined && now < this.#trouble.until ? this.#trouble.lanes : Infinity;
    const top = Math.min(most, Math.ceil(this.#lanes * AS_FAST), Math.floor(wasTooMany / GROWTH.free));
    return Math.max(this.#lanes, Math.min(top, needed));
  }

  /** What answers take that nothing holds up: the mean of the first windows, and less where they turn out to be faster. */
  #measure(medianMs: number): number {
    const before = this.#baseMs ?? medianMs;
    const isFirst = this.#measured < MEASURED && medianMs < before * AS_FAST;
    if (isFirst) this.#measured += 1;
    const share = isFirst ? 1 / this.#measured : medianMs * AS_FAST < before ? 1 / MEASURED : 0;
    this.#baseMs = before + (medianMs - before) * share;
    return Math.max(QUICK_MS, this.#baseMs);
  }

  #grown(now: number): number {
    const { start, most } = this.#bounds;
    const faster =
      this.#rate < start ? Math.min(start, this.#rate * GROWTH.regain) : this.#rate * GROWTH.free;
    const top = Math.min(most, faster);
    if (this.#trouble === undefined) return top;
    const { rate, until } = this.#trouble;
    // The step before the one that was too much.
    const safe = Math.max(this.#rate, Math.min(top, rate / GROWTH.free));
    if (now < until || safe > this.#rate) return safe;
    const next = Math.min(most, this.#rate * GROWTH.probe);
    if (next > rate * GROWTH.free) this.#trouble = undefined;
    return next;
  }

  /** At the rate that anyone may send it is the vendor who is slower now: that becomes the measure. */
  #slower(medianMs: number, now: number): RateChange | undefined {
    const { start, lanes } = this.#bounds;
    if (this.#rate > start || this.#lanes > lanes.start) return this.#halve('slower', now);
    this.#baseMs = medianMs;
    return undefined;
  }

  #halve(because: 'slower' | 'turned_away' | 'unanswered', now: number): RateChange | undefined {
    const { start, most, lanes } = this.#bounds;
    const isSlow = because === 'slower';
    const least = Math.min(this.#rate, isSlow ? Math.min(start, most) : start * LEAST);
    if (this.#isOver || this.#trouble === undefined) {
      this.#holdMs = Math.min(HOLD_MS.most, this.#holdMs * 2);
      this.#trouble = { rate: this.#rate, lanes: this.#lanes, until: 0 };
    }
    this.#trouble.until = now + this.#holdMs;
    this.#isOver = false;
    this.#window = new AnswerWindow(now);
    const rate = Math.max(least, this.#rate / 2);
    if (rate < this.#rate) this.#halved += 1;
    this.#borne = Math.min(this.#borne ?? rate, rate);
    const fewest = isSlow ? Math.min(lanes.start, this.#lanes) : 1;
    return this.#change(rate, Math.max(fewest, Math.floor(this.#lanes / 2)), because);
  }

  #change(rate: number, lanes: number, because: RateChange['because']): RateChange | undefined {
    if (rate === this.#rate && lanes === this.#lanes) return undefined;
    this.#rate = rate;
    this.#lanes = lanes;
    this.#highest = Math.max(this.#highest, rate);
    return { perSecond: rate, inFlight: lanes, because };
  }
}
