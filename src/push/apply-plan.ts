import { formatAmount, type Amount } from '../core/amount.js';
import { interruptedBy } from '../core/events.js';
import { runName } from '../core/row.js';
import type { HeldPlan, Outlook, StaleRow, StaleRows } from '../core/plans.js';
import { plural } from '../core/text.js';
import type { Vendor } from '../core/vendor.js';
import { holdLookAlikes } from './look-alikes.js';
import { planRules } from './plan.js';
import type { Planner, Planning } from './plan-run.js';

export interface ApplyJob {
  readonly vendor: Vendor;
  readonly plan: Pick<HeldPlan, 'run' | 'terms'>;
  /** Makes the plan anew. */
  readonly again: string;
}

/** Rows that were not merged now: that was when the plan was made. */
const NONE_MERGED = { lines: 0, rows: 0 };

/** Stale rows that are told one by one. */
const STALE_SHOWN = 20;

/**
 * Plans the rows of a held plan: exactly those, and only where each comes out as it did when the plan was made. What an
 * earlier run that applied it had accepted is not sent again.
 */
export function applyPlanner({ vendor, plan, again }: ApplyJob): Planner {
  return async ({ ledger, clock, interrupt, who }): Promise<Planning> => {
    const { policy } = plan.terms;
    const run = await ledger.beginRun(clock.now(), planRules(vendor, policy), { who, plan: plan.run });
    await ledger.copyPlan(run, plan.run);
    if (!policy.sendAgain) await holdLookAlikes(ledger, run, vendor);
    const stale = await ledger.staleRows(run, plan.run, STALE_SHOWN);
    if (interrupt.aborted || stale.count > 0) {
      await ledger.dropRun(run);
      if (interrupt.aborted) return { kind: 'interrupted', stop: interruptedBy(interrupt) };
      return {
        kind: 'refused',
        files: [{ input: runName(plan.run), problems: staleProblems(stale, again) }],
      };
    }
    const totals = await ledger.totals(run);
    return { kind: 'planned', run, files: [], totals, merged: NONE_MERGED };
  };
}

function staleProblems({ count, rows }: StaleRows, again: string): { readonly message: string }[] {
  const more = count - rows.length;
  return [
    ...rows.map((row) => ({ message: staleText(row) })),
    ...(more > 0 ? [{ message: `… and ${plural(more, 'more row')}` }] : []),
    {
      message: `the plan is stale: what is held has changed since it was made for ${plural(count, 'row')} of it; make it anew: ${again}`,
    },
  ];
}

/** `sales.csv:14: 1000001: planned 120.00 → 220.00, and 300.00 is held now, by run-9`. */
function staleText({ input, line, key, amount, planned, now, touchedBy }: StaleRow): string {
  const by = touchedBy === undefined ? '' : `, by ${runName(touchedBy)}`;
  const place = `${input}:${line}: ${key}: planned ${planned.action} ${moneyText(planned)} → ${money(amount)}`;
  if (now.status !== 'planned') return `${place}, and now it would be ${now.status}${whyText(now, by)}`;
  return `${place}, and ${money(now.previousAmount)} is held now${by}`;
}

function whyText({ previousAmount, message }: Outlook, by: string): string {
  if (message !== undefined) return `: ${message}`;
  return `, since ${money(previousAmount)} is held${by}`;
}

function moneyText({ previousAmount }: Outlook): string {
  return money(previousAmount);
}

function money(amount: Amount | undefined): string {
  return amount === undefined ? '(none)' : formatAmount(amount);
}
