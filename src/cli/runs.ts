import { DAY_MS } from '../core/instant.js';
import { formatTotal } from '../core/amount.js';
import type { RunRecord } from '../core/records.js';
import { secondText } from '../core/text.js';
import { runName } from '../core/row.js';
import { Console, plain } from './console.js';
import { EXIT } from './exit-codes.js';
import type { Host } from './host.js';
import { openExisting } from './existing-ledger.js';
import type { OptionsOf } from './settings.js';

/** `revsync runs`: what was pushed when, and how it ended; `--prune` forgets old source rows. */
export async function runs(host: Host, options: OptionsOf<'runs'>): Promise<number> {
  const console = await Console.open(host, options.color);
  const ledger = openExisting(host, options.ledger);
  if (options.prune !== undefined) {
    const [{ prunedText }, { lookingBack }, { VENDORS }] = await Promise.all([
      import('./print/push.js'),
      import('../push/look-alikes.js'),
      import('../vendors/index.js'),
    ]);
    const before = Date.now() - options.prune * DAY_MS;
    console.say(prunedText(await ledger.prune({ before, lookBack: lookingBack(VENDORS) })));
    return EXIT.done;
  }
  const records = await ledger.runs();
  if (options.json === true) await console.printJson(records.map(jsonOf));
  else if (records.length === 0) console.say('no runs yet');
  else await console.print(records.map((record) => `${plain(lineOf(record))}\n`).join(''));
  return EXIT.done;
}

function jsonOf({ run, startedAt, endedAt, hasRows, totals, ...rest }: RunRecord): object {
  return {
    run: runName(run),
    ...rest,
    started_at: new Date(startedAt).toISOString(),
    ended_at: endedAt === undefined ? null : new Date(endedAt).toISOString(),
    has_rows: hasRows,
    statuses: totals.map(({ status, rows, amount, unknown }) => ({
      ...{ status, rows },
      amount: unknown === rows ? null : formatTotal(amount),
    })),
  };
}

function lineOf({ run, startedAt, totals, hasRows, ...record }: RunRecord): string {
  const { vendor, account, origin, state, inputs } = record;
  const whose = `${vendor}/${account} ${origin}`;
  const byStatus = new Map<string, number>();
  for (const { status, rows } of totals) byStatus.set(status, (byStatus.get(status) ?? 0) + rows);
  const counts = [...byStatus].map(([status, rows]) => `${status} ${rows}`).join(', ');
  const pruned = hasRows || totals.length === 0 ? '' : ' (rows pruned)';
  return `${runName(run)}  ${secondText(startedAt)}  ${whose}  ${state}  ${inputs.join(', ')}  ${counts}${pruned}`;
}
