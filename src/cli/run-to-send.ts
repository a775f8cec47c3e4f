import type { RunInput } from '../core/ledger.js';
import type { RunRecord } from '../core/records.js';
import { runName } from '../core/row.js';
import type { Vendor } from '../core/vendor.js';
import type { CommandName } from '../io/setting.js';
import { UsageError } from './console.js';
import { findRun, lookUp, openExisting } from './existing-ledger.js';
import type { Host } from './host.js';
import { environment, SANDBOX_ORIGIN, vendorOf } from './options.js';
import { withProfile, type ProfileUser } from './profile.js';
import type { PushOptions } from './push-options.js';
import { settingsOn } from './settings.js';

/** A run of the ledger, and how a push goes to the account that it was pushed to. */
export interface RunToSend {
  readonly record: RunRecord;
  readonly inputs: readonly RunInput[];
  readonly vendor: Vendor;
  readonly options: PushOptions;
}

/** What is typed with a command that sends what the ledger has. */
type Written = Partial<PushOptions> &
  Pick<PushOptions, 'retries' | 'deadline' | 'logFormat' | 'progress'> & {
    readonly profile?: string | undefined;
  };

/** No file is read. */
const READS_NOTHING = { onConflict: 'refuse', blankAmount: 'refuse', correct: true } as const;

/**
 * Finds the run of a name, whose account and address the ledger has; of a profile only what `command` takes is used, and it
 * has to be of that account. Throws what a person can mend.
 */
export async function runToSend(
  host: Host,
  command: CommandName,
  name: string,
  written: Written,
  given: ReadonlySet<string>,
): Promise<RunToSend> {
  const asked: Written & ProfileUser = await withProfile(host, written, given);
  const taken = new Set(settingsOn(command).map((setting) => setting.name));
  const own = Object.fromEntries(Object.entries(asked).filter(([option]) => taken.has(option))) as Written;
  const place = { ...host, env: environment(host, own) };
  const ledger = await openExisting(place, own.ledger);
  try {
    const record = await findRun(ledger, name, lookUp(host, own.ledger, 'runs'));
    const { vendor, account, origin } = record;
    checkProfile(record, asked);
    const isTrial = origin === SANDBOX_ORIGIN;
    const whom = { vendor, account, ...(isTrial ? { sandbox: true as const } : { baseUrl: origin }) };
    // Only a profile says it.
    const { approve } = asked;
    const options = { ...READS_NOTHING, ...own, ...whom, approve };
    return { record, inputs: await ledger.inputs(record.run), vendor: vendorOf(vendor), options };
  } finally {
    await ledger.close();
  }
}

function checkProfile({ run, vendor, account }: RunRecord, { profile, ...asked }: Written): void {
  const own = `${asked.vendor ?? vendor}/${asked.account ?? 'default'}`;
  if (profile === undefined || own === `${vendor}/${account}`) return;
  throw new UsageError(
    `${runName(run)} was pushed to ${vendor}/${account}, and profile ${profile} is for ${own}; name one of that account, or leave --profile out`,
    'profile',
  );
}
