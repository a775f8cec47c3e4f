import { withPlainUuids } from '../../core/uuid.js';
import type { HistoryRecord } from '../../core/records.js';
import { asked, inputOf, triesOf } from './attempts.js';
import { columns, jsonOf, wordOf } from './columns.js';
import { amountOf, numberOf, textOf, type Database } from './database.js';
import { NAMESPACE } from './namespaces.js';
import { RUN_STRIDE } from './run-rows.js';

/** Of the run of an attempt. */
function ofRun(what: string): string {
  return `(select ${what} from runs where runs.id = attempts.run)`;
}

const HISTORY = columns<HistoryRecord>(
  {
    ...NAMESPACE,
    at: Number,
    run: Number,
    undoes: numberOf,
    who: textOf,
    plan: numberOf,
    plannedBy: textOf,
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
  },
  undefined,
  {
    undoes: ofRun('undoes'),
    who: ofRun('who'),
    plan: ofRun('plan'),
    plannedBy: ofRun('(select planned.who from runs as planned where planned.id = runs.plan)'),
    action: asked('attempts', 'action'),
    input: inputOf('attempts'),
    tries: triesOf('attempts'),
  },
);

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

/**
 * Attempts have no index of their times, but those of a run lie together, and a run ends after the last of them. An
 * older revsync counted its attempts instead: they are looked at only where the last of them is new enough. A row that
 * was in flight when its run died may have been sent, at the latest when the next run found it.
 */
const RECENT = `
  with recent (at, code, tries) as (
    select attempts.at, attempts.code, ${triesOf('attempts')} from runs cross join attempts
    on attempts.id between runs.id * ${RUN_STRIDE} and runs.id * ${RUN_STRIDE} + ${RUN_STRIDE - 1}
    where runs.namespace = ?1 and coalesce(runs.ended_at, ?2) >= ?2 and attempts.at > ?2
    union all
    select at, code, tries from attempts where id < ${RUN_STRIDE} and namespace = ?1 and at > ?2
      and (select at from attempts where id < ${RUN_STRIDE} order by id desc limit 1) > ?2
  ), begun (at) as (
    select try.value ->> 'at' from recent, json_each(recent.tries) as try
    union all
    select at from recent where code = 'crashed' and tries = '[]'
  )
  select at from begun where at > ?2 order by at desc limit ?3`;

/** When attempts of an account after `since` were begun: the newest `limit`, oldest first. */
export function attemptsSince(db: Database, namespace: number, since: number, limit: number): number[] {
  return db
    .all(RECENT, namespace, since, limit)
    .map(([at]) => Number(at))
    .reverse();
}
