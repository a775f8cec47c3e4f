const FLAGS: ReadonlyMap<string, 'true' | 'false'> = new Map([
  ...['true', 'yes', 'y', 't', '1'].map((word) => [word, 'true'] as const),
  ...['false', 'no', 'n', 'f', '0'].map((word) => [word, 'false'] as const),
]);

/** The one spelling of a word for true or false, in any case; undefined where it is neither. */
export function flagOf(word: string): 'true' | 'false' | undefined {
  return FLAGS.get(word.trim().toLowerCase());
}
