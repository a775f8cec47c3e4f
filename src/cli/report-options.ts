import type { FileProblem } from '../core/ports.js';
import { type Result, err, ok } from '../core/result.js';
import { NO_HEADER } from '../push/stage.js';
import { csvSource } from '../io/csv/reader.js';
import { REPORT_FIELDS, type ReportField } from '../report/columns.js';
import { type NamedValues, type Rate, readCosts, readRates } from '../report/commission.js';
import type { ReportJob } from '../report/report.js';
import { problemText, UsageError } from './console.js';
import { pathOf, type Host } from './host.js';
import { isCost } from './options.js';
import { namesOneTwice, outClashes } from './places.js';
import type { FromProfile } from './profile.js';
import type { OptionsOf } from './settings.js';

/** Options of `report`, with what a profile adds to them. */
export type ReportOptions = OptionsOf<'report'> & FromProfile;

type ReportFormat = NonNullable<ReportOptions['format']>;

/** Fields of vendors that tell when a call or sale was, the first that a profile names. */
const TIME_FIELDS = ['call_date', 'start_time', 'occurred_at'];

/** What the report is written as: as asked, or as the name of its file says, or a table. */
export function formatOf({ format, out, json }: ReportOptions): ReportFormat {
  if (json === true) return 'json';
  const ending = /\.(csv|json|html)$/i.exec(out ?? '')?.[1]?.toLowerCase();
  return format ?? (ending as ReportFormat | undefined) ?? 'table';
}

/** Options that contradict each other, all of them at once. `written` are those without a profile. */
export function checkReportOptions(
  host: Host,
  files: readonly string[],
  options: ReportOptions,
  written: ReportOptions,
): void {
  const { out, by = [], costs } = options;
  const { run, ledger, baseUrl, sandbox, account } = written;
  const problems: string[] = [];
  if (files.length === 0 && run === undefined && ledger === undefined)
    problems.push(
      'name what the report is about: results files of pushes, --run ID, or --ledger for all that is held',
    );
  if (files.length > 0 && (run !== undefined || ledger !== undefined))
    problems.push('results files exclude --run and --ledger');
  if (run !== undefined && ledger === true) problems.push('--ledger needs a path where --run names the run');
  if (namesOneTwice(host, files)) problems.push('a file is named twice');
  if (files.length > 1 && files.includes('-'))
    problems.push('several files are read twice, so none of them can be standard input');
  const isPrinted = out === undefined || out === '-';
  const target = { name: '--out', path: out && pathOf(host, out) };
  problems.push(...outClashes(host, target, { ...options, ledger }, [...files, options.rates, costs]));
  if (options.json === true && (!isPrinted || (options.format ?? 'json') !== 'json'))
    problems.push('--json is the report as JSON on standard output: --format and --out do not go with it');
  if (sandbox === true && baseUrl !== undefined) problems.push('--sandbox and --base-url exclude each other');
  const ofBooks = { '--sandbox': sandbox, '--base-url': baseUrl, '--account': account };
  for (const [option, value] of Object.entries(ofBooks)) {
    if (value === undefined || (files.length > 0 ? option === '--account' : run === undefined)) continue;
    problems.push(`${option} goes with --ledger: it says whose books are meant`);
  }
  if (costs !== undefined && formatOf(options) !== 'html' && (by.length !== 1 || by[0] !== 'campaign'))
    problems.push('--costs goes with --by campaign: what a campaign cost is not split any further');
  if (by.includes('vendor') && files.length > 0 && options.vendor === undefined)
    problems.push('--by vendor: a results file does not say whom it was sent to; name it with --vendor');
  for (const field of options.column?.keys() ?? []) {
    if ((REPORT_FIELDS as readonly string[]).includes(field)) continue;
    problems.push(`--column ${field}: a report takes ${REPORT_FIELDS.join(', ')}`);
  }
  if (formatOf(options) === 'html' && isPrinted && host.stdout.isTTY === true)
    problems.push('--format html: a page is not for a terminal; name a file with --out report.html');
  if (problems.length > 0) throw new UsageError(problems);
}

/** Reads rates and costs, and says what is to be computed. Every fault of both files is said at once. `lenient` is as in the job. */
export async function reportJobOf(
  host: Host,
  options: ReportOptions,
  lenient: boolean,
  signal: AbortSignal,
): Promise<ReportJob> {
  const problems: string[] = [];
  const read = async <T>(
    path: string | undefined,
    reader: (table: NamedValues) => Result<T, readonly FileProblem[]>,
  ): Promise<T | undefined> => {
    if (path === undefined) return undefined;
    const table = await namedValues(host, path, signal);
    const values = table.ok ? reader(table.value) : table;
    if (values.ok) return values.value;
    problems.push(...values.error.map((problem) => problemText(path, problem)));
    return undefined;
  };
  const byAgent = await read(options.rates, readRates);
  const costs = await read(options.costs, readCosts);
  if (problems.length > 0) throw new UsageError(problems);
  const other = options.commissionRate;
  return {
    by: options.by ?? (lenient ? ['vendor'] : undefined),
    columns: columnsOf(options),
    lenient,
    zone: options.timezone,
    dateOrder: options.dateFormat,
    rates:
      byAgent === undefined && other === undefined
        ? undefined
        : { byAgent: byAgent ?? new Map<string, Rate>(), other },
    costs,
    isCost,
    page: formatOf(options) === 'html',
  };
}

/** As given, else as the profile says; where that names no time of reports, the vendor's is taken. */
export function columnsOf({
  column = new Map<string, string>(),
  reportColumns = new Map<string, string>(),
}: Pick<ReportOptions, 'column' | 'reportColumns'>): ReadonlyMap<ReportField, string> {
  const time = TIME_FIELDS.map((field) => column.get(field)).find((header) => header !== undefined);
  return new Map(
    REPORT_FIELDS.flatMap((field) => {
      const header = column.get(field) ?? reportColumns.get(field) ?? (field === 'time' ? time : undefined);
      return header === undefined ? [] : [[field, header] as const];
    }),
  );
}

/** A CSV of a few lines that somebody wrote by hand. */
async function namedValues(
  host: Host,
  path: string,
  signal: AbortSignal,
): Promise<Result<NamedValues, readonly FileProblem[]>> {
  let header: readonly string[] = [];
  let headerLine = 1;
  const records: NamedValues['records'][number][] = [];
  for await (const item of csvSource(path, host, { quotes: 'doubled' }).read(signal)) {
    if (item.kind === 'refused') return err(item.problems);
    if (item.kind === 'header') [header, headerLine] = [item.cells, item.line];
    if (item.kind === 'records') records.push(...item.records);
  }
  if (header.length > 0) return ok({ header, headerLine, records });
  return err([NO_HEADER]);
}
