import type { Position } from '../core/row.js';
import type { Column } from '../core/vendor.js';
import { AmountEvidence } from './amount-evidence.js';
import type { ColumnMap } from './columns.js';
import type { Evidence, Findings, SeenRow } from './evidence.js';
import { IdEvidence } from './id-evidence.js';
import { PhoneEvidence } from './phone-evidence.js';
import { fieldText, type MapOptions } from './read-row.js';

/** Looks at every column of one file of which the whole shows more than its cells do. */
export class ColumnEvidence implements Evidence {
  readonly #evidence: Evidence[] = [];

  constructor(columns: readonly Column[], map: ColumnMap, options: MapOptions) {
    const mapped = columns.flatMap(({ field, kind }) => {
      const index = map.cells.get(field);
      return index === undefined ? [] : [{ field, kind, index }];
    });
    for (const { field, kind, index } of mapped) {
      if (kind.is === 'id') this.#evidence.push(new IdEvidence(field, index));
      if (kind.is === 'phone') this.#evidence.push(new PhoneEvidence(field, index));
    }
    const money = mapped.filter(({ kind }) => kind.is === 'amount' || kind.is === 'money');
    const texts = money.map(({ field }) => ({
      field,
      textOf: (cells: readonly string[]) => fieldText(field, cells, map, options) ?? '',
    }));
    if (texts.length > 0) this.#evidence.push(new AmountEvidence(texts, options.style.amounts));
  }

  see(cells: readonly string[], line: number, position: Position, row: SeenRow): void {
    for (const evidence of this.#evidence) evidence.see(cells, line, position, row);
  }

  finish(): Findings {
    const found = this.#evidence.map((evidence) => evidence.finish());
    return {
      problems: found.flatMap(({ problems }) => problems),
      lostPrefixes: found.flatMap(({ lostPrefixes = [] }) => lostPrefixes),
    };
  }
}
