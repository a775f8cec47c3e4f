import { relative } from 'node:path';
import { plural } from '../../core/text.js';
import { unreachable } from '../../core/result.js';
import { scopeName, type RowWarning } from '../../core/transactions.js';
import type { PullEvent, PullOutcome, PullStop, Start } from '../../reconcile/pull.js';
import { controlText, type PullJob } from '../../reconcile/pull-job.js';
import type { Namespace } from '../../core/ledger.js';
import { type Console, plain } from '../console.js';
import type { WrittenPull } from '../pull-output.js';
import type { Problem, PullOutput } from '../outputs.js';
import { problem } from '../problems.js';
import { VERSION } from '../version.js';

/** How many there were, and the first of them. */
export interface Warnings {
  count: number;
  readonly listed: RowWarning[];
}

/** What there is to say about a pull that came to an end. */
export interface PullReport
  extends
    PullOutcome,
    WrittenPull,
    Namespace,
    Pick<PullJob, 'report' | 'scope' | 'period' | 'zone' | 'sinceLast'> {
  /** Paths are shown as seen from there. */
  readonly cwd: string;
  /** Epoch milliseconds. */
  readonly started: number;
  /** Rows of the scope and period that the ledger has now. */
  readonly inRange: number;
  readonly warnings: Warnings;
  /** What to look at where the account is refused. */
  readonly credentials: string;
  /** The pull that was typed. */
  readonly again: string;
}

/** Ids and warnings that are listed; of the others there is only the number. */
const LISTED = 20;

/** Says how a pull goes on, and keeps the warnings. */
export function pullProgress(
  console: Console,
  { quiet }: { quiet?: true },
): { emit: (event: PullEvent) => void; warnings: Warnings } {
  const warnings: Warnings = { count: 0, listed: [] };
  const say = (text: string): void => {
    if (quiet !== true) console.say(text);
  };
  const emit = (event: PullEvent): void => {
    switch (event.kind) {
      case 'waiting':
        return say(`waiting ${seconds(event.waitMs)} until the next poll is allowed`);
      case 'started':
        return say(STARTS[event.how](event.rows));
      case 'page':
        return console.status(quiet === true ? '' : `${event.total} rows`);
      case 'warning':
        warnings.count += 1;
        if (warnings.listed.length < LISTED) warnings.listed.push(event.warning);
        return;
      case 'retry':
        return say(`again in ${seconds(event.waitMs)}: ${plain(event.message)}`);
      default:
        return unreachable(event);
    }
  };
  return { emit, warnings };
}

const STARTS: Readonly<Record<Start, (rows: number) => string>> = {
  first_row: () => 'reading from the first row',
  after_last: (rows) => `going on after the ${rows} rows of the last pull`,
  resumed: (rows) => `going on with a pull that did not come to its end, after ${rows} rows`,
  no_last: () => '--since-last: there is no earlier pull of these dates, so it begins at the first row',
  anew: () =>
    '--since-last: these dates are read again from the first row, since a late correction stands among early calls',
  cursor_lost: () =>
    'the vendor does not know the last row that was read any more: reading from the first row',
  kept: () => 'the last pull of these dates has not been written yet: writing what it read',
};

/** The closing words: rows, warnings, what was taken out, where the file is, why the pull ended early. */
export function textPull(report: PullReport): string {
  const { scope, period, rows, pages, inRange, stop, folded, out, failure, withdrawn, warnings } = report;
  const dates = period.from === '' ? '' : ` from ${period.from} to ${period.to}`;
  const where = `${report.vendor} ${scopeName(scope)}${dates}`;
  if (stop?.kind === 'too_soon' || stop?.kind === 'other_columns') return plain(stop.message);
  const lines = [
    `${where}: ${rows} rows came in ${plural(pages, 'page')}; the ledger has ${inRange}`,
    ...warnings.listed.map(({ id, message }) => `  ${plain(`${id}: ${message}`)}`),
    ...more(warnings.count, 'warnings'),
  ];
  if (withdrawn.length > 0) {
    lines.push(`${withdrawn.length} rows of an earlier pull came no more and are taken out:`);
    lines.push(
      ...withdrawn.slice(0, LISTED).map((id) => `  ${plain(id)}`),
      ...more(withdrawn.length, 'rows'),
    );
  }
  lines.push(...controlLines(report));
  if (folded !== undefined) lines.push(`folded into ${folded.calls} calls`);
  if (folded !== undefined && folded.pending > 0)
    lines.push(
      `${folded.pending} of them have corrections of rows that were not read; see their column pending`,
    );
  if (out !== undefined) lines.push(`transactions: ${plain(relative(report.cwd, out))}`);
  if (failure !== undefined) lines.push(plain(failure));
  if (stop?.kind === 'account_refused') lines.push(plain(report.credentials));
  if (stop !== undefined) lines.push(`${stopText(stop)}: ${report.again}`);
  return lines.join('\n');
}

function controlLines({ report: { title }, control }: PullReport): string[] {
  if (control === undefined) return [];
  if (control.same === undefined)
    return [`control total: ${title} does not tell one, so that the rows could not be counted against it`];
  if (control.same) return [`control total: ${plural(control.rows, 'row')}, as ${title} counts them`];
  return [
    `control total: ${controlText({ title }, control)}`,
    'THE PULL IS NOT COMPLETE: reconcile refuses these days until a pull of them agrees with the vendor',
  ];
}

function stopText(stop: Exclude<PullStop, { kind: 'too_soon' | 'other_columns' }>): string {
  if (stop.kind === 'interrupted') return `interrupted (${stop.signal}); the same command goes on`;
  return `${plain(stop.message)}\nnot finished, and nothing was written; the same command goes on`;
}

/** The object that `--json` prints. */
export function jsonPull(report: PullReport, exitCode: number, now: number): PullOutput {
  const { vendor, account, origin, scope, period, zone, stop, withdrawn, warnings } = report;
  const message = stop?.kind === 'interrupted' ? stop.signal : stop?.message;
  return {
    revsync: VERSION,
    command: 'pull',
    vendor,
    account,
    origin,
    scope: { kind: scope.kind, id: scope.id },
    from: period.from === '' ? null : period.from,
    to: period.to === '' ? null : period.to,
    timezone: zone,
    since_last: report.sinceLast,
    exit_code: exitCode,
    stopped: stop === undefined ? null : { code: stop.kind, message: message ?? '' },
    pages: report.pages,
    rows: report.rows,
    rows_in_ledger: report.inRange,
    withdrawn: withdrawn.length,
    withdrawn_ids: withdrawn.slice(0, LISTED),
    warnings: warnings.count,
    warned: warnings.listed,
    control:
      report.control === undefined
        ? null
        : { ...report.control, total: report.control.total ?? null, same: report.control.same ?? null },
    folded: report.folded ?? null,
    out: report.out ?? null,
    problems: exitCode === 0 ? [] : pullProblems(report, report.report.title),
    errors: report.failure === undefined ? [] : [report.failure],
    started_at: new Date(report.started).toISOString(),
    ended_at: new Date(now).toISOString(),
  };
}

/** Why a pull is not all that it should be. */
export function pullProblems(
  { stop, warnings, control, failure }: Pick<PullReport, 'stop' | 'warnings' | 'control' | 'failure'>,
  title: string,
): Problem[] {
  const message = stop?.kind === 'interrupted' ? `interrupted by ${stop.signal}` : stop?.message;
  return [
    ...(stop === undefined ? [] : [problem(stop.kind, message ?? '')]),
    ...warnings.listed.map(({ id, message }) => problem('unreadable', `${id}: ${message}`)),
    ...(control?.same === false ? [problem('not_whole', controlText({ title }, control))] : []),
    ...(failure === undefined ? [] : [problem('not_written', failure)]),
  ];
}

function more(count: number, what: string): string[] {
  return count > LISTED ? [`  and ${count - LISTED} more ${what}`] : [];
}

function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.ceil(ms / 1000)} s`;
}
