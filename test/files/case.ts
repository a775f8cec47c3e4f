import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import { defaultResultsPath } from '../../src/io/results.js';
import { expectToAgree, explainAll, receivedBy } from './explained.js';
import { records, type Ended, type Workspace } from '../support/cli.js';

export type Files = Readonly<Record<string, string | Buffer>>;

/** Line, key, status, amount, error code, error and warning of a results row; what is left out is blank. */
export type Row = readonly [
  line: number,
  key: string,
  status: string,
  amount: string,
  code?: string,
  error?: string,
  warning?: string,
];

/** Concurrent tests run a few at a time; the others wait for them within their own time. */
export const QUEUED_MS = 300_000;

/** A file as people have it, pushed to the sandbox, and what becomes of it. */
export interface Case {
  readonly name: string;
  /** One file is `sales.csv`; several are pushed in their order, and `-` is standard input. */
  readonly file: string | Buffer | Files;
  readonly vendor?: Vendor;
  /** With `--profile` among them the profile names the vendor. */
  readonly args?: readonly string[];
  /** `revsync.yaml` in the working directory. */
  readonly config?: string;
  readonly exit: 0 | 1 | 2 | 3;
  /** Every line on stderr but the summary and those that repeat an invalid row of `rows`. */
  readonly says?: readonly string[];
  /** Of all files in their order. Absent: the file is refused and nothing is written. */
  readonly rows?: readonly Row[];
}

export type Vendor = 'convoso' | 'trackdrive' | 'tldcrm' | 'invoca' | 'invoca-signals' | 'ringba';

/** Runs the command in `space` and compares the exit code, every line it says, its results and what it added to the vendor's books. */
export async function check(given: Case, space: Workspace): Promise<Ended> {
  const { file, vendor = 'convoso', args = [], config, exit, says = [], rows } = given;
  const files: Files = typeof file === 'string' || Buffer.isBuffer(file) ? { 'sales.csv': file } : file;
  for (const [name, content] of Object.entries(files)) if (name !== '-') space.write(name, content);
  if (config !== undefined) space.write('revsync.yaml', config);

  const before = booksOf(space, vendor).length;
  const whom = args.includes('--profile') ? [] : ['--vendor', vendor];
  const [named = '', ...others] = Object.keys(files);
  const input = files['-'] ?? '';
  const explained =
    others.length > 0 ? undefined : await explainAll(space, input, named, [...whom, '--sandbox', ...args]);
  receivedBy(space);
  const ended = await space.feed(input, 'push', ...Object.keys(files), ...whom, '--sandbox', ...args);

  const results = Object.keys(files).map((name) => ({ name, path: defaultResultsPath(name) }));
  const written = results.filter(({ path }) => existsSync(space.path(path)));
  if (others.length === 0 && exit !== 2 && !args.some((word) => word.startsWith('http')))
    expect(explained).toBeDefined();
  if (explained !== undefined && written.length > 0)
    expectToAgree(explained, records(space.read(defaultResultsPath(named))), receivedBy(space));
  if (explained !== undefined && exit === 3) expect(explained.refused.length).toBeGreaterThan(0);
  const found = written.flatMap(({ name, path }) =>
    records(space.read(path)).map((record) => ({ name, row: rowOf(record) })),
  );
  const invalid = found.filter(({ row }) => row[2] === 'invalid');
  const repeated = invalid.map(
    ({ name, row }) => `  ${name}:${row[0]}: invalid ${row[4]}: ${row[5].replace(NOT_SHOWN, '\ufffd')}`,
  );
  expect({
    code: ended.code,
    stdout: ended.stdout,
    says: withoutSummary(ended.stderr),
    rows: written.length === 0 ? undefined : found.map(({ row }) => row),
    books: booksOf(space, vendor).slice(before),
  }).toEqual({
    code: exit,
    stdout: '',
    says: [
      ...says.map((line, at) => (exit === 2 && at === 0 ? `revsync: ${line}` : line)),
      ...(exit === 3 ? ['nothing was sent'] : repeated),
    ],
    rows: rows?.map(filled),
    books: (rows ?? []).filter(([, , status]) => status === 'accepted').map(([, , , amount]) => amount),
  });
  return ended;
}

/** A terminal would act on it, so that the results alone have it. */
const NOT_SHOWN = /[\u0080-\u009f\u202a-\u202e]/g;

function rowOf(record: Record<string, string>): Required<Row> {
  const cell = (name: string): string => record[`revsync_${name}`] ?? '';
  const error = [cell('error_code'), cell('error'), cell('warning')] as const;
  return [Number(cell('line')), cell('key'), cell('status'), cell('amount'), ...error];
}

function filled([line, key, status, amount, code = '', error = '', warning = '']: Row): Required<Row> {
  return [line, key, status, amount, code, error, warning];
}

const SUMMARY =
  /^(run-\d+: .* in \d.*|  (accepted|unchanged|duplicate|skipped|invalid|not_sent) +\d+  .*|  no rows|results: .*|next: .*|(new ledger|first push to) .*|\d+ of \d+ rows .*)$/;

function withoutSummary(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line !== '' && !SUMMARY.test(line));
}

/** A line of the journals of all vendors. */
export interface Entry {
  readonly call_log_id?: string;
  readonly call?: string;
  readonly revenue?: string | null;
  readonly cost?: string;
  readonly parameters?: { readonly revenue?: string };
  /** What Invoca holds afterwards of an outcome or a signal. */
  readonly written?: {
    readonly held: Readonly<Record<string, unknown>> & {
      readonly call: string;
      readonly name: string;
      readonly amount: string | null;
    };
  };
  /** Custom data of a call of Invoca's. */
  readonly described?: { readonly call: string; readonly data: readonly unknown[] };
}

/** What the fake vendor applied, in its order. */
export function entriesOf(space: Workspace, vendor: Vendor): Entry[] {
  const path = `state/ledger.db.sandbox/${vendor}.default.jsonl`;
  if (!existsSync(space.path(path))) return [];
  const lines = space.read(path).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Entry);
}

/** The amount of every request that was applied; blank where it had none. */
function booksOf(space: Workspace, vendor: Vendor): string[] {
  const told = entriesOf(space, vendor).filter(({ described }) => described === undefined);
  return told.map(
    ({ revenue, cost, parameters, written }) =>
      revenue ?? cost ?? parameters?.revenue ?? written?.held.amount ?? '',
  );
}
