import { setImmediate } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import type { Reply } from '../../core/vendor.js';

/** Turns of the event loop that bring nothing before an answer counts as not come, and those that one is waited for. */
const QUIET_LOOKS = 4;
const MOST_LOOKS = 1000;

interface Head extends Pick<Reply, 'status' | 'receivedAt'> {
  readonly headers: Record<string, string | string[] | undefined>;
}

interface RawReply {
  readonly head: Head;
  readonly chunks: readonly Buffer[];
}

/** One request on its way: collects the answer up to `cap` bytes, and can be given up. */
export class RequestUnderWay implements Dispatcher.DispatchHandler {
  readonly cap: number;
  /** Gives it up. */
  readonly signal: AbortSignal;
  readonly #mayGo: () => boolean;
  /** Rejects where none came. */
  readonly answer: Promise<RawReply>;
  /** Until it is handed to a connected socket no byte has left, whatever the error says; then it may be applied. */
  written = false;
  timedOut = false;
  #settle!: { readonly resolve: (answer: RawReply) => void; readonly reject: (error: unknown) => void };
  #controller: Dispatcher.DispatchController | undefined;
  #givenUp: { readonly reason: unknown } | undefined;
  #head: Head | undefined;
  /** Counts what the socket has brought. */
  #news = 0;
  #isOver = false;
  readonly #chunks: Buffer[] = [];
  #size = 0;

  constructor(cap: number, signal: AbortSignal, mayGo: () => boolean) {
    this.cap = cap;
    this.#mayGo = mayGo;
    this.signal = signal;
    if (signal.aborted) void this.giveUp(signal.reason);
    this.answer = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  /** Where it is not written yet, it never will be; else what has come by now is read first. */
  async giveUp(reason: unknown): Promise<void> {
    this.#givenUp ??= { reason };
    if (this.written) await this.#readWhatCame();
    if (!this.#isOver) this.#controller?.abort(asError(reason));
  }

  /** A process that was stopped finds its timers due before it has looked at its sockets. */
  async #readWhatCame(): Promise<void> {
    for (let looks = 0, quiet = 0; quiet < QUIET_LOOKS && looks < MOST_LOOKS && !this.#isOver; looks += 1) {
      const before = this.#news;
      await setImmediate();
      quiet = this.#news === before ? quiet + 1 : 0;
    }
  }

  timeOut(): void {
    this.timedOut = true;
    void this.giveUp(new Error('no answer in time'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // A connection takes its time, and a process may be stopped meanwhile.
    if (!this.#mayGo()) this.#givenUp ??= { reason: 'it may not be sent any more' };
    if (this.#givenUp === undefined) this.written = true;
    else controller.abort(asError(this.#givenUp.reason));
  }

  onResponseStart(_: unknown, status: number, headers: Head['headers']): void {
    this.#news += 1;
    this.#head = { status, headers, receivedAt: Date.now() };
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#news += 1;
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size <= this.cap) return;
    // An endless body cannot hold the lane.
    this.onResponseEnd();
    controller.abort(new Error('the rest is not read'));
  }

  onResponseEnd(): void {
    this.#isOver = true;
    if (this.#head !== undefined) this.#settle.resolve({ head: this.#head, chunks: this.#chunks });
  }

  onResponseError(_: unknown, error: Error): void {
    this.#isOver = true;
    this.#settle.reject(error);
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
