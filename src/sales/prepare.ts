import { hash } from 'node:crypto';
import { err, ok, unreachable, type Result } from '../core/result.js';
import { reversalDigest } from '../core/reversal.js';
import type { ClaimedRow } from '../core/row.js';
import type { RowProblem, Sale } from '../core/sale.js';
import type { Action, Intent } from '../core/status.js';
import { holdsUuid, withPlainUuids } from '../core/uuid.js';
import type { Column, Prepared, Vendor, VendorRequest } from '../core/vendor.js';

/** What is sent for a sale of which the vendor is not known to hold anything. */
export function actionOf(intent: Intent): Action {
  return intent === 'set' || intent === 'no_sale' ? 'create' : intent;
}

/**
 * The request of a sale, or every reason why there is none: required fields that are blank and formats in the order
 * of the columns, then whether the vendor knows what is asked of it. `waived` are required fields that it may lack.
 */
export function prepareSale(
  vendor: Vendor,
  action: Action,
  sale: Sale,
  waived: readonly string[],
): Result<Prepared, readonly RowProblem[]> {
  const missing = missingFields(vendor.columns, sale, waived);
  const unsupported = actionProblem(vendor, action, sale);
  const prepared = vendor.prepare(action, sale);
  if (prepared.ok && missing.length === 0 && unsupported === undefined) {
    const key = withPlainUuids(prepared.value.key);
    return key === prepared.value.key ? prepared : ok({ ...prepared.value, key });
  }
  const problems = inColumnOrder(prepared.ok ? [] : prepared.error, missing, vendor.columns);
  return err(unsupported === undefined ? problems : [...problems, unsupported]);
}

/** The key of a sale that cannot be sent, where what is wrong with it is not what its key is made of. */
export function keyOfUnfit(vendor: Vendor, sale: Sale, problems: readonly RowProblem[]): string | undefined {
  const wrong = new Set(problems.map(({ field }) => field));
  if (vendor.columns.some(({ field, inKey }) => inKey === true && wrong.has(field))) return undefined;
  if (!vendor.columns.some(({ inKey }) => inKey === true)) return undefined;
  const fields = Object.fromEntries(Object.entries(sale.fields).filter(([field]) => !wrong.has(field)));
  const prepared = vendor.prepare('create', { ...sale, fields });
  return prepared.ok ? withPlainUuids(prepared.value.key) : undefined;
}

/**
 * What is sent for a staged row, for the action that the plan gave it. Its amount may have been summed since. With
 * `confirm` the vendor is asked to echo the amount, where there is one and it must be asked.
 */
export function preparedFor(
  {
    action,
    sale,
    input,
    line,
    mayBeHeld,
  }: Pick<ClaimedRow, 'action' | 'sale' | 'input' | 'line' | 'mayBeHeld'>,
  vendor: Vendor,
  confirm: boolean,
): Prepared {
  const prepared = vendor.prepare(action, sale, mayBeHeld);
  if (!prepared.ok || actionProblem(vendor, action, sale) !== undefined)
    throw new Error(`${input}:${line} was staged and cannot be prepared`);
  const { echo } = vendor.semantics;
  if (!confirm || sale.amount === undefined || echo === undefined || !('add' in echo)) return prepared.value;
  return { ...prepared.value, request: withFields(prepared.value.request, echo.add) };
}

function withFields(request: VendorRequest, more: Readonly<Record<string, string>>): VendorRequest {
  const { body } = request;
  switch (body.kind) {
    case 'form':
      return { ...request, body: { ...body, fields: { ...body.fields, ...more } } };
    case 'json':
      return { ...request, body: { ...body, value: { ...body.value, ...more } } };
    case 'none':
      return request;
    default:
      return unreachable(body);
  }
}

/**
 * Of what would be sent for a sale, so that an edited note in the file changes nothing; with `more` also of that. Of a
 * reversal it says first which parts of the sale are taken back.
 */
export function digestOf(
  { key, request: { path, body }, content, takesBack = 0 }: Prepared,
  action: Action,
  more = '',
): string {
  // Of what is only compared nothing is sent.
  if (content === '') return '';
  const text = JSON.stringify(content ?? { path, body });
  const plain = digestOfText(holdsUuid(key) ? withPlainUuids(text) : text);
  const digest = more === '' ? plain : digestOfText(plain + more);
  return action === 'reverse' ? reversalDigest(takesBack, digest) : digest;
}

/** Short, and different for texts that differ. */
export function digestOfText(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 22);
}

/** Why the vendor is not asked for an action at all; undefined where it may be. */
export function actionProblem(vendor: Vendor, action: Action, sale: Sale): RowProblem | undefined {
  const { reverse, clear, noAmount } = vendor.semantics;
  switch (action) {
    case 'reverse':
      if (reverse.kind === 'supported') return undefined;
      return about(
        'cannot_reverse',
        reverse.refusal ?? `${vendor.title} documents no way to take a sale back`,
      );
    case 'clear':
      if (clear.kind === 'supported') return undefined;
      return about('cannot_clear', clear.refusal ?? `${vendor.title} documents no way to empty an amount`);
    case 'create':
    case 'correct': {
      if (sale.amount !== undefined) return undefined;
      const { withOneOf } = noAmount;
      const hasMeaning = withOneOf === undefined || withOneOf.some((field) => field in sale.fields);
      if (noAmount.kind === 'supported' && hasMeaning) return undefined;
      return about('blank_amount', noAmount.refusal ?? 'is blank');
    }
    default:
      return unreachable(action);
  }
}

function about(code: RowProblem['code'], message: string): RowProblem {
  return { field: 'amount', code, message };
}

/** Whether a row may go without an amount is a matter of what it asks for. */
function missingFields(
  columns: readonly Column[],
  { fields }: Sale,
  waived: readonly string[],
): readonly RowProblem[] {
  const problems: RowProblem[] = [];
  for (const { field, required, kind, about, blank } of columns) {
    if (!required || kind.is === 'amount' || field in fields || waived.includes(field)) continue;
    problems.push({ field, code: 'missing_value', message: `is blank; ${blank ?? `it is ${about}`}` });
  }
  return problems;
}

/** What the vendor says of its fields, with what is missing where its column stands. It may say so of a missing field too. */
function inColumnOrder(
  formats: readonly RowProblem[],
  missing: readonly RowProblem[],
  columns: readonly Column[],
): RowProblem[] {
  const placeOf = ({ field }: RowProblem): number => columns.findIndex((column) => column.field === field);
  const problems = formats.filter(({ field }) => !missing.some((problem) => problem.field === field));
  for (const problem of missing) {
    const after = problems.findIndex((other) => placeOf(other) > placeOf(problem));
    problems.splice(after < 0 ? problems.length : after, 0, problem);
  }
  return problems;
}
