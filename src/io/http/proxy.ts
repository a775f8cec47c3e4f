import { err, ok, type Result } from '../../core/result.js';
import type { Environment } from '../secrets.js';

export interface Proxy {
  /** With the user and password that its variable holds. */
  readonly uri: string;
  /** Hosts that are reached without it, as NO_PROXY lists them. */
  readonly exceptions: string | undefined;
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/**
 * The proxy on the way to an address, by the variables of either case; an empty lower-case one does not mask
 * the upper-case one. Says why a variable cannot be used without repeating it: it may hold a password.
 */
export function proxyOf(baseUrl: URL, env: Environment): Result<Proxy | undefined, string> {
  if (isLoopback(baseUrl.hostname)) return ok(undefined);
  const schemes = baseUrl.protocol === 'https:' ? ['https', 'http'] : ['http'];
  const names = schemes.flatMap((scheme) => [`${scheme}_proxy`, `${scheme.toUpperCase()}_PROXY`]);
  const name = names.find((name) => (env[name] ?? '').trim() !== '');
  if (name === undefined) return ok(undefined);
  const uri = proxyAddress(env[name] ?? '');
  if (uri !== undefined) return ok({ uri, exceptions: env['no_proxy'] || env['NO_PROXY'] || undefined });
  return err(
    `${name} is not the address of an HTTP proxy; write it like http://proxy.example.com:3128, ` +
      'or http://USER:PASSWORD@proxy.example.com:3128 with %XX for signs such as / ? # @ % in them',
  );
}

/** The address that a proxy variable holds, with `http://` where it has no scheme; undefined where it holds none. */
export function proxyAddress(value: string): string | undefined {
  const text = value.trim();
  const uri = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  return isProxyAddress(uri) ? uri : undefined;
}

function isProxyAddress(uri: string): boolean {
  if (!URL.canParse(uri)) return false;
  const { protocol, username, password, pathname, search, hash } = new URL(uri);
  // An @ this late was meant to end a password, so what stands for the host is a part of it.
  if (`${pathname}${search}${hash}`.includes('@')) return false;
  try {
    decodeURIComponent(`${username}${password}`);
  } catch {
    return false;
  }
  return protocol === 'http:' || protocol === 'https:';
}
