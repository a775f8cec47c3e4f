import { Connection } from './connection.js';
import { listOf, type Shared } from './tables.js';

/** Rows of a run, packed; `first` is the id of the first. */
export interface Page {
  readonly run: number;
  readonly first: number;
  readonly rows: Buffer;
}

/** What can be looked up in books that machines share: rows as JSON arrays. */
export class BookReader {
  protected readonly db: Connection;

  /** Of the ledger, wherever it is copied. */
  id = '';

  protected constructor(address: string) {
    this.db = new Connection(address);
  }

  /** Rows of a table as a JSON array; `where` with parameters from $1 on. */
  async rows(table: Shared, where: string, params: readonly (string | number)[], more = ''): Promise<string> {
    const found = await this.db.one<{ json: string | null }>(
      `select coalesce(json_agg(found), '[]') as json from (select ${listOf(table)}${more} from ${table} where ${where}) as found`,
      params,
    );
    return found?.json ?? '[]';
  }

  /** The chain of attempts of these keys, a JSON array; `keys` is one. */
  async trails(namespace: number, keys: string): Promise<string> {
    const found = await this.db.one<{ json: string }>(
      `with recursive trail (attempt) as (
         select last_attempt from entries where namespace = $1 and key = any(array(select jsonb_array_elements_text($2)))
         union all
         select attempts."before" from trail join attempts on attempts.id = trail.attempt where attempts."before" is not null
       )
       select coalesce(json_agg(found), '[]') as json
       from (select ${listOf('attempts')} from trail join attempts on attempts.id = trail.attempt) as found`,
      [namespace, keys],
    );
    return found?.json ?? '[]';
  }

  /** What is claimed in an account, a JSON array of keys with their claims. */
  async claims(namespace: number): Promise<string> {
    const found = await this.db.one<{ json: string }>(
      `select coalesce(json_agg(found), '[]') as json
       from (select key, claim from entries where namespace = $1 and holder is not null) as found`,
      [namespace],
    );
    return found?.json ?? '[]';
  }

  /** When an answer to what was sent last was known. */
  async lastAttemptAt(namespace: number): Promise<number | undefined> {
    const found = await this.db.one<{ at: number | null }>(
      'select max(at) as at from attempts where namespace = $1',
      [namespace],
    );
    return found?.at ?? undefined;
  }

  /** One entry of each account of which anything is known, a JSON array. */
  async anyEntries(): Promise<string> {
    const found = await this.db.one<{ json: string }>(
      `select coalesce(json_agg(found), '[]') as json from (select namespaces.id as namespace, any_of.* from namespaces
         cross join lateral (select ${listOf('entries')} from entries where namespace = namespaces.id and last_attempt is not null limit 1) as any_of) as found`,
    );
    return found?.json ?? '[]';
  }

  /** Entries of the keys that stand next to one, in the order of their letters; a JSON array. */
  async near(namespace: number, key: string): Promise<string> {
    const [after, before] = (['> $2 order by key asc', '< $2 order by key desc'] as const).map(
      (near) =>
        `(select ${listOf('entries')} from entries where namespace = $1 and last_attempt is not null and key ${near} limit 5)`,
    );
    const found = await this.db.one<{ json: string }>(
      `select coalesce(json_agg(found), '[]') as json from (${after} union all ${before}) as found`,
      [namespace, key],
    );
    return found?.json ?? '[]';
  }

  async pages(run: number): Promise<readonly Page[]> {
    return this.db.all<Page>('select run, first, rows from pages where run = $1 order by first', [run]);
  }

  /** Of every run that has rows the id of the first. */
  async firstRows(): Promise<readonly number[]> {
    const found = await this.db.all<{ first: number }>('select min(first) as first from pages group by run');
    return found.map(({ first }) => first);
  }

  /** Processes at work, with whose account each has and the number of the run that it is at. */
  async holders(): Promise<readonly { number: number; namespace: number; who: string; since: Date }[]> {
    return this.db.all(
      `select number, holders.namespace, who, since from holders join namespaces on namespaces.holder = holders.number
       where until + quiet > clock_timestamp()`,
    );
  }
}
