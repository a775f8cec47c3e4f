import type { AlikeRows, ReportedTable, ToldApart } from '../../core/reported.js';
import { columns } from './columns.js';
import { numberOf, textOf, type Database, type SqlValue } from './database.js';
import { RUN_STRIDE } from './run-rows.js';
import { QUARTER_HOUR } from './schema.js';

/** The cells that a report asks for. */
const CELLS = ['first_cell', 'second_cell', 'third_cell'] as const;

/**
 * `places` are the files of an account's runs, with the indexes of the cells that are asked for. `kept` are rows that had
 * something accepted and were not pruned, in the order of entries, so that joining them searches nothing. `alike` are groups
 * of entries, and `events` is all that is to be told, in its order. An event of a place has its number, or that of the run
 * less than 0 where rows were pruned.
 */
const TABLES = `
  create temp table places (
    place integer primary key, run integer not null, input integer not null,
    ${CELLS.map((name) => `${name} integer`).join(', ')}, unique (run, input)
  );
  create temp table kept (
    key text not null, run integer not null, id integer not null, place integer not null, action text,
    previous_amount integer, sent_at integer, ${CELLS.join(', ')}, primary key (key, run)
  ) without rowid;
  create temp table seen (place integer primary key, key text not null);
  create temp table events (
    key text not null, kind integer not null, number integer not null, place integer,
    primary key (key, kind, number)
  ) without rowid;
`;

export const DROP_TABLES = ['places', 'kept', 'seen', 'alike', 'events']
  .map((name) => `drop table if exists temp.${name};`)
  .join(' ');

/** What an event tells, of one key in this order. */
export const EVENT = { place: 0, alike: 1, change: 2, doubt: 3 } as const;

/** A file of a run, and the indexes of the cells that are asked for. */
export interface Place {
  readonly run: number;
  readonly input: number;
  readonly table: ReportedTable;
  readonly cells: readonly (number | undefined)[];
}

/** Of several rows of one key that a run had accepted the last one counts. A cell that a row does not have is blank. */
const FIND_KEPT = `
  insert or replace into kept
  select rows.key, runs.id, rows.id, places.place, rows.action, rows.previous_amount, rows.sent_at,
    ${CELLS.map((name) => `iif(${name} is null, null, coalesce(rows.cells ->> ${name}, ''))`).join(', ')}
  from runs
    cross join run_rows as rows on rows.id >= runs.id * ${RUN_STRIDE} and rows.id < (runs.id + 1) * ${RUN_STRIDE}
    join places on places.run = runs.id and places.input = rows.input
  where runs.namespace = ? and rows.status = 'accepted'
  order by rows.key, runs.id, rows.id`;

/**
 * Lays down what is to be told of all that an account holds: groups of entries that a report does not tell apart, changes
 * where they are, and doubts, those of keys in flight among them. Rows have no index by key: they are looked through once, on disk.
 */
export function layDown(
  db: Database,
  namespace: number,
  places: readonly Place[],
  inFlight: readonly string[],
  apart: ToldApart,
): void {
  db.exec(TABLES);
  for (const [index, { run, input, cells }] of places.entries())
    db.run('insert into places values (?, ?, ?, ?, ?, ?)', [
      ...[index + 1, run, input],
      ...CELLS.map((_, number) => cells[number] ?? null),
    ]);
  db.run(FIND_KEPT, [namespace]);
  const hasKept = db.one('select 1 from kept limit 1') !== undefined;
  const statements = entryStatements(hasKept, Math.max(0, ...places.map(({ cells }) => cells.length)), apart);
  db.run(statements.group, [namespace]);
  db.exec(`insert into events select key, ${EVENT.alike}, rowid, null from alike where count > 0`);
  const hasChanges = hasKept && apart.changes;
  if (hasChanges) db.run(statements.changes, [namespace]);
  if (hasChanges || db.one('select 1 from alike where doubts > 0') !== undefined)
    db.run(
      `insert into events select key, ${EVENT.doubt}, 0, null from entries where namespace = ? and doubt is not null`,
      [namespace],
    );
  db.run(
    `insert or ignore into events select key, ${EVENT.doubt}, 0, null from entries
     where namespace = ? and key in (select value from json_each(?))`,
    [namespace, JSON.stringify(inFlight)],
  );
  const isOne =
    'select count(*) = 1 and max(runs) is not null from alike where (select count(*) from events) = 1';
  if (db.one(isOne)?.[0] === 1)
    db.exec(
      `insert into events select alike.key, ${EVENT.place}, told.key, -told.value from alike, json_each(runs) as told
       where told.value is not null`,
    );
  else {
    db.run(statements.see, [namespace]);
    db.exec(`insert into events select key, ${EVENT.place}, 0, place from seen`);
  }
}

/**
 * Passes over the entries. Where nothing was kept and no time is asked for there is nothing to join and to sort, and the runs
 * are told in the order in which they begin.
 */
function entryStatements(hasKept: boolean, cells: number, { sentAt, changes }: ToldApart) {
  const kept = (name: string): string => (hasKept ? `kept.${name}` : 'null');
  const from = `from entries ${hasKept ? 'left join kept on kept.key = entries.key and kept.run = entries.run' : ''}`;
  const changed = `kept.action <> 'create'`;
  const sent = `coalesce(${kept('sent_at')}, entries.at)`;
  const left = hasKept
    ? `iif(entries.amount is null and kept.action = 'correct', kept.previous_amount, null)`
    : 'null';
  const counted = hasKept ? `coalesce(entries.amount, ${left})` : 'entries.amount';
  const by = [
    ...(hasKept ? ['place', 'action', ...CELLS.slice(0, cells)].map(kept) : []),
    ...(sentAt ? [`${sent} / ${QUARTER_HOUR * 1000}`] : []),
  ];
  // What was never accepted has no amount, no run and no time.
  return {
    group: `create temp table alike as
      select min(iif(digest is null, null, entries.key)) as key, max(iif(digest is null, null, entries.key)) as last_key,
        count(digest) as count, count(doubt) as doubts,
        ${by.length === 0 ? 'json_group_array(distinct entries.run)' : 'null'} as runs,
        ${CELLS.map((name) => `${kept(name)} as ${name}`).join(', ')},
        ${sumOf('entries.amount', 'amount')}, ${sumOf(left, 'left')}, ${sumOf(kept('previous_amount'), 'previous')},
        iif(${kept('action')} is null, count(digest) - count(entries.amount), 0) as unknown,
        sum(${counted} > 0) as above, sum(${counted} <> 0) as nonzero,
        min(${sent}) as sent_first, max(${sent}) as sent_last
      ${from} where namespace = ? ${hasKept && changes ? `and (${changed}) is not 1` : ''}
      ${by.length === 0 ? '' : `group by ${by.join(', ')}`}`,
    changes: `insert into events select entries.key, ${EVENT.change}, 0, null ${from}
      where namespace = ? and digest is not null and ${changed}`,
    see: `insert or ignore into seen select coalesce(${kept('place')}, -entries.run), entries.key
      ${from} where namespace = ? and digest is not null`,
  };
}

/** In two sums, neither of which can grow beyond 2^53: money as units of 2^20, and what is left of each. */
function sumOf(amount: string, name: string): string {
  const [high, low] = amount === 'null' ? ['0', '0'] : [`sum(${amount} >> 20)`, `sum(${amount} & 1048575)`];
  return `${high} as ${name}_high, ${low} as ${name}_low`;
}

function moneyOf(high: number, low: number): bigint {
  return BigInt(high) * 1_048_576n + BigInt(low);
}

/** A group, but for its first row. */
export const ALIKE = columns(
  {
    ...{ lastKey: String, firstCell: textOf, secondCell: textOf, thirdCell: textOf, count: Number },
    ...{ amountHigh: Number, amountLow: Number, leftHigh: Number, leftLow: Number },
    ...{ previousHigh: Number, previousLow: Number, unknown: Number, above: Number, nonzero: Number },
    ...{ sentFirst: numberOf, sentLast: numberOf },
  },
  'alike',
);

export function alikeRows(
  cells: readonly SqlValue[],
  from: number,
  row: AlikeRows['row'],
  place: Place | undefined,
): AlikeRows {
  const group = ALIKE.read(cells, from);
  const amount = moneyOf(group.amountHigh, group.amountLow);
  return {
    row: { ...row, cells: cellsOf(place, [group.firstCell, group.secondCell, group.thirdCell]) },
    count: group.count,
    amount,
    counted: amount + moneyOf(group.leftHigh, group.leftLow),
    previousAmount: moneyOf(group.previousHigh, group.previousLow),
    unknown: group.unknown,
    above: group.above,
    nonzero: group.nonzero,
    sent:
      group.sentFirst === undefined
        ? undefined
        : { first: group.sentFirst, last: group.sentLast ?? group.sentFirst },
  };
}

/** As many as the header has, blank but for those that were asked for; none where they were forgotten. */
function cellsOf(place: Place | undefined, asked: readonly (string | undefined)[]): string[] {
  const cells = new Array<string>(place?.table.header.length ?? 0).fill('');
  place?.cells.forEach((at, index) => {
    if (at !== undefined) cells[at] = asked[index] ?? '';
  });
  return cells;
}
