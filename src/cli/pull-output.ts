import { defused } from '../core/text.js';
import type { BookedRow, PulledTransactions } from '../core/transactions.js';
import { AtomicFile } from '../io/atomic-file.js';
import { csvText } from '../io/csv/csv-text.js';
import { transactionsText, type TransactionsStyle } from '../io/transactions-file.js';
import { CALL_COLUMNS, callCells } from '../reconcile/calls-file.js';
import { foldCalls } from '../reconcile/fold-call.js';
import { UsageError, type Console } from './console.js';
import { pathOf, type Host } from './host.js';
import { checkOut } from './places.js';
import type { ProfileUser } from './profile.js';
import type { OptionsOf } from './settings.js';

export type PullOptions = OptionsOf<'pull'> & ProfileUser;

/** Options that say where the rows go, and how. */
type PullOutputOptions = Pick<PullOptions, 'out' | 'format' | 'folded' | 'sinceLast'>;

/** Where the rows go: into a file, to standard output or nowhere. */
export type PullOutput = AtomicFile | '-' | undefined;

/** What became of it. */
export interface WrittenPull {
  readonly out?: string;
  /** Calls that were folded, and those with a chain of corrections whose beginning was not read. */
  readonly folded?: { readonly calls: number; readonly pending: number };
  /** Why the file could not be written. */
  readonly failure?: string;
}

/** Opened before anything is asked, so that a place that cannot be written costs no poll. */
export function openPullOutput(
  host: Host,
  options: Pick<PullOptions, 'out' | 'profile' | 'config' | 'envFile'>,
  source: string,
): PullOutput {
  const { out } = options;
  if (out === undefined || out === '-') return out;
  const path = pathOf(host, out);
  checkOut(host, { name: '--out', path }, { ...options, ledger: source }, []);
  const file = AtomicFile.open({
    ...{ path, what: 'transactions', source, interrupt: host.signal },
  });
  if (file.ok) return file.value;
  throw new UsageError(`${file.error}; nothing was asked`);
}

/** Once the last page has come: a file of half the rows would pass for all of them. */
export async function writePulled(
  store: Pick<PulledTransactions, 'names' | 'rows' | 'callPages' | 'writtenOut'>,
  output: PullOutput,
  { out, format, folded, sinceLast }: PullOutputOptions,
  zone: string,
  console: Console,
): Promise<WrittenPull> {
  if (output === undefined) return {};
  const byName = /\.(jsonl|ndjson)$/i.test(out ?? '') ? 'jsonl' : 'csv';
  const style = { format: format ?? byName, zone };
  const which = sinceLast === true ? 'new' : 'all';
  const tally = { calls: 0, pending: 0 };
  const texts =
    folded === true ? callsText(store.callPages(which), style, tally) : transactionsText(store, which, style);
  if (output === '-') {
    for await (const text of texts) if (!(await console.print(text))) return {};
  } else {
    for await (const text of texts) {
      const written = await output.write(text);
      if (!written.ok) return { failure: keptInLedger(written.error) };
    }
    const done = await output.finish();
    if (!done.ok) return { failure: keptInLedger(done.error) };
  }
  await store.writtenOut();
  return {
    ...(folded === true ? { folded: tally } : {}),
    ...(output === '-' ? {} : { out: output.path }),
  };
}

function keptInLedger(error: string): string {
  return `${error}; the ledger has the rows, and the same command writes them`;
}

/** Folded calls as CSV or JSON lines, counted in `tally`. In JSON every value is text. */
async function* callsText(
  pages: AsyncIterable<readonly BookedRow[]>,
  { format, zone }: TransactionsStyle,
  tally: { calls: number; pending: number },
): AsyncGenerator<string> {
  if (format === 'csv') yield csvText([[...CALL_COLUMNS]]);
  for await (const calls of foldCalls(pages)) {
    tally.calls += calls.length;
    tally.pending += calls.filter(({ pending, circular }) => pending.length + circular.length > 0).length;
    const rows = calls.map((call) => callCells(call, zone));
    yield format === 'csv' ? csvText(rows.map((cells) => cells.map(defused))) : rows.map(jsonLine).join('');
  }
}

function jsonLine(cells: readonly string[]): string {
  const named = Object.fromEntries(CALL_COLUMNS.map((name, index) => [name, cells[index] ?? '']));
  return `${JSON.stringify(named)}\n`;
}
