import type { PushEnd } from '../../../core/ledger.js';
import { BookReader, type Page } from './book-reader.js';
import { writeAccount } from './lease.js';
import { batchOf, COLUMNS, listOf, quoted } from './tables.js';

/** Of an attempt that reached the vendor late, what is not as the machine wrote it down that took it over; `$4` is the time. */
const LATE: Readonly<Record<string, string>> = {
  // Rows have ids below that, and what a person says of them above it.
  id: `held.row + ${2 ** 30}`,
  status: `case held.doubt when 'blocked' then 'unknown' else 'failed' end`,
  tries: `'[]'`,
  http_status: 'null::integer',
  code: `'sent_late'`,
  message: `'a machine that had stood still may have sent this after what was sent then'`,
  at: '$4::bigint',
  before: 'held.last_attempt',
  warning: 'null::text',
};

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

  /**
   * Keys of `late`, a JSON array of `{key, row, doubt}`, for which something was sent since the attempt `row` was taken over from
   * `holder`: they are in doubt, by a further attempt like that one. Returns those that somebody else is at work on, of which nothing is said.
   */
  async addLate(namespace: number, holder: number, late: string, at: number): Promise<ReadonlySet<string>> {
    const columns = Object.keys(COLUMNS.attempts).map((name) => LATE[name] ?? `taken.${quoted(name)}`);
    const claimed = await this.db.all<{ key: string }>(
      `with late as materialized (select * from jsonb_to_recordset($3::jsonb) as late (key text, row bigint, doubt text)),
       held as materialized (
         select entries.key, entries.holder, last_attempt, late.row, late.doubt from entries join late on late.key = entries.key
         where namespace = $1 and holder is distinct from $2 and (holder is not null or last_attempt is distinct from late.row)
           and not exists (select 1 from meta where moved_to is not null) order by entries.key for update of entries
       ),
       told as (
         insert into attempts (namespace, ${listOf('attempts')})
         select $1, ${columns.join(', ')} from held join attempts as taken on taken.id = held.row where holder is null
         on conflict (id) do nothing returning key, id
       ),
       done as (
         update entries set doubt = held.doubt, last_attempt = told.id from held join told on told.key = held.key
         where entries.namespace = $1 and entries.key = held.key
       )
       select key from held where holder is not null`,
      [namespace, holder, late, at],
    );
    return new Set(claimed.map(({ key }) => key));
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
