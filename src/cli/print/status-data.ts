import { formatAmount, formatTotal } from '../../core/amount.js';
import type { AccountStatus, HeldRefund, RunRecord, Unsettled } from '../../core/records.js';
import { runName } from '../../core/row.js';
import { filesText } from '../../core/text.js';
import type { Problem, RunOutput, StatusOutput } from '../outputs.js';
import { problem } from '../problems.js';
import { VERSION } from '../version.js';
import {
  endText,
  isTrouble,
  lateLine,
  refundLine,
  runText,
  unknownText,
  waitingLine,
  type Found,
} from './status.js';

/** For `--json`. */
export function statusData(found: Found, exitCode: number): StatusOutput {
  const { accounts, unknown, heldRefunds, late, plans, resolve } = found;
  return {
    revsync: VERSION,
    command: 'status',
    exit_code: exitCode,
    accounts: accounts.map(accountData),
    unknown: unknown.map((one) => {
      const [accepted = '', notApplied = ''] = resolve(one);
      return {
        ...keyData(one),
        action: one.action,
        ...moneyData(one),
        at: instant(one.at),
        resolve: { accepted, not_applied: notApplied },
      };
    }),
    held_refunds: heldRefunds.map((one) => ({
      ...keyData(one),
      held: formatAmount(one.held),
      status: one.status,
      code: one.code ?? null,
      message: one.message ?? null,
    })),
    late: late.map(({ profile, everyMs, last }) => ({
      profile,
      every_seconds: everyMs / 1000,
      last_started_at: last === undefined ? null : instant(last),
    })),
    plans: plans.map(({ run, vendor, account, origin, who, at, left }) => ({
      ...{ run: runName(run), vendor, account, origin },
      ...{ planned_by: who ?? null, planned_at: instant(at), rows: left },
    })),
    problems: problemsData(found),
  };
}

/** Everything that waits for somebody, as it is said to people. */
function problemsData(found: Found): Problem[] {
  const { accounts, unknown, heldRefunds, late, plans, resolve, again, show, now } = found;
  return [
    ...accounts.filter(isTrouble).map((account) => {
      const { run, end } = account;
      const remedy = again(account);
      if (run?.died === true) return problem('died', runText(run, undefined, undefined), { remedy });
      const isOwn = end !== undefined && (end.run === undefined || end.run === run?.run);
      const text = isOwn ? `${filesText(end.files)}: ${endText(end)}` : runName(run?.run ?? 0);
      return problem('rows_left', text, { remedy });
    }),
    ...late.map((one) => problem('late', lateLine(one, now), { remedy: one.push })),
    ...plans.map((plan) => problem('plan_waits', waitingLine(plan), { remedy: show(plan) })),
    ...heldRefunds.map((one) => problem('held_refund', refundLine(one), { file: one.input, line: one.line })),
    ...unknown.map((one) => {
      const { input: file, line } = one;
      return problem('unknown', unknownText(one), { file, line, remedy: resolve(one).join(' or ') });
    }),
  ];
}

function accountData(status: AccountStatus): StatusOutput['accounts'][number] {
  const { vendor, account, origin, run, end, work } = status;
  return {
    vendor,
    account,
    origin,
    needs_somebody: isTrouble(status),
    run: run === undefined ? null : runData(run),
    at_work:
      work === undefined
        ? null
        : {
            pid: work.process?.pid ?? null,
            host: work.process?.host ?? null,
            since: instant(work.since),
            rows: work.rows,
            done: work.done,
          },
    last_push:
      end === undefined
        ? null
        : {
            run: end.run === undefined ? null : runName(end.run),
            profile: end.profile ?? null,
            files: end.files,
            started_at: instant(end.startedAt),
            ended_at: instant(end.endedAt),
            exit_code: end.exitCode,
            says: end.says ?? null,
          },
  };
}

/** A run, for `--json` here and in `revsync runs`. */
export function runData({
  run,
  state,
  died,
  startedAt,
  endedAt,
  exitCode,
  hasRows,
  undoes,
  totals,
  who,
  plan,
  plannedBy,
  ...rest
}: RunRecord): RunOutput {
  return {
    run: runName(run),
    ...rest,
    ...{ who: who ?? null, plan: plan === undefined ? null : runName(plan), planned_by: plannedBy ?? null },
    state: (died ? 'died' : state) as RunOutput['state'],
    started_at: instant(startedAt),
    ended_at: endedAt === undefined ? null : instant(endedAt),
    exit_code: exitCode ?? null,
    has_rows: hasRows,
    undoes: undoes === undefined ? null : runName(undoes),
    statuses: totals.map(({ status, rows, amount, unknown }) => ({
      ...{ status, rows },
      amount: unknown === rows ? null : formatTotal(amount),
    })),
  };
}

export function keyData({ vendor, account, origin, key, run, input, line }: Unsettled | HeldRefund) {
  return { vendor, account, origin, key, run: runName(run), file: input, line };
}

function moneyData({ amount, previousAmount }: Unsettled) {
  return {
    amount: amount === undefined ? null : formatAmount(amount),
    previous_amount: previousAmount === undefined ? null : formatAmount(previousAmount),
  };
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
