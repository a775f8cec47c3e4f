import type { AppliedPlan, HeldPlan, PlanRow, PlanTerms, StaleRow, StaleRows } from '../../core/plans.js';
import type { RunId } from '../../core/row.js';
import { keptIn } from './attempts.js';
import { BY_HAND } from './by-hand.js';
import { columns, jsonOf, jsonTextOf, wordOf } from './columns.js';
import { amountOf, numberOf, textOf, type Database } from './database.js';
import { NAMESPACE } from './namespaces.js';
import { PLAN as PLANNED, PLAN_COLUMNS, RULE_OF_STAGED } from './planning.js';
import { CHANGE, hasRows, IS_UNKNOWN, RUN_STRIDE, rowRange, runOf } from './run-rows.js';
import { filesOf } from './work.js';

/** Holds a run as a plan, with what is known of the keys that it would send. False where a row's credential cannot be held. */
export function holdPlan(db: Database, namespace: number, run: RunId, terms: PlanTerms): boolean {
  const range = rowRange(run);
  const sealed = `select 1 from rows where id between ? and ? and sealed is not null and status = 'planned' limit 1`;
  if (db.one(sealed, ...range) !== undefined) return false;
  db.run('insert into plans (run, terms) values (?, ?)', [run, JSON.stringify(terms)]);
  db.run(
    `insert into plan_rows (id, last_attempt)
     select rows.id, held.last_attempt from rows left join entries as held on held.namespace = ? and held.key = rows.key
     where rows.id between ? and ? and rows.status = 'planned'`,
    [namespace, ...range],
  );
  return true;
}

const PLAN = columns<Omit<HeldPlan, 'files' | 'hasRows' | 'left' | 'applied'>>(
  { ...NAMESPACE, run: Number, who: textOf, at: Number, ledger: String, terms: jsonOf },
  undefined,
  { run: 'runs.id', who: 'runs.who', at: 'runs.ended_at', ledger: '(select id from generation)' },
);

const APPLIED = columns<AppliedPlan>(
  { run: Number, who: textOf, state: String, startedAt: Number, endedAt: numberOf, isWhole: Boolean },
  undefined,
  {
    run: 'id',
    isWhole: `exists (select 1 from ends where ends.run = runs.id) and not exists (
      select 1 from rows cross join run_rows as sent on sent.id = rows.id + (runs.id - plan) * ${RUN_STRIDE}
      where rows.id between plan * ${RUN_STRIDE} and (plan + 1) * ${RUN_STRIDE} - 1 and rows.status = 'planned'
        and (sent.status not in ('accepted', 'unchanged') or sent.warning like '${BY_HAND}%'))`,
  },
);

/** A plan that is held; undefined where the run is none. */
export function heldPlan(db: Database, run: RunId): HeldPlan | undefined {
  const [plan] = PLAN.select(
    db,
    `from plans cross join runs on runs.id = plans.run cross join namespaces on namespaces.id = runs.namespace
     where plans.run = ? and runs.state = 'planned'`,
    run,
  );
  if (plan === undefined) return undefined;
  return {
    ...plan,
    files: filesOf(db, run),
    hasRows: hasRows(db, run),
    left: rowsLeft(db, run),
    applied: APPLIED.select(db, 'from runs where plan = ? order by id', run),
  };
}

/** Where the row of a plan is in the run `applied` that applies it. */
const ROW_APPLIED = `rows.id + (applied.id - ?1) * ${RUN_STRIDE}`;

function rowsLeft(db: Database, run: RunId): number {
  const [count] =
    db.one(
      `select count(*) from rows where id between ?2 and ?3 and status = 'planned' and not exists (
         select 1 from runs as applied cross join run_rows as sent on sent.id = ${ROW_APPLIED}
         where applied.plan = ?1 and sent.status = 'accepted')`,
      run,
      ...rowRange(run),
    ) ?? [];
  return Number(count);
}

/**
 * Plans of every account that wait to be applied: those that no run has applied to its end, and of whose files no
 * later run has one.
 */
export function plansWaiting(db: Database): HeldPlan[] {
  const waiting = db.all(
    `select plan.id from namespaces cross join runs as plan on plan.namespace = namespaces.id and plan.state = 'planned'
     where not exists (select 1 from runs as applied where applied.plan = plan.id and applied.state = 'finished')
       and not exists (select 1 from runs as later cross join inputs on inputs.run = later.id
         where later.id > plan.id and later.namespace = plan.namespace and later.plan is not plan.id
           and inputs.path in (select path from inputs where inputs.run = plan.id))
     order by plan.id`,
  );
  return waiting.flatMap(([run]) => heldPlan(db, Number(run)) ?? []).filter((plan) => plan.hasRows);
}

const ROW = columns<Omit<PlanRow, 'fields' | 'cells'> & { readonly id: number }>(
  {
    id: Number,
    input: Number,
    line: Number,
    key: textOf,
    action: wordOf,
    status: wordOf,
    amount: amountOf,
    previousAmount: amountOf,
    code: textOf,
    message: textOf,
    warning: textOf,
    change: numberOf,
  },
  undefined,
  {
    code: 'error_code',
    message: 'error',
    change: `case when action is null or ${IS_UNKNOWN} then null when action = 'create' then coalesce(amount, 0)
      else coalesce(${CHANGE}, 0) end`,
  },
);

const ROWS_PER_READ = 250;

/** The rows of a plan in input order, a few hundred at a time. */
export async function* planRows(db: Database, run: RunId): AsyncGenerator<readonly PlanRow[]> {
  const [first, last] = rowRange(run);
  const sql = `select ${ROW.list}, ${jsonTextOf('sale')}, json(cells) as json from rows
    where id > ? and id <= ? order by id limit ${ROWS_PER_READ}`;
  for await (const page of db.pages(sql, [first], last)) {
    yield page.map((cells) => {
      const [sale, own] = cells.slice(ROW.names.length) as unknown as [string | null, string[]];
      const { id: _, ...row } = ROW.read(cells);
      return { ...row, fields: JSON.parse(sale ?? '{}') as PlanRow['fields'], cells: own };
    });
  }
}

const COPIED = `input, line, cells, sale, key, intent, amount, digest, warning, dispute, disputed_at, disputed_run, likenesses,
  refund, net`;

/** Planned again by the rules that were written down; ?1 is the namespace. */
const PLAN_COPIED = `
  update rows set (${PLAN_COLUMNS}) = (${PLANNED})
  from rows as staged ${RULE_OF_STAGED}
  where staged.id between ?2 and ?3 and staged.status is null and rows.id = staged.id`;

/** Whether the last attempt for a key that is `held` is of a run that applied the plan ?4 before the run ?5. */
function isOwn(books: string): string {
  return `coalesce(held.last_attempt >> 32 in
    (select applied.id from ${books}runs as applied where applied.plan = ?4 and applied.id <> ?5), 0)`;
}

/** Where plans are: a dry run reads those of the books beside it. */
function booksOf(db: Database): '' | 'books.' {
  return keptIn(db, 'rows') === 'rows' ? '' : 'books.';
}

/** See the port. */
export function copyPlan(db: Database, namespace: number, run: RunId, plan: RunId): void {
  const books = booksOf(db);
  const [first, last] = rowRange(run);
  const [from, to] = rowRange(plan);
  db.run(
    `insert into inputs (run, number, name, path, header, bytes_digest)
     select ?, number, name, path, header, bytes_digest from ${books}inputs as inputs where run = ?`,
    [run, plan],
  );
  const kept = PLAN_COLUMNS.split(', ').map((column) => `iif(status = 'planned', null, ${column})`);
  db.run(
    `insert into rows (id, ${COPIED}, ${PLAN_COLUMNS})
     select id - ?1 + ?2, ${COPIED}, ${kept.join(', ')} from ${books}rows as rows where id between ?1 and ?3`,
    [from, first, to],
  );
  db.run(PLAN_COPIED, [namespace, first, last]);
  db.run(
    `update rows set status = 'unchanged', action = null from entries as held
     where rows.id between ?2 and ?3 and rows.status = 'planned' and held.namespace = ?1 and held.key = rows.key
       and held.doubt is null and held.run = held.last_attempt >> 32 and ${isOwn(books)}`,
    [namespace, first, last, plan, books === '' ? run : 0],
  );
}

const STALE = columns<
  Omit<StaleRow, 'planned' | 'now'> &
    Record<'wasAction' | 'isAction' | 'was' | 'is', string | undefined> &
    Record<'wasHeld' | 'isHeld', StaleRow['amount']> & { readonly message: string | undefined }
>(
  {
    input: String,
    line: Number,
    key: String,
    amount: amountOf,
    wasAction: textOf,
    isAction: textOf,
    was: textOf,
    is: textOf,
    wasHeld: amountOf,
    isHeld: amountOf,
    message: textOf,
    touchedBy: (id) => (id == null || Number(id) < RUN_STRIDE ? undefined : runOf(Number(id))),
  },
  undefined,
  {
    input: 'inputs.name',
    line: 'planned.line',
    key: 'planned.key',
    amount: 'planned.amount',
    wasAction: 'planned.action',
    isAction: 'copied.action',
    was: 'planned.status',
    is: 'copied.status',
    wasHeld: 'planned.previous_amount',
    isHeld: 'coalesce(copied.previous_amount, held.amount)',
    message: 'copied.error',
    touchedBy: 'held.last_attempt',
  },
);

/** See the port. */
export function staleRows(
  db: Database,
  namespace: number,
  run: RunId,
  plan: RunId,
  limit: number,
): StaleRows {
  const books = booksOf(db);
  const [from, to] = rowRange(plan);
  const sql = `from ${books}rows as planned
    cross join rows as copied on copied.id = planned.id - ?2 + ?6
    cross join inputs on inputs.run = ?7 and inputs.number = planned.input
    left join ${books}plan_rows as seen on seen.id = planned.id
    left join entries as held on held.namespace = ?1 and held.key = planned.key
    where planned.id between ?2 and ?3 and planned.status = 'planned' and not ${isOwn(books)}
      and (copied.action is not planned.action or copied.status is not planned.status
        or copied.previous_amount is not planned.previous_amount or held.last_attempt is not seen.last_attempt)`;
  const params = [namespace, from, to, plan, books === '' ? run : 0, rowRange(run)[0], run];
  const count = Number(db.one(`select count(*) ${sql}`, ...params)?.[0]);
  if (count === 0) return { count, rows: [] };
  const rows = STALE.select(db, `${sql} order by planned.id limit ?8`, ...params, limit);
  return {
    count,
    rows: rows.map(({ input, line, key, amount, touchedBy, ...row }) => ({
      ...{ input, line, key, amount, touchedBy },
      planned: { action: row.wasAction, status: row.was, previousAmount: row.wasHeld } as StaleRow['planned'],
      now: {
        action: row.isAction,
        status: row.is,
        previousAmount: row.isHeld,
        message: row.message,
      } as StaleRow['now'],
    })),
  };
}
