import type { RunId } from '../../../core/row.js';
import { LEFT_OPEN, type RowStatus } from '../../../core/status.js';
import type { SqlValue } from '../database.js';
import { runOf } from '../run-rows.js';
import { fill } from './batches.js';
import { keysOf, Mirror } from './mirror.js';
import { processOf } from './this-process.js';

/** A mirror for who looks at all accounts. */
export class WideMirror extends Mirror {
  /** Who is at work, and on what: nothing is known yet of a run that is being read. */
  async holders(): Promise<void> {
    await this.once('holders', async () => {
      await this.runs();
      for (const { number, namespace, who, since } of await this.books.holders()) {
        const { pid, host } = processOf(who);
        this.db.run(
          `insert into holders (namespace, token, pid, host, boot, lock, beat) values (?, ?, ?, ?, 'elsewhere', '', ?)`,
          [namespace, who, pid, host, Math.max(Date.now(), since.getTime())],
        );
        this.db.run(
          `insert or ignore into runs (id, namespace, state, started_at) values (?, ?, 'staging', ?)`,
          [number, namespace, since.getTime()],
        );
      }
    });
  }

  /** What is held of one key, every attempt of it, and the rows that those were of, in every account. */
  async history(key: string): Promise<void> {
    await this.once(`key ${key}`, async () => {
      await this.runs();
      for (const namespace of this.namespaces()) {
        await this.histories(namespace, [key]);
        for (const own of await this.claims(namespace))
          if (own.key === key) await this.run(runOf(own.claim.row));
      }
    });
  }

  /** What is held of the keys of a run, and every attempt of them. */
  async keysOfRun(run: RunId): Promise<void> {
    await this.run(run);
    const whose = this.db.one('select namespace from runs where id = ?', run);
    const namespace = Number(whose?.[0] ?? 0);
    const keys = keysOf(this.db, run);
    await this.keys(namespace, keys);
    await this.trails(namespace, keys);
  }

  /** Something of each account of which anything is known. */
  async accounts(): Promise<void> {
    await this.runs();
    for (const entry of JSON.parse(await this.books.anyEntries()) as { namespace: number }[])
      fill(this.db, 'entries', JSON.stringify([entry]), { namespace: entry.namespace });
  }

  /** What stands next to a key that nobody knows. */
  async near(key: string): Promise<void> {
    await this.runs();
    for (const namespace of this.namespaces())
      fill(this.db, 'entries', await this.books.near(namespace, key), { namespace });
  }

  /** Every plan, and the runs that applied it. */
  async plans(): Promise<void> {
    await this.runs();
    for (const [run] of this.db.all('select run from plans')) await this.plan(Number(run));
  }

  /** Of the newest runs, or of all, the rows of those that left something open or go on, and what is held of their keys. */
  async open(last = -1): Promise<void> {
    return this.#openOf('true order by id desc limit ?', last);
  }

  /** The same of the newest run of each account. */
  async newest(): Promise<void> {
    return this.#openOf(`id in (select max(id) from runs where state <> 'planned' group by namespace)`);
  }

  /** The same of one. */
  async openRun(run: RunId): Promise<void> {
    return this.#openOf('id = ?', run);
  }

  async #openOf(which: string, ...params: number[]): Promise<void> {
    await this.runs();
    const runs = this.db.all(`select id, namespace, state, totals from runs where ${which}`, ...params);
    for (const [id, namespace, state, totals] of runs) {
      if (state !== 'pushing' && !isLeftOpen(totals)) continue;
      const run = Number(id);
      await this.once(`open ${run}`, async () => {
        await this.run(run);
        await this.keys(Number(namespace), keysOf(this.db, run));
      });
    }
  }

  /** Everything that is held in an account, and the rows of its runs. */
  async account(namespace: number): Promise<void> {
    await this.once(`account ${namespace}`, async () => {
      await this.runs();
      await this.entries(namespace);
      for (const [run] of this.db.all('select id from runs where namespace = ?', namespace))
        await this.run(Number(run));
    });
  }
}

function isLeftOpen(totals: SqlValue | undefined): boolean {
  const rows = JSON.parse(String(totals ?? '[]')) as { status: RowStatus }[];
  return rows.some(({ status }) => LEFT_OPEN.includes(status));
}
