import type { Amount } from '../core/amount.js';
import { outcomeSlot, type SaleIdentity, type StagedSale } from '../core/breaks.js';
import type { Sale } from '../core/sale.js';
import { err, ok, type Result } from '../core/result.js';
import type { Column, ReportFields, Vendor } from '../core/vendor.js';
import type { StagedFile } from '../push/stage.js';
import { isKnownAs, normalized, type ColumnMap } from '../sales/columns.js';
import { prepareSale } from '../sales/prepare.js';

/** Says by what a staged sale is found at the vendor. */
export type FindBy = (staged: StagedSale) => Omit<SaleIdentity, 'position' | 'key' | 'live'>;

/** In what a vendor's report tells: by its call and outcome, or by its order id and outcome where the key has no call. */
export function inReport(report: ReportFields): FindBy {
  return ({ sale: { fields } }) => {
    const of = (field: string | undefined): string | undefined => fields[field ?? ''];
    const outcome = of(report.outcome)?.toLowerCase() ?? '';
    const orderId = of(report.orderId) ?? '';
    if (report.call === undefined) return { slot: outcomeSlot('', outcome, orderId), outcome, orderId };
    const { call: callField, caller: callerField, startedAt: startField } = report.call;
    const call = fields[callField] ?? fields[report.asked?.call ?? ''];
    if (call !== undefined) return { outcome, orderId, call };
    const caller = of(callerField);
    const startedAt = instantOf(of(startField));
    if (caller !== undefined && startedAt !== undefined) return { outcome, orderId, caller, startedAt };
    const without =
      callerField === undefined || startField === undefined
        ? `no ${callField}`
        : `neither ${callField} nor both ${callerField} and ${startField}`;
    return { outcome, orderId, trouble: `the row has ${without} to find its call by` };
  };
}

/** An instant as `readField` leaves it, seconds or milliseconds, in milliseconds. */
export function instantOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return text.length >= 13 ? Number(text) : Number(text) * 1000;
}

/** By the key under which a push would send it. */
export function byPushKey(vendor: Vendor, waived: readonly string[]): FindBy {
  return ({ key, sale }) => ({ slot: key ?? keyWithoutAmount(sale, vendor, waived) });
}

/** The key of a row whose amount cannot be read: what it is about is not missing in the file. */
function keyWithoutAmount(sale: Sale, vendor: Vendor, waived: readonly string[]): string | undefined {
  const prepared = prepareSale(vendor, 'create', { ...sale, amount: 0 as Amount }, waived);
  return prepared.ok ? prepared.value.key : undefined;
}

/** A part of the key that rows of the sales file and of the export share. */
export interface KeyPart {
  /** The header of the export, as the user named it. */
  readonly named: string;
  /** The field or header that it is in the sales file. */
  readonly inSales: string;
  /** The vendor's field that it is, with what people call it. */
  readonly column: Column | undefined;
}

/**
 * Which fields or headers the names of `--key` are: a header that the sales file has for a field, a name under
 * which people keep one, or any other header of the sales file. `FIELD=HEADER` says it where the two differ.
 */
export function keyParts(
  names: readonly string[],
  vendor: Vendor,
  { cells, header }: ColumnMap,
  constants: ReadonlyMap<string, string>,
): Result<readonly KeyPart[], readonly string[]> {
  const problems: string[] = [];
  const fields = vendor.columns.filter(({ kind }) => !['amount', 'secret', 'named_texts'].includes(kind.is));
  const parts = names.map((text): KeyPart => {
    const [, inSales = text, named = text] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    const at = header.findIndex((name) => normalized(name) === normalized(inSales));
    const mapped = fields.find(({ field }) => at >= 0 && cells.get(field) === at);
    const column = mapped ?? fields.find((column) => isKnownAs(inSales, column));
    const hasField = column !== undefined && (cells.has(column.field) || constants.has(column.field));
    if (!hasField && at < 0) {
      const headers = header.map((name) => JSON.stringify(name)).join(', ');
      problems.push(
        `--key ${text}: the sales file has no column ${JSON.stringify(inSales)}; the headers are ${headers}; ` +
          `write --key FIELD=HEADER where it has another name there than in the export`,
      );
    }
    return { named, inSales, column: hasField ? column : undefined };
  });
  return problems.length > 0 ? err(problems) : ok(parts);
}

/** By the parts of a key, as the vendor's column kinds read them. */
export function byParts(parts: readonly KeyPart[], files: readonly StagedFile[]): FindBy {
  const headers = new Map(files.map(({ input, columns }) => [input, columns.header]));
  return ({ input, cells, sale: { fields } }) => {
    const texts = parts.map(({ inSales, column }) => {
      if (column !== undefined) return fields[column.field] ?? '';
      const at = headers.get(input)?.findIndex((name) => normalized(name) === normalized(inSales)) ?? -1;
      return (cells[at] ?? '').trim();
    });
    const blank = parts[texts.indexOf('')];
    if (blank === undefined) return { slot: joinedKey(texts) };
    return { trouble: `the row has no ${blank.inSales} to find it by` };
  };
}

/** The fields that the parts are; undefined where one of them is none. */
export function fieldsOf(parts: readonly KeyPart[]): readonly string[] | undefined {
  const fields = parts.flatMap(({ column }) => column?.field ?? []);
  return fields.length === parts.length ? fields : undefined;
}

/** The parts of a key as one text, from which they can be told apart. */
export function joinedKey(texts: readonly string[]): string {
  return texts.map((text) => text.replaceAll('%', '%25').replaceAll('|', '%7C')).join('|');
}
