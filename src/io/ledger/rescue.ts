import type { Database } from './database.js';

/** See `OpenLedger.rescue`. */
export function rescueLedger(db: Database): string[] {
  const { path, place } = db;
  if (place === 'kept') return [];
  const copy = place === 'gone' ? path : `${path}.rescued`;
  try {
    db.copyTo(copy);
  } catch (error) {
    const why = (error as Error).message;
    return [
      `ledger ${path}: was deleted or replaced during the run, and what it knew cannot be kept: ${why}`,
    ];
  }
  return place === 'gone'
    ? [`ledger ${path}: was deleted during the run and has been written again; nothing is lost`]
    : [
        `ledger ${path}: was replaced during the run; what this run knew is in ${copy}; put that in its place before the next push`,
      ];
}
