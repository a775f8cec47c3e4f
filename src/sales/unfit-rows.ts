import type { RowFailure } from '../core/row.js';
import { currencySpellings } from '../core/currency.js';
import { plural } from '../core/text.js';
import type { Column } from '../core/vendor.js';
import { notABreak } from './breaks-file.js';
import type { ColumnMap } from './columns.js';
import { amountAt, mayBeCut } from './shifted-rows.js';
import { isTotalRow } from './total-row.js';

/** Why a record is not read as a sale at all. */
export function unfitFor(
  record: readonly string[],
  cells: readonly string[],
  map: ColumnMap,
  columns: readonly Column[],
  only: ReadonlySet<string> | undefined,
): RowFailure | undefined {
  if (record.every(isBlank)) return { status: 'skipped', code: 'blank_row', message: 'every cell is blank' };
  if (map.breaks !== undefined && record.length >= map.width) {
    const unasked = notABreak(record, map.breaks);
    if (unasked !== undefined) return unasked;
  }
  // Results of a breaks CSV that an older revsync wrote say no more of what was found.
  else if (record[map.before?.code ?? -1] === 'not_a_break')
    return { status: 'skipped', code: 'not_a_break', message: 'was left out of the push of a breaks CSV' };
  const noRow = notARow(cells, map, columns);
  if (noRow !== undefined) return noRow;
  const unwanted = only === undefined ? undefined : leftOut(record, cells, map, only);
  if (unwanted !== undefined) return unwanted;
  if (isTotalRow(cells, map, columns))
    return { status: 'skipped', code: 'total_row', message: 'is a total and not a sale' };
  return columnCount(record, map, columns);
}

function isBlank(cell: string): boolean {
  return cell.trim() === '';
}

/** Of a row that is cut or shifted the column of `only` says nothing while another cell has one of its texts. */
function leftOut(
  record: readonly string[],
  cells: readonly string[],
  { only: index, header, width }: ColumnMap,
  only: ReadonlySet<string>,
): RowFailure | undefined {
  if (index === undefined) return undefined;
  const value = (cells[index] ?? '').trim();
  if (only.has(value.toLowerCase())) return undefined;
  if (record.length !== width && record.some((cell) => only.has(cell.trim().toLowerCase()))) return undefined;
  const message = `${header[index] ?? ''} is ${JSON.stringify(value)}, and only ${[...only].join(', ')} is sent`;
  return { status: 'skipped', code: 'only', message };
}

const CUT_BEFORE =
  'the row had more or fewer cells than the header when it was read, and results have no more of it; mend it in the sales file, ' +
  'or, where it is mended here, empty its revsync_error_code';

/** Blank cells at its end are none, except in "7001,1,250.00,", which may be 1,250.00 that lacks its quotes. */
function columnCount(
  record: readonly string[],
  map: ColumnMap,
  columns: readonly Column[],
): RowFailure | undefined {
  // Results have as many cells of a row as the header has, whatever the source had.
  if (record[map.before?.code ?? -1] === 'column_count')
    return { status: 'invalid', code: 'column_count', message: CUT_BEFORE };
  if (record.length === map.width) return undefined;
  const ends = record.length > map.width && record.slice(map.width).every(isBlank);
  if (ends && !mayBeCut(record, amountAt(map, columns))) return undefined;
  const message =
    `the row has ${plural(record.length, 'cell')} and the header ${map.width}; mend it, a cell with a comma needs quotes` +
    (ends ? ', and delimiters behind the last cell need as many in the header' : '');
  return { status: 'invalid', code: 'column_count', message };
}

/** Why a record is no row of the table at all: the header again, units, or a note. Undefined where it could be a sale. */
function notARow(
  cells: readonly string[],
  map: ColumnMap,
  columns: readonly Column[],
): RowFailure | undefined {
  if (isHeader(cells, map)) return left('is the header again');
  // A sale has a digit in its first cells or in its amount; most records are done with here.
  if (startsWithDigit(cells[0])) return undefined;
  if (isUnits(cells, map, columns)) return left('says in which units the columns are');
  return isNote(cells, map, columns) ? left('is a note and no row of the table') : undefined;
}

function left(message: string): RowFailure {
  return { status: 'skipped', code: 'not_a_row', message };
}

function startsWithDigit(text = ''): boolean {
  const code = text.charCodeAt(0);
  return code >= 0x30 && code <= 0x39;
}

function isHeader(cells: readonly string[], { header }: ColumnMap): boolean {
  const same = (name: string | undefined, index: number): boolean =>
    name?.trim().toLowerCase() === cells[index]?.trim().toLowerCase();
  return header[0]?.charCodeAt(0) === cells[0]?.charCodeAt(0) && header.every(same);
}

/** What stands in a row of units, below the names of the columns. */
const UNITS =
  /^[([]?(?:currency|money|number|numeric|integer|decimal|float|double|amount|dollars?|euros?|cents?|text|string|varchar|date|time|datetime|timestamp|id|uuid|phone|boolean|bool)[)\]]?$/i;

/** No digit anywhere, and a currency or the kind of a value where the amount would be. */
function isUnits(cells: readonly string[], map: ColumnMap, columns: readonly Column[]): boolean {
  const amount = columns.find(({ kind }) => kind.is === 'amount')?.field ?? '';
  const text = (cells[map.cells.get(amount) ?? -1] ?? '').trim();
  if (text === '' || /\d/.test(text)) return false;
  const isUnit = UNITS.test(text) || currencySpellings(text.replace(/[()[\]]/g, '')) !== undefined;
  return isUnit && !cells.some((cell) => /\d/.test(cell));
}

/** Lines, and what programs say of the export below and between its rows. */
const NOTE =
  /^(?:[-=_*#~.]{2,}|[(\d ]*\d+ (?:rows?|records?|entries|results?|calls?|sales?)\b.*|(?:end of|end$|generated|exported|created|printed|downloaded|report|source|filters?|filtered|notes?|page|as of|data as of|copyright|©|confidential|records?:|rows?:|applied filters).*)/i;

/** Only one cell has anything in it, and that is neither of an id nor the start of a sale that was cut off. */
function isNote(cells: readonly string[], map: ColumnMap, columns: readonly Column[]): boolean {
  const index = cells.findIndex((cell) => cell.trim() !== '');
  if (map.width < 2 || cells.some((cell, at) => at !== index && cell.trim() !== '')) return false;
  const text = cells[index]?.trim() ?? '';
  if (NOTE.test(text)) return true;
  // Words where an id of the vendor's or a phone number has to be, with nothing to send in any other cell.
  const { kind } = columns.find(({ field }) => map.cells.get(field) === index) ?? {};
  const isOfCall = kind?.is === 'phone' || (kind?.is === 'id' && kind.own !== true);
  return isOfCall && /\p{L}{2}/u.test(text) && /\s/.test(text);
}
