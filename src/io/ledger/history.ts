import type { Amount } from '../../core/amount.js';
import type { InputFile, RunId, Attempt } from '../../core/ports.js';
import { err, ok, type Result } from '../../core/result.js';
import type { Action, RowStatus } from '../../core/status.js';
import type { Cell, Database } from './database.js';
import type { Namespace } from './ledger.js';
import { amountOf, rowRange } from './run-rows.js';

/** One line of a results CSV, as the ledger keeps it. */
export interface ResultRow {
  readonly position: number;
  readonly line: number;
  readonly cells: readonly string[];
  readonly key: string | undefined;
  readonly action: Action | undefined;
  readonly status: RowStatus;
  readonly amount: Amount | undefined;
  readonly previousAmount: Amount | undefined;
  readonly httpStatus: number | undefined;
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly ref: string | undefined;
  readonly correctsRef: string | undefined;
  readonly warning: string | undefined;
  readonly attempts: number;
  /** Epoch milliseconds at which the last attempt was begun. */
  readonly sentAt: number | undefined;
}

export interface RunRecord extends Namespace {
  readonly run: RunId;
  readonly state: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  readonly inputs: readonly string[];
  /** False where `runs --prune` forgot the source rows. */
  readonly hasRows: boolean;
  readonly totals: readonly { status: RowStatus; rows: number; amount: bigint }[];
}

/** One settled row or one decision of a person, in the audit trail of a key. */
export interface HistoryRecord extends Namespace {
  readonly at: number;
  readonly run: RunId;
  readonly input: string;
  readonly line: number;
  readonly action: Action;
  readonly amount: Amount | undefined;
  readonly previousAmount: Amount | undefined;
  readonly status: string;
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly ref: string | undefined;
  readonly correctsRef: string | undefined;
  readonly tries: readonly Attempt[];
}

export function inputsOf(db: Database, run: RunId): (InputFile & { number: number })[] {
  return db
    .all('select number, name, path, header from inputs where run = ? order by number', run)
    .map(([number, name, path, header]) => ({
      number: Number(number),
      name: String(name),
      path: String(path),
      header: JSON.parse(String(header)) as string[],
    }));
}

const ROWS_PER_READ = 500;

const RESULT_FIELDS = `id, line, cells, key, action, status, amount, previous_amount, http_status, error_code, error,
  ref, corrects_ref, warning, attempts, sent_at`;

/** The rows of one input in input order, a few hundred at a time. */
export function* resultRows(db: Database, run: RunId, input: number): Generator<readonly ResultRow[]> {
  const [base, last] = rowRange(run);
  let after = base;
  for (;;) {
    const page = db.page(
      RESULT_FIELDS.split(',').length,
      `select ${RESULT_FIELDS}
       from rows where id > ? and id <= ? and input = ? order by id limit ${ROWS_PER_READ}`,
      after,
      last,
      input,
    );
    const rows = page.map((cells) => resultRow(cells, base));
    const end = rows.at(-1);
    if (end === undefined) return;
    after = base + end.position;
    yield rows;
  }
}

/** A row of a run with the file it came from. */
export type ProblemRow = ResultRow & { readonly input: string };

/** The first rows with one of these statuses, in the order in which they are given, then held corrections. */
export function problemRows(
  db: Database,
  run: RunId,
  statuses: readonly RowStatus[],
  limit: number,
): ProblemRow[] {
  const list = statuses.map((status) => `'${status}'`).join(',');
  const rank = `case status ${statuses.map((status, index) => `when '${status}' then ${index}`).join(' ')} else ${statuses.length} end`;
  const held = `(status = 'not_sent' and error_code = 'correction_held')`;
  return rowsWhere(db, run, `(status in (${list}) or ${held}) order by ${rank}, rows.id limit ${limit}`);
}

/** The first rows that change what was accepted before. */
export function correctedRows(db: Database, run: RunId, limit: number): ProblemRow[] {
  return rowsWhere(db, run, `action = 'correct' order by rows.id limit ${limit}`);
}

function rowsWhere(db: Database, run: RunId, where: string): ProblemRow[] {
  const [base, last] = rowRange(run);
  return db
    .all(
      `select ${RESULT_FIELDS}, inputs.name from rows join inputs on inputs.run = ? and inputs.number = rows.input
       where rows.id between ? and ? and ${where}`,
      run,
      base,
      last,
    )
    .map((cells) => ({ ...resultRow(cells, base), input: String(cells.at(-1)) }));
}

export function listRuns(db: Database): RunRecord[] {
  return db
    .all(
      `select runs.id, vendor, account, origin, state, started_at, ended_at, totals
       from runs join namespaces on namespaces.id = runs.namespace order by runs.id`,
    )
    .map(([id, vendor, account, origin, state, startedAt, endedAt, totals]) => {
      const run = Number(id);
      const [first, last] = rowRange(run);
      const row = db.one('select 1 from rows where id between ? and ? limit 1', first, last);
      const kept = JSON.parse(String(totals ?? '[]')) as {
        status: RowStatus;
        rows: number;
        amount: string;
      }[];
      return {
        run,
        vendor: String(vendor),
        account: String(account),
        origin: String(origin),
        state: String(state),
        startedAt: Number(startedAt),
        endedAt: endedAt === null ? undefined : Number(endedAt),
        inputs: inputsOf(db, run).map(({ name }) => name),
        hasRows: row !== undefined,
        totals: kept.map(({ status, rows, amount }) => ({ status, rows, amount: BigInt(amount) })),
      };
    });
}

/** Everything that ever happened to a key, oldest first, in every account that knows it. */
export function historyOf(db: Database, key: string): HistoryRecord[] {
  return db
    .all(
      `with recursive trail (attempt, namespace) as (
         select last_attempt, namespace from entries where key = ? and namespace in (select id from namespaces)
         union all
         select attempts.before, trail.namespace from trail join attempts on attempts.id = trail.attempt
       )
       select vendor, account, origin, at, run, input, line, action, amount, previous_amount, status, code, message,
         ref, corrects_ref, tries
       from trail join attempts on attempts.id = trail.attempt join namespaces on namespaces.id = trail.namespace
       order by attempts.id`,
      key,
    )
    .map((cells) => {
      const [vendor, account, origin, at, run, input, line, action, amount, previous, status, code, message] =
        cells;
      return {
        vendor: String(vendor),
        account: String(account),
        origin: String(origin),
        at: Number(at),
        run: Number(run),
        input: String(input),
        line: Number(line),
        action: action as Action,
        amount: amountOf(amount),
        previousAmount: amountOf(previous),
        status: String(status),
        code: textOf(code),
        message: textOf(message),
        ref: textOf(cells[13]),
        correctsRef: textOf(cells[14]),
        tries: JSON.parse(String(cells[15])) as Attempt[],
      };
    });
}

export type Resolution = 'accepted' | 'not_applied';

export interface Unsettled extends Namespace {
  readonly namespace: number;
  readonly key: string;
  readonly attempt: number;
  readonly amount: Amount | undefined;
}

/** Keys that wait for a person: all of a run's, or the one named, in every account. */
export function unsettled(db: Database, target: { run: RunId } | { key: string }): Unsettled[] {
  const [where, param] = 'run' in target ? ['attempts.run = ?', target.run] : ['entries.key = ?', target.key];
  return db
    .all(
      `select namespace_id, vendor, account, origin, key, attempt, amount from (
         select entries.namespace as namespace_id, entries.key as key, attempts.id as attempt, attempts.amount as amount
         from entries join attempts on attempts.id = entries.last_attempt
         where entries.doubt = 'blocked' and ${where}
       ) join namespaces on namespaces.id = namespace_id order by key`,
      param,
    )
    .map(([namespace, vendor, account, origin, key, attempt, amount]) => ({
      namespace: Number(namespace),
      vendor: String(vendor),
      account: String(account),
      origin: String(origin),
      key: String(key),
      attempt: Number(attempt),
      amount: amountOf(amount),
    }));
}

/** Writes down what a person found out at the vendor; frees the key. */
export function resolve(
  db: Database,
  found: Unsettled,
  resolution: Resolution,
  why: string,
  at: number,
): Result<void, string> {
  return db.transaction(() => {
    const entry = db.one(
      `select last_attempt from entries where namespace = ? and key = ? and doubt = 'blocked'`,
      found.namespace,
      found.key,
    );
    if (Number(entry?.[0]) !== found.attempt)
      return err(`${found.key} was settled meanwhile; look at its history`);
    const id = Number(db.one('select max(id) from attempts')?.[0]) + 1;
    const accepted = resolution === 'accepted';
    db.run(
      `insert into attempts select ?, namespace, key, run, input, line, action, intent, amount, previous_amount, digest,
         ?, '[]', null, ?, ?, ref, corrects_ref, ?, id from attempts where id = ?`,
      [id, accepted ? 'accepted' : 'failed', `resolved_${resolution}`, why, at, found.attempt],
    );
    db.run(
      accepted
        ? `update entries set (digest, amount, intent, ref, run, at) =
             (select digest, amount, intent, ref, run, ? from attempts where id = ?), doubt = null, last_attempt = ?
           where namespace = ? and key = ?`
        : `update entries set doubt = iif(? + ? is null, doubt, null), last_attempt = ? where namespace = ? and key = ?`,
      [at, found.attempt, id, found.namespace, found.key],
    );
    const [run, key] = db.one('select run, key from attempts where id = ?', found.attempt) ?? [];
    const [first, last] = rowRange(Number(run));
    db.run(
      `update rows set status = ?, error_code = ?, error = ?, warning = ?
       where id between ? and ? and key = ? and status = 'unknown'`,
      accepted
        ? ['accepted', null, null, `settled by hand: ${why}`, first, last, key ?? null]
        : ['failed', 'resolved_not_applied', why, null, first, last, key ?? null],
    );
    return ok(undefined);
  });
}

/** Forgets source rows of runs that ended before `before`, never entries or the audit trail. */
export function pruneRuns(db: Database, before: number): number {
  let pruned = 0;
  for (const [run] of db.all('select id from runs where ended_at < ?', before)) {
    const range = rowRange(Number(run));
    if (db.one('select 1 from rows where id between ? and ? limit 1', ...range) === undefined) continue;
    db.transaction(() => db.run('delete from rows where id between ? and ?', range));
    pruned += 1;
  }
  return pruned;
}

/** Forgets everything about the accounts of one origin. Only for the sandbox, whose books can be emptied. */
export function forgetOrigin(db: Database, origin: string): void {
  db.transaction(() => {
    for (const [id] of db.all('select id from namespaces where origin = ?', origin)) {
      const namespace = Number(id);
      for (const [run] of db.all('select id from runs where namespace = ?', namespace)) {
        const [first, last] = rowRange(Number(run));
        db.run('delete from rows where id between ? and ?', [first, last]);
        db.run('delete from inputs where run = ?', [Number(run)]);
      }
      for (const table of ['runs', 'entries', 'attempts'])
        db.run(`delete from ${table} where namespace = ?`, [namespace]);
    }
  });
}

function resultRow(cells: readonly Cell[], base: number): ResultRow {
  const [id, line, json, key, action, status, amount, previous, httpStatus, code, message, ref, correctsRef] =
    cells;
  return {
    position: Number(id) - base,
    line: Number(line),
    cells: JSON.parse(String(json)) as string[],
    key: textOf(key),
    action: (action as Action | null) ?? undefined,
    status: status as RowStatus,
    amount: amountOf(amount),
    previousAmount: amountOf(previous),
    httpStatus: numberOf(httpStatus),
    code: textOf(code),
    message: textOf(message),
    ref: textOf(ref),
    correctsRef: textOf(correctsRef),
    warning: textOf(cells[13]),
    attempts: Number(cells[14] ?? 0),
    sentAt: numberOf(cells[15]),
  };
}

function textOf(cell: Cell | undefined): string | undefined {
  return cell === null || cell === undefined ? undefined : String(cell);
}

function numberOf(cell: Cell | undefined): number | undefined {
  return cell === null || cell === undefined ? undefined : Number(cell);
}
