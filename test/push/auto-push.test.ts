import { afterEach, describe, expect, it } from 'vitest';
import type { RateChange, RunEvent } from '../../src/core/events.js';
import type { Transport } from '../../src/core/ports.js';
import type { Reply, Vendor } from '../../src/core/vendor.js';
import { convoso } from '../../src/vendors/convoso.js';
import { tldcrm } from '../../src/vendors/tldcrm.js';
import { trackdrive } from '../../src/vendors/trackdrive.js';
import { answered } from '../support/answer.js';
import { VirtualClock } from '../support/clock.js';
import { Desk, type Pushed, type PushWith } from '../support/push.js';
import { BOUNDS, free, limited, type Simulated, type SimulatedVendor } from '../support/simulated-vendor.js';

const URL_ = 'https://vendor.test';
const DAY = 86_400_000;

const TAKEN: Readonly<Record<string, string>> = {
  convoso: '{"success":true,"data":{}}',
  tldcrm: '{"cost_id":1,"inserted":1}',
  trackdrive: '{}',
};

/** Pushes to a vendor that takes as many requests as it can bear; what it was asked and when. */
class Account {
  readonly clock = new VirtualClock();
  readonly desk = new Desk();
  /** On the clock's `elapsed`. */
  readonly starts: number[] = [];
  readonly turnedAway: number[] = [];
  readonly rates: RateChange[] = [];
  #rows = 0;

  readonly #bears: SimulatedVendor;

  constructor(bears: SimulatedVendor) {
    this.#bears = bears;
  }

  /** As many rows as no push had before. */
  push(rows: number, { vendor = convoso, ...options }: PushWith & { vendor?: Vendor } = {}): Promise<Pushed> {
    const transport: Transport = {
      send: async (_request, read) => {
        const answer = this.#bears(this.clock.elapsed());
        this.starts.push(this.clock.elapsed());
        await this.clock.sleep(answer.tookMs);
        return answered(this.#replyOf(answer, vendor), read);
      },
    };
    const first = this.#rows;
    this.#rows += rows;
    return this.desk.push(vendor, csvOf(vendor, first, rows), URL_, {
      ...{ transport, clock: this.clock, auto: BOUNDS, concurrency: 4, retries: 9 },
      secrets: {
        CONVOSO_AUTH_TOKEN: 't',
        TLDCRM_API_ID: 'i',
        TLDCRM_API_KEY: 'k',
        TRACKDRIVE_API_KEY: 'a:b',
      },
      emit: (event) => this.#note(event),
      ...options,
    });
  }

  #replyOf({ verdict, retryAfterMs }: Simulated, { id }: Vendor): Reply {
    const reply = { headers: {}, text: '', receivedAt: 0 };
    if (verdict === 'taken') return { ...reply, status: 200, text: TAKEN[id] ?? '' };
    this.turnedAway.push(this.clock.elapsed());
    const wait = String((retryAfterMs ?? 0) / 1000);
    const headers: Record<string, string> = retryAfterMs === undefined ? {} : { 'retry-after': wait };
    return { ...reply, status: 429, headers };
  }

  #note(event: RunEvent): void {
    if (event.kind === 'rate') this.rates.push(event);
  }
}

function csvOf({ id }: Vendor, first: number, rows: number): string {
  const numbers = Array.from({ length: rows }, (_, row) => first + row + 1);
  if (id === 'tldcrm')
    return `did,cid,call_date,cost\n${numbers.map((row) => `8005550100,512${5550000 + row},2026-11-19 09:00:00,5\n`).join('')}`;
  return `call_id,revenue\n${numbers.map((row) => `${row},5\n`).join('')}`;
}

const open: Account[] = [];

function account(bears: SimulatedVendor): Account {
  const one = new Account(bears);
  open.push(one);
  return one;
}

afterEach(() => {
  for (const { desk } of open.splice(0)) desk.close();
});

function accepted({ rows }: Pushed): number {
  return rows.filter(({ status }) => status === 'accepted').length;
}

/** The most starts that lie in any second. */
function densest(starts: readonly number[]): number {
  return Math.max(...starts.map((from) => starts.filter((at) => at >= from && at < from + 1_000).length));
}

describe('a push with --rate auto', () => {
  it('comes near to what the vendor takes, has every row accepted, and remembers what was borne', async () => {
    const at = account(limited(20, () => 200, { burst: 20 }));
    const first = await at.push(800);
    expect(accepted(first)).toBe(800);
    expect(at.turnedAway.length).toBeLessThanOrEqual(40);
    expect(first.pace).toMatchObject({ began: 5, most: 50, turnedAway: at.turnedAway.length });
    expect(at.clock.passed).toBeLessThan((800 / 20) * 1.5 * 1_000);
    expect(at.rates[0]).toEqual({ kind: 'rate', because: 'begun', perSecond: 5, inFlight: 4 });
    const { borne = 0, next = 0 } = first.pace ?? {};
    expect(borne).toBeGreaterThan(10);
    expect(next).toBe(borne / 2);

    at.rates.length = 0;
    expect((await at.push(50)).pace).toMatchObject({ began: next });
    expect(at.rates[0]).toMatchObject({ because: 'begun', perSecond: next });
  });

  it('leaves the vendor alone as long as Retry-After says, whatever row it was said to', async () => {
    const at = account(limited(8, () => 200, { burst: 8, retryAfterMs: 30_000 }));
    expect(accepted(await at.push(300))).toBe(300);
    expect(at.turnedAway.length).toBeGreaterThan(0);
    for (const away of at.turnedAway)
      expect(at.starts.filter((start) => start > away && start < away + 30_000)).toEqual([]);
  });

  it('never begins more than --max-rate in a second', async () => {
    const at = account(free(() => 50));
    const { pace } = await at.push(250, { auto: { ...BOUNDS, most: 12 } });
    expect(pace).toMatchObject({ highest: 12, borne: expect.closeTo(12, 0) as number });
    expect(densest(at.starts)).toBeLessThanOrEqual(13);
  });

  it("keeps a day's budget and a limit of a minute", async () => {
    const day = account(free(() => 50));
    const spent = await day.push(60, { rate: [{ requests: 40, per: 'day' }] });
    expect(spent.stop).toMatchObject({ kind: 'budget_spent' });
    expect(day.starts).toHaveLength(40);
    const minute = account(free(() => 50));
    await minute.push(250, { rate: [{ requests: 100, per: 'minute' }] });
    const inMinutes = minute.starts.map(
      (from) => minute.starts.filter((at) => at >= from && at < from + 60_000).length,
    );
    expect(Math.max(...inMinutes)).toBe(100);
  });

  it('begins with the default where another account bore more, or this one a long time ago', async () => {
    const at = account(free(() => 100));
    await at.push(300);
    expect((await at.push(5, { account: 'other' })).pace).toMatchObject({ began: 5 });
    await at.clock.sleep(29 * DAY);
    expect((await at.push(5)).pace?.began).toBeGreaterThan(10);
    await at.clock.sleep(2 * DAY);
    expect((await at.push(5)).pace).toMatchObject({ began: 5 });
  });

  it('says in a dry run what a push would begin with, and remembers nothing of it', async () => {
    const at = account(free(() => 100));
    const { pace } = await at.push(300);
    const sent = at.starts.length;
    expect((await at.push(5, { dryRun: true })).pace).toMatchObject({ began: pace?.next });
    expect(at.starts).toHaveLength(sent);
    expect((await at.push(5)).pace).toMatchObject({ began: pace?.next });
  });
});

describe('a push with --rate auto of rows that would count twice', () => {
  it('is never faster than the default, whatever the vendor bears', async () => {
    const at = account(free(() => 50));
    const { pace } = await at.push(100, { vendor: tldcrm });
    expect(pace).toMatchObject({ held: true, began: 5, highest: 5, next: 5 });
    expect(densest(at.starts)).toBeLessThanOrEqual(6);
  });

  it('is slower where requests are turned away, and sends each row once', async () => {
    const at = account(limited(2, () => 100, { burst: 2 }));
    const pushed = await at.push(100, { vendor: tldcrm });
    expect(accepted(pushed)).toBe(100);
    expect(at.starts).toHaveLength(100 + at.turnedAway.length);
    expect(pushed.pace).toMatchObject({ highest: 5, turnedAway: at.turnedAway.length });
    expect(pushed.pace?.last).toBeLessThan(5);
  });

  it('neither uses nor forgets what the account bore: one reversal among the rows is enough', async () => {
    const at = account(free(() => 100));
    const { next = 0 } = (await at.push(300, { vendor: trackdrive })).pace ?? {};
    expect(next).toBeGreaterThan(10);
    const refund = 'call_id,revenue,Status\n1,5,refunded\n900,5,sold\n';
    const held = await at.desk.push(trackdrive, refund, URL_, {
      ...{ clock: at.clock, auto: BOUNDS, reversalColumn: 'Status' },
      transport: {
        send: (_request, read) =>
          Promise.resolve(answered({ status: 200, headers: {}, text: '{}', receivedAt: 0 }, read)),
      },
      secrets: { TRACKDRIVE_API_KEY: 'a:b' },
    });
    expect(accepted(held)).toBe(2);
    expect(held.pace).toMatchObject({ held: true, began: 5, highest: 5 });
    expect((await at.push(5, { vendor: trackdrive })).pace).toMatchObject({ began: next });
  });
});
