import { formatAmount } from '../core/amount.js';
import { interruptedBy, type EventSink } from '../core/events.js';
import type { ResultRow, RunInput, RunReader } from '../core/ledger.js';
import {
  runName,
  type InputFile,
  type RowFailure,
  type RowUpdate,
  type RunId,
  type StagedRow,
} from '../core/row.js';
import type { SentRow } from '../core/undo.js';
import type { Vendor } from '../core/vendor.js';
import { plural } from '../core/text.js';
import { isKnownAs } from '../sales/columns.js';
import type { Planner, Planning, PlanningPorts } from './plan-run.js';
import { KEY_UNSETTLED, planRules } from './plan.js';
import { putBack, type PutBack } from './undo-row.js';
import { standingOf } from './undo-trail.js';

export interface UndoJob {
  readonly vendor: Vendor;
  /** The run that is undone. */
  readonly run: RunId;
  /** Its inputs, and what each is called in the undo. */
  readonly inputs: readonly (RunInput & { readonly undo: Pick<InputFile, 'name' | 'path'> })[];
  /** Keys that a later run touched are left alone; otherwise the undo is refused. */
  readonly onlyUntouched: boolean;
  /** Commands to type: the undo of what no later run touched, and one that writes what would become of every row. */
  readonly commands: { readonly onlyUntouched: string; readonly all: string };
}

/** Keys that are named where an undo is refused. */
const TOUCHED_SHOWN = 20;
/** Rows that are named before anything is sent. */
const REMARKS_SHOWN = 100;

/** A row of the undo: one for every row of the run that may have changed what is held. */
interface UndoneRow {
  readonly sent: SentRow;
  readonly end: PutBack | RowFailure | 'undone';
}

/** Stages and plans what puts back what was held before a run. */
export function undoPlanner(job: UndoJob, reader: RunReader): Planner {
  return (ports) => planUndo(job, reader, ports);
}

async function planUndo(job: UndoJob, reader: RunReader, ports: PlanningPorts): Promise<Planning> {
  const { ledger, clock, emit, interrupt, who } = ports;
  const seen = await lookThrough(job, ports);
  if (interrupt.aborted) return { kind: 'interrupted', stop: interruptedBy(interrupt) };
  if (seen.touched > 0 && !job.onlyUntouched) return refuse(job, seen);
  const rules = planRules(job.vendor, { holdCorrections: false, force: false });
  const run = await ledger.beginRun(clock.now(), rules, { who, undoes: job.run });
  await stage(job, run, seen.fields, ports);
  if (interrupt.aborted) {
    await ledger.dropRun(run);
    return { kind: 'interrupted', stop: interruptedBy(interrupt) };
  }
  await remark(job, run, reader, emit);
  const totals = await ledger.totals(run);
  return { kind: 'planned', run, files: [], totals, merged: { lines: 0, rows: 0 } };
}

interface Seen {
  /** Fields that rows have, by the number of their input. */
  readonly fields: ReadonlyMap<number, ReadonlySet<string>>;
  /** Rows of keys that a later run touched, and the first of them. */
  readonly touched: number;
  readonly first: readonly string[];
}

/** Looks at every row before the first is staged. */
async function lookThrough(job: UndoJob, ports: PlanningPorts): Promise<Seen> {
  const fields = new Map<number, Set<string>>();
  const first: string[] = [];
  let touched = 0;
  for await (const { sent, end } of rowsOf(job, ports)) {
    const own = fields.get(sent.input) ?? new Set<string>();
    fields.set(sent.input, own);
    for (const field of Object.keys(fieldsOf(sent, job.run, end))) own.add(field);
    if (!isTouched(end)) continue;
    touched += 1;
    if (first.length < TOUCHED_SHOWN) first.push(`line ${sent.line}: ${sent.key}: ${end.message}`);
  }
  return { fields, touched, first };
}

function isPutBack(end: UndoneRow['end']): end is Exclude<PutBack, RowFailure> {
  return end !== 'undone' && 'sale' in end;
}

function isTouched(end: UndoneRow['end']): end is RowFailure {
  return end !== 'undone' && !isPutBack(end) && end.code === 'touched_later';
}

/** Rows of the run in input order, and what becomes of each. */
async function* rowsOf(job: UndoJob, { ledger, interrupt }: PlanningPorts): AsyncGenerator<UndoneRow> {
  for await (const page of ledger.sentRows(job.run)) {
    if (interrupt.aborted) return;
    for (const sent of page) {
      const end = endOf(job, sent);
      if (end !== undefined) yield { sent, end };
    }
  }
}

function endOf({ vendor, run }: UndoJob, sent: SentRow): UndoneRow['end'] | undefined {
  const standing = standingOf(sent, run);
  switch (standing.is) {
    case 'void':
      return undefined;
    case 'undone':
      return 'undone';
    case 'touched':
      return {
        status: 'not_sent',
        code: 'touched_later',
        message: `${runName(standing.by)} sent something for the key since`,
      };
    case 'standing': {
      if (sent.doubt === 'blocked') return KEY_UNSETTLED;
      return putBack(vendor, run, standing.sent, standing.earlier);
    }
  }
}

/** What the row says: what is sent, else what the run had sent. */
function fieldsOf({ trail }: SentRow, run: RunId, end: UndoneRow['end']): Readonly<Record<string, string>> {
  if (isPutBack(end)) return end.sale.fields;
  return trail.findLast((told) => told.run === run && told.row !== undefined)?.row?.fields ?? {};
}

function refuse({ run, inputs, commands }: UndoJob, { touched, first }: Seen): Planning {
  const names = inputs.map(({ undo }) => undo.name);
  const more = touched > first.length ? [`and ${touched - first.length} more`] : [];
  const what = `${plural(touched, 'key')} of ${runName(run)} ${touched === 1 ? 'was' : 'were'} touched by a later run; undo that run first, or undo the others alone: ${commands.onlyUntouched}`;
  const problems = [what, ...first, ...more].map((message) => ({ message }));
  return { kind: 'refused', files: [{ input: names[0] ?? runName(run), problems }] };
}

/** Stages them, an input for each input of the run that has any. */
async function stage(job: UndoJob, run: RunId, fields: Seen['fields'], ports: PlanningPorts): Promise<void> {
  const { ledger } = ports;
  let input: number | undefined;
  let header: readonly string[] = [];
  let others: readonly Other[] = [];
  let position = 0;
  let batch: StagedRow[] = [];
  let nets: RowUpdate[] = [];
  const flush = async (): Promise<void> => {
    await ledger.stage(run, batch);
    if (nets.length > 0) await ledger.update(run, nets);
    batch = [];
    nets = [];
  };
  for await (const { sent, end } of rowsOf(job, ports)) {
    if (sent.input !== input) {
      await flush();
      input = sent.input;
      header = headerOf(job.vendor, fields.get(input) ?? new Set());
      const { undo, header: own } =
        job.inputs.find(({ number }) => number === input) ?? job.inputs[0] ?? NO_INPUT;
      others = othersIn(own, job.vendor, header);
      await ledger.addInput(run, { ...undo, header: [...header, ...others.map(({ name }) => name)] });
    }
    position += 1;
    batch.push(stagedRow(job, sent, end, header, others));
    if (isPutBack(end) && end.net !== undefined) nets.push({ position, net: end.net });
    if (batch.length >= BATCH) await flush();
  }
  await flush();
}

const NO_INPUT = { undo: { name: 'undo', path: '-' }, header: [] };
const BATCH = 256;

/** The vendor's fields that occur, in its order, and named ones after them. */
function headerOf({ columns }: Vendor, occurring: ReadonlySet<string>): string[] {
  const known = columns.filter(({ field, kind }) => kind.is === 'amount' || occurring.has(field));
  const names = known.map(({ field }) => field);
  return [...names, ...[...occurring].filter((field) => !names.includes(field))];
}

/** A column of the file that no field is known by: who sold it, say, which reports go by. */
interface Other {
  readonly name: string;
  readonly index: number;
}

function othersIn(header: readonly string[], { columns }: Vendor, fields: readonly string[]): Other[] {
  return header
    .map((name, index) => ({ name, index }))
    .filter(({ name }) => !fields.includes(name) && !columns.some((column) => isKnownAs(name, column)));
}

/** Its cells are what is sent, so that the results can be read by themselves, and what else the file has of the row. */
function stagedRow(
  { vendor, run }: UndoJob,
  sent: SentRow,
  end: UndoneRow['end'],
  header: readonly string[],
  others: readonly Other[],
): StagedRow {
  const { line, key } = sent;
  const said = fieldsOf(sent, run, end);
  const amount = isPutBack(end) ? end.sale.amount : undefined;
  const money = vendor.columns.find(({ kind }) => kind.is === 'amount')?.field;
  const fields = header.map((field) =>
    field === money ? (amount === undefined ? '' : formatAmount(amount)) : (said[field] ?? ''),
  );
  const cells = [...fields, ...others.map(({ index }) => sent.cells?.[index] ?? '')];
  if (end === 'undone') return { line, cells, key, status: 'unchanged' };
  if (!isPutBack(end)) return { line, cells, key, ...end };
  const { sale, digest, warning } = end;
  return { line, cells, key, sale, digest, warning };
}

/** Says before anything is sent what is not undone, or not wholly. */
async function remark({ commands }: UndoJob, run: RunId, reader: RunReader, emit: EventSink): Promise<void> {
  let remarks = 0;
  let input = '';
  for (const { number, name } of await reader.inputs(run)) {
    for await (const page of reader.rows(run, number)) {
      for (const row of page) {
        const message = remarkOf(row);
        if (message === undefined) continue;
        input = name;
        remarks += 1;
        if (remarks <= REMARKS_SHOWN)
          emit({ kind: 'file_warning', input, problem: { line: row.line, message } });
      }
    }
  }
  if (remarks <= REMARKS_SHOWN) return;
  const message = `and ${remarks - REMARKS_SHOWN} more such rows; this writes them all and sends nothing: ${commands.all}`;
  emit({ kind: 'file_warning', input, problem: { message } });
}

function remarkOf({ status, code = status, message = '', warning }: ResultRow): string | undefined {
  if (status === 'planned') return warning;
  return status === 'unchanged' ? undefined : `${code}: ${message}`;
}
