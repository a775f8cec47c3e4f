import { existsSync } from 'node:fs';
import type { LedgerHealth } from '../core/records.js';
import {
  acceptLedger,
  checkShared,
  backUpLedger,
  compactLedger,
  initShared,
  ledgerHealth,
  RESTORE,
} from '../io/open-ledger.js';
import { isShared } from '../io/ledger-address.js';
import { Console, UsageError } from './console.js';
import { noLedger } from './existing-ledger.js';
import { EXIT } from './exit-codes.js';
import { pathOf, type Host } from './host.js';
import { doubtText, isLost, megabytes, sizeText } from './ledger-doubt.js';
import { copy } from './ledger-copy.js';
import { ledgerPath } from './ledger-path.js';
import type { LedgerOutput } from './books-outputs.js';
import { headOf } from './problems.js';
import type { OptionsOf } from './settings.js';

type LedgerOptions = OptionsOf<'ledger'>;

/**
 * `revsync ledger backup|check|accept|init|copy`: one file that is whole; whether every page is, and room that is given back;
 * the word that the ledger is to be gone by as it is; the tables of a shared one; everything in another place.
 */
export async function ledger(
  host: Host,
  [what = '', ...places]: readonly string[],
  written: LedgerOptions,
): Promise<number> {
  const options = { ...written, out: written.out && pathOf(host, written.out) };
  const console = await Console.open(host, options.color);
  if (what !== 'backup' && what !== 'check' && what !== 'accept' && what !== 'init' && what !== 'copy')
    throw new UsageError(
      `there is no ${JSON.stringify(what)} of a ledger; use one of backup, check, accept, init, copy`,
    );
  if (options.out !== undefined && what !== 'backup')
    throw new UsageError('--out goes with `revsync ledger backup`');
  if (options.compact === true && what !== 'check')
    throw new UsageError('--compact goes with `revsync ledger check`');
  if ((options.pusher ?? options.reader) !== undefined && what !== 'init')
    throw new UsageError('--pusher and --reader go with `revsync ledger init`');
  if (what === 'copy') return copy(host, console, places, options);
  if (places.length > 0)
    throw new UsageError(`ledger ${what} takes no ${JSON.stringify(places[0])}; --ledger names the ledger`);
  const path = ledgerPath(options.ledger, host);
  if (isShared(path) && (what === 'backup' || options.compact === true))
    throw new UsageError(
      `ledger ${path}: a database is backed up by pg_dump --schema=revsync or with its server, and gives room back by vacuum`,
    );
  const done =
    what === 'init'
      ? await init(console, path, options)
      : what === 'backup'
        ? await backup(console, path, options)
        : what === 'check'
          ? isShared(path)
            ? await checkInDatabase(console, path)
            : check(console, path, options.compact === true)
          : await accept(console, path);
  const { bytes, free, runs, keys } = done;
  const data: LedgerOutput = {
    ...headOf('ledger', EXIT.done),
    ...{ what, ledger: path, to: null, backup: done.backup ?? null, tables: [] },
    ...{ bytes: bytes ?? null, free_bytes: free ?? null, runs: runs ?? null, keys: keys ?? null },
    problems: [],
  };
  if (options.json === true) await console.printJson(data);
  return EXIT.done;
}

/** What is known of the ledger, or of the copy, that stands in `backup`. */
type Done = Partial<Pick<LedgerHealth, 'bytes' | 'free' | 'runs' | 'keys'>> & { readonly backup?: string };

/** Makes the tables of a ledger that machines share; what is there already stays. */
async function init(console: Console, path: string, { pusher, reader }: LedgerOptions): Promise<Done> {
  if (!isShared(path))
    throw new UsageError(
      `ledger ${path} is a file, which a push makes; init is for the address of a database, postgres://USER@HOST/DATABASE`,
    );
  const says = { made: 'made', brought: 'brought along from an older revsync', there: 'is there already' };
  console.say(`ledger ${path}: ${says[await initShared(path, { pusher, reader })]}`);
  return {};
}

async function accept(console: Console, path: string): Promise<Done> {
  if (!isShared(path) && !existsSync(path) && !isLost(path)) throw noLedger(path);
  await acceptLedger(path);
  console.say(`ledger ${path}: pushes go by it as it is; what it does not know counts as never sent`);
  return {};
}

/** Nothing is changed about a ledger of which something is wrong. */
function check(console: Console, path: string, compacts: boolean): Done {
  const health = soundLedger(path);
  if (!compacts) {
    const way =
      health.free === 0 ? '' : `; ${megabytes(health.free)} of it are free, which --compact gives back`;
    console.say(`ledger ${path}: whole: ${sizeText(health)}${way}`);
    return health;
  }
  compactLedger(path);
  const after = soundLedger(path);
  const back = megabytes(Math.max(0, health.bytes - after.bytes));
  console.say(`ledger ${path}: whole: ${sizeText(after)}; ${back} given back`);
  return after;
}

/** The pages of a database are its server's; whether its rows fit together is looked at. */
async function checkInDatabase(console: Console, path: string): Promise<Done> {
  const { damage, ...found } = await checkShared(path);
  if (damage.length > 0) throw new UsageError(`ledger ${path}: it is damaged: ${damage.join('; ')}`);
  console.say(`ledger ${path}: whole: ${sizeText(found)}`);
  return found;
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

async function backup(console: Console, path: string, { out, json }: LedgerOptions): Promise<Done> {
  if (!existsSync(path)) throw noLedger(path);
  const target = out ?? `${path}.backup-${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}`;
  if (existsSync(target)) throw new UsageError(`--out ${target} is there already; name a new file`);
  const made = backUpLedger(path, target);
  if (!made.ok) throw new UsageError(made.error);
  if (json !== true) await console.print(`${target}\n`);
  console.say(
    `whole: ${sizeText(made.value)}; to go back to it, remove ${path}-wal and ${path}-shm and copy it to ${path}`,
  );
  return { ...made.value, backup: target };
}
