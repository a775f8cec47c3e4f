import { withPlainUuids } from '../../core/uuid.js';
import type { HistoryRecord, Resolution, Unsettled } from '../../core/ledger.js';
import type { RunId } from '../../core/row.js';
import { err, ok, type Result } from '../../core/result.js';
import { columns, jsonOf, wordOf } from './columns.js';
import { amountOf, textOf, type Database } from './database.js';
import { findNamespace, NAMESPACE } from './namespaces.js';
import { rowRange } from './run-rows.js';
import { RESOLUTION } from './schema.js';

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
    `with recursive trail (attempt, namespace) as (
       select last_attempt, namespace from entries where key = ? and namespace in (select id from namespaces)
       union all
       select attempts.before, trail.namespace from trail join attempts on attempts.id = trail.attempt
     )
     select ${HISTORY.list}
     from trail join attempts on attempts.id = trail.attempt join namespaces on namespaces.id = trail.namespace
     order by attempts.id`,
    key,
  );
  return rows.map((cells) => HISTORY.read(cells));
}

const UNSETTLED = columns<Unsettled>({ ...NAMESPACE, key: String, attempt: Number, amount: amountOf });

/** Keys that wait for a person: all of a run's, or the one named, in every account. */
export function unsettled(db: Database, target: { run: RunId } | { key: string }): Unsettled[] {
  const [where, param] =
    'run' in target ? ['attempts.run = ?', target.run] : ['entries.key = ?', withPlainUuids(target.key)];
  return UNSETTLED.select(
    db,
    `from (
       select entries.namespace as namespace_id, entries.key as key, attempts.id as attempt, attempts.amount as amount
       from entries join attempts on attempts.id = entries.last_attempt
       where entries.doubt = 'blocked' and ${where}
     ) join namespaces on namespaces.id = namespace_id order by key`,
    param,
  );
}

/** Writes down what a person found out at the vendor; frees the key. */
export function resolve(db: Database, key: Unsettled, { found, why, at }: Resolution): Result<void, string> {
  const namespace = findNamespace(db, key);
  return db.transaction(() => {
    const entry = db.one(
      `select last_attempt from entries where namespace = ? and key = ? and doubt = 'blocked'`,
      namespace,
      key.key,
    );
    if (Number(entry?.[0]) !== key.attempt)
      return err(`${key.key} was settled meanwhile; look at its history`);
    const id = key.attempt + RESOLUTION;
    const accepted = found === 'accepted';
    db.run(
      `insert into attempts (id, namespace, key, run, input, line, action, intent, amount, previous_amount, digest,
         status, tries, http_status, code, message, ref, corrects_ref, at, before)
       select ?, namespace, key, run, input, line, action, intent, amount, previous_amount, digest,
         ?, '[]', null, ?, ?, ref, corrects_ref, ?, id from attempts where id = ?`,
      [id, accepted ? 'accepted' : 'failed', `resolved_${found}`, why, at, key.attempt],
    );
    db.run(
      accepted
        ? `update entries set (digest, amount, intent, ref, run, at) =
             (select digest, amount, intent, ref, run, ? from attempts where id = ?), doubt = null, last_attempt = ?
           where namespace = ? and key = ?`
        : `update entries set doubt = iif(? + ? is null, doubt, null), last_attempt = ? where namespace = ? and key = ?`,
      [at, key.attempt, id, namespace, key.key],
    );
    const [run] = db.one('select run from attempts where id = ?', key.attempt) ?? [];
    const [first, last] = rowRange(Number(run));
    db.run(
      `update rows set status = ?, error_code = ?, error = ?, warning = ?
       where id between ? and ? and key = ? and (id = ? or status = 'unknown')`,
      accepted
        ? ['accepted', null, null, `settled by hand: ${why}`, first, last, key.key, key.attempt]
        : ['failed', 'resolved_not_applied', why, null, first, last, key.key, key.attempt],
    );
    return ok(undefined);
  });
}
