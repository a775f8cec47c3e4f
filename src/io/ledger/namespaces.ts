import type { BorneRate } from '../../core/earlier-pushes.js';
import type { Namespace } from '../../core/ledger.js';
import { spellingsOf } from '../../core/origin.js';
import { columns } from './columns.js';
import type { Database } from './database.js';

/** What a statement that joins `namespaces` has of them. */
export const NAMESPACE = { vendor: String, account: String, origin: String };

/** Requests a second that an account bore, and when that was known. */
export const BORNE = `
  alter table namespaces add column borne real;
  alter table namespaces add column borne_at integer;
`;

/** The file whose lock says that a push to a vendor account is at work. */
export function lockPath(ledger: string, namespace: number): string {
  return `${ledger}.lock-${namespace}`;
}

/** The number of a namespace, which is written down if it is a new one. */
export function takeNamespace(db: Database, namespace: Namespace): number {
  const before = findAddressed(db, namespace);
  if (before !== 0) return before;
  return db.transaction(() => {
    const known = findAddressed(db, namespace);
    if (known !== 0) return known;
    const { vendor, account, origin } = namespace;
    db.run('insert into namespaces (vendor, account, origin) values (?, ?, ?)', [vendor, account, origin]);
    return findNamespace(db, namespace);
  });
}

/** The number of a namespace as the ledger writes it; 0, which none has, where the ledger does not know it. */
export function findNamespace(db: Database, { vendor, account, origin }: Namespace): number {
  const found = db.one(
    'select id from namespaces where vendor = ? and account = ? and origin = ?',
    vendor,
    account,
    origin,
  );
  return Number(found?.[0] ?? 0);
}

/**
 * The same for an address that someone gave. An older revsync wrote that of this machine as it was typed: of several
 * spellings the one that was pushed to last is meant.
 */
export function findAddressed(db: Database, namespace: Namespace): number {
  const found = spellingsOf(namespace.origin)
    .map((origin) => findNamespace(db, { ...namespace, origin }))
    .filter((id) => id !== 0);
  if (found.length < 2) return found[0] ?? 0;
  const last = db.one(
    'select namespace from entries where namespace in (select value from json_each(?)) order by run desc limit 1',
    JSON.stringify(found),
  );
  return Number(last?.[0] ?? found[0]);
}

/** What an account bore; undefined where nobody knows, as in the books of an older revsync that a dry run reads. */
export function borneRate(db: Database, namespace: number): BorneRate | undefined {
  const isKept = db.one(`select 1 from pragma_table_info('namespaces') where name = 'borne'`) !== undefined;
  const [perSecond, at] =
    (isKept ? db.one('select borne, borne_at from namespaces where id = ?', namespace) : undefined) ?? [];
  return perSecond == null ? undefined : { perSecond: Number(perSecond), at: Number(at) };
}

export function rememberRate(db: Database, namespace: number, perSecond: number, at: number): void {
  db.run('update namespaces set borne = ?, borne_at = ? where id = ?', [perSecond, at, namespace]);
}

/** The accounts to which anything was ever pushed. A dry run has runs of its own; those of the ledger are in `books`. */
export function pushedAccounts(db: Database, runs: 'runs' | 'books.runs'): Namespace[] {
  return ACCOUNT.select(
    db,
    `from namespaces where exists (select 1 from entries where namespace = namespaces.id)
       or exists (select 1 from ${runs} as pushed where pushed.namespace = namespaces.id and state not in ('staging', 'planned'))
     order by vendor, account, origin`,
  );
}

/** Every account, with its number. */
export function namespacesOf(db: Database): (readonly [number, Namespace])[] {
  return db
    .all(`select id, ${ACCOUNT.list} from namespaces`)
    .map(([id, ...cells]) => [Number(id), ACCOUNT.read(cells)]);
}

const ACCOUNT = columns<Namespace>(NAMESPACE);
