import type { EventSink, Stop } from '../core/events.js';
import type { Attempt, Outcome, Unsettled } from '../core/outcome.js';
import type { Doubt, Ledger, Settlement } from '../core/ledger.js';
import type { Clock, Transport } from '../core/ports.js';
import type { ClaimedRow } from '../core/row.js';
import { unreachable } from '../core/result.js';
import { repeatOf, type Prepared, type Vendor } from '../core/vendor.js';
import { believed, readAnswer, type Believed } from './believed.js';
import type { Limiter } from './limiter.js';
import type { Verdict } from './auto-rate.js';
import { decideRetry, type Budget, type Decision } from './retry.js';

export interface SendContext {
  readonly vendor: Vendor;
  readonly secrets: Readonly<Record<string, string>>;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly limiter: Limiter;
  readonly ledger: Pick<Ledger, 'holds' | 'rememberPause'>;
  readonly budget: Budget;
  /** `--confirm`: an answer without the amount is no confirmation. */
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
  readonly prepared: Pick<Prepared, 'request' | 'echoes'>;
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
  prepared: Pick<Prepared, 'request' | 'echoes'>,
  rowSecrets: Readonly<Record<string, string>>,
  context: SendContext,
): Promise<SendResult> {
  const sending: Sending = {
    row,
    prepared,
    rowSecrets,
    began: context.clock.elapsed(),
    attempts: [],
    inDoubt: false,
  };
  for (;;) {
    if (!context.ledger.holds()) return takenOver(sending, context);
    const outcome = await attempt(sending, context);
    const next = settle(outcome, sending, context);
    if ('settlement' in next) return next;
    if (context.stopping.aborted || !(await waitForRetry(next, sending, context)))
      return interrupted(next.outcome, sending, context);
  }
}

/** Sends the row once, and notes that for the audit trail. */
async function attempt(sending: Sending, context: SendContext): Promise<Believed> {
  const { vendor, clock, transport, limiter, abandoned, emit } = context;
  const { row, prepared, rowSecrets, attempts } = sending;
  const secrets = row.sealed === undefined ? context.secrets : { ...context.secrets, ...rowSecrets };
  const at = clock.now();
  const began = clock.elapsed();
  const { outcome, httpStatus } = await transport.send<Believed>(
    vendor.authorize(prepared.request, secrets),
    (reply) => believed(readAnswer(vendor, row.action, reply), prepared, context),
    abandoned,
    rowSecrets,
    () => context.ledger.holds(),
  );
  if (outcome.kind === 'applied') attempts.push({ at, httpStatus, kept: outcome.kept });
  else attempts.push({ at, httpStatus, code: outcome.code, message: outcome.message });
  if (outcome.kind === 'in_doubt' || (outcome.kind === 'refused' && outcome.mayBeApplied === true))
    sending.inDoubt = true;
  // What was given up says nothing of the vendor.
  const change = abandoned.aborted ? undefined : limiter.answered(verdictOf(outcome, httpStatus), began);
  if (change !== undefined) emit({ kind: 'rate', ...change });
  return outcome;
}

/** What an attempt says of the rate at which they go. */
function verdictOf({ kind }: Believed, httpStatus: number | undefined): Verdict {
  switch (kind) {
    case 'applied':
    case 'rejected':
      return 'taken';
    case 'busy':
      return 'turned_away';
    case 'refused':
      return 'unclear';
    case 'in_doubt':
    case 'not_sent':
      if (httpStatus === undefined || httpStatus === 502 || httpStatus === 504) return 'unanswered';
      return httpStatus === 429 || httpStatus === 503 ? 'turned_away' : 'unclear';
    default:
      return unreachable(kind);
  }
}

type Of<K extends Outcome['kind']> = Extract<Outcome, { kind: K }>;

interface Retry {
  readonly outcome: Unsettled;
  readonly waitMs: number;
}

/** What becomes of the row after this outcome: it is settled, or sent again. */
function settle(outcome: Believed, sending: Sending, context: SendContext): SendResult | Retry {
  switch (outcome.kind) {
    case 'applied':
      return settleApplied(outcome, sending, context);
    case 'rejected':
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

function settleApplied(
  { ref, correctsRef, warnings = [], mismatch }: Extract<Believed, { kind: 'applied' }>,
  sending: Sending,
  { vendor }: SendContext,
): SendResult {
  if (mismatch !== undefined) return mismatched({ ...mismatch, ref }, sending, vendor);
  const warning = warnings.length === 0 ? undefined : warnings.join('; ');
  return settled(sending, { status: 'accepted', ref, correctsRef, warning });
}

/** The vendor holds something else than what was sent: sent again by the next run where that mends it. */
function mismatched(
  { code, message, ref }: Pick<Settlement, 'code' | 'message' | 'ref'>,
  sending: Sending,
  vendor: Vendor,
): SendResult {
  const doubt = doubtAt(sending, vendor);
  return settled(sending, { status: leftBy(doubt, 'failed'), code, message, doubt, ref });
}

/** A rejection says nothing of an attempt before it that may have been applied. */
function settleRejected(outcome: Of<'rejected'>, sending: Sending, { vendor }: SendContext): SendResult {
  const { code, message } = outcome;
  const doubt = doubtOf(sending, vendor);
  return settled(sending, { status: leftBy(doubt, 'rejected'), code, message, doubt });
}

function settleRefused(outcome: Of<'refused'>, sending: Sending, { vendor }: SendContext): SendResult {
  const { code, message } = outcome;
  const refusal = `${vendor.title} refused the account: ${message} (${code})`;
  const doubt = doubtOf(sending, vendor);
  return settled(
    sending,
    { status: leftBy(doubt, 'failed'), code, message, doubt },
    { kind: 'account_refused', message: refusal },
  );
}

function retryOrGiveUp(
  outcome: Unsettled,
  sending: Sending,
  { vendor, clock, budget }: SendContext,
): SendResult | Retry {
  const { attempts, began } = sending;
  const repeat = repeatOf(vendor, sending.row.action);
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
  const redirect = status === 'unknown' ? redirectOf(sending) : undefined;
  if (redirect !== undefined) {
    const message = `${vendor.title} redirects to another address (HTTP ${redirect}), which is not followed; check the base URL`;
    return settled(sending, end, { kind: 'redirected', message });
  }
  if (!isLate || outcome.kind !== 'busy' || outcome.retryAfterMs === undefined) return settled(sending, end);
  const seconds = Math.ceil(outcome.retryAfterMs / 1000);
  const message = `${vendor.title} asks to wait ${seconds} s, longer than --deadline`;
  return settled(sending, end, { kind: 'vendor_busy', message });
}

/** The status of the last answer where it leads elsewhere, as it would every other row. */
function redirectOf({ attempts }: Sending): number | undefined {
  const status = attempts.at(-1)?.httpStatus ?? 0;
  return status >= 300 && status < 400 ? status : undefined;
}

/**
 * Until the row may be sent again; false where the run is told to stop, or the day's budget is spent. A busy vendor is
 * left alone by every row.
 */
async function waitForRetry(
  { outcome, waitMs }: Retry,
  { row }: Sending,
  context: SendContext,
): Promise<boolean> {
  const { clock, ledger, limiter, emit, stopping } = context;
  const { message } = outcome;
  emit({ kind: 'retry', input: row.input, line: row.line, message, waitMs });
  if (outcome.kind === 'busy') {
    limiter.pause(waitMs);
    if (outcome.retryAfterMs !== undefined) ledger.rememberPause(waitMs);
    emit({ kind: 'paused', waitMs, message });
  } else {
    await clock.sleep(waitMs, stopping);
  }
  return limiter.waitForTurn(stopping);
}

function interrupted({ message }: Unsettled, sending: Sending, context: SendContext): SendResult {
  const { spent } = context.limiter;
  const end = {
    status: sending.inDoubt ? 'failed' : 'not_sent',
    code: spent?.kind ?? 'interrupted',
    message: `${spent?.message ?? 'interrupted'} after: ${message}`,
    doubt: doubtOf(sending, context.vendor),
  } as const;
  return settled(sending, end, spent);
}

/** The claim may be another machine's by now: it sends the row, or finds what is in doubt of it. */
function takenOver(sending: Sending, { vendor }: SendContext): SendResult {
  const message =
    'this machine no longer held the row when it was to be sent; another one may have taken the run over';
  const doubt = doubtOf(sending, vendor);
  const status = leftBy(doubt, sending.inDoubt ? 'failed' : 'not_sent');
  return settled(
    sending,
    { status, code: 'ledger_failed', message, doubt },
    { kind: 'ledger_failed', message, unsaved: [] },
  );
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
function doubtAt({ row }: Sending, vendor: Vendor): Doubt {
  return repeatOf(vendor, row.action) === 'appends' ? 'blocked' : 'resend';
}

function doubtOf(sending: Sending, vendor: Vendor): Doubt | undefined {
  return sending.inDoubt ? doubtAt(sending, vendor) : undefined;
}

/** A row that waits for a person is `unknown`, whatever its last answer was. */
function leftBy<S extends Settlement['status']>(doubt: Doubt | undefined, status: S): S | 'unknown' {
  return doubt === 'blocked' ? 'unknown' : status;
}
