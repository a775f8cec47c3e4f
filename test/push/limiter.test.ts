import { describe, expect, it } from 'vitest';
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
    const limiter = new Limiter(new VirtualClock(), { concurrency: 3, rate: 0 });
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
    const limiter = new Limiter(new VirtualClock(), { concurrency: 4, rate: 0 });
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
    limiter.succeeded();
    limiter.succeeded();
    await idle();
    expect(rows).toMatchObject({ inFlight: 3, begun: 6 });
  });

  it('comes to nought when there are no more', async () => {
    const limiter = new Limiter(new VirtualClock(), { concurrency: 3, rate: 0 });
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
  async function startsOf(settings: { rate: number; tookMs: number }, count: number): Promise<number[]> {
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
    expect(await startsOf({ rate: 0, tookMs: 80 }, 7)).toEqual([0, 20, 40, 60, 80, 80, 80]);
  });

  it('begin within a second, however long it took', async () => {
    expect(await startsOf({ rate: 0, tookMs: 3_600_000 }, 6)).toEqual([0, 250, 500, 750, 1_000, 1_000]);
  });

  it('begin no faster than --rate allows', async () => {
    expect(await startsOf({ rate: 10, tookMs: 80 }, 6)).toEqual([0, 100, 200, 300, 400, 500]);
  });
});

describe('a pause that the vendor asks for', () => {
  it('holds the start of every row, whatever lane it is in', async () => {
    const clock = new VirtualClock();
    const limiter = new Limiter(clock, { concurrency: 3, rate: 0 });
    limiter.openAll(0);
    limiter.pause(5_000);
    const starts = await Promise.all(
      [1, 2, 3].map(() => limiter.waitForTurn(NEVER).then(() => clock.passed)),
    );
    expect(starts).toEqual([5_000, 5_000, 5_000]);
  });

  it('is made longer by a later one and never shorter', async () => {
    const clock = new VirtualClock();
    const limiter = new Limiter(clock, { concurrency: 3, rate: 0 });
    limiter.pause(5_000);
    const start = limiter.waitForTurn(NEVER).then(() => clock.passed);
    await clock.sleep(4_000);
    limiter.pause(3_000);
    limiter.pause(500);
    expect(await start).toBe(7_000);
  });

  it.each([-3_600_000, 3_600_000])('takes as long where the clock is set by %i ms', async (ms) => {
    const clock = new VirtualClock();
    const limiter = new Limiter(clock, { concurrency: 3, rate: 10 });
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
    const limiter = new Limiter(clock, { concurrency: 3, rate: 0 });
    const stop = new AbortController();
    limiter.pause(3_600_000);
    const start = limiter.waitForTurn(stop.signal);
    stop.abort();
    await start;
    expect(clock.passed).toBe(0);
  });

  it('halves the lanes, once for each pause and never below one', async () => {
    const clock = new VirtualClock();
    const limiter = new Limiter(clock, { concurrency: 9, rate: 0 });
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
    const limiter = new Limiter(new VirtualClock(), { concurrency: 6, rate: 0 });
    limiter.openAll(0);
    limiter.pause(1_000);
    const lanesAfter = Array.from({ length: 14 }, () => {
      limiter.succeeded();
      return limiter.lanes;
    });
    expect(lanesAfter).toEqual([3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5, 6, 6, 6]);
  });

  it('begins the round anew', () => {
    const limiter = new Limiter(new VirtualClock(), { concurrency: 6, rate: 0 });
    limiter.openAll(0);
    limiter.pause(1_000);
    limiter.succeeded();
    limiter.succeeded();
    limiter.pause(1_000);
    limiter.succeeded();
    expect(limiter.lanes).toBe(3);
  });
});

describe('how fast rows start', () => {
  it('is one ahead of the rate, then the rate', async () => {
    const clock = new VirtualClock();
    const limiter = new Limiter(clock, { concurrency: 10, rate: 5 });
    const starts = await Promise.all(
      [1, 2, 3, 4, 5, 6].map(() => limiter.waitForTurn(NEVER).then(() => clock.passed)),
    );
    expect(starts).toEqual([0, 0, 200, 400, 600, 800]);
  });

  it('saves up no more than one start, however long nothing was sent', async () => {
    const clock = new VirtualClock();
    const limiter = new Limiter(clock, { concurrency: 10, rate: 5 });
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
    const limiter = new Limiter(clock, { concurrency: 10, rate: 5 });
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
    const limiter = new Limiter(clock, { concurrency: 10, rate: 0 });
    for (let row = 0; row < 100; row += 1) await limiter.waitForTurn(NEVER);
    expect(clock.passed).toBe(0);
  });
});
