/** This machine's names, which are one address; the first stands for all. */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'] as const;

/** The origin of an address, written one way: the ledger keeps books by it. */
export function originOf(url: URL): string {
  return spellingsOf(url.origin)[0] ?? url.origin;
}

/** Every way in which an origin may be written in a ledger; the first is how it is written now. */
export function spellingsOf(origin: string): readonly string[] {
  const [, scheme, host = '', port = ''] = /^(https?:\/\/)(.*?)(:\d+)?$/.exec(origin) ?? [];
  if (scheme === undefined || !(LOOPBACK as readonly string[]).includes(host)) return [origin];
  return LOOPBACK.map((name) => `${scheme}${name}${port}`);
}
