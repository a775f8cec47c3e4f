import { existsSync } from 'node:fs';
import { plural } from '../core/text.js';
import { copyLedger } from '../io/open-ledger.js';
import { isShared } from '../io/ledger-address.js';
import { likenessesOf } from '../push/look-alikes.js';
import { VENDORS } from '../vendors/index.js';
import type { LedgerOutput } from './books-outputs.js';
import { type Console, UsageError } from './console.js';
import { noLedger } from './existing-ledger.js';
import { EXIT } from './exit-codes.js';
import type { Host } from './host.js';
import { ledgerPath, missingLedgerFolder } from './ledger-path.js';
import { wasTyped } from './next-command.js';
import { headOf } from './problems.js';
import type { OptionsOf } from './settings.js';

/** `revsync ledger copy FROM TO`: everything in another place, by which pushes go from then on. */
export async function copy(
  host: Host,
  console: Console,
  [from, to, ...others]: readonly string[],
  { json }: OptionsOf<'ledger'>,
): Promise<number> {
  if (wasTyped(host, 'ledger'))
    throw new UsageError('--ledger does not go with `revsync ledger copy FROM TO`, which names both');
  if (from === undefined || to === undefined || others.length > 0)
    throw new UsageError(
      '`revsync ledger copy FROM TO` takes two ledgers: files, or postgres://USER@HOST/DATABASE',
    );
  const [source, target] = [ledgerPath(from, host), ledgerPath(to, host)];
  if (source === target) throw new UsageError(`FROM and TO are one ledger, ${source}`);
  if (!isShared(source) && !existsSync(source)) throw noLedger(source);
  const missing = missingLedgerFolder(target, to, host);
  if (missing !== undefined) throw new UsageError(missing);
  const copied = await copyLedger(source, target, (vendor) => {
    const known = VENDORS.find(({ id }) => id === vendor);
    return known && likenessesOf(known);
  });
  for (const { table, rows, checksum } of copied ?? [])
    console.say(`${table}: ${plural(rows, 'row')}, checksum ${checksum} on both sides`);
  console.say(
    copied === undefined
      ? `ledger ${source}: was copied to ${target} before; pushes go by that one from now on`
      : `ledger ${source}: has moved to ${target}; pushes go by that one from now on, and the old one refuses them`,
  );
  const data: LedgerOutput = {
    ...headOf('ledger', EXIT.done),
    ...{ what: 'copy', ledger: source, to: target, backup: null, tables: [...(copied ?? [])] },
    ...{ bytes: null, free_bytes: null, runs: null, keys: null },
    problems: [],
  };
  if (json === true) await console.printJson(data);
  return EXIT.done;
}
