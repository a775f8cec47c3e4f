import { outcomeSlot } from '../../core/breaks.js';
import type { Database } from './database.js';

/**
 * Finds the call of every sale and the outcome of it that the sale is about. A sale with an id is looked up by
 * that alone; another by caller and start. Of several calls within the tolerance, one that has an outcome with
 * the sale's own id goes first, then one that began in the same second; if there are still several, the sale is
 * in trouble.
 */
export function linkToCalls(db: Database, scope: number, toleranceMs: number): void {
  db.exec('create index slots_by_call on slots (call, outcome)');
  db.exec('create index calls_by_caller on held_calls (caller, started_at)');
  db.run(
    `update sales set call = coalesce(
       (select call from transactions where scope = ? and id = sales.ref),
       (select call from transactions where scope = ? and call = sales.ref limit 1),
       (select call from transactions where scope = ? and call = lower(sales.ref) limit 1))
     where ref is not null`,
    [scope, scope, scope],
  );
  db.exec('create temp table near (sale integer, call text, distance integer)');
  db.run(
    `insert into near
     select sales.id, held_calls.call,
       iif(sales.order_id <> '' and exists (select 1 from slots where slots.call = held_calls.call
         and slots.outcome = sales.outcome and slots.order_id = sales.order_id), 0, 2)
         + iif(held_calls.started_at / 1000 = sales.started_at / 1000, 0, 1)
     from sales cross join held_calls on held_calls.caller = sales.caller
       and held_calls.started_at between sales.started_at - ? and sales.started_at + ?
     where sales.ref is null and sales.caller is not null`,
    [toleranceMs, toleranceMs],
  );
  db.exec(`
    create index near_by_sale on near (sale, distance);
    update sales set
      call = (select iif(count(*) = 1, call, null) from near where sale = sales.id
        and distance = (select min(distance) from near where sale = sales.id)),
      trouble = (select iif(count(*) > 1, count(*) || ' calls of that caller began within the tolerance', null)
        from near where sale = sales.id and distance = (select min(distance) from near where sale = sales.id))
    where ref is null and caller is not null and trouble is null;
    drop table near;
  `);
  db.exec(`update sales set slot = ${slotOf('call', 'outcome')} where call is not null`);
  db.exec(`
    update sales set slot = ${slotOf("''", "''")}, trouble = null
    where order_id <> '' and exists (select 1 from slots where slots.slot = ${slotOf("''", "''")})
      and not exists (select 1 from slots where slots.slot = sales.slot);
  `);
  linkWithoutOrderId(db);
}

/** The slot of a sale of this call and name, as SQL. */
function slotOf(call: string, name: string): string {
  const separator = outcomeSlot('', '').charAt(0);
  return [call, name, 'order_id'].join(` || '${separator}' || `);
}

/**
 * Of a record that stands for several names it is what is true of the sale's name that counts, and where no sale is
 * about it, whether any of them is true. Money of which that is not told is not held.
 */
export function tellSignals(db: Database): void {
  db.exec(`
    create index sales_by_order on sales (order_id);
    create temp table said as
      select held.id as held, min(sales.id), sales.outcome as outcome,
        (select value from json_each(held.signals) where key = sales.outcome) as truth
      from held join sales on sales.order_id = held.order_id
      where held.signals is not null and held.order_id <> '' group by held.id;
    update held set outcome = said.outcome, live = truth is 1, taken_back = truth is 0 from said where said.held = held.id;
    update held set doubt = 'untold', amount = null
      where live = 0 and taken_back = 0 and amount is not null;
    drop table said;
  `);
}

/** A sale without an id of its own is about the one outcome of that name which no other sale is about. */
function linkWithoutOrderId(db: Database): void {
  db.exec(`
    create table open_sales as select id, call, outcome from sales
      where order_id = '' and slot is not null and not exists (select 1 from slots where slots.slot = sales.slot);
    create temp table taken as select distinct slot from sales where slot is not null;
    create unique index taken_slots on taken (slot);
    create temp table candidates as
      select open_sales.id as sale, slots.slot from open_sales
      cross join slots on slots.call = open_sales.call and slots.outcome = open_sales.outcome
      where slots.slot not in (select slot from taken) and (slots.records > 0 or not exists (
        select 1 from slots as live where live.call = slots.call and live.outcome = slots.outcome
          and live.records > 0 and live.slot not in (select slot from taken)));
    create index candidates_by_sale on candidates (sale);
    update sales set slot = chosen.slot, trouble = chosen.trouble
      from (select sale, iif(count(*) = 1, slot, null) as slot,
          iif(count(*) > 1, 'the vendor holds ' || count(*) || ' outcomes of that name on the call, each with its own order id', null)
            as trouble
        from candidates group by sale) as chosen
      where sales.id = chosen.sale;
    drop table candidates;
    drop table taken;
    drop table open_sales;
  `);
}

/** Counts the rows about each slot, and lists what no row is about. */
export function linkToSlots(db: Database): void {
  db.exec(`
    create table claims (slot text primary key, claims integer not null, first_sale integer not null) without rowid;
    insert into claims select slot, sum(live), min(id) from sales where slot is not null group by slot order by slot;
    create temp table names as select distinct outcome from sales where outcome is not null;
    create table extras (number integer primary key, slot text not null);
    insert into extras (slot) select slot from slots
      where outside = 0 and not exists (select 1 from claims where claims.slot = slots.slot)
        and (coalesce(amount, 0) <> 0 or doubt = 'untold' or (records > 0 and outcome in (select outcome from names)))
      order by started_at, slot;
    drop table names;
  `);
}
