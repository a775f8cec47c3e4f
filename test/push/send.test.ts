import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/events.js';
import type { Clock, Transport } from '../../src/core/ports.js';
import type { ClaimedRow } from '../../src/core/row.js';
import type { Vendor, VendorRequest } from '../../src/core/vendor.js';
import { Limiter } from '../../src/push/limiter.js';
import { preparedFor } from '../../src/sales/prepare.js';
import { sendRow, type SendResult } from '../../src/push/send.js';
import { convoso } from '../../src/vendors/convoso.js';
import { answered, type Scripted } from '../support/answer.js';
import { ROW, SETTLED } from '../support/claimed.js';
import { VirtualClock } from '../support/clock.js';

/** Convoso, were each request to make another record. */
const appending: Vendor = {
  ...convoso,
  semantics: { ...convoso.semantics, repeat: { kind: 'appends', assumed: 'for these tests' } },
};

const BEGAN = Date.UTC(2026, 10, 20);

function answer(status: number, body: unknown, headers: Record<string, string> = {}): Scripted {
  return { status, headers, text: JSON.stringify(body), receivedAt: BEGAN };
}

const ACCEPTED = answer(200, { success: true, data: { call_log_id: 100125 } });
const REJECTED = answer(200, { success: false, code: 6033, text: 'No such Call Log' });
const REFUSED = answer(200, { success: false, code: 5001, text: 'Invalid auth_token' });
const LOST: Scripted = { kind: 'in_doubt', code: 'lost_reply', message: 'socket hang up' };
const NOT_SENT: Scripted = { kind: 'not_sent', code: 'connect_failed', message: 'connect ECONNREFUSED' };
const busyFor = (seconds: number): Scripted => answer(429, 'slow down', { 'retry-after': String(seconds) });

/** The attempts as the audit trail has them, `at` counted from the first one. */
const LOST_TRY = { code: 'lost_reply', message: 'socket hang up' };
const NOT_SENT_TRY = { code: 'connect_failed', message: 'connect ECONNREFUSED' };
const BUSY_TRY = { httpStatus: 429, code: 'http_429', message: 'HTTP 429: "slow down"' };
const REJECTED_TRY = { httpStatus: 200, code: '6033', message: 'No such Call Log' };

interface Sending extends SendResult {
  readonly requests: readonly VendorRequest[];
  readonly events: readonly RunEvent[];
  /** Milliseconds for which another machine is to leave the vendor alone. */
  readonly pauses: readonly number[];
}

interface With {
  readonly row?: ClaimedRow;
  readonly confirm?: boolean;
  readonly retries?: number;
  readonly stopping?: AbortController;
  readonly onSend?: (clock: Clock) => void;
}

/** Sends the row to a vendor that gives these answers, one after the other; one too few is an error. */
async function send(vendor: Vendor, script: readonly Scripted[], options: With = {}): Promise<Sending> {
  const { row = ROW, confirm = false, retries = 3, stopping = new AbortController() } = options;
  const clock = new VirtualClock({ began: BEGAN });
  const requests: VendorRequest[] = [];
  const events: RunEvent[] = [];
  const pauses: number[] = [];
  const transport: Transport = {
    send(request, read) {
      const scripted = script[requests.length];
      requests.push(request);
      options.onSend?.(clock);
      return scripted === undefined
        ? Promise.reject(new Error(`attempt ${requests.length} was not expected`))
        : Promise.resolve(answered(scripted, read));
    },
  };
  const { settlement, stop } = await sendRow(
    row,
    preparedFor(row, vendor, confirm),
    {},
    {
      vendor,
      secrets: { CONVOSO_AUTH_TOKEN: 'tok3n' },
      transport,
      clock,
      ledger: { holds: () => true, rememberPause: (ms) => void pauses.push(ms) },
      limiter: new Limiter(clock, { concurrency: 4, rate: [] }),
      budget: { retries, deadlineMs: 60_000 },
      confirm,
      emit: (event) => events.push(event),
      stopping: stopping.signal,
      abandoned: new AbortController().signal,
    },
  );
  expect(requests).toHaveLength(script.length);
  const attempts = settlement.attempts.map(({ at, ...rest }) => ({ at: at - BEGAN, ...rest }));
  return { settlement: { ...settlement, attempts }, stop, requests, events, pauses };
}

describe('a row that is answered', () => {
  it('is accepted with the reference that the vendor gave, after one request with the secret', async () => {
    const { settlement, stop, requests, events } = await send(convoso, [ACCEPTED]);
    expect(settlement).toEqual({
      row: SETTLED,
      status: 'accepted',
      attempts: [{ at: 0, httpStatus: 200 }],
      ref: '100125',
    });
    expect(stop).toBeUndefined();
    expect(events).toEqual([]);
    expect(requests).toEqual([
      {
        method: 'POST',
        path: '/v1/revenue/update',
        headers: {},
        body: { kind: 'form', fields: { auth_token: 'tok3n', call_log_id: '100125', revenue: '50.00' } },
      },
    ]);
  });

  it('is rejected with the code and the words of the vendor, and not sent again', async () => {
    const { settlement, stop } = await send(convoso, [REJECTED]);
    expect(settlement).toEqual({
      row: SETTLED,
      status: 'rejected',
      attempts: [{ at: 0, ...REJECTED_TRY }],
      code: '6033',
      message: 'No such Call Log',
    });
    expect(stop).toBeUndefined();
  });

  it('stops the run at once where the account is refused', async () => {
    const { settlement, stop } = await send(convoso, [REFUSED]);
    expect(settlement).toEqual({
      row: SETTLED,
      status: 'failed',
      attempts: [{ at: 0, httpStatus: 200, code: '5001', message: 'Invalid auth_token' }],
      code: '5001',
      message: 'Invalid auth_token',
    });
    expect(stop).toEqual({
      kind: 'account_refused',
      message: 'Convoso refused the account: Invalid auth_token (5001)',
    });
  });

  it('stays in doubt where the account is refused after a lost reply', async () => {
    const { settlement } = await send(convoso, [LOST, REFUSED]);
    expect(settlement).toMatchObject({ status: 'failed', code: '5001', doubt: 'resend' });
  });
});

describe('a row that the vendor turns away', () => {
  it('waits as long as it was asked to and is sent again, also where that appends', async () => {
    const { settlement, events, pauses } = await send(appending, [busyFor(7), ACCEPTED]);
    expect(pauses).toEqual([7_000]);
    expect(settlement).toEqual({
      row: SETTLED,
      status: 'accepted',
      attempts: [
        { at: 0, ...BUSY_TRY },
        { at: 7_000, httpStatus: 200 },
      ],
      ref: '100125',
    });
    const message = 'HTTP 429: "slow down"';
    expect(events).toEqual([
      { kind: 'retry', input: 'sales.csv', line: 2, message, waitMs: 7_000 },
      { kind: 'paused', waitMs: 7_000, message },
    ]);
  });

  it('stops the run where the wait is longer than the deadline, without cutting it short', async () => {
    const { settlement, stop, pauses } = await send(appending, [busyFor(61)]);
    expect(pauses).toEqual([]);
    expect(settlement).toEqual({
      row: SETTLED,
      status: 'failed',
      attempts: [{ at: 0, ...BUSY_TRY }],
      code: 'http_429',
      message: 'HTTP 429: "slow down" (gave up: the next attempt would be past --deadline)',
    });
    expect(stop).toEqual({
      kind: 'vendor_busy',
      message: 'Convoso asks to wait 61 s, longer than --deadline',
    });
  });

  it('fails without doubt once the retries are used up', async () => {
    const { settlement, stop } = await send(convoso, [busyFor(1), busyFor(1)], { retries: 1 });
    expect(settlement).toEqual({
      row: SETTLED,
      status: 'failed',
      attempts: [
        { at: 0, ...BUSY_TRY },
        { at: 1_000, ...BUSY_TRY },
      ],
      code: 'http_429',
      message: 'HTTP 429: "slow down"',
    });
    expect(stop).toBeUndefined();
  });
});

describe('a row whose reply is lost', () => {
  it('is sent again where that overwrites', async () => {
    const { settlement, events } = await send(convoso, [LOST, ACCEPTED]);
    expect(settlement).toEqual({
      row: SETTLED,
      status: 'accepted',
      attempts: [
        { at: 0, ...LOST_TRY },
        { at: 250, httpStatus: 200 },
      ],
      ref: '100125',
    });
    expect(events).toEqual([
      { kind: 'retry', input: 'sales.csv', line: 2, message: 'socket hang up', waitMs: 250 },
    ]);
  });

  it.each<[string, Scripted, object]>([
    ['lost', LOST, LOST_TRY],
    [
      'a 502',
      answer(502, 'bad gateway'),
      { httpStatus: 502, code: 'http_502', message: 'HTTP 502: "bad gateway"' },
    ],
    ['an empty 200', answer(200, {}), { httpStatus: 200, code: 'unclear_answer', message: 'HTTP 200: {}' }],
  ])('is unknown after exactly one attempt where that appends: %s', async (_, scripted, attempt) => {
    const { settlement, stop } = await send(appending, [scripted]);
    expect(settlement).toEqual({
      row: SETTLED,
      status: 'unknown',
      attempts: [{ at: 0, ...attempt }],
      doubt: 'blocked',
      ...('code' in attempt && 'message' in attempt ? { code: attempt.code, message: attempt.message } : {}),
    });
    expect(stop).toBeUndefined();
  });

  it('and which is then rejected leaves the vendor holding who knows what', async () => {
    const { settlement } = await send(convoso, [LOST, REJECTED]);
    expect(settlement).toEqual({
      row: SETTLED,
      status: 'rejected',
      attempts: [
        { at: 0, ...LOST_TRY },
        { at: 250, ...REJECTED_TRY },
      ],
      code: '6033',
      message: 'No such Call Log',
      doubt: 'resend',
    });
  });

  it('fails in doubt once the retries are used up', async () => {
    const { settlement } = await send(convoso, [LOST, LOST, LOST, LOST]);
    expect(settlement).toEqual({
      row: SETTLED,
      status: 'failed',
      attempts: [
        { at: 0, ...LOST_TRY },
        { at: 250, ...LOST_TRY },
        { at: 750, ...LOST_TRY },
        { at: 1_750, ...LOST_TRY },
      ],
      code: 'lost_reply',
      message: 'socket hang up',
      doubt: 'resend',
    });
  });

  it('stays in doubt though the last attempt never left', async () => {
    const { settlement } = await send(convoso, [LOST, NOT_SENT], { retries: 1 });
    expect(settlement).toMatchObject({ status: 'failed', code: 'connect_failed', doubt: 'resend' });
  });
});

describe('a row that never left', () => {
  it('is sent again even where that appends', async () => {
    const { settlement } = await send(appending, [NOT_SENT, ACCEPTED]);
    expect(settlement).toEqual({
      row: SETTLED,
      status: 'accepted',
      attempts: [
        { at: 0, ...NOT_SENT_TRY },
        { at: 250, httpStatus: 200 },
      ],
      ref: '100125',
    });
  });

  it('fails without doubt', async () => {
    const { settlement } = await send(appending, [NOT_SENT, NOT_SENT], { retries: 1 });
    expect(settlement).toEqual({
      row: SETTLED,
      status: 'failed',
      attempts: [
        { at: 0, ...NOT_SENT_TRY },
        { at: 250, ...NOT_SENT_TRY },
      ],
      code: 'connect_failed',
      message: 'connect ECONNREFUSED',
    });
  });
});

describe('a run that is told to stop while a row waits', () => {
  it('does not send a row again that was turned away', async () => {
    const stopping = new AbortController();
    const { settlement, events } = await send(convoso, [busyFor(7)], {
      stopping,
      onSend: () => stopping.abort(),
    });
    expect(settlement).toEqual({
      row: SETTLED,
      status: 'not_sent',
      attempts: [{ at: 0, ...BUSY_TRY }],
      code: 'interrupted',
      message: 'interrupted after: HTTP 429: "slow down"',
    });
    expect(events).toEqual([]);
  });

  it('ends a wait that is under way, and leaves a lost row in doubt', async () => {
    const stopping = new AbortController();
    const { settlement } = await send(convoso, [LOST], {
      stopping,
      onSend: (clock) => void clock.sleep(100).then(() => stopping.abort()),
    });
    expect(settlement).toEqual({
      row: SETTLED,
      status: 'failed',
      attempts: [{ at: 0, ...LOST_TRY }],
      code: 'interrupted',
      message: 'interrupted after: socket hang up',
      doubt: 'resend',
    });
  });
});

describe('--confirm', () => {
  const OTHER = 'the vendor accepted the row and holds something else';
  const echoing = (revenue: unknown): Scripted =>
    answer(200, { success: true, data: { call_log_id: 100125, revenue } });

  it.each(['50', 50, '50.0', '50.0000'])('accepts the row whose amount comes back as %j', async (revenue) => {
    const { settlement, requests } = await send(convoso, [echoing(revenue)], { confirm: true });
    expect(settlement).toEqual({
      row: SETTLED,
      status: 'accepted',
      attempts: [{ at: 0, httpStatus: 200 }],
      ref: '100125',
    });
    expect(requests[0]?.body).toEqual({
      kind: 'form',
      fields: { auth_token: 'tok3n', call_log_id: '100125', revenue: '50.00', return: '1' },
    });
  });

  it.each([
    ['5', `${OTHER}: revenue is "5", "50.00" was sent`],
    ['50.001', `${OTHER}: revenue is "50.001", "50.00" was sent`],
    ['-50.00', `${OTHER}: revenue is "-50.00", "50.00" was sent`],
    ['fifty', `${OTHER}: revenue is "fifty", "50.00" was sent`],
    [null, `${OTHER}: revenue is empty, "50.00" was sent`],
    [undefined, 'the vendor accepted the row and echoed no amount to compare'],
  ])('fails the row whose amount comes back as %j', async (revenue, message) => {
    const { settlement } = await send(convoso, [echoing(revenue)], { confirm: true });
    expect(settlement).toEqual({
      row: SETTLED,
      status: 'failed',
      attempts: [{ at: 0, httpStatus: 200 }],
      code: 'echo_mismatch',
      message,
      doubt: 'resend',
      ref: '100125',
    });
  });

  it('is not asked of a clear, which has no amount to compare', async () => {
    const row: ClaimedRow = {
      ...ROW,
      sale: { intent: 'clear', fields: ROW.sale.fields },
      action: 'clear',
      amount: undefined,
    };
    const { settlement, requests } = await send(convoso, [ACCEPTED], { confirm: true, row });
    expect(settlement.status).toBe('accepted');
    expect(requests[0]?.body).toEqual({
      kind: 'form',
      fields: { auth_token: 'tok3n', call_log_id: '100125', return: '1' },
    });
  });
});

describe('an answer that repeats what was sent', () => {
  const about = (id: string, revenue?: string): Scripted =>
    answer(200, { success: true, data: { call_log_id: id, revenue } });

  it('is compared though nobody asked for it', async () => {
    expect((await send(convoso, [about('100125', '50')])).settlement).toMatchObject({ status: 'accepted' });
    expect((await send(convoso, [about('100125', '5')])).settlement).toMatchObject({
      status: 'failed',
      code: 'echo_mismatch',
      doubt: 'resend',
    });
  });

  it('may hold something else where every request adds a record: a person has to look', async () => {
    const { settlement } = await send(appending, [about('100125', '5')]);
    expect(settlement).toMatchObject({
      status: 'unknown',
      code: 'echo_mismatch',
      doubt: 'blocked',
      ref: '100125',
    });
  });

  it('leaves the row in doubt where it is about another id: it is sent again where that overwrites', async () => {
    const { settlement } = await send(convoso, [about('7'), about('100125')]);
    const message = 'the answer is about something else: call_log_id is "7", "100125" was sent';
    expect(settlement).toMatchObject({
      status: 'accepted',
      attempts: [{ httpStatus: 200, code: 'unclear_answer', message }, { httpStatus: 200 }],
    });
  });

  it('is unknown after exactly one attempt where it is about another id and that appends', async () => {
    const { settlement } = await send(appending, [about('7', '50.00')]);
    expect(settlement).toMatchObject({ status: 'unknown', code: 'unclear_answer', doubt: 'blocked' });
  });

  it('is not enough where it is refused afterwards, about the same id: the vendor holds who knows what', async () => {
    const { settlement } = await send(convoso, [about('7'), REJECTED]);
    expect(settlement).toMatchObject({ status: 'rejected', code: '6033', doubt: 'resend' });
  });
});

describe('how a vendor is asked for an echo', () => {
  const asking = (echo: NonNullable<Vendor['semantics']['echo']>): Vendor => ({
    ...convoso,
    semantics: { ...convoso.semantics, echo },
    prepare: (action, sale) => {
      const result = convoso.prepare(action, sale);
      if (!result.ok || result.value.request.body.kind !== 'form') return result;
      const body = { kind: 'json', value: { sale: result.value.request.body.fields } } as const;
      return { ok: true, value: { ...result.value, request: { ...result.value.request, body } } };
    },
    authorize: (request) => request,
  });
  const PAGE = 'a page that says so';

  it('adds the fields to a JSON body, with --confirm only', () => {
    const vendor = asking({ add: { echo: 'yes' }, documented: PAGE });
    const bodies = [true, false].map((confirm) => preparedFor(ROW, vendor, confirm).request.body);
    const sale = { call_log_id: '100125', revenue: '50.00' };
    expect(bodies).toEqual([
      { kind: 'json', value: { sale, echo: 'yes' } },
      { kind: 'json', value: { sale } },
    ]);
  });

  it('adds nothing where answers have the amount anyway, and with --confirm takes none without it', async () => {
    const vendor = asking({ always: true, documented: PAGE });
    const { settlement, requests } = await send(vendor, [ACCEPTED], { confirm: true });
    expect(requests[0]?.body).toEqual({
      kind: 'json',
      value: { sale: { call_log_id: '100125', revenue: '50.00' } },
    });
    expect(settlement).toMatchObject({ status: 'failed', code: 'echo_mismatch', doubt: 'resend' });
    expect((await send(vendor, [ACCEPTED])).settlement.status).toBe('accepted');
  });
});
