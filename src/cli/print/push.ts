import { relative } from 'node:path';
import { formatAmount, type Amount } from '../../core/amount.js';
import { CODES, type Code } from '../../core/codes.js';
import type { Recovered, Stop } from '../../core/events.js';
import type { ProblemRow, Totals } from '../../core/ledger.js';
import type { Pruned } from '../../core/pruning.js';
import { ACTIONS, LEFT_OPEN, NEEDS_SOMEONE, STATUSES } from '../../core/status.js';
import type { PushOutcome } from '../../push/run.js';
import { plural, secondText } from '../../core/text.js';
import type { PlanDiff } from '../../report/plan-diff.js';
import type { RefusedFile } from '../../push/stage.js';
import { runName } from '../../core/row.js';
import { type Paint, plain, problemText } from '../console.js';
import type { Preview } from '../dry-run.js';
import type { Problem, PushOutput } from '../outputs.js';
import { fileProblems, problem } from '../problems.js';
import { VERSION } from '../version.js';
import { diffLines } from './plan.js';
import { nextLines, type PushEnd } from './next-push.js';
import { rateData, rateLines, type Paced } from './rate.js';
import { seconds } from '../progress.js';
import { actionText, changesData, moneyText, sumData } from './sums.js';

/** How a push ended, and what it was about. */
export interface PushReport extends PushOutcome, PushEnd, Paced {
  readonly account: string;
  readonly origin: string;
  /** Files of the profile that were pushed whole before. */
  readonly passedOver: number;
  /** Paths are shown as seen from there. */
  readonly cwd: string;
  /** Epoch milliseconds. */
  readonly started: number;
  readonly tookMs: number;
  /** What to look at where the account is refused. */
  readonly credentials: string;
  /** Earlier runs that were killed. */
  readonly recovered: readonly Recovered[];
  /** Of the first rows that would be sent. */
  readonly previews: readonly Preview[];
  /** Of a plan. */
  readonly diff?: PlanDiff | undefined;
}

/** Why files were refused, each reason in a line. */
export function refusalLines(refused: readonly RefusedFile[], paint: Paint): string[] {
  return refused.flatMap(({ input, problems }) =>
    problems.map((problem) => paint.red(plain(problemText(input, problem)))),
  );
}

/** The closing words: counts and money, the first problems with what to do, where the results are, what to type next. */
export function textSummary(report: PushReport, paint: Paint, { quiet }: { quiet?: true }): string {
  const lines: string[] = [];
  if (quiet === true && report.totals !== undefined && !report.dryRun) return quietLine(report, paint);
  lines.push(...refusalLines(report.refused ?? [], paint));
  if (report.refused !== undefined) lines.push('nothing was sent');
  if (report.stop !== undefined) lines.push(paint.red(plain(stopLine(report))));
  lines.push(...unsavedLines(report).map((line) => paint.red(plain(line))));
  if (report.totals !== undefined && quiet !== true)
    lines.push(...totalsTable(report, report.totals, paint), ...noteLines(report));
  if (report.run !== undefined) {
    if (report.dryRun && quiet !== true) lines.push(...dryRunLines(report));
    lines.push(...problemLines(report, paint));
  }
  for (const failure of report.failures) lines.push(paint.red(plain(failure)));
  if (quiet !== true) {
    for (const path of report.results) lines.push(plain(`results: ${relative(report.cwd, path)}`));
    if (report.plan !== undefined) lines.push(plain(`plan: ${relative(report.cwd, report.plan)}`));
    if (report.page !== undefined) lines.push(plain(`report: ${relative(report.cwd, report.page)}`));
  }
  lines.push(...nextLines(report, quiet === true));
  return lines.join('\n');
}

/** With `--quiet`, all that a run which is not well has to say. */
function quietLine(report: PushReport, paint: Paint): string {
  const { totals = [], stop, failures, problems, exitCode, commands } = report;
  const counts = LEFT_OPEN.flatMap((status) => {
    const own = totals.filter((total) => total.status === status);
    return own.length === 0 ? [] : [`${status} ${moneyText(own).rows}`];
  });
  const said = [
    ...(stop === undefined ? [] : [stopLine(report)]),
    ...failures,
    ...(counts.length === 0 ? [] : [counts.join(', ')]),
    ...problems.slice(0, 1).map((row) => problemLine(row).trim()),
  ];
  return paint.red(
    plain(`${headText(report)}: exit ${exitCode}: ${said.join('; ')}; look: ${commands.status()}`),
  );
}

/** The one object that `--json` prints; its keys are a contract, told of in docs/json.md. Money is decimal text. */
export function jsonSummary(report: PushReport, now: number): PushOutput {
  const { vendor, totals = [], stop } = report;
  const by = <K extends string>(keys: readonly K[], of: (total: Totals) => K | undefined) =>
    Object.fromEntries(
      keys.map((key) => [key, sumData(totals.filter((total) => of(total) === key))]),
    ) as PushOutput['statuses'] & PushOutput['actions'];
  const statuses = STATUSES.map(({ status }) => status);
  return {
    revsync: VERSION,
    command: 'push',
    vendor: vendor.id,
    account: report.account,
    origin: report.origin,
    dry_run: report.dryRun,
    run: report.run === undefined || (report.dryRun && report.held !== true) ? null : runName(report.run),
    exit_code: report.exitCode,
    stopped: stop === undefined ? null : stopData(stop),
    files: report.files,
    passed_over: report.passedOver,
    results: report.results,
    report: report.page ?? null,
    plan: report.plan ?? null,
    rows: totals.reduce((sum, { rows }) => sum + rows, 0),
    statuses: by(statuses, ({ status }) => status),
    actions: by(ACTIONS, ({ action }) => action),
    changes: changesData(totals.filter(({ status }) => status === (report.dryRun ? 'planned' : 'accepted'))),
    pruned: report.pruned?.forgotten ?? null,
    merged: { lines: report.merged?.lines ?? 0, rows: report.merged?.rows ?? 0 },
    rate: rateData(report),
    recovered: report.recovered.map(recoveredData),
    problems: problemsData(report),
    errors: [...unsavedLines(report), ...report.failures],
    warnings: [],
    started_at: new Date(report.started).toISOString(),
    ended_at: new Date(now).toISOString(),
  };
}

/** Why the exit code is not 0. */
function problemsData(report: PushReport): Problem[] {
  const { exitCode, refused = [], stop, problems, failures, commands, credentials } = report;
  const remedy = stop?.kind === 'account_refused' ? credentials : undefined;
  if (exitCode === 0) return [];
  const found = [
    ...refused.flatMap(({ input, problems }) => fileProblems(input, problems)),
    ...(stop === undefined ? [] : [problem(stop.kind, stopMessage(stop), { remedy })]),
    ...problems.map(({ input: file, line, key, status, code = status, message }) => {
      const remedy =
        status === 'unknown' && key !== undefined ? commands.resolve(key).join(' or ') : undefined;
      return problem(code, `${status}: ${message ?? ''}`, { file, line, remedy });
    }),
    ...[...unsavedLines(report), ...failures].map((message) => problem('not_written', message)),
  ];
  return found.length > 0 ? found : [problem('rows_left', 'rows were left')];
}

function totalsTable(report: PushReport, totals: readonly Totals[], paint: Paint): string[] {
  const head = `${headText(report)} in ${seconds(report.tookMs)}`;
  const shown = STATUSES.flatMap(({ status }) => {
    const own = totals.filter((total) => total.status === status);
    return own.length === 0 ? [] : [{ status, ...moneyText(own) }];
  });
  const width = Math.max(0, ...shown.map(({ money }) => money.length));
  return [
    paint.bold(plain(head)),
    ...shown.map(({ status, rows, money, more }) => {
      const text = `  ${status.padEnd(10)}${String(rows).padStart(9)}  ${money.padStart(width)}${more}`;
      return LEFT_OPEN.includes(status) ? paint.yellow(text) : paint.green(text);
    }),
    ...(shown.length === 0 ? ['  no rows'] : []),
  ];
}

function headText({ vendor, account, origin, files, dryRun, held, run }: PushReport): string {
  const title = held === true ? `plan ${runName(run ?? 0)}` : dryRun ? 'dry run' : runName(run ?? 0);
  return `${title}: ${files.join(', ')} to ${vendor.title} (account ${account}, ${origin})`;
}

function noteLines(report: PushReport): string[] {
  return [...mergedLines(report), ...rateLines(report), ...prunedLines(report)];
}

/** Lines that are sent as one row, which the counts above do not show. */
function mergedLines({ merged }: PushReport): string[] {
  if (merged === undefined || merged.rows === 0) return [];
  return [`${plural(merged.lines, 'line')} became ${plural(merged.rows, 'row')}`];
}

function prunedLines({ pruned }: PushReport): string[] {
  return pruned === undefined ? [] : [prunedText(pruned)];
}

/** What became of old source rows. */
export function prunedText({ forgotten, kept }: Pruned): string {
  const still =
    kept === 0 ? '' : `; ${plural(kept, 'run')} kept, of which a key waits to be settled or filed`;
  return `source rows of ${plural(forgotten, 'run')} forgotten; what was accepted is kept${still}`;
}

function dryRunLines({ previews, totals = [], corrections, diff }: PushReport): string[] {
  if (diff !== undefined) return diffLines(diff, totals);
  const actions = ACTIONS.flatMap((action) => {
    const planned = totals.filter((total) => total.status === 'planned' && total.action === action);
    return planned.length === 0 ? [] : [actionText(action, planned)];
  });
  const changes = corrections.map(
    ({ input, line, key, amount, previousAmount }) =>
      `  ${input}:${line}: ${key} ${money(previousAmount)} → ${money(amount)}`,
  );
  return [
    `would send: ${actions.length === 0 ? 'nothing' : actions.join(', ')}`,
    ...requestLines(previews),
    ...(changes.length > 0 ? ['corrections, old → new:', ...changes.map(plain)] : []),
  ];
}

/** Requests as they would be sent, with their rows; nothing where there are none. */
export function requestLines(previews: readonly Preview[]): string[] {
  const requests = previews.flatMap(({ row, method, url, headers, body }) => [
    `  ${row.input}:${row.line}: ${row.action} ${method} ${url}`,
    ...Object.entries(headers).map(([name, value]) => `    ${name}: ${value}`),
    `    ${body}`,
  ]);
  return requests.length > 0 ? ['the first requests:', ...requests.map(plain)] : [];
}

function money(amount: Amount | undefined): string {
  return amount === undefined ? '(none)' : formatAmount(amount);
}

function problemLines({ problems, totals = [] }: PushReport, paint: Paint): string[] {
  const all = totals
    .filter(({ status }) => NEEDS_SOMEONE.includes(status))
    .reduce((sum, { rows }) => sum + rows, 0);
  const more = all - problems.length;
  return [
    ...problems.map((row) => paint.yellow(plain(problemLine(row)))),
    ...(more > 0 ? [`  … and ${more} more in the results (column revsync_error)`] : []),
  ];
}

/** A row that needs somebody, with what to do about it. */
export function problemLine({ input, line, status, code, message }: ProblemRow): string {
  const known = code !== undefined && Object.hasOwn(CODES, code) ? CODES[code as Code] : undefined;
  const remedy = status === 'rejected' || status === 'failed' ? known?.remedy : undefined;
  return `  ${input}:${line}: ${status} ${code ?? ''}: ${message ?? ''}${remedy === undefined ? '' : `; ${remedy}`}`;
}

/** Why it stopped. */
export function stopMessage(stop: Stop): string {
  return stop.kind === 'interrupted' ? `interrupted by ${stop.signal}` : stop.message;
}

function recoveredData({ run, startedAt, lastAt, ...rest }: Recovered): PushOutput['recovered'][number] {
  return {
    run: run === undefined ? null : runName(run),
    ...{ files: rest.files, started_at: new Date(startedAt).toISOString() },
    last_answer_at: lastAt === undefined ? null : new Date(lastAt).toISOString(),
    ...{ rows: rest.rows, in_flight: rest.inFlight, unknown: rest.unknown, not_sent: rest.notSent },
  };
}

function stopData(stop: Stop): NonNullable<PushOutput['stopped']> {
  const nextAt = stop.kind === 'budget_spent' ? { next_at: secondText(stop.nextAt) } : {};
  return { code: stop.kind, message: stopMessage(stop), ...nextAt };
}

function stopLine({ stop, totals, credentials }: PushReport): string {
  if (stop === undefined) return '';
  if (totals === undefined && stop.kind === 'interrupted')
    return `${stopMessage(stop)} while reading; nothing was sent`;
  const next =
    stop.kind === 'account_refused'
      ? credentials
      : stop.kind === 'ledger_failed'
        ? 'mend that first: what was in flight is looked after by the next push of the same file'
        : 'the next push goes on from here';
  return `stopped: ${stopMessage(stop)}; ${next}`;
}

function unsavedLines({ stop, commands }: PushReport): string[] {
  if (stop?.kind !== 'ledger_failed') return [];
  return stop.unsaved.map(({ row, status, attempts, ref, code, message }) => {
    const place = `${row.input}:${row.line}: ${row.key}: the ledger could not take`;
    if (attempts.length === 0) return `${place} that it was not sent: ${commands.resolve(row.key)[1]}`;
    const what = [status, ref, code, message].filter((part) => part !== undefined).join(' ');
    return `${place} the answer: ${what}`;
  });
}
