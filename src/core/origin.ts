/** This machine's names, which are one address; the first stands for all. */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'] as const;

/**
 * An address written one way, its path included: behind one host may stand a gateway to several accounts. The ledger
 * keeps books by it.
 */
export function originOf(url: URL): string {
  const address = `${url.origin}${prefixOf(url)}`;
  return spellingsOf(address)[0] ?? address;
}

/** What requests put before their own path. */
export function prefixOf({ pathname }: URL): string {
  return pathname.replace(/\/+$/, '');
}

/** An address as someone typed it; what is none, such as the sandbox's name, stays as it is. */
export function typedOrigin(text: string): string {
  return URL.canParse(text) ? originOf(new URL(text)) : text;
}

/** Every way in which an address may be written in a ledger; the first is how it is written now. */
export function spellingsOf(origin: string): readonly string[] {
  const [, scheme, host = '', rest = ''] = /^(https?:\/\/)([^/]*?)((?::\d+)?(?:\/.*)?)$/.exec(origin) ?? [];
  if (scheme === undefined || !(LOOPBACK as readonly string[]).includes(host)) return [origin];
  return LOOPBACK.map((name) => `${scheme}${name}${rest}`);
}
