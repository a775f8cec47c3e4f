import { formatAmount, formatChange, formatTotal, grouped, type Amount } from '../../core/amount.js';
import type { Totals } from '../../core/ledger.js';
import { policyData, type HeldPlan } from '../../core/plans.js';
import { runName } from '../../core/row.js';
import { ACTIONS, STATUSES } from '../../core/status.js';
import { filesText, localText, plural } from '../../core/text.js';
import type { Vendor } from '../../core/vendor.js';
import type { ChangedRow, PlanDiff } from '../../report/plan-diff.js';
import { plain } from '../console.js';
import type { PlanOutput } from '../plan-outputs.js';
import { headOf } from '../problems.js';
import { aligned } from './aligned.js';
import { actionText, changesData, sumData } from './sums.js';

/** A plan, and what it would change. */
export interface PlanReport {
  readonly plan: HeldPlan;
  readonly vendor: Vendor;
  readonly totals: readonly Totals[];
  readonly diff: PlanDiff;
  /** What sends it. */
  readonly apply: string;
}

const AGENTS_SHOWN = 20;

/** What whoever approves a plan has to see: how much, of what, and for whom. */
export function diffLines(diff: PlanDiff, totals: readonly Totals[]): string[] {
  const actions = ACTIONS.flatMap((action) => {
    const planned = totals.filter((total) => total.status === 'planned' && total.action === action);
    return planned.length === 0 ? [] : [actionText(action, planned)];
  });
  const unknown = diff.unknown === 0 ? '' : `, and ${plural(diff.unknown, 'row')} of which it is not known`;
  return [
    `would send: ${actions.length === 0 ? 'nothing' : actions.join(', ')}`,
    ...(actions.length === 0 ? [] : [`net: ${formatChange(diff.net)}${unknown}`]),
    ...largestLines(diff.largest),
    ...agentLines(diff),
    ...keptLines(diff),
  ].map(plain);
}

function largestLines(largest: readonly ChangedRow[]): string[] {
  if (largest.length === 0) return [];
  const cells = largest.map((row) => [
    `${row.file}:${row.line}`,
    row.key ?? '',
    `${money(row.previousAmount)} → ${row.action === 'clear' ? '(none)' : money(row.amount)}`,
    row.change === undefined ? 'unknown' : formatChange(BigInt(row.change)),
    row.agent ?? '',
  ]);
  return ['largest changes, old → new:', ...indented(cells, [2, 3])];
}

function agentLines({ agents = [] }: PlanDiff): string[] {
  if (agents.length === 0) return [];
  const cells = agents
    .slice(0, AGENTS_SHOWN)
    .map(({ agent, rows, change, unknown }) => [
      agent === '' ? '(none)' : agent,
      plural(rows, 'row'),
      unknown === rows ? 'unknown' : formatChange(change),
      unknown > 0 && unknown < rows ? `and ${unknown} unknown` : '',
    ]);
  const more = agents.length - AGENTS_SHOWN;
  return ['by agent:', ...indented(cells, [1, 2]), ...(more > 0 ? [`  … and ${more} more`] : [])];
}

function keptLines({ kept }: PlanDiff): string[] {
  const order = STATUSES.map(({ status }) => status);
  const sorted = kept.toSorted((one, other) => order.indexOf(one.status) - order.indexOf(other.status));
  if (sorted.length === 0) return [];
  return [
    'not sent:',
    ...sorted.map(({ status, code, rows, file, line, message }) => {
      const why = code === undefined ? '' : `  ${code}, first ${file}:${line}: ${message ?? ''}`;
      return `  ${status} ${rows}${why}`;
    }),
  ];
}

/** Below a line that says what they are. */
function indented(rows: readonly (readonly string[])[], right: readonly number[]): string[] {
  return aligned(rows, right).map((line) => `  ${line}`);
}

function money(amount: Amount | undefined): string {
  return amount === undefined ? '(none)' : grouped(formatAmount(amount));
}

/** Who made a plan, and what became of it since. */
export function planLine({ who, at, terms, left, applied }: HeldPlan): string {
  const made = `planned ${localText(at)}${who === undefined ? '' : ` by ${who}`}`;
  const last = applied.at(-1);
  if (last === undefined)
    return `${made}, waits to be applied${terms.approve === 'other' ? ' by somebody else' : ''}`;
  const by = `applied by ${runName(last.run)}${last.who === undefined ? '' : `, ${last.who}`}, ${localText(last.startedAt)}`;
  return `${made}, ${by}${left === 0 ? '' : `; ${plural(left, 'row')} of it were not accepted`}`;
}

/** All of it, for people. */
export function planText({ plan, vendor, totals, diff, apply }: PlanReport): string {
  const { run, files, account, origin, left, applied } = plan;
  const next = applied.length > 0 && left === 0 ? [] : [`what sends it: ${apply}`];
  return [
    plain(`plan ${runName(run)}: ${filesText(files)} to ${vendor.title} (account ${account}, ${origin})`),
    plain(planLine(plan)),
    ...diffLines(diff, totals),
    ...next.map(plain),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** The same for `--json`; money is decimal text. */
export function planData({ plan, totals, diff }: PlanReport): PlanOutput {
  const { run, vendor, account, origin, who, at, files, terms, left, applied } = plan;
  const { policy, approve } = terms;
  return {
    ...headOf('plan', 0),
    ...{ run: runName(run), vendor, account, origin, files },
    ...{ planned_by: who ?? null, planned_at: new Date(at).toISOString(), approve: approve ?? null },
    policy: policyData(policy),
    ...{ left, applied: applied.map(appliedData) },
    ...diffData(diff, totals),
    problems: [],
  };
}

function appliedData({ run, who, state, startedAt, endedAt }: HeldPlan['applied'][number]) {
  return {
    ...{ run: runName(run), who: who ?? null, state },
    started_at: new Date(startedAt).toISOString(),
    ended_at: endedAt === undefined ? null : new Date(endedAt).toISOString(),
  };
}

/** What a plan would change, for `--json`. */
export function diffData(diff: PlanDiff, totals: readonly Totals[]) {
  const planned = totals.filter(({ status }) => status === 'planned');
  const text = (amount: Amount | undefined): string | null =>
    amount === undefined ? null : formatAmount(amount);
  return {
    actions: Object.fromEntries(
      ACTIONS.map((action) => [action, sumData(planned.filter((total) => total.action === action))]),
    ) as PlanOutput['actions'],
    changes: changesData(planned),
    net: formatTotal(diff.net),
    net_unknown: diff.unknown,
    largest: diff.largest.map(({ file, line, key, action, amount, previousAmount, change, agent }) => ({
      ...{ file, line, key: key ?? '', action: action ?? ('create' as const), agent: agent ?? null },
      ...{ amount: text(amount), previous_amount: text(previousAmount) },
      change: change === undefined ? null : formatTotal(BigInt(change)),
    })),
    agents:
      diff.agents?.map(({ agent, rows, change, unknown }) => ({
        ...{ agent, rows, unknown },
        change: formatTotal(change),
      })) ?? null,
    not_sent: diff.kept.map(({ status, code, rows, file, line, message }) => ({
      ...{ status, code: code ?? null, rows, file, line, message: message ?? null },
    })),
  };
}
