import { withPlainUuids } from '../../core/uuid.js';
import type { HistoryRecord } from '../../core/ledger.js';
import { columns, jsonOf, wordOf } from './columns.js';
import { amountOf, textOf, type Database } from './database.js';
import { NAMESPACE } from './namespaces.js';

const HISTORY = columns<HistoryRecord>({
  ...NAMESPACE,
  at: Number,
  run: Number,
  input: String,
  line: Number,
  action: wordOf,
  amount: amountOf,
  previousAmount: amountOf,
  status: String,
  code: textOf,
  message: textOf,
  ref: textOf,
  correctsRef: textOf,
  tries: jsonOf,
});

/** Everything that ever happened to a key, oldest first, in every account that knows it. */
export function historyOf(db: Database, named: string): HistoryRecord[] {
  const key = withPlainUuids(named);
  const rows = db.all(
    `with recursive trail (attempt, namespace, back) as (
       select last_attempt, namespace, 0 from entries where key = ? and namespace in (select id from namespaces)
       union all
       select attempts.before, trail.namespace, back + 1 from trail join attempts on attempts.id = trail.attempt
     )
     select ${HISTORY.list}
     from trail join attempts on attempts.id = trail.attempt join namespaces on namespaces.id = trail.namespace
     order by attempts.run, trail.namespace, back desc`,
    key,
  );
  return rows.map((cells) => HISTORY.read(cells));
}
