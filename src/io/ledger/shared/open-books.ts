import type { PushEnd } from '../../../core/ledger.js';
import { BookReader, type Page } from './book-reader.js';
import { writeAccount } from './lease.js';
import { batchOf, COLUMNS, listOf } from './tables.js';

/** What may be written to books while others push by them: nothing of it is said of a row that is claimed. */
export class OpenBooks extends BookReader {
  /** Rows of a run that nobody is at work on, as a person has settled them. */
  async correctPages(pages: Iterable<Page>): Promise<void> {
    for (const { run, first, rows } of pages)
      await this.db.all('update pages set rows = $1 where run = $2 and first = $3', [rows, run, first]);
  }

  async forgetPages(runs: readonly number[]): Promise<void> {
    const params = [JSON.stringify(runs)];
    const of = 'from jsonb_array_elements($1) as run';
    await this.db.all(
      `delete from plan_rows using (select run::bigint << 32 as first ${of}) as runs
       where id >= first and id < first + (1::bigint << 32)`,
      params,
    );
    await this.db.all(`delete from pages where run = any(array(select run::bigint ${of}))`, params);
  }

  /**
   * What a person said of a key, where nobody claims it and `seen` is the last that is known of it: with the word itself, an
   * attempt. False where something came in between.
   */
  async say(namespace: number, seen: number, entry: string, word: string): Promise<boolean> {
    const set = Object.keys(COLUMNS.entries).map((name) => `${name} = said.${name}`);
    const changed = await this.db.all(
      `with said as (select * from ${batchOf('entries', '$3')}),
       done as (
         update entries as held set ${set.join(', ')} from said
         where held.namespace = $1 and held.key = said.key and held.last_attempt = $2 and held.holder is null
           and not exists (select 1 from meta where moved_to is not null) returning held.key
       )
       insert into attempts (namespace, ${listOf('attempts')})
       select $1, ${listOf('attempts')} from ${batchOf('attempts', '$4')} where exists (select 1 from done) returning id`,
      [namespace, seen, entry, word],
    );
    return changed.length > 0;
  }

  /** How a push ended that came not so far as to enter its account. */
  async addEarlyEnd({ vendor, account, origin, ...end }: PushEnd): Promise<void> {
    await writeAccount(this.db, { vendor, account, origin });
    await this.db.all(
      `insert into ends (namespace, profile, files, started_at, ended_at, exit_code, says)
       select id, $4, $5, $6, $7, $8, $9 from namespaces where vendor = $1 and account = $2 and origin = $3`,
      [
        ...[vendor, account, origin, end.profile ?? null, JSON.stringify(end.files)],
        ...[end.startedAt, end.endedAt, end.exitCode, end.says ?? null],
      ],
    );
  }

  /** Where the results of an input go, unless that is known. */
  async place(run: number, input: number, place: string): Promise<void> {
    await this.db.all('update inputs set results = $3 where run = $1 and number = $2 and results is null', [
      run,
      input,
      place,
    ]);
  }
}
