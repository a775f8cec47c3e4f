import type { Ledger } from '../core/ledger.js';
import type { FileProblem, Source, SourceRecord } from '../core/ports.js';
import type { RowUpdate, StagedRow, RunId } from '../core/row.js';
import type { EventSink } from '../core/events.js';
import type { Vendor } from '../core/vendor.js';
import { isTime, matchColumns, type ColumnChoice, type ColumnMap } from '../sales/columns.js';
import type { ControlTotal } from '../sales/control-totals.js';
import { ColumnEvidence } from '../sales/column-evidence.js';
import { dataForHeader } from '../sales/no-header.js';
import { NewestTime, type Newest } from '../sales/newest-time.js';
import { readRow, type MapOptions } from '../sales/read-row.js';
import { ShiftedRows } from '../sales/shifted-rows.js';
import type { DateOrder } from '../sales/time.js';
import { isTotalRow, Totals } from '../sales/total-row.js';
import { updatesOf } from './odd-rows.js';

export interface StageJob {
  readonly vendor: Vendor;
  readonly sources: readonly Source[];
  readonly columns: ColumnChoice;
  readonly map: MapOptions;
  /** A total in the last row is checked and left out. */
  readonly skipTotalRow: boolean;
  /** What the user knows of the rows beforehand, the last one with the others. */
  readonly guards?: {
    readonly expectRows?: number | undefined;
    readonly expectTotal?: bigint | undefined;
    readonly maxAge?: number | undefined;
  };
}

export interface RefusedFile {
  readonly input: string;
  readonly problems: readonly FileProblem[];
}

/** What a whole file comes to, as it is written and before anything is validated. */
export interface StagedFile {
  readonly input: string;
  readonly path: string;
  readonly columns: ColumnMap;
  /** Records with anything in them; a total row that was checked is none of them. */
  readonly rows: number;
  readonly total: ControlTotal;
  /** Looked for where the age of the file matters. */
  readonly newest?: Newest | undefined;
  readonly digest: string;
  /** The order of its dates that it proves. */
  readonly dateOrder?: DateOrder;
}

/**
 * Reads every file to its end into the ledger, each record validated. Nothing is sent. Every file with a fault
 * is reported, so that one run shows them all.
 */
export async function stageFiles(
  ledger: Ledger,
  run: RunId,
  job: StageJob,
  emit: EventSink,
  signal: AbortSignal,
): Promise<{ files: readonly StagedFile[]; refused: readonly RefusedFile[] }> {
  const refused: RefusedFile[] = [];
  const files: StagedFile[] = [];
  let position = 0;
  for (const source of job.sources) {
    const result = await stageFile(ledger, run, source, job, position, signal);
    if (signal.aborted) break;
    if ('problems' in result) {
      refused.push({ input: source.name, problems: result.problems });
      continue;
    }
    const { file, records } = result;
    files.push(file);
    position += records;
    emit({ kind: 'staged', input: source.name, rows: file.rows });
    const warning = file.rows === 0 ? { message: 'has a header and no rows' } : result.warning;
    if (warning !== undefined) emit({ kind: 'file_warning', input: source.name, problem: warning });
  }
  return { files, refused };
}

/** Of a file with nothing in it. */
export const NO_HEADER: FileProblem = {
  message: 'is empty; a header line with the column names is needed',
};

type StageResult =
  | { readonly file: StagedFile; readonly records: number; readonly warning: FileProblem | undefined }
  | { readonly problems: readonly FileProblem[] };

/** Reads a file, and once more where only its end shows how its dates are to be read. */
async function stageFile(
  ledger: Ledger,
  run: RunId,
  source: Source,
  job: StageJob,
  before: number,
  signal: AbortSignal,
): Promise<StageResult> {
  const again = job.map.style.dateOrder === undefined && job.vendor.columns.some(isTime);
  try {
    const first = await readFile(ledger, run, source, job, before, signal, again);
    if ('problems' in first || signal.aborted) return first;
    const { digest, dateOrder } = first.file;
    if (dateOrder === undefined) return first;
    await ledger.dropInput(run);
    const style = { ...job.map.style, dateOrder };
    const proved = { ...job, map: { ...job.map, style } };
    const second = await readFile(ledger, run, source, proved, before, signal);
    if ('problems' in second || signal.aborted) return second;
    if (second.file.digest === digest) return { ...second, file: { ...second.file, dateOrder } };
    return { problems: [{ message: 'was changed while it was read; push it again' }] };
  } finally {
    source.close?.();
  }
}

/** Of a file that proves the order of its dates, rows from the first that has such a date were not staged. */
async function readFile(
  ledger: Ledger,
  run: RunId,
  source: Source,
  job: StageJob,
  before: number,
  signal: AbortSignal,
  again = false,
): Promise<StageResult> {
  let table: Table | undefined;
  let digest = '';
  let unended: number | undefined;
  // One batch is written while the next is read.
  let writing: Promise<void> = Promise.resolve();
  for await (const item of source.read(signal, again)) {
    switch (item.kind) {
      case 'refused':
        await writing;
        return { problems: item.problems };
      case 'header': {
        const matched = matchColumns(item.cells, job.vendor.columns, job.columns);
        if (!matched.ok) return { problems: noHeader(item, matched.error, job) };
        table = new Table(matched.value, job, before);
        const { header } = matched.value;
        await ledger.addInput(run, { name: source.name, path: source.path, header });
        break;
      }
      case 'records': {
        if (table === undefined) throw new Error('records before a header');
        const rows = table.readRecords(item.records);
        await writing;
        if (table.isOpen) break;
        writing = ledger.stage(run, rows);
        // It is waited for above or below, where a failure is met.
        writing.catch(() => undefined);
        break;
      }
      case 'end':
        ({ digest, unended } = item);
        await writing;
        await ledger.endInput(run, digest);
        break;
    }
    if (signal.aborted) break;
  }
  await writing;
  if (table === undefined) {
    return { problems: [NO_HEADER] };
  }
  const { problems, updates, dateOrder } = table.end();
  if (problems.length > 0) return { problems };
  const { columns, records, rows, total, newest } = table;
  const file = { input: source.name, path: source.path, columns, rows, total, newest, digest };
  const warning = unended === undefined ? undefined : table.cutOff(unended);
  if (dateOrder !== undefined) return { records, warning, file: { ...file, dateOrder } };
  if (updates.length > 0) await ledger.update(run, updates);
  return { records, warning, file };
}

/** Where another of the first lines would do as a header, titles stand above it. */
function noHeader(
  { line, cells, opening }: SourceRecord & { readonly opening: readonly SourceRecord[] },
  problems: readonly string[],
  { vendor, columns }: StageJob,
): FileProblem[] {
  const faults = (cells: readonly string[]): number => {
    const matched = matchColumns(cells, vendor.columns, columns);
    return matched.ok ? 0 : matched.error.length;
  };
  const found = opening.find((record) => record.line > line && faults(record.cells) < problems.length);
  const data = found === undefined ? dataForHeader({ line, cells }, vendor.columns) : undefined;
  const told = (data === undefined ? problems : [data]).map((message) => ({ line, message }));
  if (found === undefined) return told;
  const message = `the header seems to stand here, below lines that are no part of the table; read the file with --header-row ${found.line}`;
  return [...told, { line: found.line, message }];
}

/** One file while it is read: reads its records and remembers what only the whole file can show. */
class Table {
  readonly columns: ColumnMap;
  records = 0;
  rows = 0;
  readonly #job: StageJob;
  readonly #before: number;
  readonly #evidence: ColumnEvidence;
  readonly #totals: Totals;
  readonly #shifted: ShiftedRows;
  readonly #amount: number | undefined;
  readonly #times: NewestTime | undefined;
  #lastCells: readonly string[] = [];

  constructor(columns: ColumnMap, job: StageJob, before: number) {
    const { vendor, map } = job;
    this.columns = columns;
    this.#job = job;
    this.#before = before;
    this.#evidence = new ColumnEvidence(vendor, columns, map);
    if (job.guards?.maxAge !== undefined) this.#times = new NewestTime(vendor.columns, columns, map);
    this.#totals = new Totals(columns, vendor.columns, map.style.amounts);
    this.#shifted = new ShiftedRows(columns, vendor.columns);
    const column = vendor.columns.find(({ kind }) => kind.is === 'amount');
    this.#amount = column === undefined ? undefined : columns.cells.get(column.field);
  }

  get total(): ControlTotal {
    return this.#totals.total;
  }

  get newest(): Newest | undefined {
    return this.#times?.newest;
  }

  readRecords(records: readonly SourceRecord[]): StagedRow[] {
    const rows = records.map((record) => this.#readRecord(record));
    this.#lastCells = rows.at(-1)?.cells ?? [];
    return rows;
  }

  /** What is said of a file that ends without a line end, where digits of an amount may be missing. */
  cutOff(line: number): FileProblem | undefined {
    const last = this.#lastCells.length - 1;
    const text = this.#lastCells[last]?.trim() ?? '';
    if (last !== this.#amount || text === '') return undefined;
    const message = `the last line has no end, so that its amount ${JSON.stringify(text)} may be cut off; see that the file is whole, or say what it comes to with --expect-total`;
    return { line, message };
  }

  #readRecord(record: SourceRecord): StagedRow {
    const { vendor, map, skipTotalRow } = this.#job;
    const staged = withLikenesses(readRow(record, this.columns, vendor, map), vendor);
    this.records += 1;
    const position = this.#before + this.records;
    const { code, cells } = staged;
    if (code === 'blank_row' || code === 'not_a_row') return staged;
    const text = this.#amount === undefined ? '' : (cells[this.#amount] ?? '').trim();
    // What `only` leaves out is still the total that --skip-total-row was given for.
    const isTotal = code === 'only' && skipTotalRow && isTotalRow(cells, this.columns, vendor.columns);
    if (code === 'total_row' || isTotal) {
      this.#totals.addTotalRow(position, record.line, text);
      return staged;
    }
    this.rows += 1;
    this.#times?.see(cells, record.line, staged);
    this.#totals.add(staged, position, record.line, text);
    if (code === 'column_count') this.#shifted.see(record.cells, record.line);
    else this.#evidence.see(cells, record.line, position, staged);
    return staged;
  }

  /** Whether rows are looked at and not yet read. */
  get isOpen(): boolean {
    return this.#evidence.isOpen;
  }

  end(): {
    problems: readonly FileProblem[];
    updates: readonly RowUpdate[];
    dateOrder?: DateOrder | undefined;
  } {
    const { problems, oddRows = [], dateOrder } = this.#evidence.finish();
    const { guards: { expectRows, expectTotal } = {}, skipTotalRow } = this.#job;
    const isCounted = expectRows !== undefined || expectTotal !== undefined;
    const totals = this.#totals.end({ skipTotalRow, isCounted });
    const isTotal = new Set(totals.updates.map(({ position }) => position));
    const odd = updatesOf(oddRows.filter(({ position }) => !isTotal.has(position)));
    return {
      problems: [...this.#shifted.finish(), ...problems, ...totals.problems],
      updates: [...odd, ...totals.updates],
      dateOrder,
    };
  }
}

/** With what else the same sale may have been sent by. */
function withLikenesses(row: StagedRow, { likenesses }: Vendor): StagedRow {
  if (likenesses === undefined || row.status !== undefined) return row;
  if (row.key === undefined || row.sale === undefined) return row;
  const found = likenesses(row.key, row.sale.fields);
  return found.length === 0 ? row : { ...row, likenesses: found };
}
