/** What the columns begin with that revsync writes behind those of a source. */
export const OWN_PREFIX = 'revsync_';

/** Whether a header is one of them. */
export function isOwnColumn(name: string): boolean {
  return name.toLowerCase().startsWith(OWN_PREFIX);
}
