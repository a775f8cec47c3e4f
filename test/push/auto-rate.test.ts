import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AutoRate, beginsWith } from '../../src/push/auto-rate.js';
import {
  BOUNDS,
  changing,
  free,
  latencies,
  limited,
  limitedByMinute,
  queueing,
  simulate,
  withOutage,
  type SimulatedRun,
  type SimulatedVendor,
} from '../support/simulated-vendor.js';

const ROWS = 5_000;
const seed = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const noise = fc.double({ min: 0, max: 0.7, noNaN: true });

/** At how many a second rows were taken in the second half of the run. */
function settledRate({ starts, seconds }: SimulatedRun): number {
  const half = starts[starts.length >> 1] ?? 0;
  return (starts.length >> 1) / (seconds - half / 1000);
}

/** The most starts that lie in any second. */
function densest(starts: readonly number[]): number {
  let [most, first] = [0, 0];
  starts.forEach((at, index) => {
    while ((starts[first] ?? 0) <= at - 1_000) first += 1;
    most = Math.max(most, index - first + 1);
  });
  return most;
}

describe('the rate against a vendor that takes whatever comes', () => {
  it('reaches --max-rate within a minute and stays there, however the answers vary', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), noise, seed, (ms, noise, seed) => {
        const { report, rates, seconds } = simulate(free(latencies(ms, noise, seed)), ROWS);
        expect(report).toMatchObject({ highest: 50, turnedAway: 0 });
        expect(report.halved).toBeLessThanOrEqual(1);
        if (report.halved === 0) expect(rates.at(-1)?.[0]).toBeLessThan(60_000);
        expect(seconds).toBeLessThan(ROWS / 50 + (report.halved === 0 ? 45 : 120));
      }),
    );
  });

  it('takes 7 minutes for 20,000 rows, which at the default of five a second are 67', () => {
    expect(
      simulate(
        free(() => 200),
        20_000,
      ).seconds / 60,
    ).toBeCloseTo(6.9, 1);
    const same = { ...BOUNDS, most: 5 };
    expect(
      simulate(
        free(() => 200),
        20_000,
        same,
      ).seconds / 60,
    ).toBeCloseTo(66.7, 1);
  });

  it('goes no faster than --max-rate, not in any second, whatever the vendor does', () => {
    const vendors: fc.Arbitrary<SimulatedVendor> = fc.oneof(
      fc.tuple(noise, seed).map(([noise, seed]) => free(latencies(100, noise, seed))),
      fc
        .tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 300 }))
        .map(([perSecond, burst]) => limited(perSecond, () => 50, { burst })),
      fc
        .tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 8 }))
        .map(([perSecond, workers]) => queueing(perSecond, workers, 20)),
    );
    fc.assert(
      fc.property(vendors, fc.double({ min: 0.5, max: 80, noNaN: true }), (vendor, most) => {
        const { starts, report } = simulate(vendor, 500, { ...BOUNDS, most });
        expect(report.highest).toBeLessThanOrEqual(most);
        // One ahead, and one on either edge of the second.
        expect(densest(starts)).toBeLessThanOrEqual(Math.ceil(most) + 2);
      }),
    );
  });

  it('has as many rows in flight as the rate needs, where the default would cap it', () => {
    const slow = simulate(
      free(() => 2_000),
      ROWS,
      { ...BOUNDS, most: 20 },
    );
    expect(slow.report.highest).toBe(20);
    expect(slow.mostInFlight).toBeGreaterThanOrEqual(40);
    const capped = simulate(
      free(() => 2_000),
      500,
      { ...BOUNDS, lanes: { start: 4, most: 7 } },
    );
    expect(capped.mostInFlight).toBe(7);
    expect(capped.report.highest).toBeLessThan(7);
    expect(settledRate(capped)).toBeLessThan(3.6);
  });

  it('has no more of them in flight than the rate needs twice', () => {
    const { mostInFlight } = simulate(
      free(() => 200),
      ROWS,
    );
    expect(mostInFlight).toBeLessThanOrEqual(21);
  });
});

describe('the rate against a vendor that turns away what is too much', () => {
  it('comes near to what is taken, and few are turned away', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 6, max: 48 }),
        fc.integer({ min: 1, max: 3 }),
        noise,
        seed,
        fc.constantFrom(undefined, 1_000),
        (perSecond, bursts, noise, seed, retryAfterMs) => {
          const vendor = limited(perSecond, latencies(200, noise, seed), {
            burst: perSecond * bursts,
            ...(retryAfterMs !== undefined && { retryAfterMs }),
          });
          const run = simulate(vendor, ROWS);
          expect(settledRate(run)).toBeGreaterThan(perSecond * 0.7);
          expect(settledRate(run)).toBeLessThan(perSecond * 1.05 + (perSecond * bursts * 1000) / ROWS);
          expect(run.report.turnedAway).toBeLessThanOrEqual(50);
        },
      ),
    );
  });

  it('comes near to what is taken where that is less than the default', () => {
    for (const perSecond of [1, 2, 3, 4]) {
      const run = simulate(
        limited(perSecond, () => 200),
        ROWS,
      );
      expect(settledRate(run)).toBeGreaterThan(perSecond * 0.65);
      expect(run.report.turnedAway).toBeLessThanOrEqual(40);
    }
  });

  it('comes near to what is taken where the minutes are counted', () => {
    for (const perMinute of [100, 300, 600, 1_200]) {
      const run = simulate(
        limitedByMinute(perMinute, () => 200),
        ROWS,
      );
      expect(settledRate(run) * 60).toBeGreaterThan(perMinute * 0.65);
      expect(run.report.turnedAway).toBeLessThanOrEqual(100);
    }
  });

  it('is halved once for all that were in flight together', () => {
    const auto = new AutoRate(BOUNDS, 40);
    auto.answered('taken', 0, 100);
    for (const began of [110, 120, 130]) auto.answered('turned_away', began, began + 100);
    expect(auto.report).toMatchObject({ last: 20, turnedAway: 3, halved: 1 });
    auto.answered('turned_away', 1_000, 1_100);
    expect(auto.report).toMatchObject({ last: 10, turnedAway: 4, halved: 2 });
  });

  it('does not go back to where it was turned away for a minute, then for two', () => {
    const limit = limited(20, () => 200, { burst: 20 });
    const { rates } = simulate(limit, 20_000);
    const drops = rates.flatMap(([at, rate], index) => {
      const [, before = 0] = rates[index - 1] ?? [];
      return rate < before ? [{ at, before }] : [];
    });
    drops.forEach(({ at, before }, index) => {
      const holdMs = Math.min(960_000, 60_000 * 2 ** index);
      const held = rates.filter(([later]) => later > at && later < at + holdMs);
      const nextDrop = drops[index + 1]?.at ?? Infinity;
      for (const [later, rate] of held) if (later < nextDrop) expect(rate).toBeLessThanOrEqual(before / 1.25);
    });
    expect(drops.length).toBeGreaterThan(1);
  });

  it('never falls below a tenth of the default', () => {
    const { rates } = simulate(
      withOutage(
        free(() => 200),
        [0, 600_000],
        { verdict: 'turned_away', tookMs: 50 },
      ),
      500,
    );
    expect(Math.min(...rates.map(([, rate]) => rate))).toBe(0.5);
  });

  it('finds out that more is taken by now, or less', () => {
    const more = simulate(
      changing(
        300_000,
        limited(10, () => 200),
        limited(40, () => 200),
      ),
      20_000,
    );
    expect(settledRate(more)).toBeGreaterThan(30);
    const less = simulate(
      changing(
        60_000,
        limited(40, () => 200),
        limited(10, () => 200),
      ),
      ROWS,
    );
    expect(settledRate(less)).toBeGreaterThan(7);
    expect(settledRate(less)).toBeLessThan(11);
    expect(less.report.turnedAway).toBeLessThanOrEqual(50);
  });
});

describe('the rate against a vendor that gets slower and says nothing', () => {
  it('comes near to what is worked at, and nobody waits three times as long as at first', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 45 }), fc.integer({ min: 1, max: 8 }), (perSecond, workers) => {
        const run = simulate(queueing(perSecond, workers, 100), ROWS);
        expect(run.report.turnedAway).toBe(0);
        expect(settledRate(run)).toBeGreaterThan(perSecond * 0.7);
        expect(run.report.last).toBeLessThanOrEqual(perSecond * 1.3);
      }),
    );
  });

  it('is never below the default for that: it is the vendor who is slower', () => {
    const slower = changing(
      60_000,
      free(() => 200),
      free(() => 900),
    );
    const { rates, report } = simulate(slower, ROWS);
    expect(Math.min(...rates.map(([, rate]) => rate))).toBe(5);
    expect(report.halved).toBeGreaterThan(1);
    expect(report.last).toBe(50);
  });

  it('has no more rows in flight than the default where the vendor works slower than that', () => {
    for (const workers of [1, 4])
      expect(simulate(queueing(2, workers, 100), 1_000).mostInFlight).toBeLessThanOrEqual(9);
  });

  it('is not halved by one window that is slow', () => {
    const once = changing(
      30_000,
      free(() => 200),
      changing(
        31_500,
        free(() => 900),
        free(() => 200),
      ),
    );
    expect(simulate(once, ROWS).report).toMatchObject({ halved: 0, last: 50 });
  });
});

describe('the rate in an outage', () => {
  it.each([
    ['that is said', { verdict: 'turned_away', tookMs: 50 }, 35],
    ['of connections', { verdict: 'unanswered', tookMs: 5 }, 60],
    ['in which nothing is answered', { verdict: 'unanswered', tookMs: 30_000 }, 45],
  ] as const)('%s falls, costs few requests and comes back', (_name, ended, most) => {
    for (const at of [3_000, 60_000]) {
      const run = simulate(
        withOutage(
          free(() => 200),
          [at, at + 60_000],
          ended,
        ),
        ROWS,
      );
      expect(run.lost).toBeLessThanOrEqual(most);
      expect(run.report.last).toBe(50);
      expect(run.seconds).toBeLessThan(ROWS / 50 + 240);
    }
  });
});

describe('what a run begins with', () => {
  const at = Date.UTC(2026, 10, 1);
  const day = 86_400_000;

  it('is half of what the account bore, and never less than the default unless it bore less', () => {
    const after = (perSecond: number): number => beginsWith(BOUNDS, { perSecond, at }, at + day);
    expect([48, 12, 8, 5, 2.4].map(after)).toEqual([24, 6, 5, 5, 2.4]);
  });

  it('is no more than --max-rate', () => {
    expect(beginsWith({ ...BOUNDS, most: 10 }, { perSecond: 48, at }, at)).toBe(10);
    expect(beginsWith({ ...BOUNDS, most: 2 }, undefined, at)).toBe(2);
  });

  it('is the default where nothing is known, or nothing of the last thirty days', () => {
    expect(beginsWith(BOUNDS, undefined, at)).toBe(5);
    expect(beginsWith(BOUNDS, { perSecond: 48, at }, at + 30 * day)).toBe(24);
    expect(beginsWith(BOUNDS, { perSecond: 48, at }, at + 30 * day + 1)).toBe(5);
  });

  it('is back at what was borne after three windows', () => {
    const { rates } = simulate(
      free(() => 200),
      500,
      { ...BOUNDS, most: 40 },
      20,
    );
    expect(rates.map(([, rate]) => rate).slice(0, 5)).toEqual([20, 25, 31.25, 39.0625, 40]);
  });
});

describe('what an account bore', () => {
  it('is not known before a window was answered', () => {
    expect(
      simulate(
        free(() => 200),
        10,
      ).report,
    ).toMatchObject({ borne: undefined, next: 5 });
  });

  it('is no more than was sent, and lowered where that was too much', () => {
    fc.assert(
      fc.property(fc.integer({ min: 6, max: 48 }), seed, (perSecond, seed) => {
        const { report } = simulate(limited(perSecond, latencies(200, 0.3, seed), { burst: 1 }), ROWS);
        expect(report.borne).toBeLessThanOrEqual(perSecond * 1.25);
        expect(report.next).toBeLessThan(perSecond);
      }),
    );
  });
});
