import { basename, join } from 'node:path';
import type { RunInput } from '../core/ledger.js';
import { runName, type InputFile, type RunId } from '../core/row.js';
import { processSealer } from '../io/seal.js';
import { defaultResultsPath } from '../io/results.js';
import { undoPlanner } from '../push/plan-undo.js';
import { Console } from './console.js';
import { pathOf, type Host } from './host.js';
import { typedAgain } from './next-command.js';
import type { UndoOutput } from './outputs.js';
import { checkOut } from './places.js';
import { pushByLedger, sayPushed } from './push-by-ledger.js';
import { checkApproval } from './push-commands.js';
import { checkOptions } from './push-options.js';
import { runToSend } from './run-to-send.js';
import type { OptionsOf } from './settings.js';

/** `revsync undo RUN`: puts back what was held before a run, as a run of its own. */
export async function undo(
  host: Host,
  name: string,
  written: OptionsOf<'undo'>,
  given: ReadonlySet<string>,
): Promise<number> {
  const console = await Console.open(host, written.color);
  const { record, inputs, vendor, options } = await runToSend(host, 'undo', name, written, given);
  const { run } = record;
  const title = `undo of ${runName(run)}`;
  checkOptions(
    inputs.map(({ path }) => path),
    options,
    vendor,
    given,
  );
  checkOwnOut(host, inputs, options);
  checkApproval(host, options);
  const job = {
    vendor,
    run,
    inputs: inputs.map((input) => ({ ...input, undo: undoneInput(host, run, input, inputs) })),
    onlyUntouched: written.onlyUntouched === true,
    commands: commandsOf(host, run),
  };
  const pushed = await pushByLedger({
    ...{ host, console, files: [], options, vendor },
    job: { profile: undefined, named: [] },
    find: (ledger) =>
      Promise.resolve({
        ...{ names: [title], from: 'ledger', passedOver: 0 },
        plan: { planner: undoPlanner(job, ledger), sealer: processSealer() },
      }),
  });
  const data: UndoOutput = { ...pushed.data, command: 'undo', undoes: runName(run) };
  sayPushed(console, options, { ...pushed, data });
  if (options.json === true) await console.printJson(data);
  return pushed.exitCode;
}

/** What an input is called in the undo: its results go to the working folder, by names that tell them apart. */
function undoneInput(
  { cwd }: Host,
  run: RunId,
  { number, name: named }: RunInput,
  inputs: readonly RunInput[],
): Pick<InputFile, 'name' | 'path'> {
  // That of an undo is called by what was undone first.
  const name = named === '-' ? 'stdin' : named.replace(/^(?:undo of run-\d+, )+/, '');
  const own = basename(name);
  const isAlone = inputs.every(
    (other) => other.number === number || basename(other.name) !== basename(named),
  );
  const which = inputs.length === 1 ? '' : `-${isAlone ? own : `${number}-${own}`}`;
  const file = `undo-${runName(run)}${which.replace(/\.gz$/i, '').replace(/\.(csv|tsv|txt)$/i, '')}.csv`;
  return { name: `undo of ${runName(run)}, ${name}`, path: join(cwd, file) };
}

/** No results of the run are written over, nor a file that it read. */
function checkOwnOut(
  host: Host,
  inputs: readonly RunInput[],
  options: Parameters<typeof checkOut>[2] & { readonly out?: string | undefined },
): void {
  const { out } = options;
  if (out === undefined || out === '-') return;
  const kept = inputs.flatMap(({ path }) => [path === '-' ? undefined : path, defaultResultsPath(path)]);
  checkOut(host, { name: '--out', path: pathOf(host, out) }, options, kept);
}

function commandsOf(host: Host, run: RunId): { readonly onlyUntouched: string; readonly all: string } {
  return {
    onlyUntouched: typedAgain(host, { adding: ['--only-untouched'] }),
    all: typedAgain(host, {
      without: ['out', 'dryRun'],
      adding: ['--dry-run', '--out', `undo-${runName(run)}.preview.csv`],
    }),
  };
}
