import type { FileProblem } from '../core/ports.js';
import type { Position } from '../core/row.js';
import type { Column, Vendor } from '../core/vendor.js';
import { AmountEvidence } from './amount-evidence.js';
import { isTime, type ColumnMap } from './columns.js';
import { CurrencyEvidence } from './currency-evidence.js';
import type { Evidence, Findings, SeenRow } from './evidence.js';
import { OptionalEvidence } from './optional-evidence.js';
import { IdEvidence } from './id-evidence.js';
import { PhoneEvidence } from './phone-evidence.js';
import { RefundEvidence } from './refund-evidence.js';
import { RuleEvidence } from './rule-evidence.js';
import { fieldText, styleOf, type MapOptions } from './read-row.js';
import { CutAmountEvidence } from './shifted-rows.js';
import { TimeEvidence, zoneProblems } from './time-evidence.js';

/** Looks at every column of one file of which the whole shows more than its cells do. */
export class ColumnEvidence implements Evidence {
  readonly #evidence: Evidence[] = [];
  readonly #times: TimeEvidence;
  readonly #zoneProblems: readonly FileProblem[];

  constructor(
    { columns, limits, semantics }: Pick<Vendor, 'columns' | 'limits' | 'semantics'>,
    map: ColumnMap,
    options: MapOptions,
  ) {
    const mapped = columns.flatMap(({ field, kind, required = false }) => {
      const index = map.cells.get(field);
      const textOf = (cells: readonly string[]): string => fieldText(field, cells, map, options) ?? '';
      return index === undefined ? [] : [{ field, kind, required, index, textOf }];
    });
    for (const column of mapped) {
      const { field, kind, index } = column;
      if (kind.is === 'id') this.#evidence.push(new IdEvidence(field, index, kind.own === true));
      if (kind.is === 'phone') this.#evidence.push(new PhoneEvidence(field, index));
      if (column.required || kind.is === 'text' || kind.is === 'secret') continue;
      const header = map.header[index] ?? field;
      this.#evidence.push(
        new OptionalEvidence({ ...column, header }, limits.decimals, styleOf(field, map, options)),
      );
    }
    const { style } = options;
    // A results or breaks file has some rows of another one.
    if (!options.mayBeEmpty && !map.fedBack && map.breaks === undefined)
      this.#evidence.push(new RuleEvidence(options, map));
    const amount = mapped.find(({ kind }) => kind.is === 'amount');
    if (amount !== undefined) this.#evidence.push(...cutAmounts(amount, mapped, map));
    const money = mapped.filter(({ kind }) => kind.is === 'amount' || kind.is === 'money');
    const times = mapped.filter(isTime);
    this.#times = new TimeEvidence(times, style.dateOrder);
    if (times.length > 0) this.#evidence.push(this.#times);
    this.#zoneProblems = zoneProblems(map.utc ?? new Map(), style.timezone);
    const headerOf = (index: number): string => map.header[index]?.trim() ?? '';
    const currency =
      map.currency === undefined || amount === undefined || style.amounts.currency !== undefined
        ? undefined
        : new CurrencyEvidence({ index: map.currency, header: headerOf(map.currency) }, amount);
    if (currency !== undefined) this.#evidence.push(currency);
    if (money.length > 0) this.#evidence.push(new AmountEvidence(money, style.amounts, () => currency?.one));
    if (map.others.length === 0) return;
    const others = map.others.map((index) => ({ index, header: headerOf(index) }));
    const choices = {
      ...{ semantics, refund: options.refund },
      ...{ hasReversal: map.reversal !== undefined, hasOnly: map.only !== undefined },
    };
    const beside = amount && { ...amount, header: headerOf(amount.index) };
    this.#evidence.push(new RefundEvidence(others, beside, style.amounts, choices));
  }

  /** Whether a row holds what cannot be read before the whole file has been seen. */
  get isOpen(): boolean {
    return this.#times.isOpen;
  }

  see(cells: readonly string[], line: number, position: Position, row: SeenRow): void {
    for (const evidence of this.#evidence) evidence.see(cells, line, position, row);
  }

  finish(): Findings {
    const found = this.#evidence.map((evidence) => evidence.finish());
    return {
      problems: [...this.#zoneProblems, ...found.flatMap(({ problems }) => problems)],
      oddRows: found.flatMap(({ oddRows = [] }) => oddRows),
      dateOrder: found.find(({ dateOrder }) => dateOrder !== undefined)?.dateOrder,
    };
  }
}

/** Of the column behind the amount, unless it is known to hold something else or is to be ignored. */
function cutAmounts(
  { field, index }: { readonly field: string; readonly index: number },
  mapped: readonly { readonly index: number; readonly kind: Column['kind'] }[],
  { kept, header, ignored }: ColumnMap,
): CutAmountEvidence[] {
  const next = index + 1;
  const isAdjacent = kept[next] !== undefined && kept[next] === (kept[index] ?? 0) + 1;
  const isOther = mapped.some((column) => column.index === next && column.kind.is !== 'text');
  if (!isAdjacent || isOther || ignored?.has(next) === true) return [];
  return [new CutAmountEvidence(field, index, header[next] ?? '')];
}
