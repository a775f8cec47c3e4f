import type { Amendment, PlanRule, PushedInput, RepeatedRow, RunId, Verdict } from '../../core/ports.js';
import { writeRows, type Cell, type Database } from './database.js';
import { repeatedRow, rowRange } from './rows.js';

const PAGE = 1000;

/** Groups of rows that share a key, through scratch tables: memory holds one page of them. */
export async function* repeatedRows(db: Database, run: RunId): AsyncIterable<readonly RepeatedRow[]> {
  const [first, last] = rowRange(run);
  db.exec('create temp table repeated_keys (key text primary key) without rowid');
  db.exec('create temp table repeated_rows (number integer primary key, id integer, key text)');
  const ofRun = `id between ${first} and ${last} and status is null`;
  db.exec(`insert into repeated_keys select key from rows where ${ofRun} group by key having count(*) > 1`);
  db.exec(
    `insert into repeated_rows (id, key) select id, key from rows where ${ofRun}
     and key in (select key from repeated_keys) order by key, id`,
  );
  let group: RepeatedRow[] = [];
  for (let from = 0; ; from += PAGE) {
    await Promise.resolve();
    const page = db.all(
      `select rows.id, inputs.name, line, rows.key, intent, amount, digest, cells
       from repeated_rows cross join rows on rows.id = repeated_rows.id
       join inputs on inputs.run = ${run} and inputs.number = rows.input
       where repeated_rows.number > ? and repeated_rows.number <= ? order by repeated_rows.number`,
      from,
      from + PAGE,
    );
    for (const cells of page) {
      const row = repeatedRow(cells, first);
      if (group[0] !== undefined && group[0].key !== row.key) {
        yield group;
        group = [];
      }
      group.push(row);
    }
    if (page.length < PAGE) break;
  }
  if (group.length > 0) yield group;
  db.exec('drop table repeated_keys');
  db.exec('drop table repeated_rows');
}

/** Changes staged rows after the whole file has been read. A message without a code is a warning. */
export function amendRows(db: Database, run: RunId, amendments: readonly Amendment[]): void {
  const [base] = rowRange(run);
  const values = amendments.map(({ position, verdict, amount, digest, warning }): Cell[] => [
    base + position,
    verdict?.status ?? null,
    verdict?.code ?? null,
    verdict?.message ?? null,
    amount ?? null,
    digest ?? null,
    warning ?? null,
  ]);
  const sql = (list: string): string => `
    with changed (id, status, code, message, amount, digest, warning) as (values ${list})
    update rows set status = changed.status, error_code = changed.code,
      error = iif(changed.code is null, null, changed.message),
      warning = coalesce(changed.warning, iif(changed.code is null, changed.message, null), rows.warning),
      amount = coalesce(changed.amount, rows.amount), digest = coalesce(changed.digest, rows.digest)
    from changed where rows.id = changed.id`;
  db.transaction(() => writeRows(db, sql, values));
}

/**
 * Compares every row that has no verdict with what the vendor holds, and applies the rule of its standing. What a
 * reconciliation found goes before entries that are no newer.
 */
export function planRows(db: Database, namespace: number, run: RunId, rules: readonly PlanRule[]): void {
  const [first, last] = rowRange(run);
  const values = rules.map((rule): Cell[] => {
    const standing = [rule.intent, rule.relation, rule.doubt];
    return rule.do === 'send'
      ? [...standing, rule.action, 'planned', null, null]
      : [...standing, null, rule.status, rule.code ?? null, rule.message ?? null];
  });
  db.exec(`create temp table rules (intent text, relation text, doubt text, action text, status text, code text,
    message text, primary key (intent, relation, doubt)) without rowid`);
  writeRows(db, (list) => `insert into rules values ${list}`, values);
  db.transaction(() => {
    db.run(
      `update rows set previous_amount = held.amount, action = rules.action, status = rules.status,
         error_code = rules.code, error = rules.message
       from rows as staged
       left join entries as held on held.namespace = ? and held.key = staged.key
       cross join rules on rules.intent = staged.intent and rules.doubt = coalesce(held.doubt, 'none')
         and rules.relation = case
           when staged.dispute is not null and coalesce(held.at <= staged.disputed_at, 1)
             then iif(staged.dispute = 'missing', 'new', 'changed')
           when held.digest is null then 'new'
           when held.digest = staged.digest then 'same' else 'changed' end
       where staged.id between ? and ? and staged.status is null and rows.id = staged.id`,
      [namespace, first, last],
    );
  });
  db.exec('drop table rules');
}

/** Gives every planned row past the first `limit` the verdict. */
export function holdRowsAfter(
  db: Database,
  run: RunId,
  limit: number,
  { status, code, message }: Verdict,
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
