import type { RowStatus } from '../../core/status.js';
import type { Vendor } from '../../core/vendor.js';
import type { PushOutcome } from '../../push/run.js';
import { secondText } from '../../core/text.js';
import { plain } from '../console.js';
import type { Change } from '../next-command.js';

/** Commands to type after a push, each whole. */
export interface PushCommands {
  /** The push that was typed, without and with some options. */
  again(change?: Change): string;
  /** What sends the plan that was made. */
  apply(): string;
  /** The dry run that was typed, as a push. */
  send(): string;
  wasTyped(option: string): boolean;
  /** What shows everything that waits for somebody. */
  status(): string;
  /** Both ways to settle a key. */
  resolve(key: string): readonly string[];
}

/** How a push ended, as far as it matters to what is next. */
export interface PushEnd extends Pick<PushOutcome, 'totals' | 'dryRun' | 'held' | 'problems' | 'stop'> {
  readonly vendor: Vendor;
  readonly files: readonly string[];
  readonly from: 'files' | 'ledger';
  readonly exitCode: number;
  readonly commands: PushCommands;
}

/** Rows that are held until someone says so, and what says it. */
const HELD: Readonly<Record<string, Change & { readonly said: string }>> = {
  correction_held: { without: ['correct'], said: 'without --no-correct' },
  looks_sent: { adding: ['--send-again'], said: 'with --send-again' },
};

/** What to type next: nothing where all is well and done. */
export function nextLines(report: PushEnd, quiet: boolean): string[] {
  const { totals, dryRun, exitCode } = report;
  if (totals === undefined) return [];
  const has = (...wanted: RowStatus[]): boolean => totals.some(({ status }) => wanted.includes(status));
  if (has('unknown')) return unknownLines(report);
  if (quiet || (exitCode === 0 && !(dryRun && has('planned')))) return [];
  return [plain(`next: ${nextCommand(report, has)}`)];
}

/** A person has to look. */
function unknownLines(report: PushEnd): string[] {
  const { vendor, totals = [], problems, commands } = report;
  const keys = new Set(
    problems.flatMap(({ status, key }) => (status === 'unknown' && key !== undefined ? [key] : [])),
  );
  const all = totals.reduce((sum, { status, rows }) => sum + (status === 'unknown' ? rows : 0), 0);
  const shown = problems.filter(({ status }) => status === 'unknown').length;
  return [
    `next: look the unknown rows up at ${vendor.title}, and say of each whether it is there:`,
    ...[...keys].flatMap((key) => commands.resolve(key).map((command) => `  ${command}`)),
    ...(all > shown
      ? [`  … and ${all - shown} more; their keys are in the results (column revsync_key)`]
      : []),
    `then: ${sameCommand(report)}`,
  ].map(plain);
}

function nextCommand(report: PushEnd, has: (...wanted: RowStatus[]) => boolean): string {
  const { dryRun, held: isPlan, commands } = report;
  if (isPlan === true)
    return has('planned')
      ? `once it has been looked at, this sends exactly that: ${commands.apply()}`
      : `mend the rows above and plan again: ${commands.again()}`;
  if (report.from === 'ledger') return nextOfLedger(report, has);
  if (dryRun && has('invalid', 'rejected', 'failed'))
    return `mend the rows above and run the dry run again: ${commands.again()}`;
  if (has('invalid', 'rejected')) return `mend the rows in the source, then ${sameCommand(report)}`;
  const held = heldCommand(report);
  if (held !== undefined) return held;
  if (dryRun) return `the same command without --dry-run sends this: ${commands.send()}`;
  return sameCommand(report, ' goes on where this run ended');
}

/** Of rows that no file has: what is left of them is not to be mended in one. */
function nextOfLedger(report: PushEnd, has: (...wanted: RowStatus[]) => boolean): string {
  const { dryRun, commands, stop } = report;
  if (dryRun && has('planned')) return `the same command without --dry-run sends this: ${commands.send()}`;
  if (!dryRun && (stop !== undefined || has('failed')))
    return sameCommand(report, ' goes on where this run ended');
  return 'each row that is left says why, and what to do (column revsync_error)';
}

/** What sends the rows that are held; undefined where none is. */
function heldCommand({ problems, commands }: PushEnd): string | undefined {
  if (problems.some(({ code }) => code === 'was_accepted'))
    return 'see why the reconciliation did not find the rows that are held; each says what to do';
  const held = problems.map(({ code = '' }) => HELD[code]).find((one) => one !== undefined);
  if (held === undefined) return undefined;
  const { without = [], adding, said } = held;
  if (without.some((option) => !commands.wasTyped(option)))
    return `look at the rows that are held; the profile says so, and ${said} they would be sent`;
  const command = commands.again({ without: [...Object.keys(ONCE), ...without], adding });
  return `look at the rows that are held; ${said} the same command sends them: ${command}`;
}

/** Options that are for one run, by their names in code. */
const ONCE: Readonly<Record<string, string>> = { limit: '--limit', newLedger: '--new-ledger' };

function sameCommand({ files, commands, stop }: PushEnd, does = ''): string {
  const from = stop?.kind === 'budget_spent' ? `from ${secondText(stop.nextAt)} on, ` : '';
  const out = Object.keys(ONCE).filter((option) => commands.wasTyped(option));
  const without = out.length === 0 ? '' : ` without ${out.map((option) => ONCE[option]).join(' and ')}`;
  const input = files.includes('-') ? ', with the file on its standard input again' : '';
  return `${from}the same command${without}${does}${input}: ${commands.again({ without: out })}`;
}
