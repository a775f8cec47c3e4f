import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Libsql from 'libsql';

/** What a ledger says, read by SQL of its own and not by the program's. */
export interface LedgerCopy {
  readonly hasSchema: boolean;
  readonly runs: readonly { readonly run: number; readonly state: string }[];
  readonly rows: readonly {
    readonly run: number;
    readonly key: string;
    readonly status: string | null;
    readonly code: string | null;
  }[];
  /** What is known of each key at the vendor. */
  readonly entries: ReadonlyMap<string, LedgerEntry>;
}

export interface LedgerEntry {
  /** The amount last accepted, in 1/10000; null for a reversal, undefined where nothing was accepted. */
  readonly accepted: number | null | undefined;
  readonly doubt: string | null;
  /** Of the last attempt. */
  readonly run: number;
  readonly status: string;
  readonly code: string | null;
}

type Cell = string | number | null;

const NOTHING: LedgerCopy = { hasSchema: false, runs: [], rows: [], entries: new Map() };
const ROWS_OF_A_RUN = 2 ** 32;

/**
 * Reads a copy of the ledger as a process left it: the next one must find its logs untouched.
 * No process may have it open.
 */
export function readLedger(folder: string): LedgerCopy {
  const copy = join(folder, 'copy');
  mkdirSync(copy);
  try {
    for (const name of ['ledger.db', 'ledger.db-wal', 'ledger.db-journal']) {
      if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copy, name));
    }
    if (!existsSync(join(copy, 'ledger.db'))) return NOTHING;
    const db = new Libsql(join(copy, 'ledger.db'));
    try {
      return readAll(db);
    } finally {
      db.close();
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** A row is settled where its attempt is, or in itself; without either it is in flight up to where its run has claimed. */
const ROWS = `
  select rows.id / ${ROWS_OF_A_RUN}, rows.key,
    case when rows.status <> 'planned' then rows.status when attempts.id is not null then attempts.status
      when rows.id <= claimed_to then 'claimed' else 'planned' end,
    coalesce(rows.error_code, attempts.code)
  from rows join runs on runs.id = rows.id / ${ROWS_OF_A_RUN} left join attempts on attempts.id = rows.id
  order by rows.id`;

function readAll(db: Libsql.Database): LedgerCopy {
  const all = (sql: string): Cell[][] => db.prepare(sql).raw().all([]) as Cell[][];
  const has = (name: string): boolean => all(`select 1 from sqlite_master where name = '${name}'`).length > 0;
  if (!has('attempts')) return NOTHING;
  // The schema is made step by step, before anything else is written.
  if (!has('run_rows')) return { ...NOTHING, hasSchema: true };
  const [check] = all('pragma integrity_check');
  if (check?.[0] !== 'ok') throw new Error(`the ledger is damaged: ${String(check?.[0])}`);
  const text = (cell: Cell | undefined): string | null => (cell == null ? null : String(cell));
  const entries = all(
    `select entries.key, entries.digest is not null, entries.amount, doubt, attempts.run, status, code
     from entries join attempts on attempts.id = last_attempt`,
  );
  return {
    hasSchema: true,
    runs: all('select id, state from runs order by id').map(([run, state]) => ({
      run: Number(run),
      state: String(state),
    })),
    rows: all(ROWS).map(([run, key, status, code]) => ({
      run: Math.floor(Number(run)),
      key: String(key),
      status: text(status),
      code: text(code),
    })),
    entries: new Map(
      entries.map(([key, known, amount, doubt, run, status, code]) => [
        String(key),
        {
          accepted: Number(known) === 0 ? undefined : amount == null ? null : Number(amount),
          doubt: text(doubt),
          run: Number(run),
          status: String(status),
          code: text(code),
        },
      ]),
    ),
  };
}
