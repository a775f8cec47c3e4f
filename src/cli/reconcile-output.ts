import { defused } from '../core/text.js';
import { AtomicFile } from '../io/atomic-file.js';
import { csvText } from '../io/csv/csv-text.js';
import { besideInput } from '../io/results.js';
import { BREAK_COLUMNS } from '../reconcile/breaks-csv.js';
import { UsageError, type Console } from './console.js';
import { pathOf, type Host } from './host.js';
import { checkOut } from './places.js';
import type { ReconcileOptions } from './reconcile-options.js';

/** Where the breaks CSV goes: into a file, or to standard output where there is none. */
export type BreaksOutput = AtomicFile | undefined;

/** Opened before anything is read, so that a place that cannot be written costs no time. */
export function openBreaksOutput(host: Host, file: string, options: ReconcileOptions): BreaksOutput {
  const { out, against } = options;
  if (out === '-') return undefined;
  const beside = besideInput(file, 'breaks');
  const path = pathOf(host, out ?? beside);
  if (out === undefined)
    checkOut(host, { name: `the file of breaks, ${beside},`, path }, options, [file, against]);
  const source = file === '-' ? undefined : pathOf(host, file);
  const opened = AtomicFile.open({
    ...{ path, what: 'breaks', source, isNamed: out !== undefined, interrupt: host.signal },
  });
  if (opened.ok) return opened.value;
  throw new UsageError(`${opened.error}; nothing was compared`);
}

/** What became of it. */
export interface WrittenBreaks {
  readonly out?: string;
  /** Why the file could not be written. */
  readonly failure?: string;
}

/**
 * Writes the source's header and the rows of `pages`, the cells `seen` behind each. Every page is read, also where no reader wants the rest any
 * more: the counts are of all of them.
 */
export async function writeBreaks(
  output: BreaksOutput,
  header: readonly string[],
  pages: AsyncIterable<readonly (readonly string[])[]>,
  seen: readonly string[],
  { console, interrupt }: { readonly console: Console; readonly interrupt: AbortSignal },
): Promise<WrittenBreaks> {
  let failure: string | undefined;
  const write = async (rows: readonly (readonly string[])[], more?: readonly string[]): Promise<void> => {
    const text = csvText(
      rows.map((cells) => cells.map(defused)),
      more,
    );
    if (output === undefined) await console.print(text);
    else if (failure === undefined) {
      const written = await output.write(text);
      if (!written.ok) failure = written.error;
    }
  };
  await write([[...header, ...BREAK_COLUMNS]]);
  for await (const page of pages) {
    if (interrupt.aborted) return {};
    await write(page, seen.map(defused));
  }
  if (output === undefined) return {};
  if (failure !== undefined) return { failure };
  const finished = await output.finish();
  return finished.ok ? { out: output.path } : { failure: finished.error };
}
