import { LedgerError } from '../../core/ledger.js';
import { countOfTries, lastTryAt } from './attempts.js';
import type { Database } from './database.js';
import { ENDS } from './ends.js';
import { GENERATION, MOVED } from './generation.js';
import { HOLDERS } from './holder.js';
import { BORNE } from './namespaces.js';
import { DAMAGED } from './remedies.js';
import { INPUTS_BY_RESULTS, PLACES, PLANS, RUNS_BY_STATE, UNDOES } from './runs.js';
import { spellKeys } from './spelling.js';
import { READ_SO_FAR } from './transactions-read.js';

/** In seconds. */
export const QUARTER_HOUR = 900;

/**
 * Tables of what a run reads and plans. `rows.id` is run x 2^32 + position, so that the rows of a run lie
 * together and need no index. `rows.cells` is a JSON array of the source's own cells, as JSONB, of older ones as text.
 */
const STAGING = `
  create table runs (
    id integer primary key, namespace integer not null, state text not null,
    started_at integer not null, ended_at integer, totals text
  );
  create table inputs (
    run integer not null, number integer not null, name text not null, path text not null, header text not null,
    primary key (run, number)
  ) without rowid;
  create table rows (
    id integer primary key, input integer not null, line integer not null, cells text not null,
    key text, intent text, amount integer, digest text, action text, status text, previous_amount integer,
    http_status integer, error_code text, error text, ref text, corrects_ref text, warning text,
    attempts integer, sent_at integer, sealed text
  );
`;

/**
 * Tables of what the vendor holds. An entry is what was last accepted for a key (`digest` is null where
 * nothing was) and what is in doubt about it; an attempt is one settled row, and `before` is the attempt
 * that came before it for the same key. Nothing is ever removed from these.
 */
const BOOKS = `
  create table namespaces (
    id integer primary key, vendor text not null, account text not null, origin text not null,
    unique (vendor, account, origin)
  );
  create table entries (
    namespace integer not null, key text not null, digest text, amount integer, intent text, ref text,
    run integer, at integer, doubt text, last_attempt integer,
    primary key (namespace, key)
  ) without rowid;
`;

/**
 * An attempt that is newer than `WATERMARK` has the id of its row, and what a person found out about it that id and
 * 2^31 (`RESOLUTION`). Older ones were counted.
 */
const ATTEMPTS = `
  create table attempts (
    id integer primary key, namespace integer not null, key text not null, run integer not null,
    input text not null, line integer not null, action text not null, intent text not null, amount integer,
    previous_amount integer, digest text not null, status text not null, tries text not null,
    http_status integer, code text, message text, ref text, corrects_ref text, at integer not null,
    before integer
  );
`;

/** What a file was, to know it again under another name. */
const INPUT_BYTES = 'alter table inputs add column bytes_digest text;';

/**
 * What a vendor holds, as its report API told it. A scope is one network, advertiser or affiliate of an account;
 * a range is a period of it with the id up to which it has been read (empty dates: without bounds). Rows of
 * `transactions` are the vendor's, one per id; `columns` is a JSON object of its own texts.
 */
const TRANSACTIONS = `
  create table scopes (
    id integer primary key, namespace integer not null, kind text not null, scope_id text not null,
    polled_at integer, unique (namespace, kind, scope_id)
  );
  create table ranges (
    scope integer not null, from_date text not null, to_date text not null, cursor text,
    complete integer not null default 0, primary key (scope, from_date, to_date)
  ) without rowid;
  create table transactions (
    scope integer not null, id text not null, call text not null, corrects text, corrected_at integer,
    type text not null, started_at integer, caller text, duration integer, outcome text, order_id text,
    value integer, amount integer, columns text not null, primary key (scope, id)
  ) without rowid;
  create index transactions_by_call on transactions (scope, call);
`;

/**
 * A reading is one way through the pages of a range; `told` has the ids it brought, in the vendor's order. `before`
 * is the reading that the present one replaces once it is complete, `new_from` the number of the first row that no
 * file has had yet unless all is `written_out`, `asked` a JSON array of the columns that the poll asked for, `names`
 * one of those that came, in the order in which they were first seen.
 */
const READINGS = `
  alter table ranges add column reading integer not null default 0;
  alter table ranges add column before integer;
  alter table ranges add column new_from integer not null default 1;
  alter table ranges add column written_out integer not null default 0;
  alter table ranges add column asked text;
  alter table ranges add column names text not null default '[]';
  create table told (
    reading integer not null, id text not null, number integer not null, primary key (reading, id)
  ) without rowid;
  create index told_in_order on told (reading, number);
`;

/**
 * `had` of a row: a file has had it, as it has every row before `new_from` of its range. The zone in which the days of
 * a range begin, and what the vendor's own count has against the reading.
 */
const COUNTED = `
  alter table told add column had integer not null default 0;
  update told set had = exists (select 1 from ranges
    where ranges.reading = told.reading and (written_out = 1 or number < new_from));
  alter table ranges add column zone text;
  alter table ranges add column control text;
`;

/**
 * What a reconciliation found about a row: `missing` at the vendor, or that the vendor's `differs`; and the
 * moment up to which the vendor's books were seen, in epoch milliseconds.
 */
const DISPUTES = `
  alter table rows add column dispute text;
  alter table rows add column disputed_at integer;
`;

/** The newest run of then. */
const DISPUTED_RUN = 'alter table rows add column disputed_run integer;';

/** What a row says in the vendor's fields, a JSON object, as JSONB, of older ones as text; rows that an older revsync staged have none. */
const SALES = 'alter table rows add column sale text;';

/**
 * Rows are not written again when they are claimed or settled. Planned rows of a run up to `claimed_to` are claimed,
 * and what became of them is where their attempt is; `run_rows` has both. A row that was settled without an attempt,
 * by hand or by an older revsync has its status in itself.
 */
const WATERMARK = `
  alter table runs add column claimed_to integer;
  alter table attempts add column warning text;
  ${runRows('')}
`;

/** What a reconciliation found about a row is read with it. */
const DISPUTED_ROWS = `drop view run_rows; ${runRows('rows.dispute,')}`;

function runRows(more: string): string {
  return `create view run_rows as
  select rows.id, rows.input, rows.line, rows.cells, rows.key, rows.intent, rows.action, rows.amount,
    rows.previous_amount, rows.digest, rows.sealed, rows.sale, ${more}
    case when rows.status not in ('planned', 'claimed') then rows.status
      when attempts.id is not null then attempts.status
      when rows.id <= (select claimed_to from runs where runs.id = rows.id >> 32) then 'claimed'
      else rows.status end as status,
    iif(rows.status in ('planned', 'claimed'), attempts.code, rows.error_code) as error_code,
    iif(rows.status in ('planned', 'claimed'), attempts.message, rows.error) as error,
    iif(rows.status in ('planned', 'claimed'),
      coalesce(rows.warning || '; ' || attempts.warning, attempts.warning, rows.warning), rows.warning) as warning,
    coalesce(rows.http_status, attempts.http_status) as http_status, coalesce(rows.ref, attempts.ref) as ref,
    coalesce(rows.corrects_ref, attempts.corrects_ref) as corrects_ref,
    coalesce(rows.attempts, ${countOfTries('attempts')}) as attempts,
    coalesce(rows.sent_at, ${lastTryAt('attempts')}) as sent_at
  from rows left join attempts on attempts.id = rows.id;`;
}

/** What each row shares with itself under another key: a JSON array of `[same, at, call]`. */
const LIKENESSES = 'alter table rows add column likenesses text;';

/**
 * The likenesses of what was accepted, or may have been, with the attempt that was; `at` is in seconds, and `NO_TIME`
 * where there is none. Those of a namespace are `filed` once what an older revsync had accepted is among them.
 */
export const FILED = `
  create table likenesses (
    namespace integer not null, same text not null, at integer not null, key text not null, call text,
    attempt integer not null, primary key (namespace, same, at, key)
  ) without rowid;
  create index likenesses_apart on likenesses (namespace, same, at % ${QUARTER_HOUR}, at);
`;
const FILED_OF = 'alter table namespaces add column filed integer;';

/** What a refund row says is taken back, and what an amount remains of. */
const REFUNDS = 'alter table rows add column refund integer; alter table rows add column net text;';
const NET_HELD = 'alter table entries add column net text;';

/** What is added to the id of an attempt to get that of what a person found out about it. */
export const RESOLUTION = 2 ** 31;

/** What is true of each outcome that a row stands for, a JSON object; see `Signals`. */
const SIGNALS = 'alter table transactions add column signals text;';

/** Before 0.11.0 a reversal at TrackDrive whose answer was lost was to be sent again, where a second one may count twice. */
export const LOST_REVERSALS = `
  update entries set doubt = 'blocked' where doubt = 'resend'
    and namespace in (select id from namespaces where vendor = 'trackdrive')
    and last_attempt in (select id from attempts where action = 'reverse');`;

/** Each brings the schema from the version of its index to the next. */
const MIGRATIONS: readonly (string | ((db: Database) => void))[] = [
  STAGING + BOOKS + ATTEMPTS,
  INPUT_BYTES,
  TRANSACTIONS,
  READINGS,
  DISPUTES,
  SALES,
  WATERMARK,
  LIKENESSES + FILED + FILED_OF,
  DISPUTED_ROWS,
  REFUNDS + NET_HELD,
  spellKeys,
  SIGNALS,
  COUNTED,
  DISPUTED_RUN,
  LOST_REVERSALS,
  // What older books have accepted is filed once more, by likenesses that are new.
  'update namespaces set filed = null;',
  HOLDERS,
  GENERATION,
  PLACES,
  READ_SO_FAR + RUNS_BY_STATE + INPUTS_BY_RESULTS + ENDS + BORNE,
  // Attempts are shorter since then.
  DISPUTED_ROWS,
  UNDOES,
  PLANS,
  MOVED,
];

/** Says so where a ledger was written by a newer revsync, whose tables this one cannot know. */
export function newerSchema(version: number): string | undefined {
  if (version <= MIGRATIONS.length) return undefined;
  return `was written by a newer revsync (schema ${version}, this one knows ${MIGRATIONS.length}); update revsync`;
}

/** Whether nothing has to be done before it is read. */
export function isOfThisVersion(db: Database): boolean {
  return versionOf(db) === MIGRATIONS.length;
}

/** Brings the ledger to this version's schema, and returns it; each step and its record are one transaction. */
export function migrate(db: Database): Database {
  let version = versionOf(db);
  const newer = newerSchema(version);
  if (newer !== undefined) throw new LedgerError(`ledger ${db.path}: ${newer}`);
  while (version < MIGRATIONS.length) {
    db.transaction(() => {
      version = versionOf(db);
      const step = MIGRATIONS[version];
      if (step === undefined) return;
      takeStep(db, step);
      db.exec(`pragma user_version = ${version + 1}`);
    });
    version = versionOf(db);
  }
  return db;
}

/** What a step is about to make is not there yet, unless the number of the version is not what was written. */
function takeStep(db: Database, step: (typeof MIGRATIONS)[number]): void {
  try {
    if (typeof step === 'string') db.exec(step);
    else step(db);
  } catch (error) {
    if (!/already exists|duplicate column|no such (table|column|view)/.test((error as Error).message))
      throw error;
    throw new LedgerError(`ledger ${db.path}: ${DAMAGED}`, { cause: error });
  }
}

/**
 * The tables of a dry run; it reads the books of the real ledger where there is one. Returns whether there is: a run that
 * died as the ledger was made leaves a file without a table.
 */
export function createScratch(db: Database, path: string | undefined): boolean {
  // Its rows have no attempts, whatever their ids mean in the real ledger.
  const staging = STAGING + ATTEMPTS + INPUT_BYTES + DISPUTES + DISPUTED_RUN + SALES + WATERMARK;
  db.exec(staging + LIKENESSES + DISPUTED_ROWS + REFUNDS + UNDOES + PLANS);
  if (path !== undefined) {
    db.run('attach ? as books', [`file:${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}?mode=ro`]);
    const has = (what: string): boolean =>
      db.one(`select 1 from books.sqlite_master where ${what}`) !== undefined;
    // Nothing was ever pulled into a ledger that an older revsync wrote.
    if (has('true') && !has(`name = 'transactions'`)) db.exec(TRANSACTIONS + SIGNALS);
    if (has('true')) return true;
    db.exec('detach books');
  }
  db.exec(BOOKS + FILED + FILED_OF + NET_HELD + TRANSACTIONS + READINGS + SIGNALS + COUNTED + RUNS_BY_STATE);
  return false;
}

export function versionOf(db: Database): number {
  return Number(db.one('pragma user_version')?.[0] ?? 0);
}
