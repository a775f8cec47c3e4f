import type { Position, RowFailure, RowUpdate } from '../core/row.js';
import type { OddRow } from '../sales/evidence.js';

/** One update for a row, in front of what else is wrong with it; a row that is left out stays so. */
export function updatesOf(oddRows: readonly OddRow[]): RowUpdate[] {
  const failures = new Map<Position, RowFailure>();
  for (const { position, code, message, row } of oddRows) {
    const before = failures.get(position) ?? row;
    if (before.status === 'skipped') continue;
    const said = before.message === undefined ? message : `${message}; ${before.message}`;
    failures.set(position, { status: 'invalid', code, message: said });
  }
  return [...failures].map(([position, failure]) => ({ position, ...failure }));
}
