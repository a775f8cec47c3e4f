import { allOf } from '../support/all-of.js';
import { describe, expect, it } from 'vitest';
import type { TransactionStore } from '../../src/core/transactions.js';
import type { FakeAnswer } from '../../src/sandbox/fake.js';
import { random } from '../crash/random.js';
import type { Scripted } from '../support/answer.js';
import { addChains, addRows, DAY, idsIn, NOON, PullDesk, replyOf, type Mishap } from '../support/pull.js';

const MINUTE = 60_000;

/** 12 calls, of which four are corrected three times: 36 rows. */
function desk(): PullDesk {
  const desk = new PullDesk();
  addChains(desk.fake, 12, 3);
  return desk;
}

/** The half of an answer that came before the connection broke. */
function half({ status, body }: FakeAnswer): Scripted {
  return replyOf({ status, body: body.slice(0, body.length >> 1) });
}

function at(request: number, scripted: (answer: () => FakeAnswer) => Scripted | Promise<Scripted>): Mishap {
  return (now, answer) => (now === request ? scripted(answer) : undefined);
}

describe('a pull', () => {
  it('brings every row once, in the order of the vendor, until a page without rows', async () => {
    const here = desk();
    const { file, ...pulled } = await here.pull();
    expect(idsIn(file)).toEqual(here.held());
    expect(pulled).toEqual({ pages: 8, rows: 36, withdrawn: [] });
    expect(here.requests).toHaveLength(9);
  });

  it.each([1, 2, 3, 7, 36, 4000])(
    'brings the same file in pages of %i rows, wherever they cut a chain of corrections',
    async (pageRows) => {
      const whole = await desk().pull({ pageRows: 4000 });
      expect((await desk().pull({ pageRows })).file).toBe(whole.file);
    },
  );

  it('writes the columns of the vendor as they came, and the times with their offset', async () => {
    const here = new PullDesk();
    addRows(here.fake, [{ complete_call_id: 'CALL-1', calling_phone_number: '404-555-0100' }]);
    addRows(here.fake, [
      {
        complete_call_id: 'CALL-1',
        corrects_transaction_id: 'OUTCOME-1',
        corrected_at: '2026-11-21 09:00:00 -05:00',
        sale_amount: '-7.5',
        signal_partner_unique_id: '=1+1',
      },
    ]);
    expect((await here.pull()).file?.split('\n')).toEqual([
      'transaction_id,corrects_transaction_id,corrected_at,complete_call_id,transaction_type,start_time_local,start_time_utc,calling_phone_number,destination_phone_number,duration,revenue,sale_amount,signal_name,signal_partner_unique_id,signal_value,custom_data,revsync_started_at,revsync_corrected_at',
      `CALL-1,,,CALL-1,Call,2026-11-20 12:00:00 +00:00,${NOON},404-555-0100,,,,,,,,[],2026-11-20T12:00:00+00:00,`,
      `OUTCOME-1,,,CALL-1,Reported Conversion,2026-11-20 12:00:00 +00:00,${NOON},404-555-0100,,,,10.0,Sale,,true,[],2026-11-20T12:00:00+00:00,`,
      `OUTCOME-2,OUTCOME-1,2026-11-21 09:00:00 -05:00,CALL-1,Reported Conversion,2026-11-20 12:00:00 +00:00,${NOON},,,,,-7.5,Sale,'=1+1,true,[],2026-11-20T12:00:00+00:00,2026-11-21T14:00:00+00:00`,
      '',
    ]);
  });

  it('keeps callers as sales have them, and the vendor’s own text beside it', async () => {
    const here = new PullDesk();
    addRows(here.fake, [
      { complete_call_id: 'CALL-1', calling_phone_number: '404-555-0100' },
      { complete_call_id: 'CALL-2', calling_phone_number: 'anonymous' },
    ]);
    const pulled = await here.pull();
    const books = await here.open();
    const rows = (await allOf(books.rows('all'))).flat();
    await books.close();
    expect(rows.map(({ id, caller, columns }) => [id, caller, columns['calling_phone_number']])).toEqual([
      ['CALL-1', '+14045550100', '404-555-0100'],
      ['OUTCOME-1', '+14045550100', '404-555-0100'],
      ['CALL-2', 'anonymous', 'anonymous'],
      ['OUTCOME-2', 'anonymous', 'anonymous'],
    ]);
    expect(pulled.file).toContain('404-555-0100');
  });

  it('keeps a row whose amount cannot be read, and tells of it', async () => {
    const here = new PullDesk();
    addRows(here.fake, [{ complete_call_id: 'CALL-1', sale_amount: '1,200.00' }]);
    expect(idsIn((await here.pull()).file)).toEqual(['CALL-1', 'OUTCOME-1']);
    expect(here.events).toContainEqual({
      kind: 'warning',
      warning: { id: 'OUTCOME-1', message: 'sale_amount "1,200.00" cannot be read as an exact amount' },
    });
  });
});

describe('a page that does not come', () => {
  const LOST: Scripted = { kind: 'in_doubt', code: 'lost_reply', message: 'other side closed' };
  const NOT_SENT: Scripted = { kind: 'not_sent', code: 'connect_failed', message: 'no' };
  it.each<[string, Mishap]>([
    ['fails half-way, all of it JSON until there', at(3, (answer) => half(answer()))],
    ['is cut off with its connection', at(3, () => LOST)],
    ['is not asked for, since there is no connection', at(1, () => NOT_SENT)],
    ['is another page, in HTML', at(8, () => replyOf({ status: 200, body: '<html>It works!</html>' }))],
    ['is a 504', at(9, () => replyOf({ status: 504, body: '' }))],
    ['fails five times', (request) => (request > 3 && request < 9 ? LOST : undefined)],
  ])('is asked for again where it %s', async (_, mishap) => {
    const here = desk();
    const { file, rows, stop } = await here.pull({ mishap });
    expect(stop).toBeUndefined();
    expect(rows).toBe(36);
    expect(idsIn(file)).toEqual(here.held());
    expect(here.clock.passed).toBeLessThan(5 * MINUTE);
  });

  it('waits as long as the vendor asks', async () => {
    const here = desk();
    const busy = { status: 429, headers: { 'retry-after': '90' }, body: '' };
    const { file } = await here.pull({ mishap: at(4, () => replyOf(busy)) });
    expect(idsIn(file)).toEqual(here.held());
    expect(here.clock.passed).toBe(90_000);
  });

  it('takes pages that come slowly, each within its own deadline', async () => {
    const here = desk();
    const slow: Mishap = async (_, answer) => {
      await here.clock.sleep(119_000);
      return replyOf(answer());
    };
    const { file, stop } = await here.pull({ mishap: slow, budget: { retries: 5, deadlineMs: 120_000 } });
    expect(stop).toBeUndefined();
    expect(idsIn(file)).toEqual(here.held());
    expect(here.clock.passed).toBe(9 * 119_000);
  });

  it('ends the pull after the last retry, and the next pull goes on there without a new poll', async () => {
    const here = desk();
    const dead: Mishap = (request) => (request > 3 ? LOST : undefined);
    const first = await here.pull({ mishap: dead, budget: { retries: 2, deadlineMs: 600_000 } });
    expect(first).toEqual({
      pages: 3,
      rows: 15,
      withdrawn: [],
      stop: { kind: 'gave_up', message: 'Invoca: other side closed (lost_reply, 3 attempts)' },
    });
    expect(here.requests).toHaveLength(6);
    const second = await here.pull();
    expect(here.events[0]).toEqual({ kind: 'started', how: 'resumed', rows: 15 });
    expect(here.requests).toHaveLength(12);
    expect(idsIn(second.file)).toEqual(here.held());
  });

  it('ends the pull where the next attempt would be past the deadline', async () => {
    const here = desk();
    const busy = { status: 503, headers: { 'retry-after': '700' }, body: '' };
    const { stop } = await here.pull({ mishap: () => replyOf(busy) });
    const message =
      'Invoca: HTTP 503 with an empty body (http_503, 1 attempt; the next would be past --deadline)';
    expect(stop).toEqual({ kind: 'gave_up', message });
    expect(here.clock.passed).toBe(0);
  });

  it('ends the pull at once where the account is refused', async () => {
    const here = desk();
    const body = '{"errors":{"class":"Unauthorized","invalid_data":"no token"}}';
    const { stop } = await here.pull({ mishap: () => replyOf({ status: 401, body }) });
    expect(stop).toMatchObject({ kind: 'account_refused' });
    expect(here.requests).toHaveLength(1);
  });

  it('ends the pull where the vendor begins to repeat itself', async () => {
    const here = desk();
    let first: Scripted | undefined;
    const { stop, file } = await here.pull({
      mishap: (_, answer) => (first ??= replyOf(answer())),
    });
    expect(stop).toMatchObject({ kind: 'gave_up' });
    expect(file).toBeUndefined();
    expect(here.requests).toHaveLength(2);
  });
});

describe('the time between polls', () => {
  it('is five minutes: sooner, nothing is asked', async () => {
    const here = desk();
    await here.pull();
    const asked = here.requests.length;
    await here.clock.sleep(4 * MINUTE + 59_000);
    expect((await here.pull()).stop).toEqual({
      kind: 'too_soon',
      waitMs: 1000,
      message:
        'networks/33: Invoca asks for 5 minutes between polls; pull again in 1 s, which reads the period anew, or use --wait',
    });
    expect(here.requests).toHaveLength(asked);
    await here.clock.sleep(1000);
    expect((await here.pull()).stop).toBeUndefined();
  });

  it('is waited for where that is asked', async () => {
    const here = desk();
    await here.pull();
    await here.clock.sleep(MINUTE);
    const { stop, file } = await here.pull({ wait: true });
    expect(stop).toBeUndefined();
    expect(idsIn(file)).toEqual(here.held());
    expect(here.clock.passed).toBe(5 * MINUTE);
  });

  it('is the same for every period of a scope, and another scope has its own', async () => {
    const here = desk();
    await here.pull();
    const period = { from: '2026-11-20', to: '2026-11-20' };
    expect((await here.pull({ period })).stop?.kind).toBe('too_soon');
    expect((await here.pull({ period, scope: { kind: 'networks', id: '34' } })).stop).toBeUndefined();
    expect((await here.pull({ scope: { kind: 'advertisers', id: '33' } })).stop).toBeUndefined();
  });

  it('counts from the last page', async () => {
    const here = desk();
    const slow: Mishap = async (_, answer) => {
      await here.clock.sleep(MINUTE);
      return replyOf(answer());
    };
    await here.pull({ mishap: slow });
    expect((await here.pull()).stop).toMatchObject({ kind: 'too_soon', waitMs: 5 * MINUTE });
  });

  it('is never longer, though somebody set the clock back', async () => {
    const here = desk();
    await here.pull();
    here.clock.set(-30 * DAY);
    expect((await here.pull()).stop).toMatchObject({ kind: 'too_soon', waitMs: 5 * MINUTE });
    expect((await here.pull({ wait: true })).stop).toBeUndefined();
    expect(here.clock.passed).toBe(5 * MINUTE);
  });
});

describe('a pull that goes on after the last one', () => {
  async function next(here: PullDesk): Promise<void> {
    await here.clock.sleep(5 * MINUTE);
  }

  it('brings only what is new, corrections of old rows among it', async () => {
    const here = desk();
    await here.pull();
    const before = here.held();
    addChains(here.fake, 3, 0, 'LATE');
    addRows(here.fake, [{ complete_call_id: 'CALL-0', corrects_transaction_id: 'OUTCOME-21' }]);
    await next(here);
    const { file, rows } = await here.pull({ sinceLast: true });
    expect(rows).toBe(7);
    expect(idsIn(file)).toEqual(here.held().slice(before.length));
    expect(here.events[0]).toEqual({ kind: 'started', how: 'after_last', rows: 36 });
    await next(here);
    expect(idsIn((await here.pull({ sinceLast: true })).file)).toEqual([]);
    await next(here);
    expect(idsIn((await here.pull()).file)).toEqual(here.held());
  });

  it('begins at the first row where there is no last one', async () => {
    const here = desk();
    const { file } = await here.pull({ sinceLast: true });
    expect(here.events[0]).toEqual({ kind: 'started', how: 'no_last', rows: 0 });
    expect(idsIn(file)).toEqual(here.held());
  });

  it('reads a range of dates from its start every time, and writes only what no file has had', async () => {
    const here = desk();
    const period = { from: '2026-11-20', to: '2026-11-21' };
    await here.pull({ period });
    const before = here.held();
    addRows(here.fake, [{ complete_call_id: 'CALL-0', corrects_transaction_id: 'OUTCOME-21' }]);
    addChains(here.fake, 1, 0, 'LATE');
    await next(here);
    const asked = here.requests.length;
    const { file, rows } = await here.pull({ sinceLast: true, period });
    expect(here.events[0]).toEqual({ kind: 'started', how: 'anew', rows: 0 });
    expect(here.requests.slice(asked).filter((target) => target.includes('start_after'))[0]).toContain(
      `start_after_transaction_id=${before[4] ?? ''}`,
    );
    expect(rows).toBe(39);
    expect(idsIn(file)).toEqual(here.held().filter((id) => !before.includes(id)));
    // One that was not written is written by the next.
    addChains(here.fake, 1, 0, 'LATER');
    await next(here);
    await here.pull({ sinceLast: true, period, writesOut: false });
    addChains(here.fake, 1, 0, 'LATEST');
    await next(here);
    const later = idsIn((await here.pull({ sinceLast: true, period })).file);
    expect(later.map((id) => id.replace(/-.*/, ''))).toEqual(['LATER', 'OUTCOME', 'LATEST', 'OUTCOME']);
    await next(here);
    expect(idsIn((await here.pull({ sinceLast: true, period })).file)).toEqual([]);
  });

  it('has a cursor for each range of dates', async () => {
    const here = desk();
    await here.pull();
    await next(here);
    const period = { from: '2026-11-20', to: '2026-11-21' };
    const { file } = await here.pull({ sinceLast: true, period });
    expect(here.events[0]).toEqual({ kind: 'started', how: 'no_last', rows: 0 });
    expect(idsIn(file)).toEqual(here.held());
  });

  it('writes what an earlier one had read and not written', async () => {
    const here = desk();
    await here.pull();
    addChains(here.fake, 1, 0, 'LATE');
    await next(here);
    await here.pull({ sinceLast: true, writesOut: false });
    addChains(here.fake, 1, 0, 'LATER');
    // Nothing more may be asked yet, and nothing need be.
    const asked = here.requests.length;
    expect(idsIn((await here.pull({ sinceLast: true })).file)).toEqual(['LATE-0', 'OUTCOME-25']);
    expect(here.requests).toHaveLength(asked);
    await next(here);
    expect(idsIn((await here.pull({ sinceLast: true })).file)).toEqual(['LATER-0', 'OUTCOME-26']);
  });

  it('joins what is not written to what is new', async () => {
    const here = desk();
    await here.pull();
    for (const name of ['LATE', 'LATER']) {
      addChains(here.fake, 1, 0, name);
      await next(here);
      await here.pull({ sinceLast: true, writesOut: false });
    }
    await next(here);
    const { file, rows } = await here.pull({ sinceLast: true });
    expect(rows).toBe(0);
    expect(idsIn(file)).toEqual(['LATE-0', 'OUTCOME-25', 'LATER-0', 'OUTCOME-26']);
  });

  it('ends where the vendor does not know its last row any more; a pull of everything begins anew', async () => {
    const here = desk();
    await here.pull();
    const last = here.held().at(-1) ?? '';
    here.fake.alter?.(JSON.stringify({ remove: last }));
    await next(here);
    const { stop } = await here.pull({ sinceLast: true });
    expect(stop).toMatchObject({ kind: 'gave_up' });
    expect((stop as { message: string }).message).toMatch(
      `does not know row ${last} any more, pull without --since-last`,
    );
    const anew = await here.pull();
    expect(here.events.slice(0, 2)).toEqual([
      { kind: 'started', how: 'resumed', rows: 36 },
      { kind: 'started', how: 'cursor_lost', rows: 0 },
    ]);
    expect(anew.withdrawn).toEqual([last]);
    expect(idsIn(anew.file)).toEqual(here.held());
  });
});

describe('a pull of what was pulled before', () => {
  it('takes out what the vendor holds no more, has what it holds anew, and tells of it', async () => {
    const here = desk();
    await here.pull();
    here.fake.alter?.(
      JSON.stringify([
        { remove: 'OUTCOME-2' },
        { set: 'OUTCOME-3', fields: { sale_amount: '99.0' } },
        { add: { complete_call_id: 'CALL-5', start_time_utc: NOON, sale_amount: '5.0' } },
      ]),
    );
    await here.clock.sleep(5 * MINUTE);
    const { file, withdrawn } = await here.pull();
    // The only report about a call takes the call's own row with it.
    expect(withdrawn).toEqual(['CALL-1', 'OUTCOME-2']);
    expect(idsIn(file)).toEqual(here.held());
    expect(file).toMatch(/^OUTCOME-3,.*,99\.0,/m);
    await here.clock.sleep(5 * MINUTE);
    expect((await here.pull()).withdrawn).toEqual([]);
  });

  it('refuses other columns until what was begun is read to its end', async () => {
    const here = desk();
    const dead: Mishap = (request) =>
      request > 3 ? { kind: 'not_sent', code: 'connect_failed', message: 'no' } : undefined;
    await here.pull({ mishap: dead, columns: ['city', 'state'] });
    const asked = here.requests.length;
    expect((await here.pull()).stop).toEqual({
      kind: 'other_columns',
      message:
        'networks/33: the last pull of these dates did not come to its end, and it was with --columns city,state; run it so once more, then pull with other columns',
    });
    expect(here.requests).toHaveLength(asked);
    expect((await here.pull({ columns: ['city', 'state'] })).stop).toBeUndefined();
    await here.clock.sleep(5 * MINUTE);
    expect((await here.pull()).stop).toBeUndefined();
  });
});

describe('an interrupt', () => {
  it('ends the pull after the page in flight; the same command goes on', async () => {
    const here = desk();
    const interrupt = new AbortController();
    const mishap = at(3, (answer) => {
      interrupt.abort('SIGINT');
      return replyOf(answer());
    });
    const { stop, rows } = await here.pull({ interrupt: interrupt.signal, mishap });
    expect(stop).toEqual({ kind: 'interrupted', signal: 'SIGINT' });
    expect(rows).toBe(15);
    expect(idsIn((await here.pull()).file)).toEqual(here.held());
    expect(here.requests).toHaveLength(9);
  });

  it('ends the wait for the next poll, and the wait for a retry', async () => {
    const here = desk();
    await here.pull();
    const interrupt = new AbortController();
    void here.clock.sleep(MINUTE).then(() => interrupt.abort('SIGTERM'));
    const { stop } = await here.pull({ wait: true, interrupt: interrupt.signal });
    expect(stop).toEqual({ kind: 'interrupted', signal: 'SIGTERM' });
    expect(here.clock.passed).toBe(MINUTE);
    await here.clock.sleep(5 * MINUTE);
    const again = new AbortController();
    const mishap = at(here.requests.length + 1, () => {
      void here.clock.sleep(1000).then(() => again.abort('SIGINT'));
      return replyOf({ status: 429, headers: { 'retry-after': '60' }, body: '' });
    });
    expect((await here.pull({ interrupt: again.signal, mishap })).stop?.kind).toBe('interrupted');
    expect(here.clock.passed).toBe(6 * MINUTE + 1000);
  });
});

describe('a death between any two steps', () => {
  /** A store that dies before or after the step with that number. */
  function mortal(store: TransactionStore, step: number, when: 'before' | 'after'): TransactionStore {
    let steps = 0;
    const deadly =
      <A extends unknown[], T>(work: (...args: A) => Promise<T>) =>
      async (...args: A): Promise<T> => {
        steps += 1;
        if (steps === step && when === 'before') throw new Error('died');
        const value = await work.apply(store, args);
        if (steps === step) throw new Error('died');
        return value;
      };
    return {
      reading: () => store.reading(),
      writtenOut: () => store.writtenOut(),
      begin: deadly(store.begin),
      addPage: deadly(store.addPage),
      finish: deadly(store.finish),
      forget: deadly(store.forget),
    };
  }

  it.each(Array.from({ length: 24 }, (_, seed) => seed))(
    'leaves the file as it would have been, seed %i',
    async (seed) => {
      const chance = random(seed, 6);
      const whole = desk();
      const here = desk();
      const sinceLast = chance.chance(0.4);
      if (sinceLast) {
        for (const one of [whole, here]) {
          await one.pull();
          addChains(one.fake, 9, 2, 'LATE');
          await one.clock.sleep(5 * MINUTE);
        }
      }
      const job = { sinceLast, pageRows: chance.between(1, 9) };
      const wanted = await whole.pull(job);
      for (let deaths = chance.between(1, 4); deaths > 0; deaths -= 1) {
        const step = chance.between(1, 8);
        const when = chance.pick(['before', 'after'] as const);
        const wrap = (store: TransactionStore): TransactionStore => mortal(store, step, when);
        // One that has nothing left to do at that step comes to its end.
        const ended = await here.pull({ ...job, wrap }).catch((error: unknown) => (error as Error).message);
        if (ended !== 'died') expect((ended as { file?: string }).file ?? wanted.file).toBe(wanted.file);
        if (ended !== 'died') return;
      }
      expect((await here.pull(job)).file).toBe(wanted.file);
    },
  );
});
