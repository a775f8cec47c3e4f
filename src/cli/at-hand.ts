import type { LedgerRecords } from '../core/records.js';
import { runName } from '../core/row.js';
import { localText, plural } from '../core/text.js';
import type { Profile } from '../io/config.js';
import { VENDORS } from '../vendors/index.js';
import type { AtHand, Said, Word } from './completions.js';
import { UsageError } from './console.js';
import type { Host } from './host.js';

/** For how long a shell waits for a ledger on another machine. */
const WITHIN_MS = 1000;

/** Of many runs, those that somebody may mean. */
const RUNS = 20;

/** What a shell completes of the files and the ledger of this host, which it leaves as they are. */
export function atHand(host: Host): AtHand {
  return {
    profiles: async (said) => {
      const profiles = await profilesIn(host, said);
      return profiles.map(({ name, vendor }) => [name, vendor]);
    },
    runs: (said) =>
      fromLedger(host, said, async (ledger) => {
        const newest = [...(await ledger.runs(RUNS))].reverse();
        return newest.map(({ run, startedAt, vendor, totals }) => {
          const rows = totals.reduce((sum, { rows }) => sum + rows, 0);
          return [runName(run), `${localText(startedAt)}, ${vendor}, ${plural(rows, 'row')}`];
        });
      }),
    plans: (said) =>
      fromLedger(host, said, async (ledger) => {
        const waiting = await ledger.plansWaiting();
        return waiting.map(({ run, at, vendor, left }) => [
          runName(run),
          `planned ${localText(at)}, ${vendor}, ${plural(left, 'row')}`,
        ]);
      }),
    keys: (said) =>
      fromLedger(host, said, async (ledger) => {
        const waiting = await ledger.waiting();
        return waiting.map(({ key, run, vendor }) => [key, `unknown since ${runName(run)}, ${vendor}`]);
      }),
    fields: async (said) => {
      const profiles = await profilesIn(host, said);
      const profile = profiles.find(({ name }) => name === said.get('--profile'));
      const id = said.get('--vendor') ?? profile?.vendor;
      const vendors = VENDORS.filter((vendor) => id === undefined || vendor.id === id);
      const fields = new Map(
        vendors.flatMap(({ columns }) => columns.map(({ field, about }) => [field, about])),
      );
      return [...fields].map(([field, about]) => [`${field}=`, about]);
    },
  };
}

/** None where there is no such file, or it says something wrong: whoever uses it is told so. */
export async function profilesIn(host: Host, said: Said): Promise<readonly Profile[]> {
  const { profilesOf } = await import('./profile.js');
  try {
    return await profilesOf(host, said.get('--config'));
  } catch (error) {
    if (error instanceof UsageError) return [];
    throw error;
  }
}

async function fromLedger(
  host: Host,
  said: Said,
  wordsIn: (ledger: LedgerRecords) => Promise<readonly Word[]>,
): Promise<readonly Word[]> {
  const { peeked } = await import('./existing-ledger.js');
  return (await peeked(said.get('--ledger'), host, wordsIn, WITHIN_MS)) ?? [];
}
