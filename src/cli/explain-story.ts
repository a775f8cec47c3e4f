import { formatAmount } from '../core/amount.js';
import { CODES } from '../core/codes.js';
import type { HeldEntry, PlannedRow, PlannedRows } from '../core/explained.js';
import { runName } from '../core/row.js';
import type { RowProblem } from '../core/sale.js';
import { besideStories, fieldStories, missingFields, type ReadRecord } from '../explain/fields.js';
import type { Watched, WatchedRecord } from '../explain/watched.js';
import { asksFor, whyOf } from '../explain/why.js';
import type { Said } from '../explain/read-notes.js';
import type { Planning, RunJob } from '../push/plan-run.js';
import type { Whom } from './push-by-ledger.js';
import type { Credentials, PushOptions } from './push-options.js';
import { matchColumns } from '../sales/columns.js';
import { readRow } from '../sales/read-row.js';
import { previewRequests, type Preview } from './dry-run.js';
import type { ExplainedHeld, ExplainedRow } from './explain-outputs.js';
import type { Host } from './host.js';
import { commandOf, ledgerWords, resolveCommands } from './next-command.js';

/** A file that a push would read, read and planned as a dry run does it. */
export interface ReadFile {
  readonly host: Host;
  readonly file: Watched;
  readonly job: RunJob;
  readonly planning: Exclude<Planning, { kind: 'interrupted' }>;
  readonly options: PushOptions;
  readonly whom: Whom;
  readonly credentials: Credentials;
  readonly rows: PlannedRows;
  readonly said: Said;
}

const NO_ROW = {
  ...{ first_line: null, last_line: null, stands: null, fields: [], missing: [], columns: [] },
  ...{ key: null, asks: null, problems: [], result: null, held: null, why: [], request: null, commands: [] },
} as const;

/** The row at a line of a file that was read, or what else stands there. */
export async function explainAt(read: ReadFile, line: number): Promise<ExplainedRow> {
  const { planning, file, whom, job } = read;
  const about = {
    ...NO_ROW,
    ...{ file: file.name, line, vendor: job.vendor.id, account: whom.account, origin: whom.origin },
  };
  const record = file.recordAt(line);
  if (record === undefined) return { ...about, stands: standsAt(file, line) };
  const told = { ...about, first_line: record.line, last_line: record.last };
  const asRead = readRecord(read, record);
  if (asRead === undefined) return { ...told, columns: unread(read, record) };
  const row = planning.kind === 'planned' ? await read.rows.rowAt(planning.run, record.line) : undefined;
  const story = {
    ...told,
    fields: fieldStories(asRead).map((field) => ({ ...field, problems: field.problems.map(problemOf) })),
    missing: missingFields(asRead),
    columns: besideStories(asRead, record.cells),
    key: asRead.row.key ?? null,
    asks: asks(asRead),
    problems: asRead.problems.map(problemOf),
  };
  return row === undefined
    ? { ...story, ...(await unplanned(asRead, read)) }
    : { ...story, ...planOf(row, read) };
}

/** By the same functions as when it was staged; undefined where the header does not have what is needed. */
function readRecord({ file, job, planning, said }: ReadFile, record: WatchedRecord): ReadRecord | undefined {
  const { vendor, columns: choice } = job;
  const [staged] = planning.kind === 'planned' ? planning.files : [];
  const matched = matchColumns(file.header?.cells ?? [], vendor.columns, choice);
  if (!matched.ok) return undefined;
  const proved = staged?.dateOrder;
  const style = { ...job.map.style, ...(proved !== undefined && { dateOrder: proved.order }) };
  const problems: RowProblem[] = [];
  const options = {
    ...job.map,
    style,
    tellProblems: (found: readonly RowProblem[]) => void problems.push(...found),
  };
  const row = readRow(record, matched.value, vendor, options);
  return { vendor, map: matched.value, options, proved, said, row, problems, choice };
}

/** The cells of a row without fields, but for credentials. */
function unread({ file, job }: ReadFile, { cells }: WatchedRecord): ExplainedRow['columns'] {
  const header = file.header?.cells ?? [];
  const secrets = job.vendor.columns.filter(({ kind }) => kind.is === 'secret');
  const found = matchColumns(header, secrets, job.columns);
  if (!found.ok && secrets.length > 0) return [];
  const hidden = new Set(found.ok ? [...found.value.cells.values()].map((at) => found.value.kept[at]) : []);
  return cells.map((cell, at) => ({
    header: header[at]?.trim() ?? '',
    cell: hidden.has(at) ? '[credential]' : cell,
    says: 'not read',
  }));
}

/** Nothing where its money could not be read. */
function asks({ row, problems, vendor }: ReadRecord): string | null {
  const money = vendor.columns.find(({ kind }) => kind.is === 'amount')?.field;
  const isUnread = problems.some(({ field }) => field === money) && row.sale?.amount === undefined;
  return row.sale === undefined || isUnread ? null : asksFor(row.sale);
}

function problemOf({ field, code, message }: RowProblem) {
  return { field, code, message, remedy: CODES[code].remedy };
}

function standsAt(file: Watched, line: number): string {
  const { header, lastLine } = file;
  if (header === undefined) return 'nothing that could be read';
  if (line === header.line) return 'the header';
  if (line < header.line) return 'above the header, which is no part of the table';
  if (line > Math.max(lastLine, header.line))
    return `behind the last row, which ends on line ${Math.max(lastLine, header.line)}`;
  return 'an empty line, which is no part of the table';
}

/** Of a row of a file that is refused. */
async function unplanned(
  { row, problems }: ReadRecord,
  { rows }: ReadFile,
): Promise<Pick<ExplainedRow, 'why' | 'held'>> {
  const { key, code = '', message } = row;
  const known = key === undefined ? undefined : await rows.heldFor(key);
  const held = known === undefined ? null : heldOf(known);
  if (message === undefined) return { held, why: [`${REFUSED}; the row by itself could be sent`] };
  const own = problems.length === 0 ? [`${code}: ${message}`] : [];
  return { held, why: [`${REFUSED}; nor could the row by itself be`, ...own] };
}

const REFUSED = 'nothing of the file is sent, since it is refused';

function planOf(row: PlannedRow, { host, job, options, whom, credentials }: ReadFile): Partial<ExplainedRow> {
  const { vendor } = job;
  const { held, request, key, code } = row;
  const [preview] =
    request === undefined
      ? []
      : previewRequests([request], vendor, whom.baseUrl, credentials.secrets, options.confirm);
  const ledger = ledgerWords(options.ledger, whom.env, host);
  const whose = { vendor: vendor.id, account: whom.account, baseUrl: options.baseUrl, ledger };
  const isBlocked = held?.doubt === 'blocked';
  return {
    key: key ?? null,
    result: resultOf(row),
    held: held === undefined ? null : heldOf(held),
    why: whyOf(row, vendor),
    request: preview === undefined ? null : sentBy(preview),
    commands: [
      ...(held === undefined || key === undefined
        ? []
        : [commandOf(host, ['history', ...ledger, ...(key.startsWith('-') ? ['--', key] : [key])])]),
      ...(isBlocked && key !== undefined ? resolveCommands(host, key, whose) : []),
      ...(code === undefined ? [] : [commandOf(host, ['explain', code])]),
    ],
  };
}

function resultOf(row: PlannedRow): NonNullable<ExplainedRow['result']> {
  const { line, key, action, status, amount, previousAmount, code, message, warning } = row;
  return {
    ...{ line, key: key ?? null, action: action ?? null, status },
    amount: amount === undefined ? null : formatAmount(amount),
    previous_amount: previousAmount === undefined ? null : formatAmount(previousAmount),
    ...{ error_code: code ?? null, error: message ?? null, warning: warning ?? null },
  };
}

export function heldOf({ isHeld, intent, amount, ref, run, at, doubt }: HeldEntry): ExplainedHeld {
  return {
    ...{ held: isHeld, intent: intent ?? null, amount: amount === undefined ? null : formatAmount(amount) },
    ...{ ref: ref ?? null, run: run === undefined ? null : runName(run), doubt: doubt ?? null },
    since: at === undefined ? null : new Date(at).toISOString(),
  };
}

function sentBy({ method, url, headers, body }: Preview): ExplainedRow['request'] {
  return { method, url, headers, body };
}
