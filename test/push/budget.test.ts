import { afterEach, describe, expect, it } from 'vitest';
import type { Transport } from '../../src/core/ports.js';
import type { Reply, Vendor } from '../../src/core/vendor.js';
import { Database } from '../../src/io/ledger/database.js';
import { convoso } from '../../src/vendors/convoso.js';
import { tldcrm } from '../../src/vendors/tldcrm.js';
import { answered } from '../support/answer.js';
import { VirtualClock } from '../support/clock.js';
import { Desk, type Pushed, type PushWith } from '../support/push.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const URL_ = 'https://vendor.test';
const TAKEN = { status: 200, text: '{"success":true,"data":{}}' };
const BUSY = { status: 503, text: '', headers: { 'retry-after': '1' } };
const BROKEN = { status: 500, text: '' };

/** Pushes on a clock that goes on between them, to a vendor that gives these answers and then takes every row. */
class Desks {
  readonly clock = new VirtualClock();
  readonly desk = new Desk();
  sent = 0;

  async push(
    rows: number,
    requests: number,
    answers: readonly Partial<Reply>[] = [],
    { vendor = convoso, ...options }: PushWith & { vendor?: Vendor } = {},
  ): Promise<Pushed> {
    const left = [...answers];
    const transport: Transport = {
      send: (_request, read) => {
        this.sent += 1;
        const answer = left.shift() ?? (vendor === convoso ? TAKEN : { text: '{"cost_id":1,"updated":1}' });
        return Promise.resolve(
          answered({ status: 200, headers: {}, text: '', receivedAt: 0, ...answer }, read),
        );
      },
    };
    const csv =
      vendor === convoso
        ? `call_log_id,revenue\n${Array.from({ length: rows }, (_, row) => `${row + 1},5\n`).join('')}`
        : `did,cid,call_date,cost\n${Array.from({ length: rows }, (_, row) => `8005550100,512555020${row},2026-11-19 09:00:00,5\n`).join('')}`;
    return this.desk.push(vendor, csv, URL_, {
      ...{ transport, clock: this.clock, rate: [{ requests, per: 'day' }], concurrency: 2 },
      secrets: { CONVOSO_AUTH_TOKEN: 't', TLDCRM_API_ID: 'i', TLDCRM_API_KEY: 'k' },
      ...options,
    });
  }
}

const open: Desks[] = [];

function desks(): Desks {
  const one = new Desks();
  open.push(one);
  return one;
}

afterEach(() => {
  for (const { desk } of open.splice(0)) desk.close();
});

/** Of each row, its status and code. */
function inShort({ rows }: Pushed): string[] {
  return rows.map(({ status, code = '' }) => `${status} ${code}`.trim());
}

const SPENT = 'not_sent budget_spent';

describe("a day's budget", () => {
  it('ends the run once it is spent, and the next runs go on when the vendor may be asked again', async () => {
    const at = desks();
    const first = await at.push(5, 3);
    expect(inShort(first)).toEqual(['accepted', 'accepted', 'accepted', SPENT, SPENT]);
    expect(first.stop).toEqual({
      kind: 'budget_spent',
      message:
        'the budget of 3 requests in any 24 hours is spent, 0 before this run and 3 by it; ' +
        'the next may go at 2026-11-21T00:00:00Z',
      nextAt: Date.UTC(2026, 10, 21),
    });
    expect(first.rows[4]?.message).toBe(
      `the run stopped first: ${first.stop?.kind === 'budget_spent' ? first.stop.message : ''}`,
    );

    await at.clock.sleep(12 * HOUR);
    const early = await at.push(5, 3);
    expect(inShort(early)).toEqual(['unchanged', 'unchanged', 'unchanged', SPENT, SPENT]);
    expect(early.stop).toMatchObject({ kind: 'budget_spent', nextAt: Date.UTC(2026, 10, 21) });
    expect(at.sent).toBe(3);

    await at.clock.sleep(12 * HOUR);
    const late = await at.push(5, 3);
    expect(inShort(late)).toEqual(['unchanged', 'unchanged', 'unchanged', 'accepted', 'accepted']);
    expect(late.stop).toBeUndefined();
  });

  it('that is as large as the file stops nothing', async () => {
    expect((await desks().push(3, 3)).stop).toBeUndefined();
  });

  it('of nothing left stops nothing where there is nothing to send', async () => {
    const at = desks();
    await at.push(3, 3);
    expect((await at.push(3, 3)).stop).toBeUndefined();
  });

  it('counts every attempt, of this run and of earlier ones', async () => {
    const at = desks();
    const first = await at.push(3, 4, [BUSY, TAKEN, BUSY]);
    expect(inShort(first)).toEqual(['accepted', 'accepted', SPENT]);
    expect(at.sent).toBe(4);
    await at.clock.sleep(HOUR);
    const more = await at.push(3, 5);
    expect(inShort(more)).toEqual(['unchanged', 'unchanged', 'accepted']);
    await at.clock.sleep(HOUR);
    expect((await at.push(4, 5)).stop).toMatchObject({
      message: expect.stringContaining('5 before this run') as string,
    });
  });

  it('keeps a row from being sent again: it is not sent, or failed where it may have been applied', async () => {
    const busy = await desks().push(3, 1, [BUSY]);
    expect(inShort(busy)).toEqual([SPENT, SPENT, SPENT]);
    expect(busy.rows[0]).toMatchObject({ attempts: 1, httpStatus: 503 });
    expect(busy.rows[0]?.message).toMatch(/^the budget of 1 request in .* after: /);
    const broken = await desks().push(2, 1, [BROKEN]);
    expect(inShort(broken)).toEqual(['failed budget_spent', SPENT]);
  });

  it('leaves the rows alone that would count twice', async () => {
    const at = desks();
    const pushed = await at.push(4, 2, [], { vendor: tldcrm, map: { waived: [] } });
    expect(inShort(pushed)).toEqual(['accepted', 'accepted', SPENT, SPENT]);
    expect(at.sent).toBe(2);
  });

  it('is apart for every account', async () => {
    const at = desks();
    await at.push(3, 3);
    expect(inShort(await at.push(3, 3, [], { account: 'other' }))).toEqual([
      'accepted',
      'accepted',
      'accepted',
    ]);
  });

  it('counts what a run that died had in flight, and what an older revsync has sent', async () => {
    const at = desks();
    await at.push(2, 9);
    const now = at.clock.now();
    const db = Database.open(at.desk.ledger);
    const copy = (id: number, tries: string, code: string | null, when: number): void =>
      db.run(
        `insert into attempts (id, namespace, key, run, input, line, action, intent, digest, status, tries, code, at)
         select ?, namespace, key || ?, run, input, line, action, intent, digest, status, ?, ?, ?
         from attempts where id = (select max(id) from attempts)`,
        [id, id, tries, code, when],
      );
    copy(2 ** 32 + 7, '[]', 'crashed', now - HOUR);
    copy(2 ** 32 + 8, '[]', 'resolved_accepted', now - HOUR);
    copy(1, JSON.stringify([{ at: now - DAY - 1 }]), null, now - DAY - 1);
    copy(2, JSON.stringify([{ at: now - DAY - 5 }, { at: now - HOUR }]), null, now - HOUR);
    db.close();
    const later = await at.push(4, 5);
    expect(inShort(later)).toEqual(['unchanged', 'unchanged', 'accepted', SPENT]);
  });
});
