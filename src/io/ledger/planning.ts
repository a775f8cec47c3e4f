import type { PushedInput } from '../../core/earlier-pushes.js';
import { HELD_REF, HELD_RUN, type PlanRule } from '../../core/ledger.js';
import {
  MOST_CONTENTS,
  type RepeatedRow,
  type RowFailure,
  type RowUpdate,
  type RunId,
} from '../../core/row.js';
import { jsonTextOf } from './columns.js';
import { writeRows, type SqlValue, type Database } from './database.js';
import { repeatedRow, rowRange } from './run-rows.js';
import { areReversals, REVERSAL_RELATION } from './reversals.js';
import { inputsOf } from './runs.js';
import { RESPELLED } from './spelling.js';

const PAGE = 1000;

/** Whether an entry is none that came after what a reconciliation found about the row. */
function isInQuestion(row: string): string {
  return `coalesce(held.run <= ${row}.disputed_run, held.at <= ${row}.disputed_at, 1)`;
}

/** Lays down which rows those are, in the order of their keys. Returns the column of what remains of a key that was taken back. */
function layDownRepeated(db: Database, namespace: number, run: RunId, net: boolean): string {
  const [first, last] = rowRange(run);
  db.exec('create temp table repeated_keys (key text primary key) without rowid');
  db.exec('create temp table repeated_rows (number integer primary key, id integer, key text)');
  const ofRun = `id between ${first} and ${last} and key is not null and (intent is not null or status = 'invalid')`;
  db.exec(`insert into repeated_keys select key from rows where ${ofRun} group by key
    having max(intent) is not null and (count(*) > 1 or max(refund) is not null)`);
  // Books that an older revsync wrote have no such column.
  const held = db.one(`select 1 from pragma_table_info('entries') where name = 'net'`) ? 'held.net' : 'null';
  if (net && held !== 'null')
    db.exec(`insert or ignore into repeated_keys select key from entries as held
      where namespace = ${namespace} and net is not null`);
  // Where no key is, no row need be read again.
  if (db.one('select 1 from repeated_keys') !== undefined)
    db.exec(
      `insert into repeated_rows (id, key) select id, key from rows where ${ofRun}
       and key in (select key from repeated_keys) order by key, id`,
    );
  return held;
}

/**
 * Groups of rows that share a key or take something back, what could not be read with what can be sent, and with `net` those of keys of which something was taken
 * back before; through scratch tables: memory holds one page of them.
 */
export async function* repeatedRows(
  db: Database,
  namespace: number,
  run: RunId,
  net: boolean,
): AsyncIterable<readonly RepeatedRow[]> {
  const [first] = rowRange(run);
  const held = layDownRepeated(db, namespace, run, net);
  const inputs = new Map(inputsOf(db, run).map((input) => [input.number, input]));
  let group: RepeatedRow[] = [];
  /** Rows of the key, each of which says something else. */
  const contents = new Map<string, RepeatedRow>();
  for (let from = 0; ; from += PAGE) {
    await Promise.resolve();
    const page = db.all(
      `select rows.id, rows.input, line, rows.key, rows.intent, rows.amount, rows.digest, ${jsonTextOf('sale')},
         ${jsonTextOf('cells')}, refund,
         rows.error_code, held.intent, held.amount, ${held}, held.doubt is not null or rows.dispute is not null,
         rows.intent is null
       from repeated_rows cross join rows on rows.id = repeated_rows.id
       left join entries as held on held.namespace = ${namespace} and held.key = rows.key
         and (coalesce(rows.dispute, 'differs') = 'differs' or not ${isInQuestion('rows')})
       where repeated_rows.number > ? and repeated_rows.number <= ? order by repeated_rows.number`,
      from,
      from + PAGE,
    );
    for (const cells of page) {
      const key = String(cells[3]);
      if (group[0] !== undefined && group[0].key !== key) {
        yield group;
        group = [];
        contents.clear();
      }
      if (contents.size > MOST_CONTENTS) continue;
      const [id, input, line, ...content] = cells;
      const text = JSON.stringify([input, ...content]);
      const row = contents.get(text) ?? repeatedRow(cells, first, inputs);
      contents.set(text, row);
      group.push({ ...row, position: Number(id) - first, line: Number(line) });
    }
    if (page.length < PAGE) break;
  }
  if (group.length > 0) yield group;
  db.exec('drop table repeated_keys');
  db.exec('drop table repeated_rows');
}

/** Lays down what rows that are staged from now on are planned by. */
export function writeRules(db: Database, rules: readonly PlanRule[]): void {
  db.exec(`drop table if exists temp.rules; create temp table rules (intent text, relation text, doubt text,
    action text, status text, code text, message text, primary key (intent, relation, doubt)) without rowid`);
  const values = rules.map((rule): SqlValue[] => {
    const state = [rule.intent, rule.relation, rule.doubt];
    return rule.do === 'send'
      ? [...state, rule.action, 'planned', null, null]
      : [...state, null, rule.status, rule.code ?? null, rule.message ?? null];
  });
  writeRows(db, (list) => `insert into rules values ${list}`, values);
}

/**
 * Joins `staged` rows to what the vendor holds and to the rule of their state; ?1 is the namespace. What a
 * reconciliation found goes before entries that are no newer; what a person confirmed, also not before what was settled
 * by hand since. A row without an intent is not sent, and has no rule.
 */
export const RULE_OF_STAGED = `
  left join entries as held on held.namespace = ?1 and held.key = staged.key
  left join rules on rules.intent = staged.intent and rules.doubt = coalesce(held.doubt, 'none')
    and rules.relation = case
      when staged.dispute is not null and ${isInQuestion('staged')} then case
        when staged.dispute = 'differs' then iif(${areReversals('staged', 'held')}, 'partly', 'changed')
        when held.digest is null then 'new'
        when staged.dispute = 'confirmed_missing' and coalesce(held.at <= staged.disputed_at, 1) then 'new'
        else 'missing' end
      when held.digest is null then 'new'
      when held.digest = staged.digest then 'same'
      when held.digest glob '${RESPELLED}*' and held.amount is staged.amount and held.intent = staged.intent then 'same'
${REVERSAL_RELATION.slice(1)}
      when staged.intent = 'no_sale' and (held.intent <> 'set' or held.amount = 0) then 'new'
      else 'changed' end`;

/** What a staged row comes to, a failure before its rule. */
export const PLAN = `iif(coalesce(staged.status, rules.status) is null, null, held.amount),
  iif(staged.status is null, rules.action, null), coalesce(staged.status, rules.status),
  coalesce(staged.error_code, rules.code), coalesce(staged.error,
    replace(replace(rules.message, '${HELD_RUN}', coalesce('run-' || held.run, 'an earlier run')), '${HELD_REF}', coalesce(held.ref, 'no reference')))`;
/** What `PLAN` has, in its order. */
export const PLAN_COLUMNS = 'previous_amount, action, status, error_code, error';

/** Changes staged rows after the whole file has been read. A message without a code is a warning. */
export function updateRows(db: Database, namespace: number, run: RunId, updates: readonly RowUpdate[]): void {
  const [base] = rowRange(run);
  const values = updates.map(
    ({ position, status, code, message, sale, digest, warning, net }): SqlValue[] => [
      base + position,
      status ?? null,
      code ?? null,
      message ?? null,
      digest ?? null,
      warning ?? null,
      sale?.intent ?? null,
      sale?.amount ?? null,
      sale === undefined ? null : JSON.stringify(sale.fields),
      net ?? null,
    ],
  );
  const sql = (list: string): string => `
    with changed (id, status, code, message, digest, warning, intent, amount, sale, net) as (values ${list})
    update rows set (${PLAN_COLUMNS}) =
        (iif(changed.status in ('invalid', 'not_sent'), previous_amount, null), null, changed.status, changed.code, iif(changed.code is null, null, changed.message)),
      intent = iif(changed.status is null, coalesce(changed.intent, rows.intent), null),
      warning = coalesce(changed.warning, iif(changed.code is null, changed.message, null), rows.warning),
      amount = iif(changed.sale is null, rows.amount, changed.amount), sale = coalesce(changed.sale, rows.sale),
      digest = coalesce(changed.digest, rows.digest), net = changed.net
    from changed where rows.id = changed.id`;
  const open = updates.filter(({ status }) => status === undefined);
  db.transaction(() => {
    writeRows(db, sql, values);
    if (open.length > 0)
      db.run(PLAN_AGAIN, [namespace, JSON.stringify(open.map((row) => base + row.position))]);
  });
}

const PLAN_AGAIN = `
  update rows set (${PLAN_COLUMNS}) = (${PLAN})
  from rows as staged ${RULE_OF_STAGED}
  where staged.id in (select value from json_each(?2)) and rows.id = staged.id`;

/** Gives all rows of a key that could be sent the failure. */
export function refuseKey(
  db: Database,
  run: RunId,
  key: string,
  { status, code, message }: RowFailure,
): void {
  db.run(
    `update rows set (${PLAN_COLUMNS}) = (previous_amount, null, ?, ?, ?), intent = null
     where id between ? and ? and key = ? and intent is not null`,
    [status, code, message, ...rowRange(run), key],
  );
}

/** Gives every planned row past the first `limit` the failure. */
export function holdRowsAfter(
  db: Database,
  run: RunId,
  limit: number,
  { status, code, message }: RowFailure,
): void {
  const [first, last] = rowRange(run);
  db.run(
    `update rows set status = ?, error_code = ?, error = ? where status = 'planned' and id between
       coalesce((select id from rows where id between ? and ? and status = 'planned' order by id limit 1 offset ?), ?)
       and ?`,
    [status, code, message, first, last, limit, last + 1, last],
  );
}

/** The newest run of the account that had an input with these bytes and reached its last row. */
export function pushedInput(db: Database, namespace: number, digest: string): PushedInput | undefined {
  const found = db.all(
    `select runs.id, path, ended_at, totals from runs join inputs on inputs.run = runs.id
     where namespace = ? and bytes_digest = ? and state = 'finished' order by runs.id desc`,
    namespace,
    digest,
  );
  const whole = found.find(([, , , totals]) => {
    const rows = JSON.parse(String(totals ?? '[]')) as { status: string }[];
    return rows.every(({ status }) => status !== 'not_sent' && status !== 'planned');
  });
  if (whole === undefined) return undefined;
  const [run, path, at] = whole;
  return { run: Number(run), path: String(path), at: Number(at) };
}
