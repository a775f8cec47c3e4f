import { runName } from '../core/row.js';
import { Console } from './console.js';
import { EXIT } from './exit-codes.js';
import { lookUp, openExisting } from './existing-ledger.js';
import type { Host } from './host.js';
import { ledgerWords, resolveCommands } from './next-command.js';
import { ledgerPath } from './ledger-path.js';
import { statusData } from './print/status-data.js';
import { isTrouble, statusText, type Found, type LateProfile } from './print/status.js';
import { profilesOf } from './profile.js';
import type { OptionsOf } from './settings.js';

/** `revsync status`: how every account stands, and everything that waits for somebody. */
export async function status(host: Host, options: OptionsOf<'status'>): Promise<number> {
  const console = await Console.open(host, options.color);
  const ledger = openExisting(host, options.ledger);
  try {
    const words = ledgerWords(options.ledger, host.env, host);
    const found: Found = {
      accounts: await ledger.accountsNow(),
      unknown: await ledger.waiting(),
      heldRefunds: await ledger.heldRefunds(),
      late: await lateProfiles(host, options, (profile) => ledger.lastFileOf(profile)),
      resolve: (one) => resolveCommands(host, one.key, { ...one, baseUrl: one.origin, ledger: words }),
      results: (run) => lookUp(host, options.ledger, 'results', runName(run)),
      now: host.now(),
    };
    const exitCode = exitCodeOf(found);
    if (options.json === true) await console.printJson(statusData(found, exitCode));
    else await console.print(statusText(found, console.paint));
    return exitCode;
  } finally {
    await ledger.close();
  }
}

function exitCodeOf({ accounts, unknown, heldRefunds, late }: Found): number {
  if (unknown.length > 0) return EXIT.unknownRows;
  const isWell = heldRefunds.length + late.length === 0 && !accounts.some(isTrouble);
  return isWell ? EXIT.done : EXIT.someRowsBad;
}

/** A job that is at work as long as ever is not late yet. */
const GRACE = 1.1;

async function lateProfiles(
  host: Host,
  { config, ledger }: Pick<OptionsOf<'status'>, 'config' | 'ledger'>,
  lastFileOf: (profile: string) => Promise<number | undefined>,
): Promise<LateProfile[]> {
  const path = ledgerPath(ledger, host);
  const late: LateProfile[] = [];
  for (const { name, every, ledger: own = path } of await profilesOf(host, config)) {
    // Another ledger knows of those that go by it.
    if (every === undefined || own !== path) continue;
    const last = await lastFileOf(name);
    if (last === undefined || host.now() - last > every * GRACE)
      late.push({ profile: name, everyMs: every, last });
  }
  return late;
}
