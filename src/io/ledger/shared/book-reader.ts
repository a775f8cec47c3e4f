import { Connection } from './connection.js';
import { isAmong, listOf, type Shared } from './tables.js';

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
    return this.#json(`select ${listOf(table)}${more} from ${table} where ${where}`, params);
  }

  /** What a statement finds, a JSON array. */
  async #json(sql: string, params: readonly (string | number)[] = []): Promise<string> {
    const found = await this.db.one<{ json: string }>(
      `select coalesce(json_agg(found), '[]') as json from (${sql}) as found`,
      params,
    );
    return found?.json ?? '[]';
  }

  /** The chain of attempts of these keys, a JSON array; `keys` is one. */
  async trails(namespace: number, keys: string): Promise<string> {
    return this.#json(
      `with recursive trail (attempt) as (
         select last_attempt from entries where namespace = $1 and ${isAmong('key', '$2')}
         union all
         select attempts."before" from trail join attempts on attempts.id = trail.attempt where attempts."before" is not null
       )
       select ${listOf('attempts')} from trail join attempts on attempts.id = trail.attempt`,
      [namespace, keys],
    );
  }

  /** What is claimed in an account, a JSON array of keys with their claims. */
  async claims(namespace: number): Promise<string> {
    return this.#json('select key, claim from entries where namespace = $1 and holder is not null', [
      namespace,
    ]);
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
    return this.#json(
      `select namespaces.id as namespace, any_of.* from namespaces cross join lateral (
         select ${listOf('entries')} from entries where namespace = namespaces.id and last_attempt is not null limit 1) as any_of`,
    );
  }

  /** Entries of the keys that stand next to one, in the order of their letters; a JSON array. */
  async near(namespace: number, key: string): Promise<string> {
    const [after, before] = (['> $2 order by key asc', '< $2 order by key desc'] as const).map(
      (near) =>
        `(select ${listOf('entries')} from entries where namespace = $1 and last_attempt is not null and key ${near} limit 5)`,
    );
    return this.#json(`${after} union all ${before}`, [namespace, key]);
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
