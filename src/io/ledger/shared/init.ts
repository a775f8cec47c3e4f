import { randomBytes } from 'node:crypto';
import { LedgerError } from '../../../core/ledger.js';
import { Connection } from './connection.js';
import { grant, type Roles } from './grants.js';
import { LATE_MS, LEASE_MS } from './lease.js';
import { MIN_WRITER, SCHEMA, STEPS, VERSION } from './tables.js';

/** `brought`: an older revsync had made it. */
export type Initialised = 'made' | 'brought' | 'there';

/** Makes the tables of a ledger that machines share, or what those of an older revsync lack, for these roles. What is there stays. */
export async function initBooks(address: string, roles: Roles = {}): Promise<Initialised> {
  const db = new Connection(address);
  try {
    return await db.transaction(async () => {
      // Two that make it at once do so one after the other.
      await db.all('select pg_advisory_xact_lock(hashtext($1))', [SCHEMA]);
      const there = await db.one('select 1 from pg_namespace where nspname = $1', [SCHEMA]);
      const meta =
        there === undefined ? undefined : await db.one<{ version: number }>('select version from meta');
      const version = meta?.version ?? 0;
      const newer = newerText(version);
      if (newer !== undefined) throw new LedgerError(`ledger ${db.shown}: ${newer}`);
      for (const step of STEPS.slice(version)) await db.all(step);
      if (version === 0)
        await db.all(NEW, [VERSION, MIN_WRITER, randomBytes(8).toString('hex'), LEASE_MS, LATE_MS]);
      else await db.all('update meta set version = $1, min_writer = $2', [VERSION, MIN_WRITER]);
      await grant(db, roles);
      return version === 0 ? 'made' : version < VERSION ? 'brought' : 'there';
    });
  } finally {
    await db.close();
  }
}

const NEW = 'insert into meta (version, min_writer, id, lease_ms, late_ms) values ($1, $2, $3, $4, $5)';

/** Says so where a revsync that knows less than `needed` cannot go by the tables. */
export function newerText(needed: number): string | undefined {
  if (needed <= VERSION) return undefined;
  return `was written by a newer revsync (schema ${needed}, this one knows ${VERSION}); update revsync`;
}
