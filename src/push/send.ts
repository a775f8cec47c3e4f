import { parseAmount } from '../core/amount.js';
import type { EventSink, Stop } from '../core/events.js';
import type { Outcome, Unsettled } from '../core/outcome.js';
import type { Attempt, Doubt, Settlement } from '../core/ledger.js';
import type { Clock, Transport } from '../core/ports.js';
import type { ClaimedRow } from '../core/row.js';
import { unreachable } from '../core/result.js';
import type { Vendor, VendorRequest } from '../core/vendor.js';
import type { Limiter } from './limiter.js';
import { decideRetry, type Budget, type Decision } from './retry.js';

export interface SendContext {
  readonly vendor: Vendor;
  readonly secrets: Readonly<Record<string, string>>;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly limiter: Limiter;
  readonly budget: Budget;
  /** `--confirm`: have the vendor echo the amount, and compare. */
  readonly confirm: boolean;
  readonly emit: EventSink;
  /** No further attempt. */
  readonly stopping: AbortSignal;
  /** Give up what is in flight. */
  readonly abandoned: AbortSignal;
}

export interface SendResult {
  readonly settlement: Settlement;
  readonly stop?: Stop;
}

/** A row on its way, and what its attempts so far have brought. */
interface Sending {
  readonly row: ClaimedRow;
  readonly request: VendorRequest;
  /** The row's own credential, which takes precedence over the account's. */
  readonly rowSecrets: Readonly<Record<string, string>>;
  /** On the clock's `elapsed`. */
  readonly began: number;
  /** Oldest first. */
  readonly attempts: Attempt[];
  /** One of the attempts may have been applied. */
  inDoubt: boolean;
}

/** Sends one claimed row until it is settled; `rowSecrets` has its own credential. */
export async function sendRow(
  row: ClaimedRow,
  request: VendorRequest,
  rowSecrets: Readonly<Record<string, string>>,
  context: SendContext,
): Promise<SendResult> {
  const sending: Sending = {
    row,
    request: withEcho(row, request, context),
    rowSecrets,
    began: context.clock.elapsed(),
    attempts: [],
    inDoubt: false,
  };
  for (;;) {
    const outcome = await attempt(sending, context);
    const next = settle(outcome, sending, context);
    if ('settlement' in next) return next;
    if (!context.stopping.aborted) await waitForRetry(next, sending, context);
    if (context.stopping.aborted) return interrupted(next.outcome, sending, context);
  }
}

/** Sends the row once, and notes that for the audit trail. */
async function attempt(sending: Sending, context: SendContext): Promise<Outcome> {
  const { vendor, clock, transport, abandoned } = context;
  const { row, request, rowSecrets, attempts } = sending;
  const secrets = row.sealed === undefined ? context.secrets : { ...context.secrets, ...rowSecrets };
  const at = clock.now();
  const { outcome, httpStatus } = await transport.send(
    vendor.authorize(request, secrets),
    (reply) => vendor.readReply(reply),
    abandoned,
    rowSecrets,
  );
  const { code, message } = outcome.kind === 'applied' ? {} : outcome;
  attempts.push({ at, httpStatus, code, message });
  if (outcome.kind === 'in_doubt') sending.inDoubt = true;
  return outcome;
}

interface Retry {
  readonly outcome: Unsettled;
  readonly waitMs: number;
}

/** What becomes of the row after this outcome: it is settled, or sent again. */
function settle(outcome: Outcome, sending: Sending, context: SendContext): SendResult | Retry {
  switch (outcome.kind) {
    case 'applied':
      context.limiter.succeeded();
      return settleApplied(outcome, sending, context);
    case 'rejected':
      context.limiter.succeeded();
      return settleRejected(outcome, sending, context);
    case 'refused':
      return settleRefused(outcome, sending, context);
    case 'busy':
    case 'in_doubt':
    case 'not_sent':
      return retryOrGiveUp(outcome, sending, context);
    default:
      return unreachable(outcome);
  }
}

type Of<K extends Outcome['kind']> = Extract<Outcome, { kind: K }>;

function settleApplied(outcome: Of<'applied'>, sending: Sending, context: SendContext): SendResult {
  const { ref, correctsRef, warning, echo } = outcome;
  const mismatch = context.confirm ? echoMismatch(sending.row, echo) : undefined;
  if (mismatch === undefined) return settled(sending, { status: 'accepted', ref, correctsRef, warning });
  const doubt = doubtAt(context.vendor);
  return settled(sending, { status: 'failed', code: 'echo_mismatch', message: mismatch, doubt, ref });
}

/** A rejection says nothing of an attempt before it that may have been applied. */
function settleRejected(outcome: Of<'rejected'>, sending: Sending, { vendor }: SendContext): SendResult {
  const { code, message } = outcome;
  if (!sending.inDoubt) return settled(sending, { status: 'rejected', code, message });
  const status = vendor.semantics.repeat.kind === 'appends' ? 'unknown' : 'rejected';
  return settled(sending, { status, code, message, doubt: doubtAt(vendor) });
}

function settleRefused(outcome: Of<'refused'>, sending: Sending, { vendor }: SendContext): SendResult {
  const { code, message } = outcome;
  const refusal = `${vendor.title} refused the account: ${message} (${code})`;
  const doubt = doubtOf(sending, vendor);
  return settled(
    sending,
    { status: 'failed', code, message, doubt },
    { kind: 'account_refused', message: refusal },
  );
}

function retryOrGiveUp(
  outcome: Unsettled,
  sending: Sending,
  { vendor, clock, budget }: SendContext,
): SendResult | Retry {
  const { attempts, began } = sending;
  const repeat = vendor.semantics.repeat.kind;
  const elapsedMs = clock.elapsed() - began;
  const decision = decideRetry(outcome, repeat, attempts.length, elapsedMs, budget, clock.random());
  if (decision.kind === 'again') return { outcome, waitMs: decision.waitMs };
  return giveUp(outcome, decision, sending, vendor);
}

function giveUp(
  outcome: Unsettled,
  { status, because }: Extract<Decision, { kind: 'give_up' }>,
  sending: Sending,
  vendor: Vendor,
): SendResult {
  const { code } = outcome;
  const isLate = because === 'deadline';
  const late = isLate ? ' (gave up: the next attempt would be past --deadline)' : '';
  const end = { status, code, message: outcome.message + late, doubt: doubtOf(sending, vendor) };
  if (!isLate || outcome.kind !== 'busy' || outcome.retryAfterMs === undefined) return settled(sending, end);
  const seconds = Math.ceil(outcome.retryAfterMs / 1000);
  const message = `${vendor.title} asks to wait ${seconds} s, longer than --deadline`;
  return settled(sending, end, { kind: 'vendor_busy', message });
}

/** Until the row may be sent again, or the run is told to stop. A busy vendor is left alone by every row. */
async function waitForRetry(
  { outcome, waitMs }: Retry,
  { row }: Sending,
  context: SendContext,
): Promise<void> {
  const { clock, limiter, emit, stopping } = context;
  const { message } = outcome;
  emit({ kind: 'retry', input: row.input, line: row.line, message, waitMs });
  if (outcome.kind === 'busy') {
    limiter.pause(waitMs);
    emit({ kind: 'paused', waitMs, message });
  } else {
    await clock.sleep(waitMs, stopping);
  }
  await limiter.waitForTurn(stopping);
}

function interrupted({ message }: Unsettled, sending: Sending, { vendor }: SendContext): SendResult {
  return settled(sending, {
    status: sending.inDoubt ? 'failed' : 'not_sent',
    code: 'interrupted',
    message: `interrupted after: ${message}`,
    doubt: doubtOf(sending, vendor),
  });
}

function settled(
  { row, attempts }: Sending,
  end: Omit<Settlement, 'row' | 'attempts'>,
  stop?: Stop,
): SendResult {
  const { position, input, line, key, action, amount } = row;
  const settlement = { row: { position, input, line, key, action, amount }, attempts, ...end };
  return stop === undefined ? { settlement } : { settlement, stop };
}

/** What a vendor that may hold something else by now leaves in doubt. */
function doubtAt(vendor: Vendor): Doubt {
  return vendor.semantics.repeat.kind === 'appends' ? 'blocked' : 'resend';
}

function doubtOf({ inDoubt }: Sending, vendor: Vendor): Doubt | undefined {
  return inDoubt ? doubtAt(vendor) : undefined;
}

function withEcho(row: ClaimedRow, request: VendorRequest, { confirm, vendor }: SendContext): VendorRequest {
  const { echo } = vendor.semantics;
  if (!confirm || echo === undefined || row.amount === undefined || request.body.kind !== 'form')
    return request;
  return { ...request, body: { kind: 'form', fields: { ...request.body.fields, ...echo.add } } };
}

/** Compared as decimals: a vendor may write 50.00 as `50` or `"50.0"`. */
function echoMismatch(row: ClaimedRow, echo: string | undefined): string | undefined {
  if (row.amount === undefined) return undefined;
  if (echo === undefined) return 'the vendor accepted the row and echoed no amount to compare';
  const parsed = parseAmount(echo, { decimals: 4 });
  if (parsed.ok && parsed.value.amount === row.amount) return undefined;
  return `the vendor accepted the row and now holds ${JSON.stringify(echo)}, which is not what was sent`;
}
