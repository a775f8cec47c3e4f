import { statusInDoubt, type Doubt, type Namespace } from '../../core/ledger.js';
import type { Action } from '../../core/status.js';
import type { ReportedItem, ReportedRow, ReportedTable } from '../../core/reported.js';
import { columns, jsonOf, wordOf } from './columns.js';
import { amountOf, numberOf, textOf, type SqlValue, type Database } from './database.js';
import { findNamespace, NAMESPACE } from './namespaces.js';
import { rowRange } from './run-rows.js';
import { rowsInFlight, type RowInFlight } from './in-flight.js';
import { inputsOf } from './runs.js';

const PAGE = 500;

const ACCOUNT = columns<Namespace>(NAMESPACE);

/** The accounts in which anything was ever accepted, is in doubt or is in flight. */
export function bookedAccounts(db: Database): Namespace[] {
  return ACCOUNT.select(
    db,
    `from namespaces where exists (select 1 from entries where namespace = namespaces.id)
       or exists (select 1 from runs where namespace = namespaces.id and state = 'pushing')
     order by vendor, account, origin`,
  );
}

/** The row that had what is held accepted. */
const HELD = columns<Omit<ReportedRow, 'status' | 'code' | 'message' | 'superseded'>>(
  {
    key: textOf,
    line: (cell) => Number(cell ?? 0),
    cells: (cell) => jsonOf(cell ?? '[]'),
    run: Number,
    action: wordOf,
    amount: amountOf,
    previousAmount: amountOf,
    sentAt: numberOf,
  },
  'rows',
  {
    key: 'entries.key',
    run: 'entries.run',
    amount: 'entries.amount',
    sentAt: 'coalesce(held_rows.sent_at, entries.at)',
  },
);

/** The attempt in doubt. */
const TRIED = columns<Pick<ReportedRow, 'line' | 'run' | 'action' | 'amount' | 'code' | 'message'>>(
  { line: Number, run: Number, action: wordOf, amount: amountOf, code: textOf, message: textOf },
  'attempts',
);

/**
 * What is held for every key of an account, as rows of status `accepted`; and for keys that wait for a person also the
 * attempt in doubt, as `unknown`, as for those of rows in flight. Cells are those of the row that had it accepted, none where they were pruned.
 */
export async function* heldRows(
  db: Database,
  account: Namespace,
  doubtOf: (action: Action) => Doubt,
): AsyncGenerator<ReportedItem> {
  const namespace = findNamespace(db, account);
  const inFlight = new Map(rowsInFlight(db, namespace).map((row) => [row.key, row]));
  findRowsOfEntries(db, namespace);
  try {
    const tables = new Map<string, ReportedTable>();
    let open = '';
    const items = function* ({ place, row }: PlacedRow): Generator<ReportedItem> {
      if (place !== open || tables.size === 0) {
        open = place;
        const table = tables.get(place) ?? tableOf(db, place, account);
        tables.set(place, table);
        yield { kind: 'table', table };
      }
      yield { kind: 'rows', rows: [row] };
    };
    const pages = db.pages(
      `select entries.key, entries.digest is not null, entries.doubt, coalesce(rows.input, 0), ${HELD.list}, ${TRIED.list}
       from entries left join held_rows on held_rows.key = entries.key left join rows on rows.id = held_rows.id
         left join attempts on attempts.id = entries.last_attempt
       where entries.key > ? and entries.namespace = ? order by entries.key limit ${PAGE}`,
      [''],
      namespace,
    );
    for await (const page of pages) {
      for (const cells of page) {
        const key = String(cells[0]);
        for (const one of rowsOfEntry(cells, doubtOf, inFlight.get(key))) yield* items(one);
        inFlight.delete(key);
      }
    }
    for (const row of inFlight.values()) yield* items(inDoubt(row, doubtOf(row.action), undefined));
  } finally {
    db.exec('drop table held_rows');
  }
}

/** Rows have no index by key: they are looked through once, on disk. */
function findRowsOfEntries(db: Database, namespace: number): void {
  db.exec(
    'create temp table held_rows (key text primary key, id integer not null, sent_at integer) without rowid',
  );
  for (const [run] of db.all('select id from runs where namespace = ?', namespace)) {
    const [first, last] = rowRange(Number(run));
    db.run(
      `insert or replace into held_rows
       select rows.key, rows.id, rows.sent_at from run_rows as rows cross join entries
         on entries.namespace = ? and entries.key = rows.key and entries.run = ?
       where rows.id between ? and ? and rows.status = 'accepted'`,
      [namespace, Number(run), first, last],
    );
  }
}

/** The table of a row: its run and input; where its cells were pruned there is none to be found. */
function tableOf(db: Database, place: string, { vendor, account }: Namespace): ReportedTable {
  const [run, input] = place.split('/').map(Number);
  const file = inputsOf(db, run ?? 0).find(({ number }) => number === input);
  return { input: file?.name ?? `run-${run}`, header: file?.header ?? [], vendor, account };
}

/** A row, and its run and input. */
interface PlacedRow {
  readonly place: string;
  readonly row: ReportedRow;
}

function* rowsOfEntry(
  cells: readonly SqlValue[],
  doubtInFlight: (action: Action) => Doubt,
  inFlight: RowInFlight | undefined,
): Generator<PlacedRow> {
  const [, isAccepted, doubt, input] = cells;
  const held = HELD.read(cells, 4);
  const before = isAccepted === 1 ? held : undefined;
  if (before !== undefined) yield { place: `${held.run}/${input}`, row: { ...held, status: 'accepted' } };
  if (inFlight !== undefined) yield inDoubt(inFlight, doubtInFlight(inFlight.action), before);
  else if (doubt !== null)
    yield inDoubt({ ...TRIED.read(cells, 4 + HELD.names.length), key: held.key }, wordOf(doubt), before);
}

/** The attempt in doubt, beside what was held `before` it. */
function inDoubt(
  tried: Omit<ReportedRow, 'cells' | 'status' | 'previousAmount'>,
  doubt: Doubt,
  before: Pick<ReportedRow, 'amount'> | undefined,
): PlacedRow {
  return {
    place: `${tried.run}/0`,
    row: { ...tried, cells: [], status: statusInDoubt(doubt), previousAmount: before?.amount },
  };
}
