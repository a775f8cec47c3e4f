import type { Result } from '../core/result.js';
import type { RunReader } from '../core/ledger.js';
import type { RunId } from '../core/row.js';
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
  const { timezone: zone, dateFormat: dateOrder } = options;
  const computed = await report(runItems(ledger, { run, vendor, account }), {
    by: undefined,
    columns: columnsOf(options),
    lenient: true,
    ...{ zone, dateOrder, rates: undefined, costs: undefined, isCost },
    page: true,
  });
  if (!computed.ok) throw new Error('rows of the ledger were refused');
  const title = dryRun ? 'dry run' : runName(run);
  return file.finish([reportPage(computed.value, { title, version: VERSION, writtenAt: Date.now(), zone })]);
}
