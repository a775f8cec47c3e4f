import type { HeldEntry, PlannedRow } from '../../core/explained.js';
import type { RunId } from '../../core/row.js';
import { columns, jsonOf, jsonTextOf, wordOf } from './columns.js';
import { amountOf, numberOf, textOf, type Database } from './database.js';
import { RULE_OF_STAGED } from './planning.js';
import { claimedRows, rowRange, rowsWhere } from './run-rows.js';

/** What is known of a key at the vendor. */
export const HELD_ENTRY = columns<HeldEntry>(
  {
    isHeld: (digest) => digest != null,
    intent: wordOf,
    amount: amountOf,
    ref: textOf,
    run: numberOf,
    at: numberOf,
    doubt: wordOf,
  },
  'held',
  { isHeld: 'held.digest' },
);

const RULE = columns<Pick<PlannedRow, 'fields' | 'relation'>>(
  { fields: jsonOf, relation: wordOf },
  undefined,
  { fields: jsonTextOf('staged.sale'), relation: 'rules.relation' },
);

/** See `PlannedRows`. The rules are those that were laid down when the run was begun. */
export function plannedRow(
  db: Database,
  namespace: number,
  run: RunId,
  line: number,
): PlannedRow | undefined {
  const [first, last] = rowRange(run);
  const [id] =
    db.one(
      'select id from rows where id between ? and ? and line <= ? order by id desc limit 1',
      first,
      last,
      line,
    ) ?? [];
  const [row] = id == null ? [] : rowsWhere(db, run, `rows.id = ${Number(id)}`);
  if (row === undefined) return undefined;
  const cells = db.one(
    `select ${RULE.list}, held.key, ${HELD_ENTRY.list} from rows as staged ${RULE_OF_STAGED} where staged.id = ?2`,
    namespace,
    Number(id),
  );
  const [, , key] = cells ?? [];
  const [request] = row.status === 'planned' ? claimedRows(db, run, 'where rows.id = ?', Number(id)) : [];
  const held = cells === undefined || key == null ? undefined : HELD_ENTRY.read(cells, 3);
  return { ...row, ...RULE.read(cells ?? []), held, request };
}

/** What is known of a key, whether a row of it was planned or not. */
export function heldEntry(db: Database, namespace: number, key: string): HeldEntry | undefined {
  return HELD_ENTRY.select(db, 'from entries as held where namespace = ? and key = ?', namespace, key)[0];
}
