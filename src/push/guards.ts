import { formatTotal } from '../core/amount.js';
import { plural } from '../core/text.js';
import type { Ledger, Totals } from '../core/ledger.js';
import type { RowLimit } from '../core/row.js';
import type { RefusedFile, StagedFile } from './stage.js';

/** What the user knows of the files beforehand. A guard that fails refuses all of them before anything is sent. */
export interface Guards {
  readonly expectRows?: number | undefined;
  readonly minRows?: number | undefined;
  /** Milliseconds since the newest time of a file, at most. */
  readonly maxAge?: number | undefined;
  /** In 1/10000, of all amounts as they are written. */
  readonly expectTotal?: bigint | undefined;
  /** The most that may be sent, in 1/10000. */
  readonly maxTotal?: bigint | undefined;
  /** The most that reversals and clears may take back, in 1/10000. */
  readonly maxReversed?: bigint | undefined;
  readonly maxInvalid?: RowLimit | undefined;
  /** Let a file through of which most rows go back to what a later run has changed. */
  readonly older?: boolean | undefined;
  /** Refuse bytes that were pushed whole under another name. */
  readonly once: boolean;
}

/** Control counts and totals, against the files as they were exported. */
export function checkFiles(
  { expectRows, expectTotal, minRows, maxAge }: Guards,
  files: readonly StagedFile[],
  now: number,
): RefusedFile[] {
  const refused: RefusedFile[] = [];
  const messages: string[] = [];
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  if (expectRows !== undefined && rows !== expectRows)
    messages.push(
      `--expect-rows: the files have ${plural(rows, 'row')}, and ${expectRows} ${expectRows === 1 ? 'was' : 'were'} expected; find out which is right`,
    );
  if (minRows !== undefined && rows < minRows)
    messages.push(
      `--min-rows: the files have ${plural(rows, 'row')}, and ${minRows} or more were expected; find out what is missing`,
    );
  if (maxAge !== undefined) refused.push(...files.flatMap((file) => checkAge(file, maxAge, now)));
  if (expectTotal !== undefined) {
    const total = files.reduce((sum, file) => sum + file.total.sum, 0n);
    const unread = files.filter((file) => file.total.unread !== undefined);
    for (const { input, total } of unread) {
      const message = `--expect-total: cannot be checked: ${total.unread ?? ''}; mend it, or leave --expect-total out`;
      refused.push({ input, problems: [{ message }] });
    }
    if (unread.length === 0 && total !== expectTotal) {
      const difference = formatTotal(total - expectTotal);
      messages.push(
        `--expect-total: the amounts come to ${formatTotal(total)} and ${formatTotal(expectTotal)} was expected, a difference of ${difference}; find out which is right`,
      );
    }
  }
  return [...refusal(files, messages), ...refused];
}

const HOUR_MS = 3_600_000;
/** How far the clocks of zones are from UTC, at most. */
const BEHIND_MS = 12 * HOUR_MS;
const AHEAD_MS = 14 * HOUR_MS;

/** Whether a file is too old, by its own times; a header alone has none. */
function checkAge({ input, rows, newest }: StagedFile, most: number, now: number): RefusedFile[] {
  if (rows === 0) return [];
  const refuse = (message: string, line?: number): RefusedFile[] => [
    { input, problems: [{ message: `--max-age: ${message}`, ...(line !== undefined && { line }) }] },
  ];
  if (newest === undefined)
    return refuse(
      'no time in the file can be read that says how old it is; leave --max-age out, or name a zone and an order of dates',
    );
  const { at, hasZone, text, header, line } = newest;
  const age = now - at;
  const [least, highest] = hasZone ? [age, age] : [age - BEHIND_MS, age + AHEAD_MS];
  const what = `the newest time, ${JSON.stringify(text)} in ${header},`;
  if (least > most)
    return refuse(
      `${what} is ${hours(least)} ago, and ${hours(most)} is the most; export the file again`,
      line,
    );
  if (highest <= most) return [];
  return refuse(`${what} may be more than ${hours(most)} ago or not; name its zone with --timezone`, line);
}

function hours(ms: number): string {
  return `${Math.round(ms / HOUR_MS)}h`;
}

/** What the plan came to. Rows that are left out count for nothing. */
export function checkTotals(
  { maxTotal, maxReversed, maxInvalid }: Guards,
  totals: readonly Totals[],
  files: readonly StagedFile[],
): RefusedFile[] {
  const messages: string[] = [];
  const planned = totals.filter(({ status }) => status === 'planned');
  const takesBack = ({ action }: Totals): boolean => action === 'reverse' || action === 'clear';
  const toSend = planned.reduce((sum, one) => (takesBack(one) ? sum : sum + one.amount), 0n);
  const reversed = planned.filter(takesBack);
  const takenBack = reversed.reduce((sum, { change }) => sum - change, 0n);
  const unknown = reversed.reduce((sum, one) => sum + one.unknown, 0);
  if (maxReversed !== undefined && takenBack > maxReversed) {
    messages.push(
      `--max-reversed: ${formatTotal(takenBack)} would be taken back and ${formatTotal(maxReversed)} is the most; raise it if that is right`,
    );
  }
  if (maxReversed !== undefined && unknown > 0) {
    messages.push(
      `--max-reversed: cannot be checked: ${plural(unknown, 'row')} would take back what the ledger knows no amount of; --dry-run without --max-reversed shows what is planned`,
    );
  }
  if (maxTotal !== undefined && toSend > maxTotal) {
    messages.push(
      `--max-total: ${formatTotal(toSend)} would be sent and ${formatTotal(maxTotal)} is the most; raise it if that is right`,
    );
  }
  const rows = totals
    .filter(({ status }) => status !== 'skipped')
    .reduce((sum, total) => sum + total.rows, 0);
  const invalid = totals
    .filter(({ status }) => status === 'invalid')
    .reduce((sum, total) => sum + total.rows, 0);
  if (maxInvalid !== undefined && isMore(invalid, rows, maxInvalid)) {
    const most = maxInvalid.kind === 'rows' ? String(maxInvalid.rows) : `${maxInvalid.percent}%`;
    messages.push(
      `--max-invalid: ${invalid} of ${rows} rows ${invalid === 1 ? 'is' : 'are'} invalid and ${most} is the most; --dry-run without --max-invalid shows them`,
    );
  }
  return refusal(files, messages);
}

function isMore(invalid: number, rows: number, most: RowLimit): boolean {
  return most.kind === 'rows' ? invalid > most.rows : invalid * 100 > most.percent * rows;
}

/** The same bytes under the same name are pushed again and again by cron, which is what the ledger is for. */
export async function checkOnce(
  { once }: Guards,
  files: readonly StagedFile[],
  ledger: Ledger,
): Promise<RefusedFile[]> {
  if (!once) return [];
  const refused: RefusedFile[] = [];
  for (const { input, path, digest } of files) {
    const before = await ledger.pushedBefore(digest);
    if (before === undefined || before.path === path) continue;
    const at = new Date(before.at).toISOString();
    const message = `--once: the same file was pushed whole as ${before.path} by run-${before.run}, which ended ${at}; leave --once out if it shall be pushed again`;
    refused.push({ input, problems: [{ message }] });
  }
  return refused;
}

/** Runs are counted by their ledger: by another one it cannot be told what came after the vendor's books were seen. */
export async function checkBreaks(files: readonly StagedFile[], ledger: Ledger): Promise<RefusedFile[]> {
  const named = files.flatMap(({ input, asOfRun = 0 }) => (asOfRun === 0 ? [] : [{ input, asOfRun }]));
  if (named.length === 0) return [];
  const { run } = await ledger.lastPush();
  return named.flatMap(({ input, asOfRun }) => {
    if (asOfRun <= run) return [];
    const message = `its breaks were found with a ledger that had run-${asOfRun}, and the newest run of this account here is ${run === 0 ? 'none' : `run-${run}`}; push with that ledger, or reconcile with this one`;
    return [{ input, problems: [{ message }] }];
  });
}

function refusal(files: readonly StagedFile[], messages: readonly string[]): RefusedFile[] {
  if (messages.length === 0) return [];
  const input = files.map(({ input }) => input).join(', ');
  return [{ input, problems: messages.map((message) => ({ message })) }];
}
