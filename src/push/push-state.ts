import { interruptedBy, type EventSink, type Stop } from '../core/events.js';
import type { Clock } from '../core/ports.js';

/** How long requests in flight may still take once a push or a pull has been told to end. */
export const GRACE_MS = 10_000;

/**
 * How far a push is from its end.
 *
 *     running ──stop──► stopping ──10 s──► abandoned
 *        └─────────────────┴──────────────────┴─────► drained
 *
 *     running    rows are claimed and sent
 *     stopping   no row is begun and no attempt repeated; those in flight may end
 *     abandoned  those in flight are given up
 *     drained    nothing is in flight; settlements are left to write
 */
export class PushState {
  readonly #stopping = new AbortController();
  readonly #abandoned = new AbortController();
  readonly #drained = new AbortController();
  readonly #clock: Clock;
  readonly #emit: EventSink;
  readonly #interrupt: AbortSignal;
  readonly #bugs: unknown[] = [];
  #why: Stop | undefined;

  /** `interrupt` stops the run; its reason is the signal's name. */
  constructor({ clock, emit, interrupt }: { clock: Clock; emit: EventSink; interrupt: AbortSignal }) {
    this.#clock = clock;
    this.#emit = emit;
    this.#interrupt = interrupt;
    if (interrupt.aborted) this.#onInterrupt();
    else interrupt.addEventListener('abort', this.#onInterrupt, { once: true });
  }

  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  get abandoned(): AbortSignal {
    return this.#abandoned.signal;
  }

  get drained(): AbortSignal {
    return this.#drained.signal;
  }

  /** Why the run stopped; undefined where it did not. */
  get why(): Stop | undefined {
    return this.#why;
  }

  /** The first reason counts. */
  stop(why: Stop): void {
    if (this.#why !== undefined) return;
    this.#why = why;
    this.#emit({ kind: 'stopping', stop: why });
    this.#stopping.abort();
    void this.#clock.sleep(GRACE_MS, this.drained).then(() => this.#abandoned.abort());
  }

  ledgerFailed(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.stop({ kind: 'ledger_failed', message, unsaved: [] });
  }

  /** A bug must not pass for an answer: the run ends, the row stays claimed, and `rethrow` throws the error again. */
  bug(error: unknown): void {
    this.#bugs.push(error);
    this.stop({ kind: 'ledger_failed', message: 'this is a bug in revsync', unsaved: [] });
  }

  rethrow(): void {
    if (this.#bugs.length > 0) throw this.#bugs[0];
  }

  drain(): void {
    this.#drained.abort();
    this.#interrupt.removeEventListener('abort', this.#onInterrupt);
  }

  readonly #onInterrupt = (): void => this.stop(interruptedBy(this.#interrupt));
}
