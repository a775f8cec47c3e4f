import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Unsettled } from '../../src/core/outcome.js';
import { decideRetry, type Decision } from '../../src/push/retry.js';

type Repeat = 'overwrites' | 'upserts' | 'appends';

const LOST: Unsettled = { kind: 'in_doubt', code: 'lost_reply', message: 'socket hang up' };
const NOT_SENT: Unsettled = { kind: 'not_sent', code: 'connect_failed', message: 'ECONNREFUSED' };
const BUSY: Unsettled = { kind: 'busy', code: 'http_429', message: 'slow down' };
const busyFor = (retryAfterMs: number): Unsettled => ({ ...BUSY, retryAfterMs });

const again = (waitMs: number): Decision => ({ kind: 'again', waitMs });
const UNKNOWN: Decision = { kind: 'give_up', status: 'unknown', because: 'semantics' };
const NO_RETRIES: Decision = { kind: 'give_up', status: 'failed', because: 'retries' };
const TOO_LATE: Decision = { kind: 'give_up', status: 'failed', because: 'deadline' };

/** Three retries within a minute, chance at one half unless said otherwise. */
function decide(repeat: Repeat, outcome: Unsettled, attempts = 1, elapsedMs = 0, random = 0.5): Decision {
  return decideRetry(outcome, repeat, attempts, elapsedMs, { retries: 3, deadlineMs: 60_000 }, random);
}

describe('a row whose attempt settled nothing', () => {
  it.each<[string, Decision, Decision]>([
    ['lost on a vendor that overwrites is sent again', decide('overwrites', LOST), again(250)],
    ['lost on a vendor that upserts is sent again', decide('upserts', LOST), again(250)],
    ['lost on a vendor that appends is unknown', decide('appends', LOST), UNKNOWN],
    ['lost on a vendor that appends is unknown, not failed', decide('appends', LOST, 4), UNKNOWN],
    ['lost past the deadline of one that appends is unknown', decide('appends', LOST, 1, 99_999), UNKNOWN],
    ['never sent goes again even where it appends', decide('appends', NOT_SENT), again(250)],
    ['turned away goes again even where it appends', decide('appends', busyFor(2_000)), again(2_000)],
    ['at once where chance is nought', decide('overwrites', LOST, 1, 0, 0), again(0)],
    ['waits twice as long the second time', decide('overwrites', NOT_SENT, 2), again(500)],
    ['waits four times as long the third time', decide('overwrites', NOT_SENT, 3), again(1_000)],
    ['gives up after the third retry', decide('overwrites', NOT_SENT, 4), NO_RETRIES],
    ['gives up after the third retry though it was only busy', decide('appends', BUSY, 4), NO_RETRIES],
    ['waits out a time that ends with the deadline', decide('overwrites', busyFor(60_000)), again(60_000)],
    ['does not cut a longer one short', decide('overwrites', busyFor(60_001)), TOO_LATE],
    ['counts the time already spent', decide('overwrites', busyFor(2_000), 1, 58_001), TOO_LATE],
    [
      'waits longer than asked where its own backoff is longer',
      decide('upserts', busyFor(10), 3),
      again(1_000),
    ],
    ['busy without a time waits 2.5 s at least', decide('overwrites', BUSY, 1, 0, 0), again(2_500)],
    ['busy without a time waits 3.75 s on average', decide('overwrites', BUSY), again(3_750)],
    ['busy for the third time waits 10 s at least', decide('overwrites', BUSY, 3, 0, 0), again(10_000)],
  ])('%s', (_, decision, wanted) => {
    expect(decision).toStrictEqual(wanted);
  });

  it('never waits for longer than 30 s of backoff, or 60 s where the vendor is busy', () => {
    const budget = { retries: 1_000, deadlineMs: 3_600_000 };
    expect(decideRetry(LOST, 'overwrites', 500, 0, budget, 0.5)).toStrictEqual(again(15_000));
    expect(decideRetry(BUSY, 'overwrites', 500, 0, budget, 0.5)).toStrictEqual(again(45_000));
  });

  it('is given up without a retry where none is allowed', () => {
    expect(decideRetry(LOST, 'overwrites', 1, 0, { retries: 0, deadlineMs: 60_000 }, 0.5)).toStrictEqual(
      NO_RETRIES,
    );
  });
});

const repeat = fc.constantFrom<Repeat>('overwrites', 'upserts', 'appends');
const unsettled = fc.oneof(
  fc.constant(LOST),
  fc.constant(NOT_SENT),
  fc.constant(BUSY),
  fc.integer({ min: 0, max: 200_000 }).map(busyFor),
);
const attempts = fc.integer({ min: 1, max: 40 });
const elapsed = fc.integer({ min: 0, max: 200_000 });
const budget = fc.record({
  retries: fc.integer({ min: 0, max: 40 }),
  deadlineMs: fc.integer({ min: 0, max: 200_000 }),
});
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const anything = fc.tuple(unsettled, repeat, attempts, elapsed, budget, chance);

describe('whatever happened and whatever the budget', () => {
  it('never sends to an appending vendor again when the row may have been applied', () => {
    fc.assert(
      fc.property(attempts, elapsed, budget, chance, (...rest) => {
        expect(decideRetry(LOST, 'appends', ...rest)).toStrictEqual(UNKNOWN);
      }),
    );
  });

  it('is unknown only where the row may have been applied to an appending vendor', () => {
    fc.assert(
      fc.property(anything, (situation) => {
        const decision = decideRetry(...situation);
        const counts = situation[1] === 'appends' && situation[0].kind === 'in_doubt';
        expect(decision.kind === 'give_up' && decision.status === 'unknown').toBe(counts);
      }),
    );
  });

  it('never sends earlier than the vendor asked', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 200_000 }),
        repeat,
        attempts,
        elapsed,
        budget,
        chance,
        (asked, kind, ...rest) => {
          const decision = decideRetry(busyFor(asked), kind, ...rest);
          const waited = decision.kind === 'again' ? decision.waitMs : Infinity;
          expect(waited).toBeGreaterThanOrEqual(asked);
        },
      ),
    );
  });

  it('never sends past the deadline, nor more often than allowed', () => {
    fc.assert(
      fc.property(anything, (situation) => {
        const [, , made, spentMs, { retries, deadlineMs }] = situation;
        const decision = decideRetry(...situation);
        const startsAt = decision.kind === 'again' ? spentMs + decision.waitMs : 0;
        const furtherAttempts = decision.kind === 'again' ? made : 0;
        expect(startsAt).toBeLessThanOrEqual(deadlineMs);
        expect(furtherAttempts).toBeLessThanOrEqual(retries);
      }),
    );
  });

  it('waits whole milliseconds, none of them negative', () => {
    fc.assert(
      fc.property(anything, (situation) => {
        const decision = decideRetry(...situation);
        const waitMs = decision.kind === 'again' ? decision.waitMs : 0;
        expect(Number.isSafeInteger(waitMs) && waitMs >= 0).toBe(true);
      }),
    );
  });
});
