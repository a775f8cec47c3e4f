const FLAGS: ReadonlyMap<string, 'true' | 'false'> = new Map([
  ...['true', 'yes', 'y', 't', '1', 'on', 'converted'].map((word) => [word, 'true'] as const),
  ...['false', 'no', 'n', 'f', '0', 'off', 'not converted'].map((word) => [word, 'false'] as const),
]);

/** The one spelling of a word for true or false, in any case, `Not_Converted` too; undefined where it is neither. */
export function flagOf(word: string): 'true' | 'false' | undefined {
  return FLAGS.get(plainWord(word));
}

/** A word as such lists have it: in small letters, with one blank for what is between its parts. */
export function plainWord(word: string): string {
  return word
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, ' ');
}
