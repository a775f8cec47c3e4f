import type { EventSink } from '../core/events.js';
import type { Ledger, RunId, Source } from '../core/ports.js';
import {
  OUTCOME_SLOT,
  type Comparison,
  type HeldCall,
  type HeldRecord,
  type PulledScope,
  type Span,
} from '../core/breaks.js';
import { unreachable } from '../core/result.js';
import type { ReportFields } from '../core/vendor.js';
import { resolveConflicts, type OnConflict } from '../push/conflicts.js';
import { stageFiles, type RefusedFile, type StagedFile, type StageJob } from '../push/stage.js';
import { byParts, exportJob, forExport, headerOf, keyParts } from './export.js';
import type { FoldedCall } from './fold-call.js';
import { foldCalls, isWithin } from './calls-file.js';
import { byCall, byPushKey, type Identify } from './keys.js';

/** Where it stands what the vendor holds. */
export type Against =
  | {
      readonly kind: 'pulled';
      readonly report: ReportFields;
      readonly scope: PulledScope;
      readonly toleranceMs: number;
      readonly span: Span;
    }
  | {
      readonly kind: 'export';
      readonly source: Source;
      readonly key: readonly string[];
      readonly amount: string;
      /** The decimal mark of the export, where it is not that of the sales file. */
      readonly decimal: '.' | ',' | undefined;
    }
  | { readonly kind: 'ledger'; readonly span: Span };

export interface MatchJob extends StageJob {
  readonly onConflict: OnConflict;
  readonly against: Against;
}

export interface MatchPorts {
  /** A scratch one: what is staged there is forgotten. */
  readonly ledger: Ledger;
  /** Both sides, filled here. */
  readonly comparison: Comparison;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly emit: EventSink;
  readonly interrupt: AbortSignal;
}

export type MatchOutcome =
  | {
      readonly kind: 'matched';
      readonly run: RunId;
      readonly header: readonly string[];
    }
  | { readonly kind: 'refused'; readonly files: readonly RefusedFile[] }
  | { readonly kind: 'interrupted' };

const PROBLEMS_SHOWN = 5;
const FED_BACK = 'is a breaks CSV; push it, or reconcile the sales file that it came from';

/** Reads both sides to their ends and finds what belongs together; what it comes to is read with `breakRows`. */
export async function matchSales(job: MatchJob, ports: MatchPorts): Promise<MatchOutcome> {
  const { ledger, comparison, interrupt } = ports;
  const run = await ledger.beginRun(ports.now);
  const { files, refused } = await stageFiles(ledger, run, job, ports.emit, interrupt);
  if (interrupt.aborted) return { kind: 'interrupted' };
  if (refused.length > 0) return { kind: 'refused', files: refused };
  const fedBack = files.filter(({ columns }) => columns.breaks !== undefined);
  if (fedBack.length > 0)
    return {
      kind: 'refused',
      files: fedBack.map(({ input }) => ({ input, problems: [{ message: FED_BACK }] })),
    };
  await resolveConflicts(ledger, run, job.vendor, job.onConflict);
  const { against, vendor } = job;
  switch (against.kind) {
    case 'pulled': {
      await identify(run, byCall(against.report), ports);
      await holdPulled(against, ports);
      await comparison.link({ scope: against.scope.scope, toleranceMs: against.toleranceMs });
      break;
    }
    case 'ledger':
      await identify(run, byPushKey(vendor, job.map.waived), ports);
      await comparison.holdEntries(against.span);
      await comparison.link();
      break;
    case 'export': {
      const exports = await holdExport(run, job, against, files, ports);
      if (exports.length > 0) return { kind: 'refused', files: exports };
      await comparison.link();
      break;
    }
    default:
      return unreachable(against);
  }
  if (interrupt.aborted) return { kind: 'interrupted' };
  return { kind: 'matched', run, header: files[0]?.columns.header ?? [] };
}

async function identify(run: RunId, identifyRow: Identify, ports: MatchPorts): Promise<void> {
  for await (const page of ports.comparison.sales(run)) {
    if (ports.interrupt.aborted) return;
    await ports.comparison.addSales(page.map(identifyRow));
  }
}

async function holdPulled(
  { scope, span }: Extract<Against, { kind: 'pulled' }>,
  { comparison, interrupt }: MatchPorts,
): Promise<void> {
  for await (const folded of foldCalls(comparison.transactions(scope.scope))) {
    if (interrupt.aborted) return;
    const records = folded.flatMap((call) => heldRecords(call, isWithin(call.startedAt, span)));
    const calls = folded.flatMap(({ call, caller, startedAt }): HeldCall[] =>
      caller === undefined || startedAt === undefined ? [] : [{ call, caller, startedAt }],
    );
    await comparison.addHeld(records, calls);
  }
}

function heldRecords({ call, caller, startedAt, outcomes }: FoldedCall, within: boolean): HeldRecord[] {
  return outcomes.map(
    ({ id, name, orderId, value, amount, corrections, correctedAt, pending, unpaired }) => ({
      slot: [call, name.toLowerCase(), orderId ?? ''].join(OUTCOME_SLOT),
      call,
      name,
      orderId,
      amount,
      takenBack: !value,
      ref: id,
      caller,
      startedAt,
      corrections,
      correctedAt,
      pending: pending.length,
      within,
      doubt: unpaired ? 'unpaired' : undefined,
    }),
  );
}

/** Stages the export beside the sales; returns it where it cannot be taken. */
async function holdExport(
  run: RunId,
  job: MatchJob,
  { source, key, amount, decimal }: Extract<Against, { kind: 'export' }>,
  files: readonly StagedFile[],
  ports: MatchPorts,
): Promise<readonly RefusedFile[]> {
  const { ledger, comparison, interrupt } = ports;
  const [sales] = files;
  if (sales === undefined) throw new Error('no sales file was staged');
  const parts = keyParts(key, job.vendor, sales.columns, job.columns.constants);
  if (!parts.ok) return [{ input: sales.input, problems: parts.error.map((message) => ({ message })) }];
  await identify(run, byParts(parts.value, files), ports);
  const exported = await ledger.beginRun(ports.now);
  const reading = exportJob(
    { source, header: await headerOf(source, interrupt), amount, decimal },
    parts.value,
    job.vendor,
    job,
  );
  const { refused } = await stageFiles(ledger, exported, reading, ports.emit, interrupt);
  if (refused.length > 0) {
    return refused.map(({ input, problems }) => ({
      input,
      problems: problems.map((problem) => ({ ...problem, message: forExport(problem.message) })),
    }));
  }
  const problems = await comparison.invalidRows(exported, PROBLEMS_SHOWN);
  if (problems.length > 0) return [{ input: source.name, problems }];
  await comparison.holdExport(exported);
  return [];
}
