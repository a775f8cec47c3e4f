import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Doubt } from '../../../core/ledger.js';
import type { RunId } from '../../../core/row.js';
import type { Action } from '../../../core/status.js';
import { Database, jsonFor } from '../database.js';
import { rowRange, RUN_STRIDE, runOf } from '../run-rows.js';
import { migrate } from '../schema.js';
import { fill, markInFlight } from './batches.js';
import type { BookReader } from './book-reader.js';
import { fillPages } from './pages.js';
import { isAmong } from './tables.js';

/** Rows that are asked for at once. */
const PAGE = 5_000;

/** An entry, and what somebody is about to do with it. */
interface Sent {
  readonly key: string;
  readonly sent: Action | null;
}

/** A key that is claimed, and for which row. */
export interface Claim {
  readonly key: string;
  readonly claim: { readonly row: number };
}

const KEYS = `namespace = $1 and ${isAmong('key', '$2')}`;

/** An attempt is named by its row, but for those of an older revsync. */
const OF_RUN = `id between $1 and $2 or (id < ${RUN_STRIDE} and run = $3)`;

/**
 * A file ledger of this process alone, with what the books have of the runs, keys and accounts that were asked for: the
 * statements of a file ledger tell of them.
 */
export class Mirror {
  readonly #folder: string;
  readonly db: Database;
  protected readonly books: BookReader;
  readonly #there = new Map<string, Promise<unknown>>();
  /** Of a dry run: what is in doubt of rows that others have in flight. A push recovers them. */
  doubtOf: ((action: Action) => Doubt) | undefined;

  constructor(books: BookReader) {
    this.books = books;
    this.#folder = mkdtempSync(join(tmpdir(), 'revsync-'));
    this.db = migrate(Database.scratch(join(this.#folder, 'books.db')));
    this.db.run('update generation set id = ?', [books.id]);
  }

  /** Accounts, runs with their files and plans, and how pushes ended. */
  async runs(): Promise<void> {
    await this.once('runs', async () => {
      for (const table of ['namespaces', 'runs', 'inputs', 'plans'] as const)
        fill(this.db, table, await this.books.rows(table, 'true', []));
      fill(this.db, 'ends', await this.books.rows('ends', 'true order by id', []));
      this.db.exec('update namespaces set filed = 1');
      // Whether a run has rows is asked of every one.
      const first = `insert into rows (id, input, line, cells) select value, 0, 0, '[]' from json_each(?)`;
      this.db.run(first, [jsonFor(await this.books.firstRows())]);
    });
  }

  /** Which rows of an account are claimed and not settled. */
  async claims(namespace: number): Promise<readonly Claim[]> {
    const what = `claims ${namespace}`;
    const reading = this.#there.get(what) ?? this.books.claims(namespace);
    this.#there.set(what, reading);
    return JSON.parse((await reading) as string) as Claim[];
  }

  /** The rows of a run, and what became of them: those are in flight that were claimed and of which no attempt is told later. */
  async run(run: RunId): Promise<void> {
    await this.once(`run ${run}`, async () => {
      await this.runs();
      const namespace = this.db.one('select namespace from runs where id = ?', run)?.[0];
      const same = { namespace: Number(namespace ?? 0) };
      const claims = await this.claims(same.namespace);
      fillPages(this.db, await this.books.pages(run));
      const [first, last] = rowRange(run);
      fill(this.db, 'attempts', await this.books.rows('attempts', OF_RUN, [first, last, run]), same);
      fill(this.db, 'plan_rows', await this.books.rows('plan_rows', 'id between $1 and $2', [first, last]));
      const claimed = claims.map(({ claim }) => claim.row).filter((row) => runOf(row) === run);
      markInFlight(this.db, run, claimed);
    });
  }

  /** What is held of keys now. Asked for each time. */
  async keys(namespace: number, keys: readonly string[]): Promise<void> {
    await this.#entries(namespace, KEYS, [namespace, jsonFor([...new Set(keys)])]);
  }

  /** Everything that is held or in doubt in an account. */
  async entries(namespace: number): Promise<void> {
    const is = 'digest is not null or doubt is not null or holder is not null';
    const page = `namespace = $1 and key > $2 and (${is}) order by key limit ${PAGE}`;
    for (let after: string | undefined = ''; after !== undefined;)
      after = sentIn(await this.#entries(namespace, page, [namespace, after])).at(-1)?.key;
  }

  async #entries(namespace: number, where: string, params: readonly (string | number)[]): Promise<string> {
    const found = await this.books.rows('entries', where, params, `, claim ->> 'action' as sent`);
    // A key that is claimed for the first time has one of which nothing is known yet.
    fill(this.db, 'entries', found, { namespace }, `value ->> 'last_attempt' is not null`);
    const { doubtOf } = this;
    if (doubtOf === undefined) return found;
    const inDoubt = sentIn(found).flatMap(({ key, sent }) => (sent === null ? [] : [[key, doubtOf(sent)]]));
    this.db.run(
      `insert into entries (namespace, key, doubt) select ?, value ->> 0, value ->> 1 from json_each(?) where true
       on conflict (namespace, key) do update set doubt = excluded.doubt`,
      [namespace, jsonFor(inDoubt)],
    );
    return found;
  }

  /** Every attempt of keys. Asked for each time. */
  async trails(namespace: number, keys: readonly string[]): Promise<string> {
    if (keys.length === 0) return '[]';
    const found = await this.books.trails(namespace, jsonFor([...new Set(keys)]));
    fill(this.db, 'attempts', found, { namespace });
    return found;
  }

  /** What is held of keys, every attempt of them, and the rows that those were of. */
  async histories(namespace: number, keys: readonly string[]): Promise<void> {
    await this.keys(namespace, keys);
    const attempts = JSON.parse(await this.trails(namespace, keys)) as { id: number }[];
    for (const run of new Set(attempts.map(({ id }) => runOf(id)))) await this.run(run);
  }

  /** The same of everything that is in doubt. */
  async doubts(): Promise<void> {
    await this.once('doubts', async () => {
      await this.runs();
      for (const namespace of this.namespaces()) {
        const found = await this.books.rows('entries', 'namespace = $1 and doubt is not null', [namespace]);
        const entries = JSON.parse(found) as { key: string }[];
        await this.histories(
          namespace,
          entries.map(({ key }) => key),
        );
      }
    });
  }

  /** A plan, and the runs that applied it. */
  async plan(run: RunId): Promise<void> {
    await this.runs();
    await this.run(run);
    for (const [applied] of this.db.all('select id from runs where plan = ?', run))
      await this.run(Number(applied));
  }

  /** Rows of sales that could be those of `same`, a JSON array of likenesses, and what is known of their keys. */
  async alike(namespace: number, same: string): Promise<void> {
    const wanted = `namespace = $1 and ${isAmong('same', '$2')}`;
    const found = await this.books.rows('likenesses', wanted, [namespace, same]);
    fill(this.db, 'likenesses', found, { namespace });
    const keys = (JSON.parse(found) as { key: string }[]).map(({ key }) => key);
    await this.keys(namespace, keys);
    await this.trails(namespace, keys);
  }

  /** Attempts that were begun since then. */
  async attemptsSince(namespace: number, since: number): Promise<void> {
    const recent = await this.books.rows('attempts', 'namespace = $1 and at > $2', [namespace, since]);
    fill(this.db, 'attempts', recent, { namespace });
  }

  /** Removes the file. */
  close(): void {
    this.db.close();
    this.remove();
  }

  /** Of a file that is closed. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  protected namespaces(): number[] {
    return this.db.all('select id from namespaces').map(([id]) => Number(id));
  }

  /** Reads something unless it is there. */
  protected async once(what: string, read: () => Promise<void>): Promise<void> {
    const reading = this.#there.get(what) ?? read();
    this.#there.set(what, reading);
    await reading;
  }
}

function sentIn(entries: string): Sent[] {
  return JSON.parse(entries) as Sent[];
}

/** The keys of the rows of a run, also of those that were pruned. */
export function keysOf(db: Database, run: RunId): string[] {
  const ofRun = 'where id between ?1 and ?2 and key is not null';
  const sql = `select key from rows ${ofRun} union select key from attempts ${ofRun} or (id < ${RUN_STRIDE} and run = ?3)`;
  return db.all(sql, ...rowRange(run), run).map(([key]) => String(key));
}
