import type { Connection } from './connection.js';
import type { Held } from './lease.js';

/** The rate that the account bore, in requests a second. */
export async function rememberRate(
  db: Connection,
  { namespace }: Held,
  perSecond: number,
  at: number,
): Promise<void> {
  await db.all('update namespaces set borne = $1, borne_at = $2 where id = $3', [perSecond, at, namespace]);
}

/**
 * The vendor asked for no request for `ms`, by the database's clock. Where that cannot be written, whoever takes the account over
 * asks too early at worst, and is turned away as well; the push itself finds out that the ledger is away.
 */
export async function rememberPause(db: Connection, { namespace, number }: Held, ms: number): Promise<void> {
  try {
    await db.all(
      `update namespaces set not_before = greatest(not_before, clock_timestamp() + $1 * interval '1 ms')
       where id = $2 and holder = $3`,
      [ms, namespace, number],
    );
  } catch {
    return;
  }
}

/** For how many milliseconds a vendor is to be left alone, whichever machine it asked. */
export async function pauseLeft(db: Connection, { namespace }: Held): Promise<number> {
  const found = await db.one<{ left: number }>(
    `select extract(epoch from not_before - clock_timestamp())::double precision * 1000 as left
     from namespaces where id = $1 and not_before > clock_timestamp()`,
    [namespace],
  );
  return found?.left ?? 0;
}
