import type { LedgerRecords, RunRecord } from '../core/records.js';
import { localText } from '../core/text.js';
import { runName } from '../core/row.js';
import { Console, plain } from './console.js';
import { EXIT } from './exit-codes.js';
import type { Host } from './host.js';
import { inLedger, lookUp } from './existing-ledger.js';
import { sumsByStatus } from './print/ends.js';
import { runData } from './print/status-data.js';
import { seconds } from './progress.js';
import { aligned } from './print/aligned.js';
import type { OptionsOf } from './settings.js';

/** `revsync runs`: what was pushed when, and how it ended; `--prune` forgets old source rows. */
export async function runs(host: Host, options: OptionsOf<'runs'>): Promise<number> {
  const console = await Console.open(host, options.color);
  return inLedger(host, options.ledger, (ledger) => runsIn(host, console, ledger, options));
}

async function runsIn(
  host: Host,
  console: Console,
  ledger: LedgerRecords,
  options: OptionsOf<'runs'>,
): Promise<number> {
  if (options.prune !== undefined) {
    const { prune } = await import('./prune.js');
    return prune(host, console, ledger, options.prune, options);
  }
  if (options.json === true) {
    const records = await ledger.runs(options.last);
    await console.printJson(records.map(runData));
    return EXIT.done;
  }
  const last = options.last ?? SHOWN;
  // One more says whether there are more.
  const records = [...(await ledger.runs(last + 1))].reverse();
  if (records.length === 0) console.say('no runs yet');
  else await console.print(table(records.slice(0, last).map(cellsOf)));
  const older = records.length > last ? `older ones: --last ${last * 10}; ` : '';
  console.say(`${older}what waits for somebody: \`${lookUp(host, options.ledger, 'status')}\``);
  return EXIT.done;
}

const SHOWN = 20;

const HEADER = ['run', 'begun', 'took', 'exit', 'account', 'files', 'rows'];

function cellsOf(record: RunRecord): string[] {
  const {
    run,
    startedAt,
    endedAt,
    exitCode,
    vendor,
    account,
    origin,

    inputs,
    undoes,
    totals,
    hasRows,
    mended,
  } = record;
  const counts = [...sumsByStatus(record)].map(([status, { rows }]) => `${status} ${rows}`).join(', ');
  const since = mended === 0 ? '' : ` (${mended} accepted since)`;
  const pruned = hasRows || totals.length === 0 ? '' : ' (rows pruned)';
  return [
    runName(run),
    localText(startedAt),
    endedAt === undefined ? '' : seconds(endedAt - startedAt),
    exitCode === undefined ? endOf(record) : String(exitCode),
    `${vendor}/${account} ${origin}`,
    inputs.length === 0 && undoes !== undefined ? `undo of ${runName(undoes)}` : inputs.join(', '),
    `${counts}${since}${pruned}${plannedText(record)}`,
  ];
}

/** Who made a plan, and who sent it. */
function plannedText({ state, who = 'somebody', plan, plannedBy = 'somebody' }: RunRecord): string {
  if (plan !== undefined) return `; ${runName(plan)}, planned by ${plannedBy}, applied by ${who}`;
  return state === 'planned' ? `; planned by ${who}` : '';
}

/** How it ended, where no exit code was written down. */
function endOf({ died, state, endedAt }: RunRecord): string {
  if (state === 'planned') return 'plan';
  if (died || state === 'crashed') return 'died';
  return endedAt === undefined ? 'at work' : '';
}

function table(rows: readonly (readonly string[])[]): string {
  const all = [HEADER, ...rows.map((cells) => cells.map(plain))];
  return aligned(all)
    .map((line) => `${line}\n`)
    .join('');
}
