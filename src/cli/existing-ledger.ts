import type { LedgerRecords, RunRecord } from '../core/records.js';
import { LedgerError } from '../core/ledger.js';
import { movedText, openRecords, peekRecords } from '../io/open-ledger.js';
import type { EnvironmentIn } from '../io/secrets.js';
import { Console, UsageError } from './console.js';
import type { Host } from './host.js';
import { commandOf, ledgerWords } from './next-command.js';
import { ledgerPath } from './ledger-path.js';

/** The ledger for a command that looks things up: it has to be there already. */
export async function openExisting(host: Host, option: string | undefined): Promise<LedgerRecords> {
  const path = ledgerPath(option, host);
  const ledger = openRecords(path);
  if (ledger === undefined) throw noLedger(path);
  const moved = await ledger.movedTo();
  if (moved !== undefined) new Console(host).say(`ledger ${path}: ${movedText(moved)}`);
  return ledger;
}

/** Looks something up in it. */
export async function inLedger<T>(
  host: Host,
  option: string | undefined,
  look: (ledger: LedgerRecords) => Promise<T>,
): Promise<T> {
  const ledger = await openExisting(host, option);
  try {
    return await look(ledger);
  } finally {
    await ledger.close();
  }
}

/** What a ledger says that is left as it is; undefined where there is none, or it cannot be read so. `withinMs`: see `peekRecords`. */
export async function peeked<T>(
  option: string | undefined,
  place: EnvironmentIn,
  read: (ledger: LedgerRecords) => Promise<T>,
  withinMs?: number,
): Promise<T | undefined> {
  try {
    const ledger = peekRecords(ledgerPath(option, place), withinMs);
    if (ledger === undefined) return undefined;
    try {
      return await read(ledger);
    } finally {
      await ledger.close();
    }
  } catch (error) {
    if (error instanceof UsageError || error instanceof LedgerError) return undefined;
    throw error;
  }
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
  const [, number] = /^(?:run-)?(\d+)$/.exec(name) ?? [];
  const record = number === undefined ? undefined : await ledger.record(Number(number));
  if (record !== undefined) return record;
  const [last] = await ledger.runs(1);
  const known =
    last === undefined ? 'it knows no run yet' : `the last one is run-${last.run}; \`${list}\` lists them`;
  throw new UsageError(`the ledger has no run ${JSON.stringify(name)}; ${known}`);
}
