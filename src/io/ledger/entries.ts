import type { Namespace } from '../../core/ledger.js';
import type { ReportedItem, ReportedRow, ReportedTable } from '../../core/reported.js';
import { amountOf, type SqlValue, type Database } from './database.js';
import { findNamespace } from './namespaces.js';
import { rowRange } from './run-rows.js';
import { inputsOf } from './runs.js';

const PAGE = 500;

/** The accounts whose books the ledger keeps, and in which anything was ever accepted or is in doubt. */
export function bookedAccounts(db: Database): Namespace[] {
  return db
    .all(
      `select vendor, account, origin from namespaces
       where exists (select 1 from entries where namespace = namespaces.id) order by vendor, account, origin`,
    )
    .map(([vendor, account, origin]) => ({
      vendor: String(vendor),
      account: String(account),
      origin: String(origin),
    }));
}

/**
 * What is held for every key of an account, as rows of status `accepted`; and for keys that wait for a person also the
 * attempt in doubt, as `unknown`. Cells are those of the row that had it accepted, none where they were pruned.
 */
export async function* heldRows(db: Database, account: Namespace): AsyncGenerator<ReportedItem> {
  const namespace = findNamespace(db, account);
  findRowsOfEntries(db, namespace);
  try {
    const tables = new Map<string, ReportedTable>();
    let open = '';
    let after = '';
    for (;;) {
      await Promise.resolve();
      const page = db.all(
        `select entries.key, entries.digest, entries.amount, entries.run, entries.at, entries.doubt, rows.line,
           rows.cells, rows.action, rows.previous_amount, held_rows.sent_at, rows.input, attempts.run, attempts.input,
           attempts.line, attempts.amount, attempts.code, attempts.message, attempts.action
         from entries left join held_rows on held_rows.key = entries.key left join rows on rows.id = held_rows.id
           left join attempts on attempts.id = entries.last_attempt
         where entries.namespace = ? and entries.key > ? order by entries.key limit ${PAGE}`,
        namespace,
        after,
      );
      if (page.length === 0) return;
      after = String(page.at(-1)?.[0]);
      for (const cells of page) {
        for (const { place, row } of rowsOfEntry(cells)) {
          if (place !== open || tables.size === 0) {
            open = place;
            const table = tables.get(place) ?? tableOf(db, place, account);
            tables.set(place, table);
            yield { kind: 'table', table };
          }
          yield { kind: 'rows', rows: [row] };
        }
      }
    }
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

function* rowsOfEntry(cells: readonly SqlValue[]): Generator<{ place: string; row: ReportedRow }> {
  const [key, digest, amount, run, at, doubt, line, json, action, previous, sentAt, input] = cells;
  const none = { code: undefined, message: undefined, previousAmount: undefined };
  if (digest !== null) {
    const row: ReportedRow = {
      ...none,
      key: String(key),
      line: Number(line ?? 0),
      cells: json === null ? [] : (JSON.parse(String(json)) as string[]),
      run: Number(run),
      status: 'accepted',
      action: action === null ? undefined : (action as ReportedRow['action']),
      amount: amountOf(amount),
      previousAmount: amountOf(previous),
      sentAt: Number(sentAt ?? at),
    };
    yield { place: `${Number(run)}/${Number(input ?? 0)}`, row };
  }
  if (doubt === null) return;
  const [triedIn, , triedLine, tried, code, message, triedAs] = cells.slice(12);
  const row: ReportedRow = {
    ...none,
    key: String(key),
    line: Number(triedLine ?? 0),
    cells: [],
    run: Number(triedIn),
    status: doubt === 'blocked' ? 'unknown' : 'failed',
    action: triedAs as ReportedRow['action'],
    amount: amountOf(tried),
    previousAmount: digest === null ? undefined : amountOf(amount),
    code: code === null || code === undefined ? undefined : String(code),
    message: message === null || message === undefined ? undefined : String(message),
    sentAt: undefined,
  };
  yield { place: `${Number(triedIn)}/0`, row };
}
