import { withPlainUuids } from '../../core/uuid.js';
import type { KeyTarget, Resolution, Unsettled } from '../../core/records.js';
import { err, ok, type Result } from '../../core/result.js';
import { asked, inputOf } from './attempts.js';
import { columns, jsonOf, jsonTextOf, wordOf } from './columns.js';
import { amountOf, type Database, type SqlValue } from './database.js';
import { AccountLock } from './lock.js';
import { refuseMoved } from './generation.js';
import { findNamespace, NAMESPACE } from './namespaces.js';
import { toldAgain } from './reversals.js';
import { rowRange, runOf } from './run-rows.js';
import { RESOLUTION } from './schema.js';

/*
 * What a person says of keys that are in doubt. Every word of theirs is an attempt of its own in the audit trail, after
 * the one it is about.
 */

const KEY = columns<Unsettled>(
  {
    ...NAMESPACE,
    key: String,
    attempt: Number,
    run: Number,
    input: String,
    line: Number,
    action: wordOf,
    amount: amountOf,
    previousAmount: amountOf,
    at: Number,
    fields: jsonOf,
  },
  undefined,
  // An attempt that was counted, and not named by its row, has no row with its key.
  {
    fields: `(select ${jsonTextOf('sale')} from rows where rows.id = first_attempt and rows.key = last.key)`,
  },
);

/** Keys that wait for a person. */
export function unsettled(db: Database, target: KeyTarget): Unsettled[] {
  return keysWhere(db, `entries.doubt = 'blocked'`, target);
}

/** Keys of which something is in doubt, whether they wait for a person or a push. */
export function inDoubt(db: Database, target: KeyTarget): Unsettled[] {
  return keysWhere(db, 'entries.doubt is not null', target);
}

/** The first keys that wait for a person, or all, in the order of their attempts. */
export function firstUnsettled(db: Database, limit = -1): Unsettled[] {
  return KEY.select(
    db,
    `from (${LAST} where entries.doubt = 'blocked' order by attempts.id limit ?) as last
       join namespaces on namespaces.id = namespace_id order by attempt`,
    limit,
  );
}

/** Keys of which a person's word is the last that is known. */
export function settledByHand(db: Database, target: KeyTarget): Unsettled[] {
  return keysWhere(db, `attempts.code in ('resolved_accepted', 'resolved_not_applied')`, target);
}

function keysWhere(db: Database, where: string, target: KeyTarget): Unsettled[] {
  const [whose, param] =
    'run' in target ? ['attempts.run = ?', target.run] : ['entries.key = ?', withPlainUuids(target.key)];
  return KEY.select(
    db,
    `from (${LAST} where ${where} and ${whose}) as last
       join namespaces on namespaces.id = namespace_id order by key, namespace_id`,
    param,
  );
}

/** The id of the row that was sent: what a person said of it came after. */
export const FIRST = `(
  with recursive said (id, before, code) as (
    select attempts.id, attempts.before, attempts.code
    union all
    select earlier.id, earlier.before, earlier.code from said join attempts as earlier on earlier.id = said.before
    where said.code like 'resol%'
  )
  select id from said where code is null or code not like 'resol%' limit 1
)`;

/** Keys with their last attempt. */
const LAST = `
  select entries.namespace as namespace_id, entries.key as key, attempts.id as attempt, attempts.run as run,
    ${inputOf('attempts')} as input, attempts.line as line, ${asked('attempts', 'action')} as action, attempts.amount as amount,
    attempts.previous_amount as previous_amount, attempts.at as at, ${FIRST} as first_attempt
  from entries join attempts on attempts.id = entries.last_attempt`;

/** Writes down what was found out at the vendor; frees the key. */
export function resolve(db: Database, key: Unsettled, { found, why, at }: Resolution): Result<void, string> {
  const namespace = findNamespace(db, key);
  const inDoubt = (): SqlValue[] =>
    db.one(
      'select last_attempt, doubt from entries where namespace = ? and key = ? and doubt is not null',
      namespace,
      key.key,
    ) ?? [];
  const settle = (): Result<void, string> => {
    const [last] = inDoubt();
    if (Number(last) !== key.attempt) return err(`${key.key} was settled meanwhile; look at its history`);
    const accepted = found === 'accepted';
    if (!accepted) db.run(FREE, [key.attempt, namespace, key.key]);
    const id = addWord(db, key, {
      status: accepted ? 'accepted' : 'failed',
      code: `resolved_${found}`,
      message: why,
      at,
    });
    db.run(
      accepted
        ? `update entries set (digest, amount, intent, ref, run, at) =
             (select digest, amount, ${asked('attempts', 'intent')}, ref, run, ? from attempts where id = ?), doubt = null, last_attempt = ?
           where namespace = ? and key = ?`
        : `update entries set doubt = iif(? + ? is null, doubt, null), last_attempt = ? where namespace = ? and key = ?`,
      [at, key.attempt, id, namespace, key.key],
    );
    const [first, end] = rowRange(key.run);
    db.run(
      `update rows set status = ?, error_code = ?, error = ?, warning = ?
       where id between ? and ? and key = ? and (id = ? or status = 'unknown')`,
      accepted
        ? ['accepted', null, null, `${BY_HAND}${why}`, first, end, key.key, key.attempt]
        : ['failed', 'resolved_not_applied', why, null, first, end, key.key, key.attempt],
    );
    return ok(undefined);
  };
  // A push leaves a key alone that waits for a person.
  const [, doubt] = inDoubt();
  return doubt === 'blocked'
    ? db.transaction(() => {
        refuseMoved(db);
        return settle();
      })
    : whileNothingIsSent(db, key, namespace, settle);
}

/**
 * What was accepted before is held no longer where the attempt told the same once more: it was sent because the vendor
 * did not hold it, and is not taken for held when it is pushed again.
 */
const FREE = `
  update entries set digest = null, amount = null, net = null, intent = null, ref = null, run = null, at = null
  from attempts as tried
  where tried.id = ? and entries.namespace = ? and entries.key = ? and ${toldAgain('tried', 'entries')}`;

/** How the warning of a row begins that a person has said was accepted. */
export const BY_HAND = 'settled by hand: ';

/** Takes back what a person said of a key: it waits again, and what was accepted before it is what is held. */
export function takeBack(
  db: Database,
  key: Unsettled,
  { why, at }: Pick<Resolution, 'why' | 'at'>,
): Result<void, string> {
  const namespace = findNamespace(db, key);
  return whileNothingIsSent(db, key, namespace, () => {
    const [last, sent] =
      db.one(
        `select last_attempt, (select status from attempts as sent where sent.id = ${FIRST})
         from entries join attempts on attempts.id = last_attempt where entries.namespace = ? and entries.key = ?`,
        namespace,
        key.key,
      ) ?? [];
    if (Number(last) !== key.attempt)
      return err(`something was sent for ${key.key} meanwhile; look at its history`);
    const id = addWord(db, key, { status: 'unknown', code: 'resolution_undone', message: why, at });
    // What a push may send again it may send again then too.
    const doubt = sent === 'unknown' ? 'blocked' : 'resend';
    db.run(
      `update entries set (digest, amount, intent, ref, run, at) = (${ACCEPTED_BEFORE}), doubt = ?,
         last_attempt = ? where namespace = ? and key = ?`,
      [key.attempt, doubt, id, namespace, key.key],
    );
    const [first, end] = rowRange(key.run);
    db.run(
      `update rows set status = ?, error_code = 'resolution_undone', error = ?, warning = null
       where id between ? and ? and key = ? and
         (error_code = 'resolved_not_applied' or (status = 'accepted' and warning like '${BY_HAND}%'))`,
      [doubt === 'resend' ? 'failed' : 'unknown', why, first, end, key.key],
    );
    return ok(undefined);
  });
}

/** One transaction, while no push of the account goes on. */
function whileNothingIsSent<T>(db: Database, key: Unsettled, namespace: number, work: () => T): T {
  const lock = AccountLock.take(db, namespace, key);
  try {
    return db.transaction(work);
  } finally {
    lock.leave();
    lock.release();
  }
}

/** What was last accepted for a key before the attempt, and not taken back; nulls where nothing was. */
const ACCEPTED_BEFORE = `
  with recursive trail (id, back) as (
    select before, 0 from attempts where id = ?
    union all
    select iif(attempts.code is 'resolution_undone', undone.before, attempts.before), back + 1
    from trail join attempts on attempts.id = trail.id left join attempts as undone on undone.id = attempts.before
  )
  select max(digest), max(amount), max(intent), max(ref), max(run), max(at) from (
    select digest, amount, ${asked('attempts', 'intent')} as intent, ref, run, at from trail join attempts on attempts.id = trail.id
    where status = 'accepted' order by back limit 1
  )`;

/** Adds to the audit trail what a person said about the last attempt of a key, and returns its id. */
function addWord(
  db: Database,
  { attempt }: Unsettled,
  said: { readonly status: string; readonly code: string; readonly message: string; readonly at: number },
): number {
  const id = freeId(db, attempt);
  db.run(
    `insert into attempts (id, namespace, key, run, input, line, action, intent, amount, previous_amount, digest,
       status, tries, http_status, code, message, ref, corrects_ref, at, before)
     select ?, namespace, key, run, input, line, action, intent, amount, previous_amount, digest,
       ?, '[]', null, ?, ?, ref, corrects_ref, ?, id from attempts where id = ?`,
    [id, said.status, said.code, said.message, said.at, attempt],
  );
  return id;
}

/** The first word about a row is named by it; all others are counted down from the end of the ids of its run. */
function freeId(db: Database, attempt: number): number {
  const [, end] = rowRange(runOf(attempt));
  const first = attempt + RESOLUTION;
  if (first <= end && db.one('select 1 from attempts where id = ?', first) === undefined) return first;
  const [lowest] =
    db.one('select min(id) from attempts where id between ? and ?', end - LATER_WORDS, end) ?? [];
  return lowest == null ? end : Number(lowest) - 1;
}

/** Of a run; far from the first words about its rows, of which there are fewer than 2^30. */
const LATER_WORDS = 2 ** 30;
