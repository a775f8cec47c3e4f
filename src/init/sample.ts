import { AMOUNT_DECIMALS, type AmountStyle } from '../core/amount.js';
import type { SourceRecord } from '../core/ports.js';
import { isOwnColumn } from '../core/text.js';
import type { ColumnKind } from '../core/vendor.js';
import { canBeAmount } from '../sales/amount-evidence.js';
import { readField, type FieldStyle } from '../sales/fields.js';
import type { FieldProblem } from '../sales/spreadsheet-damage.js';
import { writtenTime, type DateOrder } from '../sales/time.js';
import { wordsOf } from './header-words.js';

/** The first records of a file. */
export interface Sample {
  readonly header: readonly string[];
  readonly records: readonly SourceRecord[];
}

/** A cell that is not blank, without the white space around it. */
export interface Cell {
  readonly line: number;
  readonly text: string;
}

/** A column of the file with a name of its own, and those of its cells that are not blank. */
export interface SampleColumn {
  readonly name: string;
  readonly cells: readonly Cell[];
}

/** Columns that a field may be in. Records that are cut or overlong say nothing of them. */
export function columnsOf({ header, records }: Sample): readonly SampleColumn[] {
  const whole = records.filter(({ cells }) => cells.length >= header.length);
  const columns = header.flatMap((written, index): SampleColumn[] => {
    const name = written.trim();
    if (name === '' || isOwnColumn(name)) return [];
    return [{ name, cells: whole.map(({ line, cells }) => ({ line, text: (cells[index] ?? '').trim() })) }];
  });
  return withJoined(columns).map(({ name, cells }) => ({
    name,
    cells: cells.filter(({ text }) => text !== ''),
  }));
}

const CLOCK = /^\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?: ?[ap]\.?m\.?)?(?: [A-Z]{3,4})?$/i;

/** Of what a time may be, where a file has one day and one time of day: but a talk time is a duration. */
const STARTS = new Set(['time', 'start', 'call', 'sale']);

/** A day and the time of day in a column of the same name are one column, as `--column FIELD="Date + Time"` takes them. */
function withJoined(columns: readonly SampleColumn[]): readonly SampleColumn[] {
  const all = (isSo: (text: string) => boolean): SampleColumn[] =>
    columns.filter(({ cells }) => {
      const filled = cells.filter(({ text }) => text !== '');
      return filled.length > 0 && filled.every(({ text }) => isSo(text));
    });
  const named = ({ name }: SampleColumn): boolean => wordsOf(name).has('time');
  const [days, clocks] = [all(isDay).filter(named), all((text) => CLOCK.test(text)).filter(named)];
  const subject = ({ name }: SampleColumn): string => [...wordsOf(name)].sort().join();
  const isStart = ({ name }: SampleColumn): boolean => [...wordsOf(name)].every((word) => STARTS.has(word));
  const joined = new Map<SampleColumn, SampleColumn>();
  for (const day of days) {
    const same = clocks.filter((clock) => subject(clock) === subject(day));
    const [clock, another] = same.length === 0 && days.length === 1 ? clocks.filter(isStart) : same;
    if (clock !== undefined && another === undefined) joined.set(day, clock);
  }
  const taken = new Set(joined.values());
  return columns
    .filter((column) => !taken.has(column))
    .map((day) => {
      const clock = joined.get(day);
      if (clock === undefined) return day;
      const cells = day.cells.map(({ line, text }, index) => ({
        line,
        text: `${text} ${clock.cells[index]?.text ?? ''}`.trim(),
      }));
      return { name: `${day.name} + ${clock.name}`, cells };
    });
}

/** Whether a text is a day without a time of day. */
function isDay(text: string): boolean {
  return ORDERS.some((order) => {
    const written = writtenTime(text, order);
    return written !== undefined && 'day' in written && written.clock === undefined;
  });
}

/** A column of which fewer cells can be read is hardly of the kind. */
export const FITTING_SHARE = 0.75;

/** How cells are read; what is undecided is read in every way that there is. */
export interface ReadingStyle extends Omit<FieldStyle, 'amounts'> {
  readonly amounts: AmountStyle | undefined;
}

export const UNDECIDED: ReadingStyle = { timezone: undefined, dateOrder: undefined, amounts: undefined };

/** How many cells of a column can be read as its kind, and what is wrong with the first that cannot. */
interface Fit {
  readonly fits: number;
  readonly of: number;
  readonly firstMisfit: (Cell & { readonly problem: FieldProblem }) | undefined;
}

export function fitOf(kind: ColumnKind, cells: readonly Cell[], style: ReadingStyle = UNDECIDED): Fit {
  let firstMisfit: Fit['firstMisfit'];
  let fits = 0;
  for (const cell of cells) {
    const problem = misfit(kind, cell.text, style);
    if (problem === undefined) fits += 1;
    else firstMisfit ??= { ...cell, problem };
  }
  return { fits, of: cells.length, firstMisfit };
}

const ORDERS: readonly DateOrder[] = ['mdy', 'dmy', 'ymd'];

/**
 * Why a cell cannot be read as its kind; undefined where it can. Amounts are read whatever their sign and decimals,
 * and times of any zone: neither is a matter of the column.
 */
export function misfit(kind: ColumnKind, text: string, style: ReadingStyle): FieldProblem | undefined {
  const { timezone = 'UTC', amounts, dateOrder } = style;
  const read = (dateOrder: DateOrder | undefined): FieldProblem | undefined => {
    const money = kind.is === 'amount' ? ({ is: 'money' } as const) : kind;
    const asGiven = { timezone, dateOrder, amounts: { ...amounts, accounting: true } };
    const field = readField(money, text, AMOUNT_DECIMALS, asGiven);
    return field.ok || field.error.code === 'too_many_decimals' ? undefined : field.error;
  };
  const problem = read(dateOrder);
  if (problem === undefined) return undefined;
  const isOtherwise =
    (problem.code === 'not_an_amount' && amounts === undefined && canBeAmount(text)) ||
    (problem.code === 'not_a_time' &&
      dateOrder === undefined &&
      ORDERS.some((order) => read(order) === undefined));
  return isOtherwise ? undefined : problem;
}
