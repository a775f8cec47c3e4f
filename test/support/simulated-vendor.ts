import { AutoRate, type AutoBounds, type AutoReport, type Verdict } from '../../src/push/auto-rate.js';

/** What a vendor makes of a request that reaches it at `now`, in milliseconds. */
export type SimulatedVendor = (now: number) => Simulated;

export interface Simulated {
  readonly verdict: Verdict;
  readonly tookMs: number;
  readonly retryAfterMs?: number;
}

export interface SimulatedRun {
  readonly report: AutoReport;
  readonly seconds: number;
  /** The rate whenever it changed, with the moment. */
  readonly rates: readonly (readonly [ms: number, perSecond: number])[];
  readonly starts: readonly number[];
  /** Requests that were sent and not taken. */
  readonly lost: number;
  readonly mostInFlight: number;
}

export const BOUNDS: AutoBounds = { start: 5, most: 50, lanes: { start: 4, most: 64 } };

/** The wait after a request that was turned away without a word of when to come again. */
const PAUSE_MS = 2_500;

/** Sends as many rows as a run would, without anything that takes time: starts as far apart as the rate says, in as many lanes. */
export function simulate(
  vendor: SimulatedVendor,
  rows: number,
  bounds: AutoBounds = BOUNDS,
  began = bounds.start,
): SimulatedRun {
  const auto = new AutoRate(bounds, began);
  let [now, next, paused, done, lost, mostInFlight] = [0, 0, 0, 0, 0, 0];
  let inFlight: { began: number; ends: number; answer: Simulated }[] = [];
  const rates: [number, number][] = [[0, auto.perSecond]];
  const starts: number[] = [];
  const start = (): void => {
    const gapMs = 1000 / auto.perSecond;
    next = Math.max(next, now - gapMs) + gapMs;
    const answer = vendor(now);
    inFlight.push({ began: now, ends: now + answer.tookMs, answer });
    starts.push(now);
    mostInFlight = Math.max(mostInFlight, inFlight.length);
  };
  const end = (one: (typeof inFlight)[number]): void => {
    inFlight = inFlight.filter((other) => other !== one);
    const { verdict, retryAfterMs = PAUSE_MS } = one.answer;
    const before = auto.perSecond;
    auto.answered(verdict, one.began, now);
    if (auto.perSecond !== before) rates.push([now, auto.perSecond]);
    if (verdict === 'turned_away') paused = Math.max(paused, now + retryAfterMs);
    if (verdict === 'taken') done += 1;
    else lost += 1;
  };
  while (done < rows) {
    const lanes = starts.length === 0 || done + lost === 0 ? 1 : auto.lanes;
    const first = inFlight.reduce<(typeof inFlight)[number] | undefined>(
      (least, one) => (least === undefined || one.ends < least.ends ? one : least),
      undefined,
    );
    const startAt = Math.max(now, next, paused);
    const mayStart = inFlight.length < lanes && done + inFlight.length < rows;
    if (mayStart && (first === undefined || startAt <= first.ends)) {
      now = startAt;
      start();
    } else if (first !== undefined) {
      now = first.ends;
      end(first);
    }
  }
  return { report: auto.report, seconds: now / 1000, rates, starts, lost, mostInFlight };
}

/** Numbers in [0, 1), the same for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Times around `ms`: `noise` is the deviation of their logarithm, 0.7 that of an answer in twenty taking three times as long. */
export function latencies(ms: number, noise: number, seed: number): () => number {
  const random = randomOf(seed);
  return () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return ms * Math.exp(noise * normal);
  };
}

/** Takes whatever comes. */
export function free(tookMs: () => number): SimulatedVendor {
  return () => ({ verdict: 'taken', tookMs: tookMs() });
}

/** Turns away with 429 what goes past so many a second; `burst` may come at once. */
export function limited(
  perSecond: number,
  tookMs: () => number,
  { burst = perSecond, retryAfterMs }: { burst?: number; retryAfterMs?: number } = {},
): SimulatedVendor {
  let [left, at] = [burst, 0];
  return (now) => {
    left = Math.min(burst, left + ((now - at) / 1000) * perSecond);
    at = now;
    if (left < 1)
      return {
        verdict: 'turned_away',
        tookMs: tookMs(),
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      };
    left -= 1;
    return { verdict: 'taken', tookMs: tookMs() };
  };
}

/** Turns away whatever comes after so many of a minute of the clock, until that minute is over. */
export function limitedByMinute(perMinute: number, tookMs: () => number): SimulatedVendor {
  let [minute, begun] = [0, 0];
  return (now) => {
    if (Math.floor(now / 60_000) !== minute) [minute, begun] = [Math.floor(now / 60_000), 0];
    begun += 1;
    if (begun <= perMinute) return { verdict: 'taken', tookMs: tookMs() };
    return { verdict: 'turned_away', tookMs: tookMs(), retryAfterMs: (minute + 1) * 60_000 - now };
  };
}

/** Turns nobody away and works at so many a second: the others wait in line. */
export function queueing(perSecond: number, workers: number, ms: number): SimulatedVendor {
  const free = Array.from({ length: workers }, () => 0);
  return (now) => {
    const soonest = Math.min(...free);
    const worker = free.indexOf(soonest);
    const ends = Math.max(now, soonest) + (1000 * workers) / perSecond;
    free[worker] = ends;
    return { verdict: 'taken', tookMs: ends - now + ms };
  };
}

/** The one until `at`, then the other. */
export function changing(at: number, before: SimulatedVendor, after: SimulatedVendor): SimulatedVendor {
  return (now) => (now < at ? before(now) : after(now));
}

/** The vendor, but for a time in which every request ends like this. */
export function withOutage(
  vendor: SimulatedVendor,
  [from, to]: readonly [number, number],
  ended: Simulated,
): SimulatedVendor {
  return (now) => (now >= from && now < to ? ended : vendor(now));
}
