import type { AccountStatus, HeldRefund } from '../../core/records.js';
import { columns } from './columns.js';
import { amountOf, textOf, type Database } from './database.js';
import { lastEnd } from './ends.js';
import { NAMESPACE } from './namespaces.js';
import { RUN_STRIDE, runOf } from './run-rows.js';
import { lastRun } from './runs.js';
import { workOf } from './work.js';

const ACCOUNT = columns<Pick<AccountStatus, 'vendor' | 'account' | 'origin'> & { readonly id: number }>({
  id: Number,
  ...NAMESPACE,
});

/** How every account stands that was ever pushed to, in the order in which they were first. */
export function accountsNow(db: Database): AccountStatus[] {
  return ACCOUNT.select(db, 'from namespaces order by id').flatMap(({ id, ...account }) => {
    const run = lastRun(db, id);
    const end = lastEnd(db, id);
    if (run === undefined && end === undefined) return [];
    const goesOn = run !== undefined && run.endedAt === undefined && !run.died;
    return [{ ...account, run, end, work: goesOn ? workOf(db, id) : undefined }];
  });
}

const HELD_REFUND = columns<HeldRefund>(
  {
    ...NAMESPACE,
    key: String,
    run: (id) => runOf(Number(id)),
    input: String,
    line: Number,
    status: String,
    code: textOf,
    message: textOf,
    held: (cell) => amountOf(cell) ?? (0 as HeldRefund['held']),
  },
  undefined,
  {
    key: 'refund.key',
    run: 'refund.id',
    input: 'inputs.name',
    line: 'refund.line',
    status: 'refund.status',
    code: 'refund.error_code',
    message: 'refund.error',
    held: 'entries.amount',
  },
);

/**
 * Of the rows that take back a key the last one, where it was refused or never sent and the sale is held by an entry that
 * is no newer.
 */
export function heldRefunds(db: Database): HeldRefund[] {
  return HELD_REFUND.select(
    db,
    `from (select max(rows.id) as id from rows cross join runs on runs.id = rows.id / ${RUN_STRIDE}
         where rows.intent = 'reverse' and runs.state <> 'planned' group by runs.namespace, rows.key) as newest
       cross join run_rows as refund on refund.id = newest.id
       cross join runs on runs.id = refund.id / ${RUN_STRIDE}
       cross join inputs on inputs.run = runs.id and inputs.number = refund.input
       cross join namespaces on namespaces.id = runs.namespace
       cross join entries on entries.namespace = runs.namespace and entries.key = refund.key
     where refund.status in ('invalid', 'rejected', 'failed', 'not_sent')
       and entries.doubt is null and entries.intent = 'set' and entries.run <= runs.id
     order by refund.id`,
  );
}
