import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Doubt } from '../../../core/ledger.js';
import type { RunId } from '../../../core/row.js';
import { LEFT_OPEN, type Action, type RowStatus } from '../../../core/status.js';
import { Database, jsonFor, type SqlValue } from '../database.js';
import { rowRange } from '../run-rows.js';
import { migrate } from '../schema.js';
import { fill, runOf } from './batches.js';
import type { BookReader } from './book-reader.js';
import { fillPages } from './pages.js';

/** Rows that are asked for at once. */
const PAGE = 5_000;

/** An entry, and what somebody is about to do with it. */
interface Sent {
  readonly key: string;
  readonly sent: Action | null;
}

const KEYS = 'namespace = $1 and key = any(array(select jsonb_array_elements_text($2::jsonb)))';

/**
 * A file ledger of this process alone, with what the books have of the runs, keys and accounts that were asked for: the
 * statements of a file ledger tell of them.
 */
export class Mirror {
  readonly #folder: string;
  readonly db: Database;
  readonly #books: BookReader;
  readonly #there = new Map<string, Promise<void>>();
  /** Of a dry run: what is in doubt of rows that others have in flight. A push recovers them. */
  doubtOf: ((action: Action) => Doubt) | undefined;

  constructor(books: BookReader) {
    this.#books = books;
    this.#folder = mkdtempSync(join(tmpdir(), 'revsync-'));
    this.db = migrate(Database.scratch(join(this.#folder, 'books.db')));
    this.db.run('update generation set id = ?', [books.id]);
  }

  /** Accounts, runs with their files and plans, and how pushes ended. */
  async runs(): Promise<void> {
    await this.#once('runs', async () => {
      for (const table of ['namespaces', 'runs', 'inputs', 'ends', 'plans'] as const)
        fill(this.db, table, await this.#books.rows(table, 'true', []));
      this.db.exec('update namespaces set filed = 1');
    });
  }

  /** Who is at work. */
  async holders(): Promise<void> {
    await this.#once('holders', async () => {
      for (const { namespace, who, since } of await this.#books.holders()) {
        const [, pid = '0', host = ''] = /^process (\d+) on (.*)$/.exec(who) ?? [];
        this.db.run(
          `insert into holders (namespace, token, pid, host, boot, lock, beat) values (?, ?, ?, ?, 'elsewhere', '', ?)`,
          [namespace, who, Number(pid), host, Math.max(Date.now(), since.getTime())],
        );
      }
    });
  }

  /** The rows of a run, and what became of them. */
  async run(run: RunId): Promise<void> {
    await this.#once(`run ${run}`, async () => {
      await this.runs();
      fillPages(this.db, await this.#books.pages(run));
      const [first, last] = rowRange(run);
      const namespace = this.db.one('select namespace from runs where id = ?', run)?.[0];
      const same = { namespace: Number(namespace ?? 0) };
      fill(
        this.db,
        'attempts',
        await this.#books.rows('attempts', 'id between $1 and $2', [first, last]),
        same,
      );
      fill(this.db, 'plan_rows', await this.#books.rows('plan_rows', 'id between $1 and $2', [first, last]));
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
    const found = await this.#books.rows('entries', where, params, `, claim ->> 'action' as sent`);
    fill(this.db, 'entries', found, { namespace });
    const { doubtOf } = this;
    if (doubtOf === undefined) return found;
    for (const { key, sent } of sentIn(found))
      if (sent !== null)
        this.db.run('update entries set doubt = ? where namespace = ? and key = ?', [
          doubtOf(sent),
          namespace,
          key,
        ]);
    return found;
  }

  /** Every attempt of keys. Asked for each time. */
  async trails(namespace: number, keys: readonly string[]): Promise<string> {
    if (keys.length === 0) return '[]';
    const found = await this.#books.trails(namespace, jsonFor([...new Set(keys)]));
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
    await this.#once('doubts', async () => {
      await this.runs();
      for (const namespace of this.#namespaces()) {
        const found = await this.#books.rows('entries', 'namespace = $1 and doubt is not null', [namespace]);
        const entries = JSON.parse(found) as { key: string }[];
        await this.histories(
          namespace,
          entries.map(({ key }) => key),
        );
      }
    });
  }

  /** The same of one key, in every account. */
  async history(key: string): Promise<void> {
    await this.#once(`key ${key}`, async () => {
      await this.runs();
      for (const namespace of this.#namespaces()) await this.histories(namespace, [key]);
    });
  }

  /** Something of each account of which anything is known. */
  async accounts(): Promise<void> {
    await this.runs();
    for (const entry of JSON.parse(await this.#books.anyEntries()) as { namespace: number }[])
      fill(this.db, 'entries', JSON.stringify([entry]), { namespace: entry.namespace });
  }

  /** What stands next to a key that nobody knows. */
  async near(key: string): Promise<void> {
    await this.runs();
    for (const namespace of this.#namespaces())
      fill(this.db, 'entries', await this.#books.near(namespace, key), { namespace });
  }

  /** A plan, and the runs that applied it. */
  async plan(run: RunId): Promise<void> {
    await this.runs();
    await this.run(run);
    for (const [applied] of this.db.all('select id from runs where plan = ?', run))
      await this.run(Number(applied));
  }

  /** All of them. */
  async plans(): Promise<void> {
    await this.runs();
    for (const [run] of this.db.all('select run from plans')) await this.plan(Number(run));
  }

  /** Runs that ended before then, and what is in doubt. */
  async endedBefore(at: number): Promise<void> {
    await this.doubts();
    for (const [run] of this.db.all('select id from runs where ended_at < ?', at))
      await this.run(Number(run));
  }

  /** The rows of runs that left something open, and what is held of their keys. */
  async open(): Promise<void> {
    await this.#once('open', async () => {
      await this.runs();
      const runs = this.db.all('select id, namespace, totals from runs');
      for (const [id, namespace, totals] of runs) {
        if (!isLeftOpen(totals)) continue;
        const run = Number(id);
        await this.run(run);
        await this.keys(Number(namespace), keysOf(this.db, run));
      }
    });
  }

  /** Everything that is held in an account, and the rows of its runs. */
  async account(namespace: number): Promise<void> {
    await this.#once(`account ${namespace}`, async () => {
      await this.runs();
      const held = await this.#books.rows('entries', 'namespace = $1 and last_attempt is not null', [
        namespace,
      ]);
      fill(this.db, 'entries', held, { namespace });
      for (const [run] of this.db.all('select id from runs where namespace = ?', namespace))
        await this.run(Number(run));
    });
  }

  /** Rows of sales that could be those of `same`, a JSON array of likenesses, and what is known of their keys. */
  async alike(namespace: number, same: string): Promise<void> {
    const wanted = 'namespace = $1 and same = any(array(select jsonb_array_elements_text($2::jsonb)))';
    const found = await this.#books.rows('likenesses', wanted, [namespace, same]);
    fill(this.db, 'likenesses', found, { namespace });
    const keys = (JSON.parse(found) as { key: string }[]).map(({ key }) => key);
    await this.keys(namespace, keys);
    await this.trails(namespace, keys);
  }

  /** Attempts that were begun since then. */
  async attemptsSince(namespace: number, since: number): Promise<void> {
    const recent = await this.#books.rows('attempts', 'namespace = $1 and at > $2', [namespace, since]);
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

  #namespaces(): number[] {
    return this.db.all('select id from namespaces').map(([id]) => Number(id));
  }

  /** Reads something unless it is there. */
  async #once(what: string, read: () => Promise<void>): Promise<void> {
    const reading = this.#there.get(what) ?? read();
    this.#there.set(what, reading);
    return reading;
  }
}

function sentIn(entries: string): Sent[] {
  return JSON.parse(entries) as Sent[];
}

/** The keys of the rows of a run. */
export function keysOf(db: Database, run: RunId): string[] {
  const sql = 'select distinct key from rows where id between ? and ? and key is not null';
  return db.all(sql, ...rowRange(run)).map(([key]) => String(key));
}

function isLeftOpen(totals: SqlValue | undefined): boolean {
  const rows = JSON.parse(String(totals ?? '[]')) as { status: RowStatus }[];
  return rows.some(({ status }) => LEFT_OPEN.includes(status));
}
