import { describe, expect, it } from 'vitest';
import { Limiter } from '../../src/push/limiter.js';
import { VirtualClock } from '../support/clock.js';

const NEVER = new AbortController().signal;

interface Row {
  readonly end: () => void;
}

/** Starts a row that is in flight until `end` is called. */
function startRow(lanes: Limiter): Row {
  let end = (): void => undefined;
  const done = new Promise<void>((resolve) => (end = resolve));
  lanes.start(() => done);
  return { end };
}

/** A macrotask, so that everything that can happen without time has happened. */
function idle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('how many rows are in flight', () => {
  it('is one until the lanes are opened, then as many as the user allows', async () => {
    const lanes = new Limiter(new VirtualClock(), { concurrency: 3, rate: 0 });
    expect({ free: lanes.free, inFlight: lanes.inFlight }).toEqual({ free: 1, inFlight: 0 });
    const first = startRow(lanes);
    expect({ free: lanes.free, inFlight: lanes.inFlight }).toEqual({ free: 0, inFlight: 1 });
    lanes.openAll(0);
    expect({ free: lanes.free, inFlight: lanes.inFlight }).toEqual({ free: 2, inFlight: 1 });
    startRow(lanes);
    startRow(lanes);
    expect({ free: lanes.free, inFlight: lanes.inFlight }).toEqual({ free: 0, inFlight: 3 });
    first.end();
    await idle();
    expect({ free: lanes.free, inFlight: lanes.inFlight }).toEqual({ free: 1, inFlight: 2 });
  });

  it('holds the next row until a lane is free', async () => {
    const lanes = new Limiter(new VirtualClock(), { concurrency: 3, rate: 0 });
    const first = startRow(lanes);
    let free = false;
    const waiting = lanes.waitForSlot(NEVER).then(() => (free = true));
    await idle();
    expect(free).toBe(false);
    first.end();
    await waiting;
    expect(lanes.free).toBe(1);
  });

  it('is waited for no longer once the run is told to stop', async () => {
    const lanes = new Limiter(new VirtualClock(), { concurrency: 3, rate: 0 });
    const stop = new AbortController();
    startRow(lanes);
    const waiting = lanes.waitForSlot(stop.signal);
    stop.abort();
    await waiting;
    expect(lanes.inFlight).toBe(1);
  });
});

describe('lanes that are opened', () => {
  /** When rows start, the first one before the lanes are opened. */
  async function startsOf(settings: { rate: number; tookMs: number }, count: number): Promise<number[]> {
    const clock = new VirtualClock();
    const lanes = new Limiter(clock, { concurrency: 4, rate: settings.rate });
    await lanes.waitForTurn(NEVER);
    lanes.openAll(settings.tookMs);
    const starts: number[] = [];
    for (let row = 0; row < count; row += 1) {
      await lanes.waitForTurn(NEVER);
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
    const lanes = new Limiter(clock, { concurrency: 3, rate: 0 });
    lanes.openAll(0);
    lanes.pause(5_000);
    const starts = await Promise.all([1, 2, 3].map(() => lanes.waitForTurn(NEVER).then(() => clock.passed)));
    expect(starts).toEqual([5_000, 5_000, 5_000]);
  });

  it('is made longer by a later one and never shorter', async () => {
    const clock = new VirtualClock();
    const lanes = new Limiter(clock, { concurrency: 3, rate: 0 });
    lanes.pause(5_000);
    const start = lanes.waitForTurn(NEVER).then(() => clock.passed);
    await clock.sleep(4_000);
    lanes.pause(3_000);
    lanes.pause(500);
    expect(await start).toBe(7_000);
  });

  it.each([-3_600_000, 3_600_000])('takes as long where the clock is set by %i ms', async (ms) => {
    const clock = new VirtualClock();
    const lanes = new Limiter(clock, { concurrency: 3, rate: 10 });
    await lanes.waitForTurn(NEVER);
    lanes.pause(5_000);
    clock.set(ms);
    await lanes.waitForTurn(NEVER);
    expect(clock.passed).toBe(5_000);
    await lanes.waitForTurn(NEVER);
    clock.set(ms);
    await lanes.waitForTurn(NEVER);
    expect(clock.passed).toBe(5_100);
  });

  it('is not waited out once the run is told to stop', async () => {
    const clock = new VirtualClock();
    const lanes = new Limiter(clock, { concurrency: 3, rate: 0 });
    const stop = new AbortController();
    lanes.pause(3_600_000);
    const start = lanes.waitForTurn(stop.signal);
    stop.abort();
    await start;
    expect(clock.passed).toBe(0);
  });

  it('halves the lanes, once for each pause and never below one', async () => {
    const clock = new VirtualClock();
    const lanes = new Limiter(clock, { concurrency: 9, rate: 0 });
    lanes.openAll(0);
    lanes.pause(1_000);
    lanes.pause(1_000);
    await clock.sleep(999);
    lanes.pause(1);
    expect(lanes.free).toBe(4);
    await clock.sleep(1);
    lanes.pause(1_000);
    expect(lanes.free).toBe(2);
    await clock.sleep(1_000);
    lanes.pause(1_000);
    expect(lanes.free).toBe(1);
    await clock.sleep(1_000);
    lanes.pause(1_000);
    expect(lanes.free).toBe(1);
  });

  it('is grown back from by one lane for every full round that the vendor took', () => {
    const lanes = new Limiter(new VirtualClock(), { concurrency: 6, rate: 0 });
    lanes.openAll(0);
    lanes.pause(1_000);
    const lanesAfter = Array.from({ length: 14 }, () => {
      lanes.succeeded();
      return lanes.free;
    });
    expect(lanesAfter).toEqual([3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5, 6, 6, 6]);
  });

  it('begins the round anew', () => {
    const lanes = new Limiter(new VirtualClock(), { concurrency: 6, rate: 0 });
    lanes.openAll(0);
    lanes.pause(1_000);
    lanes.succeeded();
    lanes.succeeded();
    lanes.pause(1_000);
    lanes.succeeded();
    expect(lanes.free).toBe(3);
  });
});

describe('how fast rows start', () => {
  it('is one ahead of the rate, then the rate', async () => {
    const clock = new VirtualClock();
    const lanes = new Limiter(clock, { concurrency: 10, rate: 5 });
    const starts = await Promise.all(
      [1, 2, 3, 4, 5, 6].map(() => lanes.waitForTurn(NEVER).then(() => clock.passed)),
    );
    expect(starts).toEqual([0, 0, 200, 400, 600, 800]);
  });

  it('saves up no more than one start, however long nothing was sent', async () => {
    const clock = new VirtualClock();
    const lanes = new Limiter(clock, { concurrency: 10, rate: 5 });
    await lanes.waitForTurn(NEVER);
    await clock.sleep(60_000);
    const starts: number[] = [];
    for (let row = 0; row < 4; row += 1) {
      await lanes.waitForTurn(NEVER);
      starts.push(clock.passed - 60_000);
    }
    expect(starts).toEqual([0, 0, 200, 400]);
  });

  it('makes good a start that was late by less than the gap', async () => {
    const clock = new VirtualClock();
    const lanes = new Limiter(clock, { concurrency: 10, rate: 5 });
    const starts: number[] = [];
    for (const busyMs of [0, 0, 0, 350, 0, 0]) {
      await clock.sleep(busyMs);
      await lanes.waitForTurn(NEVER);
      starts.push(clock.passed);
    }
    expect(starts).toEqual([0, 0, 200, 550, 600, 800]);
  });

  it('is as fast as can be where there is no rate', async () => {
    const clock = new VirtualClock();
    const lanes = new Limiter(clock, { concurrency: 10, rate: 0 });
    for (let row = 0; row < 100; row += 1) await lanes.waitForTurn(NEVER);
    expect(clock.passed).toBe(0);
  });
});
