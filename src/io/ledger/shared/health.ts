import { LedgerError } from '../../../core/ledger.js';
import type { DatabaseHealth, SharedHealth } from '../../../core/records.js';
import { err, ok, type Result } from '../../../core/result.js';
import { scopeName } from '../../../core/transactions.js';
import { standing } from '../health.js';
import { Books } from './books.js';
import { sizeOf } from './check.js';
import { Connection } from './connection.js';
import { holderSaid, type Terms } from './lease.js';
import { looksInPlace } from './place.js';
import { WideMirror } from './wide-mirror.js';

/** Looks at a ledger that machines share, and at its database, without changing anything. The message of an error is without the address. */
export async function databaseHealth(address: string): Promise<Result<DatabaseHealth, string>> {
  const db = new Connection(address);
  return saying(address, async () => {
    try {
      const asked = await factsOf(db);
      const standbys = await standbysOf(db);
      const ahead = await aheadOf(db);
      const books = await saying(address, () => booksOf(address, db));
      return { ...asked, standbys, ahead, cipher: db.cipher, books };
    } finally {
      await db.close();
    }
  });
}

async function saying<T>(address: string, work: () => Promise<T>): Promise<Result<T, string>> {
  try {
    return ok(await work());
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return err(error.message.replace(`ledger ${address}: `, ''));
  }
}

async function factsOf(
  db: Connection,
): Promise<Pick<DatabaseHealth, 'version' | 'isStandby' | 'off' | 'isSynchronous'>> {
  const found = await db.one<{ version: string; standby: boolean; off: string; names: string }>(
    `select split_part(current_setting('server_version'), ' ', 1) as version, pg_is_in_recovery() as standby,
       current_setting('synchronous_standby_names') as names,
       (select coalesce(json_agg(name order by name), '[]') from unnest(array['fsync', 'full_page_writes']) as name
        where not current_setting(name)::boolean) as off`,
  );
  const { version = '', standby = false, off = '[]', names = '' } = found ?? {};
  return { version, isStandby: standby, off: JSON.parse(off) as string[], isSynchronous: names !== '' };
}

/** A role that may not see who follows is not told. */
async function standbysOf(db: Connection): Promise<number | undefined> {
  const may = await db.one<{ may: boolean }>(
    `select has_table_privilege('pg_catalog.pg_stat_replication', 'select') as may`,
  );
  if (may?.may !== true) return undefined;
  return (await db.one<{ count: number }>('select count(*) as count from pg_stat_replication'))?.count;
}

/** The time that the answer was on its way counts for neither. */
async function aheadOf(db: Connection): Promise<number> {
  const asked = Date.now();
  const found = await db.one<{ now: number }>(
    'select extract(epoch from clock_timestamp())::double precision * 1000 as now',
  );
  const answered = Date.now();
  const now = found?.now ?? asked;
  return now < asked ? now - asked : Math.max(0, now - answered);
}

async function booksOf(address: string, db: Connection): Promise<SharedHealth> {
  const books = await Books.open(address);
  let mirror: WideMirror | undefined;
  try {
    mirror = new WideMirror(books);
    await mirror.holders();
    await mirror.doubts();
    const { open, ...told } = standing(mirror.db);
    const size = await sizeOf(db);
    return {
      ...told,
      ...{ bytes: size.bytes, keys: size.keys, movedTo: books.movedTo },
      doubt: (await looksInPlace(db)) ? undefined : 'restored',
      open: await Promise.all(
        open.map(async (run) => ({ ...run, who: await holderSaid(db, run.run, books.terms) })),
      ),
      pulls: await pullsOf(db, books.terms),
    };
  } finally {
    mirror?.close();
    await books.close();
  }
}

async function pullsOf(db: Connection, terms: Terms): Promise<{ what: string; who: string }[]> {
  const held = await db.all<{ kind: string; id: string; account: string; holder: number }>(
    `select kind, scope_id as id, account, scopes.holder from scopes
     join namespaces on namespaces.id = namespace where scopes.holder is not null order by scopes.id`,
  );
  const pulls = [];
  for (const { account, holder, ...scope } of held) {
    const who = await holderSaid(db, holder, terms);
    if (who !== undefined) pulls.push({ what: `${scopeName(scope)}, account ${account}`, who });
  }
  return pulls;
}
