import type { EventSink } from '../core/events.js';
import type { Ledger } from '../core/ledger.js';
import type { RunId } from '../core/row.js';
import {
  outcomeSlot,
  type Comparison,
  type HeldCall,
  type HeldRecord,
  type PulledScope,
  type Span,
} from '../core/breaks.js';
import { unreachable } from '../core/result.js';
import type { BookedRow, TransactionReport } from '../core/transactions.js';
import { appends, type ReportFields } from '../core/vendor.js';
import { resolveConflicts } from '../push/conflicts.js';
import type { OnConflict } from '../push/key-group.js';
import { doubtInFlight } from '../push/recover.js';
import { stageFiles, type RefusedFile, type StagedFile, type StageJob } from '../push/stage.js';
import { exportJob, forExport, foundNothing, isBehind, REF, type ExportFile } from './export-file.js';
import { foldCalls, type FoldedCall } from './fold-call.js';
import { byParts, byPushKey, fieldsOf, inReport, keyParts, type FindBy } from './keys.js';
import { isWithin } from './pulled-days.js';

/** Where it stands what the vendor holds. */
export type Against =
  | {
      readonly kind: 'pulled';
      readonly report: ReportFields;
      readonly corrections: TransactionReport['corrections'];
      readonly scope: PulledScope;
      readonly toleranceMs: number;
      readonly span: Span;
    }
  | ({ readonly kind: 'export' } & ExportFile)
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
  const tooOld = isBehind(job.against, await ledger.lastPush());
  if (tooOld.length > 0) return { kind: 'refused', files: tooOld };
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
  await resolveConflicts(ledger, run, job.vendor, {
    onConflict: job.onConflict,
    net: job.map.negativeAmounts === 'net',
    refund: job.map.refund,
    sendAgain: false,
    keepOne: true,
  });
  const { against, vendor } = job;
  switch (against.kind) {
    case 'pulled': {
      await addSales(run, inReport(against.report), ports);
      await holdPulled(against, ports);
      await comparison.link({ scope: against.scope.scope, toleranceMs: against.toleranceMs });
      break;
    }
    case 'ledger':
      await comparison.addKeyed(run);
      await addSales(run, byPushKey(vendor, job.map.waived), ports);
      await ledger.countInFlight(doubtInFlight(vendor));
      await comparison.holdEntries(against.span);
      await comparison.link();
      break;
    case 'export': {
      const exports = await holdExport(run, job, against, files, ports);
      if (exports.length > 0) return { kind: 'refused', files: exports };
      await comparison.link();
      const found = appends(vendor) ? await comparison.foundNothing() : undefined;
      if (found !== undefined)
        return { kind: 'refused', files: [foundNothing(against, vendor, files, found)] };
      break;
    }
    default:
      return unreachable(against);
  }
  if (interrupt.aborted) return { kind: 'interrupted' };
  return { kind: 'matched', run, header: files[0]?.columns.header ?? [] };
}

async function addSales(run: RunId, findBy: FindBy, { comparison, interrupt }: MatchPorts): Promise<void> {
  for await (const page of comparison.sales(run)) {
    if (interrupt.aborted) return;
    await comparison.addSales(
      page.map((staged) => {
        const { position, key, live } = staged;
        return { position, key, live, ...findBy(staged) };
      }),
    );
  }
}

async function holdPulled(
  { report, corrections, scope, span }: Extract<Against, { kind: 'pulled' }>,
  { comparison, interrupt }: MatchPorts,
): Promise<void> {
  if (corrections === 'in_place') {
    for await (const rows of comparison.transactions(scope.scope)) {
      if (interrupt.aborted) return;
      await comparison.addHeld(
        rows.map((row) => heldAsItStands(row, isWithin(row.startedAt, span))),
        [],
      );
    }
    return;
  }
  for await (const folded of foldCalls(comparison.transactions(scope.scope))) {
    if (interrupt.aborted) return;
    const records = folded.flatMap((call) => heldRecords(call, report, isWithin(call.startedAt, span)));
    const calls = folded.flatMap(({ call, caller, startedAt }): HeldCall[] =>
      caller === undefined || startedAt === undefined ? [] : [{ call, caller, startedAt }],
    );
    await comparison.addHeld(records, calls);
  }
}

/**
 * A row that is what the vendor holds now. One that has not converted takes money back that is there all the same; without
 * money nothing was ever sold. `tellSignals` has money without a word to it in doubt.
 */
function heldAsItStands(
  { id, call, caller, startedAt, outcome: name, value, amount }: BookedRow,
  within: boolean,
): HeldRecord {
  const hasMoney = (amount ?? 0) !== 0;
  return {
    slot: outcomeSlot(call, name ?? ''),
    call,
    name,
    amount: hasMoney || value === true ? amount : undefined,
    live: value === true,
    takenBack: value === false && hasMoney,
    ref: id,
    caller,
    startedAt,
    corrections: 0,
    pending: 0,
    within,
    doubt: value === undefined ? 'unread' : undefined,
  };
}

/** A record of a rolled-up account is found by its order id alone, whatever its call and its names are. */
function heldRecords(
  { call, caller, startedAt, outcomes }: FoldedCall,
  report: ReportFields,
  within: boolean,
): HeldRecord[] {
  return outcomes.map(({ id, value, pending, unpaired, ...outcome }) => {
    const { name, orderId, signals } = outcome;
    const byOrder = orderId !== undefined && (signals !== undefined || report.call === undefined);
    return {
      ...outcome,
      slot: outcomeSlot(byOrder ? '' : call, byOrder && signals !== undefined ? '' : name, orderId),
      call,
      live: value === true,
      takenBack: value === false,
      ref: id,
      caller,
      startedAt,
      pending: pending.length,
      within,
      doubt: unpaired ? 'unpaired' : undefined,
    };
  });
}

/** Stages the export beside the sales; returns it where it cannot be taken. */
async function holdExport(
  run: RunId,
  job: MatchJob,
  against: ExportFile,
  files: readonly StagedFile[],
  ports: MatchPorts,
): Promise<readonly RefusedFile[]> {
  const { ledger, comparison, interrupt } = ports;
  const [sales] = files;
  if (sales === undefined) throw new Error('no sales file was staged');
  const parts = keyParts(against.key, job.vendor, sales.columns, job.columns.constants);
  if (!parts.ok) return [{ input: sales.input, problems: parts.error.map((message) => ({ message })) }];
  const fields = fieldsOf(parts.value);
  if (fields !== undefined) await comparison.addKeyed(run, fields);
  await addSales(run, byParts(parts.value, files), ports);
  const reading = await exportJob(against, parts.value, job, interrupt);
  const exported = { ...comparison.exported(REF), vendorOfRun: (of: RunId) => ledger.vendorOfRun(of) };
  const { refused } = await stageFiles(exported, run, reading, ports.emit, interrupt);
  if (refused.length > 0) return refused.map(forExport);
  const problems = await comparison.invalidExported(PROBLEMS_SHOWN);
  if (problems.length > 0) return [{ input: against.source.name, problems }];
  await comparison.holdExport();
  return [];
}
