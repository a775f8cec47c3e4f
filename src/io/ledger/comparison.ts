import type { FileProblem } from '../../core/ports.js';
import type { RunId } from '../../core/row.js';
import type {
  ComparedRow,
  Comparison,
  HeldCall,
  HeldRecord,
  PulledScope,
  SaleIdentity,
  Span,
  StagedSale,
  UnclaimedSlot,
} from '../../core/breaks.js';
import type { BookedRow } from '../../core/transactions.js';
import { columns, insertRows, jsonTextOf, snakeCase } from './columns.js';
import { COMPARED, comparedRow, SLOT, slotOf } from './compared-row.js';
import { textOf, type Database } from './database.js';
import type { Namespace } from '../../core/ledger.js';
import { findAddressed } from './namespaces.js';
import { linkToCalls, linkToSlots, tellSignals } from './match-calls.js';
import { joinedOf, stagedExport } from './staged-export.js';
import { INPUT_OF_ROW, rowRange, saleOf } from './run-rows.js';
import { pulledScopes, transactionPages } from './transactions-read.js';

const PAGE = 500;

/**
 * `held` is what the vendor holds, record by record: `live` is how often it counts (a credit counts -1 and has a
 * negative amount, what was taken back 0), `outside` whether it lies outside the days asked for. `kept` has
 * of each row that repeats another the one that counts. `signals` is what is true
 * of each name, in lower case, of a record that stands for several.
 */
const TABLES = `
  create table sales (
    id integer primary key, key text, live integer not null, slot text, ref text, caller text, started_at integer,
    outcome text, order_id text, trouble text, call text
  );
  create table held (
    id integer primary key, slot text not null, call text, outcome text, name text, order_id text, amount integer,
    live integer not null, taken_back integer not null, ref text not null, caller text, started_at integer,
    corrections integer not null, corrected_at integer, pending integer not null, outside integer not null,
    doubt text, signals text
  );
  create table kept (repeat integer primary key, id integer);
  create table held_calls (call text not null, caller text not null, started_at integer not null);
`;

const HELD = (
  'slot call outcome name orderId amount live takenBack ref caller startedAt corrections correctedAt pending ' +
  'outside doubt signals'
).split(' ');
const SALE = 'id key live slot ref caller startedAt outcome orderId trouble'.split(' ');

/** Of `rows`. */
const IS_SALE = `(status is null or status = 'invalid')`;

/** The comparison in the scratch database of a dry run; it reads the books of the ledger beside it. */
export class SqliteComparison implements Comparison {
  readonly #db: Database;
  readonly #namespace: Namespace;
  #base = 0;

  constructor(db: Database, namespace: Namespace) {
    this.#db = db;
    this.#namespace = namespace;
    db.exec(TABLES);
  }

  /** Its number in the ledger. */
  get #account(): number {
    return findAddressed(this.#db, this.#namespace);
  }

  async pulled(source: string): Promise<readonly PulledScope[]> {
    return pulledScopes(this.#db, { ...this.#namespace, vendor: source });
  }

  transactions(scope: number): AsyncIterable<readonly BookedRow[]> {
    return transactionPages(this.#db, scope);
  }

  async addKeyed(run: RunId, fields?: readonly string[]): Promise<void> {
    this.#db.run(
      `insert into sales (id, key, live, slot, order_id)
       select id, key, status is null, slot, ''
       from (select id, key, status, ${fields === undefined ? 'key' : joinedOf(fields)} as slot
         from rows where id between ? and ? and ${IS_SALE})
       where slot is not null`,
      rowRange(run),
    );
  }

  async *sales(run: RunId): AsyncGenerator<readonly StagedSale[]> {
    const [base, last] = rowRange(run);
    this.#base = base;
    const pages = this.#db.pages(
      `select rows.id, inputs.name, key, status, ${jsonTextOf('sale')}, ${jsonTextOf('cells')} as json
       from rows
       ${INPUT_OF_ROW}
       where rows.id > ? and rows.id <= ? and ${IS_SALE} and not exists (select 1 from sales where sales.id = rows.id)
       order by rows.id limit ${PAGE}`,
      [base],
      last,
    );
    for await (const page of pages)
      yield page.map(([id, input, key, status, sale, cells]) => ({
        position: Number(id) - base,
        input: String(input),
        cells: cells as unknown as readonly string[],
        sale: saleOf(sale),
        key: textOf(key),
        live: status === null,
      }));
  }

  async addSales(sales: readonly SaleIdentity[]): Promise<void> {
    const rows = sales.map(({ position, call, orderId = '', ...sale }) => {
      return { ...sale, id: this.#base + position, ref: call, orderId };
    });
    this.#db.transaction(() => insertRows(this.#db, 'insert into sales', SALE, rows));
  }

  async addHeld(records: readonly HeldRecord[], calls: readonly HeldCall[]): Promise<void> {
    const rows = records.map(({ within, ...record }) => {
      return { ...record, outcome: record.name?.toLowerCase(), outside: !within };
    });
    this.#db.transaction(() => {
      insertRows(this.#db, 'insert into held', HELD, rows);
      insertRows(this.#db, 'insert into held_calls', ['call', 'caller', 'startedAt'], calls);
    });
  }

  exported(ref: string): ReturnType<Comparison['exported']> {
    return stagedExport(this.#db, ref);
  }

  async holdExport(): Promise<void> {
    this.#db.exec('create temp table accepted_as (ref text primary key, slot text not null) without rowid');
    this.#db.run(
      `insert or ignore into accepted_as select entries.ref, sales.slot from sales cross join entries
         on entries.namespace = ? and entries.key = sales.key
       where sales.slot is not null and entries.ref is not null and entries.digest is not null`,
      [this.#account],
    );
    this.#db.run(
      `insert into held (${HELD.map(snakeCase).join(', ')})
       select coalesce((select slot from accepted_as where accepted_as.ref = exported.ref), key),
         null, null, null, null, amount, coalesce(sign(amount), 0), coalesce(amount < 0, 0),
         (select name from exported_from) || ':' || line, null, null, 0, null, 0, 0, null, null
       from exported where status is null`,
      [],
    );
    this.#db.exec('drop table accepted_as');
  }

  async holdEntries({ from, until }: Span): Promise<void> {
    this.#db.run(
      `insert into held (${HELD.map(snakeCase).join(', ')})
       select key, null, null, null, null, amount, digest is not null and (${HOLDS_MONEY}),
         digest is not null and not (${HOLDS_MONEY}), coalesce(ref, ''), null, at, 0, null, 0,
         at is null or at < ? or at >= ?, iif(doubt is null, null, 'unsettled'), null
       from entries where namespace = ? and (digest is not null or doubt is not null)`,
      [from ?? 0, until ?? Number.MAX_SAFE_INTEGER, this.#account],
    );
  }

  async invalidExported(limit: number): Promise<readonly FileProblem[]> {
    return INVALID.select(this.#db, `from exported where status = 'invalid' order by id limit ?`, limit);
  }

  async link(lookup?: { readonly scope: number; readonly toleranceMs: number }): Promise<void> {
    if (lookup !== undefined) tellSignals(this.#db);
    this.#db.exec(slotsOf(lookup !== undefined));
    if (lookup !== undefined) linkToCalls(this.#db, lookup.scope, lookup.toleranceMs);
    linkToSlots(this.#db);
  }

  async foundNothing(): ReturnType<Comparison['foundNothing']> {
    if (this.#db.one('select 1 from slots join claims on claims.slot = slots.slot limit 1') !== undefined)
      return undefined;
    const sale = this.#db.one(
      'select slot from sales where live = 1 and slot is not null order by id limit 1',
    );
    const held = this.#db.one('select slot from held order by id limit 1');
    return sale === undefined ? undefined : { sale: String(sale[0]), held: textOf(held?.[0]) };
  }

  async *compared(run: RunId): AsyncGenerator<readonly ComparedRow[]> {
    const [base, last] = rowRange(run);
    this.#keepOne(base, last);
    const pages = this.#db.pages(
      `select rows.id, ${COMPARED}, ${SLOT}, ${jsonTextOf('rows.cells')} as json
       from rows
       left join kept on kept.repeat = rows.id
       left join sales on sales.id = coalesce(kept.id, rows.id)
       left join rows as own on own.id = kept.id
       left join slots on slots.slot = sales.slot
       left join claims on claims.slot = sales.slot
       left join entries as known on known.namespace = ${this.#account} and known.key = rows.key
         and known.digest is not null
       where rows.id > ? and rows.id <= ? order by rows.id limit ${PAGE}`,
      [base],
      last,
    );
    for await (const page of pages) yield page.map(comparedRow);
  }

  /** Finds for each row that repeats another the one that counts. */
  #keepOne(base: number, last: number): void {
    const repeats = `from rows where rows.id > ? and rows.id <= ? and status = 'duplicate'`;
    if (this.#db.one(`select 1 ${repeats} limit 1`, base, last) === undefined) return;
    this.#db.exec('create index sales_by_key on sales (key)');
    this.#db.run(
      `insert into kept select rows.id,
         (select sales.id from sales where sales.key = rows.key and sales.live = 1 limit 1) ${repeats}`,
      [base, last],
    );
  }

  async *unclaimed(): AsyncGenerator<readonly UnclaimedSlot[]> {
    const pages = this.#db.pages(
      `select extras.number, extras.slot, ${SLOT} from extras join slots on slots.slot = extras.slot
       left join claims on claims.slot = slots.slot
       where extras.number > ? order by extras.number limit ${PAGE}`,
      [0],
    );
    for await (const page of pages)
      yield page.map((cells) => ({ slot: String(cells[1]), ...slotOf(cells, 2) }));
  }
}

/**
 * Records of one slot together, without calls only what they have then; the texts are of the record that counts. Rows of an export that say nothing but
 * zero are a record of no money, as long as none of them is more: then the amount is zero.
 */
function slotsOf(hasCalls: boolean): string {
  const ofCall = (sql: string, none = 'null'): string => (hasCalls ? sql : none);
  return `
  create table slots (
    slot text primary key, records integer, taken_back integer, amount integer, doubt text, call text,
    outcome text, name text, order_id text, ref text, caller text, started_at integer, corrections integer,
    corrected_at integer, pending integer, outside integer
  ) without rowid;
  insert into slots
  select slot, records, taken_back, amount, doubt, call, outcome, name, coalesce(order_id, ''),
    coalesce(substr(refs, 1, 1000), ref), caller, started_at, corrections, corrected_at, pending, outside
  from (
    select slot, sum(live) as records, max(taken_back) as taken_back,
      coalesce(sum(iif(live = 0, null, amount)), max(iif(taken_back, null, amount))) as amount,
      max(doubt) as doubt, ${ofCall('max(call)')} as call, ${ofCall('max(outcome)')} as outcome,
      ${ofCall('max(name)')} as name, ${ofCall('max(order_id)')} as order_id, max(ref) as ref,
      ${ofCall('max(caller)')} as caller, max(started_at) as started_at, ${ofCall('sum(corrections)', '0')} as corrections,
      ${ofCall('max(corrected_at)')} as corrected_at, ${ofCall('sum(pending)', '0')} as pending, min(outside) as outside,
      group_concat(iif(live > 0, ref, null), ' ') as refs
    from held group by slot order by slot
  );
`;
}

/** A reversal that leaves an amount took back another part of the sale. */
const HOLDS_MONEY = `intent = 'set' or (intent = 'reverse' and amount is not null)`;

const INVALID = columns<Required<FileProblem>>({ line: Number, message: String }, 'exported', {
  message: 'error',
});
