import { closest, distance } from 'fastest-levenshtein';

/** A word as it is compared: without case and signs. */
export function plainWord(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** The one of the same letters, else the one that differs least but for case and signs, if it is less than a third of the word. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const words = candidates.map(plainWord).filter((one) => one !== '');
  if (words.length === 0 || plainWord(word) === '') return undefined;
  const swapped = candidates.find((one) => lettersOf(one) === lettersOf(word));
  if (swapped !== undefined) return swapped;
  const near = closest(plainWord(word), words);
  const most = Math.max(1, Math.floor(near.length / 3));
  return distance(plainWord(word), near) > most
    ? undefined
    : candidates.find((one) => plainWord(one) === near);
}

function lettersOf(word: string): string {
  return plainWord(word).split('').sort().join('');
}
