import { DAY_MS } from '../core/instant.js';
import type { LedgerRecords } from '../core/records.js';
import { runName } from '../core/row.js';
import { localText, plural } from '../core/text.js';
import { lookingBack } from '../push/look-alikes.js';
import { VENDORS } from '../vendors/index.js';
import { UsageError, type Console } from './console.js';
import { EXIT } from './exit-codes.js';
import type { Host } from './host.js';
import { typedAgain } from './next-command.js';
import type { PruneOutput } from './outputs.js';
import { prunedText } from './print/push.js';
import { headOf } from './problems.js';
import { isYes } from './questions.js';
import type { OptionsOf } from './settings.js';

/** Of the runs that would be forgotten. */
const SHOWN = 5;

/** `revsync runs --prune DAYS`: shows what would be forgotten, and forgets it once somebody has said so. */
export async function prune(
  host: Host,
  console: Console,
  ledger: LedgerRecords,
  days: number,
  { yes, json }: OptionsOf<'runs'>,
): Promise<number> {
  const which = { before: Date.now() - days * DAY_MS, lookBack: lookingBack(VENDORS) };
  const found = await ledger.prune({ ...which, isTrial: true });
  const names = found.runs.slice(0, SHOWN).map(runName);
  const more = found.forgotten > SHOWN ? `, … ${runName(found.runs.at(-1) ?? 0)}` : '';
  const what = `source rows of ${plural(found.forgotten, 'run')} that ended before ${localText(which.before)}`;
  if (found.forgotten > 0 && yes !== true) {
    const shown = `${what}: ${names.join(', ')}${more}`;
    console.say(`would forget the ${shown}; what was accepted is kept`);
    const answer = await isYes(host, `forget the source rows of ${plural(found.forgotten, 'run')}? (y/N)`);
    if (answer === undefined)
      throw new UsageError(
        `nothing was forgotten; to forget them: ${typedAgain(host, { adding: ['--yes'] })}`,
      );
    if (!answer) throw new UsageError('nothing was forgotten', 'declined');
  }
  const pruned = found.forgotten === 0 ? found : await ledger.prune(which);
  console.say(prunedText(pruned));
  const data: PruneOutput = {
    ...headOf('runs', EXIT.done),
    ...{ pruned: pruned.runs.map(runName), kept: pruned.kept, problems: [] },
  };
  if (json === true) await console.printJson(data);
  return EXIT.done;
}
