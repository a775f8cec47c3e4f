import { parseAmount } from '../core/amount.js';
import type { EventSink, Stop } from '../core/events.js';
import type {
  ClaimedRow,
  Clock,
  Doubt,
  Exchange,
  SettledRow,
  Settlement,
  Transport,
  Attempt,
} from '../core/ports.js';
import { unreachable } from '../core/result.js';
import type { Outcome, Vendor, VendorRequest } from '../core/vendor.js';
import { knowledgeOf, readExchange, type NotSent } from './exchange.js';
import type { Limiter } from './limiter.js';
import { decideRetry, type Budget } from './retry.js';

export interface SendContext {
  readonly vendor: Vendor;
  readonly secrets: Readonly<Record<string, string>>;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly lanes: Limiter;
  readonly budget: Budget;
  /** `--confirm`: have the vendor echo the amount, and compare. */
  readonly confirm: boolean;
  readonly emit: EventSink;
  /** No further attempt. */
  readonly stopping: AbortSignal;
  /** Give up what is in flight. */
  readonly abandon: AbortSignal;
}

export interface SendResult {
  readonly settlement: Settlement;
  readonly stop?: Stop;
}

/** Sends one claimed row until it is settled; `rowSecrets` has its own credential, over the account's. */
export async function sendRow(
  row: ClaimedRow,
  request: VendorRequest,
  rowSecrets: Readonly<Record<string, string>>,
  context: SendContext,
): Promise<SendResult> {
  const { vendor, clock, lanes, emit, stopping } = context;
  const secrets = row.sealed === undefined ? context.secrets : { ...context.secrets, ...rowSecrets };
  const { position, input, line, key, action, amount } = row;
  const settled: SettledRow = { position, input, line, key, action, amount };
  const attempts: Attempt[] = [];
  const repeat = vendor.semantics.repeat.kind;
  const asked = withEcho(row, request, context);
  const began = clock.elapsed();
  let inDoubt = false;

  for (;;) {
    const at = clock.now();
    const authorized = vendor.authorize(asked, secrets);
    const exchange = await context.transport.send(authorized, context.abandon, rowSecrets);
    const seen: Seen = readExchange(exchange, (reply) => vendor.readReply(reply));
    attempts.push(attemptOf(at, exchange, seen));

    const doubt: Doubt = repeat === 'appends' ? 'blocked' : 'resend';
    const settle = (end: Omit<Settlement, 'row' | 'attempts'>): Settlement => ({
      row: settled,
      attempts,
      ...end,
    });
    switch (seen.kind) {
      case 'applied': {
        lanes.taken();
        const mismatch = context.confirm ? echoMismatch(row, seen.echo) : undefined;
        if (mismatch !== undefined) {
          return {
            settlement: settle({
              status: 'failed',
              code: 'echo_mismatch',
              message: mismatch,
              doubt,
              ref: seen.ref,
            }),
          };
        }
        const { ref, correctsRef, warning } = seen;
        return { settlement: settle({ status: 'accepted', ref, correctsRef, warning }) };
      }
      case 'rejected': {
        lanes.taken();
        const { code, message } = seen;
        if (!inDoubt) return { settlement: settle({ status: 'rejected', code, message }) };
        const status = repeat === 'appends' ? 'unknown' : 'rejected';
        return { settlement: settle({ status, code, message, doubt }) };
      }
      case 'refused': {
        const { code, message } = seen;
        const stop: Stop = {
          kind: 'account_refused',
          message: `${vendor.title} refused the account: ${message} (${code})`,
        };
        return {
          settlement: settle({ status: 'failed', code, message, doubt: inDoubt ? doubt : undefined }),
          stop,
        };
      }
      case 'busy':
      case 'unclear':
      case 'not_sent': {
        if (seen.kind === 'unclear') inDoubt = true;
        const knowledge = knowledgeOf(seen);
        const elapsed = clock.elapsed() - began;
        const decision = decideRetry(
          repeat,
          knowledge,
          attempts.length,
          elapsed,
          context.budget,
          clock.random(),
        );
        const doubtful = { doubt: inDoubt ? doubt : undefined };
        const { code, message } = seen;
        if (decision.kind === 'give_up') {
          const late =
            decision.because === 'deadline' ? ' (gave up: the next attempt would be past --deadline)' : '';
          const settlement = settle({ status: decision.status, code, message: message + late, ...doubtful });
          if (knowledge.kind !== 'busy' || knowledge.retryAfterMs === undefined || late === '')
            return { settlement };
          const asks = `${vendor.title} asks to wait ${Math.ceil(knowledge.retryAfterMs / 1000)} s, longer than --deadline`;
          return { settlement, stop: { kind: 'vendor_busy', message: asks } };
        }
        if (!stopping.aborted) {
          emit({ kind: 'retry', input: row.input, line: row.line, message, waitMs: decision.waitMs });
          if (knowledge.kind === 'busy') {
            lanes.pause(decision.waitMs);
            emit({ kind: 'paused', waitMs: decision.waitMs, message });
          } else {
            await clock.sleep(decision.waitMs, stopping);
          }
          await lanes.turn(stopping);
        }
        if (stopping.aborted) {
          const status = !inDoubt ? 'not_sent' : 'failed';
          return {
            settlement: settle({
              status,
              code: 'interrupted',
              message: `interrupted after: ${message}`,
              ...doubtful,
            }),
          };
        }
        break;
      }
      default:
        return unreachable(seen);
    }
  }
}

type Seen = Outcome | NotSent;

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

function attemptOf(at: number, exchange: Exchange, seen: Seen): Attempt {
  const httpStatus = exchange.kind === 'reply' ? exchange.reply.status : undefined;
  const { code, message } = seen.kind === 'applied' ? {} : seen;
  return { at, httpStatus, code, message };
}
