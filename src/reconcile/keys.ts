import type { Amount } from '../core/amount.js';
import type { SaleIdentity, StagedSale } from '../core/breaks.js';
import type { Sale } from '../core/sale.js';
import type { ReportFields, Vendor } from '../core/vendor.js';
import { prepareSale } from '../sales/prepare.js';

/** What a staged sale is found by at the vendor. */
export type Identify = (staged: StagedSale) => SaleIdentity;

/** By its call and outcome, in what a vendor's report tells. */
export function byCall(report: ReportFields): Identify {
  return ({ position, key, live, sale: { fields } }) => {
    const base = {
      position,
      key,
      live,
      outcome: fields[report.outcome]?.toLowerCase() ?? '',
      orderId: fields[report.orderId] ?? '',
    };
    const call = fields[report.call];
    if (call !== undefined) return { ...base, call };
    const caller = fields[report.caller];
    const startedAt = instantOf(fields[report.startedAt]);
    if (caller !== undefined && startedAt !== undefined) return { ...base, caller, startedAt };
    const trouble = `the row has neither ${report.call} nor both ${report.caller} and ${report.startedAt} to find its call by`;
    return { ...base, trouble };
  };
}

/** By the key under which a push would send it. */
export function byPushKey(vendor: Vendor, waived: readonly string[]): Identify {
  return ({ position, key, live, sale }) => {
    const slot = key ?? keyWithoutAmount(sale, vendor, waived);
    return { position, key, live, slot };
  };
}

/** The key of a row whose amount cannot be read: what it is about is not missing in the file. */
function keyWithoutAmount(sale: Sale, vendor: Vendor, waived: readonly string[]): string | undefined {
  const prepared = prepareSale(vendor, 'create', { ...sale, amount: 0 as Amount }, waived);
  return prepared.ok ? prepared.value.key : undefined;
}

/** An instant as `readField` leaves it, seconds or milliseconds, in milliseconds. */
function instantOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return text.length >= 13 ? Number(text) : Number(text) * 1000;
}
