import { formatAmount } from '../core/amount.js';
import type { StagedRow } from '../core/row.js';
import type { RowProblem } from '../core/sale.js';
import { isOwnColumn, quoted, secondText, undefused } from '../core/text.js';
import type { Column } from '../core/vendor.js';
import { isKnownAs, isTime, type ColumnChoice } from '../sales/columns.js';
import { fieldText } from '../sales/read-row.js';
import { readNotes, type ReadBy } from './read-notes.js';

/** How one field of a row came to be what it is. */
export interface FieldStory {
  readonly field: string;
  /** Of the columns that it is in; none of a constant. */
  readonly headers: readonly string[];
  /** How those were found, or what else it comes from. */
  readonly found: string;
  /** As it is written; null where no cell says it. */
  readonly cell: string | null;
  /** What is sent of it; null where nothing is. */
  readonly read: string | null;
  /** By which rules and options it was read. */
  readonly by: readonly string[];
  readonly problems: readonly RowProblem[];
}

/** A column that is no field. */
export interface BesideStory {
  readonly header: string;
  readonly cell: string;
  readonly says: string;
}

/** A row, the problems of its cells one by one, and by what it was read. */
export interface ReadRecord extends ReadBy {
  readonly row: StagedRow;
  readonly problems: readonly RowProblem[];
  readonly choice: ColumnChoice;
}

/** Of every field that the row has, or has a column for, in the vendor's order. */
export function fieldStories(record: ReadRecord): FieldStory[] {
  const { vendor, map } = record;
  return vendor.columns.flatMap((column) => {
    if (column.kind.is !== 'named_texts') return storyOf(column, column.field, record) ?? [];
    const named = [...map.cells.keys()].filter((field) => field.startsWith(`${column.field}.`));
    return named.flatMap((field) => storyOf(column, field, record) ?? []);
  });
}

/** The vendor's fields that the file says nothing of. */
export function missingFields({ vendor, map, choice, row }: ReadRecord): readonly string[] {
  return vendor.columns
    .filter(
      ({ field, kind }) => kind.is !== 'named_texts' && !map.cells.has(field) && !choice.constants.has(field),
    )
    .filter(({ field }) => row.sale === undefined || !(field in row.sale.fields))
    .map(({ field }) => field);
}

function storyOf(column: Column, field: string, record: ReadRecord): FieldStory | undefined {
  const { map, row, choice, options, said, problems } = record;
  const { fields = {}, amount, refund } = row.sale ?? {};
  const isMoney = column.kind.is === 'amount';
  const read = isMoney ? (amount ?? refund) : undefined;
  const own = problems.filter((problem) => problem.field === field);
  const story = { field, headers: [], cell: null, by: [], read: fields[field] ?? null, problems: own };
  const constant = choice.constants.get(field);
  if (constant !== undefined)
    return { ...story, found: `the same in every row: ${said('constant', constant, field)}` };
  const first = map.cells.get(field);
  if (first === undefined) {
    if (!(field in fields)) return undefined;
    const isDay = options.waived.includes(field);
    const found = isDay
      ? `the day of the push: ${said('allowMissingCallDate', '')}`
      : 'what the other cells say';
    return { ...story, found };
  }
  const places = [first, ...(map.joined?.get(field) ?? [])];
  const headers = places.map((at) => map.header[at]?.trim() ?? '');
  const cell = places.map((at) => row.cells[at] ?? '').join(' + ');
  const found = foundBy(column, field, headers, record);
  if (column.kind.is === 'secret')
    return {
      ...story,
      headers,
      cell,
      found,
      read: cell || null,
      by: ['a credential of the row, which is shown nowhere'],
    };
  const text = fieldText(field, row.cells, map, options) ?? '';
  const isRead = row.status !== 'skipped';
  return {
    ...story,
    headers,
    cell,
    found,
    read: read === undefined ? story.read : formatAmount(read),
    by: isRead
      ? [
          ...textNotes(field, cell, places.length, record),
          ...readNotes(column, text, record),
          ...instantNote(column, fields[field]),
        ]
      : [],
  };
}

/** Unix time as people read it. */
function instantNote({ kind }: Column, read: string | undefined): string[] {
  return kind.is === 'instant' && read !== undefined ? [`that is ${secondText(Number(read) * 1000)}`] : [];
}

function foundBy(
  column: Column,
  field: string,
  headers: readonly string[],
  { choice, said }: ReadRecord,
): string {
  const wanted = choice.columns.get(field);
  const [header = ''] = headers;
  if (wanted !== undefined) {
    const isExact = headers.join(' + ') === wanted.trim();
    return `${said('column', wanted, field)}${isExact ? '' : ', written otherwise'}`;
  }
  if (column.kind.is === 'named_texts') return `its header begins with ${column.field}`;
  const behind = isTime(column) ? ' with a zone or a word behind it' : ' with a word behind it';
  return `a header that is known for it${isKnownAs(header, column) ? '' : behind}`;
}

/** What is done to a text before its kind matters. */
function textNotes(
  field: string,
  cell: string,
  parts: number,
  { map, row, options, said }: ReadRecord,
): string[] {
  const plain = fieldText(field, row.cells, map, { ...options, values: new Map() }) ?? '';
  const text = fieldText(field, row.cells, map, options) ?? '';
  return [
    ...(parts > 1 ? [`${parts} columns are read as one text`] : []),
    ...(parts === 1 && plain !== cell ? ['the white space around it is taken off'] : []),
    ...(text === plain
      ? []
      : [`${quoted(plain)} stands for ${quoted(text)}: ${said('value', `${plain}=${text}`, field)}`]),
  ];
}

/** Of every column that is no field, what it is taken for. */
export function besideStories(record: ReadRecord, written: readonly string[]): BesideStory[] {
  const { map, row, options, said } = record;
  const fields = new Set([...map.cells.values(), ...[...(map.joined?.values() ?? [])].flat()]);
  return map.header.flatMap((name, at) => {
    const header = name.trim();
    const cell = row.cells[at] ?? '';
    const says: string[] = [];
    if (at === map.reversal) says.push(reversalSays(cell, record));
    if (at === map.only)
      says.push(
        `says which rows are sent: ${said('only', `${header}=${[...(options.only ?? [])].join(',')}`)}`,
      );
    if (at === map.currency) says.push('says which currency the amount is in');
    if (map.ignored?.has(at) === true) says.push(`taken for nothing: ${said('ignoreColumn', header)}`);
    if (isOwnColumn(header)) says.push('what a reconciliation found, by which its breaks are pushed');
    if (map.fedBack && written[at] !== undefined && undefused(written[at]) !== written[at])
      says.push("the apostrophe before it is revsync's own and was taken off");
    if (says.length === 0 && fields.has(at)) return [];
    return [{ header, cell, says: says.length === 0 ? 'not used' : says.join('; ') }];
  });
}

function reversalSays(cell: string, { options, said }: ReadRecord): string {
  const mark = cell.trim().toLowerCase();
  const listed = [...options.reversalValues].join(',');
  const does = mark !== '' && options.reversalValues.has(mark) ? 'takes the sale back' : 'takes no sale back';
  return `${does}; what does: ${said('reversalValues', listed)}`;
}
