import { createHash } from 'node:crypto';
import { formatAmount, parseAmount, type Amount, type Rounding } from '../core/amount.js';
import type { ClaimedRow, SourceRecord, StagedRow } from '../core/ports.js';
import type { RowProblem, Sale } from '../core/sale.js';
import type { Action, Intent } from '../core/status.js';
import type { Column, Prepared, Vendor, VendorRequest } from '../core/vendor.js';
import type { Mapping } from './columns.js';

export interface MapOptions {
  /** What a blank amount asks for; the default refuses it. */
  readonly blankAmount: 'refuse' | 'clear';
  readonly round: Rounding | undefined;
}

/** Judges one record: a row to be sent with its key, amount and content digest, or every reason why not. */
export function stageRecord(
  record: SourceRecord,
  mapping: Mapping,
  vendor: Vendor,
  options: MapOptions,
): StagedRow {
  const cells = mapping.kept.map((index) => asWritten(record.cells[index] ?? '', mapping.fedBack));
  const base = { line: record.line, cells };
  if (record.cells.length !== mapping.width) {
    const message =
      `the row has ${record.cells.length} cells and the header ${mapping.width}; ` +
      'mend it, a cell with a comma needs quotes';
    return { ...base, verdict: { status: 'invalid', code: 'column_count', message } };
  }

  const { fields, amountField, amountText } = fieldsOf(cells, mapping, vendor.columns);
  const read = amountField === undefined ? undefined : readAmount(amountText, amountField, vendor, options);
  const intent: Intent = read?.kind === 'clear' ? 'clear' : 'set';
  const amount = read?.kind === 'amount' ? read.amount : undefined;
  const prepared = vendor.prepare(actionOf(intent), { fields, amount });

  const amountProblems = read?.kind === 'problem' ? [read.problem] : [];
  // The vendor sees no amount where the text could not be read, and would report it a second time.
  const vendorProblems = prepared.ok
    ? []
    : prepared.error.filter((problem) => problem.code !== 'blank_amount');
  const problems = [...amountProblems, ...vendorProblems];
  const [first] = problems;
  if (first !== undefined || !prepared.ok) {
    const message = problems.map((problem) => `${problem.field}: ${problem.message}`).join('; ');
    return { ...base, verdict: { status: 'invalid', code: first?.code ?? 'bad_value', message } };
  }
  const rounded = read?.kind === 'amount' && read.rounded;
  const warning = rounded ? `rounded from ${JSON.stringify(amountText)}` : undefined;
  return { ...base, intent, ...content(prepared.value), warning };
}

/** The sale behind a staged row, from the cells it was staged with; its amount may have been summed since. */
export function saleOf(
  cells: readonly string[],
  amount: Amount | undefined,
  mapping: Mapping,
  vendor: Vendor,
): Sale {
  const { fields } = fieldsOf(cells, mapping, vendor.columns);
  return { fields, amount };
}

/** The request of a staged row, for the action that the plan gave it. */
export function requestFor(
  row: Pick<ClaimedRow, 'action' | 'cells' | 'amount' | 'input' | 'line'>,
  vendor: Vendor,
  mappings: ReadonlyMap<string, Mapping>,
): VendorRequest {
  const mapping = mappings.get(row.input);
  if (mapping === undefined) throw new Error(`no mapping for ${row.input}`);
  const prepared = vendor.prepare(row.action, saleOf(row.cells, row.amount, mapping, vendor));
  if (!prepared.ok) throw new Error(`${row.input}:${row.line} was staged and cannot be prepared`);
  return prepared.value.request;
}

/** The digest covers what would be sent for a sale, so an edited note in the file changes nothing. */
export function content(prepared: Prepared): { key: string; amount?: Amount; digest: string } {
  const { method: _method, ...request } = prepared.request;
  const digest = createHash('sha256').update(JSON.stringify(request)).digest('base64url').slice(0, 22);
  return { key: prepared.key, amount: prepared.amount, digest };
}

export function actionOf(intent: Intent): Action {
  return intent === 'set' ? 'create' : intent;
}

/** The mapped cells, trimmed, blank ones left out; the amount's text stands apart, since it is read to an `Amount`. */
function fieldsOf(
  cells: readonly string[],
  mapping: Mapping,
  columns: readonly Column[],
): { fields: Readonly<Record<string, string>>; amountField?: string; amountText?: string } {
  const fields: Record<string, string> = {};
  let amount: { amountField: string; amountText?: string } | undefined;
  for (const { field, kind } of columns) {
    const index = mapping.cells.get(field);
    const value = index === undefined ? '' : (cells[index] ?? '').trim();
    if (kind === 'amount') amount = { amountField: field, amountText: value === '' ? undefined : value };
    else if (value !== '') fields[field] = value;
  }
  return { fields, ...amount };
}

type ReadAmount =
  | { readonly kind: 'amount'; readonly amount: Amount; readonly rounded: boolean }
  | { readonly kind: 'clear' }
  | { readonly kind: 'problem'; readonly problem: RowProblem };

function readAmount(
  text: string | undefined,
  field: string,
  vendor: Vendor,
  options: MapOptions,
): ReadAmount {
  const problem = (code: RowProblem['code'], message: string): ReadAmount => ({
    kind: 'problem',
    problem: { field, code, message },
  });
  if (text === undefined) {
    if (options.blankAmount === 'clear') return { kind: 'clear' };
    return problem(
      'blank_amount',
      'is blank, which is neither 0.00 nor a clear; write 0.00, or use --blank-amount clear',
    );
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

/** A results file puts an apostrophe before text that a spreadsheet would run; fed back, it comes off again. */
function asWritten(cell: string, fedBack: boolean): string {
  return fedBack && /^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}
