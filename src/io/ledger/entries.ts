import { statusInDoubt, type Doubt, type Namespace } from '../../core/ledger.js';
import type { Action } from '../../core/status.js';
import type { ReportedItem, ReportedRow, ToldApart } from '../../core/reported.js';
import { ALIKE, alikeRows, DROP_TABLES, EVENT, layDown, type Place } from './alike.js';
import { asked } from './attempts.js';
import { columns, jsonOf, jsonTextOf, wordOf } from './columns.js';
import { amountOf, numberOf, textOf, type SqlValue, type Database } from './database.js';
import { findNamespace, NAMESPACE } from './namespaces.js';
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
    cells: jsonTextOf('rows.cells'),
    run: 'entries.run',
    amount: 'entries.amount',
    sentAt: 'coalesce(kept.sent_at, entries.at)',
  },
);

/** The attempt in doubt. */
const TRIED = columns<Pick<ReportedRow, 'line' | 'run' | 'action' | 'amount' | 'code' | 'message'>>(
  { line: Number, run: Number, action: wordOf, amount: amountOf, code: textOf, message: textOf },
  'attempts',
  { action: asked('attempts', 'action') },
);

const OF_EVENT = `from events
  left join alike on events.kind = ${EVENT.alike} and alike.rowid = events.number
  left join entries on entries.namespace = ?1 and entries.key = events.key
  left join kept on kept.key = entries.key and kept.run = entries.run`;

const EVENTS = `
  select events.key, events.kind, events.number, coalesce(events.place, kept.place, 0), entries.digest is not null, entries.doubt,
    ${ALIKE.list}, ${HELD.list}, ${TRIED.list}
  ${OF_EVENT.replace('?1', '?4')} left join rows on rows.id = kept.id left join attempts on attempts.id = entries.last_attempt
  where (events.key, events.kind, events.number) > (?1, ?2, ?3)
  order by events.key, events.kind, events.number limit ${PAGE}`;

/** Where columns of an event begin. */
const AT = { alike: 6, held: 6 + ALIKE.names.length, tried: 6 + ALIKE.names.length + HELD.names.length };

/** Places with a header, in the order in which each is told of last: of several columns that nothing decides the last is named. */
const LAST_PLACES = `
  select kept.place ${OF_EVENT} where events.kind in (${EVENT.alike}, ${EVENT.change}) and kept.place is not null
  group by kept.place order by max(coalesce(alike.last_key, events.key))`;

/** See the port. All of it comes in the order of its first keys. */
export async function* heldRows(
  db: Database,
  account: Namespace,
  doubtOf: (action: Action) => Doubt,
  apart: ToldApart,
): AsyncGenerator<ReportedItem> {
  const namespace = findNamespace(db, account);
  const inFlight = new Map(rowsInFlight(db, namespace).map((row) => [row.key, row]));
  const places = placesOf(db, namespace, account, apart);
  const tables = new Tables(places, account);
  try {
    layDown(db, namespace, places, [...inFlight.keys()], apart);
    for await (const page of db.pages(EVENTS, ['', 0, 0], namespace)) {
      for (const cells of page) {
        const row = inFlight.get(String(cells[0]));
        yield* itemsOfEvent(cells, tables, row && { ...row, doubt: doubtOf(row.action) });
        if (cells[1] === EVENT.doubt) inFlight.delete(String(cells[0]));
      }
    }
    for (const [place] of db.all(LAST_PLACES, namespace)) yield tables.of(Number(place));
    for (const row of inFlight.values()) yield* inDoubt(row, doubtOf(row.action), undefined, tables);
  } finally {
    db.exec(DROP_TABLES);
  }
}

/** The files of the runs that had anything accepted, and the cells of each that are asked for. */
function placesOf(db: Database, namespace: number, account: Namespace, { cells }: ToldApart): Place[] {
  const runs = db
    .all('select id from runs where namespace = ? order by id', namespace)
    .map(([run]) => Number(run));
  return runs.flatMap((run) =>
    inputsOf(db, run).map(({ number, name, header }) => {
      const { vendor, account: own } = account;
      const table = { input: name, header, vendor, account: own, run };
      return { run, input: number, table, cells: cells(table) };
    }),
  );
}

/** Tables by the numbers of their places; what was pruned, or has no row of its own, is in one of its run. */
class Tables {
  readonly #places: readonly Place[];
  readonly #account: Namespace;

  constructor(places: readonly Place[], account: Namespace) {
    this.#places = places;
    this.#account = account;
  }

  place(number: number): Place | undefined {
    return this.#places[number - 1];
  }

  of(number: number): ReportedItem {
    const { vendor, account } = this.#account;
    const pruned = { input: `run-${-number}`, header: [], vendor, account, run: -number };
    return { kind: 'table', table: this.place(number)?.table ?? pruned };
  }
}

function* itemsOfEvent(
  cells: readonly SqlValue[],
  tables: Tables,
  inFlight: (RowInFlight & { readonly doubt: Doubt }) | undefined,
): Generator<ReportedItem> {
  const [key, kind, , place, isAccepted, doubt] = cells;
  const held = HELD.read(cells, AT.held);
  if (kind === EVENT.place) yield tables.of(Number(place));
  else if (kind === EVENT.doubt) {
    const tried = inFlight ?? {
      ...TRIED.read(cells, AT.tried),
      key: String(key),
      doubt: wordOf<Doubt>(doubt),
    };
    yield* inDoubt(tried, tried.doubt, isAccepted === 1 ? held : undefined, tables);
  } else {
    yield tables.of(Number(place) || -(held.run ?? 0));
    const row = { ...held, status: 'accepted' as const };
    if (kind === EVENT.change) yield { kind: 'rows', rows: [row] };
    else yield { kind: 'alike', rows: alikeRows(cells, AT.alike, row, tables.place(Number(place))) };
  }
}

/** The attempt in doubt, beside what was held `before` it. */
function* inDoubt(
  {
    line,
    run,
    action,
    amount,
    code,
    message,
    key,
  }: Omit<ReportedRow, 'cells' | 'status' | 'previousAmount' | 'sentAt'>,
  doubt: Doubt,
  before: Pick<ReportedRow, 'amount'> | undefined,
  tables: Tables,
): Generator<ReportedItem> {
  yield tables.of(-(run ?? 0));
  const row = { line, run, action, amount, code, message, key, cells: [], status: statusInDoubt(doubt) };
  yield { kind: 'rows', rows: [{ ...row, previousAmount: before?.amount, sentAt: undefined }] };
}
