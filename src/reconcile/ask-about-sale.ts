import { DAY_MS } from '../core/instant.js';
import type { BookedRow, PageQuery, Period } from '../core/transactions.js';
import type { AskedBy, ReportFields } from '../core/vendor.js';
import { nextDay, timeText } from '../sales/time.js';
import { ask, type AskJob, type AskPorts, type Rows, type Told } from './ask.js';
import { foldCall, rowsByCall, type FoldedCall } from './fold-call.js';
import { instantOf } from './keys.js';

type Fields = Readonly<Record<string, string>>;

/** Calls as a report shows them, or why it showed none. */
export type Shown =
  { readonly kind: 'calls'; readonly calls: readonly FoldedCall[] } | Exclude<Told<Rows>, Rows>;

/** How a report is asked whatever it is asked for. */
type Asking = Omit<PageQuery, 'only' | 'cursor' | 'window' | 'period'>;

const ALL_DAYS: Period = { from: '', to: '' };

/** Start times of one call may differ by that. */
const TOLERANCE_MS = 60_000;
/** How long before it was sent a call may have been of which the sale does not say when it was. */
const BEFORE_DAYS = 7;

/** By what a sale is asked about. */
export function askedBy({ asked, call }: ReportFields): AskedBy {
  return asked ?? { row: call?.call, caller: call?.caller, startedAt: call?.startedAt };
}

/** The call of a sale that has its id, or that of a row about it; undefined where it has neither, or the report cannot be asked so. */
export async function lookUpCall(
  fields: Fields,
  by: AskedBy,
  job: AskJob & { readonly asking: Asking },
  ports: AskPorts,
): Promise<Shown | undefined> {
  const row = valueOf(fields, by.row);
  let call = valueOf(fields, by.call);
  if (job.report.looksUp !== true || (call === undefined && row === undefined)) return undefined;
  if (call === undefined && row !== undefined) {
    const told = await askFor({ row }, job, ports);
    if (told.kind !== 'rows') return told;
    call = told.rows.find(({ id }) => id === row)?.call;
  }
  if (call === undefined) return { kind: 'calls', calls: [] };
  const told = await askFor({ call }, job, ports);
  if (told.kind !== 'rows') return told;
  const rows = told.rows.filter((one) => one.call === call);
  return { kind: 'calls', calls: rows.length === 0 ? [] : [foldCall(rows)] };
}

/** All rows of one call, or one row. */
export function askFor(
  only: NonNullable<PageQuery['only']>,
  job: AskJob & { readonly asking: Asking },
  ports: AskPorts,
): Promise<Told<Rows>> {
  const query = { ...job.asking, period: ALL_DAYS, only };
  const { report } = job;
  return ask(job, report.request(query), (reply) => report.readPage(reply, query), ports, ports.interrupt);
}

/** The days on which the call of a sale can have been, which was sent at `at`: in UTC, and wide enough for every zone. */
export function daysOfCall(fields: Fields, { startedAt }: AskedBy, at: number): Period {
  const start = instantOf(valueOf(fields, startedAt));
  const [first, last] = start === undefined ? [at - BEFORE_DAYS * DAY_MS, at] : [start - DAY_MS, start];
  return { from: dayIn(first), to: nextDay(dayIn(last)) };
}

function dayIn(at: number): string {
  return timeText(at).slice(0, 10);
}

/** Of pages of rows, in which all rows of one call stand together, the calls that can be the sale's. */
export async function callsOfSale(
  fields: Fields,
  report: ReportFields,
  pages: AsyncIterable<readonly BookedRow[]>,
): Promise<Shown> {
  const isOfSale = ofSale(fields, report);
  const found: FoldedCall[] = [];
  for await (const calls of rowsByCall(pages))
    found.push(...calls.filter(isOfSale).map((rows) => foldCall(rows)));
  return { kind: 'calls', calls: found };
}

function ofSale(fields: Fields, report: ReportFields): (rows: readonly BookedRow[]) => boolean {
  const by = askedBy(report);
  const id = valueOf(fields, by.call) ?? valueOf(fields, by.row);
  const caller = valueOf(fields, by.caller);
  const start = instantOf(valueOf(fields, by.startedAt));
  const orderId = fields[report.orderId ?? ''];
  return (rows) => {
    if (orderId !== undefined && report.call === undefined && rows.some((row) => row.orderId === orderId))
      return true;
    if (id !== undefined) return rows.some((row) => row.call === id || row.id === id);
    if (caller === undefined || start === undefined) return false;
    return rows.some(
      (row) => row.caller === caller && Math.abs((row.startedAt ?? Infinity) - start) <= TOLERANCE_MS,
    );
  };
}

function valueOf(fields: Fields, field: string | undefined): string | undefined {
  return field === undefined ? undefined : fields[field];
}
