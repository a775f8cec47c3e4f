import type { AbandonedRun, RunEnd, RunInput, Totals } from '../../core/ledger.js';
import type { RunRecord } from '../../core/records.js';
import type { InputFile, RowFailure, RunId, RunOrigin } from '../../core/row.js';
import { LEFT_OPEN, type RowStatus } from '../../core/status.js';
import { columns, jsonOf } from './columns.js';
import { numberOf, textOf, type Database } from './database.js';
import { isHeld } from './lock.js';
import { NAMESPACE } from './namespaces.js';
import { filesOf } from './work.js';
import { claimedRows, hasRows, rowRange, totalsOf } from './run-rows.js';

const INPUT = columns<Omit<RunInput, 'isMarked'>>({
  number: Number,
  name: String,
  path: String,
  header: jsonOf,
});
const MARK = '\ufeff';

export function addInput(db: Database, run: RunId, number: number, input: InputFile): void {
  const params = [run, number, input.name, input.path, headerText(input)];
  db.run('insert into inputs (run, number, name, path, header) values (?, ?, ?, ?, ?)', params);
}

/** `digest`: of the whole file. */
export function endInput(db: Database, run: RunId, number: number, digest: string): void {
  db.run('update inputs set bytes_digest = ? where run = ? and number = ?', [digest, run, number]);
}

/** How a header is kept: the byte order mark of a file stands before it, as it does there. */
function headerText({ header: [first = '', ...others], isMarked }: InputFile): string {
  return JSON.stringify([`${isMarked === true ? MARK : ''}${first}`, ...others]);
}

export function inputsOf(db: Database, run: RunId): RunInput[] {
  return INPUT.select(db, 'from inputs where run = ? order by number', run).map((input) => {
    const [first = '', ...others] = input.header;
    if (!first.startsWith(MARK)) return input;
    return { ...input, header: [first.slice(MARK.length), ...others], isMarked: true };
  });
}

/** Where the results of an input go, unless somebody named a file; empty where that place was taken. */
export const PLACES = 'alter table inputs add column results text;';

/** The run that a run undoes. */
export const UNDOES = 'alter table runs add column undoes integer;';

/** Those of an account in a state, and inputs by the place of their results: neither is looked for among all. */
export const RUNS_BY_STATE = 'create index runs_by_state on runs (namespace, state);';
export const INPUTS_BY_RESULTS =
  'create index inputs_by_results on inputs (results) where results is not null;';

/**
 * Who began a run, and the plan that it applies: a run of its own in the state `planned`, with its terms as JSON, and of each
 * row that it would send the last attempt for its key when it was planned.
 */
export const PLANS = `
  alter table runs add column who text;
  alter table runs add column plan integer;
  create index runs_by_plan on runs (plan) where plan is not null;
  create table plans (run integer primary key, terms text not null);
  create table plan_rows (id integer primary key, last_attempt integer);
`;

/** Writes down a run that begins, with its number or the next one. */
export function beginRun(
  db: Database,
  namespace: number,
  at: number,
  { who, plan, undoes }: RunOrigin,
  number?: RunId,
): RunId {
  return db.transaction(() => {
    const run = number ?? Number(db.one('select max(id) from runs')?.[0] ?? 0) + 1;
    db.run(
      `insert into runs (id, namespace, state, started_at, who, plan, undoes) values (?, ?, 'staging', ?, ?, ?, ?)`,
      [run, namespace, at, who ?? null, plan ?? null, undoes ?? null],
    );
    return run;
  });
}

/** Inputs with their runs and whose they are; as `name` where several are joined. */
const WHOSE = `inputs join runs on runs.id = inputs.run join namespaces on namespaces.id = runs.namespace`;
const OWNER = `inputs.path, namespaces.vendor, namespaces.account, namespaces.origin = ?`;

/** See the port. What has another place keeps none, so that the answer stays the same. */
export function takePlace(db: Database, run: RunId, input: number, place: string, trial: string): boolean {
  return db.transaction(() => {
    const own = db.one(
      `select results, ${OWNER} from ${WHOSE} where run = ? and number = ?`,
      trial,
      run,
      input,
    );
    const [results, ...owner] = own ?? [];
    if (results !== null && results !== undefined) return results === place;
    const isTrial = owner.at(-1) === 1;
    const others = db.all(
      `select runs.ended_at is not null, ${OWNER} from ${WHOSE} where results = ?`,
      trial,
      place,
    );
    const isTaken = others.some(([hasEnded, ...other]) => {
      const makesRoom = !isTrial && hasEnded === 1 && other.at(-1) === 1;
      return !makesRoom && other.some((value, index) => value !== owner[index]);
    });
    db.run('update inputs set results = ? where run = ? and number = ?', [isTaken ? '' : place, run, input]);
    return !isTaken;
  });
}

const RUN = columns<
  Omit<RunRecord, 'inputs' | 'hasRows' | 'mended' | 'died'> & { readonly namespace: number }
>(
  {
    run: Number,
    namespace: Number,
    ...NAMESPACE,
    state: String,
    startedAt: Number,
    endedAt: numberOf,
    exitCode: numberOf,
    undoes: numberOf,
    who: textOf,
    plan: numberOf,
    plannedBy: textOf,
    totals: (cell) =>
      (
        JSON.parse(String(cell ?? '[]')) as {
          status: RowStatus;
          rows: number;
          amount: string;
          unknown?: number;
        }[]
      ).map((one) => ({ ...one, amount: BigInt(one.amount), unknown: one.unknown ?? 0 })),
  },
  undefined,
  {
    run: 'runs.id',
    namespace: 'runs.namespace',
    startedAt: 'runs.started_at',
    endedAt: 'runs.ended_at',
    exitCode: 'ends.exit_code',
    undoes: 'runs.undoes',
    who: 'runs.who',
    plan: 'runs.plan',
    plannedBy: '(select who from runs as planned where planned.id = runs.plan)',
  },
);
const RUNS = `from runs cross join namespaces on namespaces.id = runs.namespace left join ends on ends.run = runs.id`;

/** The newest `last` of those, oldest first. */
export function listRuns(db: Database, last = -1): RunRecord[] {
  const records = RUN.select(db, `${RUNS} order by runs.id desc limit ?`, last);
  return records.reverse().map((record) => runRecord(db, record));
}

/** The newest run of an account that is no plan. */
export function lastRun(db: Database, namespace: number): RunRecord | undefined {
  return runWhere(
    db,
    `runs.namespace = ? and runs.state <> 'planned' order by runs.id desc limit 1`,
    namespace,
  );
}

export function recordOf(db: Database, run: RunId): RunRecord | undefined {
  return runWhere(db, 'runs.id = ?', run);
}

function runWhere(db: Database, where: string, param: number): RunRecord | undefined {
  const [record] = RUN.select(db, `${RUNS} where ${where}`, param);
  return record === undefined ? undefined : runRecord(db, record);
}

function runRecord(db: Database, { namespace, ...record }: ReturnType<typeof RUN.read>): RunRecord {
  const { run, state } = record;
  const isOpen = state === 'staging' || state === 'pushing';
  const isLeftOpen = record.totals.some(({ status }) => LEFT_OPEN.includes(status));
  const rowsAreThere = hasRows(db, run);
  return {
    ...record,
    died: isOpen && !isHeld(db, namespace),
    inputs: filesOf(db, run),
    hasRows: rowsAreThere,
    // Of rows that wait for a person some may have been settled since.
    totals: isLeftOpen && rowsAreThere ? totalsOf(db, run) : record.totals,
    mended: isLeftOpen && rowsAreThere ? mendedRows(db, namespace, run) : 0,
  };
}

function mendedRows(db: Database, namespace: number, run: RunId): number {
  const [count] =
    db.one(
      `select count(*) from run_rows as sent cross join entries on entries.namespace = ? and entries.key = sent.key
       where sent.id between ? and ? and sent.status in (select value from json_each(?))
         and entries.run > ? and entries.doubt is null`,
      namespace,
      ...rowRange(run),
      JSON.stringify(LEFT_OPEN),
      run,
    ) ?? [];
  return Number(count);
}

/** Runs of an account that died. */
export function abandonedRuns(db: Database, namespace: number): AbandonedRun[] {
  const runs = db.all(
    `select id, state, started_at from runs where namespace = ? and state in ('staging', 'pushing') order by id`,
    namespace,
  );
  return runs.map(([id, state, startedAt]) => {
    const run = Number(id);
    const [lastAt] = db.one('select max(at) from attempts where id between ? and ?', ...rowRange(run)) ?? [];
    const where = `where rows.id between ? and ? and rows.status = 'claimed' order by rows.id`;
    return {
      ...{ run, files: filesOf(db, run), startedAt: Number(startedAt), lastAt: numberOf(lastAt) },
      staged: state === 'pushing',
      inFlight: claimedRows(db, run, where, ...rowRange(run)),
    };
  });
}

/** Rows that are still planned get the failure. */
export function holdRest(db: Database, run: RunId, rest: RowFailure): void {
  const [first, last] = rowRange(run);
  db.run(
    `update rows set status = ?, error_code = ?, error = ?
     where id > coalesce((select claimed_to from runs where id = ?), ?) and id <= ? and status = 'planned'`,
    [rest.status, rest.code, rest.message, run, first, last],
  );
}

/** Writes down that a run has ended, and how. */
export function closeRun(db: Database, run: RunId, { at, state }: RunEnd, totals: readonly Totals[]): void {
  const kept = totals.map(({ status, rows, amount, unknown }) => ({
    ...{ status, rows, unknown },
    amount: String(amount),
  }));
  db.run('update runs set state = ?, ended_at = ?, totals = ? where id = ?', [
    state,
    at,
    JSON.stringify(kept),
    run,
  ]);
}
