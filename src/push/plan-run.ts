import { interruptedBy, type EventSink, type Interrupted } from '../core/events.js';
import type { Ledger, Totals } from '../core/ledger.js';
import type { Clock } from '../core/ports.js';
import type { RunId } from '../core/row.js';
import { resolveConflicts, type Merged } from './conflicts.js';
import { checkEarlierValues } from './earlier-values.js';
import type { OnConflict } from './key-group.js';
import { checkBreaks, checkFiles, checkOnce, checkTotals, type Guards } from './guards.js';
import { refuseTwoNames } from './call-names.js';
import { holdLookAlikes } from './look-alikes.js';
import { planRules, type PlanPolicy } from './plan.js';
import { stageFiles, type RefusedFile, type StagedFile, type StageJob } from './stage.js';

export interface RunJob extends StageJob {
  readonly guards: Guards;
  readonly onConflict: OnConflict;
  readonly plan: PlanPolicy;
  /** `--send-again`: send what looks like a sale that was sent under another key. */
  readonly sendAgain?: boolean | undefined;
  /** Send at most so many rows. */
  readonly limit: number | undefined;
}

export interface PlanningPorts {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly emit: EventSink;
  /** Aborted with the signal's name as its reason. */
  readonly interrupt: AbortSignal;
  /** Who begins the run. */
  readonly who?: string | undefined;
}

/** A run whose every row has been read, validated and planned; nothing has been sent. */
export interface PlannedRun {
  readonly kind: 'planned';
  readonly run: RunId;
  /** None where its rows come from the ledger. */
  readonly files: readonly StagedFile[];
  readonly totals: readonly Totals[];
  readonly merged: Merged;
}

export type Planning =
  | PlannedRun
  | { readonly kind: 'refused'; readonly files: readonly RefusedFile[] }
  | { readonly kind: 'interrupted'; readonly stop: Interrupted };

/** Stages and plans the rows of a push, whether they come from files or from the ledger. */
export type Planner = (ports: PlanningPorts) => Promise<Planning>;

/** Every file is read to its end, validated and compared with what the vendor already holds. */
export async function planRun(
  job: RunJob,
  { ledger, clock, emit, interrupt, who }: PlanningPorts,
): Promise<Planning> {
  const run = await ledger.beginRun(
    clock.now(),
    planRules(job.vendor, { ...job.plan, sendAgain: job.sendAgain === true }),
    { who },
  );
  const { files, refused } = await stageFiles(ledger, run, job, emit, interrupt);
  if (interrupt.aborted) {
    await ledger.dropRun(run);
    return { kind: 'interrupted', stop: interruptedBy(interrupt) };
  }
  if (refused.length > 0) return refuse(run, refused, ledger);
  const unexpected = [
    ...checkFiles(job.guards, files, clock.now()),
    ...(await checkOnce(job.guards, files, ledger)),
    ...(await checkBreaks(files, ledger)),
  ];
  if (unexpected.length > 0) return refuse(run, unexpected, ledger);
  const merged = await resolveConflicts(ledger, run, job.vendor, {
    onConflict: job.onConflict,
    net: job.map.negativeAmounts === 'net',
    refund: job.map.refund,
    sendAgain: job.sendAgain === true,
    keepOne: false,
  });
  if (job.sendAgain !== true) {
    await refuseTwoNames(ledger, run, job.vendor, files);
    await holdLookAlikes(ledger, run, job.vendor);
  }
  const { firstIs } = job.vendor.semantics.zero;
  if (firstIs !== undefined) await ledger.markFirstZeros(run, firstIs);
  const old = await checkEarlierValues(ledger, run, job.guards.older, emit);
  if (old.length > 0) return refuse(run, old, ledger);
  if (job.limit !== undefined) {
    const message = `the row lies behind the first ${job.limit} that --limit lets through`;
    await ledger.holdAfter(run, job.limit, { status: 'not_sent', code: 'limit', message });
  }
  const totals = await ledger.totals(run);
  const tooMuch = checkTotals(job.guards, totals, files);
  return tooMuch.length > 0 ? refuse(run, tooMuch, ledger) : { kind: 'planned', run, files, totals, merged };
}

async function refuse(run: RunId, files: readonly RefusedFile[], ledger: Ledger): Promise<Planning> {
  await ledger.dropRun(run);
  return { kind: 'refused', files };
}
