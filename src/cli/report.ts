import { relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { interruptedBy } from '../core/events.js';
import type { LedgerRecords } from '../core/ledger.js';
import type { ReportedItem } from '../core/reported.js';
import { AtomicFile } from '../io/atomic-file.js';
import { csvText } from '../io/csv/csv-text.js';
import { LatestRows } from '../io/open-ledger.js';
import { readResults } from '../io/results-reader.js';
import type { Environment } from '../io/secrets.js';
import { runName } from '../io/results.js';
import { runItems } from '../report/run-items.js';
import { csvRecords, jsonReport } from '../report/output.js';
import { report as compute, type Report } from '../report/report.js';
import { Console, UsageError } from './console.js';
import { plain, problemText } from './plain-text.js';
import { EXIT, interruptCode } from './exit-codes.js';
import { pathOf, type Host } from './host.js';
import { findRun, openExisting } from './existing-ledger.js';
import { baseUrlOf, vendorOf } from './options.js';
import { withProfile } from './profile.js';
import { VERSION } from './version.js';
import { checkReportOptions, formatOf, reportJobOf, type ReportOptions } from './report-options.js';
import { textTable } from './print/report.js';
import { SANDBOX_ORIGIN } from './sandbox-books.js';

/** What the report is about, and how it is called. */
interface Subject {
  readonly items: AsyncIterable<ReportedItem>;
  readonly title: string;
  readonly close: () => Promise<void>;
}

/** `revsync report`: revenue of results files, a run or all that is held, put together as asked. */
export async function report(
  host: Host,
  files: readonly string[],
  written: ReportOptions,
  given: ReadonlySet<string>,
): Promise<number> {
  const console = new Console(host, written.color);
  // Without a path it says what the report is about, and the profile may say where the ledger is.
  const named = new Set([...given].filter((option) => option !== 'ledger' || written.ledger !== true));
  const options = await withProfile(host, written, named);
  checkReportOptions(host, files, options, written);
  const interrupt = host.signal;
  const path = typeof options.ledger === 'string' ? options.ledger : undefined;
  let subject: Subject | undefined;
  try {
    const job = await reportJobOf(host, options, files.length === 0 && options.run === undefined, interrupt);
    subject = await subjectOf(host, files, options, path, interrupt);
    const computed = await compute(subject.items, job);
    if (interrupt.aborted) return interruptCode(interruptedBy(interrupt).signal);
    if (!computed.ok) {
      const { input, problems } = computed.error;
      for (const problem of problems) console.say(plain(problemText(input, problem)));
      return EXIT.fileRefused;
    }
    const isPage = formatOf(options) === 'html';
    if (options.quiet !== true && !isPage) for (const note of computed.value.notes) console.say(plain(note));
    await writeReport(host, computed.value, subject.title, options, console);
    return EXIT.done;
  } finally {
    await subject?.close();
  }
}

async function writeReport(
  host: Host,
  computed: Report,
  title: string,
  options: ReportOptions,
  console: Console,
): Promise<void> {
  const { out } = options;
  const toFile = out !== undefined && out !== '-';
  const text = await textOf(host, computed, title, options, toFile);
  if (!toFile) {
    await console.print(text);
    return;
  }
  const path = pathOf(host, out);
  const file = AtomicFile.open({ path, what: 'report', beginning: '' });
  if (!file.ok) throw new UsageError(file.error);
  const finished = file.value.finish([text]);
  if (!finished.ok) throw new UsageError(finished.error);
  if (options.quiet !== true) console.say(plain(`report: ${relative(host.cwd, path)}`));
}

async function textOf(
  host: Host,
  computed: Report,
  title: string,
  options: ReportOptions,
  toFile: boolean,
): Promise<string> {
  switch (formatOf(options)) {
    case 'csv':
      return csvText(csvRecords(computed));
    case 'json':
      return `${JSON.stringify({ revsync: VERSION, command: 'report', ...jsonReport(computed) })}\n`;
    case 'html': {
      const { reportPage } = await import('../report/page/page.js');
      return reportPage(computed, { title, version: VERSION, writtenAt: Date.now(), zone: options.timezone });
    }
    case 'table': {
      const terminal = !toFile && host.stdout.isTTY === true;
      const { columns: wide = 0 } = host.stdout;
      const columns = terminal && wide > 0 ? wide : undefined;
      const paint = terminal ? new Console(host, options.color).paint : undefined;
      return `${textTable(computed, { columns, paint })}\n`;
    }
  }
}

async function subjectOf(
  host: Host,
  files: readonly string[],
  options: ReportOptions,
  ledger: string | undefined,
  signal: AbortSignal,
): Promise<Subject> {
  const { run, vendor, account } = options;
  if (files.length > 0) return filesSubject(host, files, { vendor, account }, signal);
  const records = openExisting(host, ledger);
  try {
    await records.holdStill();
    const close = (): Promise<void> => records.close();
    if (run !== undefined) {
      const record = await findRun(records, /^\d+$/.test(run) ? `run-${run}` : run);
      if (!record.hasRows && record.inputs.length > 0)
        throw new UsageError(
          `the rows of ${runName(record.run)} were pruned or never planned; --ledger reports on what is held`,
        );
      return { items: inTurns(runItems(records, record), signal), title: runName(record.run), close };
    }
    return {
      items: inTurns(heldItems(host.env, records, options), signal),
      title: 'All that is held',
      close,
    };
  } catch (error) {
    await records.close();
    throw error;
  }
}

/** Of several files the last run has the last word on every key, for which they are read twice. */
function filesSubject(
  host: Host,
  files: readonly string[],
  whom: { readonly vendor: string | undefined; readonly account: string | undefined },
  signal: AbortSignal,
): Subject {
  if (whom.vendor !== undefined) vendorOf(whom.vendor);
  const title = files
    .map((file) => (file === '-' ? 'standard input' : relative(host.cwd, pathOf(host, file))))
    .join(', ');
  const read = (file: string): AsyncIterable<ReportedItem> => readResults(file, host, signal, whom);
  const [first] = files;
  if (files.length === 1 && first !== undefined)
    return { items: read(first), title, close: async () => Promise.resolve() };
  const latest = new LatestRows();
  const items = async function* (): AsyncGenerator<ReportedItem> {
    for (const file of files)
      for await (const item of read(file)) {
        if (item.kind === 'refused') {
          yield item;
          return;
        }
        if (item.kind === 'rows') latest.see(item.rows);
      }
    latest.rewind();
    for (const file of files)
      for await (const item of read(file))
        yield item.kind === 'rows' ? { kind: 'rows', rows: latest.judge(item.rows) } : item;
  };
  return { items: items(), title, close: async () => Promise.resolve(latest.close()) };
}

/** Everything that the accounts hold that are meant; books of several addresses are not added up unasked. */
async function* heldItems(
  env: Environment,
  records: LedgerRecords,
  options: ReportOptions,
): AsyncGenerator<ReportedItem> {
  const { vendor, account, sandbox } = options;
  const origin =
    options.baseUrl === undefined || vendor === undefined
      ? options.baseUrl
      : baseUrlOf(vendorOf(vendor), options.baseUrl, env).origin;
  const booked = await records.accounts();
  const accounts = booked.filter(
    (one) =>
      (vendor === undefined || one.vendor === vendor) &&
      (account === undefined || one.account === account) &&
      (sandbox === true) === (one.origin === SANDBOX_ORIGIN) &&
      (origin === undefined || one.origin === origin),
  );
  const twice = accounts.find((one) =>
    accounts.some((other) => other !== one && other.vendor === one.vendor && other.account === one.account),
  );
  if (twice !== undefined) {
    const origins = accounts
      .filter((one) => one.vendor === twice.vendor && one.account === twice.account)
      .map((one) => one.origin);
    throw new UsageError(
      `the ledger has books of ${twice.vendor}/${twice.account} at several addresses, ${origins.join(', ')}; choose one with --base-url`,
    );
  }
  if (accounts.length === 0) {
    const other = booked.map((one) => `${one.vendor}/${one.account} at ${one.origin}`);
    const known = other.length === 0 ? 'it has none yet' : `it has those of ${other.join(', ')}`;
    throw new UsageError(
      `the ledger has no such books; ${known}${sandbox === true ? '' : '; --sandbox takes those of the sandbox'}`,
    );
  }
  for (const one of accounts) yield* records.entries(one);
}

/** Lets signals in between two pages, and ends when one came. */
async function* inTurns(
  items: AsyncIterable<ReportedItem>,
  signal: AbortSignal,
): AsyncGenerator<ReportedItem> {
  let turns = 0;
  for await (const item of items) {
    turns += 1;
    if (turns % 100 === 0) await setImmediate();
    if (signal.aborted) return;
    yield item;
  }
}
