import { planRun, type PlanningPorts } from '../push/plan-run.js';
import { type Console, UsageError } from './console.js';
import type { Host } from './host.js';
import { vendorOf } from './options.js';
import { filesOf, nothingNew, notPushedYet, passedOverText } from './profile-files.js';
import { note, pushByLedger, type Pushed } from './push-by-ledger.js';
import { checkApproval } from './push-commands.js';
import { checkOptions, runJobOf, type PushOptions } from './push-options.js';

/**
 * Stages, validates and plans the files that were named, else those of the profile, sends what is new, writes the results.
 * Throws what a person can mend.
 */
export async function pushOne(
  host: Host,
  console: Console,
  named: readonly string[],
  options: PushOptions,
  given: ReadonlySet<string>,
): Promise<Pushed> {
  const files = named.length > 0 ? named : await filesOf(host, options);
  const vendor = vendorOf(vendorNamed(options));
  checkOptions(files, options, vendor, given);
  checkApproval(host, options);
  return pushByLedger({
    ...{ host, console, files, options, vendor },
    job: { profile: options.profile, named },
    find: async (ledger, whose, credentials) => {
      const { files: left, passedOver } =
        named.length > 0 ? { files, passedOver: 0 } : await notPushedYet(host, ledger, files, options);
      const says = passedOver === 0 || left.length === 0 ? undefined : passedOverText(passedOver);
      note(console, options, says);
      const rows = { ...runJobOf(host, left, options, vendor, credentials), whose };
      const plan =
        left.length > 0
          ? { planner: (ports: PlanningPorts) => planRun(rows, ports), sealer: rows.map.sealer }
          : () => nothingNew(host, ledger, options, passedOver);
      return { names: left, from: 'files', passedOver, plan };
    },
  });
}

export function vendorNamed({ vendor }: PushOptions): string {
  if (vendor !== undefined) return vendor;
  throw new UsageError(
    'name the vendor with --vendor; `revsync vendors` lists them, --profile names one too',
  );
}
