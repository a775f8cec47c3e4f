import { formatAmount, grouped } from '../../core/amount.js';
import type { PushEnd } from '../../core/ledger.js';
import {
  workText,
  type AccountStatus,
  type HeldRefund,
  type RunRecord,
  type Unsettled,
} from '../../core/records.js';
import type { HeldPlan } from '../../core/plans.js';
import { LEFT_OPEN } from '../../core/status.js';
import { filesText, localText, plural } from '../../core/text.js';
import { runName, type RunId } from '../../core/row.js';
import { plain, type Paint } from '../console.js';
import { EXIT } from '../exit-codes.js';
import { exitText, lateText, totalsText } from './ends.js';
import { planLine } from './plan.js';
import { seconds } from '../progress.js';

/** What `revsync status` found. */
export interface Found {
  readonly accounts: readonly AccountStatus[];
  readonly unknown: readonly Unsettled[];
  readonly heldRefunds: readonly HeldRefund[];
  readonly late: readonly LateProfile[];
  /** Plans that wait to be applied. */
  readonly plans: readonly HeldPlan[];
  /** Both ways to settle a key. */
  readonly resolve: (one: Unsettled) => readonly string[];
  /** Shows a plan. */
  readonly show: (plan: HeldPlan) => string;
  /** Writes the results of a run again. */
  readonly results: (run: RunId) => string;
  /** Pushes again what is left of an account, where a profile can be told that it is pushed by. */
  readonly again: (account: AccountStatus) => string | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** A profile that says how often files come, and with which none was pushed for longer. */
export interface LateProfile {
  readonly profile: string;
  readonly everyMs: number;
  /** When the last one began, in epoch milliseconds; undefined where none ever was. */
  readonly last: number | undefined;
  /** Pushes what it finds, where it says where to look. */
  readonly push: string | undefined;
}

/** Exit codes that say more than what rows were left. */
const WELL: readonly number[] = [EXIT.done, EXIT.someRowsBad, EXIT.unknownRows];

/** Whether somebody has to look at an account, beside keys that are unknown. */
export function isTrouble({ run, end, work }: AccountStatus): boolean {
  if (work !== undefined) return false;
  if (run?.died === true || openRows(run) > 0) return true;
  return end !== undefined && !WELL.includes(end.exitCode);
}

function openRows(run: RunRecord | undefined): number {
  if (run === undefined) return 0;
  const open = run.totals.filter(({ status }) => LEFT_OPEN.includes(status));
  return open.reduce((sum, { rows }) => sum + rows, 0) - run.mended;
}

/** Everything, for people: what waits for somebody goes last, where a terminal shows it. */
export function statusText(found: Found, paint: Paint): string {
  const { accounts, unknown, heldRefunds, late, plans } = found;
  const lines = accounts.flatMap((account) => accountLines(account, found, paint));
  if (accounts.length === 0) lines.push('nothing was pushed yet');
  for (const one of late) {
    lines.push(paint.yellow(plain(lateLine(one, found.now))));
    if (one.push !== undefined) lines.push(plain(`  where it has come: ${one.push}`));
  }
  for (const plan of plans)
    lines.push(paint.yellow(plain(waitingLine(plan))), `  look at it: ${plain(found.show(plan))}`);
  for (const refund of heldRefunds) lines.push(paint.yellow(plain(refundLine(refund))));
  for (const one of unknown) lines.push(...unknownLines(one, found, paint));
  const waiting =
    unknown.length + heldRefunds.length + late.length + plans.length + accounts.filter(isTrouble).length;
  lines.push(
    waiting === 0
      ? paint.green('nothing waits for anybody')
      : paint.bold(`${plural(waiting, 'thing')} to look at`),
  );
  return lines.map((line) => `${line}\n`).join('');
}

function accountLines(status: AccountStatus, found: Found, paint: Paint): string[] {
  const lines = standLines(status, found, paint);
  const again = isTrouble(status) ? found.again(status) : undefined;
  const when = status.run?.died === true ? 'to go on' : 'once that is mended';
  return again === undefined ? lines : [...lines, plain(`  ${when}: ${again}`)];
}

function standLines(status: AccountStatus, { results }: Found, paint: Paint): string[] {
  const { vendor, account, origin, run, end, work } = status;
  const lines = [paint.bold(plain(`${vendor}, account ${account}, ${origin}`))];
  const shown = isTrouble(status) ? paint.yellow : paint.green;
  // A refused file leaves no run: the run before it is told as well.
  if (end !== undefined && end.run === undefined && end.startedAt >= (run?.startedAt ?? 0))
    lines.push(
      shown(plain(`  ${end.files.length === 0 ? 'no new file' : filesText(end.files)}: ${endText(end)}`)),
    );
  if (run === undefined) return lines;
  const own = end?.run === run.run ? end : undefined;
  lines.push(shown(plain(`  ${runText(run, own, work)}`)));
  const money = moneyLine(run, results);
  if (money !== undefined) lines.push(plain(`  ${money}`));
  return lines;
}

export function runText(run: RunRecord, end: PushEnd | undefined, work: AccountStatus['work']): string {
  const name = `${runName(run.run)}: ${filesText(run.inputs)}`;
  if (work !== undefined) return workText(work);
  if (run.died)
    return `${name}: died, begun ${localText(run.startedAt)}; push the same file again, which looks after what was in flight`;
  if (end !== undefined) return `${name}: ${endText(end)}`;
  const took = run.endedAt === undefined ? '' : `, took ${seconds(run.endedAt - run.startedAt)}`;
  const died = run.state === 'crashed' ? 'died, ' : '';
  const exit = run.exitCode === undefined ? '' : `, ${exitText(run.exitCode)}`;
  return `${name}: ${died}${localText(run.startedAt)}${took}${exit}`;
}

export function endText({ startedAt, endedAt, exitCode, says }: PushEnd): string {
  const why = says === undefined ? '' : `: ${says}`;
  return `${localText(startedAt)}, took ${seconds(endedAt - startedAt)}, ${exitText(exitCode)}${why}`;
}

/** `accepted 480 (12,340.00), unknown 1 (120.00); 3 of those rows were accepted since`. */
function moneyLine(record: RunRecord, results: Found['results']): string | undefined {
  const { run, totals, mended } = record;
  if (totals.length === 0) return undefined;
  const since = mended === 0 ? '' : `; ${mended} of what was left were accepted since`;
  const open = openRows(record);
  const look = open === 0 ? '' : `; \`${results(run)}\` writes them out`;
  return `${totalsText(record)}${since}${look}`;
}

/** `run-5 of sales.csv to convoso, account default: planned …, waits to be applied`. */
export function waitingLine(plan: HeldPlan): string {
  const { run, files, vendor, account, left } = plan;
  return `${vendor}, account ${account}: plan ${runName(run)}: ${filesText(files)}, ${plural(left, 'row')}: ${planLine(plan)}`;
}

export function lateLine({ profile, everyMs, last }: LateProfile, now: number): string {
  return `profile ${profile}: a push is expected every ${lateText(everyMs, last, now)}`;
}

export function refundLine(refund: HeldRefund): string {
  const { vendor, account, key, held, input, line, run, status, code, message } = refund;
  const why = [code, message].filter((text) => text !== undefined).join(': ');
  return `${vendor}, account ${account}: ${grouped(formatAmount(held))} of ${key} is still held, though ${input}:${line} of ${runName(run)} takes it back: ${status} ${why}`;
}

export function unknownText(one: Unsettled): string {
  const { vendor, account, key, action, amount, previousAmount, input, line, run, at } = one;
  const money = amount === undefined ? '' : ` ${grouped(formatAmount(amount))}`;
  const before = previousAmount === undefined ? '' : `, ${grouped(formatAmount(previousAmount))} before`;
  return `${vendor}, account ${account}: ${key} is unknown: ${action}${money}${before}, ${input}:${line} of ${runName(run)}, sent ${localText(at)}; look at the vendor`;
}

function unknownLines(one: Unsettled, { resolve }: Found, paint: Paint): string[] {
  const [accepted = '', notApplied = ''] = resolve(one);
  return [
    paint.yellow(plain(unknownText(one))),
    `  it is there:     ${accepted}`,
    `  it is not there: ${notApplied}`,
  ];
}
