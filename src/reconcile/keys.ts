import type { Amount } from '../core/amount.js';
import type { SaleIdentity, StagedSale } from '../core/breaks.js';
import type { Sale } from '../core/sale.js';
import type { ReportFields, Vendor } from '../core/vendor.js';
import { saleOf } from '../sales/read-row.js';
import type { StagedFiles } from '../push/stage.js';

/** What a staged sale is found by at the vendor. */
export type Identify = (staged: StagedSale) => SaleIdentity;

/** By its call and outcome, in what a vendor's report tells. */
export function byCall(vendor: Vendor, report: ReportFields, files: StagedFiles): Identify {
  return ({ position, key, live, ...row }) => {
    const { fields } = saleOf(row, vendor, files.mappings, files.map);
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
export function byPushKey(vendor: Vendor, files: StagedFiles): Identify {
  return ({ position, key, live, ...row }) => {
    const slot = key ?? keyWithoutAmount(saleOf(row, vendor, files.mappings, files.map), vendor);
    return { position, key, live, slot };
  };
}

/** The key of a row whose amount cannot be read: what it is about is not missing in the file. */
function keyWithoutAmount(sale: Sale, vendor: Vendor): string | undefined {
  const prepared = vendor.prepare('create', { ...sale, amount: 0 as Amount });
  return prepared.ok ? prepared.value.key : undefined;
}

/** An instant as `readField` leaves it, seconds or milliseconds, in milliseconds. */
function instantOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return text.length >= 13 ? Number(text) : Number(text) * 1000;
}
