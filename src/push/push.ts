import { interruptedBy, type EventSink, type Stop } from '../core/events.js';
import type { Clock, Ledger, RunId, Sealer, Settlement, Transport } from '../core/ports.js';
import type { ClaimedRow, RowFailure } from '../core/row.js';
import type { Vendor } from '../core/vendor.js';
import { Limiter } from './limiter.js';
import { requestFor } from '../sales/prepare.js';
import { rowSecrets } from '../sales/read-row.js';
import type { Budget } from './retry.js';
import { sendRow, type SendContext } from './send.js';
import { ErrorThreshold, type MaxErrors } from './error-threshold.js';

export interface PushSettings {
  readonly concurrency: number;
  /** Requests a second, 0 for no limit. */
  readonly rate: number;
  readonly budget: Budget;
  readonly maxErrors: MaxErrors;
  readonly confirm: boolean;
}

export interface PushPorts {
  readonly ledger: Ledger;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly secrets: Readonly<Record<string, string>>;
  /** Opens the credential that a row brought along. */
  readonly sealer: Pick<Sealer, 'open'>;
  readonly emit: EventSink;
  /** Aborted with the signal's name as its reason. */
  readonly interrupt: AbortSignal;
}

/** How long rows in flight may still take once the run has been told to end. */
const GRACE_MS = 10_000;
/** Settled rows wait at most this long for others to share a commit with. */
const SETTLE_WAIT_MS = 100;
const SETTLE_GROUP = 1024;

/**
 * Sends every planned row of a run: take a lane, wait for the turn, claim, send, settle. Returns why it
 * stopped, if it did not reach the last row; rows still planned then are left to `endRun`.
 */
export async function pushPlanned(
  run: RunId,
  vendor: Vendor,
  settings: PushSettings,
  ports: PushPorts,
): Promise<Stop | undefined> {
  const { ledger, clock, emit, interrupt } = ports;
  const lanes = new Limiter(clock, settings);
  const storm = new ErrorThreshold(settings.maxErrors);
  const stopping = new AbortController();
  const abandon = new AbortController();
  const appends = vendor.semantics.repeat.kind === 'appends';
  const drained = new AbortController();
  const books = new SettlementGroup(ledger, run, clock, appends, drained.signal);
  const context: SendContext = {
    ...ports,
    vendor,
    limiter: lanes,
    budget: settings.budget,
    confirm: settings.confirm,
    stopping: stopping.signal,
    abandoned: abandon.signal,
  };
  let stop: Stop | undefined;
  const end = (why: Stop): void => {
    if (stop !== undefined) return;
    stop = why;
    emit({ kind: 'stopping', stop: why });
    stopping.abort();
    void clock.sleep(GRACE_MS, drained.signal).then(() => abandon.abort());
  };
  const onInterrupt = (): void => end(interruptedBy(interrupt));
  if (interrupt.aborted) onInterrupt();
  else interrupt.addEventListener('abort', onInterrupt, { once: true });

  let first = true;
  const send = async (row: ClaimedRow): Promise<void> => {
    const began = clock.elapsed();
    const own = rowSecrets(row.sealed, vendor, ports.sealer);
    const request = requestFor(row, vendor);
    const sent = await sendRow(row, request, own, context);
    emit({ kind: 'settled', settlement: sent.settlement });
    books.add(sent.settlement);
    if (sent.stop !== undefined) end(sent.stop);
    else if (first) lanes.openAll(clock.elapsed() - began);
    first = false;
    const { status } = sent.settlement;
    const tripped = storm.count(status === 'failed' || status === 'unknown');
    if (tripped !== undefined) end({ kind: 'storm', message: tripped });
  };

  const onFailure = (error: unknown): [] => {
    const message = error instanceof Error ? error.message : String(error);
    end({ kind: 'ledger_failed', message, unsaved: [] });
    return [];
  };
  books.onFailure = onFailure;
  // A bug must not pass for an answer: the run ends, the row stays claimed, and the error is thrown again.
  const bugs: unknown[] = [];
  const onBug = (error: unknown): void => {
    bugs.push(error);
    end({ kind: 'ledger_failed', message: 'this is a bug in revsync', unsaved: [] });
  };
  const claim = (): Promise<readonly ClaimedRow[]> =>
    ledger.claim(run, claimSize(vendor, settings, lanes.free)).catch(onFailure);
  /** Claimed rows, the next one last. */
  let queue: ClaimedRow[] = [];
  let ahead: Promise<readonly ClaimedRow[]> | undefined;
  while (!stopping.signal.aborted) {
    await lanes.waitForSlot(stopping.signal);
    await lanes.waitForTurn(stopping.signal);
    if (stopping.signal.aborted) break;
    if (queue.length === 0) {
      // A settled row gives its lane back in the ledger too before another is claimed for it.
      if (appends) await books.flush();
      queue = [...(await (ahead ?? claim()))].reverse();
      ahead = undefined;
      if (books.failed) break;
    }
    const row = queue.pop();
    if (row === undefined) break;
    // The next rows are claimed while these are sent.
    if (!appends && ahead === undefined && queue.length <= claimSize(vendor, settings, lanes.free) >> 1)
      ahead = claim();
    lanes.start(() => send(row).catch(onBug));
  }
  await lanes.below(() => 1);
  drained.abort();
  interrupt.removeEventListener('abort', onInterrupt);
  for (const row of [...queue.reverse(), ...((await ahead) ?? [])]) books.add(notSent(row, stop));
  const unsaved = await books.end();
  if (bugs.length > 0) throw bugs[0];
  return stop?.kind === 'ledger_failed' ? { ...stop, unsaved } : stop;
}

/**
 * Rows claimed at once. Where a repeated request would count twice, no row is claimed before its lane is
 * free: a crash leaves a claim behind that a person has to settle.
 */
function claimSize(vendor: Vendor, { concurrency, rate }: PushSettings, free: number): number {
  if (vendor.semantics.repeat.kind === 'appends') return Math.max(1, rate > 0 ? 1 : free);
  const group = Math.min(256, Math.max(16, concurrency * 4));
  return rate > 0 ? Math.max(1, Math.min(group, Math.ceil(rate))) : group;
}

function notSent(row: ClaimedRow, stop: Stop | undefined): Settlement {
  const { code, message } = unsent(stop);
  return { row, status: 'not_sent', attempts: [], code, message };
}

/** What becomes of rows that were never sent because the run ended. */
export function unsent(stop: Stop | undefined): RowFailure {
  if (stop === undefined || stop.kind === 'interrupted') {
    return { status: 'not_sent', code: 'interrupted', message: 'the run was interrupted first' };
  }
  return { status: 'not_sent', code: stop.kind, message: `the run stopped first: ${stop.message}` };
}

/** Settles rows in groups, so that they share a commit; at once where a lost settlement would need a person. */
class SettlementGroup {
  onFailure: (error: unknown) => void = () => undefined;
  failed = false;
  #waiting: Settlement[] = [];
  #scheduled = false;
  #writing: Promise<void> = Promise.resolve();

  readonly #ledger: Ledger;
  readonly #run: RunId;
  readonly #clock: Clock;
  readonly #atOnce: boolean;
  /** No row is in flight any more, so that there are no others to wait for. */
  readonly #drained: AbortSignal;

  constructor(ledger: Ledger, run: RunId, clock: Clock, atOnce: boolean, drained: AbortSignal) {
    this.#ledger = ledger;
    this.#run = run;
    this.#clock = clock;
    this.#atOnce = atOnce;
    this.#drained = drained;
  }

  add(settlement: Settlement): void {
    this.#waiting.push(settlement);
    if (this.#waiting.length >= SETTLE_GROUP) void this.flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      void this.#clock.sleep(this.#atOnce ? 0 : SETTLE_WAIT_MS, this.#drained).then(() => this.flush());
    }
  }

  /** Until everything that was added has been taken, or refused. */
  flush(): Promise<void> {
    this.#scheduled = false;
    const group = this.#waiting;
    if (group.length === 0 || this.failed) return this.#writing;
    this.#waiting = [];
    const written = this.#ledger.settle(this.#run, group, this.#clock.now()).catch((error: unknown) => {
      this.failed = true;
      this.#waiting.unshift(...group);
      this.onFailure(error);
    });
    this.#writing = Promise.all([this.#writing, written]).then(() => undefined);
    return this.#writing;
  }

  /**
   * Settles the rest, with a last attempt where the ledger has failed; returns what it still does not take and the
   * next push cannot find out.
   */
  async end(): Promise<readonly Settlement[]> {
    await this.flush();
    this.failed = false;
    await this.flush();
    return this.#waiting.filter(({ attempts }) => attempts.length > 0 || this.#atOnce);
  }
}
