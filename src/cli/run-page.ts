import type { Result } from '../core/result.js';
import type { RunReader } from '../core/ledger.js';
import type { RunId } from '../core/row.js';
import type { ReportedItem } from '../core/reported.js';
import type { AtomicFile } from '../io/atomic-file.js';
import { runName } from '../core/row.js';
import { reportPage } from '../report/page/page.js';
import { report } from '../report/report.js';
import { runItems } from '../report/run-items.js';
import type { PushOptions } from './push-options.js';
import { VERSION } from './version.js';
import { isCost } from './options.js';
import { columnsOf } from './report-options.js';

/** `push --report`: the page of the run that has just ended. A column that it cannot find is left out, and said there. */
export async function writeRunPage(
  file: AtomicFile,
  ledger: RunReader,
  { run, vendor, account, dryRun }: { run: RunId; vendor: string; account: string; dryRun: boolean },
  options: PushOptions,
): Promise<Result<void, string>> {
  const title = dryRun ? 'dry run' : runName(run);
  return writePage(file, runItems(ledger, { run, vendor, account }), title, [options]);
}

/** A page about the rows of runs. Times are read as one of them all, or as they are written where they differ in that. */
export async function writePage(
  file: AtomicFile,
  items: AsyncIterable<ReportedItem>,
  title: string,
  jobs: readonly PushOptions[],
): Promise<Result<void, string>> {
  const zone = common(jobs.map(({ timezone }) => timezone));
  const dateOrder = common(jobs.map(({ dateFormat }) => dateFormat));
  const columns = new Map(jobs.flatMap((options) => [...columnsOf(options)]));
  const computed = await report(items, {
    ...{ by: undefined, columns, lenient: true },
    ...{ zone, dateOrder, rates: undefined, costs: undefined, isCost },
    page: true,
  });
  if (!computed.ok) throw new Error('rows of the ledger were refused');
  return file.finish([reportPage(computed.value, { title, version: VERSION, writtenAt: Date.now(), zone })]);
}

/** What all of them are; undefined where one is something else. */
function common<T>([first, ...others]: readonly T[]): T | undefined {
  return others.every((other) => other === first) ? first : undefined;
}
