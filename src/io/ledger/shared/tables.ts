import { VIEWS } from './views.js';

/*
 * What all machines share stands in the schema `revsync` of a PostgreSQL database. It holds no rule: what an entry, an
 * attempt or a run comes to is worked out in each machine's own scratch file, by the statements of a file ledger.
 */

export const SCHEMA = 'revsync';

/**
 * The columns that a scratch file has of the same table, with the type of each. Of an attempt `file` is the number of its
 * input, where an older revsync did not write its name, `input`.
 */
export const COLUMNS = {
  namespaces: {
    id: 'bigint',
    vendor: 'text',
    account: 'text',
    origin: 'text',
    borne: 'double precision',
    borne_at: 'bigint',
  },
  entries: {
    key: 'text',
    digest: 'text',
    amount: 'bigint',
    net: 'text',
    intent: 'text',
    ref: 'text',
    run: 'bigint',
    at: 'bigint',
    doubt: 'text',
    last_attempt: 'bigint',
  },
  attempts: {
    id: 'bigint',
    key: 'text',
    run: 'bigint',
    input: 'text',
    file: 'integer',
    line: 'bigint',
    action: 'text',
    intent: 'text',
    amount: 'bigint',
    previous_amount: 'bigint',
    digest: 'text',
    status: 'text',
    tries: 'text',
    http_status: 'integer',
    code: 'text',
    message: 'text',
    ref: 'text',
    corrects_ref: 'text',
    at: 'bigint',
    before: 'bigint',
    warning: 'text',
  },
  likenesses: { same: 'text', at: 'bigint', key: 'text', call: 'text', attempt: 'bigint' },
  runs: {
    id: 'bigint',
    namespace: 'bigint',
    state: 'text',
    started_at: 'bigint',
    ended_at: 'bigint',
    totals: 'text',
    who: 'text',
    plan: 'bigint',
    undoes: 'bigint',
  },
  inputs: {
    run: 'bigint',
    number: 'integer',
    name: 'text',
    path: 'text',
    header: 'text',
    bytes_digest: 'text',
    results: 'text',
  },
  plans: { run: 'bigint', terms: 'text' },
  plan_rows: { id: 'bigint', last_attempt: 'bigint' },
  ends: {
    namespace: 'bigint',
    run: 'bigint',
    profile: 'text',
    files: 'text',
    started_at: 'bigint',
    ended_at: 'bigint',
    exit_code: 'integer',
    says: 'text',
  },
  scopes: { id: 'bigint', namespace: 'bigint', kind: 'text', scope_id: 'text', polled_at: 'bigint' },
  ranges: {
    scope: 'bigint',
    from_date: 'text',
    to_date: 'text',
    cursor: 'text',
    complete: 'integer',
    reading: 'bigint',
    before: 'bigint',
    new_from: 'bigint',
    written_out: 'integer',
    asked: 'text',
    names: 'text',
    zone: 'text',
    control: 'text',
    rows: 'bigint',
  },
  told: { reading: 'bigint', id: 'text', number: 'bigint', had: 'integer' },
  transactions: {
    scope: 'bigint',
    id: 'text',
    call: 'text',
    corrects: 'text',
    corrected_at: 'bigint',
    type: 'text',
    started_at: 'bigint',
    caller: 'text',
    duration: 'double precision',
    outcome: 'text',
    order_id: 'text',
    value: 'integer',
    signals: 'text',
    amount: 'bigint',
    columns: 'text',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

export type Shared = keyof typeof COLUMNS;

/** Of which each row is an account's, by a column `namespace` that is not among those above. */
export const OF_ACCOUNTS: ReadonlySet<Shared> = new Set<Shared>(['entries', 'attempts', 'likenesses']);

/** Every column of a table that a file has too. */
export function namesOf(table: Shared): readonly string[] {
  return [...(OF_ACCOUNTS.has(table) ? ['namespace'] : []), ...Object.keys(COLUMNS[table])];
}

/** `key, digest, …` */
export function listOf(table: Shared): string {
  return Object.keys(COLUMNS[table]).map(quoted).join(', ');
}

/** `key text, digest text, …`: what a batch in JSON is read as. */
export function typedListOf(table: Shared): string {
  return Object.entries(COLUMNS[table])
    .map(([name, type]) => `${quoted(name)} ${type}`)
    .join(', ');
}

/** A batch in JSON as the rows of a table. */
export function batchOf(table: Shared, param: string): string {
  return `jsonb_to_recordset(${param}::jsonb) as batch (${typedListOf(table)})`;
}

/** Whether a text is one of a JSON array. */
export function isAmong(text: string, param: string): string {
  return `${text} = any(array(select jsonb_array_elements_text(${param}::jsonb)))`;
}

/** Words that SQL keeps for itself. */
export function quoted(name: string): string {
  return name === 'before' || name === 'call' ? `"${name}"` : name;
}

/**
 * `place` is which database of which server this was when it was last gone by, so that one that was restored is known.
 * `holders` are processes that push, one per account at a time, each with a number that no other has: it is that of its
 * run, and the upper half of the ids of its attempts. A claim stands in the entry's own row: a table of claims would let
 * two processes have one key. `pages` are rows of results, which nothing is looked for in. A scope is pulled by one process
 * at a time, its `holder`; `readings` has a number for each way through a range that no other has.
 */
const TABLES = `
  create schema ${SCHEMA};
  set local search_path = ${SCHEMA};
  create table meta (
    version integer not null, min_writer integer not null, id text not null, lease_ms integer not null,
    late_ms integer not null, moved_to text, place text
  );
  create table namespaces (
    id bigint generated always as identity primary key, vendor text not null, account text not null,
    origin text not null, holder bigint, borne double precision, borne_at bigint, unique (vendor, account, origin)
  );
  create table holders (
    number bigint generated always as identity primary key, namespace bigint not null references namespaces,
    who text not null, since timestamptz not null, until timestamptz not null, quiet interval not null
  );
  create table entries (
    namespace bigint not null references namespaces, ${typedListOf('entries')}, holder bigint, claim jsonb,
    primary key (namespace, key)
  );
  alter table entries alter column key type text collate "C";
  create index entries_claimed on entries (namespace, holder) where holder is not null;
  create index entries_in_doubt on entries (doubt, last_attempt) where doubt is not null;
  create table attempts (
    namespace bigint not null references namespaces, ${typedListOf('attempts')}, primary key (id)
  );
  create index attempts_by_time on attempts (namespace, at);
  create table likenesses (
    namespace bigint not null references namespaces, ${typedListOf('likenesses')},
    primary key (namespace, same, at, key)
  );
  create table runs (${typedListOf('runs')}, primary key (id));
  create table inputs (${typedListOf('inputs')}, primary key (run, number));
  create table plans (${typedListOf('plans')}, primary key (run));
  create table plan_rows (${typedListOf('plan_rows')}, primary key (id));
  create table ends (id bigint generated always as identity primary key, ${typedListOf('ends')});
  create index ends_by_account on ends (namespace, id);
  create index ends_by_profile on ends (profile, id) where profile is not null;
  create table scopes (
    ${typedListOf('scopes')}, holder bigint, primary key (id), unique (namespace, kind, scope_id),
    foreign key (namespace) references namespaces
  );
  alter table scopes alter column id add generated by default as identity, alter column namespace set not null;
  create sequence readings;
  create table ranges (${typedListOf('ranges')}, primary key (scope, from_date, to_date));
  create table told (${typedListOf('told')}, primary key (reading, id));
  alter table told alter column id type text collate "C";
  create index told_in_order on told (reading, number);
  create table transactions (${typedListOf('transactions')}, primary key (scope, id));
  alter table transactions alter column id type text collate "C", alter column "call" type text collate "C";
  create index transactions_by_call on transactions (scope, "call");
  create table pages (run bigint not null, first bigint not null, rows bytea not null, primary key (run, first));
  create function fenced(missing bigint) returns void language plpgsql as $$
    begin
      if missing <> 0 then
        raise exception 'claims of % keys are no longer this process''s own', missing using errcode = 'RS001';
      end if;
    end $$;
`;

/** Until when a vendor has asked for no request, by the database's clock. */
const PAUSES = 'alter table namespaces add column not_before timestamptz;';

/**
 * Each brings the tables from the version of its index to the next. The first ones have the columns above as they are now, so
 * a step adds a column only if it is not there.
 */
export const STEPS: readonly string[] = [TABLES, VIEWS, PAUSES];

export const VERSION = STEPS.length;

/** What a revsync has to know at least to go by tables of this version: an older one may be ignorant of the steps after that. */
export const MIN_WRITER = 1;
