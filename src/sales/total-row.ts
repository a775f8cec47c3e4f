import { formatTotal, type AmountStyle } from '../core/amount.js';
import type { FileProblem } from '../core/ports.js';
import type { Position, RowUpdate, StagedRow } from '../core/row.js';
import type { Column } from '../core/vendor.js';
import type { ColumnMap } from './columns.js';
import { ControlTotal, readTotal } from './control-totals.js';

const WORDS =
  'totals?|sum|summen?|gesamt|gesamtsumme|totaal|totales|totale|totali|totaux|totalt|suma|summa|sommes?|razem|celkem|összesen|yhteensä|toplam|ukupno|итого|всего|合計|总计|總計|합계';
const TOTAL = new RegExp(
  `^(?:(?:grand|sub|report|page|overall|net|gross|running)[ -]?)?(?:${WORDS})\\s*(?:[:=]|\\(.*\\)|(?:for|of|by|amount|revenue|sales|cost|records|für|von|pour|por|per)(?: .*)?)?$`,
  'iu',
);
/** As a spreadsheet heads its subtotals: `Ada Total`. */
const GROUP_TOTAL = /^.{1,60} (?:sub-?)?totals?:?$/i;

/** Kinds of cells without which no row is sent, and which a total has no use for. */
const KEY_KINDS: readonly Column['kind']['is'][] = ['id', 'phone', 'instant', 'local_time'];

/**
 * Whether a record is a total: its first cell with anything in it says so, and it could not be a sale, because that
 * cell is where an id has to be, or every such cell or a required one is blank.
 */
export function isTotalRow(cells: readonly string[], map: ColumnMap, columns: readonly Column[]): boolean {
  const first = cells.findIndex((cell) => cell.trim() !== '');
  const text = cells[first]?.trim() ?? '';
  // Most rows begin with an id, a time or a number.
  if (/^\d/.test(text) || !(TOTAL.test(text) || GROUP_TOTAL.test(text))) return false;
  return lacksKey(cells, map, columns, first);
}

/** Whether what finds a call is missing of a row; what stands at `word` does not count. */
function lacksKey(
  cells: readonly string[],
  map: ColumnMap,
  columns: readonly Column[],
  word: number,
): boolean {
  const isBlank = (index: number): boolean => index === word || (cells[index] ?? '').trim() === '';
  const at = (found: readonly Column[]): number[] => found.flatMap(({ field }) => map.cells.get(field) ?? []);
  const keys = columns.filter(({ kind }) => KEY_KINDS.includes(kind.is));
  const needed = at(columns.filter(({ required, kind }) => required && kind.is !== 'amount'));
  if (at(keys).length === 0) return needed.length === 0 || needed.some(isBlank);
  return at(keys).every(isBlank) || at(keys.filter(({ required }) => required)).some(isBlank);
}

/** What rows come to in the ways in which a total counts them. */
interface Sums {
  /** As they are written. */
  readonly all: bigint;
  /** Of rows that are left out. */
  readonly skipped: bigint;
  /** Of rows that take a sale back, as they are written. */
  readonly reversed: bigint;
}

const NOTHING: Sums = { all: 0n, skipped: 0n, reversed: 0n };

interface TotalRow {
  readonly position: Position;
  readonly line: number;
  readonly text: string;
  readonly above: Sums;
  /** Why the rows above it cannot be summed up. */
  readonly unread: string | undefined;
}

interface Row {
  readonly staged: StagedRow;
  readonly position: Position;
  readonly line: number;
  readonly value: bigint | undefined;
}

export interface TotalChoices {
  /** A total in the last row has to be right. */
  readonly skipTotalRow: boolean;
  /** The user knows beforehand what the rows are or come to, the last one with the others. */
  readonly isCounted: boolean;
}

/** The sum of a file's amounts, and whether the rows that say totals, or look like one, agree with it. */
export class Totals {
  readonly total = new ControlTotal();
  readonly #map: ColumnMap;
  readonly #columns: readonly Column[];
  readonly #style: AmountStyle;
  readonly #totalRows: TotalRow[] = [];
  #skipped = 0n;
  #reversed = 0n;
  #rows = 0;
  #first: Row | undefined;
  #before: Row | undefined;
  #last: Row | undefined;
  /** Whether the last row with anything in it is a total. */
  #endsInTotal = false;

  constructor(map: ColumnMap, columns: readonly Column[], style: AmountStyle) {
    this.#map = map;
    this.#columns = columns;
    this.#style = style;
  }

  /** A row that may be a sale. */
  add(staged: StagedRow, position: Position, line: number, text: string): void {
    this.#endsInTotal = false;
    const value = staged.code === 'column_count' ? undefined : this.total.add(text, line, this.#style);
    if (staged.code === 'column_count') this.total.addUnread(line);
    if (value !== undefined) {
      if (staged.status === 'skipped') this.#skipped += value;
      const intent = staged.sale?.intent;
      if (intent === 'reverse' || intent === 'clear') this.#reversed += value;
    }
    this.#rows += 1;
    this.#before = this.#last;
    this.#last = { staged, position, line, value };
    this.#first ??= this.#last;
  }

  addTotalRow(position: Position, line: number, text: string): void {
    this.#endsInTotal = true;
    this.#totalRows.push({ position, line, text, above: this.#sums(), unread: this.total.unread });
  }

  #sums(): Sums {
    return { all: this.total.sum, skipped: this.#skipped, reversed: this.#reversed };
  }

  end({ skipTotalRow, isCounted }: TotalChoices): { problems: FileProblem[]; updates: RowUpdate[] } {
    const problems: FileProblem[] = [];
    const updates: RowUpdate[] = [];
    const strict = skipTotalRow && this.#endsInTotal ? this.#totalRows.at(-1) : undefined;
    const starts: Sums[] = [NOTHING];
    for (const row of this.#totalRows) {
      const { position, line, text, above } = row;
      const wrong =
        row === strict ? this.total.differsFrom(text, this.#style) : this.#wrong(row, starts, this.#sums());
      starts.push(above);
      if (wrong === 'unread') updates.push({ position, ...unchecked(row.unread ?? this.total.unread ?? '') });
      else if (wrong !== undefined) problems.push({ line, message: `the total row ${wrong}` });
      else if (row === strict || this.#read(text) !== undefined) updates.push({ position, ...AGREES });
    }
    const guess = isCounted || this.#endsInTotal ? undefined : this.#lastIsTotal(skipTotalRow);
    if (guess?.kind === 'total') updates.push({ position: guess.position, ...AGREES });
    if (guess?.kind === 'open') problems.push(guess.problem);
    return { problems, updates };
  }

  /** A total may have groups that the amounts are too small for. */
  #read(text: string): bigint | undefined {
    const decimal = this.#style.decimal ?? '.';
    return readTotal(text, this.#style) ?? readTotal(text, { ...this.#style, decimal });
  }

  /** Why a total is none of what is above it, since any earlier total, nor below it, nor in the whole file. */
  #wrong({ text, above, unread }: TotalRow, starts: readonly Sums[], end: Sums): string | undefined {
    const wanted = this.#read(text);
    if (wanted === undefined) return undefined;
    const since = starts.slice(-MOST_GROUPS).map((start) => minus(above, start));
    const spans = [...since, above, end, minus(end, above)];
    if (spans.some((sums) => waysOf(sums).includes(wanted))) return undefined;
    if (unread !== undefined || this.total.unread !== undefined) return 'unread';
    return `says ${formatTotal(wanted)} and the rows come to ${formatTotal(above.all)}, a difference of ${formatTotal(above.all - wanted)}; find out which is right, fix it or take the row out`;
  }

  /** Whether the last row, which does not say so, is the sum of the others. */
  #lastIsTotal(
    skipTotalRow: boolean,
  ):
    | { readonly kind: 'total'; readonly position: Position }
    | { readonly kind: 'open'; readonly problem: FileProblem }
    | undefined {
    const [first, before, last] = [this.#first, this.#before, this.#last];
    if (first === undefined || before === undefined || last?.value === undefined || this.#rows < 3)
      return undefined;
    const { staged, position, line, value } = last;
    if (value === 0n || this.total.unread !== undefined || staged.status === 'skipped') return undefined;
    const others = minus(this.#sums(), {
      all: value,
      skipped: 0n,
      reversed: staged.sale?.intent === 'reverse' || staged.sale?.intent === 'clear' ? value : 0n,
    });
    if (!waysOf(others).includes(value)) return undefined;
    const cellOf = ({ staged: { cells } }: Row, index: number): string => (cells[index] ?? '').trim();
    // A row of a sale has more words than the one that says what is summed up.
    if (lacksKey(staged.cells, this.#map, this.#columns, -1))
      return staged.cells.filter((cell) => /\p{L}/u.test(cell)).length > 1
        ? undefined
        : { kind: 'total', position };
    const blank = this.#map.header.findIndex(
      (_, index) => cellOf(last, index) === '' && cellOf(first, index) !== '' && cellOf(before, index) !== '',
    );
    const count = String(this.#rows - 1);
    const counts = [...this.#map.cells.values()].find((index) => cellOf(last, index) === count);
    const name = this.#map.header[blank] ?? this.#map.header[counts ?? -1];
    if (name === undefined) return undefined;
    if (skipTotalRow) return { kind: 'total', position };
    const said =
      blank >= 0
        ? `${JSON.stringify(name)} is blank`
        : `${JSON.stringify(name)} is ${count}, the number of the others`;
    const message = `the last row has ${formatTotal(value)}, which is what the others come to, and ${said}: if it is a total, say --skip-total-row; if it is a sale, say --expect-total ${formatTotal(this.total.sum)}`;
    return { kind: 'open', problem: { line, message } };
  }
}

/** A subtotal is of so many groups at most that end in one themselves. */
const MOST_GROUPS = 1_000;

const AGREES = {
  status: 'skipped',
  code: 'total_row',
  message: 'the rows above come to this total',
} as const;

function unchecked(why: string): Pick<RowUpdate, 'status' | 'code' | 'message'> {
  const message = `is a total and not a sale, and cannot be checked: ${why}; fix that, or take the row out`;
  return { status: 'invalid', code: 'total_row', message };
}

function minus(left: Sums, right: Sums): Sums {
  return {
    all: left.all - right.all,
    skipped: left.skipped - right.skipped,
    reversed: left.reversed - right.reversed,
  };
}

/** With and without what is left out, and with what is taken back added, left out or subtracted. */
function waysOf({ all, skipped, reversed }: Sums): readonly bigint[] {
  const net = all - skipped;
  return [all, net, net - reversed, net - 2n * reversed, all - reversed, all - 2n * reversed];
}
