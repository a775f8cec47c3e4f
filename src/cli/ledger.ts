import { existsSync } from 'node:fs';
import type { LedgerHealth } from '../core/records.js';
import { acceptLedger, backUpLedger, compactLedger, ledgerHealth, RESTORE } from '../io/open-ledger.js';
import { Console, UsageError } from './console.js';
import { noLedger } from './existing-ledger.js';
import { EXIT } from './exit-codes.js';
import { pathOf, type Host } from './host.js';
import { doubtText, isLost, megabytes, sizeText } from './ledger-doubt.js';
import { ledgerPath } from './ledger-path.js';
import type { OptionsOf } from './settings.js';

/**
 * `revsync ledger backup|check|accept`: one file that is whole; whether every page is, and room that is given back; or
 * the word that the ledger is to be gone by as it is.
 */
export async function ledger(host: Host, what: string, options: OptionsOf<'ledger'>): Promise<number> {
  const console = await Console.open(host, options.color);
  const path = ledgerPath(options.ledger, host);
  if (what !== 'backup' && what !== 'check' && what !== 'accept')
    throw new UsageError(`there is no ${JSON.stringify(what)} of a ledger; use one of backup, check, accept`);
  if (options.out !== undefined && what !== 'backup')
    throw new UsageError('--out goes with `revsync ledger backup`');
  if (options.compact === true && what !== 'check')
    throw new UsageError('--compact goes with `revsync ledger check`');
  if (what === 'backup') return backup(console, path, options.out && pathOf(host, options.out));
  if (what === 'check') return check(console, path, options.compact === true);
  if (!existsSync(path) && !isLost(path)) throw noLedger(path);
  acceptLedger(path);
  console.say(`ledger ${path}: pushes go by it as it is; what it does not know counts as never sent`);
  return EXIT.done;
}

/** Nothing is changed about a ledger of which something is wrong. */
function check(console: Console, path: string, compacts: boolean): number {
  const health = soundLedger(path);
  if (!compacts) {
    const way =
      health.free === 0 ? '' : `; ${megabytes(health.free)} of it are free, which --compact gives back`;
    console.say(`ledger ${path}: whole: ${sizeText(health)}${way}`);
    return EXIT.done;
  }
  compactLedger(path);
  const after = soundLedger(path);
  const back = megabytes(Math.max(0, health.bytes - after.bytes));
  console.say(`ledger ${path}: whole: ${sizeText(after)}; ${back} given back`);
  return EXIT.done;
}

/** What is known of a ledger in which every page is as it should be, and that is the one that was pushed by. */
function soundLedger(path: string): LedgerHealth {
  if (!existsSync(path))
    throw isLost(path) ? new UsageError(`ledger ${path} ${doubtText('empty', path)}`) : noLedger(path);
  const looked = ledgerHealth(path);
  if (!looked.ok) throw new UsageError(`ledger ${path}: ${looked.error}`);
  const { damage, doubt } = looked.value;
  if (damage.length > 0)
    throw new UsageError(`ledger ${path}: it is damaged: ${damage.join('; ')}; ${RESTORE}`);
  if (doubt !== undefined) throw new UsageError(`ledger ${path} ${doubtText(doubt, path)}`);
  return looked.value;
}

async function backup(console: Console, path: string, out: string | undefined): Promise<number> {
  if (!existsSync(path)) throw noLedger(path);
  const target = out ?? `${path}.backup-${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}`;
  if (existsSync(target)) throw new UsageError(`--out ${target} is there already; name a new file`);
  const made = backUpLedger(path, target);
  if (!made.ok) throw new UsageError(made.error);
  await console.print(`${target}\n`);
  console.say(
    `whole: ${sizeText(made.value)}; to go back to it, remove ${path}-wal and ${path}-shm and copy it to ${path}`,
  );
  return EXIT.done;
}
