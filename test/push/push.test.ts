import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/events.js';
import type { Ledger, Settlement } from '../../src/core/ledger.js';
import type { Transport } from '../../src/core/ports.js';
import { pushPlanned } from '../../src/push/push.js';
import { convoso } from '../../src/vendors/convoso.js';
import { answered } from '../support/answer.js';
import { ROW, SETTLED } from '../support/claimed.js';
import { VirtualClock } from '../support/clock.js';
import { fastClock, MAP } from '../support/push.js';

const TRANSPORT: Transport = {
  send: (_request, read) => {
    const text = JSON.stringify({ success: true, data: { call_log_id: '100125' } });
    return Promise.resolve(answered({ status: 200, headers: {}, text, receivedAt: 0 }, read));
  },
};

/** Pushes one row to a ledger that answers a moment after it was asked, as one on another machine does. */
async function pushed(
  settle: (attempt: number) => void,
  { transport = TRANSPORT, clock = fastClock(), pauseMs = 0, emit = (_: RunEvent): void => undefined } = {},
): ReturnType<typeof pushPlanned> {
  const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
  let claims = 0;
  let settles = 0;
  const ledger = {
    claim: async () => {
      await later();
      claims += 1;
      return claims === 1 ? [ROW] : [];
    },
    holds: () => true,
    pauseLeft: () => Promise.resolve(pauseMs),
    settle: async (_run: number, _rows: readonly Settlement[]) => {
      await later();
      settles += 1;
      settle(settles);
    },
  } as unknown as Ledger;
  const settings = {
    concurrency: 4,
    rate: [],
    budget: { retries: 3, deadlineMs: 60_000 },
    maxErrors: { kind: 'percent', percent: 50 },
    confirm: false,
    appends: false,
  } as const;
  const ports = {
    ledger,
    transport,
    clock,
    secrets: { CONVOSO_AUTH_TOKEN: 'tok3n' },
    sealer: MAP.sealer,
    emit,
    interrupt: new AbortController().signal,
  };
  return pushPlanned(1, convoso, settings, ports);
}

describe('a push whose last settlement is still on its way', () => {
  it('waits for it', async () => {
    expect(await pushed(() => undefined)).toBeUndefined();
  });

  it('says which answers the ledger does not take', async () => {
    const stop = await pushed(() => {
      throw new Error('the disk is full');
    });
    expect(stop).toMatchObject({
      kind: 'ledger_failed',
      message: 'the disk is full',
      unsaved: [{ row: SETTLED, status: 'accepted', ref: '100125' }],
    });
  });

  it('tries once more', async () => {
    const stop = await pushed((attempt) => {
      if (attempt === 1) throw new Error('the disk is full');
    });
    expect(stop).toMatchObject({ kind: 'ledger_failed', unsaved: [] });
  });
});

describe('a vendor that asked the machine before for time', () => {
  it('is asked for nothing until that is over, and the push says so', async () => {
    const clock = new VirtualClock();
    const sentAt: number[] = [];
    const transport: Transport = {
      send: async (...which) => {
        sentAt.push(clock.passed);
        return TRANSPORT.send(...which);
      },
    };
    const events: RunEvent[] = [];
    const emit = (event: RunEvent): void => void events.push(event);
    expect(await pushed(() => undefined, { transport, clock, pauseMs: 7000, emit })).toBeUndefined();
    expect(sentAt).toEqual([7000]);
    const message = 'it has asked the machine that pushed before to wait';
    expect(events[0]).toEqual({ kind: 'paused', waitMs: 7000, message });
  });
});
