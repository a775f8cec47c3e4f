import { relative } from 'node:path';
import { headerLine, openResults, resultsText } from '../io/results.js';
import type { LedgerRecords } from '../core/records.js';
import { runName } from '../core/row.js';
import { unendedRows } from '../push/unended.js';
import { Console, UsageError } from './console.js';
import { EXIT } from './exit-codes.js';
import { pathOf, type Host } from './host.js';
import { findRun, inLedger, lookUp } from './existing-ledger.js';
import { headOf } from './problems.js';
import { checkOut, resultsPlace } from './places.js';
import { vendorOf } from './options.js';
import type { OptionsOf } from './settings.js';

const UNENDED = { code: 'crashed', message: 'the run has not ended' };

/** `revsync results RUN`: the results CSV, projected from the ledger once more. */
export async function results(host: Host, name: string, options: OptionsOf<'results'>): Promise<number> {
  const console = await Console.open(host, options.color);
  return inLedger(host, options.ledger, (ledger) => resultsIn(host, console, ledger, name, options));
}

async function resultsIn(
  host: Host,
  console: Console,
  ledger: LedgerRecords,
  name: string,
  options: OptionsOf<'results'>,
): Promise<number> {
  const record = await findRun(ledger, name, lookUp(host, options.ledger, 'runs'));
  const { run, hasRows, state, vendor } = record;
  const title = runName(run);
  if (options.out === '-' && options.json === true)
    throw new UsageError('--out - and --json both want standard output');
  const inputs = await ledger.inputs(run);
  const sources = inputs.map(({ path }) => path);
  if (!hasRows && state !== 'finished') throw new UsageError(`${title} has no rows`);
  if (!hasRows && inputs.length > 0)
    throw new UsageError(
      `the rows of ${title} were pruned; what was accepted is in \`${lookUp(host, options.ledger, 'history', 'KEY')}\``,
    );
  if (options.out !== undefined && inputs.length > 1)
    throw new UsageError(`${title} has ${inputs.length} files; leave --out away`);
  if (state === 'planned' && options.out === undefined)
    throw new UsageError(`${title} is a plan, of which nothing was sent; name a file for it with --out`);
  const isOpen = state === 'staging' || state === 'pushing';
  if (isOpen)
    console.say(
      `${title} has not ended: rows in flight are shown as in doubt, and those after them as not sent`,
    );
  const rows = isOpen ? unendedRows(ledger, vendorOf(vendor), UNENDED) : ledger;
  const paths: string[] = [];
  for (const input of inputs) {
    const { number, path, header, isMarked } = input;
    if (options.out === '-') {
      let open = await console.print(headerLine(header, isMarked));
      for await (const text of resultsText(rows, run, number)) open = open && (await console.print(text));
      continue;
    }
    const { out } = options;
    const target = out === undefined ? await resultsPlace(host, ledger, record, input) : pathOf(host, out);
    const name = out === undefined ? `the results, ${relative(host.cwd, target)},` : '--out';
    checkOut(host, { name, path: target }, options, sources);
    const file = openResults(target, header, { source: path, isMarked, isNamed: options.out !== undefined });
    if (!file.ok) throw new UsageError(file.error);
    const written = await file.value.finish(resultsText(rows, run, number));
    if (!written.ok) throw new UsageError(written.error);
    console.say(`results: ${relative(host.cwd, target)}`);
    paths.push(target);
  }
  if (options.json === true)
    await console.printJson({
      ...headOf('results', EXIT.done),
      run: title,
      results: paths,
      problems: [],
    });
  return EXIT.done;
}
