import type { RunReader } from '../core/ledger.js';
import type { HeldPlan } from '../core/plans.js';
import { planDiff, type PlanDiff } from '../report/plan-diff.js';
import { Console } from './console.js';
import { openExisting } from './existing-ledger.js';
import { EXIT } from './exit-codes.js';
import { findPlan } from './find-plan.js';
import type { Host } from './host.js';
import { applyCommand } from './next-command.js';
import { vendorOf } from './options.js';
import { planData, planText } from './print/plan.js';
import type { OptionsOf } from './settings.js';

/** `revsync plan FILE|RUN`: what a plan would change, for whoever approves it. */
export async function plan(host: Host, named: string, options: OptionsOf<'plan'>): Promise<number> {
  const console = await Console.open(host, options.color);
  const ledger = await openExisting(host, options.ledger);
  try {
    const held = await findPlan(host, ledger, named, options.ledger);
    const report = {
      plan: held,
      vendor: vendorOf(held.vendor),
      totals: await ledger.totals(held.run),
      diff: await diffOf(ledger, held),
      apply: applyCommand(host, named, options.ledger, held.terms),
    };
    if (options.json === true) await console.printJson(planData(report));
    else await console.print(planText(report));
    return EXIT.done;
  } finally {
    await ledger.close();
  }
}

export async function diffOf(ledger: RunReader, { run, terms }: HeldPlan): Promise<PlanDiff> {
  return planDiff(await ledger.inputs(run), ledger.planRows(run), terms.agent);
}
