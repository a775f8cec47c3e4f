import { relative } from 'node:path';
import { formatTotal, grouped } from '../../core/amount.js';
import type { Interrupt } from '../../core/events.js';
import { plural } from '../../core/text.js';
import { BREAKS } from '../../core/breaks.js';
import { scopeName } from '../../core/transactions.js';
import { unreachable } from '../../core/result.js';
import type { Vendor } from '../../core/vendor.js';
import type { RefusedFile } from '../../push/stage.js';
import { timeText } from '../../sales/time.js';
import type { Namespace } from '../../core/ledger.js';
import type { Tally } from '../../reconcile/breaks-csv.js';
import { daysText } from '../../reconcile/pulled-days.js';
import type { Against } from '../../reconcile/match.js';
import { type Paint, plain } from '../console.js';
import type { WrittenBreaks } from '../reconcile-output.js';
import type { Problem, ReconcileOutput } from '../outputs.js';
import { fileProblems, problem } from '../problems.js';
import { VERSION } from '../version.js';
import { seconds } from '../progress.js';
import { refusalLines } from './push.js';

/** What there is to say about a reconciliation that came to an end. */
export interface ReconcileReport extends WrittenBreaks {
  /** Paths are shown as seen from there. */
  readonly cwd: string;
  readonly file: string;
  readonly vendor: Vendor;
  readonly namespace: Namespace;
  /** The command that pushes a breaks file. */
  readonly pushOf: (breaks: string) => string;
  readonly zone: string | undefined;
  readonly against: Against;
  /** Epoch milliseconds. */
  readonly started: number;
  readonly tookMs: number;
  /** Absent where it did not come to compare anything. */
  readonly tally?: Tally;
  readonly refused?: readonly RefusedFile[];
  readonly interrupted?: Interrupt;
}

/** The closing words: counts, both totals and whether they tie out, where the breaks are, what to type next. */
export function textReconcile(report: ReconcileReport, paint: Paint): string {
  const { refused = [], interrupted, tally, out, failure } = report;
  const lines = refusalLines(refused, paint);
  if (refused.length > 0) lines.push('nothing was compared');
  if (interrupted !== undefined) lines.push(paint.red(`interrupted by ${interrupted}; nothing was written`));
  if (tally !== undefined) lines.push(...tallyLines(report, tally, paint));
  if (failure !== undefined) lines.push(paint.red(plain(failure)));
  if (tally !== undefined && tally.held > 0) lines.push(paint.yellow(plain(heldText(tally.held))));
  if (out !== undefined) lines.push(plain(`breaks: ${relative(report.cwd, out)}`));
  const next = nextCommand(report);
  if (next !== undefined) lines.push(plain(`next: ${next}`));
  return lines.join('\n');
}

function heldText(held: number): string {
  return (
    `${plural(held, 'row')} that ${held === 1 ? 'is' : 'are'} missing at the vendor had been accepted, and a push of the breaks holds ` +
    `${held === 1 ? 'it' : 'them'}: see that the export is whole, of this account and in the file's time zone`
  );
}

function tallyLines(report: ReconcileReport, tally: Tally, paint: Paint): string[] {
  const { file, vendor, namespace, tookMs } = report;
  const whose = [vendor.title, `account ${namespace.account}`, namespace.origin].filter(
    (part) => part !== '',
  );
  const head = `${file} against ${againstText(report)} (${whose.join(', ')}) in ${seconds(tookMs)}`;
  const isCost = vendor.semantics.amount !== undefined;
  const sides = [
    { name: 'file', rows: String(tally.file.rows), amount: grouped(formatTotal(tally.file.amount)) },
    { name: 'vendor', rows: String(tally.vendor.rows), amount: grouped(formatTotal(tally.vendor.amount)) },
    { name: 'difference', rows: '', amount: grouped(formatTotal(tally.file.amount - tally.vendor.amount)) },
  ];
  const width = Math.max(...sides.map(({ amount }) => amount.length));
  const verdict = tally.tiesOut
    ? paint.green('they tie out')
    : paint.yellow(`they do not tie out: ${plural(tally.breaks, 'break')}`);
  return [
    paint.bold(plain(head)),
    ...BREAKS.flatMap(({ word, tiesOut }) => {
      const rows = tally.words.get(word) ?? 0;
      const text = `  ${word.padEnd(18)}${String(rows).padStart(9)}`;
      return rows === 0 ? [] : [tiesOut ? paint.green(text) : paint.yellow(text)];
    }),
    ...sides.map(
      ({ name, rows, amount }) =>
        `  ${(isCost ? `${name} (cost)` : name).padEnd(18)}${rows.padStart(9)}  ${amount.padStart(width)}`,
    ),
    verdict,
  ];
}

function againstText({ against, zone }: ReconcileReport): string {
  switch (against.kind) {
    case 'pulled': {
      const { scope } = against;
      const days = scope.ranges.map(daysText).join(', ');
      return `${scopeName(scope)} as pulled ${timeText(scope.polledAt, zone)} (${days})`;
    }
    case 'export':
      return against.source.name;
    case 'ledger':
      return 'what the ledger has as accepted';
    default:
      return unreachable(against);
  }
}

function nextCommand({ cwd, tally, out, pushOf }: ReconcileReport): string | undefined {
  if (tally === undefined || out === undefined) return undefined;
  const toPush = BREAKS.reduce(
    (sum, { word, disputes }) => (disputes === undefined ? sum : sum + (tally.words.get(word) ?? 0)),
    -tally.held,
  );
  if (toPush === 0) return undefined;
  return `look at the breaks, then send the missing and different ones: ${pushOf(relative(cwd, out))}`;
}

/** The one object that `--json` prints; its keys are a contract, told of in docs/json.md. Money is decimal text. */
export function jsonReconcile(report: ReconcileReport, exitCode: number, now: number): ReconcileOutput {
  const { vendor, namespace, against, tally, interrupted } = report;
  return {
    revsync: VERSION,
    command: 'reconcile',
    vendor: vendor.id,
    account: namespace.account,
    origin: namespace.origin,
    against: against.kind === 'pulled' ? scopeName(against.scope) : against.kind,
    exit_code: exitCode,
    stopped:
      interrupted === undefined ? null : { code: 'interrupted', message: `interrupted by ${interrupted}` },
    files: against.kind === 'export' ? [report.file, against.source.name] : [report.file],
    out: report.out ?? null,
    ties_out: tally?.tiesOut ?? null,
    breaks: Object.fromEntries(
      BREAKS.map(({ word }) => [word, tally?.words.get(word) ?? 0]),
    ) as ReconcileOutput['breaks'],
    held: tally?.held ?? 0,
    file: sideOf(tally?.file, vendor),
    vendor_side: sideOf(tally?.vendor, vendor),
    problems: exitCode === 0 ? [] : problemsData(report),
    errors: report.failure === undefined ? [] : [report.failure],
    started_at: new Date(report.started).toISOString(),
    ended_at: new Date(now).toISOString(),
  };
}

/** Why they do not tie out, or were not compared. */
function problemsData(report: ReconcileReport): Problem[] {
  const { refused = [], interrupted, tally, failure } = report;
  const breaks = BREAKS.flatMap(({ word, tiesOut }) => {
    const rows = tally?.words.get(word) ?? 0;
    return tiesOut === true || rows === 0 ? [] : [`${word} ${rows}`];
  });
  const isOut = tally === undefined || tally.tiesOut;
  return [
    ...refused.flatMap(({ input, problems }) => fileProblems(input, problems)),
    ...(interrupted === undefined ? [] : [problem('interrupted', `interrupted by ${interrupted}`)]),
    ...(isOut ? [] : [problem('breaks', breaks.join(', '), { remedy: nextCommand(report) })]),
    ...(failure === undefined ? [] : [problem('not_written', failure)]),
  ];
}

function sideOf(side: Tally['file'] | undefined, { semantics }: Vendor): ReconcileOutput['file'] {
  const [rows, sum] = [side?.rows ?? 0, formatTotal(side?.amount ?? 0n)];
  return semantics.amount === undefined
    ? { rows, amount: sum }
    : { rows, amount: formatTotal(0n), cost: sum };
}
