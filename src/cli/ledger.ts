import { existsSync } from 'node:fs';
import { plural } from '../core/text.js';
import { acceptLedger, backUpLedger } from '../io/open-ledger.js';
import { Console, UsageError } from './console.js';
import { noLedger } from './existing-ledger.js';
import { EXIT } from './exit-codes.js';
import { pathOf, type Host } from './host.js';
import { isLost } from './ledger-doubt.js';
import { ledgerPath } from './options.js';
import type { OptionsOf } from './settings.js';

/** `revsync ledger backup|accept`: one file that is whole; or the word that the ledger is to be gone by as it is. */
export async function ledger(host: Host, what: string, options: OptionsOf<'ledger'>): Promise<number> {
  const console = await Console.open(host, options.color);
  const path = ledgerPath(options.ledger, host);
  if (what !== 'backup' && what !== 'accept')
    throw new UsageError(`there is no ${JSON.stringify(what)} of a ledger; use one of backup, accept`);
  if (what === 'backup') return backup(console, path, options.out && pathOf(host, options.out));
  if (options.out !== undefined) throw new UsageError('--out goes with `revsync ledger backup`');
  if (!existsSync(path) && !isLost(path)) throw noLedger(path);
  acceptLedger(path);
  console.say(`ledger ${path}: pushes go by it as it is; what it does not know counts as never sent`);
  return EXIT.done;
}

async function backup(console: Console, path: string, out: string | undefined): Promise<number> {
  if (!existsSync(path)) throw noLedger(path);
  const target = out ?? `${path}.backup-${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}`;
  if (existsSync(target)) throw new UsageError(`--out ${target} is there already; name a new file`);
  const made = backUpLedger(path, target);
  if (!made.ok) throw new UsageError(made.error);
  const { bytes, runs, keys } = made.value;
  const size = `${(bytes / 1_000_000).toFixed(1)} MB, ${plural(runs, 'run')}, ${plural(keys, 'key')}`;
  await console.print(`${target}\n`);
  console.say(`whole: ${size}; to go back to it, remove ${path}-wal and ${path}-shm and copy it to ${path}`);
  return EXIT.done;
}
