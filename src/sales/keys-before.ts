import type { RunId, RowFailure, StagedRow } from '../core/row.js';
import type { SourceRecord } from '../core/ports.js';
import { undefused } from '../core/text.js';
import { withPlainUuids } from '../core/uuid.js';
import type { Vendor } from '../core/vendor.js';
import type { ColumnMap } from './columns.js';

/** The vendor to which a run of this ledger pushed; undefined where the ledger knows no such run. */
export type VendorOfRun = (run: RunId) => Promise<string | undefined>;

/**
 * The keys that a results file has beside its rows: a row that has another one now would be sent as another sale, or
 * onto another call. Results of another vendor have other keys, and say nothing.
 */
export class KeysBefore {
  readonly #at: NonNullable<ColumnMap['before']>;
  readonly #vendor: Vendor;
  readonly #pattern: RegExp | undefined;
  /** By the run as it is written; undefined where the ledger does not know it. */
  readonly #vendors = new Map<string, string | undefined>();

  constructor(at: NonNullable<ColumnMap['before']>, vendor: Vendor) {
    this.#at = at;
    this.#vendor = vendor;
    const { amount } = vendor.semantics;
    this.#pattern = amount === undefined ? undefined : new RegExp(amount.keys);
  }

  /** Looks the runs up that records name, before they are read. */
  async learn(records: readonly SourceRecord[], vendorOfRun: VendorOfRun): Promise<void> {
    if (this.#at.key < 0) return;
    const runs = new Set(records.map(({ cells }) => this.#runOf(cells)));
    for (const run of runs) {
      if (this.#vendors.has(run)) continue;
      const [, number] = /^run-(\d{1,15})$/.exec(run) ?? [];
      this.#vendors.set(run, number === undefined ? undefined : await vendorOfRun(Number(number)));
    }
  }

  /** Why a row that could be sent is not. */
  changed({ cells }: SourceRecord, { key, status }: StagedRow): RowFailure | undefined {
    const before = undefused((cells[this.#at.key] ?? '').trim());
    if (key === undefined || status !== undefined || before === '') return undefined;
    if (withPlainUuids(before) === key || !this.#isSameVendor(before, key, this.#runOf(cells)))
      return undefined;
    const message =
      `its key is ${JSON.stringify(key)}, and revsync_key beside it is ${JSON.stringify(before)}: an id or a time was changed, or is read ` +
      'otherwise now; read it with the options of then (--timezone, --date-format, --column), or, if the change is meant, ' +
      'empty its revsync_key';
    return { status: 'invalid', code: 'key_changed', message };
  }

  #runOf(cells: readonly string[]): string {
    return (cells[this.#at.run] ?? '').trim();
  }

  /** By the run where the ledger knows it, else by what keys of the vendor look like. */
  #isSameVendor(before: string, key: string, run: string): boolean {
    const vendor = this.#vendors.get(run);
    if (vendor !== undefined) return vendor === this.#vendor.id;
    return this.#pattern?.test(before) ?? partsOf(before) === partsOf(key);
  }
}

function partsOf(key: string): number {
  return key.split('|').length;
}
