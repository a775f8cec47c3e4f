import { describe, expect, it } from 'vitest';
import type { RateLimit } from '../../src/core/vendor.js';
import { Limiter } from '../../src/push/limiter.js';
import { VirtualClock } from '../support/clock.js';

const NEVER = new AbortController().signal;

/** Rows that are sent through every lane, each in flight until it is ended. */
class Rows {
  readonly done: Promise<void>;
  /** Ends the row that has been in flight for the longest time. */
  readonly ends: (() => void)[] = [];
  begun = 0;

  constructor(limiter: Limiter, count: number) {
    this.done = limiter.run(async () => {
      if (this.begun === count) return false;
      this.begun += 1;
      await new Promise<void>((resolve) => this.ends.push(resolve));
      return true;
    });
  }

  get inFlight(): number {
    return this.ends.length;
  }

  async end(): Promise<void> {
    this.ends.shift()?.();
    await idle();
  }
}

/** A macrotask, so that everything that can happen without time has happened. */
function idle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('how many rows are in flight', () => {
  it('is one until the lanes are opened, then as many as the user allows', async () => {
    const limiter = new Limiter(new VirtualClock(), { concurrency: 3, rate: [] });
    const rows = new Rows(limiter, 10);
    await idle();
    expect(rows.inFlight).toBe(1);
    await rows.end();
    expect(rows).toMatchObject({ inFlight: 1, begun: 2 });
    limiter.openAll(0);
    await idle();
    expect(rows).toMatchObject({ inFlight: 3, begun: 4 });
    await rows.end();
    expect(rows).toMatchObject({ inFlight: 3, begun: 5 });
  });

  it('falls with a pause, once rows have ended, and rises again', async () => {
    const limiter = new Limiter(new VirtualClock(), { concurrency: 4, rate: [] });
    const rows = new Rows(limiter, 100);
    limiter.openAll(0);
    await idle();
    limiter.pause(1_000);
    await idle();
    expect(rows.inFlight).toBe(4);
    await rows.end();
    await rows.end();
    expect(rows).toMatchObject({ inFlight: 2, begun: 4 });
    await rows.end();
    expect(rows).toMatchObject({ inFlight: 2, begun: 5 });
    limiter.answered('taken', 0);
    limiter.answered('taken', 0);
    await idle();
    expect(rows).toMatchObject({ inFlight: 3, begun: 6 });
  });

  it('comes to nought when there are no more', async () => {
    const limiter = new Limiter(new VirtualClock(), { concurrency: 3, rate: [] });
    const rows = new Rows(limiter, 4);
    limiter.openAll(0);
    await idle();
    for (let ended = 0; ended < 4; ended += 1) await rows.end();
    await rows.done;
    expect(rows).toMatchObject({ inFlight: 0, begun: 4 });
  });
});

describe('lanes that are opened', () => {
  /** When rows start, the first one before the lanes are opened. */
  async function startsOf(
    settings: { rate: readonly RateLimit[]; tookMs: number },
    count: number,
  ): Promise<number[]> {
    const clock = new VirtualClock();
    const limiter = new Limiter(clock, { concurrency: 4, rate: settings.rate });
    await limiter.waitForTurn(NEVER);
    limiter.openAll(settings.tookMs);
    const starts: number[] = [];
    for (let row = 0; row < count; row += 1) {
      await limiter.waitForTurn(NEVER);
      starts.push(clock.passed);
    }
    return starts;
  }

  it('begin spread over the time that the first row took, and are held up no longer than that', async () => {
    expect(await startsOf({ rate: [], tookMs: 80 }, 7)).toEqual([0, 20, 40, 60, 80, 80, 80]);
  });

  it('begin within a second, however long it took', async () => {
    expect(await startsOf({ rate: [], tookMs: 3_600_000 }, 6)).toEqual([0, 250, 500, 750, 1_000, 1_000]);
  });

  it('begin no faster than --rate allows', async () => {
    expect(await startsOf({ rate: [{ requests: 10, per: 'second' }], tookMs: 80 }, 6)).toEqual([
      0, 100, 200, 300, 400, 500,
    ]);
  });
});

describe('a pause that the vendor asks for', () => {
  it('holds the start of every row, whatever lane it is in', async () => {
    const clock = new VirtualClock();
    const limiter = new Limiter(clock, { concurrency: 3, rate: [] });
    limiter.openAll(0);
    limiter.pause(5_000);
    const starts = await Promise.all(
      [1, 2, 3].map(() => limiter.waitForTurn(NEVER).then(() => clock.passed)),
    );
    expect(starts).toEqual([5_000, 5_000, 5_000]);
  });

  it('is made longer by a later one and never shorter', async () => {
    const clock = new VirtualClock();
    const limiter = new Limiter(clock, { concurrency: 3, rate: [] });
    limiter.pause(5_000);
    const start = limiter.waitForTurn(NEVER).then(() => clock.passed);
    await clock.sleep(4_000);
    limiter.pause(3_000);
    limiter.pause(500);
    expect(await start).toBe(7_000);
  });

  it.each([-3_600_000, 3_600_000])('takes as long where the clock is set by %i ms', async (ms) => {
    const clock = new VirtualClock();
    const limiter = new Limiter(clock, { concurrency: 3, rate: [{ requests: 10, per: 'second' }] });
    await limiter.waitForTurn(NEVER);
    limiter.pause(5_000);
    clock.set(ms);
    await limiter.waitForTurn(NEVER);
    expect(clock.passed).toBe(5_000);
    await limiter.waitForTurn(NEVER);
    clock.set(ms);
    await limiter.waitForTurn(NEVER);
    expect(clock.passed).toBe(5_100);
  });

  it('is not waited out once the run is told to stop', async () => {
    const clock = new VirtualClock();
    const limiter = new Limiter(clock, { concurrency: 3, rate: [] });
    const stop = new AbortController();
    limiter.pause(3_600_000);
    const start = limiter.waitForTurn(stop.signal);
    stop.abort();
    await start;
    expect(clock.passed).toBe(0);
  });

  it('halves the lanes, once for each pause and never below one', async () => {
    const clock = new VirtualClock();
    const limiter = new Limiter(clock, { concurrency: 9, rate: [] });
    limiter.openAll(0);
    limiter.pause(1_000);
    limiter.pause(1_000);
    await clock.sleep(999);
    limiter.pause(1);
    expect(limiter.lanes).toBe(4);
    await clock.sleep(1);
    limiter.pause(1_000);
    expect(limiter.lanes).toBe(2);
    await clock.sleep(1_000);
    limiter.pause(1_000);
    expect(limiter.lanes).toBe(1);
    await clock.sleep(1_000);
    limiter.pause(1_000);
    expect(limiter.lanes).toBe(1);
  });

  it('is grown back from by one lane for every full round that the vendor took', () => {
    const limiter = new Limiter(new VirtualClock(), { concurrency: 6, rate: [] });
    limiter.openAll(0);
    limiter.pause(1_000);
    const lanesAfter = Array.from({ length: 14 }, () => {
      limiter.answered('taken', 0);
      return limiter.lanes;
    });
    expect(lanesAfter).toEqual([3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5, 6, 6, 6]);
  });

  it('begins the round anew', () => {
    const limiter = new Limiter(new VirtualClock(), { concurrency: 6, rate: [] });
    limiter.openAll(0);
    limiter.pause(1_000);
    limiter.answered('taken', 0);
    limiter.answered('taken', 0);
    limiter.pause(1_000);
    limiter.answered('taken', 0);
    expect(limiter.lanes).toBe(3);
  });
});

describe('how fast rows start', () => {
  it('is one ahead of the rate, then the rate', async () => {
    const clock = new VirtualClock();
    const limiter = new Limiter(clock, { concurrency: 10, rate: [{ requests: 5, per: 'second' }] });
    const starts = await Promise.all(
      [1, 2, 3, 4, 5, 6].map(() => limiter.waitForTurn(NEVER).then(() => clock.passed)),
    );
    expect(starts).toEqual([0, 0, 200, 400, 600, 800]);
  });

  it('saves up no more than one start, however long nothing was sent', async () => {
    const clock = new VirtualClock();
    const limiter = new Limiter(clock, { concurrency: 10, rate: [{ requests: 5, per: 'second' }] });
    await limiter.waitForTurn(NEVER);
    await clock.sleep(60_000);
    const starts: number[] = [];
    for (let row = 0; row < 4; row += 1) {
      await limiter.waitForTurn(NEVER);
      starts.push(clock.passed - 60_000);
    }
    expect(starts).toEqual([0, 0, 200, 400]);
  });

  it('makes good a start that was late by less than the gap', async () => {
    const clock = new VirtualClock();
    const limiter = new Limiter(clock, { concurrency: 10, rate: [{ requests: 5, per: 'second' }] });
    const starts: number[] = [];
    for (const busyMs of [0, 0, 0, 350, 0, 0]) {
      await clock.sleep(busyMs);
      await limiter.waitForTurn(NEVER);
      starts.push(clock.passed);
    }
    expect(starts).toEqual([0, 0, 200, 550, 600, 800]);
  });

  it('is as fast as can be where there is no rate', async () => {
    const clock = new VirtualClock();
    const limiter = new Limiter(clock, { concurrency: 10, rate: [] });
    for (let row = 0; row < 100; row += 1) await limiter.waitForTurn(NEVER);
    expect(clock.passed).toBe(0);
  });
});

describe('limits of a minute and of a day', () => {
  const MINUTE = 60_000;
  const DAY = 86_400_000;
  const BEGAN = Date.UTC(2026, 10, 20);

  /** The starts of as many rows as may go, and the limiter then; `ago` says when earlier ones were begun. */
  async function startsOf(
    rate: readonly RateLimit[],
    count: number,
    ago: readonly number[] = [],
  ): Promise<{ starts: number[]; limiter: Limiter; clock: VirtualClock }> {
    const clock = new VirtualClock();
    const limiter = new Limiter(clock, { concurrency: 4, rate }, ago);
    const starts: number[] = [];
    while (starts.length < count && (await limiter.waitForTurn(NEVER))) starts.push(clock.passed);
    return { starts, limiter, clock };
  }

  /** The most starts that lie in any window of that length. */
  function densest(starts: readonly number[], ms: number): number {
    return Math.max(...starts.map((from) => starts.filter((at) => at >= from && at < from + ms).length));
  }

  it('hold together: at the rate of a second until the minute is full, then as it empties', async () => {
    const rate: RateLimit[] = [
      { requests: 5, per: 'second' },
      { requests: 8, per: 'minute' },
    ];
    const { starts } = await startsOf(rate, 18);
    const first = [0, 0, 200, 400, 600, 800, 1_000, 1_200];
    const second = first.map((at, index) => MINUTE + (index < 2 ? index * 200 : at));
    expect(starts.slice(0, 8)).toEqual(first);
    expect(starts.slice(8, 16)).toEqual([60_000, 60_000, ...second.slice(2)]);
    expect(starts.slice(16)).toEqual([120_000, 120_000]);
  });

  it('let no more begin across the edge of a minute than within it, however late the first ones came', async () => {
    const clock = new VirtualClock();
    const limiter = new Limiter(clock, { concurrency: 4, rate: [{ requests: 80, per: 'minute' }] });
    const starts: number[] = [];
    for (const waitMs of [
      59_000,
      ...Array.from({ length: 400 }, (_, row) => (row % 90 === 0 ? 31_000 : 7)),
    ]) {
      await clock.sleep(waitMs);
      await limiter.waitForTurn(NEVER);
      starts.push(clock.passed);
    }
    expect(densest(starts, MINUTE)).toBe(80);
  });

  it('end the run once the budget of a day is spent, and say when the next one may go', async () => {
    const { starts, limiter } = await startsOf([{ requests: 3, per: 'day' }], 10, [DAY + 1, 5 * MINUTE]);
    expect(starts).toEqual([0, 0]);
    expect(limiter.spent).toEqual({
      kind: 'budget_spent',
      message:
        'the budget of 3 requests in any 24 hours is spent, 1 before this run and 2 by it; ' +
        'the next may go at 2026-11-20T23:55:00Z',
      nextAt: BEGAN + DAY - 5 * MINUTE,
    });
  });

  it('go on where the next one of a day may go within a minute, as after the same run a day ago', async () => {
    const ago = [DAY - 30_000, DAY - 31_000, DAY - 90_000, DAY - 10 * MINUTE];
    const { starts, limiter } = await startsOf([{ requests: 4, per: 'day' }], 10, ago);
    expect(starts).toEqual([30_000, 31_000, 90_000]);
    expect(limiter.spent?.nextAt).toBe(BEGAN + 10 * MINUTE);
  });

  it('count the newest where more were begun than is allowed now', async () => {
    const { starts, limiter } = await startsOf([{ requests: 2, per: 'day' }], 1, [9_000, 6_000, 3_000]);
    expect(starts).toEqual([]);
    expect(limiter.spent?.nextAt).toBe(BEGAN + DAY - 6_000);
  });

  it('let each lane that waits for its turn know', async () => {
    const clock = new VirtualClock();
    const limiter = new Limiter(clock, { concurrency: 4, rate: [{ requests: 2, per: 'day' }] });
    limiter.pause(1_000);
    const began = await Promise.all([1, 2, 3, 4].map(() => limiter.waitForTurn(NEVER)));
    expect(began).toEqual([true, true, false, false]);
    expect(clock.passed).toBe(1_000);
  });
});
