import type { OpenLedger } from '../core/ledger.js';
import type { PushOutcome } from '../push/run.js';
import type { PlanDiff } from '../report/plan-diff.js';
import type { FirstPush } from './first-push.js';
import { UsageError } from './console.js';
import type { Host } from './host.js';
import {
  applyCommand,
  commandOf,
  resolveCommands,
  type AccountOptions,
  typedAgain,
  wasTyped,
} from './next-command.js';
import type { PushCommands } from './print/next-push.js';
import { sendsNothing, type PushOptions } from './push-options.js';

/** Commands to type after a push to an account. */
export function commandsOf(
  host: Host,
  books: AccountOptions,
  { needsNewLedger }: FirstPush,
  options: PushOptions,
): PushCommands {
  return {
    apply: () => applyCommand(host, options.plan ?? '', options.ledger, options),
    send: () => typedAgain(host, { without: ['dryRun'], adding: needsNewLedger ? ['--new-ledger'] : [] }),
    again: (change) => typedAgain(host, change),
    wasTyped: (option) => wasTyped(host, option),
    status: () => commandOf(host, ['status', ...books.ledger]),
    resolve: (key) => resolveCommands(host, key, books),
  };
}

/** What the plan would change that was made; undefined of a push. */
export async function diffOfPlan(
  ledger: OpenLedger,
  { held, run }: PushOutcome,
): Promise<PlanDiff | undefined> {
  if (held !== true || run === undefined) return undefined;
  const plan = await ledger.plan(run);
  return plan === undefined ? undefined : (await import('./plan.js')).diffOf(ledger, plan);
}

/** Throws where the profile has somebody else approve what is sent. */
export function checkApproval(host: Host, options: PushOptions): void {
  const { approve, profile, ledger } = options;
  if (approve !== 'other' || sendsNothing(options)) return;
  const plan = typedAgain(host, { adding: ['--plan', PLAN_FILE] });
  throw new UsageError(
    `profile ${profile ?? ''} says approve: other, so that nothing is sent without a plan that somebody else applies; nothing was sent\n` +
      `make the plan: ${plan}\nthen somebody else sends it: ${applyCommand(host, PLAN_FILE, ledger, options)}`,
  );
}

const PLAN_FILE = 'plan.json';
