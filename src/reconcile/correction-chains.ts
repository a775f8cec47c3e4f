import type { BookedRow } from '../core/transactions.js';

/** Rows that stand for one thing, each after the one it corrects. */
export interface Chain {
  /** At least one. */
  readonly rows: readonly BookedRow[];
  /** The row that its first ones correct, where that was not seen. */
  readonly missing: string | undefined;
  readonly circular: boolean;
}

/**
 * The rows of one call in chains: each is in one of them, whatever corrects what. The same for every order of `rows`,
 * as long as no two have the same id.
 */
export function correctionChains(rows: readonly BookedRow[]): Chain[] {
  const sorted = [...rows].sort((left, right) => compareIds(left.id, right.id));
  const byId = new Map(sorted.map((row) => [row.id, row]));
  const corrections = grouped([...byId.values()], ({ corrects }) => corrects);
  const seen = new Set<string>();
  const along = (begin: readonly BookedRow[]): BookedRow[] => {
    const ready = [...begin];
    const rows: BookedRow[] = [];
    while (ready.length > 0) {
      ready.sort(byCorrection);
      const [row] = ready.splice(0, 1);
      if (row === undefined || seen.has(row.id)) continue;
      seen.add(row.id);
      rows.push(row);
      ready.push(...(corrections.get(row.id) ?? []));
    }
    return rows;
  };
  const chains: Chain[] = [];
  for (const [corrected, rows] of corrections) {
    if (corrected === undefined)
      chains.push(...rows.map((row) => ({ rows: along([row]), missing: undefined, circular: false })));
    else if (!byId.has(corrected)) chains.push({ rows: along(rows), missing: corrected, circular: false });
  }
  // What no beginning leads to hangs on a circle; it is entered where its oldest correction stands.
  for (const row of [...byId.values()].filter(({ id }) => !seen.has(id)).sort(byCorrection)) {
    if (seen.has(row.id)) continue;
    const [first = row] = circleOf(row, byId).sort(byCorrection);
    chains.push({ rows: along([first]), missing: undefined, circular: true });
  }
  return chains.sort((left, right) => compareIds(left.rows[0]?.id ?? '', right.rows[0]?.id ?? ''));
}

/** The rows that correct each other, found by going back from one that hangs on them. */
function circleOf(from: BookedRow, byId: ReadonlyMap<string, BookedRow>): BookedRow[] {
  const path: BookedRow[] = [];
  const places = new Map<string, number>();
  let row: BookedRow | undefined = from;
  while (row !== undefined && !places.has(row.id)) {
    places.set(row.id, path.length);
    path.push(row);
    row = byId.get(row.corrects ?? '');
  }
  return path.slice(places.get(row?.id ?? '') ?? 0);
}

function byCorrection(left: BookedRow, right: BookedRow): number {
  return (left.correctedAt ?? 0) - (right.correctedAt ?? 0) || compareIds(left.id, right.id);
}

/** Numbers by their size, other ids by their characters. */
function compareIds(left: string, right: string): number {
  const numbers = /^\d+$/.test(left) && /^\d+$/.test(right);
  if (numbers && left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The items by their keys, in the order in which each key is first met. */
export function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
