import { interruptedBy, type EventSink, type Interrupted, type Stop } from '../core/events.js';
import type { Ledger, RunId, Settlement, Totals } from '../core/ports.js';
import type { Vendor } from '../core/vendor.js';
import { resolveConflicts, type OnConflict } from './conflicts.js';
import { checkFiles, checkOnce, checkTotals, type Guards } from './guards.js';
import { planRules, type PlanPolicy } from './plan.js';
import { pushPlanned, unsent, type SendingPorts, type PushSettings } from './push.js';
import { stageFiles, type RefusedFile, type StagedFile, type StageJob } from './stage.js';

export interface RunJob extends StageJob {
  readonly guards: Guards;
  readonly onConflict: OnConflict;
  readonly plan: PlanPolicy;
  /** Send at most so many rows. */
  readonly limit: number | undefined;
}

/** A run whose every row has been read, validated and planned; nothing has been sent. */
export interface PlannedRun {
  readonly kind: 'planned';
  readonly run: RunId;
  readonly files: readonly StagedFile[];
  readonly totals: readonly Totals[];
}

export type Planning =
  | PlannedRun
  | { readonly kind: 'refused'; readonly files: readonly RefusedFile[] }
  | { readonly kind: 'interrupted'; readonly stop: Interrupted };

export interface FinishedRun {
  readonly run: RunId;
  readonly stop: Stop | undefined;
  readonly totals: readonly Totals[];
}

/** The first phase: every file is read to its end, validated and compared with what the vendor already holds. */
export async function planRun(
  job: RunJob,
  { ledger, clock, emit, interrupt }: Pick<SendingPorts, 'ledger' | 'clock' | 'emit' | 'interrupt'>,
): Promise<Planning> {
  const run = await ledger.beginRun(clock.now(), planRules(job.vendor, job.plan));
  const { files, refused } = await stageFiles(ledger, run, job, emit, interrupt);
  if (interrupt.aborted) {
    await ledger.dropRun(run);
    return {
      kind: 'interrupted',
      stop: interruptedBy(interrupt),
    };
  }
  if (refused.length > 0) return refuse(run, refused, ledger);
  const unexpected = [...checkFiles(job.guards, files), ...(await checkOnce(job.guards, files, ledger))];
  if (unexpected.length > 0) return refuse(run, unexpected, ledger);
  await resolveConflicts(ledger, run, job.vendor, job.onConflict);
  if (job.limit !== undefined) {
    const message = `the row lies behind the first ${job.limit} that --limit lets through`;
    await ledger.holdAfter(run, job.limit, { status: 'not_sent', code: 'limit', message });
  }
  const totals = await ledger.totals(run);
  const tooMuch = checkTotals(job.guards, totals, files);
  return tooMuch.length > 0 ? refuse(run, tooMuch, ledger) : { kind: 'planned', run, files, totals };
}

async function refuse(run: RunId, files: readonly RefusedFile[], ledger: Ledger): Promise<Planning> {
  await ledger.dropRun(run);
  return { kind: 'refused', files };
}

/** The second phase: planned rows are claimed, sent and settled, and the run is closed. */
export async function pushRun(
  planned: PlannedRun,
  vendor: Vendor,
  settings: PushSettings,
  ports: SendingPorts,
): Promise<FinishedRun> {
  const { run, totals } = planned;
  const { ledger, clock, emit } = ports;
  const toSend = totals.filter(({ status }) => status === 'planned').reduce((sum, { rows }) => sum + rows, 0);
  emit({ kind: 'push_started', run, toSend });
  const stop = await pushPlanned(run, vendor, settings, ports);
  // Rows that could not be settled stay claimed: the next push finds them, as after a crash.
  if (stop?.kind === 'ledger_failed') return { run, stop, totals: [] };
  const rest = stop === undefined ? undefined : unsent(stop);
  await ledger.endRun(run, { at: clock.now(), state: stop === undefined ? 'finished' : 'stopped', rest });
  return { run, stop, totals: await ledger.totals(run) };
}

/**
 * Closes runs that died. A row that was in flight then may have been applied: where repeating is harmless
 * its key is sent again by the next push that has it, elsewhere it becomes `unknown`.
 */
export async function recover(ledger: Ledger, vendor: Vendor, now: number, emit: EventSink): Promise<void> {
  const appends = vendor.semantics.repeat.kind === 'appends';
  for (const { run, staged, inFlight } of await ledger.abandoned()) {
    if (!staged) {
      await ledger.dropRun(run);
      continue;
    }
    const settlements = inFlight.map((row): Settlement => ({
      row,
      status: appends ? 'unknown' : 'failed',
      attempts: [],
      code: 'crashed',
      message: 'the run died while this row was in flight; it may have been applied',
      doubt: appends ? 'blocked' : 'resend',
    }));
    await ledger.settle(run, settlements, now);
    await ledger.endRun(run, {
      at: now,
      state: 'crashed',
      rest: { status: 'not_sent', code: 'crashed', message: 'the run died before this row was sent' },
    });
    emit({ kind: 'recovered', run, inFlight: inFlight.length, unknown: appends ? inFlight.length : 0 });
  }
}
