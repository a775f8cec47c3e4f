import type { FileProblem } from '../../core/ports.js';
import type { RunId } from '../../core/row.js';
import type {
  ComparedRow,
  Comparison,
  HeldCall,
  HeldDoubt,
  HeldRecord,
  PulledScope,
  SaleIdentity,
  Slot,
  Span,
  StagedSale,
} from '../../core/breaks.js';
import type { Intent, RowStatus } from '../../core/status.js';
import type { BookedRow } from '../../core/transactions.js';
import { amountOf, numberOf, textOf, writeRows, type SqlValue, type Database } from './database.js';
import type { Namespace } from '../../core/ledger.js';
import { findNamespace } from './namespaces.js';
import { linkToCalls, linkToSlots } from './match-calls.js';
import { problemRows, rowRange, saleOf } from './run-rows.js';
import { pulledScopes, transactionPages } from './transactions-read.js';

const PAGE = 500;

/**
 * `held` is what the vendor holds, record by record: `live` is how often it counts (a credit counts -1 and has a
 * negative amount, what was taken back 0), `outside` whether it lies outside the days asked for.
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
    doubt text
  );
  create table held_calls (call text not null, caller text not null, started_at integer not null);
`;

const HELD =
  'slot, call, outcome, name, order_id, amount, live, taken_back, ref, caller, started_at, corrections, corrected_at, ' +
  'pending, outside, doubt';

const SALES = 'id, key, live, slot, ref, caller, started_at, outcome, order_id, trouble';

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

  async pulled(source: string): Promise<readonly PulledScope[]> {
    return Promise.resolve(pulledScopes(this.#db, { ...this.#namespace, vendor: source }));
  }

  transactions(scope: number): AsyncIterable<readonly BookedRow[]> {
    return transactionPages(this.#db, scope);
  }

  async *sales(run: RunId): AsyncGenerator<readonly StagedSale[]> {
    const [base, last] = rowRange(run);
    this.#base = base;
    let after = base;
    for (;;) {
      await Promise.resolve();
      const rows = this.#db.all(
        `select rows.id, inputs.name, cells, key, status, sale from rows
         join inputs on inputs.run = ? and inputs.number = rows.input
         where rows.id > ? and rows.id <= ? and (status is null or status = 'invalid') order by rows.id limit ${PAGE}`,
        run,
        after,
        last,
      );
      if (rows.length === 0) return;
      after = Number(rows.at(-1)?.[0]);
      yield rows.map(([id, input, cells, key, status, sale]) => ({
        position: Number(id) - base,
        input: String(input),
        cells: JSON.parse(String(cells)) as string[],
        sale: saleOf(sale),
        key: textOf(key),
        live: status === null,
      }));
    }
  }

  async addSales(sales: readonly SaleIdentity[]): Promise<void> {
    const values = sales.map((sale): SqlValue[] => [
      this.#base + sale.position,
      sale.key ?? null,
      sale.live ? 1 : 0,
      sale.slot ?? null,
      sale.call ?? null,
      sale.caller ?? null,
      sale.startedAt ?? null,
      sale.outcome ?? null,
      sale.orderId ?? '',
      sale.trouble ?? null,
    ]);
    this.#db.transaction(() =>
      writeRows(this.#db, (list) => `insert into sales (${SALES}) values ${list}`, values),
    );
    return Promise.resolve();
  }

  async addHeld(records: readonly HeldRecord[], calls: readonly HeldCall[]): Promise<void> {
    const values = records.map((record): SqlValue[] => [
      record.slot,
      record.call ?? null,
      record.name?.toLowerCase() ?? null,
      record.name ?? null,
      record.orderId ?? null,
      record.amount ?? null,
      record.takenBack ? 0 : 1,
      record.takenBack ? 1 : 0,
      record.ref,
      record.caller ?? null,
      record.startedAt ?? null,
      record.corrections,
      record.correctedAt ?? null,
      record.pending,
      record.within ? 0 : 1,
      record.doubt ?? null,
    ]);
    this.#db.transaction(() => {
      writeRows(this.#db, (list) => `insert into held (${HELD}) values ${list}`, values);
      const places = calls.map(({ call, caller, startedAt }): SqlValue[] => [call, caller, startedAt]);
      writeRows(this.#db, (list) => `insert into held_calls values ${list}`, places);
    });
    return Promise.resolve();
  }

  async holdExport(run: RunId): Promise<void> {
    const [first, last] = rowRange(run);
    this.#db.run(
      `insert into held (${HELD})
       select key, null, null, null, null, amount, coalesce(sign(amount), 0), coalesce(amount < 0, 0),
         inputs.name || ':' || line, null, null, 0, null, 0, 0, null
       from rows join inputs on inputs.run = ? and inputs.number = rows.input
       where rows.id between ? and ? and status is null`,
      [run, first, last],
    );
    return Promise.resolve();
  }

  async holdEntries({ from, until }: Span): Promise<void> {
    this.#db.run(
      `insert into held (${HELD})
       select key, null, null, null, null, amount, digest is not null and intent = 'set',
         digest is not null and intent <> 'set', coalesce(ref, ''), null, at, 0, null, 0,
         at is null or at < ? or at >= ?, iif(doubt is null, null, 'unsettled')
       from entries where namespace = ? and (digest is not null or doubt is not null)`,
      [from ?? 0, until ?? Number.MAX_SAFE_INTEGER, findNamespace(this.#db, this.#namespace)],
    );
    return Promise.resolve();
  }

  async invalidRows(run: RunId, limit: number): Promise<readonly FileProblem[]> {
    const rows = problemRows(this.#db, run, ['invalid'], limit);
    return Promise.resolve(rows.map(({ line, message }) => ({ line, message: message ?? '' })));
  }

  async link(lookup?: { readonly scope: number; readonly toleranceMs: number }): Promise<void> {
    this.#db.exec(SLOTS);
    if (lookup !== undefined) linkToCalls(this.#db, lookup.scope, lookup.toleranceMs);
    linkToSlots(this.#db);
    return Promise.resolve();
  }

  async *compared(run: RunId): AsyncGenerator<readonly ComparedRow[]> {
    const [base, last] = rowRange(run);
    let after = base;
    for (;;) {
      await Promise.resolve();
      const rows = this.#db.all(
        `select rows.id, rows.line, rows.cells, rows.status, rows.error, rows.warning, rows.key, own.intent, own.amount,
           sales.id = slots.first_sale, sales.trouble, ${SLOT}
         from rows
         left join sales on sales.id = iif(rows.status = 'duplicate',
           (select kept.id from sales as kept where kept.key = rows.key and kept.live = 1 limit 1), rows.id)
         left join rows as own on own.id = coalesce(sales.id, rows.id)
         left join slots on slots.slot = sales.slot
         where rows.id > ? and rows.id <= ? order by rows.id limit ${PAGE}`,
        after,
        last,
      );
      if (rows.length === 0) return;
      after = Number(rows.at(-1)?.[0]);
      yield rows.map(comparedRow);
    }
  }

  async *unclaimed(): AsyncGenerator<readonly Slot[]> {
    for (let after = 0; ;) {
      await Promise.resolve();
      const rows = this.#db.all(
        `select extras.number, ${SLOT} from extras join slots on slots.slot = extras.slot
         where extras.number > ? order by extras.number limit ${PAGE}`,
        after,
      );
      if (rows.length === 0) return;
      after = Number(rows.at(-1)?.[0]);
      yield rows.flatMap((cells) => slotOf(cells, 1) ?? []);
    }
  }
}

/**
 * Records of one slot together; the texts are of the record that counts. Rows of an export that say nothing but
 * zero are a record of no money, as long as none of them is more: then the amount is zero.
 */
const SLOTS = `
  create table slots (
    slot text primary key, records integer, taken_back integer, amount integer, doubt text, call text,
    outcome text, name text, order_id text, ref text, caller text, started_at integer, corrections integer,
    corrected_at integer, pending integer, outside integer, claims integer, first_sale integer
  ) without rowid;
  insert into slots
  select slot, records, taken_back, amount, doubt, call, outcome, name, coalesce(order_id, ''),
    coalesce(substr(refs, 1, 1000), ref), caller, started_at, corrections, corrected_at, pending, outside, 0, null
  from (
    select slot, sum(live) as records, max(taken_back) as taken_back,
      coalesce(sum(iif(live = 0, null, amount)), max(iif(taken_back, null, amount))) as amount,
      max(doubt) as doubt, max(call) as call, max(outcome) as outcome, max(name) as name, max(order_id) as order_id, max(ref) as ref,
      max(caller) as caller, max(started_at) as started_at, sum(corrections) as corrections,
      max(corrected_at) as corrected_at, sum(pending) as pending, min(outside) as outside,
      group_concat(iif(live > 0, ref, null), ' ') as refs
    from held group by slot order by slot
  );
`;

const SLOT =
  'slots.slot, slots.records, slots.taken_back, cast(slots.amount as text), slots.claims, slots.doubt, ' +
  'slots.call, slots.name, slots.order_id, slots.ref, slots.caller, slots.started_at, slots.corrections, ' +
  'slots.corrected_at, slots.pending';

function slotOf(cells: readonly SqlValue[], at: number): Slot | undefined {
  const [slot, records, takenBack, amount, claims, doubt, call, name, orderId, ref, caller] = cells.slice(at);
  if (slot == null) return undefined;
  return {
    slot: String(slot),
    records: Number(records),
    takenBack: takenBack === 1,
    amount: amount == null ? undefined : BigInt(amount),
    claims: Number(claims),
    doubt: (doubt as HeldDoubt | null) ?? undefined,
    call: textOf(call),
    name: textOf(name),
    orderId: orderId === '' ? undefined : textOf(orderId),
    ref: textOf(ref),
    caller: textOf(caller),
    startedAt: numberOf(cells[at + 11]),
    corrections: Number(cells[at + 12]),
    correctedAt: numberOf(cells[at + 13]),
    pending: Number(cells[at + 14]),
  };
}

function comparedRow(cells: readonly SqlValue[]): ComparedRow {
  const [, line, json, status, message, warning, key, intent, amount, first, trouble] = cells;
  return {
    line: Number(line),
    cells: JSON.parse(String(json)) as string[],
    status: (status as RowStatus | null) ?? undefined,
    message: textOf(message),
    warning: textOf(warning),
    key: textOf(key),
    intent: (intent as Intent | null) ?? undefined,
    amount: amountOf(amount),
    slot: slotOf(cells, 11),
    first: first === 1,
    trouble: textOf(trouble),
  };
}
