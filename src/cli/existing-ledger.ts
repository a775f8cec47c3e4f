import type { LedgerRecords, RunRecord } from '../core/records.js';
import { openRecords } from '../io/open-ledger.js';
import { UsageError } from './console.js';
import type { Host } from './host.js';
import { commandOf, ledgerWords } from './next-command.js';
import { ledgerPath } from './ledger-path.js';

/** The ledger for a command that looks things up: it has to be there already. */
export function openExisting(host: Host, option: string | undefined): LedgerRecords {
  const path = ledgerPath(option, host);
  const ledger = openRecords(path);
  if (ledger === undefined) throw noLedger(path);
  return ledger;
}

export function noLedger(path: string): UsageError {
  return new UsageError(`there is no ledger at ${path}; a push makes one, --ledger names another`);
}

/** A command that looks something else up in that ledger. */
export function lookUp(host: Host, option: string | undefined, ...words: readonly string[]): string {
  return commandOf(host, [...words, ...ledgerWords(option, host.env, host)]);
}

/** The run of a name such as `run-12`, or its number; `list` is the command that lists them. */
export async function findRun(ledger: LedgerRecords, name: string, list: string): Promise<RunRecord> {
  const records = await ledger.runs();
  const [, number] = /^(?:run-)?(\d+)$/.exec(name) ?? [];
  const record = records.find(({ run }) => run === Number(number));
  if (record !== undefined) return record;
  const last = records.at(-1);
  const known =
    last === undefined ? 'it knows no run yet' : `the last one is run-${last.run}; \`${list}\` lists them`;
  throw new UsageError(`the ledger has no run ${JSON.stringify(name)}; ${known}`);
}
