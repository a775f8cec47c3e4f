import type { AccountStatus } from '../core/records.js';
import { runName } from '../core/row.js';
import type { Profile } from '../io/config.js';
import { Console } from './console.js';
import { EXIT } from './exit-codes.js';
import { lookUp, openExisting } from './existing-ledger.js';
import type { Host } from './host.js';
import { commandOf, fileWord, ledgerWords, resolveCommands } from './next-command.js';
import { SANDBOX_ORIGIN } from './options.js';
import { ledgerPath } from './ledger-path.js';
import { statusData } from './print/status-data.js';
import { isTrouble, statusText, type Found, type LateProfile } from './print/status.js';
import { profilesOf } from './profile.js';
import type { OptionsOf } from './settings.js';

type Places = Pick<OptionsOf<'status'>, 'config' | 'ledger'>;

/** `revsync status`: how every account stands, and everything that waits for somebody. */
export async function status(host: Host, options: OptionsOf<'status'>): Promise<number> {
  const console = await Console.open(host, options.color);
  const ledger = await openExisting(host, options.ledger);
  try {
    const profiles = await profilesOf(host, options.config);
    const words = ledgerWords(options.ledger, host.env, host);
    const found: Found = {
      accounts: await ledger.accountsNow(),
      unknown: await ledger.waiting(),
      heldRefunds: await ledger.heldRefunds(),
      plans: await ledger.plansWaiting(),
      late: await lateProfiles(host, options, profiles, (profile) => ledger.lastFileOf(profile)),
      resolve: (one) => resolveCommands(host, one.key, { ...one, baseUrl: one.origin, ledger: words }),
      results: (run) => lookUp(host, options.ledger, 'results', runName(run)),
      show: (plan) => lookUp(host, options.ledger, 'plan', runName(plan.run)),
      again: (account) => againCommand(host, options, account, profiles),
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

function exitCodeOf({ accounts, unknown, heldRefunds, late, plans }: Found): number {
  if (unknown.length > 0) return EXIT.unknownRows;
  const isWell = heldRefunds.length + late.length + plans.length === 0 && !accounts.some(isTrouble);
  return isWell ? EXIT.done : EXIT.someRowsBad;
}

/** A job that is at work as long as ever is not late yet. */
const GRACE = 1.1;

async function lateProfiles(
  host: Host,
  options: Places,
  profiles: readonly Profile[],
  lastFileOf: (profile: string) => Promise<number | undefined>,
): Promise<LateProfile[]> {
  const path = ledgerPath(options.ledger, host);
  const late: LateProfile[] = [];
  for (const { name, every, files, ledger: own = path } of profiles) {
    // Another ledger knows of those that go by it.
    if (every === undefined || own !== path) continue;
    const last = await lastFileOf(name);
    if (last === undefined || host.now() - last > every * GRACE)
      late.push({
        ...{ profile: name, everyMs: every, last },
        push: files === undefined ? undefined : pushCommand(host, options, name, []),
      });
  }
  return late;
}

/** By the profile that the last push says, else the one that is for the account. */
function againCommand(
  host: Host,
  options: Places,
  { vendor, account, origin, run, end }: AccountStatus,
  profiles: readonly Profile[],
): string | undefined {
  if (run?.undoes !== undefined && (end?.run === undefined || end.run === run.run))
    return lookUp(host, options.ledger, 'undo', runName(run.undoes));
  const last = end?.run === run?.run || end?.run === undefined ? end : undefined;
  const isFor = (one: Profile): boolean => one.vendor === vendor && (one.account ?? 'default') === account;
  const [profile, other] = profiles.filter(({ name, ...one }) =>
    last?.profile === undefined ? isFor({ name, ...one }) : name === last.profile,
  );
  if (profile === undefined || other !== undefined) return undefined;
  const named = last?.run === undefined ? (last?.files ?? []) : (run?.inputs ?? []);
  const files = profile.files === undefined ? named : [];
  if (files.includes('-') || (files.length === 0 && profile.files === undefined)) return undefined;
  const trial = origin === SANDBOX_ORIGIN ? ['--sandbox'] : [];
  return pushCommand(host, options, profile.name, [...trial, ...files.map(fileWord)]);
}

function pushCommand(
  host: Host,
  { config, ledger }: Places,
  profile: string,
  more: readonly string[],
): string {
  const where = config === undefined ? [] : ['--config', config];
  return commandOf(host, [
    'push',
    '--profile',
    profile,
    ...where,
    ...ledgerWords(ledger, host.env, host),
    ...more,
  ]);
}
