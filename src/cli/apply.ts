import { existsSync } from 'node:fs';
import { isSamePerson, personText, type HeldPlan } from '../core/plans.js';
import { runName } from '../core/row.js';
import { localText } from '../core/text.js';
import { processSealer } from '../io/seal.js';
import { applyPlanner } from '../push/apply-plan.js';
import { NOTHING } from '../push/run.js';
import { Console, UsageError } from './console.js';
import { openExisting } from './existing-ledger.js';
import { findPlan } from './find-plan.js';
import { pathOf, type Host } from './host.js';
import { shellWord } from './next-command.js';
import { environment } from './options.js';
import type { ApplyOutput } from './outputs.js';
import { withProfile, type ProfileUser } from './profile.js';
import { pushByLedger, sayPushed } from './push-by-ledger.js';
import { checkOptions, type PushOptions } from './push-options.js';
import { runToSend } from './run-to-send.js';
import type { OptionsOf } from './settings.js';

/** `revsync apply FILE|RUN`: sends exactly what a plan holds, as a run of its own. */
export async function apply(
  host: Host,
  named: string,
  written: OptionsOf<'apply'>,
  given: ReadonlySet<string>,
): Promise<number> {
  const console = await Console.open(host, written.color);
  const plan = await planToApply(host, named, written, given);
  const { vendor, options } = await runToSend(host, 'apply', runName(plan.run), written, given);
  checkOptions(plan.files, options, vendor, given);
  const pushed = await pushByLedger({
    ...{ host, console, options, vendor },
    files: existsSync(pathOf(host, named)) ? [named] : [],
    job: { profile: plan.terms.profile, named: plan.files },
    find: async (ledger) => {
      const now = options.dryRun === true ? plan : ((await ledger.plan(plan.run)) ?? plan);
      const rows = { names: [`plan ${runName(plan.run)}`], from: 'ledger', passedOver: 0 } as const;
      const done = wasApplied(now);
      if (done === undefined)
        return {
          ...rows,
          plan: {
            planner: applyPlanner({ vendor, plan, again: againCommand(host, plan) }),
            sealer: processSealer(),
          },
        };
      const outcome = { ...NOTHING, dryRun: options.dryRun === true };
      return { ...rows, plan: () => Promise.resolve({ outcome, says: done }) };
    },
  });
  const data: ApplyOutput = { ...pushed.data, command: 'apply', applies: runName(plan.run) };
  sayPushed(console, options, { ...pushed, data });
  if (options.json === true) await console.printJson(data);
  return pushed.exitCode;
}

/** Throws where the plan asks for somebody else, or a profile that is named does. */
async function planToApply(
  host: Host,
  named: string,
  written: OptionsOf<'apply'>,
  given: ReadonlySet<string>,
): Promise<HeldPlan> {
  const asked: Partial<PushOptions> & ProfileUser = await withProfile(host, written, given);
  const place = { ...host, env: environment(host, asked) };
  const ledger = await openExisting(place, asked.ledger);
  try {
    const plan = await findPlan(place, ledger, named, asked.ledger);
    const { who, terms } = plan;
    const isAsked = terms.approve === 'other' || asked.approve === 'other';
    const person = personText(await host.person());
    if (isAsked && (who === undefined || isSamePerson(who, person)))
      throw new UsageError(
        `${runName(plan.run)} was planned by ${who ?? 'somebody'}, and approve: other has somebody else apply it; nothing was sent`,
      );
    return plan;
  } finally {
    await ledger.close();
  }
}

/** Says by whom a plan was applied of which nothing is left. */
function wasApplied({ run, left, applied }: HeldPlan): string | undefined {
  const last = applied.findLast(({ state }) => state === 'finished');
  if (left > 0 || last?.isWhole !== true) return undefined;
  const { run: by, who = 'somebody', startedAt } = last;
  return `${runName(run)} was applied whole by ${runName(by)}, ${who}, ${localText(startedAt)}; nothing was sent`;
}

/** What makes a plan anew, from wherever it was made. */
function againCommand({ cwd }: Host, { terms }: HeldPlan): string {
  return terms.cwd === cwd ? terms.command : `cd ${shellWord(terms.cwd)} && ${terms.command}`;
}
