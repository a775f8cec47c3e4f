import { createHash } from 'node:crypto';
import { formatAmount, parseAmount, type Amount, type Rounding } from '../core/amount.js';
import type { ClaimedRow, Sealer, SourceRecord, StagedRow } from '../core/ports.js';
import type { RowProblem, Sale } from '../core/sale.js';
import type { Action, Intent } from '../core/status.js';
import type { Prepared, Vendor, VendorRequest } from '../core/vendor.js';
import type { Mapping } from './columns.js';
import { readField } from './fields.js';

export interface MapOptions {
  /** What a blank amount asks for; the default refuses it. `omit` sends the row without one. */
  readonly blankAmount: 'refuse' | 'clear' | 'omit';
  readonly round: Rounding | undefined;
  /** IANA name of the zone in which times without an offset are told. */
  readonly timezone: string | undefined;
  /** Lower-case values of the reversal column that take a sale back. */
  readonly reversalValues: ReadonlySet<string>;
  /** Required fields that rows may lack. */
  readonly waived: readonly string[];
  /** Whether every row has to bring its own credential. */
  readonly needsRowSecret: boolean;
  readonly sealer: Sealer;
}

/** Judges one record: a row to be sent with its key, amount and content digest, or every reason why not. */
export function stageRecord(
  record: SourceRecord,
  mapping: Mapping,
  vendor: Vendor,
  options: MapOptions,
): StagedRow {
  const written = mapping.kept.map((index) => asWritten(record.cells[index] ?? '', mapping.fedBack));
  const { cells, sealed, problem: secretProblem } = sealSecret(written, mapping, vendor, options);
  const base = { line: record.line, cells };
  if (record.cells.length !== mapping.width) {
    const message =
      `the row has ${record.cells.length} cells and the header ${mapping.width}; ` +
      'mend it, a cell with a comma needs quotes';
    return { ...base, verdict: { status: 'invalid', code: 'column_count', message } };
  }

  const read = readCells(cells, mapping, vendor, options);
  const { intent, sale, rounded } = read;
  const prepared = vendor.prepare(actionOf(intent), sale);
  const own = [...read.problems, ...(secretProblem === undefined ? [] : [secretProblem])];
  // The vendor sees nothing of a cell that could not be read, and would report it a second time.
  const unread = new Set(own.map(({ field }) => field));
  const problems = [...own, ...(prepared.ok ? [] : prepared.error.filter(({ field }) => !unread.has(field)))];
  const [first] = problems;
  if (first !== undefined || !prepared.ok) {
    const message = problems.map((problem) => `${problem.field}: ${problem.message}`).join('; ');
    return { ...base, verdict: { status: 'invalid', code: first?.code ?? 'bad_value', message } };
  }
  const warning = rounded === undefined ? undefined : `rounded from ${JSON.stringify(rounded)}`;
  return { ...base, intent, ...content(prepared.value), warning, sealed };
}

/** The request of a staged row, for the action that the plan gave it. Its amount may have been summed since. */
export function requestFor(
  row: Pick<ClaimedRow, 'action' | 'cells' | 'amount' | 'input' | 'line'>,
  vendor: Vendor,
  mappings: ReadonlyMap<string, Mapping>,
  options: MapOptions,
): VendorRequest {
  const prepared = prepareAgain(row, vendor, mappings, options);
  if (prepared === undefined) throw new Error(`${row.input}:${row.line} was staged and cannot be prepared`);
  return prepared.request;
}

/** A staged row prepared once more, from the cells it was staged with; undefined where the vendor refuses. */
export function prepareAgain(
  row: Pick<ClaimedRow, 'action' | 'cells' | 'amount' | 'input'>,
  vendor: Vendor,
  mappings: ReadonlyMap<string, Mapping>,
  options: MapOptions,
): Prepared | undefined {
  const mapping = mappings.get(row.input);
  if (mapping === undefined) throw new Error(`no mapping for ${row.input}`);
  const { sale } = readCells(row.cells, mapping, vendor, options);
  const prepared = vendor.prepare(row.action, { ...sale, amount: row.amount });
  return prepared.ok ? prepared.value : undefined;
}

/** The digest covers what would be sent for a sale, so an edited note in the file changes nothing. */
export function content(prepared: Prepared): { key: string; amount?: Amount; digest: string } {
  const { path, body } = prepared.request;
  const text = JSON.stringify(prepared.content ?? { path, body });
  const digest = createHash('sha256').update(text).digest('base64url').slice(0, 22);
  return { key: prepared.key, amount: prepared.amount, digest };
}

export function actionOf(intent: Intent): Action {
  return intent === 'set' ? 'create' : intent;
}

interface ReadCells {
  readonly intent: Intent;
  readonly sale: Sale;
  readonly problems: readonly RowProblem[];
  /** The amount's text, where it was rounded. */
  readonly rounded?: string;
}

function readCells(
  cells: readonly string[],
  mapping: Mapping,
  vendor: Vendor,
  options: MapOptions,
): ReadCells {
  const fields: Record<string, string> = {};
  const problems: RowProblem[] = [];
  const { decimals } = vendor.limits;
  const mark = mapping.reversal === undefined ? '' : (cells[mapping.reversal] ?? '').trim().toLowerCase();
  let reversed = mark !== '' && options.reversalValues.has(mark);
  let amount: { field: string; text: string } | undefined;
  for (const { field, kind } of vendor.columns) {
    const index = mapping.cells.get(field);
    if (index === undefined || kind.is === 'secret') continue;
    const text = (cells[index] ?? '').trim();
    if (kind.is === 'amount') {
      amount = { field, text };
    } else if (text !== '') {
      const read = readField(kind, text, { timezone: options.timezone, decimals });
      if (!read.ok) problems.push({ field, ...read.error });
      else fields[field] = read.value;
      if (kind.is === 'flag' && read.ok && read.value === kind.reversesWhen) reversed = true;
    }
  }
  for (const [field, index] of mapping.cells) {
    const text = (cells[index] ?? '').trim();
    if (field.includes('.') && text !== '') fields[field] = text;
  }
  const sale = { fields, waived: options.waived };
  // What a refund row says in its amount is not what is sent: a reversal takes the sale back as a whole.
  if (reversed) return { intent: 'reverse', sale, problems };
  if (amount === undefined) return { intent: 'set', sale, problems };
  const read = readAmount(amount.text, amount.field, vendor, options);
  switch (read.kind) {
    case 'clear':
      return { intent: 'clear', sale, problems };
    case 'none':
      return { intent: 'set', sale, problems };
    case 'problem':
      return { intent: 'set', sale, problems: [...problems, read.problem] };
    case 'amount': {
      const rounded = read.rounded ? amount.text : undefined;
      return { intent: 'set', sale: { ...sale, amount: read.amount }, problems, rounded };
    }
  }
}

type ReadAmount =
  | { readonly kind: 'amount'; readonly amount: Amount; readonly rounded: boolean }
  | { readonly kind: 'clear' | 'none' }
  | { readonly kind: 'problem'; readonly problem: RowProblem };

function readAmount(text: string, field: string, vendor: Vendor, options: MapOptions): ReadAmount {
  const problem = (code: RowProblem['code'], message: string): ReadAmount => ({
    kind: 'problem',
    problem: { field, code, message },
  });
  if (text === '') {
    if (options.blankAmount === 'clear') return { kind: 'clear' };
    if (options.blankAmount === 'omit') return { kind: 'none' };
    const { clear, noAmount } = vendor.claims;
    const ways = [
      ...(clear.kind === 'supported' ? [', --blank-amount clear empties it'] : []),
      ...(noAmount.kind === 'supported' ? [', --blank-amount omit sends the row without one'] : []),
    ];
    return problem('blank_amount', `is blank, which is not 0.00; write 0.00${ways.join('')}`);
  }
  const parsed = parseAmount(text, { decimals: vendor.limits.decimals, round: options.round });
  if (!parsed.ok) return problem(parsed.error.code, parsed.error.message);
  const { amount, rounded } = parsed.value;
  if (amount < 0 && vendor.limits.negativeAmounts === 'undocumented') {
    return problem(
      'negative_amount',
      `${formatAmount(amount)} is negative, which ${vendor.title} does not document; send the amount that remains, or 0.00`,
    );
  }
  return { kind: 'amount', amount, rounded };
}

/** Takes a row's own credential out of the cells that are kept; `[NAME]` stands in its place. */
function sealSecret(
  cells: readonly string[],
  mapping: Mapping,
  vendor: Vendor,
  { sealer, needsRowSecret }: MapOptions,
): { cells: readonly string[]; sealed?: string; problem?: RowProblem } {
  for (const { field, kind, about } of vendor.columns) {
    const index = mapping.cells.get(field);
    if (kind.is !== 'secret' || index === undefined) continue;
    const mark = `[${kind.secret}]`;
    const value = (cells[index] ?? '').trim();
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
  sealer: Sealer,
): Record<string, string> {
  if (sealed === undefined) return {};
  const column = vendor.columns.find(({ kind }) => kind.is === 'secret');
  return column?.kind.is === 'secret' ? { [column.kind.secret]: sealer.open(sealed) } : {};
}

/** A results file puts an apostrophe before text that a spreadsheet would run; fed back, it comes off again. */
function asWritten(cell: string, fedBack: boolean): string {
  return fedBack && /^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}
