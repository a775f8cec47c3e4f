import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import { parseTotal, type Amount } from '../../src/core/amount.js';
import type { ReportedItem, ReportedRow } from '../../src/core/reported.js';
import { RESULT_COLUMNS } from '../../src/core/row.js';
import { readResults } from '../../src/io/results-reader.js';
import { csvRecords } from '../../src/report/output.js';
import { report, type Report, type ReportJob } from '../../src/report/report.js';

/** A row of a report: accepted, of run 1, unless it says otherwise. */
export interface RowLike extends Partial<Omit<ReportedRow, 'amount' | 'previousAmount'>> {
  /** Decimal text. */
  readonly amount?: string | undefined;
  readonly previous?: string;
}

export function row({ amount, previous, ...rest }: RowLike): ReportedRow {
  return {
    ...{ line: 2, cells: [], run: 1, key: 'k', action: 'create', status: 'accepted' },
    ...{ code: undefined, message: undefined, sentAt: undefined },
    ...rest,
    amount: units(amount),
    previousAmount: units(previous),
  };
}

function units(text: string | undefined): Amount | undefined {
  return text === undefined ? undefined : (Number(parseTotal(text, {})) as Amount);
}

export const JOB: ReportJob = {
  ...{ by: undefined, columns: new Map(), lenient: false, zone: undefined, dateOrder: undefined },
  ...{ rates: undefined, costs: undefined, page: false, isCost: () => false },
};

/** One table with these rows. */
export function items(
  header: readonly string[],
  rows: readonly ReportedRow[],
  vendor?: string,
): ReportedItem[] {
  const table = { input: 'sales.csv', header, vendor, account: vendor === undefined ? undefined : 'main' };
  return [
    { kind: 'table', table },
    { kind: 'rows', rows },
  ];
}

export async function computed(given: Iterable<ReportedItem>, job: Partial<ReportJob>): Promise<Report> {
  const result = await report(given, { ...JOB, ...job });
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

/** The CSV of a report by the names of its columns; the total is the last record. */
export function recordsOf(of: Report): Record<string, string>[] {
  const [header = [], ...records] = csvRecords(of);
  return records.map((cells) => Object.fromEntries(header.map((name, index) => [name, cells[index] ?? ''])));
}

/** A results file with these records, by column name; other columns of revsync are blank. */
export function resultsText(header: readonly string[], rows: readonly Record<string, string>[]): string {
  const names = [...header, ...RESULT_COLUMNS];
  const usual: Record<string, string> = {
    ...{ revsync_line: '2', revsync_status: 'accepted', revsync_attempts: '1', revsync_run: 'run-1' },
  };
  return stringify([names, ...rows.map((cells) => names.map((name) => cells[name] ?? usual[name] ?? ''))]);
}

/** What is read of a results file. */
export async function readText(text: string): Promise<ReportedItem[]> {
  const found: ReportedItem[] = [];
  const nobody = { vendor: undefined, account: undefined };
  const signal = new AbortController().signal;
  for await (const item of readResults(
    '-',
    { stdin: Readable.from([Buffer.from(text)]), cwd: '/' },
    signal,
    nobody,
  ))
    found.push(item);
  return found;
}
