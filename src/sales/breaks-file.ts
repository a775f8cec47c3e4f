import { BREAKS } from '../core/breaks.js';
import type { Namespace } from '../core/ledger.js';
import type { FileProblem } from '../core/ports.js';
import { err, ok, type Result } from '../core/result.js';
import type { Discrepancy, RowFailure } from '../core/row.js';
import { quoted, undefused } from '../core/text.js';
import type { Vendor } from '../core/vendor.js';

/** Columns of a breaks CSV that a push of it reads, and that its results keep. */
export const BREAK_COLUMN = 'revsync_break';
export const AS_OF_COLUMN = 'revsync_as_of';
export const VENDOR_COLUMN = 'revsync_vendor_id';
export const ACCOUNT_COLUMN = 'revsync_account';
export const ADDRESS_COLUMN = 'revsync_address';
export const AS_OF_RUN_COLUMN = 'revsync_as_of_run';
export const SEND_AGAIN_COLUMN = 'revsync_send_again';

const READ_COLUMNS = {
  found: BREAK_COLUMN,
  asOf: AS_OF_COLUMN,
  vendor: VENDOR_COLUMN,
  account: ACCOUNT_COLUMN,
  origin: ADDRESS_COLUMN,
  asOfRun: AS_OF_RUN_COLUMN,
  sendAgain: SEND_AGAIN_COLUMN,
} as const;

type ReadColumn = keyof typeof READ_COLUMNS;

/** Where a breaks CSV says what was found about a row: indexes of the record's own cells, -1 where it does not. */
export type BreakColumns = Readonly<Record<ReadColumn, number>>;

const READ_NAMES: ReadonlySet<string> = new Set(Object.values(READ_COLUMNS));

/** Whether a column of a breaks CSV is one that a push reads. */
export function isRead(name: string): boolean {
  return READ_NAMES.has(name);
}

/** Undefined for any other file. */
export function breakColumns(header: readonly string[]): BreakColumns | undefined {
  if (!header.includes(BREAK_COLUMN)) return undefined;
  const places = Object.entries(READ_COLUMNS).map(([read, name]) => [read, header.indexOf(name)]);
  return Object.fromEntries(places) as BreakColumns;
}

function textAt(record: readonly string[], columns: BreakColumns, column: ReadColumn): string {
  return (record[columns[column]] ?? '').trim();
}

/** Why a row of a breaks CSV is not sent; undefined where it is. */
export function notABreak(record: readonly string[], columns: BreakColumns): RowFailure | undefined {
  const word = textAt(record, columns, 'found');
  const known = BREAKS.find((known) => known.word === word);
  if (known?.disputes !== undefined) return undefined;
  const what = `${BREAK_COLUMN} is ${JSON.stringify(word)}`;
  const message = known === undefined ? `${what}, which asks for nothing` : `${what}: ${known.means}`;
  return { status: 'skipped', code: 'not_a_break', message };
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)$/;
const RUN = /^\d{1,15}$/;

/**
 * What a row of a breaks CSV disputes. Without time and run a second push of the file would send the row again,
 * which may not be where that adds a record.
 */
export function discrepancyOf(
  record: readonly string[],
  columns: BreakColumns,
  { semantics, title }: Vendor,
): Result<Discrepancy | undefined, Pick<RowFailure, 'code' | 'message'>> {
  const word = textAt(record, columns, 'found');
  const disputes = BREAKS.find((known) => known.word === word)?.disputes;
  if (disputes === undefined) return ok(undefined);
  const told = textAt(record, columns, 'sendAgain');
  const isTold = told.toLowerCase() === 'yes';
  if (told !== '' && !isTold) return bad(SEND_AGAIN_COLUMN, told, 'yes or blank');
  const found = disputes === 'missing' && isTold ? 'confirmed_missing' : disputes;
  const [time, run] = [textAt(record, columns, 'asOf'), textAt(record, columns, 'asOfRun')];
  const asOf = INSTANT.test(time) ? Date.parse(time) : NaN;
  const asOfRun = RUN.test(run) ? Number(run) : undefined;
  if (semantics.repeat.kind !== 'appends')
    return ok({ found, ...(!Number.isNaN(asOf) && { asOf }), ...(asOfRun !== undefined && { asOfRun }) });
  const why = `that \`revsync reconcile\` wrote, and ${title} adds a record with every request; reconcile again and push what that writes`;
  if (Number.isNaN(asOf)) return bad(AS_OF_COLUMN, time, `the time ${why}`);
  if (asOfRun === undefined) return bad(AS_OF_RUN_COLUMN, run, `the run ${why}`);
  const blank = WHOSE.find((one) => textAt(record, columns, one) === '');
  return blank === undefined ? ok({ found, asOf, asOfRun }) : bad(READ_COLUMNS[blank], '', `what ${why}`);
}

function bad(
  column: string,
  text: string,
  wanted: string,
): Result<never, Pick<RowFailure, 'code' | 'message'>> {
  return err({ code: 'bad_value', message: `${column}: ${quoted(text)} is not ${wanted}` });
}

const WHOSE = ['vendor', 'account', 'origin'] as const;
const PROBLEMS_SHOWN = 5;

/** What the rows of a breaks CSV say of whose books were looked at; a push elsewhere refuses the file. */
export class BreaksSeen {
  /** The newest run that a row names. */
  newestRun = 0;
  readonly problems: FileProblem[] = [];
  readonly #columns: BreakColumns;
  readonly #whose: Namespace;

  constructor(columns: BreakColumns, whose: Namespace) {
    this.#columns = columns;
    this.#whose = whose;
  }

  see(record: readonly string[], line: number): void {
    const run = textAt(record, this.#columns, 'asOfRun');
    if (RUN.test(run)) this.newestRun = Math.max(this.newestRun, Number(run));
    const others = WHOSE.flatMap((one) => {
      const text = undefused(textAt(record, this.#columns, one));
      // An older revsync did not say it.
      if (text === '' || text === this.#whose[one].trim()) return [];
      return `${READ_COLUMNS[one]} is ${quoted(text)}, and this push is for ${quoted(this.#whose[one])}`;
    });
    if (others.length === 0) return;
    const message = `${others.join('; ')}; push the breaks where they were found, or reconcile with these books`;
    // As a rule all rows say the same.
    const isNew = this.problems.every((problem) => problem.message !== message);
    if (isNew && this.problems.length < PROBLEMS_SHOWN) this.problems.push({ line, message });
  }
}
