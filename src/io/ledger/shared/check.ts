import type { LedgerHealth } from '../../../core/records.js';
import { Books } from './books.js';
import { Connection } from './connection.js';
import { SCHEMA } from './tables.js';

/** What does not fit together, as far as rows can be joined: each with the first key of it. */
const WRONG: Readonly<Record<string, string>> = {
  'whose last attempt is not there': `select key from entries as held where last_attempt is not null and not exists (
    select 1 from attempts as own where own.id = held.last_attempt and own.namespace = held.namespace and own.key = held.key)`,
  'of which an attempt follows none of theirs': `select key from attempts as later where "before" is not null and not exists (
    select 1 from attempts as own where own.id = later."before" and own.namespace = later.namespace and own.key = later.key)`,
  'of which an attempt is followed by two': `select min(key) as key from attempts where "before" is not null group by "before" having count(*) > 1`,
  'of which an attempt is in no chain': `select key from attempts as own
    where not exists (select 1 from attempts as later where later."before" = own.id)
      and not exists (select 1 from entries as held where held.namespace = own.namespace and held.key = own.key and held.last_attempt = own.id)`,
  'which no attempt had accepted': `select key from entries as held where digest is not null and not exists (
    select 1 from attempts as own where own.namespace = held.namespace and own.key = held.key and own.run = held.run and own.status = 'accepted')`,
  'that are claimed by nobody': `select key from entries where holder is not null and not exists (select 1 from holders where number = holder)`,
};

const MINUTES_10 = 600_000;

/** How large books are and what they know, and what is wrong with them. */
export async function checkBooks(
  address: string,
): Promise<Pick<LedgerHealth, 'bytes' | 'runs' | 'keys' | 'damage'>> {
  // Of the right version, or it throws.
  await (await Books.open(address)).close();
  const db = new Connection(address);
  db.timeoutMs = MINUTES_10;
  try {
    const damage: string[] = [];
    for (const [what, sql] of Object.entries(WRONG)) {
      const found = await db.one<{ count: number; key: string | null }>(
        `select count(*) as count, min(key) as key from (${sql}) as wrong`,
      );
      if (found !== undefined && found.count > 0)
        damage.push(`${found.count} keys ${what}, such as ${found.key}`);
    }
    return { ...(await sizeOf(db)), damage };
  } finally {
    await db.close();
  }
}

export async function sizeOf(db: Connection): Promise<Pick<LedgerHealth, 'bytes' | 'runs' | 'keys'>> {
  const size = await db.one<{ bytes: number; runs: number; keys: number }>(
    `select (select sum(pg_total_relation_size(oid))::bigint from pg_class where relnamespace = $1::regnamespace and relkind = 'r') as bytes,
       (select count(*) from runs) as runs, (select count(*) from entries) as keys`,
    [SCHEMA],
  );
  return { bytes: 0, runs: 0, keys: 0, ...size };
}
