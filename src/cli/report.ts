import { relative } from 'node:path';
import { interruptedBy } from '../core/events.js';
import { AtomicFile } from '../io/atomic-file.js';
import { csvText } from '../io/csv/csv-text.js';
import { csvRecords, jsonReport } from '../report/output.js';
import { report as compute, type Report } from '../report/report.js';
import { Console, plain, problemText, UsageError } from './console.js';
import { EXIT, interruptCode } from './exit-codes.js';
import { pathOf, type Host } from './host.js';
import type { Problem } from './outputs.js';
import { failureData, fileProblems, headOf, problem } from './problems.js';
import { withProfile } from './profile.js';
import { VERSION } from './version.js';
import { checkReportOptions, formatOf, reportJobOf, type ReportOptions } from './report-options.js';
import { subjectOf, type Subject } from './report-subject.js';
import { textTable } from './print/report.js';

/** `revsync report`: revenue of results files, a run or all that is held, put together as asked. */
export async function report(
  host: Host,
  files: readonly string[],
  written: ReportOptions,
  given: ReadonlySet<string>,
): Promise<number> {
  const console = await Console.open(host, written.color);
  // Without a path it says what the report is about, and the profile may say where the ledger is.
  const named = new Set([...given].filter((option) => option !== 'ledger' || written.ledger !== true));
  const options = await withProfile(host, written, named);
  checkReportOptions(host, files, options, written);
  const interrupt = host.signal;
  let subject: Subject | undefined;
  try {
    const job = await reportJobOf(host, options, files.length === 0 && options.run === undefined, interrupt);
    subject = await subjectOf(host, files, options, job);
    const computed = await compute(subject.items, job);
    if (interrupt.aborted) {
      const { signal } = interruptedBy(interrupt);
      return await failed(console, options, interruptCode(signal), [
        problem('interrupted', `interrupted by ${signal}`),
      ]);
    }
    if (!computed.ok) {
      const { input, problems } = computed.error;
      for (const one of problems) console.say(plain(problemText(input, one)));
      return await failed(console, options, EXIT.fileRefused, fileProblems(input, problems));
    }
    const isPage = formatOf(options) === 'html';
    if (options.quiet !== true && !isPage) for (const note of computed.value.notes) console.say(plain(note));
    await writeReport(host, computed.value, subject.title, options, console);
    return EXIT.done;
  } finally {
    await subject?.close();
  }
}

async function failed(
  console: Console,
  { json }: ReportOptions,
  exitCode: number,
  problems: readonly Problem[],
): Promise<number> {
  if (json === true) await console.printJson(failureData('report', exitCode, problems));
  return exitCode;
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
  const file = AtomicFile.open({ path, what: 'report', interrupt: host.signal });
  if (!file.ok) throw new UsageError(file.error);
  const finished = await file.value.finish([text]);
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
      return `${JSON.stringify({ ...headOf('report', EXIT.done), ...jsonReport(computed), problems: [] })}\n`;
    case 'html': {
      const { reportPage } = await import('../report/page/page.js');
      return reportPage(computed, { title, version: VERSION, writtenAt: Date.now(), zone: options.timezone });
    }
    case 'table': {
      const terminal = !toFile && host.stdout.isTTY === true;
      const { columns: wide = 0 } = host.stdout;
      const columns = terminal && wide > 0 ? wide : undefined;
      const paint = terminal ? (await Console.open(host, options.color)).paint : undefined;
      return `${textTable(computed, { columns, paint })}\n`;
    }
  }
}
