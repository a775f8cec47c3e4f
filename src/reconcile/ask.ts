import { interruptedBy, type Interrupted } from '../core/events.js';
import type { Failure } from '../core/outcome.js';
import type { Clock, Transport } from '../core/ports.js';
import { outcomeOfStatus } from '../core/reply.js';
import { plural } from '../core/text.js';
import type { ControlTotal, Page, TransactionReport } from '../core/transactions.js';
import type { Reply, VendorRequest } from '../core/vendor.js';
import { decideRetry, type Budget } from '../push/retry.js';

export interface AskJob {
  readonly report: TransactionReport;
  /** Of each answer. */
  readonly budget: Budget;
}

export interface AskPorts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly secrets: Readonly<Record<string, string>>;
  readonly emit: (event: RetryNote) => void;
  /** Asks nothing more after the answer in flight; its reason is the name of the process signal. */
  readonly interrupt: AbortSignal;
}

export interface RetryNote {
  readonly kind: 'retry';
  readonly message: string;
  readonly waitMs: number;
}

/** What came of asking: the answer, a refusal of what was asked for, or why there is none. */
export type Told<T> =
  | T
  | Extract<Failure, { kind: 'rejected' }>
  | Interrupted
  | { readonly kind: 'account_refused'; readonly message: string }
  | { readonly kind: 'gave_up'; readonly message: string };

export type Rows = Extract<Page, { kind: 'rows' }>;

interface Total {
  readonly kind: 'total';
  /** Undefined where the answer does not tell. */
  readonly total: number | undefined;
}

/** Asks until there is an answer: asking is harmless. */
export async function ask<T extends Rows | Total>(
  { report, budget }: AskJob,
  request: VendorRequest,
  read: (reply: Reply) => T | Failure,
  { transport, clock, secrets, emit, interrupt }: AskPorts,
  abandon: AbortSignal,
): Promise<Told<T>> {
  const began = clock.elapsed();
  const readAs = (reply: Reply): Failure | { readonly kind: 'told'; readonly value: T } => {
    const told = read(reply);
    return told.kind === 'rows' || told.kind === 'total' ? { kind: 'told', value: told } : told;
  };
  for (let attempts = 1; ; attempts += 1) {
    const { outcome } = await transport.send(report.authorize(request, secrets), readAs, abandon, {});
    if (outcome.kind === 'told') return outcome.value;
    if (outcome.kind === 'rejected') return outcome;
    const { code, message } = outcome;
    if (outcome.kind === 'refused') {
      const why = `${report.title} refused the account: ${message} (${code})`;
      return { kind: 'account_refused', message: why };
    }
    const elapsedMs = clock.elapsed() - began;
    const decision = decideRetry(outcome, 'overwrites', attempts, elapsedMs, budget, clock.random());
    if (interrupt.aborted) return interruptedBy(interrupt);
    if (decision.kind === 'give_up') {
      const tried = plural(attempts, 'attempt');
      const late = decision.because === 'deadline' ? '; the next would be past --deadline' : '';
      return { kind: 'gave_up', message: `${report.title}: ${message} (${code}, ${tried}${late})` };
    }
    emit({ kind: 'retry', message, waitMs: decision.waitMs });
    await clock.sleep(decision.waitMs, interrupt);
    if (interrupt.aborted) return interruptedBy(interrupt);
  }
}

/** The vendor's own count of what is asked for. */
export function askTotal(
  job: AskJob,
  request: VendorRequest,
  { readTotal }: ControlTotal,
  ports: AskPorts,
  abandon: AbortSignal,
): Promise<Told<Total>> {
  const read = (reply: Reply): Total | Failure =>
    reply.status >= 200 && reply.status < 300
      ? { kind: 'total', total: readTotal(reply) }
      : outcomeOfStatus(reply);
  return ask(job, request, read, ports, abandon);
}
