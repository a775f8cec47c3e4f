import type { Amount } from '../core/amount.js';
import type { Sealer, SourceRecord } from '../core/ports.js';
import type { RowFailure, StagedRow } from '../core/row.js';
import { REFUND_REFUSED, type RowProblem, type Sale } from '../core/sale.js';
import type { Intent } from '../core/status.js';
import type { Result } from '../core/result.js';
import { undefused } from '../core/text.js';
import { SHORTEST_SECRET, type Prepared, type Vendor } from '../core/vendor.js';
import { discrepancyOf } from './breaks-file.js';
import type { ColumnMap } from './columns.js';
import { saidBeside } from './beside.js';
import { type FieldStyle, readField } from './fields.js';
import { actionOf, digestOf, keyOfUnfit, prepareSale } from './prepare.js';
import { type AmountOptions, negativeRefused, readAmount, ZERO_REFUSED } from './read-amount.js';
import { today } from './read-time.js';
import { unfitFor } from './unfit-rows.js';

export interface MapOptions extends AmountOptions {
  readonly style: FieldStyle;
  /** What 0.00 is in a row without a flag of its own. */
  readonly zero: 'amount' | 'no_sale' | 'refuse';
  /** Lower-case values of the reversal column that take a sale back. */
  readonly reversalValues: ReadonlySet<string>;
  /** How a sale is taken back: as the vendor documents it, or by emptying its amount. */
  readonly refund: 'reverse' | 'clear';
  /** Lower-case values of the `only` column with which a row is sent; undefined sends all. */
  readonly only: ReadonlySet<string> | undefined;
  /** Whether a file may have no row that `only`, the reversal values or `values` match. */
  readonly mayBeEmpty: boolean;
  /** Field to the text that every row has. */
  readonly constants: ReadonlyMap<string, string>;
  /** Field to what its lower-case texts stand for; others are taken as they are. */
  readonly values: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Required fields that rows may lack; each is then the day of the push. */
  readonly waived: readonly string[];
  /** Whether every row has to bring its own credential. */
  readonly needsRowSecret: boolean;
  readonly sealer: Sealer;
  /** Is told every problem of a row that cannot be sent for what its cells say, before they are one message. */
  readonly tellProblems?: (problems: readonly RowProblem[]) => void;
}

/** Reads one record: a row to be sent with its sale, key and content digest, or every reason why not. */
export function readRow(
  record: SourceRecord,
  map: ColumnMap,
  vendor: Vendor,
  options: MapOptions,
): StagedRow {
  const given = keptCells(record.cells, map);
  // A results file puts an apostrophe before text that a spreadsheet would run; fed back, it comes off again.
  const written = map.fedBack ? given.map(undefused) : given;
  const { line } = record;
  const { cells, sealed, problem: secretProblem } = sealSecret(written, map, vendor, options);
  const unfit = unfitFor(record.cells, cells, map, vendor.columns, options.only);
  if (unfit?.status === 'skipped') return { line, cells, ...unfit };

  const { sale, problems, rounded } = readSale(cells, map, vendor, options);
  if (unfit !== undefined) return { line, cells, sale, ...unfit };
  const isNetted = sale.refund !== undefined && options.negativeAmounts === 'net';
  const action = isNetted ? 'create' : actionOf(sale.intent);
  const prepared = isNetted
    ? prepareOpen(sale, vendor, options)
    : prepareSale(vendor, action, sale, options.waived);
  const said = saidBeside(sale, problems, cells, map, options.style.amounts);
  if (!prepared.ok || problems.length > 0 || secretProblem !== undefined || said.length > 0) {
    const own = [said, problems, secretProblem ?? []].flat();
    const vendors = prepared.ok ? [] : prepared.error;
    const failure = invalid(own, vendors, options);
    const key = keyOfUnfit(vendor, sale, [...own, ...vendors]);
    return { line, cells, sale, key, ...identity(sale, failure, vendor, options), ...failure };
  }
  const { key } = prepared.value;
  const warning = rounded === undefined ? undefined : `rounded from ${JSON.stringify(rounded)}`;
  const row = { line, cells, sale, key, digest: digestOf(prepared.value, action), sealed, warning };
  if (map.breaks === undefined) return row;
  const found = discrepancyOf(record.cells, map.breaks, vendor);
  if (!found.ok) return { line, cells, sale, key, status: 'invalid', ...found.error };
  return { ...row, discrepancy: found.value };
}

/** The source's own cells; the record itself where it has no others. */
function keptCells(record: readonly string[], { kept, width }: ColumnMap): readonly string[] {
  return kept.length === width && record.length === width ? record : kept.map((index) => record[index] ?? '');
}

/** Every reason why a row cannot be sent: what could not be read, then what the vendor says of the rest. */
function invalid(
  own: readonly RowProblem[],
  vendors: readonly RowProblem[],
  { tellProblems }: MapOptions,
): RowFailure {
  // The vendor sees nothing of a cell that could not be read, and would report it a second time.
  const unread = new Set(own.map(({ field }) => field));
  const news = vendors.filter(
    ({ field, unless = [] }) => ![field, ...unless].some((name) => unread.has(name)),
  );
  const problems = [...own, ...news];
  tellProblems?.(problems);
  const message = problems.map((problem) => `${problem.field}: ${problem.message}`).join('; ');
  return { status: 'invalid', code: problems[0]?.code ?? 'bad_value', message };
}

interface ReadSale {
  readonly sale: Sale;
  readonly problems: readonly RowProblem[];
  /** The amount's text, where it was rounded. */
  readonly rounded?: string;
}

/** What the cells of a row say, before its amount is read. */
interface ReadFields {
  readonly fields: Record<string, string>;
  readonly problems: RowProblem[];
  readonly amount: { readonly field: string; readonly text: string } | undefined;
  readonly reversed: boolean;
  /** Whether the row itself says by a flag what it is. */
  readonly flagged: boolean;
}

function readFields(
  cells: readonly string[],
  map: ColumnMap,
  { columns, limits }: Vendor,
  options: MapOptions,
): ReadFields {
  const fields: Record<string, string> = {};
  const problems: RowProblem[] = [];
  const mark = map.reversal === undefined ? '' : (cells[map.reversal] ?? '').trim().toLowerCase();
  let reversed = mark !== '' && options.reversalValues.has(mark);
  const flags: string[] = [];
  let alone: Sale['fields'] | undefined;
  let amount: { field: string; text: string } | undefined;
  for (const { field, kind } of columns) {
    if (kind.is === 'secret') continue;
    const text = fieldText(field, cells, map, options);
    if (text === undefined) continue;
    if (kind.is === 'amount') {
      amount = { field, text };
    } else if (text !== '') {
      const read = readField(kind, text, limits.decimals, styleOf(field, map, options));
      if (!read.ok) problems.push({ field, ...read.error });
      else fields[field] = read.value;
      if (kind.is !== 'flag') continue;
      flags.push(field);
      if (!read.ok || read.value !== kind.reversesWhen) continue;
      if (kind.alone === undefined) reversed = true;
      else alone = kind.alone;
    }
  }
  for (const field of options.waived) {
    const isBlank = !(field in fields) && !problems.some((problem) => problem.field === field);
    const day = isBlank ? today(options.style) : undefined;
    if (day !== undefined) fields[field] = day;
  }
  for (const [field, index] of map.cells) {
    const text = (cells[index] ?? '').trim();
    if (field.includes('.') && text !== '') fields[field] = text;
  }
  if (alone !== undefined && !reversed && flags.length === 1 && (amount?.text ?? '') === '') {
    reversed = true;
    Object.assign(fields, alone);
  }
  const flagged = flags.some((field) => !options.constants.has(field));
  return { fields, problems, amount, reversed, flagged };
}

function readSale(cells: readonly string[], map: ColumnMap, vendor: Vendor, options: MapOptions): ReadSale {
  const { fields, problems, amount, reversed, flagged } = readFields(cells, map, vendor, options);
  const sold = (intent: Intent): ReadSale => ({ sale: { intent, fields }, problems });
  const takenBack = (refund: number, intent: Intent = options.refund): ReadSale => ({
    sale: { intent, refund: Math.abs(refund) as Amount, fields },
    problems,
  });
  if (amount === undefined || (reversed && amount.text === '')) return reversed ? takenBack(0) : sold('set');
  const read = readAmount(amount.text, amount.field, vendor, options);
  switch (read.kind) {
    case 'clear':
      return sold('clear');
    case 'none':
      return sold('set');
    case 'problem':
      return { ...(reversed ? takenBack(0) : sold('set')), problems: [...problems, read.problem] };
    case 'negative': {
      if (reversed || options.negativeAmounts !== 'refuse') return takenBack(read.amount);
      problems.push(negativeRefused(read.amount, amount.field, vendor));
      return takenBack(read.amount, 'reverse');
    }
    case 'amount': {
      if (reversed) return takenBack(read.amount);
      const rounded = read.rounded ? amount.text : undefined;
      const zero = read.amount === 0 && !flagged ? options.zero : 'amount';
      if (zero === 'refuse') problems.push({ field: amount.field, ...ZERO_REFUSED });
      const intent = zero === 'no_sale' ? 'no_sale' : 'set';
      return { sale: { intent, amount: read.amount, fields }, problems, rounded };
    }
  }
}

/** A refund of which it is not known yet what is sent for it: what remains, or nothing. */
function prepareOpen(
  sale: Sale,
  vendor: Vendor,
  { waived }: MapOptions,
): Result<Prepared, readonly RowProblem[]> {
  return prepareSale(vendor, 'create', { ...sale, amount: sale.refund }, waived);
}

/** A refund that is refused as such keeps its key, so that the sale that it takes back is not sent beside it. */
function identity(
  sale: Sale,
  { code }: RowFailure,
  vendor: Vendor,
  options: MapOptions,
): Pick<StagedRow, 'key' | 'digest'> {
  if (sale.refund === undefined || !REFUND_REFUSED.has(code)) return {};
  const prepared = prepareOpen(sale, vendor, options);
  return prepared.ok ? { key: prepared.value.key, digest: digestOf(prepared.value, 'create') } : {};
}

/** The trimmed text of a field; undefined where the file has no column for it. Only spaces that one sees are trimmed. */
export function fieldText(
  field: string,
  cells: readonly string[],
  map: ColumnMap,
  { constants, values }: MapOptions,
): string | undefined {
  const constant = constants.get(field);
  if (constant !== undefined) return constant;
  const index = map.cells.get(field);
  if (index === undefined) return undefined;
  const more = map.joined?.get(field);
  const first = trimmed(cells[index] ?? '');
  const text = more === undefined ? first : [first, ...more.map((at) => cells[at] ?? '')].join(' ').trim();
  return values.get(field)?.get(text.toLowerCase()) ?? text;
}

/** How a field is written: where its header says UTC, that is its zone. */
export function styleOf(field: string, { utc }: ColumnMap, { style }: MapOptions): FieldStyle {
  return utc?.has(field) === true ? { ...style, timezone: 'UTC' } : style;
}

function trimmed(text: string): string {
  // Most texts have nothing to be taken off, and the pattern looks at every character.
  if (isPrinted(text.charCodeAt(0)) && isPrinted(text.charCodeAt(text.length - 1))) return text;
  return text.trim() === '' ? '' : text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
}

/** Of ASCII, without the space. */
function isPrinted(code: number): boolean {
  return code > 0x20 && code < 0x7f;
}

/** Takes a row's own credential out of the cells that are kept; `[NAME]` stands in its place. */
function sealSecret(
  cells: readonly string[],
  map: ColumnMap,
  vendor: Vendor,
  { sealer, needsRowSecret }: MapOptions,
): { cells: readonly string[]; sealed?: string; problem?: RowProblem } {
  for (const { field, kind, about } of vendor.columns) {
    const index = map.cells.get(field);
    if (kind.is !== 'secret' || index === undefined) continue;
    const mark = `[${kind.secret}]`;
    const value = (cells[index] ?? '').trim();
    if (isPathStep(value)) {
      const message = `is only dots, which in a path lead elsewhere; it holds ${about}`;
      return { cells, problem: { field, code: 'bad_value', message } };
    }
    if (value !== '' && value.length < SHORTEST_SECRET) {
      const message = `is shorter than ${SHORTEST_SECRET} characters, which cannot be blotted out of what is shown; it holds ${about}`;
      return { cells: cells.with(index, mark), problem: { field, code: 'bad_value', message } };
    }
    if (value !== '' && value !== mark) return { cells: cells.with(index, mark), sealed: sealer.seal(value) };
    const message = `is blank; it holds ${about}, and none is set for all rows`;
    return needsRowSecret ? { cells, problem: { field, code: 'missing_value', message } } : { cells };
  }
  return { cells };
}

/** The row's own credential under the name that `authorize` knows it by. */
export function rowSecrets(
  sealed: string | undefined,
  vendor: Vendor,
  sealer: Pick<Sealer, 'open'>,
): Record<string, string> {
  if (sealed === undefined) return {};
  const column = vendor.columns.find(({ kind }) => kind.is === 'secret');
  return column?.kind.is === 'secret' ? { [column.kind.secret]: sealer.open(sealed) } : {};
}

/** `.` and `..` have no spelling that a path keeps: servers walk `%2E%2E` too. */
function isPathStep(text: string): boolean {
  return text === '.' || text === '..';
}
