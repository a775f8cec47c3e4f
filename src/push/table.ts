import type { Namespace } from '../core/ledger.js';
import type { FileProblem, SourceRecord } from '../core/ports.js';
import type { RowUpdate, RunId, StagedRow } from '../core/row.js';
import type { LikenessesOf, Vendor } from '../core/vendor.js';
import { BreaksSeen } from '../sales/breaks-file.js';
import type { ColumnMap } from '../sales/columns.js';
import type { ControlTotal } from '../sales/control-totals.js';
import { ColumnEvidence } from '../sales/column-evidence.js';
import { NewestTime, type Newest } from '../sales/newest-time.js';
import { KeysBefore } from '../sales/keys-before.js';
import { readRow, type MapOptions } from '../sales/read-row.js';
import { ShiftedRows } from '../sales/shifted-rows.js';
import type { ProvedOrder } from '../sales/evidence.js';
import { isTotalRow, Totals } from '../sales/total-row.js';
import { likenessesOf } from './look-alikes.js';
import { updatesOf } from './odd-rows.js';

/** How the records of a file are read. */
export interface TableJob {
  readonly vendor: Vendor;
  readonly map: MapOptions;
  /** To whom the rows are sent; a breaks CSV that was written for others is refused. */
  readonly whose?: Namespace;
  /** A total in the last row is checked and left out. */
  readonly skipTotalRow: boolean;
  /** What the user knows of the rows beforehand, the last one with the others. */
  readonly guards?: {
    readonly expectRows?: number | undefined;
    readonly expectTotal?: bigint | undefined;
    readonly maxAge?: number | undefined;
  };
}

/** What a whole table comes to. */
export interface TableSeen {
  readonly columns: ColumnMap;
  /** Records with anything in them; a total row that was checked is none of them. */
  readonly rows: number;
  readonly total: ControlTotal;
  /** The first line that names its call in each way that the vendor has. */
  readonly names: ReadonlyMap<string, number>;
  /** Looked for where the age of the file matters. */
  readonly newest: Newest | undefined;
  /** Of a breaks CSV, the newest run of when the vendor's books were seen. */
  readonly asOfRun: RunId | undefined;
}

/** One file while it is read: reads its records and remembers what only the whole file can show. */
export class Table {
  readonly columns: ColumnMap;
  /** The first line that names its call in each way. */
  readonly names = new Map<string, number>();
  /** Of a results file, the keys that its rows had. */
  readonly before: KeysBefore | undefined;
  records = 0;
  rows = 0;
  readonly #job: TableJob;
  readonly #before: number;
  readonly #evidence: ColumnEvidence;
  readonly #totals: Totals;
  readonly #shifted: ShiftedRows;
  readonly #amount: number | undefined;
  readonly #times: NewestTime | undefined;
  readonly #breaks: BreaksSeen | undefined;
  readonly #likenesses: LikenessesOf | undefined;
  #lastCells: readonly string[] = [];

  constructor(columns: ColumnMap, job: TableJob, before: number) {
    const { vendor, map, whose } = job;
    this.columns = columns;
    if (columns.before !== undefined) this.before = new KeysBefore(columns.before, vendor);
    this.#job = job;
    this.#before = before;
    this.#likenesses = likenessesOf(vendor);
    this.#evidence = new ColumnEvidence(vendor, columns, map);
    if (job.guards?.maxAge !== undefined) this.#times = new NewestTime(vendor.columns, columns, map);
    if (columns.breaks !== undefined && whose !== undefined)
      this.#breaks = new BreaksSeen(columns.breaks, whose);
    this.#totals = new Totals(columns, vendor.columns, map.style.amounts);
    this.#shifted = new ShiftedRows(columns, vendor.columns);
    const column = vendor.columns.find(({ kind }) => kind.is === 'amount');
    this.#amount = column === undefined ? undefined : columns.cells.get(column.field);
  }

  get seen(): TableSeen {
    const { columns, names, rows } = this;
    const [total, newest, asOfRun] = [this.#totals.total, this.#times?.newest, this.#breaks?.newestRun];
    return { columns, names, rows, total, newest, asOfRun };
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

  #read(record: SourceRecord): StagedRow {
    const { vendor, map } = this.#job;
    const row = readRow(record, this.columns, vendor, map);
    const changed = this.before?.changed(record, row);
    if (changed === undefined) return withLikenesses(row, this.#likenesses);
    const { line, cells, sale, key } = row;
    return { line, cells, sale, key, ...changed };
  }

  #readRecord(record: SourceRecord): StagedRow {
    const { vendor, skipTotalRow } = this.#job;
    const staged = this.#read(record);
    this.records += 1;
    this.#breaks?.see(record.cells, record.line);
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
    if (staged.key !== undefined && staged.status === undefined) {
      const way = vendor.namedBy?.(staged.key);
      if (way !== undefined && !this.names.has(way)) this.names.set(way, record.line);
    }
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
    dateOrder?: ProvedOrder | undefined;
  } {
    const { problems, oddRows = [], dateOrder } = this.#evidence.finish();
    const { guards: { expectRows, expectTotal } = {}, skipTotalRow } = this.#job;
    const isCounted = expectRows !== undefined || expectTotal !== undefined;
    const totals = this.#totals.end({ skipTotalRow, isCounted });
    const isTotal = new Set(totals.updates.map(({ position }) => position));
    const odd = updatesOf(oddRows.filter(({ position }) => !isTotal.has(position)));
    return {
      problems: [
        ...(this.#breaks?.problems ?? []),
        ...this.#shifted.finish(),
        ...problems,
        ...totals.problems,
      ],
      updates: [...odd, ...totals.updates],
      dateOrder,
    };
  }
}

/** With what else the same sale may have been sent by. */
function withLikenesses(row: StagedRow, likenesses: LikenessesOf | undefined): StagedRow {
  if (likenesses === undefined || row.status !== undefined) return row;
  if (row.key === undefined || row.sale === undefined) return row;
  const found = likenesses(row.key, row.sale.fields, row.cells);
  return found.length === 0 ? row : { ...row, likenesses: found };
}
