import type { LedgerCopy } from './ledger-copy.js';
import type { Held } from './vendors.js';
import { run } from './world.js';

/**
 * Looks every unknown row up in the books and settles it with `revsync resolve`, as a person would: a run at
 * once where all of its rows have the same answer, else key by key.
 */
export async function settleByHand(
  folder: string,
  ledger: LedgerCopy,
  books: ReadonlyMap<string, Held>,
): Promise<string[]> {
  const byRun = new Map<number, { key: string; answer: string }[]>();
  for (const [key, { doubt, run }] of ledger.entries) {
    if (doubt !== 'blocked') continue;
    const isHeld = (books.get(key)?.live.length ?? 0) > 0;
    const answer = isHeld ? '--accepted' : '--not-applied';
    byRun.set(run, [...(byRun.get(run) ?? []), { key, answer }]);
  }
  const answers = [...byRun].flatMap(([run, found]) => {
    const [first] = found;
    const isUnanimous = first !== undefined && found.every(({ answer }) => answer === first.answer);
    return isUnanimous ? [{ key: `run-${run}`, answer: first.answer }] : found;
  });
  const problems: string[] = [];
  for (const { key, answer } of answers) {
    const ended = await run(folder, 'resolve', key, answer, '--why', 'looked it up in the books');
    if (ended.code !== 0) problems.push(`resolve ${key} ${answer} ended ${ended.code}: ${ended.stderr}`);
  }
  return problems;
}
