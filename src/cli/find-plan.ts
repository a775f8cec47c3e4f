import { existsSync } from 'node:fs';
import type { LedgerRecords } from '../core/records.js';
import type { HeldPlan } from '../core/plans.js';
import { runName } from '../core/row.js';
import { firstEdited, readPlanHead } from '../io/plan-file.js';
import { RefusedError, UsageError } from './console.js';
import { findRun, lookUp } from './existing-ledger.js';
import { pathOf, type Host } from './host.js';

/**
 * The plan of a run such as `run-12`, or of a file that `push --plan` wrote and that nobody has changed. Throws a
 * `RefusedError` for a file that says anything else than the ledger holds.
 */
export async function findPlan(
  host: Host,
  ledger: LedgerRecords,
  named: string,
  ledgerOption: string | undefined,
): Promise<HeldPlan> {
  const list = lookUp(host, ledgerOption, 'runs');
  const path = pathOf(host, named);
  const isFile = !/^(run-)?\d+$/.test(named);
  if (isFile && !existsSync(path))
    throw new UsageError(`there is no file ${named}; name the file of a plan, or its run, such as run-12`);
  const head = isFile ? await readPlanHead(path) : undefined;
  if (head?.ok === false) throw new RefusedError(`${named}: ${head.error}`);
  const { run } = head?.value ?? (await findRun(ledger, named, list));
  const plan = await ledger.plan(run);
  if (head !== undefined && plan?.ledger !== head.value.ledger)
    throw new RefusedError(`${named}: is no plan of this ledger; name the one that holds it with --ledger`);
  if (plan === undefined)
    throw new UsageError(
      `${named} is no plan; \`push --plan\` makes one, and \`${list}\` lists what there is`,
    );
  if (!plan.hasRows) throw new UsageError(`the rows of ${runName(plan.run)} were pruned; make the plan anew`);
  const rows = (): ReturnType<LedgerRecords['planRows']> => ledger.planRows(plan.run);
  const edited = head === undefined ? undefined : await firstEdited(path, { plan, rows });
  if (edited !== undefined)
    throw new RefusedError(
      `${named}:${edited}: was edited: it is not what ${runName(plan.run)} holds, which \`${lookUp(host, ledgerOption, 'plan', runName(plan.run))}\` shows; nothing was sent`,
    );
  return plan;
}
