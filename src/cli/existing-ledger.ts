import { existsSync } from 'node:fs';
import { Database } from '../io/ledger/database.js';
import { listRuns, type RunRecord } from '../io/ledger/history.js';
import { migrate } from '../io/ledger/schema.js';
import { UsageError } from './console.js';
import type { Host } from './host.js';
import { ledgerPath } from './options.js';

/** The ledger for a command that looks things up: it has to be there already. */
export function openExisting(host: Host, option: string | undefined): Database {
  const path = ledgerPath(option, host);
  if (!existsSync(path))
    throw new UsageError(`there is no ledger at ${path}; a push makes one, --ledger names another`);
  const db = Database.open(path);
  migrate(db);
  return db;
}

/** The run of a name such as `run-12`. */
export function findRun(db: Database, name: string): RunRecord {
  const records = listRuns(db);
  const record = records.find(({ run }) => `run-${run}` === name);
  if (record !== undefined) return record;
  const last = records.at(-1);
  const known =
    last === undefined
      ? 'it knows no run yet'
      : `the last one is run-${last.run}; \`revsync runs\` lists them`;
  throw new UsageError(`the ledger has no run ${JSON.stringify(name)}; ${known}`);
}
